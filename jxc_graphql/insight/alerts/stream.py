"""The stream of changes of alerts of all kinds."""

from collections.abc import AsyncIterator, Collection
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.insight.alerts import facts
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor, Entry, Fact
from jxc_graphql.kit.telling import check_watched, told
from jxc_graphql.office.auth.permissions import Dimension


class StockAlertChange(StrEnum):
    """Why an alert is in the stream."""

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


_CHANGES: dict[type[Fact], StockAlertChange] = {
    facts.StockAlertRaised: StockAlertChange.RAISED,
    facts.StockAlertWorsened: StockAlertChange.WORSENED,
    facts.StockAlertResolved: StockAlertChange.RESOLVED,
    facts.StockAlertReopened: StockAlertChange.REOPENED,
    facts.StockAlertAcknowledged: StockAlertChange.ACKNOWLEDGED,
    facts.StockAlertSnoozed: StockAlertChange.SNOOZED,
}
_NAMES = {fact.stored_as for fact in _CHANGES}


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
    severity: StockAlertSeverity | None = None,
    after: Cursor | None = None,
    include_current: bool = False,
) -> AsyncIterator[StockAlertEvent | Cursor]:
    """Every change of an alert behind a cursor, without end; without one from now on, the open alerts first if asked.

    Only warehouses in the caller's scope; `severity` is the alert's at the time of the change. A cursor among them says
    that everything up to it was told. Raises `Rejected` for a cursor that nothing resumes from, or too many warehouses.
    """
    wanted = _Wanted(call=call, kinds=kinds, warehouses=warehouses, severity=severity)
    check_watched(warehouses=warehouses)
    start = after or await journal.head()
    seen = await _unresolved() if include_current and after is None else []
    for alert_id, warehouse_id, present_kind, present_severity in seen:
        if wanted.has(warehouse_id, present_kind, present_severity):
            yield StockAlertEvent(cursor=start.encode(), change=StockAlertChange.CURRENT, alert_id=alert_id)

    async def shown(entry: Entry) -> StockAlertEvent | None:
        fact: Any = entry.fact
        if not wanted.has(fact.warehouse_id, fact.kind, getattr(fact, "severity", None)):
            return None
        cursor, change = entry.cursor.encode(), _CHANGES[type(fact)]
        return StockAlertEvent(cursor=cursor, change=change, alert_id=fact.stock_alert_id)

    async for event in told(_NAMES, shown, start):
        yield event


async def _unresolved() -> list[tuple[int, int, StockAlertKind, StockAlertSeverity]]:
    rows = await db.fetch(
        "SELECT id, warehouse_id, kind, severity FROM stock_alert WHERE status <> 'RESOLVED' ORDER BY raised_at, id"
    )
    return [
        (alert_id, warehouse_id, StockAlertKind(kind), StockAlertSeverity(severity))
        for alert_id, warehouse_id, kind, severity in rows
    ]
