"""Projections made anew from the ledger, some SKUs at a time, each in a transaction of its own.

What is there is compared with what `replay` says under the locks of the levels, so goods may move meanwhile; only rows
that differ are written.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from jxc_graphql.books.goods import claims, fitness, layers, levels, promises, replay, stock_outs
from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.days import COLUMNS, FIGURES, month_of
from jxc_graphql.books.goods.promises import WantedClaim
from jxc_graphql.books.goods.replay import Day, Derived, LedgerImpossible
from jxc_graphql.books.goods.rules import LevelKey, PlaceKey
from jxc_graphql.books.goods.stock_outs import Without
from jxc_graphql.books.goods.valuation import Pool, PoolKey, place_kind_of
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.warehouses.places import AWAY, PlaceKind
from jxc_graphql.office.documents.comparisons import Difference

FactKey = tuple[Any, ...]
"""Stock level, and for a day that of posting and the business date, for a month its first."""


class Facts(NamedTuple):
    """A table of what levels changed by, and how its rows are told apart."""

    table: str
    dates: tuple[str, ...]


_DAYS = Facts("stock_day", ("posted_on", "business_date"))
_MONTHS = Facts("stock_month", ("month",))


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the documents of other features tell of the book, as selects."""

    claims: Sequence[str]
    """What they ask for."""
    days: Sequence[str]
    """What days say that no movement does."""
    bought: Sequence[str]
    """Of whom goods were bought, by the lines that brought them or took them back, and what these come to."""
    sold: Sequence[str]
    """To whom goods were sold, by whom, and what these lines come to."""


