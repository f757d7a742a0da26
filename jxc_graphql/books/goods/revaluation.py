"""What goods cost changes after the fact, without any of them moving.

`revalue` (成本调整) says what the goods on hand of a level cost from now on. `charge` adds what goods of one receipt
line cost later (运费, 关税, a corrected price): it is split exactly, by quantity, between what is left of that line,
wherever it is by now, and what is gone, which belongs to the cost of what was sold; what went back to the supplier is
neither. So it is always of today: of no other day is it known what was left.

Both write a `stock_revaluation` row for each line and level, never touch a movement, and send as many statements for a
thousand lines as for one.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec

from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.books.goods import days, entries, fitness, layers, levels, past
from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.rules import (
    LevelKey,
    NothingToRevalue,
    NothingToRevalueThen,
    StockOutOfBounds,
    ValueBelowZero,
)
from jxc_graphql.books.goods.then import Then
from jxc_graphql.books.goods.valuation import ON_THE_SHELVES, Layer, Pool, PoolKey, place_kind_of
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason, reject_if
from jxc_graphql.kit.numbers import Money, Quantity, share
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.warehouses.places import PlaceKind


class ValueChange(msgspec.Struct, frozen=True, kw_only=True):
    """What the goods on hand of a level cost: `to` all of them together, each unit the same, or `by` more or less."""

    sku_id: int
    warehouse_id: int
    line_id: int
    to: Money | None = None
    by: Money | None = None
    path: Path = ()

    @property
    def level_key(self) -> LevelKey:
        """The level whose goods it is about."""
        return self.sku_id, self.warehouse_id


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """So much more (or, below zero, less) the goods cost that a line brought into the company.

    `besides`: how much of them went back to the supplier, and bears nothing of it.
    """

    line_id: int
    amount: Money
    besides: Quantity = Quantity(0)
    path: Path = ()


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What a line brought, and to which warehouse."""

    level_key: LevelKey
    quantity: Quantity


class Worth(msgspec.Struct, kw_only=True):
    """By how much the value of the goods of a line changed in one warehouse."""

    value: Money = Money(0)
    in_transit_value: Money = Money(0)
    lent_value: Money = Money(0)
    sold_value: Money = Money(0)

    @property
    def of_what_is_left(self) -> Money:
        """Without what is gone."""
        return self.value + self.in_transit_value + self.lent_value


class Revalued(msgspec.Struct, frozen=True, kw_only=True):
    """What a document changed of the value of goods, in the order of its changes or charges."""

    stock_level_ids: tuple[int, ...]
    """The levels whose goods cost something else now."""
    values: tuple[Money, ...]
    """By how much the goods that are there, on the shelves or in transit, cost more."""
    sold_values: tuple[Money, ...]
    """By how much those cost more that are gone."""


async def revalue(call: Call, changes: Sequence[ValueChange], *, document_id: int, business_date: date) -> Revalued:
    """Changes what the goods on hand of levels cost, change by change.

    Under FIFO a new value makes all layers cost the same per unit; `by` more or less is shared in proportion to what
    they cost. Raises `Rejected` with every `NothingToRevalue`, `ValueBelowZero` and
    `StockOutOfBounds`.
    """
    assert db.in_transaction()
    is_late = business_date < await fitness.day(call)
    found = await levels.lock_or_make({change.level_key for change in changes}, call.at)
    before = levels.copies(found)
    then = await past.then(found.values(), business_date) if is_late else {}
    needed = {(level.id, ON_THE_SHELVES): layers.ALL for level in found.values() if _needs_layers(level)}
    pools = await layers.pools(needed)
    layers.adopt_methods(found.values(), pools)
    problems: list[Reason] = []
    rows, values = [], []
    for change in changes:
        level = found[change.level_key]
        by = _change(change, level, pools.get((level.id, ON_THE_SHELVES)))
        if isinstance(by, Reason):
            problems.append(by)
        else:
            values.append(by)
            rows.append((change.level_key, change.line_id, Worth(value=by)))
    problems += _out_of_bounds((change.path, found[change.level_key]) for change in changes)
    reject_if(problems or _impossible_then(changes, before, found, then, business_date))
    _write(rows, before, found, pools, found, document_id=document_id, business_date=business_date, at=call.at)
    return Revalued(
        stock_level_ids=levels.ids(found.values()), values=tuple(values), sold_values=(Money(0),) * len(values)
    )


