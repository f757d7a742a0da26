"""What happened to transfers."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED, LEVELS_CHANGED
from jxc_graphql.kit.journal import Fact, Meaning


class TransferApproved(Fact, frozen=True, kw_only=True):
    """The goods of a transfer are kept for it at the source."""

    means: ClassVar[Meaning] = LEVELS_CHANGED
    transfer_id: int
    stock_level_ids: tuple[int, ...]


class TransferDispatched(Fact, frozen=True, kw_only=True):
    """Goods are on their way; what was approved and not sent is free again."""

    means: ClassVar[Meaning] = GOODS_MOVED
    transfer_id: int
    stock_level_ids: tuple[int, ...]


class TransferReceived(Fact, frozen=True, kw_only=True):
    """Goods of a transfer arrived."""

    echoes: ClassVar[tuple[str, ...]] = ("transfer_receipt_id",)
    means: ClassVar[Meaning] = GOODS_MOVED
    transfer_id: int
    transfer_receipt_id: int
    stock_level_ids: tuple[int, ...]


class TransferClosed(Fact, frozen=True, kw_only=True):
    """What was still in transit will not arrive; the books put it where its reasons say."""

    means: ClassVar[Meaning] = GOODS_MOVED
    transfer_id: int
    note: str
    stock_level_ids: tuple[int, ...]


class TransferCancelled(Fact, frozen=True, kw_only=True):
    """A transfer was given up before anything left; what was kept for it is free."""

    means: ClassVar[Meaning] = LEVELS_CHANGED
    transfer_id: int
    stock_level_ids: tuple[int, ...]
