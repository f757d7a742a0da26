"""What happened to returns to suppliers."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class SupplierReturnPosted(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Goods of receipts left for the supplier; the order of those that are to be replaced expects them again."""

    echoes: ClassVar[tuple[str, ...]] = ("goods_receipt_ids", "purchase_order_ids")
    supplier_return_id: int
    goods_receipt_ids: tuple[int, ...]
    purchase_order_ids: tuple[int, ...] = ()


class SupplierReturnReversed(GoodsMoved, Fact, frozen=True, kw_only=True):
    """A return was taken back by a document of its own; goods that were to be replaced are not expected any more."""

    echoes: ClassVar[tuple[str, ...]] = ("supplier_return_reversal_id", "goods_receipt_ids", "purchase_order_ids")
    supplier_return_id: int
    supplier_return_reversal_id: int
    goods_receipt_ids: tuple[int, ...]
    purchase_order_ids: tuple[int, ...] = ()
    note: str
