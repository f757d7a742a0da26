"""What a review looks at: alerts that stand, levels with their limits, lots that expire, goods that do not sell."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from jxc_graphql.insight.alerts import rules
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.insight.alerts.rules import (
    Alert,
    AlertChange,
    LotThere,
    NotBack,
    PreferredSupply,
    Seen,
    Standing,
    Subject,
    Unsold,
    Verdict,
    Watched,
)
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.partners.queries import KnownPrice
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.comparisons import Difference
from jxc_graphql.warehousing.consignments import queries as consignments
from jxc_graphql.warehousing.limits.queries import in_force_on
from jxc_graphql.warehousing.loans.queries import OUT, overdue_on
from jxc_graphql.warehousing.transfers.queries import IN_TRANSIT_FOR_SALE

REVIEW = "levels"
"""The one row of `alert_review`."""

_LOT_THERE = """
    JOIN place ON place.id = place_level.place_id AND place.kind NOT IN ('TRANSIT', 'LENT')
    WHERE place_level.quantity > 0 AND place_level.lot_id"""
_STANDING = f"""
    SELECT alert.kind, level.id, alert.sku_id, alert.warehouse_id, alert.lot_id, alert.loan_id,
        alert.consignment_receipt_id, alert.id,
        alert.snoozed_until_on,
        CASE alert.kind WHEN 'DEAD_STOCK' THEN level.on_hand WHEN 'EXPIRING' THEN (
            SELECT CAST(coalesce(SUM(place_level.quantity), 0) AS bigint) FROM place_level {_LOT_THERE} = alert.lot_id
                AND place.warehouse_id = alert.warehouse_id)
        WHEN 'OVERDUE' THEN coalesce((
            SELECT CAST(SUM({OUT}) AS bigint) FROM loan_line WHERE loan_id = alert.loan_id AND sku_id = alert.sku_id), (
            SELECT CAST(SUM(stock.quantity) AS bigint) FROM consignment_receipt_line AS line
            JOIN consigned_stock AS stock ON stock.id = line.id
            WHERE line.consignment_receipt_id = alert.consignment_receipt_id AND line.sku_id = alert.sku_id), 0)
        ELSE level.available END,
        alert.severity, alert.available, alert."limit", alert.suggested_quantity, alert.supplier_id, alert.expires_on,
        alert.idle_since_on
    FROM {{levels}} JOIN stock_alert AS alert ON alert.stock_level_id = level.id AND alert.status <> 'RESOLVED'"""
_WATCHED = f"""
    SELECT level.id, level.sku_id, level.warehouse_id, level.available, level.waiting, level.incoming,
           {IN_TRANSIT_FOR_SALE}, one."limit", one.clear_above, one.target, one.upper
    FROM {{levels}} JOIN ({{in_force}}) AS one ON one.sku_id = level.sku_id AND one.warehouse_id = level.warehouse_id"""
_LOTS = """
    SELECT level.id, level.sku_id, level.warehouse_id, lot.id, lot.expires_on,
           CAST(SUM(place_level.quantity) AS bigint), one.expiry_alert_days
    FROM {levels}
    JOIN place_level ON place_level.sku_id = level.sku_id AND place_level.quantity > 0
    JOIN place ON place.id = place_level.place_id AND place.warehouse_id = level.warehouse_id
        AND place.kind NOT IN ('TRANSIT', 'LENT')
    JOIN lot ON lot.id = place_level.lot_id AND lot.expires_on IS NOT NULL
    LEFT JOIN ({in_force}) AS one ON one.sku_id = level.sku_id AND one.warehouse_id = level.warehouse_id
    WHERE level.on_hand > 0
    GROUP BY level.id, level.sku_id, level.warehouse_id, lot.id, lot.expires_on, one.expiry_alert_days"""
_UNSOLD = """
    WITH there AS MATERIALIZED (
        SELECT level.id, level.sku_id, level.warehouse_id, level.on_hand FROM {levels} WHERE level.on_hand > 0),
    days AS MATERIALIZED (
        SELECT stock_level_id, business_date, SUM(quantity) AS quantity, MAX(quantity) AS most, MAX(sold) AS sold
        FROM there JOIN stock_day ON stock_day.stock_level_id = there.id GROUP BY stock_level_id, business_date),
    balances AS (
        SELECT stock_level_id, business_date,
            SUM(quantity) OVER (PARTITION BY stock_level_id ORDER BY business_date) AS balance FROM days),
    emptied AS (
        SELECT stock_level_id, MAX(business_date) AS empty_on FROM balances WHERE balance <= 0 GROUP BY stock_level_id),
    since AS (
        SELECT days.stock_level_id, MAX(CASE WHEN sold > 0 THEN business_date END) AS sold_on,
            MIN(CASE WHEN most > 0 AND (empty_on IS NULL OR business_date > empty_on) THEN business_date END)
                AS there_on
        FROM days LEFT JOIN emptied ON emptied.stock_level_id = days.stock_level_id GROUP BY days.stock_level_id),
    oldest AS (
        SELECT stock_level_id, MIN(origin_on) AS origin_on FROM there JOIN cost_layer AS layer
            ON layer.stock_level_id = there.id AND layer.consignment_id = 0 AND layer.quantity > 0
        GROUP BY stock_level_id)
    SELECT there.id, sku_id, warehouse_id, on_hand, sold_on, origin_on, there_on FROM there
    LEFT JOIN since ON since.stock_level_id = there.id LEFT JOIN oldest ON oldest.stock_level_id = there.id"""
"""The last sale; since when the company has the oldest goods; since when the warehouse has not been without any."""
_NOT_BACK = """
    SELECT level.id, level.sku_id, level.warehouse_id, one.loan_id, NULL, one.quantity
    FROM {levels} JOIN ({overdue}) AS one ON one.sku_id = level.sku_id AND one.warehouse_id = level.warehouse_id
    WHERE level.lent > 0"""
_NOT_GIVEN_BACK = """
    SELECT level.id, level.sku_id, level.warehouse_id, NULL, one.consignment_receipt_id, one.quantity
    FROM {levels} JOIN ({borrowed}) AS one ON one.stock_level_id = level.id WHERE level.consigned > 0"""


async def look(stock_level_ids: Collection[int] | None, day: date) -> Seen:
    """What there is to judge about the named stock levels, or all, on a day; as many statements for any number."""

    async def watched() -> list[Watched]:
        rows = await _fetch(_WATCHED, stock_level_ids, day)
        prices = await partners.preferred_prices({sku_id for _, sku_id, *_ in rows}) if rows else {}
        return [_watched(row, prices.get(row[1])) for row in rows]

    selects = (_STANDING, _LOTS, _UNSOLD, _NOT_BACK, _NOT_GIVEN_BACK)
    asked = (_fetch(select, stock_level_ids, day) for select in selects)
    seen, standing, lots, unsold, *not_back = await db.together(watched(), *asked)
    return Seen(
        standing=dict(map(_standing, standing)),
        watched=seen,
        lots=[_lot(row) for row in lots],
        unsold=[_unsold(row) for row in unsold],
        not_back=[_not_back(row) for rows in not_back for row in rows],
    )


async def not_resolved(call: Call, stock_level_ids: Sequence[int]) -> list[list[int]]:  # noqa: ARG001  (as `batched` asks)
    """The alerts of each stock level that are not resolved, oldest first; one statement."""
    rows = await db.fetch(
        f"SELECT level.id, alert.id FROM {db.rows({'id': 'bigint'})} AS level JOIN stock_alert AS alert "
        "ON alert.stock_level_id = level.id AND alert.status <> 'RESOLVED' ORDER BY alert.id",
        (db.json([level_id] for level_id in stock_level_ids),),
    )
    found: dict[int, list[int]] = {level_id: [] for level_id in stock_level_ids}
    for level_id, alert_id in rows:
        found[level_id].append(alert_id)
    return [found[level_id] for level_id in stock_level_ids]


async def _fetch(select: str, stock_level_ids: Collection[int] | None, day: date) -> list[tuple[Any, ...]]:
    on_day = {"in_force": in_force_on(day), "overdue": overdue_on(day), "borrowed": consignments.overdue_on(day)}
    if stock_level_ids is None:
        return await db.fetch(select.format(levels="stock_level AS level", **on_day))
    levels = f"{db.rows({'id': 'bigint'})} AS named JOIN stock_level AS level ON level.id = named.id"
    named = db.json((level_id,) for level_id in sorted(set(stock_level_ids)))
    return await db.fetch(select.format(levels=levels, **on_day), (named,))


def _standing(row: tuple[Any, ...]) -> tuple[Subject, Standing]:
    kind, level_id, sku_id, warehouse_id, lot_id, loan_id, receipt_id, alert_id, snoozed_until_on, there, *alert = row
    severity, available, limit, suggested_quantity, supplier_id, expires_on, idle_since_on = alert
    subject = Subject(
        kind=StockAlertKind(kind),
        stock_level_id=level_id,
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        lot_id=lot_id,
        loan_id=loan_id,
        consignment_receipt_id=receipt_id,
    )
    said = Alert(
        severity=StockAlertSeverity(severity),
        available=Quantity(available),
        limit=Quantity(limit),
        suggested_quantity=Quantity(suggested_quantity),
        supplier_id=supplier_id,
        expires_on=expires_on and db.day(expires_on),
        idle_since_on=idle_since_on and db.day(idle_since_on),
    )
    until = snoozed_until_on and db.day(snoozed_until_on)
    return subject, Standing(id=alert_id, alert=said, there=Quantity(there), snoozed_until_on=until)


def _watched(row: tuple[Any, ...], price: KnownPrice | None) -> Watched:
    level_id, sku_id, warehouse_id, available, waiting, incoming, in_transit, limit, clear_above, target, upper = row
    return Watched(
        stock_level_id=level_id,
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        available=Quantity(available),
        waiting=Quantity(waiting),
        incoming=Quantity(incoming),
        in_transit=Quantity(in_transit),
        limit=Quantity(limit),
        clear_above=Quantity(clear_above),
        target=Quantity(target),
        upper=None if upper is None else Quantity(upper),
        supply=None if price is None else _supply(price),
    )


def _supply(price: KnownPrice) -> PreferredSupply:
    return PreferredSupply(
        supplier_id=price.supplier_id, pack_quantity=price.pack_quantity, minimum_quantity=price.minimum_quantity
    )


def _lot(row: tuple[Any, ...]) -> LotThere:
    level_id, sku_id, warehouse_id, lot_id, expires_on, quantity, expiry_alert_days = row
    return LotThere(
        stock_level_id=level_id,
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        lot_id=lot_id,
        expires_on=db.day(expires_on),
        quantity=Quantity(quantity),
        expiry_alert_days=expiry_alert_days,
    )


def _unsold(row: tuple[Any, ...]) -> Unsold:
    level_id, sku_id, warehouse_id, on_hand, *days = row
    return Unsold(
        stock_level_id=level_id,
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        on_hand=Quantity(on_hand),
        idle_since_on=max(db.day(day) for day in days if day is not None),
    )


def _not_back(row: tuple[Any, ...]) -> NotBack:
    level_id, sku_id, warehouse_id, loan_id, receipt_id, quantity = row
    return NotBack(
        stock_level_id=level_id,
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        loan_id=loan_id,
        consignment_receipt_id=receipt_id,
        quantity=Quantity(quantity),
    )


async def levels_of_lots(lot_ids: Collection[int]) -> list[tuple[int, int]]:
    """Lots, each with a stock level that holds goods of it, or to which some are on their way, or with an alert."""
    lots = db.rows({"id": "bigint"})
    asked = db.json([lot_id] for lot_id in lot_ids)
    return await db.fetch(
        f"""
        SELECT lot.id, level.id FROM {lots} AS lot JOIN place_level ON place_level.lot_id = lot.id
        JOIN place ON place.id = place_level.place_id
        JOIN stock_level AS level ON level.sku_id = place_level.sku_id AND level.warehouse_id = place.warehouse_id
        WHERE place_level.quantity > 0
        UNION SELECT lot.id, stock_level_id FROM {lots} AS lot
        JOIN stock_alert AS alert ON alert.lot_id = lot.id AND alert.status <> 'RESOLVED'""",
        (asked, asked),
    )


async def reviewed_on() -> date | None:
    """The newest day for which all levels were reviewed."""
    rows = await db.fetch("SELECT completed_on FROM alert_review WHERE name = ?", (REVIEW,))
    return next((db.day(day) for (day,) in rows if day), None)


async def differences() -> list[Difference]:
    """Where alerts do not agree with the levels; meaningful once reactions have settled.

    As of the day for which all levels were last reviewed, and as long as none were, without what only days change.
    """
    reviewed = await reviewed_on()
    day = reviewed or clock.day_of(clock.now())
    verdicts = rules.review(await look(None, day), day, await company.present())
    return [
        _difference(verdict)
        for verdict in verdicts
        if (reviewed or verdict.subject.kind in {StockAlertKind.LOW, StockAlertKind.OVER}) and _differs(verdict)
    ]


def _differs(verdict: Verdict) -> bool:
    """A suggestion may be older than the supplier's latest terms; everything else must agree at all times."""
    if verdict.change in {AlertChange.UPDATED, AlertChange.REOPENED}:
        return verdict.standing is None or _numbers(verdict.alert) != _numbers(verdict.standing.alert)
    return True


def _difference(verdict: Verdict) -> Difference:
    subject = verdict.subject
    one_of_many = {"lot": subject.lot_id, "loan": subject.loan_id, "receipt": subject.consignment_receipt_id}
    which = "".join(f" {name} {key}" for name, key in one_of_many.items() if key)
    return Difference(
        what="stock_alert",
        key=f"stock level {subject.stock_level_id}{which}",
        expected="none" if verdict.change is AlertChange.RESOLVED else _numbers(verdict.alert),
        actual=_numbers(verdict.standing.alert) if verdict.standing else "none",
    )


def _numbers(alert: Alert) -> str:
    day = alert.expires_on or alert.idle_since_on
    return f"{alert.severity} {alert.available} of {alert.limit}{f' since {day}' if day else ''}"
