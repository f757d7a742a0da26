"""What is kept for whom, and what is on its way: the promises of the book of goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import msgspec

from jxc_graphql.books.goods import levels as stock_levels
from jxc_graphql.books.goods.book import Level, allot
from jxc_graphql.books.goods.rules import Incoming, LevelKey, StockOutOfBounds, Wish, totals
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity

NOTHING: Mapping[int, Quantity] = MappingProxyType({})

Freed = tuple[int, Quantity, Quantity]
"""A reservation, its quantity, and how much of it is used up."""


class Reserved(msgspec.Struct, frozen=True, kw_only=True):
    """What was kept for whom."""

    stock_level_ids: tuple[int, ...]
    """The levels that were asked for it."""
    got: Mapping[int, Quantity]
    """How much each owner got now, 0 included."""


async def hold(keys: Collection[LevelKey], *, at: datetime) -> tuple[int, ...]:
    """Takes hold of levels until the transaction ends, all in one go, and makes those that are not there yet.

    Whoever brings the first goods of a SKU waits for whoever holds its level, and then finds what that one left.
    """
    assert db.in_transaction()
    return stock_levels.ids((await stock_levels.lock_or_make(set(keys), at)).values())


async def reserve(wishes: Sequence[Wish], *, at: datetime) -> Reserved:
    """Keeps what is available for the owners, first come first served; takes hold of all their levels."""
    assert db.in_transaction()
    levels = await stock_levels.lock_or_make({(wish.sku_id, wish.warehouse_id) for wish in wishes}, at)
    before = stock_levels.copies(levels)
    got = allot(wishes, levels)
    kinds = {wish.owner_id: wish.kind for wish in wishes}
    level_of = {wish.owner_id: levels[wish.sku_id, wish.warehouse_id] for wish in wishes}
    kept = [
        (level.id, owner_id, kinds[owner_id].value, got[owner_id])
        for owner_id, level in level_of.items()
        if got[owner_id]
    ]
    if kept:
        await stock_levels.write(before, levels, at)
        await _keep(kept, at)
    return Reserved(stock_level_ids=stock_levels.ids(levels.values()), got=got)


async def release(owner_ids: Collection[int]) -> tuple[int, ...]:
    """Frees all that is kept for the owners; gives the levels it was kept of."""
    assert db.in_transaction()
    owners = ((owner_id,) for owner_id in owner_ids)
    levels = await stock_levels.lock(owners, {"owner_id": "bigint"}, stock_levels.BY_OWNER)
    before = stock_levels.copies(levels)
    kept = await _reservations(owner_ids)
    by_id = {level.id: level for level in levels.values()}
    for _, _, level_id, quantity in kept:
        by_id[level_id].reserved -= quantity
    if kept:
        await stock_levels.write(before, levels, clock.now())
        await use_up([(reservation_id, quantity, quantity) for reservation_id, _, _, quantity in kept])
    return stock_levels.ids(levels.values())


async def expect(changes: Sequence[Incoming], *, at: datetime) -> tuple[int, ...]:
    """Counts what is on its way to a warehouse up or down; gives the levels."""
    assert db.in_transaction()
    levels = await stock_levels.lock_or_make({change.level_key for change in changes}, at)
    before = stock_levels.copies(levels)
    count_incoming(changes, levels)
    reject_if(StockOutOfBounds(sku=level.sku) for level in levels.values() if not level.in_bounds)
    await stock_levels.write(before, levels, at)
    return stock_levels.ids(levels.values())


def count_incoming(changes: Sequence[Incoming], levels: Mapping[LevelKey, Level]) -> None:
    """Counts what is on its way up or down on levels that are locked."""
    for key, quantity in totals((change.level_key, change.quantity) for change in changes).items():
        levels[key].incoming += quantity
        assert levels[key].incoming >= 0


async def freed(releases: Mapping[int, Quantity], levels: Collection[Level]) -> list[Freed]:
    """Takes what is used up off the reserved quantities of locked levels."""
    if not releases:
        return []
    by_id = {level.id: level for level in levels}
    found = []
    for reservation_id, owner_id, level_id, quantity in await _reservations(releases):
        assert 0 < releases[owner_id] <= quantity
        by_id[level_id].reserved -= releases[owner_id]
        found.append((reservation_id, quantity, releases[owner_id]))
    assert len(found) == len(releases)
    return found


async def use_up(freed: Sequence[Freed]) -> None:
    """Lowers reservations; those that come to nothing go."""
    if not freed:
        return
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
    stock_levels.exactly(freed, lowered + gone)


async def _keep(kept: Sequence[tuple[int, int, str, Quantity]], at: datetime) -> None:
    """Adds to the reservations of the owners (level, owner, kind, quantity)."""
    columns = {"id": "bigint", "stock_level_id": "bigint", "owner_id": "bigint", "kind": "text", "quantity": "bigint"}
    changed = await db.execute(
        f"""
        INSERT INTO reservation ({", ".join(columns)}, created_at)
        SELECT {", ".join(f"line.{name}" for name in columns)}, ?
        FROM {db.rows(columns)} AS line
        WHERE true ORDER BY line.owner_id
        ON CONFLICT (owner_id) DO UPDATE SET quantity = reservation.quantity + excluded.quantity
        WHERE reservation.stock_level_id = excluded.stock_level_id""",
        (at, db.json([(new_id(), *row) for row in kept])),
    )
    stock_levels.exactly(kept, changed)


async def _reservations(owner_ids: Collection[int]) -> list[tuple[int, int, int, Quantity]]:
    """The reservations of the owners as id, owner, level and quantity; their levels are locked already."""
    rows = await db.fetch(
        f"""
        SELECT reservation.id, reservation.owner_id, reservation.stock_level_id, reservation.quantity
        FROM {db.rows({"owner_id": "bigint"})} AS line JOIN reservation ON reservation.owner_id = line.owner_id""",
        (db.json([(owner_id,) for owner_id in sorted(owner_ids)]),),
    )
    return [(*ids, Quantity(quantity)) for *ids, quantity in rows]
