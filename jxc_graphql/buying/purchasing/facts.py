"""What happened in purchasing."""

from jxc_graphql.books.goods.facts import LevelsChanged
from jxc_graphql.kit.journal import Fact


class PurchaseOrderApproved(LevelsChanged, Fact, frozen=True, kw_only=True):
    """An order became binding; its goods are incoming."""

    purchase_order_id: int


class PurchaseOrderCancelled(LevelsChanged, Fact, frozen=True, kw_only=True):
    """What was outstanding of an order will not come any more."""

    purchase_order_id: int
    gives_back: bool = False
    """Whether requests have back what it took: nothing of it came."""
