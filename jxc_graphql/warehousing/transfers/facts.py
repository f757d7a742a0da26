"""What happened to transfers."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GoodsMoved, LevelsChanged
from jxc_graphql.kit.journal import Fact


class TransferApproved(LevelsChanged, Fact, frozen=True, kw_only=True):
    """The goods of a transfer are kept for it at the source."""

    transfer_id: int


class TransferDispatched(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Goods are on their way; what was approved and not sent is free again."""

    transfer_id: int


class TransferReceived(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Goods of a transfer arrived."""

    echoes: ClassVar[tuple[str, ...]] = ("transfer_receipt_id",)
    transfer_id: int
    transfer_receipt_id: int


class TransferClosed(GoodsMoved, Fact, frozen=True, kw_only=True):
    """What was still in transit will not arrive; the books put it where its reasons say."""

    transfer_id: int
    note: str


class TransferCancelled(LevelsChanged, Fact, frozen=True, kw_only=True):
    """A transfer was given up before anything left; what was kept for it is free."""

    transfer_id: int
