"""What happened in sharing."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity


class TransferTimesSet(Fact, frozen=True, kw_only=True):
    """How far warehouses are from each other was said, or is no longer known."""

    subject: ClassVar[str] = "change_id"
    change_id: int
    transfer_time_ids: tuple[int, ...]


class StockRequested(Fact, frozen=True, kw_only=True):
    """A branch asked another one for goods: a transfer was drafted."""

    subject: ClassVar[str] = "transfer_id"
    transfer_id: int
    sku_id: int
    quantity: Quantity
    note: str
