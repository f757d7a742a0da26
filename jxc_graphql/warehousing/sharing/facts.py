"""What happened in sharing."""

from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity


class TransferTimesSet(Fact, frozen=True, kw_only=True):
    """How far warehouses are from each other was said, or is no longer known."""

    change_id: int
    transfer_time_ids: tuple[int, ...]


class StockRequested(Fact, frozen=True, kw_only=True):
    """A branch asked another one for goods: a transfer was drafted."""

    transfer_id: int
    sku_id: int
    quantity: Quantity
    note: str
