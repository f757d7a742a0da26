"""Buying and receiving, selling and shipping, in parts and with orders that are given up half-way."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving.operations import ReceivedLine
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.operations import ShippedLine
from tests.bookkeeping.clerk import Clerk, Dice, step, today
from tests.bookkeeping.company import Goods

PRICES = ("2", "1.37", "0.333333", "0", "7.5")
LOTS = {"L1": 30, "L2": 3, "L3": -2, "L4": None}
"""Lots, and in how many days each expires."""
FOUNDED = today()
"""The day on which the company begins."""
MOST_LINES = 3
_NOTHING = Quantity(0)
_ASKED_FOR = """
    SELECT sku_id, warehouse_id FROM stock_level WHERE reserved > 0 OR waiting > 0 ORDER BY available DESC, id"""
_OPEN = {
    "purchase_order": "SELECT id FROM purchase_order WHERE status IN ('APPROVED', 'PARTIALLY_RECEIVED') ORDER BY id",
    "sales_order": "SELECT id FROM sales_order WHERE status IN ('APPROVED', 'PARTIALLY_SHIPPED') ORDER BY id",
    "reserved": "SELECT DISTINCT document_id FROM claim WHERE kind = 'SALES_ORDER' AND reserved > 0 ORDER BY 1",
}


class OpenLine(msgspec.Struct, frozen=True):
    """A line of an order, and what of it is outstanding."""

    id: int
    sku_id: int
    outstanding: Quantity
    reserved: Quantity = _NOTHING


class Trading(Clerk):
    """What a shop does all day."""

    @step(3)
    async def buy(self, dice: Dice) -> None:
        """An order is drafted, handed in and approved; sometimes it gets no further than that."""
        warehouse = dice.pick(self.company.warehouses)
        drafted = await self.do(
            dice,
            purchasing.create_purchase_order,
            supplier_id=self.company.supplier_id,
            warehouse_id=warehouse.id,
            lines=self.asked(dice),
        )
        if drafted and not dice.one_in(10):
            order_id = drafted.purchase_order_id
            await self.do(dice, purchasing.submit_purchase_order, purchase_order_id=order_id)
            await self.do(dice, purchasing.approve_purchase_order, purchase_order_id=order_id)

    @step(6, otherwise="buy")
    async def receive(self, dice: Dice) -> None:
        """Some of what is outstanding arrives: accepted, rejected, or to be inspected later."""
        if not (order_ids := await self.open_orders("purchase_order")):
            return
        order_id = dice.pick(order_ids)
        lines = [
            self._arrival(dice, one, await self._warehouse_of("purchase_order", order_id))
            for n, one in enumerate(await self._open_lines("purchase_order", order_id, "quantity_received"))
            if one.outstanding and (n == 0 or not dice.one_in(6))
        ]
        await self.do(dice, receiving.receive_goods, purchase_order_id=order_id, lines=lines)

    @step(2, otherwise="receive")
    async def undo_receipt(self, dice: Dice) -> None:
        """What came is taken back, or what is left of it: nothing came after all."""
        if document_ids := await self.posted("goods_receipt"):
            rest, document_id = dice.one_in(2), dice.pick(document_ids)
            given = {"goods_receipt_id": document_id, "note": "录错", "only_rest": rest}
            await self.do(dice, receiving.reverse_goods_receipt, days_ago=0, **given)

    @step(2, otherwise="ship")
    async def undo_shipment(self, dice: Dice) -> None:
        """What left comes back: nothing left after all."""
        if document_ids := await self.posted("shipment"):
            rest, document_id = dice.one_in(2), dice.pick(document_ids)
            await self.do(dice, shipping.reverse_shipment, shipment_id=document_id, note="发错", only_rest=rest)

    async def posted(self, table: str) -> list[int]:
        """The documents of a kind that can be taken back, the newest first."""
        rows = await db.fetch(f"SELECT id FROM {table} WHERE status = 'POSTED' ORDER BY id DESC")
        return [document_id for (document_id,) in rows]

    @step(1, otherwise="buy")
    async def give_up_purchase(self, dice: Dice) -> None:
        """Nobody waits for the rest any more."""
        if order_ids := await self.open_orders("purchase_order"):
            await self.do(dice, purchasing.cancel_purchase_order, purchase_order_id=dice.pick(order_ids))

    @step(5)
    async def sell(self, dice: Dice) -> None:
        """An order is drafted and approved: what is there is reserved, the rest is a backorder."""
        warehouse = dice.pick(self.company.warehouses)
        drafted = await self.do(
            dice,
            sales.create_sales_order,
            customer_id=self.company.customer_id,
            warehouse_id=warehouse.id,
            lines=self.asked(dice),
        )
        if drafted and not dice.one_in(10):
            await self.do(dice, sales.approve_sales_order, sales_order_id=drafted.sales_order_id)

    @step(7, otherwise="sell")
    async def promise_more(self, dice: Dice) -> None:
        """Another customer asks for a little of what others wait for, or have been promised."""
        if not (rows := await db.fetch(_ASKED_FOR)):
            return
        sku_id, warehouse_id = dice.pick(rows)
        line = AskedLine(sku_id=sku_id, quantity=Quantity.of(dice.pick(("1", "2", "5"))), unit_price=UnitPrice.of("9"))
        customer_id = self.company.customer_id
        drafted = await self.do(
            dice,
            sales.create_sales_order,
            days_ago=0,
            customer_id=customer_id,
            warehouse_id=warehouse_id,
            lines=[line],
        )
        if drafted:
            await self.do(dice, sales.approve_sales_order, days_ago=0, sales_order_id=drafted.sales_order_id)

    @step(6, otherwise="sell")
    async def ship(self, dice: Dice) -> None:
        """Some of what is outstanding leaves, or more than there is is asked for."""
        order_ids = await self.open_orders("sales_order" if dice.one_in(5) else "reserved")
        if not order_ids:
            return
        order_id = dice.pick(order_ids)
        warehouse_id = await self._warehouse_of("sales_order", order_id)
        lines = [
            await self._departure(dice, one, warehouse_id)
            for n, one in enumerate(await self._open_lines("sales_order", order_id, "quantity_shipped"))
            if one.outstanding and (n == 0 or not dice.one_in(6))
        ]
        await self.do(dice, shipping.ship_goods, sales_order_id=order_id, lines=lines)

    @step(2, otherwise="sell")
    async def give_up_sale(self, dice: Dice) -> None:
        """The customer does not want the rest any more, and what was kept for him is free again."""
        if order_ids := await self.open_orders("sales_order"):
            await self.do(dice, sales.cancel_sales_order, sales_order_id=dice.pick(order_ids))

    def asked(self, dice: Dice) -> list[AskedLine]:
        """Lines of an order; a SKU may be asked for twice."""
        return [
            AskedLine(
                sku_id=goods.sku_id,
                quantity=self.some(dice, goods),
                unit_price=UnitPrice.of(dice.pick(PRICES)),
            )
            for _ in range(dice.pick(range(1, MOST_LINES + 1)))
            for goods in [dice.pick(self.company.goods)]
        ]

    def some(self, dice: Dice, goods: Goods) -> Quantity:
        """Some quantity of goods, in pieces where each has its number."""
        return Quantity.of(dice.pick(("1", "2", "3"))) if goods.tracking is SkuTracking.SERIAL else dice.quantity()

    def share(self, dice: Dice, line: OpenLine) -> Quantity:
        """All that is outstanding of a line, a part, nothing, or more."""
        return dice.part_of(line.outstanding, in_pieces=self.goods_of(line.sku_id).tracking is SkuTracking.SERIAL)

    def goods_of(self, sku_id: int) -> Goods:
        """The SKU."""
        return next(one for one in self.company.goods if one.sku_id == sku_id)

    def label(self, dice: Dice, goods: Goods) -> LotLabel | None:
        """What stands on goods that come in, now and then not what should."""
        if (goods.tracking is SkuTracking.LOT) is dice.one_in(20):
            return None
        return labelled(dice.pick(tuple(LOTS)))

    def new_pieces(self, quantity: Quantity, goods: Goods) -> tuple[str, ...]:
        """Numbers that no piece had before."""
        if goods.tracking is not SkuTracking.SERIAL:
            return ()
        pieces = int(quantity) // int(Quantity.of("1"))
        self.pieces_made += pieces
        return tuple(f"N{self.pieces_made - n}" for n in range(pieces))

    async def pieces_at(self, sku_id: int, place_id: int) -> list[str]:
        """The numbers of the pieces at a place."""
        return await self._numbers("WHERE sku_id = ? AND place_id = ?", sku_id, place_id)

    async def pieces_in(self, sku_id: int, warehouse_id: int) -> list[str]:
        """The numbers of the pieces that a warehouse has for sale."""
        return await self._numbers("WHERE sku_id = ? AND warehouse_id = ? AND kind = 'STOCK'", sku_id, warehouse_id)

    async def _numbers(self, where: str, *values: int) -> list[str]:
        select = "SELECT number FROM serial_number JOIN place ON place.id = place_id"
        return [number for (number,) in await db.fetch(f"{select} {where} ORDER BY serial_number.id", values)]

    async def some_pieces(self, dice: Dice, goods: Goods, quantity: Quantity, warehouse_id: int) -> tuple[str, ...]:
        """So many of the pieces that are for sale, or of those that are not where there are not enough."""
        if goods.tracking is not SkuTracking.SERIAL:
            return ()
        there = await self.pieces_in(goods.sku_id, warehouse_id)
        wanted = int(quantity) // int(Quantity.of("1"))
        first = dice.pick(range(max(len(there) - wanted, 0) + 1))
        return tuple([*there, "N1", "nobody's"][first : first + wanted])

    async def lots_of(self, sku_id: int) -> list[int]:
        """The lots of a SKU that are known."""
        return [lot_id for (lot_id,) in await db.fetch("SELECT id FROM lot WHERE sku_id = ? ORDER BY id", (sku_id,))]

    async def open_orders(self, table: str) -> list[int]:
        """The orders of which something is outstanding."""
        return [order_id for (order_id,) in await db.fetch(_OPEN[table])]

    async def _warehouse_of(self, table: str, order_id: int) -> int:
        ((warehouse_id,),) = await db.fetch(f"SELECT warehouse_id FROM {table} WHERE id = ?", (order_id,))
        return int(warehouse_id)

    async def _open_lines(self, table: str, order_id: int, done: str) -> Sequence[OpenLine]:
        rows = await db.fetch(
            f"SELECT id, sku_id, quantity - {done} - quantity_cancelled, coalesce(claim.reserved, 0) "
            f"FROM {table}_line LEFT JOIN claim ON owner_id = id WHERE {table}_id = ? ORDER BY line_no",
            (order_id,),
        )
        return [OpenLine(line_id, sku_id, *map(Quantity, numbers)) for line_id, sku_id, *numbers in rows]

    def _arrival(self, dice: Dice, line: OpenLine, warehouse_id: int) -> ReceivedLine:
        goods = self.goods_of(line.sku_id)
        came = self.share(dice, line)
        apart = dice.pick(("accepted", "accepted", "rejected", "uninspected"))
        aside = _NOTHING if apart == "accepted" else self.half(came, goods)
        parts: dict[str, Any] = {"quantity_accepted": came - aside, "serials": self.new_pieces(came - aside, goods)}
        if aside:
            parts |= {f"quantity_{apart}": aside, f"{apart}_serials": self.new_pieces(aside, goods)}
        return ReceivedLine(
            purchase_order_line_id=line.id,
            lot=self.label(dice, goods),
            place_id=self.company.bins[warehouse_id] if dice.one_in(4) else None,
            **parts,
        )

    def half(self, quantity: Quantity, goods: Goods) -> Quantity:
        """Half of it, in pieces where each has its number."""
        one = int(Quantity.of("1")) if goods.tracking is SkuTracking.SERIAL else 1
        return Quantity(int(quantity) // 2 // one * one)

    async def _departure(self, dice: Dice, line: OpenLine, warehouse_id: int) -> ShippedLine:
        goods = self.goods_of(line.sku_id)
        wanted = line.outstanding if dice.one_in(5) else line.reserved or line.outstanding
        quantity = dice.part_of(wanted, in_pieces=goods.tracking is SkuTracking.SERIAL)
        lots = await self.lots_of(goods.sku_id)
        return ShippedLine(
            sales_order_line_id=line.id,
            quantity=quantity,
            lot_id=dice.pick(lots) if lots and dice.one_in(4) else None,
            place_id=self.company.bins[warehouse_id] if dice.one_in(5) else None,
            serials=await self.some_pieces(dice, goods, quantity, warehouse_id),
        )


def labelled(lot: str) -> LotLabel:
    """What stands on the goods of a lot."""
    days = LOTS[lot]
    return LotLabel(number=lot, expires_on=None if days is None else FOUNDED + timedelta(days=days))
