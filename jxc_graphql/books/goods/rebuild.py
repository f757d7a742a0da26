"""Projections made anew from the ledger, some SKUs at a time, each in a transaction of its own.

What is there is compared with what `replay` says under the locks of the levels, so goods may move meanwhile; only rows
that differ are written.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from jxc_graphql.books.goods import claims, fitness, layers, levels, promises, replay
from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.days import COLUMNS
from jxc_graphql.books.goods.promises import Due
from jxc_graphql.books.goods.replay import Day, Derived, LedgerImpossible
from jxc_graphql.books.goods.rules import LevelKey, PlaceKey
from jxc_graphql.books.goods.valuation import Pool, PoolKey, place_kind_of
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.warehouses.places import AWAY, PlaceKind
from jxc_graphql.office.documents.comparisons import Difference

DayKey = tuple[int, date, date]
"""Stock level, day of posting, business date."""
_NOTHING = msgspec.structs.astuple(Day())


class Repaired(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of each projection did not agree with the ledger, and do now."""

    place_levels: int = 0
    stock_levels: int = 0
    cost_layers: int = 0
    days: int = 0
    serial_numbers: int = 0
    stock_level_ids: tuple[int, ...] = ()
    """The levels whose numbers changed."""
    document_ids: tuple[int, ...] = ()
    """The documents for which something else is kept now."""

    @property
    def rows(self) -> int:
        """All rows together; of claims each document counts as one."""
        projections = self.place_levels + self.stock_levels + self.cost_layers + self.days + self.serial_numbers
        return projections + len(self.document_ids)


@db.transactional
async def rebuild(call: Call, sku_ids: Sequence[int], claims_due: Sequence[str]) -> Repaired:
    """Makes what these SKUs have in the book follow from the ledger again, and promises from the documents that ask.

    `claims_due`: selects of what documents ask for. Raises `LedgerImpossible` when the ledger itself leads to fewer
    goods, or less value, than none.
    """
    await fitness.day(call)
    wanted = await promises.due(claims_due, sku_ids)
    found = await promises.hold(call, sku_ids, wanted)
    derived = await replay.replay(sku_ids)
    found |= await levels.lock_or_make(derived.levels.keys() - found.keys(), call.at)
    after = {key: _level(level, derived, key) for key, level in found.items()}
    place_levels = await _write_places(await _wrong_places(derived, sku_ids))
    changed, documents = await _keep_promises(call, wanted, found, after)
    return Repaired(
        place_levels=place_levels,
        stock_levels=len(changed),
        cost_layers=await _write_layers(await _wrong_pools(derived, after)),
        days=await _write_days(await _wrong_days(derived, after)),
        serial_numbers=await _write_serials(sku_ids),
        stock_level_ids=tuple(changed),
        document_ids=documents,
    )


@db.transactional
async def repromise(call: Call, sku_ids: Sequence[int], claims_due: Sequence[str]) -> Repaired:
    """Makes the promises of these SKUs follow from the documents that ask and the goods there are, and nothing else."""
    await fitness.day(call)
    wanted = await promises.due(claims_due, sku_ids)
    found = await promises.hold(call, sku_ids, wanted)
    changed, documents = await _keep_promises(call, wanted, found, levels.copies(found))
    return Repaired(stock_levels=len(changed), stock_level_ids=tuple(changed), document_ids=documents)


async def _keep_promises(
    call: Call, wanted: Sequence[Due], before: Mapping[LevelKey, BookLevel], after: Mapping[LevelKey, BookLevel]
) -> tuple[list[int], tuple[int, ...]]:
    """Gives the levels that were others, which are written, and the documents for which something else is kept now."""
    documents = await promises.restore(wanted, before)
    ids = [level.id for level in before.values()]
    kept, bad, nothing = await promises.figures(ids), await fitness.unfit(ids), Quantity(0)
    for level in after.values():
        level.unfit, (level.reserved, level.waiting) = (
            bad.get(level.id, nothing),
            kept.get(level.id, (nothing, nothing)),
        )
    turned = await claims.settle(after.values())
    changed = {key: level for key, level in after.items() if level != before[key]}
    levels.write({key: before[key] for key in changed}, changed, call.at)
    claims.tell(call, turned)
    return list(levels.ids(changed.values())), tuple(sorted(documents | {one.document_id for one in turned}))


