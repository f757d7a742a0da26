"""What is wrong with stock on a day, how bad it is, what to order, and what becomes of alerts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum, auto
from typing import TypeAlias

import msgspec

from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity, StockAlertStatus
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import LIMIT, Quantity
from jxc_graphql.office.company.settings import CompanySettings
from jxc_graphql.office.documents.rules import check_note

MAX_SNOOZE_DAYS = 366
"""How many days ahead an alert may be put off."""


class AlertNotOpen(Reason, frozen=True, kw_only=True):
    """Only an alert that nobody has taken up can be acknowledged."""

    status: StockAlertStatus
    """The status it has."""


class AlertResolved(Reason, frozen=True, kw_only=True):
    """What the alert is about is right again: there is nothing to put off."""


class SnoozeOutOfRange(Reason, frozen=True, kw_only=True):
    """An alert is put off until a day from tomorrow on, and not for ever."""

    first: date
    last: date


class PreferredSupply(msgspec.Struct, frozen=True, kw_only=True):
    """How the supplier to buy from sells a SKU."""

    supplier_id: int
    pack_quantity: Quantity
    minimum_quantity: Quantity


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What an alert is about: of each subject one at most is not resolved."""

    kind: StockAlertKind
    stock_level_id: int
    sku_id: int
    warehouse_id: int
    lot_id: int | None = None
    loan_id: int | None = None
    consignment_receipt_id: int | None = None


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What an alert that is not resolved says."""

    severity: StockAlertSeverity
    available: Quantity
    limit: Quantity = Quantity(0)
    suggested_quantity: Quantity = Quantity(0)
    supplier_id: int | None = None
    expires_on: date | None = None
    idle_since_on: date | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is not resolved, what there is now of what it is about, and the day until which it keeps quiet."""

    id: int
    alert: Alert
    there: Quantity
    snoozed_until_on: date | None = None


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A stock level with the limit that holds, and whom to buy from."""

    stock_level_id: int
    sku_id: int
    warehouse_id: int
    available: Quantity
    waiting: Quantity
    incoming: Quantity
    in_transit: Quantity
    limit: Quantity
    clear_above: Quantity
    target: Quantity
    upper: Quantity | None
    supply: PreferredSupply | None


class LotThere(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a lot that will expire is in a warehouse; the limit that holds may say how early to tell of it."""

    stock_level_id: int
    sku_id: int
    warehouse_id: int
    lot_id: int
    expires_on: date
    quantity: Quantity
    expiry_alert_days: int | None


