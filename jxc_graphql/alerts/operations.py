"""Setting limits, taking up alerts, and the review that raises and resolves them."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Sequence

from jxc_graphql.alerts import queries, rules
from jxc_graphql.alerts.events import (
    LowStockAlertRaised,
    LowStockAlertResolved,
    LowStockAlertWorsened,
    StockAlertAcknowledged,
    StockLimitsSet,
)
from jxc_graphql.alerts.models import StockAlertStatus
from jxc_graphql.alerts.rules import Change, Verdict, WantedLimit
from jxc_graphql.auth.permissions import Permission
from jxc_graphql.documents.posting import posting
from jxc_graphql.documents.rules import OutOfScope, UnknownId
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, NotFound, Reason, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.stock import ledger
from jxc_graphql.stock.events import NamesStockLevels

_FACTS: dict[Change, type[LowStockAlertRaised | LowStockAlertWorsened | LowStockAlertResolved]] = {
    Change.RAISED: LowStockAlertRaised,
    Change.WORSENED: LowStockAlertWorsened,
    Change.RESOLVED: LowStockAlertResolved,
}


@posting(Permission.MANAGE_ALERTS)
async def set_stock_limits(call: Call, *, limits: Sequence[WantedLimit]) -> StockLimitsSet:
    """Sets the limits of many SKUs and warehouses at once; raises `Rejected` with everything that is wrong with any."""
    reject_if(rules.check_limits(limits))
    reject_if(await _check_places(call, limits))
    columns = ("id", "sku_id", "warehouse_id", "limit", "clear_above", "target")
    rows = await db.fetch(
        f"""
        INSERT INTO stock_limit (id, sku_id, warehouse_id, "limit", clear_above, target)
        SELECT line.id, line.sku_id, line.warehouse_id, line."limit", line.clear_above, line.target
        FROM {db.rows(dict.fromkeys(columns, "bigint"))} AS line
        WHERE true ORDER BY line.sku_id, line.warehouse_id
        ON CONFLICT (sku_id, warehouse_id) DO UPDATE
        SET "limit" = excluded."limit", clear_above = excluded.clear_above, target = excluded.target
        RETURNING sku_id, warehouse_id, id""",
        (db.json((new_id(), wanted.sku_id, wanted.warehouse_id, *wanted.complete()) for wanted in limits),),
    )
    ids = {(sku_id, warehouse_id): limit_id for sku_id, warehouse_id, limit_id in rows}
    # What was never stocked is out of stock as well: with a limit on it, its level exists.
    watched = [ledger.Expectation(sku_id=sku_id, warehouse_id=place, quantity=Quantity(0)) for sku_id, place in ids]
    return StockLimitsSet(
        change_id=new_id(),
        stock_limit_ids=tuple(ids[wanted.sku_id, wanted.warehouse_id] for wanted in limits),
        stock_level_ids=await ledger.expect(watched, at=call.at),
    )


async def _check_places(call: Call, limits: Sequence[WantedLimit]) -> list[Reason]:
    rows = await db.fetch(
        f"""
        SELECT line.line_no, sku.id IS NULL, warehouse.id IS NULL
        FROM {db.rows({"line_no": "bigint", "sku_id": "bigint", "warehouse_id": "bigint"})} AS line
        LEFT JOIN sku ON sku.id = line.sku_id
        LEFT JOIN warehouse ON warehouse.id = line.warehouse_id ORDER BY line.line_no""",
        (db.json((index, wanted.sku_id, wanted.warehouse_id) for index, wanted in enumerate(limits)),),
    )
    reasons: list[Reason] = []
    for index, no_sku, no_warehouse in rows:
        if no_sku:
            reasons.append(UnknownId(path=("limits", index, "sku_id"), kind="Sku"))
        if no_warehouse:
            reasons.append(UnknownId(path=("limits", index, "warehouse_id"), kind="Warehouse"))
        elif not call.sees(limits[index].warehouse_id):
            reasons.append(OutOfScope(path=("limits", index, "warehouse_id")))
    return reasons


@posting(Permission.MANAGE_ALERTS)
async def acknowledge_stock_alert(call: Call, *, stock_alert_id: int) -> StockAlertAcknowledged:
    """Takes an open alert up; raises `NotFound`, or `Conflict` when it is not open any more."""
    rows = await db.fetch("SELECT warehouse_id FROM stock_alert WHERE id = ?", (stock_alert_id,))
    if not rows or not call.sees(rows[0][0]):
        raise NotFound(UnknownId(path=("stock_alert_id",), kind="StockAlert"))
    changed = await db.execute(
        "UPDATE stock_alert SET status = ?, acknowledged_at = ? WHERE id = ? AND status = ?",
        (StockAlertStatus.ACKNOWLEDGED.value, call.at, stock_alert_id, StockAlertStatus.OPEN.value),
    )
    if not changed:
        ((status,),) = await db.fetch("SELECT status FROM stock_alert WHERE id = ?", (stock_alert_id,))
        raise Conflict(rules.AlertNotOpen(path=("stock_alert_id",), status=StockAlertStatus(status)))
    return StockAlertAcknowledged(stock_alert_id=stock_alert_id)


@db.transactional
async def review(call: Call, fact: NamesStockLevels) -> None:
    """Compares the levels that a fact names with their limits as they stand now; raises, updates, resolves alerts."""
    watched = await queries.watched(fact.stock_level_ids)
    verdicts = [verdict for level in watched if (verdict := rules.judge(level))]
    ids = [(verdict.watched.alert_id or new_id(), verdict) for verdict in verdicts]
    await _raise(call, [each for each in ids if each[1].change is Change.RAISED])
    await _update(call, [each for each in ids if each[1].change is not Change.RAISED])
    await journal.record_all([news for alert_id, verdict in ids if (news := _fact(alert_id, verdict))], call)


async def _raise(call: Call, raised: Sequence[tuple[int, Verdict]]) -> None:
    if not raised:
        return
    columns = ("id", "stock_level_id", "sku_id", "warehouse_id", "supplier_id",
               "available", "limit", "suggested_quantity")  # fmt: skip
    names = ", ".join(f'"{name}"' for name in columns)
    await db.execute(
        f"""
        INSERT INTO stock_alert (status, raised_at, severity, {names})
        SELECT ?, ?, line.severity, {", ".join(f'line."{name}"' for name in columns)}
        FROM {db.rows({"severity": "text"} | dict.fromkeys(columns, "bigint"))} AS line""",
        (
            StockAlertStatus.OPEN.value,
            call.at,
            db.json(
                (
                    verdict.alert.severity,
                    alert_id,
                    verdict.watched.stock_level_id,
                    verdict.watched.sku_id,
                    verdict.watched.warehouse_id,
                    verdict.alert.supplier_id,
                    verdict.alert.available,
                    verdict.alert.limit,
                    verdict.alert.suggested_quantity,
                )
                for alert_id, verdict in raised
            ),
        ),
    )


async def _update(call: Call, changed: Sequence[tuple[int, Verdict]]) -> None:
    if not changed:
        return
    numbers = ("supplier_id", "available", "limit", "suggested_quantity")
    columns = {"severity": "text"} | dict.fromkeys(("id", "resolved", *numbers), "bigint")
    await db.execute(
        f"""
        UPDATE stock_alert SET severity = line.severity,
            {", ".join(f'"{name}" = line."{name}"' for name in numbers)},
            status = CASE line.resolved WHEN 1 THEN ? ELSE status END,
            resolved_at = CASE line.resolved WHEN 1 THEN ? ELSE resolved_at END
        FROM {db.rows(columns)} AS line WHERE stock_alert.id = line.id""",
        (
            StockAlertStatus.RESOLVED.value,
            call.at,
            db.json(
                (
                    verdict.alert.severity,
                    alert_id,
                    int(verdict.change is Change.RESOLVED),
                    verdict.alert.supplier_id,
                    verdict.alert.available,
                    verdict.alert.limit,
                    verdict.alert.suggested_quantity,
                )
                for alert_id, verdict in changed
            ),
        ),
    )


def _fact(alert_id: int, verdict: Verdict) -> Fact | None:
    kind = _FACTS.get(verdict.change)
    if kind is None:
        return None
    return kind(
        stock_alert_id=alert_id,
        warehouse_id=verdict.watched.warehouse_id,
        severity=verdict.alert.severity,
        available=verdict.alert.available,
    )
