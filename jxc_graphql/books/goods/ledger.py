"""The book of goods: `books.door` posts what documents do through it, and whoever promises goods calls it directly.

It shares the day of the books and the lots that come in, locks the stock levels it needs in the order of their ids,
then the pieces in theirs, reads what hangs on the levels, lets `book` decide, settles claims, and writes with
statements whose number does not depend on the lines of the document.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

import msgspec

from jxc_graphql.books.goods import claims, days, fitness, holding, late, layers, levels, past, serials, shelves
from jxc_graphql.books.goods import incoming as on_its_way
from jxc_graphql.books.goods.book import Book, BookLevel, Carried
from jxc_graphql.books.goods.claims import NOTHING, Claimed
from jxc_graphql.books.goods.fitness import day
from jxc_graphql.books.goods.holding import Whose, levels_of, wishes_of
from jxc_graphql.books.goods.incoming import expect
from jxc_graphql.books.goods.picking import ONLY_GOOD, USED_UP, Candidate, Shelf
from jxc_graphql.books.goods.revaluation import Charge, Revalued, ValueChange, charge, revalue
from jxc_graphql.books.goods.rules import (
    MAX_SERIALS,
    SHELVES,
    ClaimKind,
    Incoming,
    InsufficientStock,
    Leg,
    LevelKey,
    LotNotSellable,
    Move,
    SerialRepeated,
    SerialsNotKept,
    SerialsRequired,
    StockOutOfBounds,
    Wish,
    check_serials,
)
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES, PoolKey
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.kit.text import printable
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.places import AWAY, PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

__all__ = [
    "MAX_SERIALS",
    "NOTHING",
    "BookLevel",
    "Charge",
    "ClaimKind",
    "Incoming",
    "InsufficientStock",
    "LevelKey",
    "Move",
    "Posted",
    "Revalued",
    "SerialRepeated",
    "SerialsNotKept",
    "SerialsRequired",
    "StockOutOfBounds",
    "ValueChange",
    "VirtualPlace",
    "Wish",
    "charge",
    "claim",
    "day",
    "expect",
    "hold",
    "levels_of",
    "post",
    "present",
    "release",
    "revalue",
    "wishes_of",
]  # fmt: skip


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """What a document did to the book."""

    stock_level_ids: tuple[int, ...]
    """The levels it touched."""
    values: tuple[Money, ...]
    """What the goods of each move were worth, in the order of the moves."""
    carried: tuple[Carried, ...]
    """The moves by place and lot, each with what its goods were worth."""
    short_document_ids: tuple[int, ...]
    """The documents for which less is kept than before, since the goods are not there or not good."""

    @property
    def told(self) -> dict[str, tuple[int, ...]]:
        """What the fact of the document has of it."""
        return {"stock_level_ids": self.stock_level_ids, "short_document_ids": self.short_document_ids}


async def hold(call: Call, keys: Collection[LevelKey], *, lot_ids: Collection[int] = ()) -> tuple[int, ...]:
    """Takes hold of levels until the transaction ends, all in one go, and makes those that are not there yet.

    Whoever brings the first goods of a SKU waits for whoever holds its level, and then finds what that one left.
    `lot_ids`: the lots that are going to come in from outside.
    """
    assert db.in_transaction()
    _, found = await db.together(
        fitness.bad_lots(lot_ids, await fitness.day(call)), levels.lock_or_make(set(keys), call.at)
    )
    return levels.ids(found.values())


async def present(
    call: Call, keys: Collection[LevelKey], *, lot_ids: Collection[int] = ()
) -> Mapping[LevelKey, BookLevel]:
    """Those of the levels that there are, as they stay until the transaction ends: for decisions by what goods cost."""
    assert db.in_transaction()
    _, found = await db.together(fitness.bad_lots(lot_ids, await fitness.day(call)), levels.lock(keys))
    return found


async def claim(call: Call, wishes: Sequence[Wish]) -> Claimed:
    """Keeps what is available for the owners, and lets them wait for the rest behind those who wait already."""
    assert db.in_transaction()
    await fitness.day(call)
    found = await levels.lock_or_make({wish.level_key for wish in wishes}, call.at)
    before = levels.copies(found)
    got = await claims.claim(call, wishes, found)
    await _settle(call, before, found)
    return Claimed(stock_level_ids=levels.ids(found.values()), got=got)


async def release(call: Call, ids: Collection[int], *, whose: Whose = "owner_id") -> tuple[int, ...]:
    """Gives up whatever owners ask for, or documents; gives the levels of which they did."""
    assert db.in_transaction()
    found, rows = await holding.claimed_by(call, whose, ids)
    before = levels.copies(found)
    claims.write_used(claims.give_up(rows, found.values()))
    await _settle(call, before, found)
    return levels.ids(found.values())


async def post(
    call: Call,
    moves: Sequence[Move],
    *,
    document_id: int,
    business_date: date,
    incoming: Sequence[Incoming] = (),
    uses: Mapping[int, Quantity | None] = NOTHING,
    besides: Collection[LevelKey] = (),
) -> Posted:
    """Carries out the moves of one document, in their order; the arguments are those of `door.Posting`."""
    assert db.in_transaction()
    at = call.at
    known = await warehouses.places_of({place for move in moves for place in (move.from_place_id, move.to_place_id)})
    today = await fitness.day(call)
    touched = _level_keys(moves, known)
    bad_lots, found = await db.together(
        fitness.bad_lots(_coming(moves, known), today),
        levels.lock_or_make(touched | {one.level_key for one in incoming} | set(besides), at),
    )
    before = levels.copies(found)
    pieces, lying, pools, used = await db.together(
        serials.pieces({(move.sku_id, number) for move in moves for number in move.serials if printable(number)}),
        shelves.look(moves, found, known),
        layers.pools(_needed(moves, found, known)),
        claims.use(uses, found.values()),
    )
    reject_if(_check_pieces(moves, found, pieces, known))
    bad_lots |= {one.lot_id for one in lying.offered if one.lot_id is not None and not one.is_good(today)}
    known |= {one.place.id: one.place for one in lying.there} | {one.place.id: one.place for one in pieces.values()}
    is_late = business_date < today
    where = await late.whereabouts(moves, pieces, known, business_date) if is_late else late.TODAY

    def plan(day: date) -> list[Leg]:
        return _legs(moves, pieces, Shelf(where.capped(lying.offered, day)), known, day)

    legs = plan(business_date)
    places = lying.at_places_of(legs)
    skus = {sku_id: level.sku for (sku_id, _), level in found.items()}
    reject_if(late.check(plan, business_date, where, late.on_shelves(lying.there, places, known), skus))
    layers.adopt_methods([found[key] for key in sorted(touched)], pools)
    then = await past.then(_givers(legs, found, known), business_date) if is_late else {}
    book = Book(known, found, places, pools, bad_lots, then)
    carried, short = book.carry_out(legs, business_date)
    on_its_way.count(incoming, found)
    reject_if([*book.problems(moves, legs, short), *_check_lots(moves, lying.offered, business_date)])
    _write_movements(carried, document_id, business_date, at)
    corrected = late.correct(then, before, found, carried, document_id=document_id, at=at, today=today)
    claims.write_used(used)
    short_document_ids = await _settle(call, before, found)
    shelves.write(lying.at_places_of(legs), places)
    layers.write(pools)
    days.write(before, found, days.sold(carried), business_date, at, corrections=corrected)
    serials.write(legs, pieces, document_id, at)
    return Posted(
        stock_level_ids=levels.ids(found.values()),
        values=_worth(moves, carried),
        carried=tuple(carried),
        short_document_ids=short_document_ids,
    )


def _worth(moves: Sequence[Move], carried: Sequence[Carried]) -> tuple[Money, ...]:
    """What the goods of each move were worth."""
    values = [Money(0)] * len(moves)
    for each in carried:
        values[each.leg.index] += each.value
    return tuple(values)


async def _settle(
    call: Call, before: Mapping[LevelKey, BookLevel], found: Mapping[LevelKey, BookLevel]
) -> tuple[int, ...]:
    """Lets claims have what came free, or give back what is not there, and writes the levels; gives who lost."""
    turned = await claims.allot(found.values())
    levels.write(before, found, call.at)
    claims.tell(call, turned)
    return claims.losers(turned)


def _coming(moves: Sequence[Move], known: Mapping[int, KnownPlace]) -> set[int]:
    """The lots that come in from outside, into a level that may not have had any of them."""
    return {
        move.lot_id
        for move in moves
        if move.lot_id is not None
        and known[move.from_place_id].warehouse_id is None
        and known[move.to_place_id].kind is PlaceKind.STOCK
    }


def _level_keys(moves: Sequence[Move], known: Mapping[int, KnownPlace]) -> set[LevelKey]:
    """The levels whose goods change, and those to which goods in transit are on their way."""
    keys = {move.level_key for move in moves}
    for move in moves:
        for place in (known[move.from_place_id], known[move.to_place_id]):
            if place.warehouse_id is not None:
                is_here = place.warehouse_id == move.warehouse_id
                assert move.consignment_id if place.kind in AWAY else is_here
                keys.add((move.sku_id, place.warehouse_id))
    return keys


def _check_pieces(
    moves: Sequence[Move],
    found: Mapping[LevelKey, BookLevel],
    pieces: Mapping[serials.Name, serials.SerialPiece],
    known: Mapping[int, KnownPlace],
) -> list[Reason]:
    tracking = {sku_id: level.tracking for (sku_id, _), level in found.items()}
    codes = {sku_id: level.sku for (sku_id, _), level in found.items()}
    problems = check_serials(moves, tracking, codes), serials.check_whereabouts(moves, pieces, known)
    return [*chain.from_iterable(problems)]


def _legs(
    moves: Sequence[Move],
    pieces: Mapping[serials.Name, serials.SerialPiece],
    shelf: Shelf,
    known: Mapping[int, KnownPlace],
    business_date: date,
) -> list[Leg]:
    """The moves by place and lot; what cannot be found is taken from the place that was named, which then runs out."""
    legs = []
    for index, move in enumerate(moves):
        place, left = known[move.from_place_id], move.quantity
        for serial_place, numbers in serials.by_place(move, pieces).items():
            quantity = Quantity(len(numbers) * 10**Quantity.places)
            legs.append(_leg(index, move, quantity, from_place_id=serial_place, serials=tuple(numbers)))
            left -= quantity
        is_for_sale = place.kind is PlaceKind.STOCK
        good_on = business_date if is_for_sale and known[move.to_place_id].kind in ONLY_GOOD else None
        picked = shelf.pick(move.sku_id, left, place, or_bins=move.or_bins, lot_id=move.lot_id, good_on=good_on)
        for one, quantity in picked:
            legs.append(_leg(index, move, quantity, from_place_id=one.place.id, lot_id=one.lot_id))
            left -= quantity
        if left > 0:
            legs.append(_leg(index, move, left))
    return legs


def _leg(index: int, move: Move, quantity: Quantity, **settled: Any) -> Leg:
    settled = {"from_place_id": move.from_place_id, "lot_id": move.lot_id} | settled
    return Leg(index=index, move=move, quantity=quantity, **settled)


def _check_lots(moves: Sequence[Move], candidates: Sequence[Candidate], business_date: date) -> Iterator[Reason]:
    """Whether a customer gets, or a kit is made of, a lot that is named and no longer good."""
    bad = {one.lot_id: one for one in candidates if not one.is_good(business_date)}
    for move in moves:
        if move.to_place_id in USED_UP and move.lot_id is not None and (one := bad.get(move.lot_id)):
            yield LotNotSellable(
                path=move.path, lot=one.lot or "", expires_on=one.expires_on, is_blocked=one.is_blocked
            )


def _givers(
    legs: Sequence[Leg], found: Mapping[LevelKey, BookLevel], known: Mapping[int, KnownPlace]
) -> Collection[BookLevel]:
    """The levels from whose shelves goods are taken."""
    keys = {leg.move.level_key for leg in legs if known[leg.from_place_id].kind in SHELVES}
    return [found[key] for key in sorted(keys)]


def _needed(
    moves: Sequence[Move], found: Mapping[LevelKey, BookLevel], known: Mapping[int, KnownPlace]
) -> dict[PoolKey, Quantity]:
    """How much of each pool the document takes; of levels that are going to be valued otherwise all there is."""
    needed: dict[PoolKey, Quantity] = {}
    for move in moves:
        for place, quantity in ((known[move.from_place_id], move.quantity), (known[move.to_place_id], Quantity(0))):
            if place.warehouse_id is not None:
                level = found[move.sku_id, place.warehouse_id]
                key = level.id, move.consignment_id if place.kind in AWAY else ON_THE_SHELVES
                needed[key] = needed.get(key, Quantity(0)) + quantity
    changing = {
        (level.id, ON_THE_SHELVES): layers.ALL
        for level in found.values()
        if level.valuation is not level.product_valuation
    }
    return needed | changing


def _write_movements(carried: Sequence[Carried], document_id: int, business_date: date, at: datetime) -> None:
    columns = {
        "sku_id": "bigint", "warehouse_id": "bigint", "from_place_id": "bigint", "to_place_id": "bigint",
        "lot_id": "bigint", "quantity": "bigint", "value": "bigint", "line_id": "bigint", "consignment_id": "bigint",
        "origin_on": "date",
    }  # fmt: skip
    names = ", ".join(columns)
    db.later(
        f"""
        INSERT INTO stock_movement ({names}, document_id, business_date, posted_at)
        SELECT {", ".join(f"line.{name}" for name in columns)}, ?, ?, ?
        FROM {db.rows({"place_in_order": "bigint"} | columns)} AS line ORDER BY line.place_in_order""",
        (
            document_id,
            business_date,
            at,
            db.json(
                (
                    index,
                    leg.move.sku_id,
                    leg.move.warehouse_id,
                    leg.from_place_id,
                    leg.move.to_place_id,
                    leg.lot_id,
                    leg.quantity,
                    each.value,
                    leg.move.line_id,
                    leg.move.consignment_id,
                    leg.move.origin_on or business_date,
                )
                for index, each in enumerate(carried)
                for leg in [each.leg]
            ),
        ),
    )
