"""What lies where a document takes goods from, and what virtual places have, read once its stock levels are locked.

Whoever changes what is at a place of a warehouse holds the stock level of the SKU there, so that has no lock of its
own. Of virtual places many write at a time: they are read for their bounds only, and the database itself counts them.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.picking import Candidate, Consigned, Shelf
from jxc_graphql.books.goods.rules import Leg, LevelKey, Move, PlaceKey, totals
from jxc_graphql.kit import db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.places import VIRTUAL
from jxc_graphql.masters.warehouses.queries import KnownPlace
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.company.settings import ConsignedTurn

_KEY = {"sku_id": "bigint", "place_id": "bigint", "lot_id": "bigint"}
_SAME = "level.sku_id = line.sku_id AND level.place_id = line.place_id AND coalesce(level.lot_id, 0) = line.lot_id"


_COLUMNS = {"id": "bigint", "supplier_id": "bigint", "unit_price": "bigint", "came_on": "date"}
_NOBODYS = ", ".join(f"CAST(NULL AS {kind})" for kind in _COLUMNS.values())
_THEIRS = ", ".join(f"one.{name}" for name in _COLUMNS)


class Lying(msgspec.Struct, frozen=True, kw_only=True):
    """What lies where, before a document changes it."""

    there: Sequence[Candidate]
    """All that lies where goods are taken from."""
    offered: Sequence[Candidate]
    """What of it may be taken for moves that leave it to us from which place, or of which lot."""
    outside: Mapping[PlaceKey, Quantity]
    """What virtual places have."""
    theirs_first: bool
    """Whether a supplier's goods go before ours."""

    def shelf(self, offered: Sequence[Candidate], found: Mapping[LevelKey, BookLevel]) -> Shelf:
        """What may be taken of so much that is offered.

        Where a supplier's goods are there to go instead, no more of ours than is kept for nobody.
        """
        theirs = {one.sku_id for one in offered if one.consigned}
        ours = {sku_id: max(level.available, Quantity(0)) for (sku_id, _), level in found.items() if sku_id in theirs}
        return Shelf(offered, theirs_first=self.theirs_first, ours=ours)

    @property
    def quantities(self) -> dict[PlaceKey, Quantity]:
        """What there is at each place of a warehouse where goods are taken from."""
        return totals((one.key, one.quantity) for one in self.there)

    def at_places_of(self, legs: Iterable[Leg]) -> dict[PlaceKey, Quantity]:
        """What there is wherever legs lead; of places that they only bring to, how much more there is than before."""
        seen = {**self.outside, **self.quantities}
        return {key: seen.get(key, Quantity(0)) for leg in legs for key in (leg.source, leg.target)}


async def look(moves: Sequence[Move], found: Mapping[LevelKey, BookLevel], known: Mapping[int, KnownPlace]) -> Lying:
    """What lies where the moves lead; the levels are locked."""
    there, outside = await db.together(_there(moves, known), _outside(moves, known))
    turn = (await company.settled()).consigned_turn if any(one.consigned for one in there) else None
    return Lying(
        there=there,
        offered=_offered(there, moves, found, known),
        outside=outside,
        theirs_first=turn is ConsignedTurn.FIRST,
    )


async def _there(moves: Sequence[Move], known: Mapping[int, KnownPlace]) -> list[Candidate]:
    """All that lies where goods are taken from, of every lot; none for goods from outside."""
    asked = {
        (move.sku_id, place.warehouse_id, place.id, int(move.or_bins), place.kind.value)
        for move in moves
        for place in [known[move.from_place_id]]
        if place.warehouse_id is not None
    }
    if not asked:
        return []
    columns = {"sku_id": "bigint", "warehouse_id": "bigint", "place_id": "bigint", "or_bins": "bigint", "kind": "text"}
    rows = await db.fetch(
        f"""
        WITH line AS (SELECT * FROM {db.rows(columns)} AS line)
        SELECT DISTINCT level.sku_id, level.lot_id, lot.number, level.quantity, lot.expires_on,
            coalesce(lot.is_blocked, false), {_NOBODYS}, {warehouses.PLACE_COLUMNS}
        FROM line JOIN place_level AS level ON level.sku_id = line.sku_id AND level.quantity > 0
        JOIN place ON place.id = level.place_id AND place.warehouse_id = line.warehouse_id
            AND (place.id = line.place_id OR (line.or_bins = 1 AND place.kind = line.kind))
            AND place.kind <> 'CONSIGNED'
        LEFT JOIN lot ON lot.id = level.lot_id
        UNION ALL SELECT DISTINCT level.sku_id, one.lot_id, lot.number, one.quantity, lot.expires_on,
            coalesce(lot.is_blocked, false), {_THEIRS}, {warehouses.PLACE_COLUMNS}
        FROM line JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.warehouse_id = line.warehouse_id
            AND level.consigned > 0 AND (line.kind = 'CONSIGNED' OR (line.kind = 'STOCK' AND line.or_bins = 1))
        JOIN consigned_stock AS one ON one.stock_level_id = level.id AND one.quantity > 0
        JOIN place ON place.warehouse_id = line.warehouse_id AND place.kind = 'CONSIGNED'
        LEFT JOIN lot ON lot.id = one.lot_id""",
        (db.json(sorted(asked)),),
    )
    return [
        Candidate(
            sku_id=sku_id,
            place=warehouses.known_place(place),
            lot_id=lot_id,
            lot=number,
            quantity=Quantity(quantity),
            expires_on=None if expires_on is None else db.day(expires_on),
            is_blocked=bool(is_blocked),
            **_whose(whose, Quantity(quantity)),
        )
        for sku_id, lot_id, number, quantity, expires_on, is_blocked, *rest in rows
        for whose, place in [(rest[: len(_COLUMNS)], rest[len(_COLUMNS) :])]
    ]


