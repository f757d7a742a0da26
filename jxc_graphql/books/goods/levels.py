"""Stock levels as rows: locked in the order of their ids, made on first use, written back.

A transaction remembers those that it has locked, as it wrote them last, and does not ask for them again. Each UPDATE
names what was seen under the lock, and must change exactly as many rows as it names. The number of statements does not
depend on the lines of a document.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar

from jxc_graphql.books.goods.book import BookLevel
from jxc_graphql.books.goods.rules import LevelKey
from jxc_graphql.kit import db
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod

Key = TypeVar("Key")
T = TypeVar("T")

_LOCK = {"sqlite": "", "postgres": "FOR UPDATE OF level"}
BY_KEY = "JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.warehouse_id = line.warehouse_id"
OF_SKU = "JOIN stock_level AS level ON level.sku_id = line.sku_id"
_KINDS = {
    "sellable": Quantity,
    "unfit": Quantity,
    "quality": Quantity,
    "damaged": Quantity,
    "reserved": Quantity,
    "waiting": Quantity,
    "incoming": Quantity,
    "in_transit": Quantity,
    "lent": Quantity,
    "consigned": Quantity,
    "value": Money,
    "in_transit_value": Money,
    "lent_value": Money,
}
"""The columns that documents change."""
_NUMBERS = attrgetter(*_KINDS)
_CLAIMS = frozenset(("reserved", "waiting", "incoming", "consigned"))
"""Those that say nothing of what goods cost."""
_SUMS = {
    "on_hand": ("line.sellable + line.quality + line.damaged", {"sellable", "quality", "damaged"}),
    "available": ("line.sellable - line.unfit - line.reserved", {"sellable", "unfit", "reserved"}),
}
"""What the table keeps beside, and of which columns it is made."""
_WRITTEN = dict.fromkeys(("id", *(f"old_{name}" for name in _KINDS), *_KINDS, "unit_cost"), "bigint") | {
    "valuation": "text"
}
_HELD = "stock levels"


async def look(sku_ids: Collection[int]) -> dict[LevelKey, BookLevel]:
    """The stock levels of SKUs as they are now, not locked: for reading only."""
    return await _read(_asked((sku_id,) for sku_id in sku_ids), {"sku_id": "bigint"}, OF_SKU, "")


async def lock(
    keys: Iterable[tuple[Any, ...]],
    columns: Mapping[str, str] = MappingProxyType({"sku_id": "bigint", "warehouse_id": "bigint"}),
    join: str = BY_KEY,
    *,
    ahead: bool = False,
) -> dict[LevelKey, BookLevel]:
    """The stock levels there are, locked in the order of their ids.

    `ahead`: already before the statement with which they are read, so that what hangs on them may be read beside; one
    that came into being meanwhile is locked with that.
    """
    asked = _asked(keys)
    if ahead:
        select = f"SELECT level.id FROM {db.rows(columns)} AS line {join} ORDER BY level.id FOR UPDATE OF level"
        await db.lock(select, (asked,))
    found = await _read(asked, columns, join, _LOCK[db.dialect()])
    _held().update(copies(found))
    return found


def _held() -> dict[LevelKey, BookLevel]:
    found: dict[LevelKey, BookLevel] = running().known.setdefault(_HELD, {})
    return found


def _asked(keys: Iterable[tuple[Any, ...]]) -> str:
    return db.json(sorted(keys))


async def _read(asked: str, columns: Mapping[str, str], join: str, locking: str) -> dict[LevelKey, BookLevel]:
    rows = await db.fetch(
        f"""
        SELECT level.sku_id, level.warehouse_id, level.id, sku.code, sku.tracking, level.valuation, product.valuation,
               level.unit_cost, {", ".join(f"level.{name}" for name in _KINDS)}
        FROM {db.rows(columns)} AS line {join}
        JOIN sku ON sku.id = level.sku_id JOIN product ON product.id = sku.product_id
        ORDER BY level.id {locking}""",
        (asked,),
    )
    return {
        (sku_id, warehouse_id): BookLevel(
            id=level_id,
            sku=code,
            tracking=SkuTracking(tracking),
            valuation=ValuationMethod(valuation),
            product_valuation=ValuationMethod(product_valuation),
            last_unit_cost=UnitPrice(unit_cost),
            **{name: kind(value) for (name, kind), value in zip(_KINDS.items(), numbers, strict=True)},
        )
        for sku_id, warehouse_id, level_id, code, tracking, valuation, product_valuation, unit_cost, *numbers in rows
    }


async def lock_or_make(keys: Collection[LevelKey], at: datetime) -> dict[LevelKey, BookLevel]:
    """The stock levels, locked; they come into being on first use."""
    found = copies({key: level for key, level in _held().items() if key in keys})
    if missing := set(keys) - found.keys():
        found |= await lock(missing)
    if missing := set(keys) - found.keys():
        await _make(missing, at)
        found |= await lock(missing)
    return dict(sorted(found.items(), key=lambda level: level[1].id))


async def _make(keys: Collection[LevelKey], at: datetime) -> None:
    zeros = ("on_hand", "available", "unit_cost", *_KINDS)
    await db.execute(
        f"""
        INSERT INTO stock_level (id, sku_id, warehouse_id, changed_at, valuation, {", ".join(zeros)})
        SELECT line.id, line.sku_id, line.warehouse_id, ?, product.valuation, {", ".join("0" * len(zeros))}
        FROM {db.rows({"id": "bigint", "sku_id": "bigint", "warehouse_id": "bigint"})} AS line
        JOIN sku ON sku.id = line.sku_id JOIN product ON product.id = sku.product_id
        WHERE true ORDER BY line.sku_id, line.warehouse_id ON CONFLICT (sku_id, warehouse_id) DO NOTHING""",
        (at, db.json([(new_id(), *key) for key in sorted(keys)])),
    )


def write(before: Mapping[LevelKey, BookLevel], after: Mapping[LevelKey, BookLevel], at: datetime) -> None:
    """Writes back what changed, and names no other column: SQLite would write its index anew."""
    pairs = [(before[key], new) for key, new in after.items() if new != before[key]]
    if not pairs:
        return
    changed = {
        name for old, new in pairs for name, a, b in zip(_KINDS, _NUMBERS(old), _NUMBERS(new), strict=True) if a != b
    }
    if any((old.valuation, old.last_unit_cost) != (new.valuation, new.last_unit_cost) for old, new in pairs):
        changed.add("unit_cost")
    rows = [(new.id, *_NUMBERS(old), *_NUMBERS(new), new.unit_cost, new.valuation) for old, new in pairs]
    db.later(_update(db.rows(_WRITTEN), frozenset(changed)), (at, db.json(rows)), rows=len(rows))
    _held().update(copies(after))


@lru_cache(maxsize=512)
def _update(rows: str, changed: frozenset[str]) -> str:
    made = {name: f"line.{name}" for name in _KINDS if name in changed}
    if not changed <= _CLAIMS:
        made |= {"unit_cost": "line.unit_cost", "valuation": "line.valuation"}
    made |= {name: what for name, (what, out_of) in _SUMS.items() if changed & out_of}
    unchanged = " AND ".join(f"stock_level.{name} = line.old_{name}" for name in _KINDS)
    return f"""
        UPDATE stock_level SET {", ".join(f"{name} = {what}" for name, what in made.items())}, changed_at = ?
        FROM {rows} AS line WHERE stock_level.id = line.id AND {unchanged}"""


def copies(rows: Mapping[Key, T]) -> dict[Key, T]:
    """What was seen under the lock, to be compared with what comes of it."""
    return {key: copy(row) for key, row in rows.items()}


def ids(levels: Iterable[BookLevel]) -> tuple[int, ...]:
    """The ids of levels, in order."""
    return tuple(sorted(level.id for level in levels))
