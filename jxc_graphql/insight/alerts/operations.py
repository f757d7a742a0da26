"""Taking up and putting off alerts, and the review that raises and resolves them."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from operator import attrgetter

from jxc_graphql.books.goods.facts import NamesStockLevels
from jxc_graphql.insight.alerts import facts, queries, rules
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertStatus
from jxc_graphql.insight.alerts.rules import AlertChange, Verdict
from jxc_graphql.kit import clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, NotFound, UnknownId, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.journal import Entry, Fact
from jxc_graphql.masters.lots.facts import LotBlocked, LotUnblocked, LotUpdated
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.posting import posting

LOCK = "alerts"
"""The lock under which levels are reviewed: two reviews at once would raise the same alert twice."""
LEVELS = 1_000
"""Levels reviewed by one set of statements."""

_FACTS: dict[AlertChange, Callable[..., Fact]] = {
    AlertChange.RAISED: facts.StockAlertRaised,
    AlertChange.WORSENED: facts.StockAlertWorsened,
    AlertChange.RESOLVED: facts.StockAlertResolved,
    AlertChange.REOPENED: facts.StockAlertReopened,
}
_SUBJECT = {
    "kind": "text",
    **dict.fromkeys(
        ("stock_level_id", "sku_id", "warehouse_id", "lot_id", "loan_id", "consignment_receipt_id"), "bigint"
    ),
}
_SAID = {
    "severity": "text",
    **dict.fromkeys(("available", "limit", "suggested_quantity", "supplier_id"), "bigint"),
    **dict.fromkeys(("expires_on", "idle_since_on"), "date"),
}
_OfLot = LotUpdated | LotBlocked | LotUnblocked
_subject, _said = attrgetter(*_SUBJECT), attrgetter(*_SAID)


@posting(Permission.MANAGE_ALERTS)
async def acknowledge_stock_alert(call: Call, *, stock_alert_id: int, note: str = "") -> facts.StockAlertAcknowledged:
    """Takes an alert up; raises `NotFound`, or `Conflict` when somebody has already, or it is resolved."""
    reject_if(rules.check_note(note))
    kind, warehouse_id, status = await _lock(call, stock_alert_id)
    if status not in {StockAlertStatus.OPEN, StockAlertStatus.SNOOZED}:
        raise Conflict(rules.AlertNotOpen(path=("stock_alert_id",), status=status))
    await db.execute(
        "UPDATE stock_alert SET status = ?, acknowledged_at = ?, note = ?, snoozed_until_on = NULL WHERE id = ?",
        (StockAlertStatus.ACKNOWLEDGED.value, call.at, note.strip(), stock_alert_id),
    )
    return facts.StockAlertAcknowledged(
        stock_alert_id=stock_alert_id, kind=kind, warehouse_id=warehouse_id, note=note.strip()
    )


@posting(Permission.MANAGE_ALERTS)
async def snooze_stock_alert(
    call: Call, *, stock_alert_id: int, until: date, note: str = ""
) -> facts.StockAlertSnoozed:
    """Puts an alert off until a day, or until it gets worse; raises `NotFound`, or `Conflict` when it is resolved."""
    reject_if(rules.check_snooze(until, clock.day_of(call.at), note))
    kind, warehouse_id, status = await _lock(call, stock_alert_id)
    if status is StockAlertStatus.RESOLVED:
        raise Conflict(rules.AlertResolved(path=("stock_alert_id",)))
    await db.execute(
        "UPDATE stock_alert SET status = ?, snoozed_until_on = ?, note = ? WHERE id = ?",
        (StockAlertStatus.SNOOZED.value, until, note.strip(), stock_alert_id),
    )
    return facts.StockAlertSnoozed(
        stock_alert_id=stock_alert_id, kind=kind, warehouse_id=warehouse_id, until=until, note=note.strip()
    )


async def _lock(call: Call, stock_alert_id: int) -> tuple[StockAlertKind, int, StockAlertStatus]:
    await db.hold(LOCK, ahead=True)
    rows = await db.fetch("SELECT kind, warehouse_id, status FROM stock_alert WHERE id = ?", (stock_alert_id,))
    if not rows or not call.sees(Dimension.WAREHOUSE, rows[0][1]):
        raise NotFound(UnknownId(path=("stock_alert_id",), kind="StockAlert"))
    ((kind, warehouse_id, status),) = rows
    return StockAlertKind(kind), warehouse_id, StockAlertStatus(status)


async def review(call: Call, fact: NamesStockLevels) -> None:
    """Reviews the levels that a fact names."""
    await review_levels(call, fact.stock_level_ids)


async def review_all(call: Call, entries: Sequence[Entry]) -> None:
    """Reviews the levels that facts name, and those with goods of a lot that they name, each of them once.

    What comes of it is recorded for the request of the newest of them that names the level.
    """
    causes: dict[int, str] = {}
    lots = {one.fact.lot_id: one.request_id for one in entries if isinstance(one.fact, _OfLot)}
    if lots:
        causes.update((level_id, lots[lot_id]) for lot_id, level_id in await queries.levels_of_lots(lots))
    for one in entries:
        causes.update(dict.fromkeys(getattr(one.fact, "stock_level_ids", ()), one.request_id))
    await review_levels(call, causes, causes)


@db.transactional
async def review_levels(call: Call, stock_level_ids: Collection[int], causes: Mapping[int, str] | None = None) -> None:
    """Compares levels with limits, lots and sales as they stand on the day of the call; raises, updates, resolves.

    `causes`: by level the request for which it is done, where that is not the call's.
    """
    if stock_level_ids:
        await db.hold(LOCK, ahead=True)
    ids = sorted(stock_level_ids)
    for first in range(0, len(ids), LEVELS):
        await _review(call, ids[first : first + LEVELS], causes or {})


async def _review(call: Call, stock_level_ids: Sequence[int], causes: Mapping[int, str]) -> None:
    day = clock.day_of(call.at)
    seen, settings = await db.together(queries.look(stock_level_ids, day), company.present())
    verdicts = rules.review(seen, day, settings)
    ids = [(verdict.standing.id if verdict.standing else new_id(), verdict) for verdict in verdicts]
    await _raise(call, [each for each in ids if each[1].change is AlertChange.RAISED])
    await _update(call, [each for each in ids if each[1].change is not AlertChange.RAISED])
    told = [(alert_id, verdict) for alert_id, verdict in ids if verdict.change in _FACTS]
    requests = [causes.get(verdict.subject.stock_level_id, call.request_id) for _, verdict in told]
    journal.record_all([_fact(alert_id, verdict) for alert_id, verdict in told], call, requests)


async def _raise(call: Call, raised: Sequence[tuple[int, Verdict]]) -> None:
    if not raised:
        return
    columns = {"id": "bigint", **_SUBJECT, **_SAID}
    await db.execute(
        f"""
        INSERT INTO stock_alert (status, raised_at, note, {", ".join(f'"{name}"' for name in columns)})
        SELECT ?, ?, '', {", ".join(f'line."{name}"' for name in columns)} FROM {db.rows(columns)} AS line""",
        (
            StockAlertStatus.OPEN.value,
            call.at,
            db.json((alert_id, *_subject(verdict.subject), *_said(verdict.alert)) for alert_id, verdict in raised),
        ),
    )


async def _update(call: Call, changed: Sequence[tuple[int, Verdict]]) -> None:
    if not changed:
        return
    columns = {**dict.fromkeys(("id", "resolved", "wakes"), "bigint"), **_SAID}
    await db.execute(
        f"""
        UPDATE stock_alert SET {", ".join(f'"{name}" = line."{name}"' for name in _SAID)},
            status = CASE WHEN line.resolved = 1 THEN ? WHEN line.wakes = 1 AND status = ? THEN ? ELSE status END,
            snoozed_until_on = CASE WHEN line.resolved = 1 OR line.wakes = 1 THEN NULL ELSE snoozed_until_on END,
            resolved_at = CASE line.resolved WHEN 1 THEN ? ELSE resolved_at END
        FROM {db.rows(columns)} AS line WHERE stock_alert.id = line.id""",
        (
            StockAlertStatus.RESOLVED.value,
            StockAlertStatus.SNOOZED.value,
            StockAlertStatus.OPEN.value,
            call.at,
            db.json(
                (alert_id, int(verdict.change is AlertChange.RESOLVED), int(verdict.wakes), *_said(verdict.alert))
                for alert_id, verdict in changed
            ),
        ),
    )


def _fact(alert_id: int, verdict: Verdict) -> Fact:
    return _FACTS[verdict.change](
        stock_alert_id=alert_id,
        kind=verdict.subject.kind,
        warehouse_id=verdict.subject.warehouse_id,
        severity=verdict.alert.severity,
        available=verdict.alert.available,
    )
