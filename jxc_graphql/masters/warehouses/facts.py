"""What happened to branches, warehouses and bins."""

from jxc_graphql.kit.journal import Fact


class BranchCreated(Fact, frozen=True, kw_only=True):
    """A branch exists, without warehouses."""

    branch_id: int


class BranchUpdated(Fact, frozen=True, kw_only=True):
    """A branch was renamed, closed or opened again."""

    branch_id: int


class WarehouseCreated(Fact, frozen=True, kw_only=True):
    """A warehouse exists, with its built-in places and no goods."""

    warehouse_id: int


class WarehouseUpdated(Fact, frozen=True, kw_only=True):
    """A warehouse was renamed, moved, given to another branch, closed or opened again."""

    warehouse_id: int


class BinsCreated(Fact, frozen=True, kw_only=True):
    """A warehouse has more bins, in the order in which they were asked for."""

    warehouse_id: int
    place_ids: tuple[int, ...]


class BinUpdated(Fact, frozen=True, kw_only=True):
    """A bin was renamed, closed or opened again."""

    place_id: int


class BranchDeleted(Fact, frozen=True, kw_only=True):
    """A branch without warehouses is no more."""

    branch_id: int
    code: str


class WarehouseDeleted(Fact, frozen=True, kw_only=True):
    """A warehouse that was never used is no more."""

    warehouse_id: int
    code: str


class BinDeleted(Fact, frozen=True, kw_only=True):
    """A bin in which nothing ever was is no more."""

    place_id: int
    code: str
