"""What happened in adjustments."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED
from jxc_graphql.kit.journal import Fact, Meaning


class AdjustmentPosted(Fact, frozen=True, kw_only=True):
    """The goods of an adjustment are in the book of goods, or out of it."""

    means: ClassVar[Meaning] = GOODS_MOVED
    adjustment_id: int
    stock_level_ids: tuple[int, ...]
    short_document_ids: tuple[int, ...] = ()
