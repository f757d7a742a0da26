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

from jxc_graphql.books.goods.days import HELD, way_of
from jxc_graphql.books.goods.rules import SHELVES, LostDemand
from jxc_graphql.books.goods.stock_outs import Without
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES, Pool, Portion, place_kind_of, with_values
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Money, Quantity, RateOfExchange, Ratio
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.places import AWAY, THEIRS, PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace

SKUS = 25
"""SKUs that are compared at a time."""
PAGE = 5_000
"""Movements that are read at a time."""
_IN_THE_BOOK = """(EXISTS (SELECT 1 FROM stock_movement WHERE sku_id = sku.id)
    OR EXISTS (SELECT 1 FROM stock_level WHERE sku_id = sku.id))"""
FIRST_OF_LINE = """NOT EXISTS (
    SELECT 1 FROM stock_movement AS earlier WHERE earlier.line_id = movement.line_id AND earlier.id < movement.id)"""
"""Which of the movements of a line has what the line comes to."""
_AVERAGE = ValuationMethod.MOVING_AVERAGE
_LIES_AS = {
    PlaceKind.STOCK: "sellable", PlaceKind.QUALITY: "quality", PlaceKind.DAMAGED: "damaged",
    PlaceKind.CONSIGNED: "consigned",
}  # fmt: skip
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
    consigned: Quantity = Quantity(0)
    value: Money = Money(0)
    in_transit_value: Money = Money(0)
    lent_value: Money = Money(0)


Day = dict[str, int]
"""By how much a level should have changed on a day, in the words of `days.FIGURES`; what is not named is 0."""


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
    stock_outs: dict[tuple[int, int], list[Without]]
    """By SKU and warehouse."""
    consigned: dict[int, Quantity]
    """What is left of a supplier's goods, by the line that brought them."""
    sellable: dict[tuple[int, int], int]
    """What is at the stock places of a SKU and warehouse, so far."""

    def add(self, *key: Any, **figures: int) -> None:
        """Counts so much more for a day."""
        day = self.days.setdefault(key, {})
        for name, figure in figures.items():
            day[name] = day.get(name, 0) + int(figure)


class Spot(msgspec.Struct, frozen=True):
    """A place as the replay needs it."""

    id: int
    warehouse_id: int | None
    kind: PlaceKind
    is_shelf: bool
    is_away: bool
    ours: int | None
    """The warehouse of a place whose goods are ours."""


class Movement(msgspec.Struct, frozen=True, gc=False):
    """A movement as the replay needs it."""

    id: int
    sku_id: int
    warehouse_id: int
    from_place_id: int
    to_place_id: int
    lot_id: int
    quantity: Quantity
    value: Money
    line_id: int
    consignment_id: int
    of_line_id: int | None
    origin_on: date
    business_date: date
    posted_on: date
    posted_at: datetime


async def next_skus(after: int) -> list[int]:
    """The next SKUs behind one that have levels or movements, in the order of their ids; none at the end."""
    rows = await db.fetch(f"SELECT id FROM sku WHERE id > ? AND {_IN_THE_BOOK} ORDER BY id LIMIT ?", (after, SKUS))
    return [sku_id for (sku_id,) in rows]


async def sku_count() -> int:
    """How many SKUs have levels or movements."""
    rows = await db.fetch(f"SELECT count(*) FROM sku WHERE {_IN_THE_BOOK}")
    return int(rows[0][0])


async def replay(sku_ids: Sequence[int], told: Sequence[str] = (), sold: Sequence[str] = ()) -> Derived:
    """What all that was ever posted of these SKUs comes to; they are next to each other in the order of ids.

    `told`: selects of what days say by documents alone. `sold`: of what lines were sold for.
    """
    methods = await _methods(sku_ids)
    derived, spots = Derived({}, {}, {}, {}, {}, {}, {}), dict[int, Spot]()
    async for page in _pages(sku_ids):
        unknown = {id_ for movement in page for id_ in (movement.from_place_id, movement.to_place_id)} - spots.keys()
        spots |= {one.id: _spot(one) for one in (await warehouses.places_of(unknown)).values()} if unknown else {}
        for movement in page:
            _apply(derived, movement, spots[movement.from_place_id], spots[movement.to_place_id], methods)
    await _revalue(derived, sku_ids)
    await _tell(derived, sku_ids, told)
    await _sell(derived, sku_ids, sold)
    _sum_up(derived, spots)
    _fit_levels(derived)
    return derived