def _whose(row: Sequence[Any], quantity: Quantity) -> dict[str, Any]:
    line_id, supplier_id, price, came_on = row
    if line_id is None:
        return {}
    goods = Consigned(line_id=line_id, supplier_id=supplier_id, price=UnitPrice(price), quantity=quantity)
    return {"consigned": goods, "came_on": db.day(came_on)}


async def _outside(moves: Sequence[Move], known: Mapping[int, KnownPlace]) -> dict[PlaceKey, Quantity]:
    """What virtual places have of the goods that come from or go to them, of the lots that may be picked as well."""
    named, picked = set[PlaceKey](), set[tuple[int, int, int, str]]()
    for move in moves:
        source, target = known[move.from_place_id], known[move.to_place_id]
        for place in (source, target):
            if place.warehouse_id is None:
                named.add((move.sku_id, place.id, move.lot_id or 0))
        if target.warehouse_id is None and source.warehouse_id is not None and move.lot_id is None:
            picked.add((move.sku_id, target.id, source.warehouse_id, source.kind.value))
    if not named:
        return {}
    columns = {"sku_id": "bigint", "place_id": "bigint", "warehouse_id": "bigint", "kind": "text"}
    rows = await db.fetch(
        f"""
        SELECT level.sku_id, level.place_id, coalesce(level.lot_id, 0), level.quantity FROM (
            SELECT line.sku_id, line.place_id, line.lot_id FROM {db.rows(_KEY)} AS line
            UNION SELECT line.sku_id, line.place_id, here.lot_id FROM {db.rows(columns)} AS line
            JOIN place_level AS here ON here.sku_id = line.sku_id AND here.quantity > 0 AND here.lot_id IS NOT NULL
            JOIN place ON place.id = here.place_id AND place.warehouse_id = line.warehouse_id
                AND place.kind = line.kind
        ) AS line JOIN place_level AS level ON {_SAME}""",
        (db.json(sorted(named)), db.json(sorted(picked))),
    )
    return {(sku_id, place_id, lot_id): Quantity(quantity) for sku_id, place_id, lot_id, quantity in rows}


def _offered(
    lying: Sequence[Candidate],
    moves: Sequence[Move],
    found: Mapping[LevelKey, BookLevel],
    known: Mapping[int, KnownPlace],
) -> list[Candidate]:
    asked: dict[int, set[tuple[KnownPlace, bool]]] = {}
    for move in moves:
        if _is_open(move, found[move.level_key], known):
            asked.setdefault(move.sku_id, set()).add((known[move.from_place_id], move.or_bins))
    return [
        one
        for one in lying
        if one.consigned or any(one.serves(place, or_bins=or_bins) for place, or_bins in asked.get(one.sku_id, ()))
    ]


def _is_open(move: Move, level: BookLevel, known: Mapping[int, KnownPlace]) -> bool:
    """Whether a move leaves it to us what is taken: from which place, or of which lot."""
    if level.tracking is SkuTracking.SERIAL or known[move.from_place_id].warehouse_id is None:
        return False
    return move.or_bins or level.tracking is SkuTracking.LOT


def write(before: Mapping[PlaceKey, Quantity], after: Mapping[PlaceKey, Quantity]) -> None:
    """Writes what changed: a place of a warehouse has less than was seen there, all others are counted up or down."""
    changed = [(key, before[key], after[key]) for key in after if after[key] != before[key]]
    _lower([(*key, old, new) for key, old, new in changed if new < old and key[1] not in VIRTUAL])
    _count([(new_id(), *key, new - old) for key, old, new in changed if new > old or key[1] in VIRTUAL])


def _lower(rows: Collection[tuple[int, ...]]) -> None:
    if not rows:
        return
    db.later(
        f"""
        UPDATE place_level AS level SET quantity = line.quantity
        FROM {db.rows(_KEY | {"old_quantity": "bigint", "quantity": "bigint"})} AS line
        WHERE {_SAME} AND level.quantity = line.old_quantity""",
        (db.json(rows),),
        rows=len(rows),
    )


def _count(rows: Collection[tuple[int, ...]]) -> None:
    """Adds to what is at places, in the order of their keys; they come into being on first use."""
    if not rows:
        return
    db.later(
        f"""
        INSERT INTO place_level (id, sku_id, place_id, lot_id, quantity)
        SELECT line.id, line.sku_id, line.place_id, nullif(line.lot_id, 0), line.quantity
        FROM {db.rows({"id": "bigint"} | _KEY | {"quantity": "bigint"})} AS line
        WHERE true ORDER BY line.sku_id, line.place_id, line.lot_id
        ON CONFLICT (sku_id, place_id, coalesce(lot_id, 0)) DO UPDATE
        SET quantity = place_level.quantity + excluded.quantity""",
        (db.json(rows),),
        apart=True,  # others than are lowered
    )
