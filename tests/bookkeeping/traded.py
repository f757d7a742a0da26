"""What was traded with whom, worked out once more from the documents that say so, and months from their days."""

import math
from collections import Counter
from fractions import Fraction
from typing import Any

from jxc_graphql.kit import db
from tests.bookkeeping.by_hand import day

_BOUGHT = """
    SELECT supplier_id, sku_id, warehouse_id, business_date,
        quantity_accepted + quantity_rejected + quantity_uninspected,
        CASE WHEN is_replacement THEN 0 ELSE line.base_net END, line.value
    FROM goods_receipt_line AS line JOIN goods_receipt ON goods_receipt.id = goods_receipt_id
    UNION ALL SELECT back.supplier_id, line.sku_id, back.warehouse_id, back.business_date, line.quantity,
        CASE resolution WHEN 'CREDIT' THEN line.base_net ELSE 0 END, line.value
    FROM supplier_return_reversal_line AS line
    JOIN supplier_return_reversal AS back ON back.id = supplier_return_reversal_id
    JOIN supplier_return AS document ON document.id = back.supplier_return_id"""
_SOLD = """
    SELECT shipment.customer_id, seller_id, sku_id, shipment.warehouse_id, shipment.business_date, line.quantity,
        line.base_net, line.cost
    FROM shipment_line AS line JOIN shipment ON shipment.id = shipment_id
    JOIN sales_order ON sales_order.id = shipment.sales_order_id"""
_TOOK_BACK = """
    SELECT document.supplier_id, line.sku_id, document.warehouse_id, document.business_date, line.quantity,
        CASE WHEN is_replacement THEN 0 ELSE line.base_net END, line.value
    FROM goods_receipt_reversal_line AS line JOIN goods_receipt_reversal AS document
        ON document.id = goods_receipt_reversal_id
    JOIN goods_receipt_line AS came ON came.id = goods_receipt_line_id
    UNION ALL SELECT supplier_id, sku_id, warehouse_id, business_date, quantity,
        CASE resolution WHEN 'CREDIT' THEN line.base_net ELSE 0 END, value
    FROM supplier_return_line AS line JOIN supplier_return AS document ON document.id = supplier_return_id
    WHERE status IN ('POSTED', 'REVERSED')"""
_CAME_BACK = """
    SELECT shipment.customer_id, seller_id, line.sku_id, shipment.warehouse_id, document.business_date, line.quantity,
        line.base_net, line.cost
    FROM shipment_reversal_line AS line JOIN shipment_reversal AS document ON document.id = shipment_reversal_id
    JOIN shipment ON shipment.id = document.shipment_id JOIN sales_order ON sales_order.id = shipment.sales_order_id
    UNION ALL SELECT document.customer_id, seller_id, line.sku_id, document.warehouse_id, document.business_date,
        quantity_credited, line.base_net, line.cost
    FROM customer_return_line AS line JOIN customer_return AS document ON document.id = customer_return_id
    JOIN shipment_line AS sent ON sent.id = shipment_line_id JOIN shipment ON shipment.id = sent.shipment_id
    JOIN sales_order ON sales_order.id = shipment.sales_order_id WHERE quantity_credited > 0"""
_BACK = """
    SELECT sent.id, sent.quantity, sent.cost, {columns}, back.quantity, back.refunded, back.cost, {backs}
    FROM shipment_line AS sent JOIN (
        SELECT shipment_line_id, SUM(quantity) AS quantity, SUM(refunded) AS refunded, SUM(cost) AS cost, {sums} FROM (
            SELECT shipment_line_id, quantity, 0 AS refunded, cost, {names} FROM shipment_reversal_line
            UNION ALL SELECT shipment_line_id, quantity_credited,
                CASE resolution WHEN 'REFUND_ONLY' THEN quantity_credited ELSE 0 END, line.cost, {lines}
            FROM customer_return_line AS line WHERE quantity_credited > 0) AS part
        GROUP BY shipment_line_id) AS back ON back.shipment_line_id = sent.id"""
_AMOUNTS = ("net", "tax", "base_net", "base_tax")
_GIVEN_UP = """
    SELECT line.sku_id, warehouse_id, business_date, line.amount - line.discount, quantity_cancelled, line.quantity,
        tax_rate, prices_include_tax, exchange_rate, base_places
    FROM sales_order_line AS line JOIN sales_order ON sales_order.id = sales_order_id
    WHERE approved_at IS NOT NULL AND quantity_cancelled > 0"""
_SIDES = {
    "supplier": ("supplier_id", {"received": _BOUGHT, "returned": _TOOK_BACK}),
    "customer": ("customer_id, seller_id", {"sold": _SOLD, "returned": _CAME_BACK}),
}
_LEVEL = "JOIN stock_level ON stock_level.id = stock_level_id"

Told = Counter[tuple[Any, ...]]


async def differences() -> list[str]:
    """What days and months say that no document does."""
    return [*await _wrong_trade(), *await _wrong_revenue(), *await _wrong_months(), *await _wrong_returns()]


