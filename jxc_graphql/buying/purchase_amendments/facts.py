"""What happened to purchase orders by their amendments."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import LevelsChanged
from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.journal import Fact


class PurchaseOrderAmended(LevelsChanged, Fact, frozen=True, kw_only=True):
    """An order says from now on what its amendment said; what is incoming is another."""

    echoes: ClassVar[tuple[str, ...]] = ("purchase_amendment_id",)
    purchase_order_id: int
    purchase_amendment_id: int
    changes: tuple[Changed, ...]
    """What it said before and says since."""
    left_out: int
    """How many more changes there were."""
    gives_back: bool = False
    """Whether requests have back what the order took: nothing of it is left, and nothing came."""
