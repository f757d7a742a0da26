"""Which limits there are, and which of them holds on a day."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.categories.queries import below
from jxc_graphql.warehousing.limits.rules import MAX_CHOSEN, KnownLimit, Terms

COLUMNS = ("limit", "clear_above", "target", "upper", "starts_on", "ends_on", "expiry_alert_days")
_KNOWN = "one.id, one.sku_id, one.warehouse_id, " + ", ".join(f'one."{name}"' for name in COLUMNS)


def in_force_on(day: date) -> str:
    """A select of the limits that hold on a day, one per SKU and warehouse at most: the season, else the base limit."""
    holds = f"(starts_on IS NULL OR starts_on <= '{day}') AND (ends_on IS NULL OR ends_on >= '{day}')"
    return f"""
        SELECT one.* FROM stock_limit AS one WHERE {holds} AND (
            starts_on IS NOT NULL OR ends_on IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM (SELECT * FROM stock_limit WHERE {holds}) AS season
                WHERE season.sku_id = one.sku_id AND season.warehouse_id = one.warehouse_id
                    AND (season.starts_on IS NOT NULL OR season.ends_on IS NOT NULL)))"""


async def are_in_force(call: Call, limit_ids: Sequence[int]) -> list[bool]:
    """Of each limit, whether it is the one that holds today."""
    rows = await db.fetch(
        f"SELECT asked.id FROM {db.rows({'id': 'bigint'})} AS asked "
        f"JOIN ({in_force_on(clock.day_of(call.at))}) AS one ON one.id = asked.id",
        (db.json([limit_id] for limit_id in limit_ids),),
    )
    held = {limit_id for (limit_id,) in rows}
    return [limit_id in held for limit_id in limit_ids]


async def in_force(call: Call, levels: Sequence[tuple[int, int]]) -> list[int | None]:
    """The limit that holds today of each SKU in a warehouse, where one does; one statement."""
    rows = await db.fetch(
        f"SELECT one.sku_id, one.warehouse_id, one.id FROM {db.rows({'sku_id': 'bigint', 'warehouse_id': 'bigint'})} "
        f"AS asked JOIN ({in_force_on(clock.day_of(call.at))}) AS one "
        "ON one.sku_id = asked.sku_id AND one.warehouse_id = asked.warehouse_id",
        (db.json(levels),),
    )
    found = {(sku_id, warehouse_id): limit_id for sku_id, warehouse_id, limit_id in rows}
    return [found.get(level) for level in levels]


async def of_levels(keys: Collection[tuple[int, int]]) -> list[KnownLimit]:
    """All limits of these SKUs in warehouses, base limits and seasons."""
    rows = await db.fetch(
        f"SELECT {_KNOWN} FROM {db.rows({'sku_id': 'bigint', 'warehouse_id': 'bigint'})} AS asked "
        "JOIN stock_limit AS one ON one.sku_id = asked.sku_id AND one.warehouse_id = asked.warehouse_id",
        (db.json(sorted(keys)),),
    )
    return [_known(row) for row in rows]


async def limits(limit_ids: Collection[int]) -> dict[int, KnownLimit]:
    """Those of the limits that exist, by id."""
    rows = await db.fetch(
        f"SELECT {_KNOWN} FROM {db.rows({'id': 'bigint'})} AS asked JOIN stock_limit AS one ON one.id = asked.id",
        (db.json([limit_id] for limit_id in set(limit_ids)),),
    )
    return {row[0]: _known(row) for row in rows}


async def chosen(warehouse_id: int, category_id: int | None) -> list[KnownLimit]:
    """The limits of a warehouse, of goods of a category and of those below it if one is named; one over the most."""
    of_category = ""
    params: tuple[int, ...] = ()
    if category_id is not None:
        of_category = f"""
            JOIN sku ON sku.id = one.sku_id JOIN product ON product.id = sku.product_id
                AND product.category_id IN ({below()})"""
        params = (category_id,)
    rows = await db.fetch(
        f"""
        SELECT {_KNOWN} FROM stock_limit AS one {of_category}
        WHERE one.warehouse_id = ? ORDER BY one.sku_id, one.id LIMIT {MAX_CHOSEN + 1:d}""",
        (*params, warehouse_id),
    )
    return [_known(row) for row in rows]


def _known(row: tuple[Any, ...]) -> KnownLimit:
    limit_id, sku_id, warehouse_id, limit, clear_above, target, upper, starts_on, ends_on, expiry_alert_days = row
    terms = Terms(
        limit=Quantity(limit),
        clear_above=Quantity(clear_above),
        target=Quantity(target),
        upper=None if upper is None else Quantity(upper),
        starts_on=starts_on and db.day(starts_on),
        ends_on=ends_on and db.day(ends_on),
        expiry_alert_days=expiry_alert_days,
    )
    return KnownLimit(id=limit_id, sku_id=sku_id, warehouse_id=warehouse_id, terms=terms)
