"""A bakery: flour comes in by lot, cakes are made of it and go out by lot."""

from datetime import date
from typing import Any

import msgspec

from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.warehousing.assembly import operations as assembly
from tests.make.trade import Trade, make_trade

FLOUR, CAKE = 0, 1
EXPIRES = date(2090, 1, 1)


class Bakery(msgspec.Struct, frozen=True):
    """Lots have their numbers as names; what no feature would do, such as a circle, is posted to the ledger."""

    trade: Trade

    async def lot(self, number: str, sku: int = FLOUR) -> int:
        """The lot of this number, made on first use."""
        labelled = [(self.trade.shop.skus[sku], LotLabel(number, expires_on=EXPIRES), ("lot",))]
        (lot_id,) = await db.transactional(lots.ensure)(self.trade.call, labelled)
        assert lot_id
        return lot_id

    async def buy(self, number: str, accepted: str, sku: int = FLOUR, **others: str) -> int:
        """A receipt of so much of a lot; gives its id."""
        order_id = await self.trade.buy((sku, "100", "2"))
        line = {"accepted": accepted, "lot": LotLabel(number, expires_on=EXPIRES), **others}
        return (await self.trade.arrive(order_id, line)).goods_receipt_id

    async def sell(self, number: str, quantity: str, sku: int = FLOUR) -> int:
        """A shipment of so much of a lot; gives its id."""
        order_id = await self.trade.sell((sku, quantity, "9"))
        line = {"quantity": quantity, "lot_id": await self.lot(number, sku)}
        return (await self.trade.leave(order_id, line)).shipment_id

    async def bake(self, number: str, quantity: str) -> int:
        """An assembly of so many cakes of a lot, each out of two flour; gives its id."""
        call, (flour, cake, *_) = self.trade.call, self.trade.shop.skus
        recipe = [assembly.Component(sku_id=flour, quantity=Quantity.of("2"))]
        await assembly.set_kit_components(call, sku_id=cake, components=recipe)
        fact = await assembly.assemble_kits(
            call,
            warehouse_id=self.trade.shop.warehouse.id,
            sku_id=cake,
            quantity=Quantity.of(quantity),
            lot=LotLabel(number, expires_on=EXPIRES),
        )
        return fact.assembly_id

    async def make(self, taken: dict[str, str], made: dict[str, str], sku: int = FLOUR, into: int = CAKE) -> int:
        """Goods of lots become others at the assembly place; gives the id of the document."""
        stock, bench = self.trade.shop.warehouse.stock_place_id, int(VirtualPlace.ASSEMBLY)
        gone = [await self._move(sku, number, quantity, stock, bench) for number, quantity in taken.items()]
        come = [await self._move(into, number, quantity, bench, stock) for number, quantity in made.items()]
        return await self._post(*gone, *come)

    async def scrap(self, number: str, quantity: str, sku: int = FLOUR) -> int:
        """Goods of a lot are written off; gives the id of the document."""
        stock = self.trade.shop.warehouse.stock_place_id
        return await self._post(await self._move(sku, number, quantity, stock, int(VirtualPlace.SCRAP)))

    async def _move(self, sku: int, number: str, quantity: str, source: int, target: int) -> Move:
        return Move(
            sku_id=self.trade.shop.skus[sku],
            warehouse_id=self.trade.shop.warehouse.id,
            from_place_id=source,
            to_place_id=target,
            quantity=Quantity.of(quantity),
            line_id=new_id(),
            lot_id=await self.lot(number, sku),
            value=Money.of("1") if source == VirtualPlace.ASSEMBLY else None,
        )

    @db.transactional
    async def _post(self, *moves: Move) -> int:
        document_id = new_id()
        call = Call()
        await ledger.post(call, moves, document_id=document_id, business_date=clock.day_of(call.at))
        return document_id

    async def numbers(self) -> dict[Any, str]:
        """The number of each lot by its id."""
        return dict(await db.fetch("SELECT id, number FROM lot"))


async def make_bakery(call: Call) -> Bakery:
    return Bakery(await make_trade(call, 3, SkuTracking.LOT))