class Repaired(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of each projection did not agree with the ledger, and do now."""

    place_levels: int = 0
    stock_levels: int = 0
    cost_layers: int = 0
    consigned_stock: int = 0
    days: int = 0
    months: int = 0
    trades: int = 0
    """Days and months of what was traded with whom."""
    stock_outs: int = 0
    serial_numbers: int = 0
    stock_level_ids: tuple[int, ...] = ()
    """The levels whose numbers changed."""
    document_ids: tuple[int, ...] = ()
    """The documents for which something else is kept now."""

    @property
    def rows(self) -> int:
        """All rows together; of claims each document counts as one."""
        levels = self.place_levels + self.stock_levels + self.cost_layers + self.serial_numbers
        levels += self.consigned_stock
        return levels + self.days + self.months + self.trades + self.stock_outs + len(self.document_ids)


@db.transactional
async def rebuild(call: Call, sku_ids: Sequence[int], told: Told) -> Repaired:
    """Makes what these SKUs have in the book follow from the ledger again, and promises from the documents that ask.

    Raises `LedgerImpossible` when the ledger itself leads to fewer
    goods, or less value, than none.
    """
    await fitness.day(call)
    wanted = await promises.due(told.claims, sku_ids)
    found = await promises.hold(call, sku_ids, wanted)
    derived = await replay.replay(sku_ids, told.days, told.sold)
    found |= await levels.lock_or_make(derived.levels.keys() - found.keys(), call.at)
    after = {key: _level(level, derived, key) for key, level in found.items()}
    place_levels = await _write_places(await _wrong_places(derived, sku_ids))
    changed, documents = await _keep_promises(call, wanted, found, after)
    return Repaired(
        place_levels=place_levels,
        stock_levels=len(changed),
        consigned_stock=await _write_consigned(await _wrong_consigned(derived, sku_ids)),
        cost_layers=await _write_layers(await _wrong_pools(derived, after)),
        days=await _write_facts(_DAYS, await _wrong_facts(_DAYS, derived, after)),
        months=await _write_facts(_MONTHS, await _wrong_facts(_MONTHS, derived, after)),
        stock_outs=_write_stock_outs(await _wrong_stock_outs(derived, after)),
        serial_numbers=await _write_serials(sku_ids),
        stock_level_ids=tuple(changed),
        document_ids=documents,
    )


@db.transactional
async def repromise(call: Call, sku_ids: Sequence[int], told: Told) -> Repaired:
    """Makes the promises of these SKUs follow from the documents that ask and the goods there are, and nothing else."""
    await fitness.day(call)
    wanted = await promises.due(told.claims, sku_ids)
    found = await promises.hold(call, sku_ids, wanted)
    changed, documents = await _keep_promises(call, wanted, found, levels.copies(found))
    return Repaired(stock_levels=len(changed), stock_level_ids=tuple(changed), document_ids=documents)


async def _keep_promises(
    call: Call, wanted: Sequence[WantedClaim], before: Mapping[LevelKey, BookLevel], after: Mapping[LevelKey, BookLevel]
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


async def differences(sku_ids: Sequence[int], told: Told) -> list[Difference]:
    """Where layers, days and stock-outs of these SKUs are not what the ledger leads to; sums are compared elsewhere."""
    derived, found = await replay.replay(sku_ids, told.days, told.sold), await levels.look(sku_ids)
    names = {level.id: f"{level.sku} @ warehouse {warehouse_id}" for (_, warehouse_id), level in found.items()}
    pools = await _wrong_pools(derived, found)
    layers_differ = [
        Difference(what="cost layers are what was not used up", key=names[key[0]], expected=_told(pool), actual=told)
        for key, (pool, told) in pools.items()
    ]
    days_differ = [
        Difference(
            what=f"{facts.table} is what was posted on it",
            key=f"{names[level_id]}, {', '.join(map(str, dates))}",
            expected=_day_told(right),
            actual=_day_told(actual),
        )
        for facts in (_DAYS, _MONTHS)
        for (level_id, *dates), (right, actual) in (await _wrong_facts(facts, derived, found)).items()
    ]
    empty_differ = [
        Difference(
            what="stock_out is from when the last goods left until goods came",
            key=names[level_id],
            expected=_spans_told(right),
            actual=_spans_told(actual),
        )
        for level_id, (right, actual) in (await _wrong_stock_outs(derived, found)).items()
    ]
    return [*layers_differ, *days_differ, *empty_differ]


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


async def _wrong_consigned(derived: Derived, sku_ids: Sequence[int]) -> list[tuple[int, Quantity]]:
    """The lines of suppliers of which something else should be left, and how much."""
    rows = await db.fetch(
        f"""
        SELECT one.id, one.quantity FROM {db.rows({"sku_id": "bigint"})} AS line
        JOIN stock_level AS level ON level.sku_id = line.sku_id JOIN consigned_stock AS one ON stock_level_id = level.id
        """,
        (_ids(sku_ids),),
    )
    right = ((line_id, derived.consigned.get(line_id, Quantity(0)), quantity) for line_id, quantity in rows)
    return [(line_id, quantity) for line_id, quantity, there in right if quantity != there]


async def _write_consigned(wrong: Sequence[tuple[int, Quantity]]) -> int:
    if wrong:
        await db.execute(
            f"UPDATE consigned_stock SET quantity = line.quantity "
            f"FROM {db.rows({'id': 'bigint', 'quantity': 'bigint'})} AS line "
            "WHERE consigned_stock.id = line.id",
            (db.json(wrong),),
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


async def _wrong_facts(
    facts: Facts, derived: Derived, found: Mapping[LevelKey, BookLevel]
) -> dict[FactKey, tuple[Day, Day]]:
    """The days, or months, that should say something else: what, and what they say."""
    rows = await db.fetch(
        f"""
        SELECT stock_level_id, {", ".join((*facts.dates, *COLUMNS))}
        FROM {db.rows({"id": "bigint"})} AS line JOIN {facts.table} AS facts ON facts.stock_level_id = line.id""",
        (_ids(level.id for level in found.values()),),
    )
    wanted: dict[FactKey, Day] = {}
    for (sku_id, warehouse_id, posted_on, business_date), day in derived.days.items():
        dates = (posted_on, business_date) if facts is _DAYS else (month_of(business_date),)
        sums = wanted.setdefault((found[sku_id, warehouse_id].id, *dates), {})
        for name, figure in day.items():
            sums[name] = sums.get(name, 0) + figure
    at, wrong = 1 + len(facts.dates), dict[FactKey, tuple[Day, Day]]()
    for row in rows:
        key = row[0], *map(db.day, row[1:at])
        right, actual = _figures(wanted.pop(key, {})), _figures(dict(zip(COLUMNS, row[at:], strict=True)))
        if right != actual:
            wrong[key] = right, actual
    wrong |= {key: (figures, {}) for key, day in wanted.items() if (figures := _figures(day))}
    return {key: wrong[key] for key in sorted(wrong)}


def _figures(day: Day) -> Day:
    """What a day says that is not nothing."""
    return {name: int(figure) for name, figure in day.items() if figure}


def _day_told(day: Day) -> str:
    return ", ".join(f"{name} {FIGURES[name](day[name])}" for name in COLUMNS if name in day) or "nothing"


async def _write_facts(facts: Facts, wrong: Mapping[FactKey, tuple[Day, Day]]) -> int:
    if wrong:
        keys = {"id": "bigint", "stock_level_id": "bigint"} | dict.fromkeys(facts.dates, "date")
        columns = keys | dict.fromkeys(COLUMNS, "bigint")
        rows = [(new_id(), *key, *(right.get(name, 0) for name in COLUMNS)) for key, (right, _) in wrong.items()]
        await db.execute(
            f"""
            INSERT INTO {facts.table} ({", ".join(columns)}) SELECT {", ".join(f"line.{name}" for name in columns)}
            FROM {db.rows(columns)} AS line WHERE true ON CONFLICT (stock_level_id, {", ".join(facts.dates)})
            DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}""",
            (db.json(rows),),
        )
    return len(wrong)


async def _wrong_stock_outs(
    derived: Derived, found: Mapping[LevelKey, BookLevel]
) -> dict[int, tuple[list[Without], list[Without]]]:
    """The levels that had nothing at other times than is written: when, and what is written."""
    written = await stock_outs.of_levels([level.id for level in found.values()])
    whole = {
        level.id: (stock_outs.whole(derived.stock_outs.get(key, [])), stock_outs.whole(written.get(level.id, [])))
        for key, level in found.items()
    }
    return {level_id: (right, actual) for level_id, (right, actual) in sorted(whole.items()) if right != actual}


def _write_stock_outs(wrong: Mapping[int, tuple[list[Without], list[Without]]]) -> int:
    stock_outs.replace({level_id: right for level_id, (right, _) in wrong.items()})
    return len(wrong)


def _spans_told(spans: Sequence[Without]) -> str:
    return ", ".join(f"{one.began_at} – {one.ended_at or ''}" for one in spans) or "never"


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