async def charge(call: Call, charges: Sequence[Charge], *, document_id: int) -> Revalued:
    """Adds costs to the goods that lines brought, charge by charge, from today on.

    No value falls below zero: what the goods that are left cannot bear of a lower cost, those bear that are gone.
    Raises `Rejected` with `StockOutOfBounds`.
    """
    assert db.in_transaction()
    today = await fitness.day(call)
    brought = await _brought({one.line_id for one in charges})
    known, held = await _hold({one.level_key[0] for one in brought.values()}, brought)
    touched = {level_id for level_id, _ in held}
    found = {key: level for key, level in known.items() if level.id in touched}
    before = levels.copies(found)
    shelves = {(level.id, ON_THE_SHELVES) for level in found.values() if _needs_layers(level)}
    pools = await layers.pools(dict.fromkeys(held | shelves, layers.ALL))
    layers.adopt_methods(found.values(), pools)
    key_of = {level.id: key for key, level in found.items()}
    left: dict[int, list[tuple[LevelKey, PlaceKind, Layer]]] = {line_id: [] for line_id in brought}
    for (level_id, consignment_id), pool in pools.items():
        for layer in pool.layers:
            if layer.line_id in left:
                left[layer.line_id].append((key_of[level_id], place_kind_of(consignment_id), layer))
    rows, values, sold_values = [], [], []
    bearers: list[tuple[Path, BookLevel]] = []
    for one in charges:
        worths = split(one, brought[one.line_id], left[one.line_id], found)
        bearers += [(one.path, found[key]) for key in worths if key in found]
        rows += [(key, one.line_id, worth) for key, worth in worths.items()]
        values.append(Money.total(worth.of_what_is_left for worth in worths.values()))
        sold_values.append(Money.total(worth.sold_value for worth in worths.values()))
    reject_if(_out_of_bounds(bearers))
    _write(
        rows, before, found, pools, known,
        document_id=document_id, business_date=today, at=call.at, counter=AccountRole.ACCRUED,
    )  # fmt: skip
    return Revalued(stock_level_ids=levels.ids(found.values()), values=tuple(values), sold_values=tuple(sold_values))


def _needs_layers(level: BookLevel) -> bool:
    return ValuationMethod.FIFO in {level.valuation, level.product_valuation}


def _change(change: ValueChange, level: BookLevel, pool: Pool | None) -> Money | Reason:
    """Changes the value of a level; gives by how much, or why not."""
    if not level.on_hand:
        return NothingToRevalue(path=change.path, sku=level.sku)
    assert (change.to is None) != (change.by is None)
    value = level.value + change.by if change.to is None else change.to
    if value < 0:
        return ValueBelowZero(path=change.path, sku=level.sku, value=level.value, change=value - level.value)
    by = value - level.value
    level.value = value
    if level.valuation is ValuationMethod.FIFO:
        assert pool
        if change.to is None:
            pool.scale(value)
        else:
            pool.revalue(value)
    return by


def _impossible_then(
    changes: Sequence[ValueChange],
    before: Mapping[LevelKey, BookLevel],
    after: Mapping[LevelKey, BookLevel],
    then: Mapping[int, Then],
    business_date: date,
) -> Iterator[Reason]:
    """Whether a late revaluation gives a value to no goods, or less than none to some, on its day or on one since."""
    fits_on = {
        key: then[level.id].first_day_to_revalue(level.value - before[key].value, business_date)
        for key, level in after.items()
        if level.id in then
    }
    for change in changes:
        if (day := fits_on.get(change.level_key, business_date)) != business_date:
            yield NothingToRevalueThen(
                path=change.path, sku=after[change.level_key].sku, business_date=business_date, fits_on=day
            )


def split(
    charge: Charge,
    brought: Brought,
    left: Sequence[tuple[LevelKey, PlaceKind, Layer]],
    found: Mapping[LevelKey, BookLevel],
) -> dict[LevelKey, Worth]:
    """Splits a charge over what is left of a line and what is gone; gives what each level bears of it.

    What went back took goods of other lines where nothing of its own was left there: so more may be left, or have gone
    back, than was brought. Of a line that went back whole the charge is of what is gone, for somebody has to bear it.
    """
    there = Quantity.total(layer.quantity for _, _, layer in left)
    gone = max(brought.quantity - there - charge.besides, Quantity(0))
    quantities = [*(layer.quantity for _, _, layer in left), gone]
    *parts, sold = share(charge.amount, quantities if there + gone else [*quantities[:-1], Quantity(1)])
    worths = {brought.level_key: Worth()}
    for (key, kind, layer), part in zip(left, parts, strict=True):
        borne = _bear(found[key], layer, part, kind)
        sold += part - borne
        worth = worths.setdefault(key, Worth())
        match kind:
            case PlaceKind.TRANSIT:
                worth.in_transit_value += borne
            case PlaceKind.LENT:
                worth.lent_value += borne
            case _:
                worth.value += borne
    worths[brought.level_key].sold_value = sold
    return worths


