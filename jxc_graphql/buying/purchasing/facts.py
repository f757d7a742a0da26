"""What happened in purchasing."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import LEVELS_CHANGED
from jxc_graphql.kit.journal import Fact, Meaning


class PurchaseOrderApproved(Fact, frozen=True, kw_only=True):
    """An order became binding; its goods are incoming."""

    means: ClassVar[Meaning] = LEVELS_CHANGED
    purchase_order_id: int
    stock_level_ids: tuple[int, ...]


class PurchaseOrderCancelled(Fact, frozen=True, kw_only=True):
    """What was outstanding of an order will not come any more."""

    means: ClassVar[Meaning] = LEVELS_CHANGED
    purchase_order_id: int
    stock_level_ids: tuple[int, ...]
