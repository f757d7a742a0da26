"""What documents ask about warehouses."""

import msgspec

from jxc_graphql.documents.rules import OutOfScope, UnknownId
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Path, Rejected
from jxc_graphql.warehouses import models
from jxc_graphql.warehouses.rules import WarehouseInactive


class KnownWarehouse(msgspec.Struct, frozen=True, kw_only=True):
    """A warehouse as documents need it."""

    id: int
    code: str
    name: str
    is_active: bool
    stock_place_id: int
    quality_place_id: int
    damaged_place_id: int
    transit_place_id: int


async def usable_warehouse(call: Call, warehouse_id: int, path: Path = ("warehouse_id",)) -> KnownWarehouse:
    """The warehouse, for a new document of this caller.

    Raises `NotFound` (UnknownId) or `Rejected` (OutOfScope, WarehouseInactive) with the path.
    """
    known = await warehouse(warehouse_id)
    if known is None:
        raise NotFound(UnknownId(path=path, kind="Warehouse"))
    if not call.sees(warehouse_id):
        raise Rejected(OutOfScope(path=path))
    if not known.is_active:
        raise Rejected(WarehouseInactive(path=path, warehouse=known.code))
    return known


async def warehouse(warehouse_id: int) -> KnownWarehouse | None:
    """The warehouse with this id."""
    row = await models.Warehouse.get_or_none(id=warehouse_id).values(*KnownWarehouse.__struct_fields__)
    return KnownWarehouse(**row) if row else None
