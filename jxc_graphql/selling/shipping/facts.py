"""What happened in shipping."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED
from jxc_graphql.kit.journal import Fact, Meaning


class GoodsShipped(Fact, frozen=True, kw_only=True):
    """Goods of an order left and are out of the book of goods."""

    echoes: ClassVar[tuple[str, ...]] = ("shipment_id",)
    means: ClassVar[Meaning] = GOODS_MOVED
    sales_order_id: int
    shipment_id: int
    stock_level_ids: tuple[int, ...]
