"""A warehouse with bins, goods of every kind of tracking in it, and the steps of a stocktake in plain decimals."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql import wiring
from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.documents.comparisons import Difference
from jxc_graphql.warehousing.stocktakes import operations
from jxc_graphql.warehousing.stocktakes.facts import CountsRecorded
from jxc_graphql.warehousing.stocktakes.models import CountMode, Stocktake, UncountedLines
from jxc_graphql.warehousing.stocktakes.rules import CountScope
from jxc_graphql.warehousing.stocktakes.slips import AskedCount
from tests.make.trade import Trade, make_trade


class Hall(msgspec.Struct, frozen=True):
    """Three SKUs at the stock place, as in `trade`; two bins; milk with lots, phones with serial numbers."""

    call: Call
    trade: Trade
    bins: tuple[int, int]
    milk: int
    phone: int

    @property
    def skus(self) -> tuple[int, ...]:
        return self.trade.shop.skus

    @property
    def stock(self) -> int:
        """The stock place."""
        return self.trade.shop.warehouse.stock_place_id

    @db.transactional
    async def bring(
        self, sku_id: int, quantity: str, *, place_id: int = 0, lot: str = "", serials: Sequence[str] = (),
        value: str = "0",
    ) -> int | None:  # fmt: skip
        """Goods from a supplier, at a place, of a lot."""
        label = LotLabel(lot) if lot else None
        (lot_id,) = await lots.ensure(self.call, [(sku_id, label, ())])
        await self._post(
            sku_id, VirtualPlace.SUPPLIER, place_id or self.stock, quantity,
            lot_id=lot_id, serials=tuple(serials), value=Money.of(value),
        )  # fmt: skip
        return lot_id

    @db.transactional
    async def carry(self, sku_id: int, quantity: str, source: int, target: int, **others: Any) -> None:
        """Goods from a place to a place."""
        await self._post(sku_id, source, target, quantity, **others)

    async def _post(self, sku_id: int, source: int, target: int, quantity: str, **others: Any) -> None:
        move = Move(
            sku_id=sku_id,
            from_place_id=source,
            to_place_id=target,
            quantity=Quantity.of(quantity),
            line_id=new_id(),
            **{"warehouse_id": self.trade.shop.warehouse.id, **others},
        )
        call = Call()
        await ledger.post(call, [move], document_id=new_id(), business_date=clock.day_of(call.at))

    async def plan(self, **others: Any) -> int:
        given = {"warehouse_id": self.trade.shop.warehouse.id, "approval_limit": Money.of("1000"), **others}
        return (await operations.plan_stocktake(self.call, **given)).stocktake_id

    async def start(self, **others: Any) -> int:
        """A stocktake that is being counted."""
        stocktake_id = await self.plan(**others)
        await operations.start_stocktake(self.call, stocktake_id=stocktake_id)
        return stocktake_id

    async def count(
        self, stocktake_id: int, *counts: AskedCount, mode: CountMode = CountMode.REPLACE, **others: Any
    ) -> CountsRecorded:
        return await operations.record_counts(
            others.pop("call", self.call), stocktake_id=stocktake_id, counts=counts, mode=mode, **others
        )

    async def submit(self, stocktake_id: int, **others: Any) -> None:
        await operations.submit_stocktake(self.call, stocktake_id=stocktake_id, **others)

    async def post(self, stocktake_id: int) -> tuple[int, ...]:
        return (await operations.post_stocktake(self.call, stocktake_id=stocktake_id)).stock_level_ids

    async def finish(self, stocktake_id: int) -> None:
        """Hands in what was counted, leaves the rest as it is, and posts."""
        await self.submit(stocktake_id, uncounted=UncountedLines.UNCOUNTED_UNCHANGED)
        await self.post(stocktake_id)

    async def lines(self, stocktake_id: int, *columns: str) -> list[tuple[Any, ...]]:
        """Lines in their order; quantities in plain decimals."""
        rows = await db.fetch(
            f"SELECT {', '.join(columns)} FROM stocktake_line WHERE stocktake_id = ? ORDER BY line_no", (stocktake_id,)
        )
        amounts = [name for name in columns if "quantity" in name or "variance" in name]
        return [
            tuple(
                str(Quantity(value)) if name in amounts and value is not None else value
                for name, value in zip(columns, row, strict=True)
            )
            for row in rows
        ]

    async def status(self, stocktake_id: int) -> str:
        return (await Stocktake.get(id=stocktake_id)).status.value

    async def at(self, sku_id: int, place_id: int, lot_id: int | None = None) -> str:
        rows = await db.fetch(
            "SELECT quantity FROM place_level WHERE sku_id = ? AND place_id = ? AND coalesce(lot_id, 0) = ?",
            (sku_id, place_id, lot_id or 0),
        )
        return str(Quantity(rows[0][0])) if rows else "0"

    async def verify(self) -> list[Difference]:
        await wiring.REACTIONS.settle()
        return await differences()


def of(sku_id: int, quantity: str | None = None, **others: Any) -> AskedCount:
    """So much of a SKU."""
    return AskedCount(sku_id=sku_id, quantity=None if quantity is None else Quantity.of(quantity), **others)


def only(*sku_ids: int) -> CountScope:
    return CountScope(sku_ids=sku_ids)


async def make_hall(call: Call) -> Hall:
    trade = await make_trade(call)
    bins = [WantedBin(code="A-01", name="A-01"), WantedBin(code="B-01", name="B-01")]
    made = await warehouses.create_bins(call, warehouse_id=trade.shop.warehouse.id, bins=bins)
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (trade.shop.skus[0],))
    tracked = [
        await catalog.create_sku(
            call, product_id=product_id, code=f"{tracking}-{new_id()}", name="x", unit="件", tracking=tracking
        )
        for tracking in (SkuTracking.LOT, SkuTracking.SERIAL)
    ]
    await trade.stock_up("10", "20", "30")
    first, second = made.place_ids
    return Hall(call, trade, (first, second), tracked[0].sku_id, tracked[1].sku_id)


def today() -> date:
    return clock.day_of(clock.now())
