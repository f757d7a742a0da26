"""What happened in sales."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import LEVELS_CHANGED
from jxc_graphql.kit.journal import Fact, Meaning


class SalesOrderApproved(Fact, frozen=True, kw_only=True):
    """An order became binding; what was available is reserved for it."""

    means: ClassVar[Meaning] = LEVELS_CHANGED
    sales_order_id: int
    stock_level_ids: tuple[int, ...]


class SalesOrderCancelled(Fact, frozen=True, kw_only=True):
    """What was outstanding of an order will not be shipped; what was kept for it is free again."""

    means: ClassVar[Meaning] = LEVELS_CHANGED
    sales_order_id: int
    stock_level_ids: tuple[int, ...]
