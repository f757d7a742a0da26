"""What happened to stock alerts."""

from datetime import date
from typing import ClassVar

from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity


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


class StockAlertRaised(Fact, frozen=True, kw_only=True):
    """Something other than low stock is wrong."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertWorsened(Fact, frozen=True, kw_only=True):
    """A lot was about to expire, and now it has expired."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertResolved(Fact, frozen=True, kw_only=True):
    """Something other than low stock is right again; `severity` is what it was before."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertReopened(Fact, frozen=True, kw_only=True):
    """The day came until which an alert of any kind was to keep quiet."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertAcknowledged(Fact, frozen=True, kw_only=True):
    """Somebody took the alert up; those of before there were kinds say only which."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    kind: StockAlertKind = StockAlertKind.LOW
    warehouse_id: int = 0
    note: str = ""


class StockAlertSnoozed(Fact, frozen=True, kw_only=True):
    """Somebody wants to hear of the alert again on a later day."""

    subject: ClassVar[str] = "stock_alert_id"
    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    until: date
    note: str
