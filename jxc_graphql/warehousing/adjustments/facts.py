"""What happened in adjustments."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED
from jxc_graphql.kit.journal import Fact, Meaning


class AdjustmentCreated(Fact, frozen=True, kw_only=True):
    """An adjustment was drafted."""

    adjustment_id: int


class AdjustmentUpdated(Fact, frozen=True, kw_only=True):
    """A draft was changed."""

    adjustment_id: int


class AdjustmentSubmitted(Fact, frozen=True, kw_only=True):
    """An adjustment is worth more than its author may post, and waits for approval; nothing has moved yet."""

    adjustment_id: int


class AdjustmentPosted(Fact, frozen=True, kw_only=True):
    """The goods of an adjustment are in the book of goods, or out of it."""

    means: ClassVar[Meaning] = GOODS_MOVED
    adjustment_id: int
    stock_level_ids: tuple[int, ...]
    short_document_ids: tuple[int, ...] = ()


class AdjustmentRejected(Fact, frozen=True, kw_only=True):
    """A submitted adjustment went back to its author."""

    adjustment_id: int
    note: str


class AdjustmentCancelled(Fact, frozen=True, kw_only=True):
    """An adjustment was given up; it moved nothing."""

    adjustment_id: int
