"""What happened to warehouses."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class WarehouseCreated(Fact, frozen=True, kw_only=True):
    """A warehouse exists, with its places and no goods."""

    subject: ClassVar[str] = "warehouse_id"
    warehouse_id: int


class WarehouseUpdated(Fact, frozen=True, kw_only=True):
    """A warehouse was renamed, moved, closed or opened again."""

    subject: ClassVar[str] = "warehouse_id"
    warehouse_id: int
