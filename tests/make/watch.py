"""A shop whose postings are facts that the review reacts to."""

from typing import ClassVar

import msgspec

from jxc_graphql.books.goods.ledger import Move
from jxc_graphql.insight.alerts import operations
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.limits import operations as limits_operations
from jxc_graphql.warehousing.limits.rules import WantedLimit
from tests.make.shop import Shop
from tests.patience import recorded


class TestGoodsMoved(Fact, frozen=True, kw_only=True):
    __test__ = False
    subject: ClassVar[str] = "number"
    number: int = 1
    stock_level_ids: tuple[int, ...]


class Watch(msgspec.Struct, frozen=True):
    """The shop, seen by the one who sets limits and waits for alerts."""

    shop: Shop
    reactions: Reactions

    @property
    def call(self) -> Call:
        return self.shop.call

    @db.transactional
    async def move(self, *moves: Move) -> None:
        posting = await self.shop.post(*moves)
        journal.record(TestGoodsMoved(stock_level_ids=posting.stock_level_ids), self.call)

    async def receive(self, quantity: str, sku: int = 0) -> None:
        await self.move(self.shop.coming(quantity, "100", sku))

    async def ship(self, quantity: str, sku: int = 0) -> None:
        await self.move(self.shop.going(quantity, sku))

    async def limit(
        self,
        limit: str,
        clear_above: str | None = None,
        target: str | None = None,
        upper: str | None = None,
        sku: int = 0,
    ) -> None:
        wanted = WantedLimit(
            sku_id=self.shop.skus[sku],
            warehouse_id=self.shop.warehouse.id,
            limit=Quantity.of(limit),
            clear_above=None if clear_above is None else Quantity.of(clear_above),
            target=None if target is None else Quantity.of(target),
            upper=None if upper is None else Quantity.of(upper),
        )
        await limits_operations.set_stock_limits(self.call, limits=[wanted])

    async def alerts(self) -> list[tuple[str, str, str, str]]:
        """Status, severity, available and suggested quantity of every alert, oldest first, when all is settled."""
        await self.reactions.settle()
        rows = await db.fetch("SELECT status, severity, available, suggested_quantity FROM stock_alert ORDER BY id")
        return [(status, severity, str(Quantity(left)), str(Quantity(order))) for status, severity, left, order in rows]

    async def facts(self) -> list[str]:
        """The stream of events so far, by name."""
        found = await recorded("StockAlertRaised", "StockAlertWorsened", "StockAlertResolved")
        return [entry.name.removeprefix("StockAlert") for entry in found]


def watched(shop: Shop) -> Watch:
    """A shop with the review that reacts to its postings."""
    return Watch(shop, Reactions({TestGoodsMoved: [operations.review_all]}))
