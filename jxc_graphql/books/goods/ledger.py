"""The book of goods: `books.door` posts what documents do through it, and whoever promises goods calls it directly.

It shares the day of the books and the lots that come in, locks the stock levels it needs in the order of their ids,
then the pieces in theirs, reads what hangs on the levels, lets `book` decide, settles claims, and writes with
statements whose number does not depend on the lines of the document.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

import msgspec

from jxc_graphql.books.goods import (
    claims,
    consigned,
    days,
    entries,
    fitness,
    going_back,
    holding,
    late,
    layers,
    levels,
    movements,
    past,
    serials,
    shelves,
    stock_outs,
)
from jxc_graphql.books.goods import incoming as on_its_way
from jxc_graphql.books.goods.book import Book, BookLevel, Carried
from jxc_graphql.books.goods.claims import NOTHING, Claimed
from jxc_graphql.books.goods.days import miss
from jxc_graphql.books.goods.entries import NOBODY, TradedWith
from jxc_graphql.books.goods.fitness import day
from jxc_graphql.books.goods.holding import Whose, levels_at, levels_of, wishes_at, wishes_of
from jxc_graphql.books.goods.incoming import expect
from jxc_graphql.books.goods.picking import ONLY_GOOD, USED_UP, Candidate, Consigned, Shelf
from jxc_graphql.books.goods.revaluation import Charge, Revalued, ValueChange, charge, revalue
from jxc_graphql.books.goods.rules import (
    MAX_SERIALS,
    SHELVES,
    ClaimKind,
    Incoming,
    InsufficientStock,
    Leg,
    LevelKey,
    LostDemand,
    LotNotSellable,
    Move,
    SerialElsewhere,
    SerialRepeated,
    SerialsNotKept,
    SerialsRequired,
    StockOutOfBounds,
    Wish,
    check_serials,
    totals,
)
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES, PoolKey
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.numbers import Money, Quantity, check_total
from jxc_graphql.kit.text import printable
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.places import AWAY, THEIRS, PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

__all__ = [
    "MAX_SERIALS", "NOTHING", "SHELVES",
    "BookLevel", "Charge", "ClaimKind", "Consigned", "Incoming", "InsufficientStock", "LevelKey", "LostDemand", "Move",
    "Posted", "Revalued", "SerialElsewhere", "SerialRepeated", "SerialsNotKept", "SerialsRequired", "StockOutOfBounds",
    "TradedWith", "ValueChange", "VirtualPlace", "Wish",
    "charge", "claim", "claim_anew", "day", "expect", "hand_over", "hold", "levels_at", "levels_of", "miss", "post",
    "present", "release", "revalue", "totals", "wishes_at", "wishes_of",
]  # fmt: skip


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """What a document did to the book."""

    stock_level_ids: tuple[int, ...]
    """The levels it touched."""
    level_ids: Mapping[LevelKey, int]
    """The same, by what they are of."""
    values: tuple[Money, ...]
    """What the goods of each move were worth, in the order of the moves."""
    carried: tuple[Carried, ...]
    """The moves by place and lot, each with what its goods were worth."""
    short_document_ids: tuple[int, ...]
    """The documents for which less is kept than before, since the goods are not there or not good."""

    @property
    def of_lines(self) -> dict[int, Money]:
        """What the goods of each line of the document were worth."""
        found: dict[int, Money] = {}
        for each in self.carried:
            line_id = each.leg.move.line_id
            found[line_id] = found.get(line_id, Money(0)) + each.value
        return found

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


async def claim_anew(call: Call, wishes: Sequence[Wish]) -> tuple[int, ...]:
    """Has owners ask for so much from now on, of which they may have asked for more or less; gives the levels."""
    assert db.in_transaction()
    await fitness.day(call)
    found = await levels.lock_or_make({wish.level_key for wish in wishes}, call.at)
    before = levels.copies(found)
    await _settle(call, before, found, await claims.turn(call, wishes, found))
    return levels.ids(found.values())


async def hand_over(call: Call, wishes: Mapping[int, Wish]) -> tuple[int, ...]:
    """Has owners ask for so much of what these ask for, with what is kept of it, in their turn; gives the levels."""
    found, rows = await holding.claimed_by(call, "owner_id", wishes)
    before = levels.copies(found)
    await claims.hand_over(wishes, rows, found)
    await _settle(call, before, found, await claims.settle([*found.values()]))
    return levels.ids(found.values())


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
    renews: Sequence[Wish] = (),
    besides: Collection[LevelKey] = (),
    revenue: Mapping[LevelKey, Money] | None = None,
    whom: TradedWith = NOBODY,
) -> Posted:
    """Carries out the moves of one document; arguments as in `door.Posting`, and for how much and to whom it sells."""
    assert db.in_transaction()
    known = await warehouses.places_of({place for move in moves for place in (move.from_place_id, move.to_place_id)})
    today = await fitness.day(call)
    touched = _level_keys(moves, known)
    bad_lots, found = await db.together(
        fitness.bad_lots(_coming(moves, known), today),
        levels.lock_or_make(touched | {*besides, *_promised(incoming), *_promised(renews)}, call.at),
    )
    before = levels.copies(found)
    pieces, lying, pools, used, lines = await db.together(
        serials.pieces({(move.sku_id, number) for move in moves for number in move.serials if printable(number)}),
        shelves.look(moves, found, known),
        layers.pools(_needed(moves, found, known)),
        claims.use(uses, found.values()),
        going_back.costs(moves, known),
    )
    reject_if(_check_pieces(moves, found, pieces, known))
    bad_lots |= {one.lot_id for one in lying.offered if one.lot_id is not None and not one.is_good(today)}
    known |= {one.place.id: one.place for one in lying.there} | {one.place.id: one.place for one in pieces.values()}
    is_late = business_date < today
    where = await late.whereabouts(moves, pieces, known, business_date) if is_late else late.TODAY

    def plan(day: date) -> list[Leg]:
        return _legs(moves, pieces, lying.shelf(where.capped(lying.offered, day), found), known, day)

    legs = plan(business_date)
    places = lying.at_places_of(legs)
    reject_if(late.check(plan, business_date, where, late.on_shelves(lying.there, places, known), _codes(found)))
    layers.adopt_methods([found[key] for key in sorted(touched)], pools)
    then = await past.then(_givers(legs, found, known), business_date) if is_late else {}
    book = Book(known, found, places, pools, bad_lots, then, lines)
    carried, short = book.carry_out(legs, business_date)
    on_its_way.count(incoming, found)
    problems = [*book.problems(moves, legs, short), *_check_lots(moves, lying.offered, business_date)]
    reject_if(problems or check_total(Money.total(abs(each.value) for each in carried)))
    movements.write(carried, document_id, business_date, call.at)
    corrected = late.correct(then, before, found, carried, document_id=document_id, at=call.at, today=today)
    entries.write(document_id, call.at, whom)
    claims.write_used(used)
    short_document_ids = await _settle(call, before, found, renewed=claims.renew(renews, found))
    shelves.write(lying.at_places_of(legs), places)
    consigned.write(carried, found, known, business_date)
    layers.write(pools)
    days.write_posted(before, found, days.flows(carried, known), corrected, revenue or {}, on=(business_date, call.at))
    serials.write(legs, pieces, document_id, call.at)
    return _posted(moves, carried, found, short_document_ids)


def _promised(promises: Sequence[Incoming] | Sequence[Wish]) -> Iterator[LevelKey]:
    return (one.level_key for one in promises)


def _posted(
    moves: Sequence[Move], carried: Sequence[Carried], found: Mapping[LevelKey, BookLevel], short: tuple[int, ...]
) -> Posted:
    values = [Money(0)] * len(moves)
    for each in carried:
        values[each.leg.index] += each.value
    return Posted(
        stock_level_ids=levels.ids(found.values()),
        level_ids={key: level.id for key, level in found.items()},
        values=tuple(values),
        carried=tuple(carried),
        short_document_ids=short,
    )


async def _settle(
    call: Call,
    before: Mapping[LevelKey, BookLevel],
    found: Mapping[LevelKey, BookLevel],
    turned: Sequence[claims.ClaimTurned] = (),
    renewed: Collection[int] = (),
) -> tuple[int, ...]:
    """Lets claims have what came free, or give back what is not there, and writes the levels; gives who lost."""
    turned = [*turned, *await claims.allot(found.values(), renewed)]
    levels.write(before, found, call.at)
    stock_outs.write(before, found, call.at)
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
                assert move.consignment_id if place.kind in AWAY | THEIRS else is_here
                keys.add((move.sku_id, place.warehouse_id))
    return keys


def _check_pieces(
    moves: Sequence[Move],
    found: Mapping[LevelKey, BookLevel],
    pieces: Mapping[serials.Name, serials.SerialPiece],
    known: Mapping[int, KnownPlace],
) -> list[Reason]:
    tracking = {sku_id: level.tracking for (sku_id, _), level in found.items()}
    problems = check_serials(moves, tracking, _codes(found)), serials.check_whereabouts(moves, pieces, known)
    return [*chain.from_iterable(problems)]


def _codes(found: Mapping[LevelKey, BookLevel]) -> dict[int, str]:
    return {sku_id: level.sku for (sku_id, _), level in found.items()}


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
        for (place_id, line_id), numbers in serials.by_place(move, pieces).items():
            quantity = Quantity(len(numbers) * 10**Quantity.places)
            whose = shelf.named(move.sku_id, quantity, line_id)
            legs.append(_leg(index, move, quantity, from_place_id=place_id, serials=tuple(numbers), consigned=whose))
            left -= quantity
        is_for_sale = place.kind is PlaceKind.STOCK
        good_on = business_date if is_for_sale and known[move.to_place_id].kind in ONLY_GOOD else None
        picked = shelf.pick(
            move.sku_id,
            left,
            place,
            or_bins=move.or_bins,
            lot_id=move.lot_id,
            good_on=good_on,
            line_id=_whose(move, place),
        )
        for one, quantity in picked:
            settled = {"from_place_id": one.place.id, "lot_id": one.lot_id, "consigned": one.consigned}
            legs.append(_leg(index, move, quantity, **settled))
            left -= quantity
        if left > 0:
            legs.append(_leg(index, move, left))
    return legs


def _whose(move: Move, place: KnownPlace) -> int | None:
    """Of which supplier's line goods may go: the one that is named; any (None) where they are sold or used."""
    if place.kind in THEIRS:
        return move.consignment_id
    return None if move.to_place_id in USED_UP else 0


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
    """How much of each pool the document takes; all where goods of a line leave, or the method is going to change."""
    needed: dict[PoolKey, Quantity] = {}
    for move in moves:
        for place, quantity in ((known[move.from_place_id], move.quantity), (known[move.to_place_id], Quantity(0))):
            if place.warehouse_id is not None and place.kind not in THEIRS:
                level = found[move.sku_id, place.warehouse_id]
                key = level.id, move.consignment_id if place.kind in AWAY else ON_THE_SHELVES
                needed[key] = needed.get(key, Quantity(0)) + quantity
    going = {(found[move.level_key].id, ON_THE_SHELVES): layers.ALL for move in going_back.of_lines(moves, known)}
    changing = {
        (level.id, ON_THE_SHELVES): layers.ALL
        for level in found.values()
        if level.valuation is not level.product_valuation
    }
    return needed | going | changing
