"""What happened in receiving."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED
from jxc_graphql.kit.journal import Fact, Meaning


class GoodsReceived(Fact, frozen=True, kw_only=True):
    """Goods of an order arrived and are in the book of goods."""

    echoes: ClassVar[tuple[str, ...]] = ("goods_receipt_id",)
    means: ClassVar[Meaning] = GOODS_MOVED
    purchase_order_id: int
    goods_receipt_id: int
    stock_level_ids: tuple[int, ...]
