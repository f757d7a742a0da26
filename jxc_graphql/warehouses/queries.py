"""What documents ask about warehouses."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from jxc_graphql.documents.rules import OutOfScope, UnknownId
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Path, Reason, Rejected
from jxc_graphql.warehouses import models
from jxc_graphql.warehouses.places import PlaceKind
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


class KnownPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place as movements need it; a virtual one has no warehouse."""

    id: int
    kind: PlaceKind
    warehouse_id: int | None
    code: str
    is_active: bool

    @property
    def is_bin(self) -> bool:
        """Whether it was added to the places that every warehouse has."""
        return self.code != self.kind


def known_place(place_id: int, kind: str, warehouse_id: int | None, code: str, is_active: Any) -> KnownPlace:
    """The place that a row of these columns is."""
    return KnownPlace(
        id=place_id, kind=PlaceKind(kind), warehouse_id=warehouse_id, code=code, is_active=bool(is_active)
    )


async def places_of(place_ids: Collection[int]) -> dict[int, KnownPlace]:
    """Those of the places that exist, by id; one statement however many."""
    rows = await db.fetch(
        f"""
        SELECT place.id, kind, warehouse_id, code, is_active
        FROM {db.rows({"id": "bigint"})} AS asked JOIN place ON place.id = asked.id""",
        (db.json([[place_id] for place_id in sorted(place_ids)]),),
    )
    return {row[0]: known_place(*row) for row in rows}


def check_shelf(place: KnownPlace | None, warehouse_id: int, path: Path) -> Iterator[Reason]:
    """Whether it is a place of the warehouse at which goods can lie, and not on their way."""
    if place is None or place.warehouse_id != warehouse_id or place.kind is PlaceKind.TRANSIT:
        yield UnknownId(path=path, kind="Place")