async def differences(sku_ids: Sequence[int]) -> list[Difference]:
    """Where cost layers and days of these SKUs are not what the ledger leads to; sums are compared elsewhere."""
    derived, found = await replay.replay(sku_ids), await levels.look(sku_ids)
    names = {level.id: f"{level.sku} @ warehouse {warehouse_id}" for (_, warehouse_id), level in found.items()}
    pools, days = await _wrong_pools(derived, found), await _wrong_days(derived, found)
    layers_differ = [
        Difference(what="cost layers are what was not used up", key=names[key[0]], expected=_told(pool), actual=told)
        for key, (pool, told) in pools.items()
    ]
    days_differ = [
        Difference(
            what="stock_day is what was posted on it",
            key=f"{names[level_id]}, posted on {posted_on} under {business_date}",
            expected=str(right),
            actual=str(actual),
        )
        for (level_id, posted_on, business_date), (right, actual) in days.items()
    ]
    return [*layers_differ, *days_differ]


def _level(level: BookLevel, derived: Derived, key: LevelKey) -> BookLevel:
    """The level as it should be but for its promises; without goods it keeps the last unit cost."""
    numbers = derived.levels.get(key, replay.Numbers())
    right = msgspec.structs.replace(level, **msgspec.structs.asdict(numbers))
    right.last_unit_cost = right.unit_cost
    if min(map(int, msgspec.structs.astuple(numbers))) < 0 or (right.value and not right.on_hand):
        raise LedgerImpossible(f"{level.sku} in warehouse {key[1]}: {numbers}")
    return right


async def _wrong_places(derived: Derived, sku_ids: Sequence[int]) -> list[tuple[PlaceKey, Quantity]]:
    """The place levels that should hold another quantity, and which."""
    rows = await db.fetch(
        f"""
        SELECT level.sku_id, level.place_id, coalesce(level.lot_id, 0), level.quantity
        FROM {db.rows({"sku_id": "bigint"})} AS line JOIN place_level AS level ON level.sku_id = line.sku_id""",
        (_ids(sku_ids),),
    )
    there = {(sku_id, place_id, lot_id): Quantity(quantity) for sku_id, place_id, lot_id, quantity in rows}
    keys = sorted(there.keys() | derived.places.keys())
    wanted = [(key, derived.places.get(key, Quantity(0))) for key in keys]
    return [(key, quantity) for key, quantity in wanted if there.get(key) != quantity]


async def _write_places(wrong: Sequence[tuple[PlaceKey, Quantity]]) -> int:
    if wrong:
        columns = {"id": "bigint", "sku_id": "bigint", "place_id": "bigint", "lot_id": "bigint", "quantity": "bigint"}
        await db.execute(
            f"""
            INSERT INTO place_level (id, sku_id, place_id, lot_id, quantity)
            SELECT line.id, line.sku_id, line.place_id, nullif(line.lot_id, 0), line.quantity
            FROM {db.rows(columns)} AS line WHERE true
            ON CONFLICT (sku_id, place_id, coalesce(lot_id, 0)) DO UPDATE SET quantity = excluded.quantity""",
            (db.json((new_id(), *key, quantity) for key, quantity in wrong),),
        )
    return len(wrong)


async def _wrong_pools(derived: Derived, found: Mapping[LevelKey, BookLevel]) -> dict[PoolKey, tuple[Pool, str]]:
    """The pools whose layers should be others: which, and what there is instead."""
    by_id = {level.id: level for level in found.values()}
    wanted = {
        (found[sku_id, warehouse_id].id, consignment_id): pool
        for (sku_id, warehouse_id, consignment_id), pool in derived.pools.items()
    }
    there = await layers.all_pools(by_id)
    worth: dict[tuple[int, PlaceKind], Money] = {}
    for key, pool in there.items():
        worth[_side(key)] = worth.get(_side(key), Money(0)) + _worth(pool)
    wrong = {}
    for key in sorted(there.keys() | wanted.keys()):
        level_id, kind = _side(key)
        level, right, actual = by_id[level_id], wanted.get(key, Pool([])), there.get(key, Pool([]))
        value = _valued(level, kind)
        if _shapes(right) != _shapes(actual) or worth.get(_side(key), Money(0)) != value:
            wrong[key] = (right, _told(actual))
    return wrong


