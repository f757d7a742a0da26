"""Who has goods, who lacks them, and how far they are apart."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.masters.categories.queries import below
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.warehousing.limits.queries import in_force_on
from jxc_graphql.warehousing.sharing import rules
from jxc_graphql.warehousing.sharing.rules import (
    MAX_DAYS,
    MAX_SHORTAGES,
    OFFERS,
    Match,
    Offer,
    SharedWarehouse,
    Shortage,
    Surplus,
)
from jxc_graphql.warehousing.transfers.queries import IN_TRANSIT_FOR_SALE

_FAR = MAX_DAYS + 1
"""Further than everything of which it is known how far it is."""
_WAREHOUSE = "level.warehouse_id, warehouse.code, warehouse.name, warehouse.branch_id"
_ENOUGH = "coalesce(one.upper, one.target)"
_MISSING = f"one.target + level.waiting - level.available - level.incoming - ({IN_TRANSIT_FOR_SALE})"
_DAYS = """
    LEFT JOIN transfer_time AS there
        ON there.from_warehouse_id = level.warehouse_id AND there.to_warehouse_id = asked.warehouse_id
    LEFT JOIN transfer_time AS back
        ON back.from_warehouse_id = asked.warehouse_id AND back.to_warehouse_id = level.warehouse_id"""


class SharingChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Which levels a list is about; None means all, and a category includes those below it."""

    warehouse_ids: Collection[int] | None = None
    sku_ids: Collection[int] | None = None
    category_id: int | None = None


class SkuAvailability(msgspec.Struct, frozen=True, kw_only=True):
    """What a warehouse has of a SKU; `surplus` is None where nobody said what it needs."""

    warehouse: SharedWarehouse
    available: Quantity
    surplus: Quantity | None
    days: int | None


def shared_scope(call: Call) -> frozenset[int] | None:
    """The warehouses of which a caller may know what they have to give; None means all."""
    return None if Permission.SEE_SHARED_STOCK in call.permissions else call.within(Dimension.WAREHOUSE)


def _require(call: Call) -> None:
    """What others have to give is told by what they need, and by their names."""
    for permission in (Permission.SEE_STOCK, Permission.SEE_ALERTS, Permission.SEE_CATALOG):
        call.require(permission)


async def sku_availability(call: Call, sku_id: int, for_warehouse_id: int, page: Slice) -> Page[SkuAvailability]:
    """Who else has some of a SKU available, the nearest first, then who has the largest surplus."""
    _require(call)
    shared = shared_scope(call)
    known_id = for_warehouse_id if shared is None or for_warehouse_id in shared else 0
    condition, params = _within("level.warehouse_id", shared)
    rows, total = await page.read(
        f"""
        SELECT warehouse_id, code, name, branch_id, available, surplus, days, COUNT(*) OVER () FROM (
            SELECT {_WAREHOUSE}, level.available, coalesce(there.days, back.days) AS days,
                CASE WHEN level.available > {_ENOUGH} THEN level.available - {_ENOUGH}
                    WHEN one.id IS NOT NULL THEN 0 END AS surplus
            FROM {db.rows({"sku_id": "bigint", "warehouse_id": "bigint"})} AS asked
            JOIN stock_level AS level ON level.sku_id = asked.sku_id AND level.warehouse_id <> asked.warehouse_id
            JOIN warehouse ON warehouse.id = level.warehouse_id AND warehouse.is_active
            LEFT JOIN ({_in_force(call)}) AS one
                ON one.sku_id = level.sku_id AND one.warehouse_id = level.warehouse_id {_DAYS}
            WHERE level.available > 0 {condition}) AS found
        ORDER BY coalesce(days, {_FAR}), coalesce(surplus, 0) DESC, available DESC, warehouse_id""",
        (db.json([(sku_id, known_id)]), *params),
    )
    found = [
        SkuAvailability(
            warehouse=_warehouse(warehouse),
            available=Quantity(available),
            surplus=None if surplus is None else Quantity(surplus),
            days=days,
        )
        for *warehouse, available, surplus, days in rows
    ]
    return page.page(found, total)


async def surpluses(call: Call, choice: SharingChoice, page: Slice) -> Page[Surplus]:
    """Levels with more available than they may hold, the largest surplus first."""
    columns = f"level.available, {_ENOUGH}, level.available - {_ENOUGH} AS quantity"
    condition = f"level.available > {_ENOUGH}"
    rows, total = await _levels(call, choice, page, shared_scope(call), columns=columns, condition=condition)
    found = [
        Surplus(
            sku_id=sku_id, warehouse=_warehouse(rest[:4]), **_quantities(("available", "limit", "quantity"), rest[4:])
        )
        for sku_id, *rest in rows
    ]
    return page.page(found, total)


async def shortages(call: Call, choice: SharingChoice, page: Slice) -> Page[Shortage]:
    """Levels at or below their limit for which not enough is on its way, the largest shortage first."""
    return page.page(*await _shortages(call, choice, page, shared_scope(call)))


