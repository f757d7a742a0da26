"""What happened to stock alerts."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.kit.journal import Convert, Fact
from jxc_graphql.kit.numbers import Quantity


def _low(old: dict[str, Any]) -> dict[str, Any]:
    """Low stock once had facts of its own."""
    return old | {"kind": StockAlertKind.LOW}


class StockAlertRaised(Fact, frozen=True, kw_only=True):
    """Something is wrong."""

    takes_over: ClassVar[Mapping[str, Convert]] = {"LowStockAlertRaised": _low}
    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertWorsened(Fact, frozen=True, kw_only=True):
    """It got worse: low stock ran out, an expiring lot has expired."""

    takes_over: ClassVar[Mapping[str, Convert]] = {"LowStockAlertWorsened": _low}
    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertResolved(Fact, frozen=True, kw_only=True):
    """It is right again; `severity` is what it was before."""

    takes_over: ClassVar[Mapping[str, Convert]] = {"LowStockAlertResolved": _low}
    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertReopened(Fact, frozen=True, kw_only=True):
    """The day came until which an alert of any kind was to keep quiet."""

    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    severity: StockAlertSeverity
    available: Quantity


class StockAlertAcknowledged(Fact, frozen=True, kw_only=True):
    """Somebody took the alert up; those of before there were kinds say only which."""

    stock_alert_id: int
    kind: StockAlertKind = StockAlertKind.LOW
    warehouse_id: int = 0
    note: str = ""


class StockAlertSnoozed(Fact, frozen=True, kw_only=True):
    """Somebody wants to hear of the alert again on a later day."""

    stock_alert_id: int
    kind: StockAlertKind
    warehouse_id: int
    until: date
    note: str