def _side(key: PoolKey) -> tuple[int, PlaceKind]:
    """The level of a pool, and where its goods are."""
    return key[0], place_kind_of(key[1])


def _valued(level: BookLevel, kind: PlaceKind) -> Money:
    """What the layers of goods at such places cost together; those on the shelves have no value under the average."""
    if kind in AWAY:
        return level.in_transit_value if kind is PlaceKind.TRANSIT else level.lent_value
    return level.value if level.valuation is ValuationMethod.FIFO else Money(0)


def _worth(pool: Pool) -> Money:
    return Money.total(layer.value or Money(0) for layer in pool.layers)


def _shapes(pool: Pool) -> list[tuple[date, int, Quantity]]:
    return [(layer.origin_on, layer.line_id, layer.quantity) for layer in pool.layers if layer.quantity]


def _told(pool: Pool) -> str:
    return ", ".join(f"{layer.quantity} of {layer.origin_on}" for layer in pool.layers if layer.quantity) or "none"


async def _write_layers(wrong: Mapping[PoolKey, tuple[Pool, str]]) -> int:
    """Empties the layers there are, and adds what should be there."""
    layers.replace({key: pool for key, (pool, _) in wrong.items()})
    return sum(max(1, len(_shapes(pool))) for pool, _ in wrong.values())


async def _wrong_days(derived: Derived, found: Mapping[LevelKey, BookLevel]) -> dict[DayKey, tuple[Day, Day]]:
    """The days that should say something else: what, and what they say."""
    rows = await db.fetch(
        f"""
        SELECT stock_level_id, posted_on, business_date, {", ".join(COLUMNS)}
        FROM {db.rows({"id": "bigint"})} AS line JOIN stock_day ON stock_day.stock_level_id = line.id""",
        (_ids(level.id for level in found.values()),),
    )
    wanted = {
        (found[sku_id, warehouse_id].id, posted_on, business_date): day
        for (sku_id, warehouse_id, posted_on, business_date), day in derived.days.items()
    }
    nothing, wrong = Day(), {}
    for level_id, posted_on, business_date, *numbers in rows:
        key = level_id, db.day(posted_on), db.day(business_date)
        right = wanted.pop(key, nothing)
        if list(msgspec.structs.astuple(right)) != numbers:
            wrong[key] = right, Day(*(type(one)(number) for one, number in zip(_NOTHING, numbers, strict=True)))
    wrong |= {key: (right, nothing) for key, right in wanted.items() if right != nothing}
    return {key: wrong[key] for key in sorted(wrong)}


async def _write_days(wrong: Mapping[DayKey, tuple[Day, Day]]) -> int:
    if wrong:
        columns = {"id": "bigint", "stock_level_id": "bigint", "posted_on": "date", "business_date": "date"}
        columns |= dict.fromkeys(COLUMNS, "bigint")
        await db.execute(
            f"""
            INSERT INTO stock_day ({", ".join(columns)}) SELECT {", ".join(f"line.{name}" for name in columns)}
            FROM {db.rows(columns)} AS line WHERE true ON CONFLICT (stock_level_id, posted_on, business_date)
            DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}""",
            (db.json((new_id(), *key, *msgspec.structs.astuple(right)) for key, (right, _) in wrong.items()),),
        )
    return len(wrong)


async def _write_serials(sku_ids: Sequence[int]) -> int:
    """Puts each piece where its last movement brought it."""
    return await db.execute(
        f"""
        UPDATE serial_number SET place_id = movement.to_place_id
        FROM {db.rows({"sku_id": "bigint"})} AS line, stock_movement AS movement
        WHERE serial_number.sku_id = line.sku_id AND movement.id = (
            SELECT max(movement_id) FROM serial_movement WHERE serial_id = serial_number.id)
            AND movement.to_place_id <> serial_number.place_id""",
        (_ids(sku_ids),),
    )


def _ids(ids: Iterable[int]) -> str:
    return db.json((one,) for one in ids)
