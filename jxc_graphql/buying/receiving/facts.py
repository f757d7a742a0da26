"""What happened in receiving."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class GoodsReceived(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Goods of an order arrived and are in the book of goods."""

    echoes: ClassVar[tuple[str, ...]] = ("goods_receipt_id",)
    purchase_order_id: int
    goods_receipt_id: int


class GoodsReceiptReversed(GoodsMoved, Fact, frozen=True, kw_only=True):
    """A receipt was taken back by a document of its own; its order expects the goods again."""

    echoes: ClassVar[tuple[str, ...]] = ("goods_receipt_reversal_id", "purchase_order_id")
    goods_receipt_id: int
    goods_receipt_reversal_id: int
    purchase_order_id: int
    note: str
