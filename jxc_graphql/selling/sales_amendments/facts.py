"""What happened to sales orders by their amendments."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import LevelsChanged
from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.journal import Fact


class SalesOrderAmended(LevelsChanged, Fact, frozen=True, kw_only=True):
    """An order says from now on what its amendment said; what is kept for it is another."""

    echoes: ClassVar[tuple[str, ...]] = ("sales_amendment_id",)
    sales_order_id: int
    sales_amendment_id: int
    changes: tuple[Changed, ...]
    """What it said before and says since."""
    left_out: int
    """How many more changes there were."""
