"""What happened in sales."""

from jxc_graphql.books.goods.facts import LevelsChanged
from jxc_graphql.kit.journal import Fact


class SalesOrderApproved(LevelsChanged, Fact, frozen=True, kw_only=True):
    """An order became binding; what was available is reserved for it."""

    sales_order_id: int


class SalesOrderCancelled(LevelsChanged, Fact, frozen=True, kw_only=True):
    """What was outstanding of an order will not be shipped; what was kept for it is free again."""

    sales_order_id: int