def _spot(place: KnownPlace) -> Spot:
    ours = None if place.kind in THEIRS else place.warehouse_id
    return Spot(place.id, place.warehouse_id, place.kind, place.kind in SHELVES, place.kind in AWAY, ours)


def _apply(
    derived: Derived,
    movement: Movement,
    source: Spot,
    target: Spot,
    methods: Mapping[tuple[int, int], ValuationMethod],
) -> None:
    _count(derived, movement, source, -1)
    _count(derived, movement, target, 1)
    _flow(derived, movement, source, target)
    _empty(derived, movement, source, target)
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
    line_id = movement.of_line_id or movement.line_id
    portions = [Portion(origin_on=movement.origin_on, line_id=line_id, quantity=quantity, value=value)]
    if source.ours is not None:
        pool = _pool(derived, movement, source)
        portions = pool.take(quantity, movement.of_line_id)
        pool.layers = [layer for layer in pool.layers if layer.quantity]
        if target.ours is None:
            return
        if not source.is_away and methods.get((sku_id, source.ours)) is _AVERAGE:
            portions = with_values(portions, value)
    if target.ours is not None:
        valued = target.is_away or methods.get((sku_id, target.ours)) is ValuationMethod.FIFO
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
    if spot.kind in THEIRS:
        line_id = movement.consignment_id
        derived.consigned[line_id] = derived.consigned.get(line_id, Quantity(0)) + quantity
    if spot.ours is None:
        return
    of = {PlaceKind.TRANSIT: "in_transit", PlaceKind.LENT: "lent"}.get(spot.kind)
    figures = {of or "quantity": quantity, f"{of}_value" if of else "value": value}
    derived.add(movement.sku_id, spot.ours, movement.posted_on, movement.business_date, **figures)


def _flow(derived: Derived, movement: Movement, source: Spot, target: Spot) -> None:
    """Counts what came to a level, and what left one, on its day."""
    for warehouse_id, way in way_of(source, target, movement.warehouse_id):
        figures = {way: movement.quantity, f"{way}_value": movement.value}
        derived.add(movement.sku_id, warehouse_id, movement.posted_on, movement.business_date, **figures)


def _empty(derived: Derived, movement: Movement, source: Spot, target: Spot) -> None:
    """Begins and ends stock-outs."""
    at, changes = movement.posted_at, dict[int, int]()
    for spot, quantity in ((source, -int(movement.quantity)), (target, int(movement.quantity))):
        if spot.warehouse_id is not None and spot.kind is PlaceKind.STOCK:
            changes[spot.warehouse_id] = changes.get(spot.warehouse_id, 0) + quantity
    for warehouse_id, change in changes.items():
        key = movement.sku_id, warehouse_id
        was = derived.sellable.get(key, 0)
        derived.sellable[key] = was + change
        spans = derived.stock_outs.setdefault(key, [])
        if was > 0 and was + change == 0:
            spans.append(Without(at, None))
        elif was == 0 and change > 0 and spans:
            spans[-1] = Without(spans[-1].began_at, max(at, spans[-1].began_at))


def _sum_up(derived: Derived, spots: Mapping[int, Spot]) -> None:
    """What levels are: the sums of their places and of their days."""
    for (sku_id, place_id, _), quantity in derived.places.items():
        if (spot := spots[place_id]).kind in _LIES_AS and spot.warehouse_id:
            _add(derived, sku_id, spot.warehouse_id, **{_LIES_AS[spot.kind]: quantity})
    for (sku_id, warehouse_id, *_), day in derived.days.items():
        _add(derived, sku_id, warehouse_id, **{name: HELD[name](day.get(name, 0)) for name in _OF_DAYS})


def _add(derived: Derived, sku_id: int, warehouse_id: int, **figures: Any) -> None:
    numbers = derived.levels.setdefault((sku_id, warehouse_id), Numbers())
    for name, figure in figures.items():
        setattr(numbers, name, getattr(numbers, name) + figure)


