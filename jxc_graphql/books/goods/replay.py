"""The ledger once more, from the first movement on: what every projection should be.

Movements are read in posting order, SKU by SKU, page by page, so memory holds one page and what a few SKUs come to.
Quantities, ages and amounts follow from the movements alone. What a single layer costs under FIFO also depends on what
was revalued since: such layers are as the movements say, in proportion to what the level costs by now.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.books.goods.days import HELD
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
_ON_HAND = {PlaceKind.STOCK: "sellable", PlaceKind.QUALITY: "quality", PlaceKind.DAMAGED: "damaged"}
_OF_DAYS = [name for name in HELD if name != "quantity"]


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
    """By how much a level should have changed on a day; in the order of `days.COLUMNS`."""

    quantity: Quantity = Quantity(0)
    value: Money = Money(0)
    in_transit: Quantity = Quantity(0)
    in_transit_value: Money = Money(0)
    lent: Quantity = Quantity(0)
    lent_value: Money = Money(0)
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

    def day(self, *key: Any) -> Day:
        """What is known of a day; at first nothing."""
        return self.days.setdefault(key, Day())


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
    _sum_up(derived, spots)
    _fit_levels(derived)
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
    _count(derived, movement, source, -1)
    _count(derived, movement, target, 1)
    if not (source.is_shelf and target.is_shelf and source.warehouse_id == target.warehouse_id):
        _carry(derived, movement, source, target, methods)


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


def _count(derived: Derived, movement: Movement, spot: Spot, sign: int) -> None:
    """Counts what came to a place (1), or left it (-1), there and on its day."""
    quantity, value = movement.quantity * sign, movement.value * sign
    key = movement.sku_id, movement.to_place_id if sign > 0 else movement.from_place_id, movement.lot_id
    derived.places[key] = derived.places.get(key, Quantity(0)) + quantity
    if spot.warehouse_id is None:
        return
    day = derived.day(movement.sku_id, spot.warehouse_id, movement.posted_on, movement.business_date)
    if VirtualPlace.CUSTOMER in {movement.from_place_id, movement.to_place_id}:
        day.sold -= quantity
    match spot.kind:
        case PlaceKind.TRANSIT:
            day.in_transit += quantity
            day.in_transit_value += value
        case PlaceKind.LENT:
            day.lent += quantity
            day.lent_value += value
        case _:
            day.quantity += quantity
            day.value += value


def _sum_up(derived: Derived, spots: Mapping[int, Spot]) -> None:
    """What levels are: the sums of their places and of their days."""
    for (sku_id, place_id, _), quantity in derived.places.items():
        if (spot := spots[place_id]).is_shelf and spot.warehouse_id:
            _add(derived, sku_id, spot.warehouse_id, **{_ON_HAND[spot.kind]: quantity})
    for (sku_id, warehouse_id, *_), day in derived.days.items():
        _add(derived, sku_id, warehouse_id, **{name: getattr(day, name) for name in _OF_DAYS})


def _add(derived: Derived, sku_id: int, warehouse_id: int, **figures: Any) -> None:
    numbers = derived.levels.setdefault((sku_id, warehouse_id), Numbers())
    for name, figure in figures.items():
        setattr(numbers, name, getattr(numbers, name) + figure)


async def _revalue(derived: Derived, sku_ids: Sequence[int]) -> None:
    """Adds what was revalued."""
    rows = await db.fetch(
        f"""
        SELECT revaluation.sku_id, warehouse_id, value, in_transit_value, lent_value, business_date, posted_at
        FROM {db.rows({"sku_id": "bigint"})} AS line
        JOIN stock_revaluation AS revaluation ON revaluation.sku_id = line.sku_id""",
        (_ids(sku_ids),),
    )
    for sku_id, warehouse_id, value, in_transit_value, lent_value, business_date, posted_at in rows:
        day = derived.day(sku_id, warehouse_id, clock.day_of(db.moment(posted_at)), db.day(business_date))
        day.value += Money(value)
        day.in_transit_value += Money(in_transit_value)
        day.lent_value += Money(lent_value)


def _fit_levels(derived: Derived) -> None:
    """Makes layers cost what their levels do."""
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
        posted_on=clock.day_of(db.moment(posted_at)),
    )


def _ids(sku_ids: Collection[int]) -> str:
    return db.json((sku_id,) for sku_id in sku_ids)
