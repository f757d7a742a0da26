"""Facts of orders, and of what is priced as they are, by their names: for the policies of approvals.

What is about the credit of a customer is decided by `exposure` by the same figures; policies say who must agree to it.
"""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Money, RateOfExchange, UnitPrice, divide

BINDING = "('APPROVED', 'PARTIALLY_SHIPPED')"
"""Orders that goods are kept for and that still take goods, as SQL."""
_CREDIT = "(SELECT MAX(mine.id) FROM credit_limit AS mine WHERE mine.customer_id = {customer} OR mine.id = 1)"
_KEPT = "ROUND(line.{part} / 100 * 1.0 * (line.quantity - line.quantity_cancelled) / line.quantity) * 100"
_REACHED = f"""
    {{more}} + coalesce((SELECT SUM(other.base_gross - other.gross_shipped) FROM sales_order AS other
        WHERE other.customer_id = {{customer}} AND other.status IN {BINDING}), 0)
    - coalesce((SELECT SUM(line.base_net + line.base_tax - {_KEPT.format(part="base_net")}
            - {_KEPT.format(part="base_tax")})
        FROM sales_order AS other JOIN sales_order_line AS line ON line.sales_order_id = other.id
        WHERE other.customer_id = {{customer}} AND other.status IN {BINDING} AND line.quantity_cancelled > 0), 0)
    + coalesce((SELECT SUM(due.base_open) FROM due WHERE due.customer_id = {{customer}} AND due.open_amount <> 0), 0)"""
_OVERDUE = f"""
    SELECT SUM(CASE WHEN due.base_open > 0 AND due.due_on < {{before}} THEN due.base_open ELSE 0 END) AS overdue,
        SUM(CASE WHEN due.base_open < 0 THEN -due.base_open ELSE 0 END) AS paid_ahead,
        MIN(CASE WHEN due.base_open > 0 THEN due.due_on END) AS since
    FROM due LEFT JOIN credit_limit AS credit ON credit.id = {_CREDIT}
    WHERE due.customer_id = {{customer}} AND due.open_amount <> 0"""
_SINCE = {
    "sqlite": "CAST(julianday('{today}') - julianday(since) AS BIGINT)",
    "postgres": "(CAST('{today}' AS date) - since)",
}
_BEFORE = {
    "sqlite": "date('{today}', '-' || coalesce(credit.grace_days, 0) || ' days')",
    "postgres": "CAST('{today}' AS date) - coalesce(credit.grace_days, 0)",
}
"""The first day after which nothing is overdue yet."""


def bargain(table: str) -> dict[str, str]:
    """What is taken off documents of a table, what is earned by them, and by how much they are below minimum prices."""

    def of_lines(told: str, joined: str = "", also: str = "") -> str:
        return f"(SELECT SUM({told}) FROM {table}_line AS line {joined} WHERE line.{table}_id = {table}.id {also})"

    level = f"stock_level.sku_id = line.sku_id AND stock_level.warehouse_id = {table}.warehouse_id"
    cost = of_lines("line.quantity * 1.0 * stock_level.unit_cost / 1000000", f"JOIN stock_level ON {level}")
    least = "(minimum_price.net_price * 1.0 * line.quantity / 1000000 - line.base_net)"
    below = of_lines(least, "JOIN minimum_price ON minimum_price.sku_id = line.sku_id", f"AND {least} > 0")
    discount = of_lines("line.discount + line.discount_share")
    return {
        "DISCOUNT": f"ROUND({discount} * 1.0 * {table}.exchange_rate / 100000000)",
        "MARGIN": f"{table}.base_net - ROUND(coalesce({cost}, 0))",
        "BELOW_MINIMUM": f"ROUND(coalesce({below}, 0))",
    }


_PER_PRICE = 10**UnitPrice.places


class Bargain(msgspec.Struct, frozen=True, kw_only=True):
    """What `bargain` tells of an order that is to be: taken off, earned, and below minimum prices, in the books."""

    discount: Money
    margin: Money
    below_minimum: Money


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """What a bargain is measured by: what a unit of a SKU costs in a warehouse, and is to be sold for at least."""

    unit_cost: int
    least: int


async def measures_of(warehouse_id: int, sku_ids: Collection[int]) -> dict[int, Measures]:
    """Those of SKUs; 0 where nothing is known."""
    asked = db.ids(sku_ids)
    rows = await db.fetch(
        f"""
        SELECT asked.id, coalesce(level.unit_cost, 0), coalesce(least.net_price, 0) FROM {asked.table} AS asked
        LEFT JOIN stock_level AS level ON level.sku_id = asked.id AND level.warehouse_id = ?
        LEFT JOIN minimum_price AS least ON least.sku_id = asked.id""",
        (*asked.params, warehouse_id),
    )
    return {sku_id: Measures(unit_cost=cost, least=least) for sku_id, cost, least in rows}


def bargain_of(order: Any, lines: Iterable[Any], known: Mapping[int, Measures]) -> Bargain:
    """What `bargain` will tell of an order with these lines."""
    lines = [*lines]
    discount = sum(int(one.discount) + int(one.discount_share) for one in lines)
    net = sum(int(one.base_net) for one in lines)
    cost = sum(int(one.quantity) * known[one.sku_id].unit_cost for one in lines)
    below = sum(max(int(one.quantity) * known[one.sku_id].least - int(one.base_net) * _PER_PRICE, 0) for one in lines)
    return Bargain(
        discount=Money(divide(discount * int(order.exchange_rate), 10**RateOfExchange.places)),
        margin=Money(net - divide(cost, _PER_PRICE)),
        below_minimum=Money(divide(below, _PER_PRICE)),
    )


def exceeded(customer: str, more: str) -> str:
    """By how much a customer would be trusted with more than his limit, with so much more that is ordered."""
    reached = _REACHED.format(customer=customer, more=more)
    return (
        f"(SELECT coalesce(MAX(CASE WHEN {more} > 0 AND reached > amount THEN reached - amount ELSE 0 END), 0) "
        f"FROM (SELECT credit.amount, {reached} AS reached FROM credit_limit AS credit "
        f"WHERE credit.id = {_CREDIT.format(customer=customer)}) AS found)"
    )


def overdue_days(customer: str) -> Callable[[], str]:
    """Since how many days a customer should have paid, after the days of grace; in the steps of an amount."""

    def told() -> str:
        today = clock.day_of(clock.now())
        since, before = (by[db.dialect()].format(today=today) for by in (_SINCE, _BEFORE))
        overdue = _OVERDUE.format(customer=customer, before=before)
        return (
            f"(SELECT coalesce(MAX(CASE WHEN overdue > paid_ahead THEN {since} * 10000 ELSE 0 END), 0) "
            f"FROM ({overdue}) AS found)"
        )

    return told