def _bear(level: BookLevel, layer: Layer, part: Money, kind: PlaceKind) -> Money:
    """Adds to the value of a layer and its level; gives how much, as no value falls below zero."""
    borne = max(part, -(level.value if layer.value is None else layer.value))
    if layer.value is not None and borne:
        layer.value, layer.changed = layer.value + borne, True
    level.add_value(kind, borne)
    return borne


def _out_of_bounds(changed: Iterable[tuple[Path, BookLevel]]) -> Iterator[Reason]:
    for path, level in changed:
        if not level.in_bounds:
            yield StockOutOfBounds(path=path, sku=level.sku)


async def _brought(line_ids: Collection[int]) -> dict[int, Brought]:
    """What the lines brought into the company."""
    rows = await db.fetch(
        f"""
        SELECT line.line_id, movement.sku_id, movement.warehouse_id, CAST(SUM(movement.quantity) AS BIGINT)
        FROM {db.rows({"line_id": "bigint"})} AS line
        JOIN stock_movement AS movement ON movement.line_id = line.line_id
        JOIN place ON place.id = movement.from_place_id
            AND (place.warehouse_id IS NULL OR place.kind = 'CONSIGNED')
        GROUP BY line.line_id, movement.sku_id, movement.warehouse_id""",
        (db.json((line_id,) for line_id in sorted(line_ids)),),
    )
    assert len(rows) == len(line_ids)
    return {
        line_id: Brought(level_key=(sku_id, warehouse_id), quantity=Quantity(quantity))
        for line_id, sku_id, warehouse_id, quantity in rows
    }


async def _hold(sku_ids: Collection[int], line_ids: Collection[int]) -> tuple[dict[LevelKey, BookLevel], set[PoolKey]]:
    """Locks all levels of the SKUs, and says in which pools there is something left of the lines.

    What is left cannot leave a locked level. A level that came into being while we waited is locked in another round.
    """
    while True:
        found = await levels.lock(((sku_id,) for sku_id in sku_ids), {"sku_id": "bigint"}, levels.OF_SKU)
        held = await layers.of_lines(line_ids)
        if {level_id for level_id, _ in held} <= {level.id for level in found.values()}:
            return found, held


def _write(
    rows: Sequence[tuple[LevelKey, int, Worth]],
    before: Mapping[LevelKey, BookLevel],
    found: Mapping[LevelKey, BookLevel],
    pools: Mapping[PoolKey, Pool],
    known: Mapping[LevelKey, BookLevel],
    *,
    document_id: int,
    business_date: date,
    at: datetime,
    counter: AccountRole = AccountRole.REVALUATION,
) -> None:
    """`known`: the levels that were found, and those of which all is gone whose cost changed."""
    levels.write(before, found, at)
    layers.write(pools)
    tally = days.tally(before, found, business_date)
    for key, _, worth in rows:
        tally.add(key, business_date, revalued=worth.of_what_is_left, sold_revalued=worth.sold_value)
    days.write(tally, known, clock.day_of(at))
    write_rows([(key, line_id, business_date, worth) for key, line_id, worth in rows], document_id, at)
    entries.write(document_id, at, counter=counter)


def write_rows(rows: Iterable[tuple[LevelKey, int, date, Worth]], document_id: int, at: datetime) -> None:
    """Writes what a document changed of the value of levels, by line and by day; nothing of what did not change."""
    numbers = ("sku_id", "warehouse_id", "line_id", "value", "in_transit_value", "lent_value", "sold_value")
    columns = dict.fromkeys(numbers, "bigint") | {"business_date": "date"}
    changed = [
        (*key, line_id, *msgspec.structs.astuple(worth), on) for key, line_id, on, worth in rows if worth != Worth()
    ]
    if not changed:
        return
    db.later(
        f"""
        INSERT INTO stock_revaluation ({", ".join(columns)}, document_id, posted_at)
        SELECT {", ".join(f"line.{name}" for name in columns)}, ?, ?
        FROM {db.rows({"place_in_order": "bigint"} | columns)} AS line ORDER BY line.place_in_order""",
        (document_id, at, db.json((index, *row) for index, row in enumerate(changed))),
    )
