"""The one door into the book of goods: movements, the levels they add up to, and what is kept for whom.

Every function runs inside the caller's transaction. It locks the stock levels it needs in the order of their ids, then
the place levels in theirs, lets `rules` decide, and writes with statements whose number does not depend on the lines of
the document. Each UPDATE names what was seen under the lock, and must change exactly as many rows as it names.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.periods import queries as periods
from jxc_graphql.stock.models import PlaceKind, VirtualPlace
from jxc_graphql.stock.rules import (
    Book,
    Expectation,
    InsufficientStock,
    Level,
    LevelKey,
    Move,
    PlaceKey,
    PlaceLevel,
    StockOutOfBounds,
    Wish,
    allot,
    totals,
)

__all__ = [
    "Expectation", "InsufficientStock", "Move", "Posting", "VirtualPlace", "Wish",
    "expect", "post", "release", "reserve",
]  # fmt: skip

Key = TypeVar("Key")
T = TypeVar("T")

_NOTHING: Mapping[int, Quantity] = MappingProxyType({})
_LOCK = {"sqlite": "", "postgres": "FOR UPDATE OF level"}
_BY_KEY = "JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.warehouse_id = line.warehouse_id"
_BY_OWNER = """
    JOIN reservation ON reservation.owner_id = line.owner_id
    JOIN stock_level AS level ON level.id = reservation.stock_level_id"""


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """What a document did to the book."""

    stock_level_ids: tuple[int, ...]
    """The levels it touched."""
    values: tuple[Money, ...]
    """What the goods of each move were worth, in the order of the moves."""


class BookChanged(RuntimeError):
    """A row was not as it was when it was locked: somebody writes to the book beside the ledger."""


async def post(
    moves: Sequence[Move],
    *,
    document_id: int,
    business_date: date,
    at: datetime,
    releases: Mapping[int, Quantity] = _NOTHING,
) -> Posting:
    """Carries out the moves of one document, in their order.

    `releases` says how much of whose reservation these moves use up (owner → quantity); goods kept for others are out
    of reach. Raises `Rejected` with an `InsufficientStock` for every move that asks for what is not there.
    """
    assert db.in_transaction()
    await periods.check_open(business_date)
    levels = await _levels({move.level_key for move in moves}, at)
    places = await _places({key for move in moves for key in (move.source, move.target)})
    before = Book(_copies(levels), _copies(places))
    freed = await _freed(releases, levels.values())
    book = Book(levels, places)
    values, empty = book.carry_out(moves)
    reject_if(book.problems(moves, empty))
    await _write_movements(moves, values, document_id, business_date, at)
    await _write_levels(before.levels, levels, at)
    await _write_places(before.places, places)
    if releases:
        await _use_up(freed)
    return Posting(stock_level_ids=_ids(levels.values()), values=tuple(values))


async def reserve(wishes: Sequence[Wish], *, at: datetime) -> dict[int, Quantity]:
    """Keeps what is available for the owners, first come first served; gives how much each got now, 0 included."""
    assert db.in_transaction()
    levels = await _lock({(wish.sku_id, wish.warehouse_id) for wish in wishes})
    before = _copies(levels)
    got = allot(wishes, levels)
    level_of = {wish.owner_id: levels.get((wish.sku_id, wish.warehouse_id)) for wish in wishes}
    kept = [(level.id, owner_id, got[owner_id]) for owner_id, level in level_of.items() if level and got[owner_id]]
    if kept:
        await _write_levels(before, levels, at)
        await _keep(kept, at)
    return got


async def release(owner_ids: Collection[int]) -> tuple[int, ...]:
    """Frees all that is kept for the owners; gives the levels it was kept of."""
    assert db.in_transaction()
    levels = await _lock(((owner_id,) for owner_id in owner_ids), {"owner_id": "bigint"}, _BY_OWNER)
    before = _copies(levels)
    kept = await _reservations(owner_ids)
    by_id = {level.id: level for level in levels.values()}
    for _, _, level_id, quantity in kept:
        by_id[level_id].reserved -= quantity
    if kept:
        await _write_levels(before, levels, clock.now())
        await _use_up([(reservation_id, quantity, quantity) for reservation_id, _, _, quantity in kept])
    return _ids(levels.values())


async def expect(changes: Sequence[Expectation], *, at: datetime) -> tuple[int, ...]:
    """Counts what is on its way to a warehouse up or down; gives the levels."""
    assert db.in_transaction()
    due = totals(((change.sku_id, change.warehouse_id), change.quantity) for change in changes)
    levels = await _levels(due, at)
    before = _copies(levels)
    for key, quantity in due.items():
        levels[key].incoming += quantity
        assert levels[key].incoming >= 0
    reject_if(StockOutOfBounds(sku=level.sku) for level in levels.values() if not level.in_bounds)
    await _write_levels(before, levels, at)
    return _ids(levels.values())


async def _lock(
    keys: Iterable[tuple[int, ...]],
    columns: Mapping[str, str] = MappingProxyType({"sku_id": "bigint", "warehouse_id": "bigint"}),
    join: str = _BY_KEY,
) -> dict[LevelKey, Level]:
    """The stock levels there are, locked in the order of their ids."""
    rows = await db.fetch(
        f"""
        SELECT level.sku_id, level.warehouse_id, level.id, sku.code,
               level.on_hand, level.sellable, level.reserved, level.incoming, level.value
        FROM {db.rows(columns)} AS line {join} JOIN sku ON sku.id = level.sku_id
        ORDER BY level.id {_LOCK[db.dialect()]}""",
        (db.json(sorted(keys)),),
    )
    return {
        (sku_id, warehouse_id): Level(
            id=level_id,
            sku=code,
            on_hand=Quantity(on_hand),
            sellable=Quantity(sellable),
            reserved=Quantity(reserved),
            incoming=Quantity(incoming),
            value=Money(value),
        )
        for sku_id, warehouse_id, level_id, code, on_hand, sellable, reserved, incoming, value in rows
    }


async def _levels(keys: Collection[LevelKey], at: datetime) -> dict[LevelKey, Level]:
    """The stock levels, locked; they come into being on first use."""
    levels = await _lock(keys)
    if len(levels) == len(keys):
        return levels
    zeros = ", ".join("0" * 7)
    await db.execute(
        f"""
        INSERT INTO stock_level (id, sku_id, warehouse_id, changed_at,
            on_hand, sellable, reserved, available, incoming, value, unit_cost)
        SELECT line.id, line.sku_id, line.warehouse_id, ?, {zeros}
        FROM {db.rows({"id": "bigint", "sku_id": "bigint", "warehouse_id": "bigint"})} AS line
        WHERE true ORDER BY line.sku_id, line.warehouse_id ON CONFLICT (sku_id, warehouse_id) DO NOTHING""",
        (at, db.json([(new_id(), *key) for key in sorted(set(keys) - levels.keys())])),
    )
    return await _lock(keys)


async def _lock_places(keys: Collection[PlaceKey]) -> dict[PlaceKey, PlaceLevel]:
    rows = await db.fetch(
        f"""
        SELECT level.sku_id, level.place_id, level.id, place.kind, place.warehouse_id, level.quantity
        FROM {db.rows({"sku_id": "bigint", "place_id": "bigint"})} AS line
        JOIN place_level AS level ON level.sku_id = line.sku_id AND level.place_id = line.place_id
        JOIN place ON place.id = level.place_id
        ORDER BY level.id {_LOCK[db.dialect()]}""",
        (db.json(sorted(keys)),),
    )
    return {
        (sku_id, place_id): PlaceLevel(
            id=level_id, kind=PlaceKind(kind), warehouse_id=warehouse_id, quantity=Quantity(quantity)
        )
        for sku_id, place_id, level_id, kind, warehouse_id, quantity in rows
    }


async def _places(keys: Collection[PlaceKey]) -> dict[PlaceKey, PlaceLevel]:
    """The place levels, locked; they come into being on first use."""
    places = await _lock_places(keys)
    if len(places) == len(keys):
        return places
    await db.execute(
        f"""
        INSERT INTO place_level (id, sku_id, place_id, quantity)
        SELECT line.id, line.sku_id, line.place_id, 0
        FROM {db.rows({"id": "bigint", "sku_id": "bigint", "place_id": "bigint"})} AS line
        WHERE true ORDER BY line.sku_id, line.place_id ON CONFLICT (sku_id, place_id) DO NOTHING""",
        (db.json([(new_id(), *key) for key in sorted(set(keys) - places.keys())]),),
    )
    return await _lock_places(keys)


async def _write_movements(
    moves: Sequence[Move], values: Sequence[Money], document_id: int, business_date: date, at: datetime
) -> None:
    columns = ("sku_id", "warehouse_id", "from_place_id", "to_place_id", "quantity", "line_id")
    kinds = dict.fromkeys(("place_in_order", *columns, "value"), "bigint")
    await db.execute(
        f"""
        INSERT INTO stock_movement ({", ".join(columns)}, value, document_id, business_date, posted_at)
        SELECT {", ".join(f"line.{name}" for name in columns)}, line.value, ?, ?, ?
        FROM {db.rows(kinds)} AS line ORDER BY line.place_in_order""",
        (
            document_id,
            business_date,
            at,
            db.json(
                (index, *(getattr(move, name) for name in columns), value)
                for index, (move, value) in enumerate(zip(moves, values, strict=True))
            ),
        ),
    )


async def _write_levels(before: Mapping[LevelKey, Level], after: Mapping[LevelKey, Level], at: datetime) -> None:
    seen = ("on_hand", "sellable", "reserved", "incoming", "value")
    unchanged = " AND ".join(f"stock_level.{name} = line.old_{name}" for name in seen)
    columns = ("id", *(f"old_{name}" for name in seen), *seen, "unit_cost")
    rows = [
        (new.id, *(getattr(old, name) for name in seen), *(getattr(new, name) for name in seen), new.unit_cost)
        for new, old in ((after[key], before[key]) for key in after)
        if new != old
    ]
    changed = await db.execute(
        f"""
        UPDATE stock_level SET {", ".join(f"{name} = line.{name}" for name in (*seen, "unit_cost"))},
            available = line.sellable - line.reserved, changed_at = ?
        FROM {db.rows(dict.fromkeys(columns, "bigint"))} AS line
        WHERE stock_level.id = line.id AND {unchanged}""",
        (at, db.json(rows)),
    )
    _exactly(rows, changed)


async def _write_places(before: Mapping[PlaceKey, PlaceLevel], after: Mapping[PlaceKey, PlaceLevel]) -> None:
    rows = [(after[key].id, before[key].quantity, after[key].quantity) for key in after]
    changed = await db.execute(
        f"""
        UPDATE place_level SET quantity = line.quantity
        FROM {db.rows({"id": "bigint", "old_quantity": "bigint", "quantity": "bigint"})} AS line
        WHERE place_level.id = line.id AND place_level.quantity = line.old_quantity""",
        (db.json(rows),),
    )
    _exactly(rows, changed)


async def _keep(kept: Sequence[tuple[int, int, Quantity]], at: datetime) -> None:
    """Adds to the reservations of the owners (level, owner, quantity)."""
    columns = ("id", "stock_level_id", "owner_id", "quantity")
    changed = await db.execute(
        f"""
        INSERT INTO reservation (id, stock_level_id, owner_id, quantity, created_at)
        SELECT line.id, line.stock_level_id, line.owner_id, line.quantity, ?
        FROM {db.rows(dict.fromkeys(columns, "bigint"))} AS line
        WHERE true ORDER BY line.owner_id
        ON CONFLICT (owner_id) DO UPDATE SET quantity = reservation.quantity + excluded.quantity
        WHERE reservation.stock_level_id = excluded.stock_level_id""",
        (at, db.json([(new_id(), *row) for row in kept])),
    )
    _exactly(kept, changed)


async def _reservations(owner_ids: Collection[int]) -> list[tuple[int, int, int, Quantity]]:
    """The reservations of the owners as id, owner, level and quantity; their levels are locked already."""
    rows = await db.fetch(
        f"""
        SELECT reservation.id, reservation.owner_id, reservation.stock_level_id, reservation.quantity
        FROM {db.rows({"owner_id": "bigint"})} AS line JOIN reservation ON reservation.owner_id = line.owner_id""",
        (db.json([(owner_id,) for owner_id in sorted(owner_ids)]),),
    )
    return [(*ids, Quantity(quantity)) for *ids, quantity in rows]


async def _freed(releases: Mapping[int, Quantity], levels: Collection[Level]) -> list[tuple[int, Quantity, Quantity]]:
    """Takes what is used up off the reserved quantities; gives reservation, its quantity, and how much of it."""
    if not releases:
        return []
    by_id = {level.id: level for level in levels}
    freed = []
    for reservation_id, owner_id, level_id, quantity in await _reservations(releases):
        assert 0 < releases[owner_id] <= quantity
        by_id[level_id].reserved -= releases[owner_id]
        freed.append((reservation_id, quantity, releases[owner_id]))
    assert len(freed) == len(releases)
    return freed


async def _use_up(freed: Sequence[tuple[int, Quantity, Quantity]]) -> None:
    """Lowers reservations (id, quantity, how much of it); those that come to nothing go."""
    columns = {"id": "bigint", "old_quantity": "bigint", "freed": "bigint"}
    match = "reservation.id = line.id AND reservation.quantity = line.old_quantity"
    lines = db.json(freed)
    lowered = await db.execute(
        f"UPDATE reservation SET quantity = line.old_quantity - line.freed FROM {db.rows(columns)} AS line "
        f"WHERE {match} AND line.freed < line.old_quantity",
        (lines,),
    )
    gone = await db.execute(
        f"DELETE FROM reservation WHERE (id, quantity) IN "
        f"(SELECT line.id, line.freed FROM {db.rows(columns)} AS line WHERE line.freed = line.old_quantity)",
        (lines,),
    )
    _exactly(freed, lowered + gone)


def _copies(rows: Mapping[Key, T]) -> dict[Key, T]:
    return {key: copy(row) for key, row in rows.items()}


def _ids(levels: Iterable[Level]) -> tuple[int, ...]:
    return tuple(sorted(level.id for level in levels))


def _exactly(rows: Sequence[object], changed: int) -> None:
    """Raises `BookChanged` unless a statement changed as many rows as it names."""
    if changed != len(rows):
        raise BookChanged(f"{changed} of {len(rows)} rows changed")
