"""Watched stock levels, the stream of low-stock events, and whether alerts agree with the levels."""

from collections.abc import AsyncIterator, Collection
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.alerts import rules
from jxc_graphql.alerts.events import LowStockAlertRaised, LowStockAlertResolved, LowStockAlertWorsened
from jxc_graphql.alerts.models import StockAlertSeverity
from jxc_graphql.alerts.rules import Alert, Change, Supply, Watched
from jxc_graphql.documents.queries import Difference
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.partners import queries as partners
from jxc_graphql.partners.queries import KnownPrice

_WATCHED = """
    SELECT level.id, level.sku_id, level.warehouse_id, level.available, level.incoming,
           stock_limit."limit", stock_limit.clear_above, stock_limit.target,
           alert.id, alert.severity, alert.available, alert."limit", alert.suggested_quantity, alert.supplier_id
    FROM stock_level AS level {named}
    JOIN stock_limit ON stock_limit.sku_id = level.sku_id AND stock_limit.warehouse_id = level.warehouse_id
    LEFT JOIN stock_alert AS alert
        ON alert.sku_id = level.sku_id AND alert.warehouse_id = level.warehouse_id AND alert.status <> 'RESOLVED'
    ORDER BY level.id"""


class LowStockChange(StrEnum):
    """Why an alert is in the stream."""

    CURRENT = "CURRENT"
    """It was unresolved when the subscription began."""
    RAISED = "RAISED"
    """Stock fell to the limit or below."""
    WORSENED = "WORSENED"
    """It was low; now nothing is available any more (缺货)."""
    RESOLVED = "RESOLVED"
    """Stock recovered."""


class LowStockEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An alert changed; `cursor` is where to resume behind it."""

    cursor: str
    change: LowStockChange
    alert_id: int


_CHANGES = {
    LowStockAlertRaised.__name__: LowStockChange.RAISED,
    LowStockAlertWorsened.__name__: LowStockChange.WORSENED,
    LowStockAlertResolved.__name__: LowStockChange.RESOLVED,
}


async def watched(stock_level_ids: Collection[int] | None = None) -> list[Watched]:
    """The named stock levels, or all, that have a limit, in the order of their ids; with whom to buy from now."""
    if stock_level_ids is None:
        rows = await db.fetch(_WATCHED.format(named=""))
    else:
        named = f"JOIN {db.rows({'id': 'bigint'})} AS named ON named.id = level.id"
        rows = await db.fetch(
            _WATCHED.format(named=named), (db.json((level_id,) for level_id in sorted(set(stock_level_ids))),)
        )
    prices = await partners.preferred_prices([sku_id for _, sku_id, *_ in rows])
    return [_watched(row, prices.get(row[1])) for row in rows]


def _watched(row: tuple[Any, ...], price: KnownPrice | None) -> Watched:
    level_id, sku_id, warehouse_id, available, incoming, limit, clear_above, target, alert_id, *alert = row
    return Watched(
        stock_level_id=level_id,
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        available=Quantity(available),
        incoming=Quantity(incoming),
        limit=Quantity(limit),
        clear_above=Quantity(clear_above),
        target=Quantity(target),
        supply=None if price is None else _supply(price),
        alert_id=alert_id,
        alert=None if alert_id is None else _alert(*alert),
    )


def _supply(price: KnownPrice) -> Supply:
    return Supply(
        supplier_id=price.supplier_id, pack_quantity=price.pack_quantity, minimum_quantity=price.minimum_quantity
    )


def _alert(severity: str, available: int, limit: int, suggested_quantity: int, supplier_id: int | None) -> Alert:
    return Alert(
        severity=StockAlertSeverity(severity),
        available=Quantity(available),
        limit=Quantity(limit),
        suggested_quantity=Quantity(suggested_quantity),
        supplier_id=supplier_id,
    )


async def low_stock_events(
    call: Call,
    *,
    warehouses: Collection[int] | None = None,
    severity: StockAlertSeverity | None = None,
    after: Cursor | None = None,
    include_current: bool = False,
) -> AsyncIterator[LowStockEvent | Cursor]:
    """Every change of an alert behind a cursor, without end; without one from now on, the open alerts first if asked.

    Only warehouses in the caller's scope; `severity` is the alert's at the time of the change. A cursor among them says
    that everything up to it was told. Raises `Rejected` for a cursor that cannot be resumed from.
    """
    if after is not None:
        await journal.check_resumable(after)
    start = await journal.head()
    seen = await _unresolved() if include_current and after is None else []
    for alert_id, warehouse_id, present in seen:
        if _wanted(call, warehouses, severity, warehouse_id, StockAlertSeverity(present)):
            yield LowStockEvent(cursor=start.encode(), change=LowStockChange.CURRENT, alert_id=alert_id)
    async for entry in journal.follow(after or start, _CHANGES):
        if isinstance(entry, Cursor):
            yield entry
            continue
        fact: Any = entry.fact
        if _wanted(call, warehouses, severity, fact.warehouse_id, fact.severity):
            yield LowStockEvent(cursor=entry.cursor.encode(), change=_CHANGES[entry.name], alert_id=fact.stock_alert_id)


async def _unresolved() -> list[tuple[int, int, str]]:
    rows = await db.fetch(
        "SELECT id, warehouse_id, severity FROM stock_alert WHERE status <> 'RESOLVED' ORDER BY raised_at, id"
    )
    return [(alert_id, warehouse_id, severity) for alert_id, warehouse_id, severity in rows]


def _wanted(
    call: Call,
    warehouses: Collection[int] | None,
    severity: StockAlertSeverity | None,
    warehouse_id: int,
    present: StockAlertSeverity,
) -> bool:
    return (
        call.sees(warehouse_id)
        and (warehouses is None or warehouse_id in warehouses)
        and (severity is None or present is severity)
    )


async def differences() -> list[Difference]:
    """Where alerts do not agree with the levels; meaningful once reactions have settled."""
    found = []
    for level in await watched():
        verdict = rules.judge(level)
        if verdict and (verdict.change is not Change.UPDATED or _numbers(verdict.alert) != _numbers(level.alert)):
            expected = "none" if verdict.change is Change.RESOLVED else _numbers(verdict.alert)
            key = f"stock level {level.stock_level_id}"
            found.append(Difference(what="stock_alert", key=key, expected=expected, actual=_numbers(level.alert)))
    return found


def _numbers(alert: Alert | None) -> str:
    """What must agree at all times; a suggestion may be older than the supplier's latest terms."""
    return f"{alert.severity} {alert.available} of {alert.limit}" if alert else "none"
