"""What happened to stock limits and alerts."""

from typing import ClassVar

from jxc_graphql.alerts.models import StockAlertSeverity
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity


class StockLimitsSet(Fact, frozen=True, kw_only=True):
    """Limits of SKUs in warehouses were set, all at once."""

    subject: ClassVar[str] = "change_id"
    change_id: int
    stock_limit_ids: tuple[int, ...]
    stock_level_ids: tuple[int, ...]


class LowStockAlertRaised(Fact, frozen=True, kw_only=True):
    """What is available fell to the limit or below."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class LowStockAlertWorsened(Fact, frozen=True, kw_only=True):
    """It was low, and now nothing is available any more."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class LowStockAlertResolved(Fact, frozen=True, kw_only=True):
    """What is available rose far enough above the limit; `severity` is what it was before."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertAcknowledged(Fact, frozen=True, kw_only=True):
    """Somebody took the alert up."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