async def _revalue(derived: Derived, sku_ids: Sequence[int]) -> None:
    """Adds what was revalued."""
    rows = await db.fetch(
        f"""
        SELECT revaluation.sku_id, warehouse_id, value, in_transit_value, lent_value, sold_value, business_date,
            posted_at
        FROM {db.rows({"sku_id": "bigint"})} AS line
        JOIN stock_revaluation AS revaluation ON revaluation.sku_id = line.sku_id""",
        (_ids(sku_ids),),
    )
    for sku_id, warehouse_id, value, in_transit_value, lent_value, sold_value, business_date, posted_at in rows:
        derived.add(
            sku_id,
            warehouse_id,
            clock.day_of(db.moment(posted_at)),
            db.day(business_date),
            value=value,
            in_transit_value=in_transit_value,
            lent_value=lent_value,
            revalued=value + in_transit_value + lent_value,
            sold_revalued=sold_value,
        )


async def _tell(derived: Derived, sku_ids: Sequence[int], selects: Sequence[str]) -> None:
    """Adds what documents tell of days, of which the books learn on the day itself."""
    if not selects:
        return
    rows = await db.fetch(
        f"""
        SELECT told.sku_id, warehouse_id, business_date, lost_demand, ordered, typed, tax_rate, prices_include_tax,
            exchange_rate, base_places
        FROM {db.rows({"sku_id": "bigint"})} AS line
        JOIN ({" UNION ALL ".join(selects)}) AS told ON told.sku_id = line.sku_id""",
        (_ids(sku_ids),),
    )
    for sku_id, warehouse_id, business_date, quantity, ordered, typed, tax_rate, prices_include_tax, *base in rows:
        day, (exchange_rate, base_places) = db.day(business_date), base
        lost = LostDemand(
            quantity=Quantity(quantity),
            ordered=Quantity(ordered),
            typed=Money(typed),
            tax_rate=Ratio(tax_rate),
            prices_include_tax=bool(prices_include_tax),
            exchange_rate=RateOfExchange(exchange_rate),
            base_places=base_places,
        )
        derived.add(sku_id, warehouse_id, day, day, lost_demand=lost.quantity, lost_revenue=lost.net)


async def _sell(derived: Derived, sku_ids: Sequence[int], selects: Sequence[str]) -> None:
    """Adds what goods were sold for, each line once, where its goods left."""
    for select in selects:
        rows = await db.fetch(
            f"""
            SELECT movement.sku_id, movement.warehouse_id, movement.posted_at, movement.business_date,
                CAST(SUM(told.net) AS BIGINT)
            FROM {db.rows({"sku_id": "bigint"})} AS line
            JOIN stock_movement AS movement ON movement.sku_id = line.sku_id AND {FIRST_OF_LINE}
            JOIN ({select}) AS told ON told.line_id = movement.line_id GROUP BY 1, 2, 3, 4""",
            (_ids(sku_ids),),
        )
        for sku_id, warehouse_id, posted_at, business_date, net in rows:
            posted_on = clock.day_of(db.moment(posted_at))
            derived.add(sku_id, warehouse_id, posted_on, db.day(business_date), revenue=net)


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
            SELECT id, sku_id, warehouse_id, from_place_id, to_place_id, coalesce(lot_id, 0), quantity, value, line_id,
                consignment_id, of_line_id, origin_on, business_date, posted_at
            FROM stock_movement WHERE (sku_id, id) > (?, ?) AND sku_id <= ? ORDER BY sku_id, id LIMIT ?""",
            (*after, last, PAGE),
        )
        yield [_movement(row) for row in rows if row[1] in wanted]
        if len(rows) < PAGE:
            return
        after = rows[-1][1], rows[-1][0]


def _movement(row: Sequence[Any]) -> Movement:
    id_, sku_id, warehouse_id, from_place_id, to_place_id, lot_id, quantity, value, *rest = row
    line_id, consignment_id, of_line_id, origin_on, business_date, posted_at = rest
    at = db.moment(posted_at)
    return Movement(
        id=id_,
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        from_place_id=from_place_id,
        to_place_id=to_place_id,
        lot_id=lot_id,
        quantity=Quantity(quantity),
        value=Money(value),
        line_id=line_id,
        consignment_id=consignment_id,
        of_line_id=of_line_id,
        origin_on=db.day(origin_on),
        business_date=db.day(business_date),
        posted_on=clock.day_of(at),
        posted_at=at,
    )


def _ids(sku_ids: Collection[int]) -> str:
    return db.json((sku_id,) for sku_id in sku_ids)
