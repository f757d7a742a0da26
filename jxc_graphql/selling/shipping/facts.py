"""What happened in shipping."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class GoodsShipped(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Goods of an order left and are out of the book of goods."""

    echoes: ClassVar[tuple[str, ...]] = ("shipment_id",)
    sales_order_id: int
    shipment_id: int


class ShipmentReversed(GoodsMoved, Fact, frozen=True, kw_only=True):
    """A shipment was taken back by a document of its own; what came back is outstanding for its order again."""

    echoes: ClassVar[tuple[str, ...]] = ("shipment_reversal_id", "sales_order_id")
    shipment_id: int
    shipment_reversal_id: int
    sales_order_id: int
    note: str
