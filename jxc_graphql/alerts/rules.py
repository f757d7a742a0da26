"""When stock is low, how low, what to order, and which limits make sense."""

from collections.abc import Iterator, Sequence
from enum import Enum, auto

import msgspec

from jxc_graphql.alerts.models import StockAlertSeverity, StockAlertStatus
from jxc_graphql.documents.rules import TooManyLines
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import LIMIT, Quantity

MAX_LIMITS = 1_000
"""Limits that may be set at once."""


class NegativeLimit(Reason, frozen=True, kw_only=True):
    """Stock never falls below nothing, so such a limit would never warn."""

    limit: Quantity


class ClearBelowLimit(Reason, frozen=True, kw_only=True):
    """An alert would resolve itself at a quantity at which it is raised again at once."""

    limit: Quantity
    clear_above: Quantity


class TargetBelowLimit(Reason, frozen=True, kw_only=True):
    """Ordering up to the target would leave the stock low."""

    limit: Quantity
    target: Quantity


class LimitGivenTwice(Reason, frozen=True, kw_only=True):
    """The same SKU and warehouse stand twice in one list; `first` counts from 0."""

    first: int


class AlertNotOpen(Reason, frozen=True, kw_only=True):
    """Only an open alert can be acknowledged."""

    status: StockAlertStatus


class WantedLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit to set; by default an alert is over above the limit, and the target is twice the limit."""

    sku_id: int
    warehouse_id: int
    limit: Quantity
    clear_above: Quantity | None = None
    target: Quantity | None = None

    def complete(self) -> tuple[Quantity, Quantity, Quantity]:
        """Limit, clear_above and target, defaults filled in."""
        clear_above = self.limit if self.clear_above is None else self.clear_above
        usual = Quantity(min(max(clear_above, self.limit * 2), LIMIT))
        return self.limit, clear_above, usual if self.target is None else self.target


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """How the supplier to buy from sells a SKU."""

    supplier_id: int
    pack_quantity: Quantity
    minimum_quantity: Quantity


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What an unresolved alert says."""

    severity: StockAlertSeverity
    available: Quantity
    limit: Quantity
    suggested_quantity: Quantity
    supplier_id: int | None


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A stock level with its limit, its supplier, and the alert that is unresolved for it."""

    stock_level_id: int
    sku_id: int
    warehouse_id: int
    available: Quantity
    incoming: Quantity
    limit: Quantity
    clear_above: Quantity
    target: Quantity
    supply: Supply | None
    alert_id: int | None
    alert: Alert | None


class Change(Enum):
    """What becomes of an alert."""

    RAISED = auto()
    WORSENED = auto()
    UPDATED = auto()
    RESOLVED = auto()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a review of one level comes to: the change, and what the alert says from now on."""

    change: Change
    watched: Watched
    alert: Alert


def judge(watched: Watched) -> Verdict | None:
    """What has to change for one level; None when its alert, or that there is none, is right as it is."""
    before = watched.alert
    threshold = watched.clear_above if before else watched.limit
    if watched.available > threshold:
        return Verdict(change=Change.RESOLVED, watched=watched, alert=_resolved(watched, before)) if before else None
    after = Alert(
        severity=StockAlertSeverity.LOW if watched.available > 0 else StockAlertSeverity.OUT,
        available=watched.available,
        limit=watched.limit,
        suggested_quantity=suggested_quantity(watched),
        supplier_id=watched.supply.supplier_id if watched.supply else None,
    )
    if before is None:
        return Verdict(change=Change.RAISED, watched=watched, alert=after)
    if before == after:
        return None
    worse = (before.severity, after.severity) == (StockAlertSeverity.LOW, StockAlertSeverity.OUT)
    return Verdict(change=Change.WORSENED if worse else Change.UPDATED, watched=watched, alert=after)


def _resolved(watched: Watched, before: Alert) -> Alert:
    return msgspec.structs.replace(
        before, available=watched.available, limit=watched.limit, suggested_quantity=Quantity(0)
    )


def suggested_quantity(watched: Watched) -> Quantity:
    """What to order to reach the target: whole packs, at least the supplier's minimum; 0 when enough is on its way."""
    missing = watched.target - watched.available - watched.incoming
    if missing <= 0:
        return Quantity(0)
    if watched.supply is None:
        return missing
    pack = max(int(watched.supply.pack_quantity), 1)
    packs = -(-max(missing, watched.supply.minimum_quantity) // pack)
    return Quantity(min(packs * pack, LIMIT))


def check_limits(limits: Sequence[WantedLimit]) -> Iterator[Reason]:
    """Everything that is wrong with a list of limits as such."""
    if len(limits) > MAX_LIMITS:
        yield TooManyLines(path=("limits",), lines=len(limits), limit=MAX_LIMITS)
        return
    seen: dict[tuple[int, int], int] = {}
    for index, wanted in enumerate(limits):
        path: Path = ("limits", index)
        first = seen.setdefault((wanted.sku_id, wanted.warehouse_id), index)
        if first != index:
            yield LimitGivenTwice(path=path, first=first)
        limit, clear_above, target = wanted.complete()
        if limit < 0:
            yield NegativeLimit(path=(*path, "limit"), limit=limit)
        elif clear_above < limit:
            yield ClearBelowLimit(path=(*path, "clear_above"), limit=limit, clear_above=clear_above)
        elif target < clear_above:
            yield TargetBelowLimit(path=(*path, "target"), limit=clear_above, target=target)
