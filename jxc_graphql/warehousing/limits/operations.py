"""Writes of stock limits: set, removed, copied and scaled, many at a time."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter

from jxc_graphql.books.goods import ledger
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Reason, UnknownId, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.masters.categories import queries as categories
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import TooManyLines
from jxc_graphql.warehousing.limits import queries, rules
from jxc_graphql.warehousing.limits.facts import (
    StockLimitsCopied,
    StockLimitsRemoved,
    StockLimitsScaled,
    StockLimitsSet,
)
from jxc_graphql.warehousing.limits.rules import KnownLimit, WantedLimit

LOCK = "limits"
"""The lock under which limits change: seasons that overlap cannot be set at the same time."""

_TYPES = {
    **dict.fromkeys(("id", "sku_id", "warehouse_id", "limit", "clear_above", "target", "upper"), "bigint"),
    **dict.fromkeys(("starts_on", "ends_on"), "date"),
    "expiry_alert_days": "bigint",
}
_terms = attrgetter(*queries.COLUMNS)


@posting(Permission.MANAGE_ALERTS)
async def set_stock_limits(call: Call, *, limits: Sequence[WantedLimit]) -> StockLimitsSet:
    """Sets the limits of many SKUs and warehouses at once; what one leaves out stays as it is.

    Raises `Rejected` with everything that is wrong with any.
    """
    reject_if(rules.check_count(limits))
    reject_if(await _check_places(call, limits))  # before what is known of them is spoken of
    await db.hold(LOCK)
    known = await queries.of_levels({(wanted.sku_id, wanted.warehouse_id) for wanted in limits})
    present = {one.identity: one for one in known}
    there = [present.get(wanted.identity) for wanted in limits]
    terms = [wanted.complete(one.terms if one else None) for wanted, one in zip(limits, there, strict=True)]
    reject_if(rules.check_limits(limits, terms))
    reject_if(rules.check_seasons(limits, terms, known))
    changed = [
        KnownLimit(id=one.id if one else new_id(), sku_id=wanted.sku_id, warehouse_id=wanted.warehouse_id, terms=said)
        for wanted, one, said in zip(limits, there, terms, strict=True)
    ]
    await _write(changed)
    return StockLimitsSet(
        change_id=new_id(),
        stock_limit_ids=tuple(one.id for one in changed),
        stock_level_ids=await _levels(call, changed),
    )


@posting(Permission.MANAGE_ALERTS)
async def remove_stock_limits(call: Call, *, stock_limit_ids: Sequence[int]) -> StockLimitsRemoved:
    """Removes limits; raises `Rejected` or `NotFound` with every one that is not there for the caller."""
    if len(stock_limit_ids) > rules.MAX_LIMITS:
        reject_if([TooManyLines(path=("stock_limit_ids",), lines=len(stock_limit_ids), limit=rules.MAX_LIMITS)])
    await db.hold(LOCK)
    known = await queries.limits(stock_limit_ids)
    missing = [
        UnknownId(path=("stock_limit_ids", index), kind="StockLimit")
        for index, limit_id in enumerate(stock_limit_ids)
        if limit_id not in known or not call.sees(Dimension.WAREHOUSE, known[limit_id].warehouse_id)
    ]
    if missing:
        raise NotFound(*missing)
    await _remove(known)
    return StockLimitsRemoved(
        change_id=new_id(), stock_limit_ids=tuple(sorted(known)), stock_level_ids=await _levels(call, known.values())
    )


@posting(Permission.MANAGE_ALERTS)
async def copy_stock_limits(
    call: Call,
    *,
    from_warehouse_id: int,
    to_warehouse_id: int,
    category_id: int | None = None,
    numerator: int = 1,
    denominator: int = 1,
) -> StockLimitsCopied:
    """Gives a warehouse the limits of another one, times a ratio; what it had for the same SKUs gives way."""
    reject_if(rules.check_ratio(numerator, denominator))
    if from_warehouse_id == to_warehouse_id:
        reject_if([rules.CopiedOntoItself(path=("to_warehouse_id",))])
    await warehouses.usable_warehouses(
        call, [from_warehouse_id, to_warehouse_id], [("from_warehouse_id",), ("to_warehouse_id",)]
    )
    chosen = await _choose(from_warehouse_id, category_id, numerator, denominator)
    copies = [
        KnownLimit(
            id=new_id(),
            sku_id=one.sku_id,
            warehouse_id=to_warehouse_id,
            terms=rules.scaled(one.terms, numerator, denominator),
        )
        for one in chosen
    ]
    await _remove(one.id for one in await queries.of_levels({(one.sku_id, one.warehouse_id) for one in copies}))
    await _write(copies)
    return StockLimitsCopied(
        warehouse_id=to_warehouse_id,
        from_warehouse_id=from_warehouse_id,
        count=len(copies),
        stock_level_ids=await _levels(call, copies),
    )


@posting(Permission.MANAGE_ALERTS)
async def scale_stock_limits(
    call: Call, *, warehouse_id: int, category_id: int | None = None, numerator: int, denominator: int = 1
) -> StockLimitsScaled:
    """Multiplies the limits of a warehouse, seasons included, by numerator / denominator."""
    reject_if(rules.check_ratio(numerator, denominator))
    await warehouses.usable_warehouse(call, warehouse_id)
    chosen = await _choose(warehouse_id, category_id, numerator, denominator)
    changed = [
        KnownLimit(
            id=one.id,
            sku_id=one.sku_id,
            warehouse_id=one.warehouse_id,
            terms=rules.scaled(one.terms, numerator, denominator),
        )
        for one in chosen
    ]
    await _write(changed)
    return StockLimitsScaled(
        warehouse_id=warehouse_id,
        numerator=numerator,
        denominator=denominator,
        count=len(changed),
        stock_level_ids=await _levels(call, changed),
    )


async def _choose(warehouse_id: int, category_id: int | None, numerator: int, denominator: int) -> list[KnownLimit]:
    if category_id is not None and not await categories.known(category_id):
        raise NotFound(UnknownId(path=("category_id",), kind="Category"))
    await db.hold(LOCK)
    chosen = await queries.chosen(warehouse_id, category_id)
    reject_if(rules.check_chosen(chosen, numerator, denominator))
    return chosen


async def _check_places(call: Call, limits: Sequence[WantedLimit]) -> list[Reason]:
    rows = await db.fetch(
        f"""
        SELECT line.line_no, sku.id IS NULL, warehouse.id IS NULL
        FROM {db.rows({"line_no": "bigint", "sku_id": "bigint", "warehouse_id": "bigint"})} AS line
        LEFT JOIN sku ON sku.id = line.sku_id
        LEFT JOIN warehouse ON warehouse.id = line.warehouse_id ORDER BY line.line_no""",
        (db.json((index, wanted.sku_id, wanted.warehouse_id) for index, wanted in enumerate(limits)),),
    )
    reasons: list[Reason] = []
    for index, no_sku, no_warehouse in rows:
        if no_sku:
            reasons.append(UnknownId(path=("limits", index, "sku_id"), kind="Sku"))
        if no_warehouse or not call.sees(Dimension.WAREHOUSE, limits[index].warehouse_id):
            reasons.append(UnknownId(path=("limits", index, "warehouse_id"), kind="Warehouse"))
    return reasons


async def _write(limits: Sequence[KnownLimit]) -> None:
    names = ", ".join(f'"{name}"' for name in _TYPES)
    await db.execute(
        f"""
        INSERT INTO stock_limit ({names})
        SELECT {", ".join(f'line."{name}"' for name in _TYPES)} FROM {db.rows(_TYPES)} AS line
        WHERE true ORDER BY line.sku_id, line.warehouse_id
        ON CONFLICT (id) DO UPDATE SET {", ".join(f'"{name}" = excluded."{name}"' for name in queries.COLUMNS)}""",
        (db.json((one.id, one.sku_id, one.warehouse_id, *_terms(one.terms)) for one in limits),),
    )


async def _remove(limit_ids: Iterable[int]) -> None:
    await db.execute(
        f"DELETE FROM stock_limit WHERE id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS gone)",
        (db.json([limit_id] for limit_id in limit_ids),),
    )


async def _levels(call: Call, limits: Collection[KnownLimit]) -> tuple[int, ...]:
    """The levels that limits watch: what was never stocked is out of stock as well, so from now on they exist."""
    return await ledger.hold(call, {(one.sku_id, one.warehouse_id) for one in limits})
