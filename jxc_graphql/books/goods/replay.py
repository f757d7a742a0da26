"""The ledger once more, from the first movement on: what every projection should be.

Movements are read in posting order, SKU by SKU, page by page, so memory holds one page and what a few SKUs come to.
Quantities, ages and amounts follow from the movements alone. What a single layer costs under FIFO also depends on what
was revalued since: such layers are as the movements say, in proportion to what the level costs by now.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from jxc_graphql.books.goods.rules import SHELVES
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES, Pool, Portion, place_kind_of, with_values
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.places import AWAY, PlaceKind, VirtualPlace
from jxc_graphql.masters.warehouses.queries import KnownPlace

SKUS = 25
"""SKUs that are compared at a time."""
PAGE = 5_000
"""Movements that are read at a time."""
_IN_THE_BOOK = """(EXISTS (SELECT 1 FROM stock_movement WHERE sku_id = sku.id)
    OR EXISTS (SELECT 1 FROM stock_level WHERE sku_id = sku.id))"""
_AVERAGE = ValuationMethod.MOVING_AVERAGE


class LedgerImpossible(RuntimeError):
    """The movements themselves lead to a level that cannot be: nothing can be rebuilt from them."""


class Numbers(msgspec.Struct):
    """What a level should say that follows from movements and revaluations."""

    sellable: Quantity = Quantity(0)
    quality: Quantity = Quantity(0)
    damaged: Quantity = Quantity(0)
    in_transit: Quantity = Quantity(0)
    lent: Quantity = Quantity(0)
    value: Money = Money(0)
    in_transit_value: Money = Money(0)
    lent_value: Money = Money(0)


class Day(msgspec.Struct, gc=False):
    """By how much a level should have changed on a day."""

    quantity: Quantity = Quantity(0)
    value: Money = Money(0)
    sold: Quantity = Quantity(0)


class Derived(msgspec.Struct, frozen=True):
    """What the movements of some SKUs come to."""

    places: dict[tuple[int, int, int], Quantity]
    """By SKU, place and lot (0 is none)."""
    levels: dict[tuple[int, int], Numbers]
    """By SKU and warehouse."""
    pools: dict[tuple[int, int, int], Pool]
    """By SKU, warehouse and consignment."""
    days: dict[tuple[int, int, date, date], Day]
    """By SKU, warehouse, day of posting and business date."""


class Spot(msgspec.Struct, frozen=True):
    """A place as the replay needs it."""

    warehouse_id: int | None
    kind: PlaceKind
    is_shelf: bool
    is_away: bool


class Movement(msgspec.Struct, frozen=True, gc=False):
    """A movement as the replay needs it."""

    id: int
    sku_id: int
    from_place_id: int
    to_place_id: int
    lot_id: int
    quantity: Quantity
    value: Money
    line_id: int
    consignment_id: int
    origin_on: date
    business_date: date
    posted_on: date


async def next_skus(after: int) -> list[int]:
    """The next SKUs behind one that have levels or movements, in the order of their ids; none at the end."""
    rows = await db.fetch(f"SELECT id FROM sku WHERE id > ? AND {_IN_THE_BOOK} ORDER BY id LIMIT ?", (after, SKUS))
    return [sku_id for (sku_id,) in rows]


async def sku_count() -> int:
    """How many SKUs have levels or movements."""
    rows = await db.fetch(f"SELECT count(*) FROM sku WHERE {_IN_THE_BOOK}")
    return int(rows[0][0])


async def replay(sku_ids: Sequence[int]) -> Derived:
    """What all that was ever posted of these SKUs comes to; they are next to each other in the order of ids."""
    methods = await _methods(sku_ids)
    derived, spots = Derived({}, {}, {}, {}), dict[int, Spot]()
    async for page in _pages(sku_ids):
        unknown = {id_ for movement in page for id_ in (movement.from_place_id, movement.to_place_id)} - spots.keys()
        spots |= {one.id: _spot(one) for one in (await warehouses.places_of(unknown)).values()} if unknown else {}
        for movement in page:
            _apply(derived, movement, spots[movement.from_place_id], spots[movement.to_place_id], methods)
    await _revalue(derived, sku_ids)
    return derived


def _spot(place: KnownPlace) -> Spot:
    return Spot(place.warehouse_id, place.kind, place.kind in SHELVES, place.kind in AWAY)


def _apply(
    derived: Derived,
    movement: Movement,
    source: Spot,
    target: Spot,
    methods: Mapping[tuple[int, int], ValuationMethod],
) -> None:
    quantity, sold = movement.quantity, Quantity(0)
    if movement.to_place_id == VirtualPlace.CUSTOMER:
        sold = quantity
    elif movement.from_place_id == VirtualPlace.CUSTOMER:
        sold = -quantity
    went, came = Day(-quantity, -movement.value, sold), Day(quantity, movement.value, sold)
    _count(derived, movement, movement.from_place_id, source, went)
    _count(derived, movement, movement.to_place_id, target, came)
    if source.is_shelf and target.is_shelf and source.warehouse_id == target.warehouse_id:
        return
    _carry(derived, movement, source, target, methods)
    if source.is_shelf:
        _count_day(derived, movement, source, went)
    elif sold and source.warehouse_id is not None:
        _count_day(derived, movement, source, Day(sold=sold))
    if target.is_shelf:
        _count_day(derived, movement, target, came)


def _carry(
    derived: Derived,
    movement: Movement,
    source: Spot,
    target: Spot,
    methods: Mapping[tuple[int, int], ValuationMethod],
) -> None:
    """Takes the goods of a movement out of one pool and puts them into another."""
    sku_id, quantity, value = movement.sku_id, movement.quantity, movement.value
    portions = [Portion(origin_on=movement.origin_on, line_id=movement.line_id, quantity=quantity, value=value)]
    if source.warehouse_id is not None:
        pool = _pool(derived, movement, source)
        portions = pool.take(quantity)
        pool.layers = [layer for layer in pool.layers if layer.quantity]
        if target.warehouse_id is None:
            return
        if not source.is_away and methods.get((sku_id, source.warehouse_id)) is _AVERAGE:
            portions = with_values(portions, value)
    if target.warehouse_id is not None:
        valued = target.is_away or methods.get((sku_id, target.warehouse_id)) is ValuationMethod.FIFO
        _pool(derived, movement, target).put(portions, valued=valued)


def _pool(derived: Derived, movement: Movement, spot: Spot) -> Pool:
    assert spot.warehouse_id is not None
    consignment_id = movement.consignment_id if spot.is_away else ON_THE_SHELVES
    return derived.pools.setdefault((movement.sku_id, spot.warehouse_id, consignment_id), Pool([]))


def _count(derived: Derived, movement: Movement, place_id: int, spot: Spot, change: Day) -> None:
    """Counts what came to a place, or (below zero) left it, there and in its level."""
    key = movement.sku_id, place_id, movement.lot_id
    derived.places[key] = derived.places.get(key, Quantity(0)) + change.quantity
    if spot.warehouse_id is None:
        return
    numbers = derived.levels.setdefault((movement.sku_id, spot.warehouse_id), Numbers())
    match spot.kind:
        case PlaceKind.TRANSIT:
            numbers.in_transit += change.quantity
            numbers.in_transit_value += change.value
        case PlaceKind.LENT:
            numbers.lent += change.quantity
            numbers.lent_value += change.value
        case PlaceKind.STOCK:
            numbers.sellable += change.quantity
        case PlaceKind.QUALITY:
            numbers.quality += change.quantity
        case _:
            assert spot.kind is PlaceKind.DAMAGED
            numbers.damaged += change.quantity
    if spot.is_shelf:
        numbers.value += change.value


def _count_day(derived: Derived, movement: Movement, spot: Spot, change: Day) -> None:
    assert spot.warehouse_id is not None
    key = movement.sku_id, spot.warehouse_id, movement.posted_on, movement.business_date
    day = derived.days.setdefault(key, Day())
    day.quantity += change.quantity
    day.value += change.value
    day.sold += change.sold


async def _revalue(derived: Derived, sku_ids: Sequence[int]) -> None:
    """Adds what was revalued, and makes layers cost what their levels do."""
    rows = await db.fetch(
        f"""
        SELECT revaluation.sku_id, warehouse_id, value, in_transit_value, lent_value, business_date, posted_at
        FROM {db.rows({"sku_id": "bigint"})} AS line
        JOIN stock_revaluation AS revaluation ON revaluation.sku_id = line.sku_id""",
        (_ids(sku_ids),),
    )
    for sku_id, warehouse_id, value, in_transit_value, lent_value, business_date, posted_at in rows:
        numbers = derived.levels.setdefault((sku_id, warehouse_id), Numbers())
        numbers.value += Money(value)
        numbers.in_transit_value += Money(in_transit_value)
        numbers.lent_value += Money(lent_value)
        if value:
            key = sku_id, warehouse_id, _posted_on(posted_at), db.day(business_date)
            derived.days.setdefault(key, Day()).value += Money(value)
    for (sku_id, warehouse_id), numbers in derived.levels.items():
        _fit([derived.pools.get((sku_id, warehouse_id, ON_THE_SHELVES), Pool([]))], numbers.value)
        for kind, value in ((PlaceKind.TRANSIT, numbers.in_transit_value), (PlaceKind.LENT, numbers.lent_value)):
            consignments = [
                pool
                for (of_sku, of_warehouse, consignment_id), pool in derived.pools.items()
                if (of_sku, of_warehouse) == (sku_id, warehouse_id) and place_kind_of(consignment_id) is kind
            ]
            _fit(consignments, value)


def _fit(pools: Sequence[Pool], value: Money) -> None:
    """Makes layers that have values of their own cost so much together, in proportion."""
    layers = [layer for pool in pools for layer in pool.layers if layer.value is not None]
    if layers and Money.total(layer.value for layer in layers if layer.value is not None) != value:
        Pool(layers).scale(value)


async def _methods(sku_ids: Sequence[int]) -> dict[tuple[int, int], ValuationMethod]:
    rows = await db.fetch(
        f"""
        SELECT level.sku_id, warehouse_id, valuation FROM {db.rows({"sku_id": "bigint"})} AS line
        JOIN stock_level AS level ON level.sku_id = line.sku_id""",
        (_ids(sku_ids),),
    )
    return {(sku_id, warehouse_id): ValuationMethod(valuation) for sku_id, warehouse_id, valuation in rows}


async def _pages(sku_ids: Sequence[int]) -> AsyncIterator[list[Movement]]:
    after, last = (min(sku_ids), 0), max(sku_ids)
    wanted = set(sku_ids)
    while True:
        rows = await db.fetch(
            """
            SELECT id, sku_id, from_place_id, to_place_id, coalesce(lot_id, 0), quantity, value, line_id,
                consignment_id, origin_on, business_date, posted_at
            FROM stock_movement WHERE (sku_id, id) > (?, ?) AND sku_id <= ? ORDER BY sku_id, id LIMIT ?""",
            (*after, last, PAGE),
        )
        yield [_movement(row) for row in rows if row[1] in wanted]
        if len(rows) < PAGE:
            return
        after = rows[-1][1], rows[-1][0]


def _movement(row: Sequence[Any]) -> Movement:
    id_, sku_id, from_place_id, to_place_id, lot_id, quantity, value, line_id, consignment_id, *days = row
    origin_on, business_date, posted_at = days
    return Movement(
        id=id_,
        sku_id=sku_id,
        from_place_id=from_place_id,
        to_place_id=to_place_id,
        lot_id=lot_id,
        quantity=Quantity(quantity),
        value=Money(value),
        line_id=line_id,
        consignment_id=consignment_id,
        origin_on=db.day(origin_on),
        business_date=db.day(business_date),
        posted_on=_posted_on(posted_at),
    )


def _posted_on(posted_at: Any) -> date:
    return clock.day_of(posted_at if isinstance(posted_at, datetime) else datetime.fromisoformat(posted_at))


def _ids(sku_ids: Collection[int]) -> str:
    return db.json((sku_id,) for sku_id in sku_ids)
