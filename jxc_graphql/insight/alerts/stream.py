"""The stream of changes of alerts, one for both doors: all kinds, and low stock only."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.insight.alerts import facts
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.office.auth.permissions import Dimension


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


class StockAlertChange(StrEnum):
    """Why an alert is in the stream of all kinds."""

    CURRENT = "CURRENT"
    """It was unresolved when the subscription began."""
    RAISED = "RAISED"
    """Something is wrong (触发)."""
    WORSENED = "WORSENED"
    """It got worse (加重): low stock is out of stock, an expiring lot has expired."""
    RESOLVED = "RESOLVED"
    """It is right again (解除)."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    """Somebody took it up (确认)."""
    SNOOZED = "SNOOZED"
    """Somebody wants to hear of it again later (稍后提醒)."""
    REOPENED = "REOPENED"
    """The day came until which it was to keep quiet (再次提醒)."""


class StockAlertEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An alert changed; `cursor` is where to resume behind it."""

    cursor: str
    change: StockAlertChange
    alert_id: int


class LowStockEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An alert of low stock changed; `cursor` is where to resume behind it."""

    cursor: str
    change: LowStockChange
    alert_id: int


_OF_LOW_STOCK = {
    facts.LowStockAlertRaised.stored_as: StockAlertChange.RAISED,
    facts.LowStockAlertWorsened.stored_as: StockAlertChange.WORSENED,
    facts.LowStockAlertResolved.stored_as: StockAlertChange.RESOLVED,
}
_OF_ALL = {
    **_OF_LOW_STOCK,
    facts.StockAlertRaised.stored_as: StockAlertChange.RAISED,
    facts.StockAlertWorsened.stored_as: StockAlertChange.WORSENED,
    facts.StockAlertResolved.stored_as: StockAlertChange.RESOLVED,
    facts.StockAlertReopened.stored_as: StockAlertChange.REOPENED,
    facts.StockAlertAcknowledged.stored_as: StockAlertChange.ACKNOWLEDGED,
    facts.StockAlertSnoozed.stored_as: StockAlertChange.SNOOZED,
}


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which alerts somebody follows; None means all."""

    call: Call
    kinds: Collection[StockAlertKind] | None
    warehouses: Collection[int] | None
    severity: StockAlertSeverity | None

    def has(self, warehouse_id: int, kind: StockAlertKind, severity: StockAlertSeverity | None) -> bool:
        """Whether an alert of this kind, so bad at the time, is among them."""
        return (
            self.call.sees(Dimension.WAREHOUSE, warehouse_id)
            and (self.warehouses is None or warehouse_id in self.warehouses)
            and (self.kinds is None or kind in self.kinds)
            and (self.severity is None or severity is self.severity)
        )


async def stock_alert_events(
    call: Call,
    *,
    kinds: Collection[StockAlertKind] | None = None,
    warehouses: Collection[int] | None = None,
    after: Cursor | None = None,
    include_current: bool = False,
) -> AsyncIterator[StockAlertEvent | Cursor]:
    """Every change of an alert behind a cursor, without end; without one from now on, the open alerts first if asked.

    Only warehouses in the caller's scope. A cursor among them says that everything up to it was told. Raises `Rejected`
    for a cursor that cannot be resumed from.
    """
    wanted = _Wanted(call=call, kinds=kinds, warehouses=warehouses, severity=None)
    async with aclosing(_changes(wanted, _OF_ALL, after, include_current)) as changes:
        async for change in changes:
            yield change


async def low_stock_events(
    call: Call,
    *,
    warehouses: Collection[int] | None = None,
    severity: StockAlertSeverity | None = None,
    after: Cursor | None = None,
    include_current: bool = False,
) -> AsyncIterator[LowStockEvent | Cursor]:
    """The same of low stock only, as it is raised, gets worse and is resolved.

    `severity` is the alert's at the time of the change.
    """
    wanted = _Wanted(call=call, kinds={StockAlertKind.LOW}, warehouses=warehouses, severity=severity)
    async with aclosing(_changes(wanted, _OF_LOW_STOCK, after, include_current)) as changes:
        async for change in changes:
            if isinstance(change, Cursor):
                yield change
            else:
                low = LowStockChange(change.change)
                yield LowStockEvent(cursor=change.cursor, change=low, alert_id=change.alert_id)


async def _changes(
    wanted: _Wanted, names: dict[str, StockAlertChange], after: Cursor | None, include_current: bool
) -> AsyncGenerator[StockAlertEvent | Cursor, None]:
    if after is not None:
        await journal.check_resumable(after)
    start = await journal.head()
    seen = await _unresolved() if include_current and after is None else []
    for alert_id, warehouse_id, present_kind, severity in seen:
        if wanted.has(warehouse_id, present_kind, severity):
            yield StockAlertEvent(cursor=start.encode(), change=StockAlertChange.CURRENT, alert_id=alert_id)
    async for entry in journal.follow(after or start, names):
        if isinstance(entry, Cursor):
            yield entry
            continue
        fact: Any = entry.fact
        kind = getattr(fact, "kind", StockAlertKind.LOW)
        if wanted.has(fact.warehouse_id, kind, getattr(fact, "severity", None)):
            cursor, change = entry.cursor.encode(), names[entry.name]
            yield StockAlertEvent(cursor=cursor, change=change, alert_id=fact.stock_alert_id)


async def _unresolved() -> list[tuple[int, int, StockAlertKind, StockAlertSeverity]]:
    rows = await db.fetch(
        "SELECT id, warehouse_id, kind, severity FROM stock_alert WHERE status <> 'RESOLVED' ORDER BY raised_at, id"
    )
    return [
        (alert_id, warehouse_id, StockAlertKind(kind), StockAlertSeverity(severity))
        for alert_id, warehouse_id, kind, severity in rows
    ]
