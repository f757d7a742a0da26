"""What clients see and do about stock alerts."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated

from jxc_graphql.books.goods.api import StockLevel
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    connection,
    entity,
    extends,
    input_type,
    mutation,
    payload,
    subscription,
    value,
)
from jxc_graphql.insight.alerts import models, operations, queries, stream
from jxc_graphql.insight.alerts.facts import StockAlertAcknowledged, StockAlertSnoozed
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity, StockAlertStatus
from jxc_graphql.insight.alerts.stream import StockAlertChange
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot
from jxc_graphql.masters.partners.api import Supplier
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.warehousing.consignments.api import ConsignmentReceipt
from jxc_graphql.warehousing.loans.api import Loan


@entity(
    models.StockAlert,
    requires=Permission.SEE_ALERTS,
    scope={Dimension.WAREHOUSE: "warehouse_id"},
    search="note",
    texts=("note",),
)
class StockAlert(Node):
    """Stock alert (库存预警); at most one per SKU, warehouse, kind, and lot, loan or borrowing is not resolved."""

    kind: StockAlertKind
    """What is wrong (预警类型)."""
    sku: Sku
    """Of what."""
    warehouse: Warehouse
    """Where."""
    stock_level: StockLevel
    """The level (库存) it is about, as it is now."""
    lot: Lot | None
    """The lot (批次) that expires; null for all other kinds."""
    loan: Loan | None
    """The loan (借出单) that is overdue; null for all else."""
    consignment_receipt: ConsignmentReceipt | None
    """With what came what we borrowed (借入) and that is overdue; null for all else."""
    supplier: Supplier | None
    """Who to order from: the preferred supplier (首选供应商), else the cheapest; none that is on hold."""
    status: StockAlertStatus
    """Whether somebody has taken it up, or it is right again."""
    severity: StockAlertSeverity
    """How bad it is (级别)."""
    available: Quantity
    """What was available at the last review (可用); of an expiring lot and of dead stock what was there,
    of an overdue loan what the partner had, of what is borrowed what we had."""
    limit: Quantity
    """The limit at the last review: the lower (下限) of low stock, the upper (上限) of too much; else 0."""
    suggested_quantity: Quantity
    """How much to order (建议采购量): what those who wait and the target lack; 0 when enough is on its way.

    In the base unit, in whole packs of the supplier.
    """
    expires_on: date | None
    """When the lot expires (到期日), as of the last review; null for all other kinds."""
    idle_since_on: date | None
    """Since when nothing of dead stock was sold, or came (未动销起始日); null for all other kinds."""
    note: str
    """What was said by who took it up or put it off last (备注)."""
    snoozed_until_on: date | None
    """The day on which it will be open again (稍后提醒); null while it is not put off."""
    raised_at: datetime
    """When it was raised."""
    acknowledged_at: datetime | None
    """When somebody took it up; null before."""
    resolved_at: datetime | None
    """When it was right again; null before."""


@extends(StockLevel)
class AlertsOfLevel:
    """What is wrong with a stock level."""

    open_alerts: list[StockAlert] = batched(queries.not_resolved, "id")
    """Its alerts (库存预警) that are not resolved, oldest first."""


class Query:
    stock_alerts: Connection[StockAlert] = connection(order_by="-id")
    """Stock alerts (库存预警) of all kinds, newest first.

    Those of limits that change are there with them, all others a moment after what moved: `stockAlertsChanged` tells.
    """


@input_type
class AcknowledgeStockAlertInput:
    """Which alert to take up."""

    id: Id[StockAlert]
    """The alert; nobody has taken it up yet."""
    note: str = ""
    """What will be done about it (备注), at most 500 characters."""


@payload
class AcknowledgeStockAlertPayload:
    """The alert that was taken up."""

    stock_alert: StockAlert | None
    """The alert."""


@mutation(AcknowledgeStockAlertPayload)
async def acknowledge_stock_alert(call: Call, input: AcknowledgeStockAlertInput) -> StockAlertAcknowledged:
    """Takes up a stock alert (确认预警), so that others know that somebody sees to it."""
    return await operations.acknowledge_stock_alert(call, stock_alert_id=input.id, note=input.note)


@input_type
class SnoozeStockAlertInput:
    """Which alert to put off, and until when."""

    id: Id[StockAlert]
    """The alert; it is not resolved."""
    until: date
    """The day on which it is open again, from tomorrow on and within a year."""
    note: str = ""
    """Why (备注), at most 500 characters."""


@payload
class SnoozeStockAlertPayload:
    """The alert that was put off."""

    stock_alert: StockAlert | None
    """The alert."""


@mutation(SnoozeStockAlertPayload)
async def snooze_stock_alert(call: Call, input: SnoozeStockAlertInput) -> StockAlertSnoozed:
    """Puts a stock alert off until a day (稍后提醒); it is open again before if it gets worse."""
    return await operations.snooze_stock_alert(call, stock_alert_id=input.id, until=input.until, note=input.note)


@value(requires=Permission.SEE_ALERTS)
class LowStockEvent:
    """A low-stock alert was raised, got worse or was resolved."""

    cursor: str
    """Where to resume: sent as `after`, the stream goes on behind this event."""
    change: StockAlertChange
    """What happened."""
    alert: StockAlert | None
    """The alert as it is now."""


@subscription(LowStockEvent)
async def low_stock_alerts(
    call: Call,
    warehouses: Annotated[list[Id[Warehouse]] | None, "Only these warehouses."] = None,
    severity: Annotated[StockAlertSeverity | None, "Only alerts that were this bad at the time."] = None,
    after: Annotated[str | None, "Go on behind this cursor; nothing is missed."] = None,
    include_current: Annotated[bool, "Begin with the alerts that are unresolved now; ignored with `after`."] = False,
) -> AsyncIterator[stream.StockAlertEvent | Cursor]:
    """Low-stock alerts (低库存预警) as they change: raised, worse (LOW to OUT), taken up, resolved; in commit order.

    What moves at about the same time is looked at together, so what was low only in between is not told.
    """
    call.require(Permission.SEE_ALERTS)
    start = Cursor.decode(after) if after is not None else None
    kinds = {StockAlertKind.LOW}
    async for event in stream.stock_alert_events(
        call, kinds=kinds, warehouses=warehouses, severity=severity, after=start, include_current=include_current
    ):
        yield event


@value(requires=Permission.SEE_ALERTS)
class StockAlertEvent:
    """A stock alert of any kind changed."""

    cursor: str
    """Where to resume: sent as `after`, the stream goes on behind this event."""
    change: StockAlertChange
    """What happened."""
    alert: StockAlert | None
    """The alert as it is now."""


@subscription(StockAlertEvent)
async def stock_alerts_changed(
    call: Call,
    kinds: Annotated[list[StockAlertKind] | None, "Only these kinds."] = None,
    warehouses: Annotated[list[Id[Warehouse]] | None, "Only these warehouses."] = None,
    after: Annotated[str | None, "Go on behind this cursor; nothing is missed."] = None,
    include_current: Annotated[bool, "Begin with the alerts that are unresolved now; ignored with `after`."] = False,
) -> AsyncIterator[stream.StockAlertEvent | Cursor]:
    """Stock alerts (库存预警) of all kinds as they change: raised, worse, taken up, put off, resolved.

    What moves at about the same time is looked at together, so what was wrong only in between is not told.
    """
    call.require(Permission.SEE_ALERTS)
    start = Cursor.decode(after) if after is not None else None
    async for event in stream.stock_alert_events(
        call, kinds=kinds, warehouses=warehouses, after=start, include_current=include_current
    ):
        yield event
