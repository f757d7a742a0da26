"""What happened in adjustments."""

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class AdjustmentPosted(GoodsMoved, Fact, frozen=True, kw_only=True):
    """The goods of an adjustment are in the book of goods, or out of it."""

    adjustment_id: int
    short_document_ids: tuple[int, ...] = ()
