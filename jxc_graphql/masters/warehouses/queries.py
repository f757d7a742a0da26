"""What documents ask about warehouses and places."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.errors import NotFound, Path, Reason, Rejected, UnknownId
from jxc_graphql.kit.text import printable
from jxc_graphql.masters.warehouses import models
from jxc_graphql.masters.warehouses.places import VIRTUAL, KnownPlace, PlaceKind
from jxc_graphql.masters.warehouses.rules import WarehouseInactive
from jxc_graphql.office.auth.permissions import Dimension

_PLACES = "places"


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
    lent_place_id: int
    consigned_place_id: int
    branch_id: int | None = None

    def place_of(self, kind: PlaceKind) -> int:
        """The id of its built-in place of a kind."""
        places = {
            PlaceKind.STOCK: self.stock_place_id,
            PlaceKind.QUALITY: self.quality_place_id,
            PlaceKind.DAMAGED: self.damaged_place_id,
            PlaceKind.TRANSIT: self.transit_place_id,
            PlaceKind.LENT: self.lent_place_id,
            PlaceKind.CONSIGNED: self.consigned_place_id,
        }
        return places[kind]


async def usable_warehouse(call: Call, warehouse_id: int, path: Path = ("warehouse_id",)) -> KnownWarehouse:
    """The warehouse, for a new document of this caller.

    Raises `NotFound` where the caller sees no such warehouse, or `Rejected` (WarehouseInactive), with the path.
    """
    return (await usable_warehouses(call, [warehouse_id], [path]))[warehouse_id]


async def usable_warehouses(
    call: Call,
    warehouse_ids: Sequence[int],
    paths: Sequence[Path] | None = None,
    *,
    in_scope: Collection[int] | None = None,
) -> dict[int, KnownWarehouse]:
    """The warehouses by id, for a new document of this caller; one statement however many.

    Raises as `usable_warehouse` does, with everything that is wrong with any; `paths` leads to each id, by default
    (warehouse_ids, index). `in_scope`: those that must be the caller's, by default all.
    """
    known = await warehouses(warehouse_ids)
    placed = paths or [("warehouse_ids", index) for index in range(len(warehouse_ids))]
    check_usable(call, known, [*zip(warehouse_ids, placed, strict=True)], in_scope=in_scope)
    return known


def check_usable(
    call: Call,
    known: Mapping[int, KnownWarehouse],
    asked: Sequence[tuple[int, Path]],
    *,
    in_scope: Collection[int] | None = None,
) -> None:
    """Raises as `usable_warehouses` does, of warehouses that were read already, each with the path to its id."""
    refusals = (
        _refusal(call, one, known.get(one), path, must_see=in_scope is None or one in in_scope) for one, path in asked
    )
    reasons = [reason for reason in refusals if reason]
    if any(isinstance(reason, UnknownId) for reason in reasons):
        raise NotFound(*reasons)
    if reasons:
        raise Rejected(*reasons)


def _refusal(
    call: Call, warehouse_id: int, known: KnownWarehouse | None, path: Path, *, must_see: bool
) -> Reason | None:
    if known is None or (must_see and not call.sees(Dimension.WAREHOUSE, warehouse_id)):
        return UnknownId(path=path, kind="Warehouse")
    return None if known.is_active else WarehouseInactive(path=path, warehouse=known.code)


async def warehouse(warehouse_id: int) -> KnownWarehouse | None:
    """The warehouse with this id."""
    return (await warehouses([warehouse_id])).get(warehouse_id)


async def warehouses(warehouse_ids: Collection[int]) -> dict[int, KnownWarehouse]:
    """Those of the warehouses that exist, by id; one statement however many."""
    names = KnownWarehouse.__struct_fields__
    rows = await db.fetch(
        f"""
        SELECT {", ".join(f"warehouse.{name}" for name in names)}
        FROM {db.rows({"id": "bigint"})} AS asked JOIN warehouse ON warehouse.id = asked.id""",
        (db.json([[warehouse_id] for warehouse_id in set(warehouse_ids)]),),
    )
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return {row["id"]: KnownWarehouse(**row | {"is_active": bool(row["is_active"])}) for row in found}


PLACE_COLUMNS = ", ".join(f"place.{name}" for name in KnownPlace.__struct_fields__)
"""What a statement selects for `known_place`."""


def known_place(row: Sequence[Any]) -> KnownPlace:
    """The place that a row of `PLACE_COLUMNS` is."""
    place_id, kind, warehouse_id, code, is_active, is_bin = row
    return KnownPlace(
        id=place_id,
        kind=PlaceKind(kind),
        warehouse_id=warehouse_id,
        code=code,
        is_active=bool(is_active),
        is_bin=bool(is_bin),
    )


async def places_of(place_ids: Collection[int]) -> dict[int, KnownPlace]:
    """Those of the places that exist, by id; one statement however many, none for those that are known.

    A place that is no bin never changes (the constraints of its table say so): a process reads it once, and a
    transaction each bin.
    """
    lasting: dict[int, KnownPlace] = current().known.setdefault(_PLACES, dict(VIRTUAL))
    seen: dict[int, KnownPlace] = running().known.setdefault(_PLACES, {}) if db.in_transaction() else {}
    if missing := set(place_ids) - lasting.keys() - seen.keys():
        rows = await db.fetch(
            f"""
            SELECT {PLACE_COLUMNS}
            FROM {db.rows({"id": "bigint"})} AS asked JOIN place ON place.id = asked.id""",
            (db.json([[place_id] for place_id in missing]),),
        )
        for place in map(known_place, rows):
            (seen if place.is_bin else lasting)[place.id] = place
    known = lasting | seen if seen else lasting
    return {place_id: known[place_id] for place_id in place_ids if place_id in known}


async def codes_taken(warehouse_id: int, codes: Collection[str]) -> set[str]:
    """Which of these codes a place of the warehouse has."""
    rows = await db.fetch(
        f"""
        SELECT place.code FROM {db.rows({"code": "text"})} AS asked
        JOIN place ON place.warehouse_id = ? AND place.code = asked.code""",
        (db.json([[code] for code in set(codes) if printable(code)]), warehouse_id),
    )
    return {code for (code,) in rows}


async def active_warehouses(branch_id: int) -> int:
    """How many warehouses of a branch are active."""
    return await models.Warehouse.filter(branch_id=branch_id, is_active=True).count()
