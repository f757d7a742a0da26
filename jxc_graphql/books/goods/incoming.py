"""What is on its way to a warehouse (在途采购): counted up when it is ordered, and down when it came or never will."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jxc_graphql.books.goods import levels as stock_levels
from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.rules import Incoming, LevelKey, StockOutOfBounds, totals
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import reject_if


async def expect(changes: Sequence[Incoming], *, at: datetime) -> tuple[int, ...]:
    """Counts what is on its way to a warehouse up or down; gives the levels."""
    assert db.in_transaction()
    levels = await stock_levels.lock_or_make({change.level_key for change in changes}, at)
    before = stock_levels.copies(levels)
    count(changes, levels)
    reject_if(StockOutOfBounds(sku=level.sku) for level in levels.values() if not level.in_bounds)
    stock_levels.write(before, levels, at)
    return stock_levels.ids(levels.values())


def count(changes: Sequence[Incoming], levels: Mapping[LevelKey, BookLevel]) -> None:
    """Counts what is on its way up or down on levels that are locked."""
    for key, quantity in totals((change.level_key, change.quantity) for change in changes).items():
        levels[key].incoming += quantity
        assert levels[key].incoming >= 0
