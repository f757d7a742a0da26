"""Late documents (补录单据): they count for a day that is over, and leave it, and every day since, possible.

Goods are only there from the day on which they came: what a late document takes was there on its day, and is not
missed on any day since, at its place, of its lot, piece by piece. It is worth what it cost on that day. Whatever more,
or less, leaves the level of today was the cost of what was sold since, and is told as a revaluation of the same
document: of today, or of a day between on which no goods, or less than no value, would be left.

Goods that were away come back at what they cost now: not before the day on which that last changed.

A document is late when the day of the books is another: also one that began before midnight and comes after goods of
the new day.

Two statements tell how it was, of whatever many lines, one of goods that were away; a document of today asks nothing.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec

from jxc_graphql.books.goods.book import BookLevel, Carried
from jxc_graphql.books.goods.days import Corrections
from jxc_graphql.books.goods.picking import Candidate
from jxc_graphql.books.goods.revaluation import Worth, write_rows
from jxc_graphql.books.goods.rules import (
    SHELVES,
    Leg,
    LevelKey,
    Move,
    NothingToRevalueThen,
    NotThereThen,
    PlaceKey,
    totals,
)
from jxc_graphql.books.goods.serials import Name, SerialPiece
from jxc_graphql.books.goods.then import Held, Then
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.places import AWAY, THEIRS
from jxc_graphql.masters.warehouses.queries import KnownPlace

Plan = Callable[[date], Sequence[Leg]]
"""Which goods a document takes when it counts for a day."""


class Whereabouts(msgspec.Struct, frozen=True):
    """Where goods were since a day."""

    changes: Mapping[PlaceKey, Mapping[date, Quantity]]
    """By how much what is at a place changed on each day after it."""
    moved: Mapping[Name, date]
    """The last day of each piece that moved after it."""
    revalued: Mapping[tuple[int, int], date]
    """The last day after it on which goods of a SKU that are away at a place got another cost."""

    def room(self, key: PlaceKey, there: Quantity, day: date) -> Quantity:
        """How much may leave a place under a day, so that it is missed on none since; `there` is what is there now."""
        least, changes = there, self.changes.get(key, {})
        for on in sorted((on for on in changes if on > day), reverse=True):
            there -= changes[on]
            least = min(least, there)
        return least

    def short(self, legs: Sequence[Leg], there: Mapping[PlaceKey, Quantity], day: date) -> set[PlaceKey]:
        """The places at which goods would be missed on a day, or on one since."""
        came = [(leg.target, leg.quantity) for leg in legs]
        net = totals([*came, *((leg.source, -leg.quantity) for leg in legs)])
        return {
            key
            for key, quantity in net.items()
            if quantity < 0 and key in there and self.room(key, there[key], day) + quantity < 0
        }

    def capped(self, candidates: Sequence[Candidate], day: date) -> Sequence[Candidate]:
        """What may be taken under a day."""
        if not self.changes:
            return candidates
        there = totals((one.key, one.quantity) for one in candidates)
        room = {key: self.room(key, quantity, day) for key, quantity in there.items()}
        return [
            msgspec.structs.replace(one, quantity=min(one.quantity, room[one.key]))
            for one in candidates
            if one.came_on <= day
        ]


TODAY = Whereabouts({}, {}, {})
"""What a document of today asks: nothing."""


async def whereabouts(
    moves: Sequence[Move], pieces: Mapping[Name, SerialPiece], known: Mapping[int, KnownPlace], day: date
) -> Whereabouts:
    """Where the goods were since a day that a document of that day takes."""
    revalued = await _revalued(moves, known, day)
    keys = {move.level_key for move in moves if known[move.from_place_id].kind in SHELVES | THEIRS}
    if not keys and not pieces:
        return Whereabouts({}, {}, revalued)
    rows = await db.fetch(
        f"""
        WITH moved AS (
            SELECT movement.* FROM {db.rows({"sku_id": "bigint", "warehouse_id": "bigint"})} AS line
            JOIN stock_movement AS movement ON movement.warehouse_id = line.warehouse_id
                AND movement.sku_id = line.sku_id AND movement.business_date > ?),
        leg AS (
            SELECT sku_id, to_place_id AS place_id, lot_id, business_date, quantity FROM moved
            UNION ALL SELECT sku_id, from_place_id, lot_id, business_date, -quantity FROM moved)
        SELECT sku_id, place_id, coalesce(lot_id, 0), business_date, CAST(SUM(quantity) AS BIGINT)
        FROM leg GROUP BY 1, 2, 3, 4
        UNION ALL SELECT line.id, 0, 0, MAX(business_date), 0 FROM {db.rows({"id": "bigint"})} AS line
        JOIN serial_movement ON serial_id = line.id JOIN stock_movement ON stock_movement.id = movement_id
        WHERE business_date > ? GROUP BY line.id""",
        (db.json(sorted(keys)), day, db.json(sorted([piece.id] for piece in pieces.values())), day),
    )
    changes: dict[PlaceKey, dict[date, Quantity]] = {}
    moved: dict[Name, date] = {}
    names = {piece.id: name for name, piece in pieces.items()}
    for of_id, place_id, lot_id, on, quantity in rows:
        if place_id:
            changes.setdefault((of_id, place_id, lot_id), {})[db.day(on)] = Quantity(quantity)
        else:
            moved[names[of_id]] = db.day(on)
    return Whereabouts(changes, moved, revalued)


async def _revalued(moves: Sequence[Move], known: Mapping[int, KnownPlace], day: date) -> dict[tuple[int, int], date]:
    away = {
        (move.sku_id, place.id, place.warehouse_id, place.kind.value)
        for move in moves
        for place in [known[move.from_place_id]]
        if place.kind in AWAY
    }
    if not away:
        return {}
    columns = {"sku_id": "bigint", "place_id": "bigint", "warehouse_id": "bigint", "kind": "text"}
    rows = await db.fetch(
        f"""
        SELECT line.sku_id, line.place_id, MAX(business_date) FROM {db.rows(columns)} AS line
        JOIN stock_revaluation AS changed ON changed.warehouse_id = line.warehouse_id AND changed.sku_id = line.sku_id
            AND business_date > ? AND CASE line.kind WHEN 'LENT' THEN lent_value ELSE in_transit_value END <> 0
        GROUP BY line.sku_id, line.place_id""",
        (db.json(sorted(away)), day),
    )
    return {(sku_id, place_id): db.day(on) for sku_id, place_id, on in rows}


def on_shelves(
    there: Sequence[Candidate], places: Mapping[PlaceKey, Quantity], known: Mapping[int, KnownPlace]
) -> dict[PlaceKey, Quantity]:
    """What is at each place of a warehouse from which goods are taken now."""
    quantities = totals((one.key, one.quantity) for one in there) | dict(places)
    return {key: quantity for key, quantity in quantities.items() if known[key[1]].kind in SHELVES | THEIRS}


def check(
    plan: Plan,
    day: date,
    where: Whereabouts,
    there: Mapping[PlaceKey, Quantity],
    skus: Mapping[int, str],
) -> Iterator[Reason]:
    """Whether the goods were there on the day of a document and since; tells the first day on which they would be.

    Goods that were away come back at what they cost now, which they did not before that last changed. Says nothing
    where goods are not even there today: of that the book tells.
    """
    if where == TODAY:
        return
    legs = plan(day)
    told: set[int] = set()
    for leg in legs:
        on = where.revalued.get((leg.move.sku_id, leg.from_place_id))
        if on and leg.index not in told:
            told.add(leg.index)
            sku = skus[leg.move.sku_id]
            yield NothingToRevalueThen(path=leg.move.path, sku=sku, business_date=day, fits_on=on)
    short = where.short(legs, there, day)
    if not short and not where.moved:
        return
    days = sorted({on for changes in where.changes.values() for on in changes} | {*where.moved.values()})

    def fits(on: date) -> bool:
        return on >= max(where.moved.values(), default=day) and not where.short(plan(on), there, on)

    first = bisect_left(days, x=True, key=fits)
    for leg in legs if first < len(days) else ():
        gone = any((leg.move.sku_id, number) in where.moved for number in leg.serials)
        if (gone or leg.source in short) and leg.index not in told:
            told.add(leg.index)
            yield NotThereThen(
                path=leg.move.path,
                sku_id=leg.move.sku_id,
                sku=skus[leg.move.sku_id],
                business_date=day,
                fits_on=days[first],
            )


def correct(
    then: Mapping[int, Then],
    before: Mapping[LevelKey, BookLevel],
    after: Mapping[LevelKey, BookLevel],
    carried: Sequence[Carried],
    *,
    document_id: int,
    at: datetime,
    today: date,
) -> Corrections:
    """Makes levels worth what their goods are, where a late document took them at the cost of another day."""
    if not then:
        return {}
    line_of = {each.leg.move.level_key: each.leg.move.line_id for each in reversed(carried)}
    found = {
        key: then[level.id].corrections(_held(before[key]), _held(level), today)
        for key, level in after.items()
        if level.id in then
    }
    rows = [
        (key, line_of[key], on, Worth(value=value, sold_value=-value))
        for key, changes in found.items()
        for on, value in sorted(changes.items())
    ]
    write_rows(rows, document_id, at)
    return found


def _held(level: BookLevel) -> Held:
    return Held(level.on_hand, level.value)