class Unsold(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that are there, and since when none were sold; of goods that came later, since when they are there."""

    stock_level_id: int
    sku_id: int
    warehouse_id: int
    on_hand: Quantity
    idle_since_on: date


class NotBack(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a loan, or of what we borrowed, was not given back by the day on which it was due."""

    stock_level_id: int
    sku_id: int
    warehouse_id: int
    loan_id: int | None
    consignment_receipt_id: int | None
    quantity: Quantity


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """All that a review looks at."""

    standing: Mapping[Subject, Standing]
    watched: Sequence[Watched]
    lots: Sequence[LotThere]
    unsold: Sequence[Unsold]
    not_back: Sequence[NotBack]


class AlertChange(Enum):
    """What becomes of an alert."""

    RAISED = auto()
    WORSENED = auto()
    REOPENED = auto()
    UPDATED = auto()
    RESOLVED = auto()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a review of one subject comes to: the change, and what the alert says from now on."""

    change: AlertChange
    subject: Subject
    standing: Standing | None
    alert: Alert

    @property
    def wakes(self) -> bool:
        """Whether an alert that keeps quiet is to be heard again."""
        return self.change in {AlertChange.WORSENED, AlertChange.REOPENED}


Found: TypeAlias = tuple[Subject, Alert]


def review(seen: Seen, day: date, settings: CompanySettings) -> list[Verdict]:
    """Everything that has to change, in the order of levels, kinds and lots."""
    wrong = dict(_wrong(seen, day, settings))
    subjects = sorted(wrong.keys() | seen.standing.keys(), key=_order)
    verdicts = (judge(one, seen.standing.get(one), wrong.get(one), day) for one in subjects)
    return [verdict for verdict in verdicts if verdict]


def _order(subject: Subject) -> tuple[int, int, int]:
    one_of_many = subject.lot_id or subject.loan_id or subject.consignment_receipt_id or 0
    return subject.stock_level_id, list(StockAlertKind).index(subject.kind), one_of_many


def _wrong(seen: Seen, day: date, settings: CompanySettings) -> Iterator[Found]:
    for watched in seen.watched:
        yield from low(watched, is_open=_subject(watched, StockAlertKind.LOW) in seen.standing)
        yield from over(watched)
    for there in seen.lots:
        yield from expiring(there, day, settings.expiry_alert_days)
    for unsold in seen.unsold:
        yield from dead(unsold, day, settings.dead_stock_days)
    for one in seen.not_back:
        alert = Alert(severity=StockAlertSeverity.OVERDUE, available=one.quantity)
        yield _subject(one, StockAlertKind.OVERDUE), alert


def _subject(of: Watched | LotThere | Unsold | NotBack, kind: StockAlertKind) -> Subject:
    return Subject(
        kind=kind,
        stock_level_id=of.stock_level_id,
        sku_id=of.sku_id,
        warehouse_id=of.warehouse_id,
        lot_id=of.lot_id if isinstance(of, LotThere) else None,
        loan_id=of.loan_id if isinstance(of, NotBack) else None,
        consignment_receipt_id=of.consignment_receipt_id if isinstance(of, NotBack) else None,
    )


def low(watched: Watched, *, is_open: bool) -> Iterator[Found]:
    """Whether stock is low: once told of, until it is well above the limit."""
    if watched.available <= (watched.clear_above if is_open else watched.limit):
        yield (
            _subject(watched, StockAlertKind.LOW),
            Alert(
                severity=StockAlertSeverity.LOW if watched.available > 0 else StockAlertSeverity.OUT,
                available=watched.available,
                limit=watched.limit,
                suggested_quantity=suggested_quantity(watched),
                supplier_id=watched.supply.supplier_id if watched.supply else None,
            ),
        )


def over(watched: Watched) -> Iterator[Found]:
    """Whether there is too much."""
    if watched.upper is not None and watched.available > watched.upper:
        alert = Alert(severity=StockAlertSeverity.OVER, available=watched.available, limit=watched.upper)
        yield _subject(watched, StockAlertKind.OVER), alert


def expiring(there: LotThere, day: date, usual_days: int) -> Iterator[Found]:
    """Whether a lot expires so soon that somebody should know, or has expired."""
    days = usual_days if there.expiry_alert_days is None else there.expiry_alert_days
    left = (there.expires_on - day).days
    if left <= days:
        severity = StockAlertSeverity.EXPIRED if left < 0 else StockAlertSeverity.EXPIRING
        alert = Alert(severity=severity, available=there.quantity, expires_on=there.expires_on)
        yield _subject(there, StockAlertKind.EXPIRING), alert


def dead(unsold: Unsold, day: date, days: int) -> Iterator[Found]:
    """Whether nothing was sold for so long that somebody should know."""
    if (day - unsold.idle_since_on).days >= days:
        alert = Alert(severity=StockAlertSeverity.DEAD, available=unsold.on_hand, idle_since_on=unsold.idle_since_on)
        yield _subject(unsold, StockAlertKind.DEAD_STOCK), alert


_WORSE = {
    (StockAlertSeverity.LOW, StockAlertSeverity.OUT),
    (StockAlertSeverity.EXPIRING, StockAlertSeverity.EXPIRED),
}


def judge(subject: Subject, standing: Standing | None, after: Alert | None, day: date) -> Verdict | None:
    """What has to change for one subject; None when its alert, or that there is none, is right as it is."""
    if standing is None:
        return Verdict(change=AlertChange.RAISED, subject=subject, standing=None, alert=after) if after else None
    before, until = standing.alert, standing.snoozed_until_on
    if after is None:
        gone = msgspec.structs.replace(before, available=standing.there, suggested_quantity=Quantity(0))
        return Verdict(change=AlertChange.RESOLVED, subject=subject, standing=standing, alert=gone)
    if (before.severity, after.severity) in _WORSE:
        change = AlertChange.WORSENED
    elif until is not None and until <= day:
        change = AlertChange.REOPENED
    elif before == after:
        return None
    else:
        change = AlertChange.UPDATED
    return Verdict(change=change, subject=subject, standing=standing, alert=after)


def suggested_quantity(watched: Watched) -> Quantity:
    """What to order to reach the target: whole packs, at least the supplier's minimum; 0 when enough is on its way.

    Whoever waits is served first out of what comes, so that is ordered as well.
    """
    coming = watched.available + watched.incoming + watched.in_transit
    missing = int(watched.target) + int(watched.waiting) - int(coming)
    if missing <= 0:
        return Quantity(0)
    if watched.supply is not None:
        pack = max(int(watched.supply.pack_quantity), 1)
        missing = -(-max(missing, int(watched.supply.minimum_quantity)) // pack) * pack
    return Quantity(min(missing, LIMIT))


def check_snooze(until: date, today: date, note: str) -> Iterator[Reason]:
    """Whether an alert can be put off until a day."""
    days = (until - today).days
    if not 1 <= days <= MAX_SNOOZE_DAYS:
        first, last = (date.fromordinal(today.toordinal() + ahead) for ahead in (1, MAX_SNOOZE_DAYS))
        yield SnoozeOutOfRange(path=("until",), first=first, last=last)
    yield from check_note(note)