async def _wrong_trade() -> list[str]:
    wrong = []
    for side, (whose, ways) in _SIDES.items():
        figures = [f"{way}{of}" for way in ways for of in ("", "_net", "_value", "_lines")]
        days, months = Told(), Told()
        for way, select in ways.items():
            for *key, on, quantity, net, value in await db.fetch(select):
                for name, figure in (("", quantity), ("_net", net), ("_value", value), ("_lines", 1)):
                    days[*key, day(on), f"{way}{name}"] += figure
                    months[*key, day(on).replace(day=1), f"{way}{name}"] += figure
        for span, on, mine in (("day", "business_date", days), ("month", "month", months)):
            kept = Told()
            rows = await db.fetch(
                f"SELECT {whose}, sku_id, warehouse_id, {on}, {', '.join(figures)} FROM {side}_{span} {_LEVEL}"
            )
            for row in rows:
                of, when = row[: -len(figures) - 1], day(row[-len(figures) - 1])
                for name, figure in zip(figures, row[-len(figures) :], strict=True):
                    kept[*of, when, name] += figure
            wrong += _apart(f"{side}_{span}", mine, kept)
    return wrong


async def _wrong_revenue() -> list[str]:
    mine, kept = Told(), Told()
    for select, sign in ((_SOLD, 1), (_CAME_BACK, -1)):
        for *_, sku_id, warehouse_id, on, _quantity, net, _cost in await db.fetch(select):
            mine[sku_id, warehouse_id, day(on), "revenue"] += sign * net
    for sku_id, warehouse_id, on, *lost in await db.fetch(_GIVEN_UP):
        mine[sku_id, warehouse_id, day(on), "lost_revenue"] += _lost(*lost)
    rows = await db.fetch(
        f"SELECT sku_id, warehouse_id, business_date, day.revenue, day.lost_revenue FROM stock_day AS day {_LEVEL}"
    )
    for sku_id, warehouse_id, on, revenue, lost in rows:
        kept[sku_id, warehouse_id, day(on), "revenue"] += revenue
        kept[sku_id, warehouse_id, day(on), "lost_revenue"] += lost
    return _apart("revenue", mine, kept)


async def _wrong_returns() -> list[str]:
    """What came back of a line is no more than left, for its part of what was paid, at what that had cost."""
    of = {
        "columns": ", ".join(f"sent.{one}" for one in _AMOUNTS),
        "backs": ", ".join(f"back.{one}" for one in _AMOUNTS),
        "sums": ", ".join(f"SUM({one}) AS {one}" for one in _AMOUNTS),
        "names": ", ".join(_AMOUNTS),
        "lines": ", ".join(f"line.{one}" for one in _AMOUNTS),
    }
    wrong = []
    for line_id, quantity, cost, *rest in await db.fetch(_BACK.format(**of)):
        paid, (back, refunded, came_at, *credited) = rest[: len(_AMOUNTS)], map(int, rest[len(_AMOUNTS) :])
        due = [math.floor(Fraction(one * back, quantity * 100) + Fraction(1, 2)) * 100 for one in paid]
        if back > quantity or due != credited:
            wrong.append(f"{back} of {quantity} came back of {line_id} for {credited}, not {due}")
        if came_at > cost or (back == quantity and not refunded and came_at != cost):
            wrong.append(f"{back} of {quantity} of {line_id} came back at {came_at}, and had cost {cost}")
    return wrong


async def _wrong_months() -> list[str]:
    names = "quantity, value, in_transit_value, lent, received, received_value, sold, missing, revenue, revalued, "
    names += "sold_revalued, lost_demand, lost_revenue, transferred_in, transferred_out_value"
    mine, kept = Told(), Told()
    for level_id, on, *figures in await db.fetch(f"SELECT stock_level_id, business_date, {names} FROM stock_day"):
        for at, figure in enumerate(figures):
            mine[level_id, day(on).replace(day=1), at] += figure
    for level_id, on, *figures in await db.fetch(f"SELECT stock_level_id, month, {names} FROM stock_month"):
        for at, figure in enumerate(figures):
            kept[level_id, day(on), at] += figure
    return _apart("month", mine, kept)


def _lost(typed: int, cancelled: int, quantity: int, *terms: int) -> int:
    """In ten thousandths, rounded once, half up, to what the currency of the books has."""
    tax, has_tax_in_it, exchange, places = terms
    net = Fraction(typed * cancelled, quantity) / (1 + Fraction(tax, 10_000) if has_tax_in_it else 1)
    smallest: int = 10 ** (4 - places)
    return math.floor(net * Fraction(exchange, 10**8) / smallest + Fraction(1, 2)) * smallest


def _apart(what: str, mine: Told, kept: Told) -> list[str]:
    keys = mine.keys() | kept.keys()
    return [f"{what} {key} is {mine[key]}, not {kept[key]}" for key in keys if mine[key] != kept[key]]
