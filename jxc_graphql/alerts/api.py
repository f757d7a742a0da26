"""What clients see and do about low stock."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from jxc_graphql.alerts import models, operations, queries, rules
from jxc_graphql.alerts.events import StockAlertAcknowledged, StockLimitsSet
from jxc_graphql.alerts.models import StockAlertSeverity, StockAlertStatus
from jxc_graphql.alerts.queries import LowStockChange
from jxc_graphql.auth.permissions import Permission
from jxc_graphql.catalog.api import Sku
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    by_id,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    subscription,
    user_error,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.partners.api import Supplier
from jxc_graphql.stock.api import StockLevel
from jxc_graphql.warehouses.api import Warehouse


@entity(models.StockLimit, requires=Permission.SEE_ALERTS, scope="warehouse_id")
class StockLimit(Node):
    """Stock limit (库存下限): when to warn about a SKU in a warehouse, and up to where to order."""

    sku: Sku
    """What is watched."""
    warehouse: Warehouse
    """Where."""
    limit: Quantity
    """Warn when no more than this is available (下限)."""
    clear_above: Quantity
    """The alert ends when more than this is available."""
    target: Quantity
    """Order up to this (补货目标)."""


@entity(models.StockAlert, requires=Permission.SEE_ALERTS, scope="warehouse_id")
class StockAlert(Node):
    """Low-stock alert (低库存预警); at most one per SKU and warehouse is not resolved."""

    sku: Sku
    """What is low."""
    warehouse: Warehouse
    """Where."""
    stock_level: StockLevel
    """The level (库存) it is about, as it is now."""
    supplier: Supplier | None
    """Who to order from: the preferred supplier (首选供应商), else the cheapest; none that is on hold."""
    status: StockAlertStatus
    """Whether somebody has taken it up, or the stock recovered."""
    severity: StockAlertSeverity
    """How bad it is (级别)."""
    available: Quantity
    """What was available at the last review (可用)."""
    limit: Quantity
    """The limit at the last review (下限)."""
    suggested_quantity: Quantity
    """How much to order (建议采购量), in the base unit, in whole packs of the supplier; 0 when enough is on its way."""
    raised_at: datetime
    """When it was raised."""
    acknowledged_at: datetime | None
    """When somebody took it up."""
    resolved_at: datetime | None
    """When the stock recovered."""


class Query:
    """Alerts and limits."""

    stock_alerts: Connection[StockAlert] = connection(order_by="-id")
    """Low-stock alerts (低库存预警), newest first."""
    stock_alert: StockAlert | None = by_id()
    """One low-stock alert."""
    stock_limits: Connection[StockLimit] = connection()
    """Stock limits (库存下限)."""


@input_type
class StockLimitInput:
    """When to warn about one SKU in one warehouse."""

    sku_id: Id[Sku]
    """What to watch."""
    warehouse_id: Id[Warehouse]
    """Where."""
    limit: Quantity
    """Warn when no more than this is available; 0 warns when there is none."""
    clear_above: Quantity | None = None
    """The alert ends when more than this is available; by default the limit."""
    target: Quantity | None = None
    """Order up to this; by default twice the limit."""


@input_type
class SetStockLimitsInput:
    """Limits to set, at most 1,000; all or none."""

    limits: list[StockLimitInput]
    """The limits; each SKU and warehouse once."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class SetStockLimitsPayload:
    """The limits that were set, in the order of the input."""

    stock_limits: list[StockLimit]
    """The limits."""
    stock_levels: list[StockLevel]
    """The levels they watch."""


@mutation(SetStockLimitsPayload)
async def set_stock_limits(call: Call, input: SetStockLimitsInput) -> StockLimitsSet:
    """Sets stock limits (设置库存下限) of many SKUs and warehouses; alerts follow by themselves."""
    wanted = [
        rules.WantedLimit(
            sku_id=one.sku_id,
            warehouse_id=one.warehouse_id,
            limit=one.limit,
            clear_above=one.clear_above,
            target=one.target,
        )
        for one in input.limits
    ]
    return await operations.set_stock_limits(call, limits=wanted)


@input_type
class AcknowledgeStockAlertInput:
    """Which alert to take up."""

    stock_alert_id: Id[StockAlert]
    """The alert; it must be open."""


@payload
class AcknowledgeStockAlertPayload:
    """The alert that was taken up."""

    stock_alert: StockAlert | None
    """The alert."""


@mutation(AcknowledgeStockAlertPayload)
async def acknowledge_stock_alert(call: Call, input: AcknowledgeStockAlertInput) -> StockAlertAcknowledged:
    """Takes up a low-stock alert (确认预警), so that others know that somebody sees to it."""
    return await operations.acknowledge_stock_alert(call, stock_alert_id=input.stock_alert_id)


@value
class LowStockEvent:
    """A low-stock alert was raised, got worse or was resolved."""

    cursor: str
    """Where to resume: sent as `after`, the stream goes on behind this event."""
    change: LowStockChange
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
) -> AsyncIterator[queries.LowStockEvent | Cursor]:
    """Low-stock alerts (低库存预警) as they happen: raised, worsened from LOW to OUT, resolved; in commit order."""
    call.require(Permission.SEE_ALERTS)
    start = Cursor.decode(after) if after is not None else None
    async for event in queries.low_stock_events(
        call, warehouses=warehouses, severity=severity, after=start, include_current=include_current
    ):
        yield event


@user_error(rules.AlertNotOpen)
class AlertNotOpenError:
    """Only an open alert can be acknowledged."""

    status: StockAlertStatus
    """The status it has."""