async def matches(call: Call, choice: SharingChoice, page: Slice) -> Page[Match]:
    """What could be sent to the caller's warehouses that lack something, and from where; nothing is given twice.

    Whatever page is asked for, it is of the largest shortages, so that one page does not give what another does.
    """
    short, _ = await _shortages(call, choice, Slice(size=MAX_SHORTAGES), call.within(Dimension.WAREHOUSE))
    return page.of(rules.match(short, await _offers(call, short)) if short else [])


async def _shortages(
    call: Call, choice: SharingChoice, page: Slice, scope: Collection[int] | None
) -> tuple[list[Shortage], int]:
    names = ("available", "waiting", "incoming", "in_transit", "limit", "target", "quantity")
    of_level = f"level.available, level.waiting, level.incoming, {IN_TRANSIT_FOR_SALE}"
    columns = f'{of_level}, one."limit", one.target, {_MISSING} AS quantity'
    condition = f'level.available <= one."limit" AND {_MISSING} > 0'
    rows, total = await _levels(call, choice, page, scope, columns=columns, condition=condition)
    found = [
        Shortage(sku_id=sku_id, warehouse=_warehouse(rest[:4]), **_quantities(names, rest[4:]))
        for sku_id, *rest in rows
    ]
    return found, total


async def _offers(call: Call, short: list[Shortage]) -> list[Offer]:
    """For each shortage the nearest surpluses of the same SKU elsewhere."""
    condition, params = _within("level.warehouse_id", shared_scope(call))
    lines = dict.fromkeys(("line_no", "sku_id", "warehouse_id"), "bigint")
    rows = await db.fetch(
        f"""
        SELECT line_no, sku_id, warehouse_id, code, name, branch_id, quantity, days FROM (
            SELECT asked.line_no, level.sku_id, {_WAREHOUSE}, level.available - {_ENOUGH} AS quantity,
                coalesce(there.days, back.days) AS days,
                ROW_NUMBER() OVER (PARTITION BY asked.line_no ORDER BY coalesce(there.days, back.days, {_FAR}),
                    level.available - {_ENOUGH} DESC, level.warehouse_id) AS place_in_order
            FROM {db.rows(lines)} AS asked
            JOIN stock_level AS level ON level.sku_id = asked.sku_id AND level.warehouse_id <> asked.warehouse_id
            JOIN warehouse ON warehouse.id = level.warehouse_id AND warehouse.is_active
            JOIN ({_in_force(call)}) AS one
                ON one.sku_id = level.sku_id AND one.warehouse_id = level.warehouse_id {_DAYS}
            WHERE level.available > {_ENOUGH} {condition}) AS offer
        WHERE place_in_order <= {OFFERS} ORDER BY line_no, place_in_order""",
        (db.json((index, one.sku_id, one.warehouse.warehouse_id) for index, one in enumerate(short)), *params),
    )
    return [
        Offer(shortage=index, sku_id=sku_id, warehouse=_warehouse(warehouse), quantity=Quantity(quantity), days=days)
        for index, sku_id, *warehouse, quantity, days in rows
    ]


async def _levels(
    call: Call, choice: SharingChoice, page: Slice, scope: Collection[int] | None, *, columns: str, condition: str
) -> tuple[list[tuple[Any, ...]], int]:
    _require(call)
    conditions = [
        _within("level.warehouse_id", scope),
        _within("level.warehouse_id", choice.warehouse_ids),
        _within("level.sku_id", choice.sku_ids),
    ]
    if choice.category_id is not None:
        conditions.append((f"AND product.category_id IN ({below()})", (choice.category_id,)))
    return await page.read(
        f"""
        SELECT level.sku_id, {_WAREHOUSE}, {columns}, COUNT(*) OVER () FROM stock_level AS level
        JOIN warehouse ON warehouse.id = level.warehouse_id AND warehouse.is_active
        JOIN ({_in_force(call)}) AS one ON one.sku_id = level.sku_id AND one.warehouse_id = level.warehouse_id
        JOIN sku ON sku.id = level.sku_id JOIN product ON product.id = sku.product_id
        WHERE {condition} {" ".join(text for text, _ in conditions)}
        ORDER BY quantity DESC, level.id""",
        tuple(value for _, values in conditions for value in values),
    )


def _in_force(call: Call) -> str:
    return in_force_on(clock.day_of(call.at))


def _within(column: str, ids: Collection[int] | None) -> tuple[str, tuple[Any, ...]]:
    if ids is None:
        return "", ()
    return f"AND {column} IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS chosen)", (db.json([one] for one in ids),)


def _warehouse(row: Sequence[Any]) -> SharedWarehouse:
    warehouse_id, code, name, branch_id = row
    return SharedWarehouse(warehouse_id=warehouse_id, code=code, name=name, branch_id=branch_id)


def _quantities(names: Iterable[str], numbers: Iterable[int]) -> dict[str, Any]:
    return {name: Quantity(number) for name, number in zip(names, numbers, strict=True)}
