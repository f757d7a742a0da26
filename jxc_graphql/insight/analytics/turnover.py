"""How fast goods go: turnover of a period, and what does not go."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.insight.analytics import levels_as_of, rules
from jxc_graphql.insight.analytics.levels_as_of import OWNED, OWNED_VALUE
from jxc_graphql.insight.analytics.queries import KEYS, Group, groups_of, most_first
from jxc_graphql.insight.analytics.rules import DAY, StockChoice, StockGrouping
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Money, Quantity, Ratio, divide, ratio
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.warehousing.transfers.queries import IN_TRANSIT_FOR_SALE

_DAYS_LEFT = {
    "sqlite": "(CAST(julianday(?) - julianday(business_date) AS INTEGER) + 1)",
    "postgres": "(?::date - business_date + 1)",
}
"""For how many days of the period a change counted."""

_TO_SELL = f"available + ({IN_TRANSIT_FOR_SALE}) + lent"


class GoodsTurned(msgspec.Struct, frozen=True, kw_only=True):
    """What went of a group in a period of so many days, and what lay there on average when they ended."""

    group: Group | None
    opening: Quantity
    closing: Quantity
    sold: Quantity
    average_owned: Quantity
    average_value: Money
    days: int

    @property
    def turnover(self) -> Ratio | None:
        """How many times the average went; None where nothing lay there."""
        return ratio(self.sold, self.average_owned) if self.average_owned > 0 else None

    @property
    def days_of_stock(self) -> Ratio | None:
        """For how many days the average lasts; None where nothing was sold."""
        return ratio(self.average_owned * self.days, self.sold) if self.sold > 0 else None


class Turnover(msgspec.Struct, frozen=True, kw_only=True):
    """How fast all went that was asked for, and how that divides."""

    total: GoodsTurned
    groups: Callable[[Slice], Awaitable[Page[GoodsTurned]]]


class SlowMover(msgspec.Struct, frozen=True, kw_only=True):
    """A level that lasts too long: how much of it was sold, and for how many days what it has, or will have, lasts."""

    stock_level_id: int
    sold: Quantity
    days_of_cover: Ratio | None


async def stock_turnover(
    call: Call, choice: StockChoice, *, group_by: StockGrouping, begin: date, end: date
) -> Turnover:
    """How fast stock went in a period of business dates, by group: those first of which most was sold."""
    call.require(Permission.SEE_STOCK)
    reject_if([*rules.check_period(begin, end), *rules.check_choice(choice)])
    levels = levels_as_of.chosen(call, choice)
    left = _DAYS_LEFT[db.dialect()]
    rows = await db.fetch(
        f"""
        WITH chosen AS ({levels.text}),
        days AS (
            SELECT {KEYS[group_by]} AS grouped_by, business_date,
                SUM(stock_day.quantity + stock_day.in_transit + stock_day.lent) AS quantity,
                SUM(stock_day.value + stock_day.in_transit_value + stock_day.lent_value) AS value,
                SUM(stock_day.sold - stock_day.customer_returned) AS sold
            FROM stock_day JOIN chosen ON chosen.id = stock_day.stock_level_id WHERE business_date >= ? GROUP BY 1, 2),
        parts AS (
            SELECT {KEYS[group_by]} AS grouped_by, {OWNED} AS opening, {OWNED_VALUE} AS opening_value, 0 AS within,
                0 AS weighed, 0 AS weighed_value, 0 AS sold FROM chosen
            UNION ALL SELECT grouped_by, -quantity, -value, 0, 0, 0, 0 FROM days
            UNION ALL SELECT grouped_by, 0, 0, quantity, quantity * {left}, value * {left}, sold
            FROM days WHERE business_date <= ?)
        SELECT grouped_by, SUM(opening), SUM(within), SUM(weighed), SUM(sold), SUM(opening_value), SUM(weighed_value)
        FROM parts GROUP BY 1 ORDER BY 5 DESC, coalesce(grouped_by, 0)""",
        (*levels.params, begin, end, end, end),
    )
    days = (end - begin).days + 1
    turned = [row for row in rows if any(row[1:])]
    sums = [sum(int(row[place]) for row in rows) for place in range(1, 7)]

    async def page_of(page: Slice) -> Page[GoodsTurned]:
        some = page.cut(turned)
        named = await groups_of(call, group_by, [row[0] for row in some])
        return page.page([_turned(named[row[0]], row[1:], days) for row in some], len(turned))

    return Turnover(total=_turned(None, sums, days), groups=page_of)


def _turned(group: Group | None, sums: Sequence[Any], days: int) -> GoodsTurned:
    opening, within, weighed, sold, opening_value, weighed_value = map(int, sums)
    return GoodsTurned(
        group=group,
        opening=Quantity(opening),
        closing=Quantity(opening + within),
        sold=Quantity(sold),
        average_owned=Quantity(opening + divide(weighed, days)),
        average_value=Money(opening_value + divide(weighed_value, days)),
        days=days,
    )


async def slow_movers(call: Call, choice: StockChoice, *, days: int, cover: int, page: Slice) -> Page[SlowMover]:
    """Levels whose goods last longer than `cover` days at the pace of the last `days`: the most valuable first.

    Their goods are those that are available, on their way to them to be sold, or lent from them.
    """
    call.require(Permission.SEE_STOCK)
    reject_if(
        [
            *rules.check_choice(choice),
            *rules.check_number(days, ("days",), most=rules.MAX_DAYS),
            *rules.check_number(cover, ("cover_days",), most=rules.MAX_DAYS),
        ]
    )
    levels = levels_as_of.chosen(call, choice)
    rows, total = await page.read(
        f"""
        WITH chosen AS ({levels.text}),
        gone AS (SELECT chosen.id, SUM(stock_day.sold - stock_day.customer_returned) AS sold
            FROM stock_day JOIN chosen ON chosen.id = stock_day.stock_level_id
            WHERE business_date > ? AND business_date <= ? GROUP BY chosen.id)
        SELECT id, to_sell, sold, COUNT(*) OVER () FROM (
            SELECT level.*, {_TO_SELL} AS to_sell, coalesce(sold, 0) AS sold
            FROM chosen AS level LEFT JOIN gone ON gone.id = level.id) AS paced
        WHERE to_sell > 0 AND (sold <= 0 OR to_sell * ? > sold * ?)
        ORDER BY {most_first(call, OWNED_VALUE, OWNED)}, id""",
        (*levels.params, clock.day_of(call.at) - days * DAY, clock.day_of(call.at), days, cover),
    )
    slow = [
        SlowMover(
            stock_level_id=level_id,
            sold=Quantity(sold),
            days_of_cover=ratio(to_sell * days, sold) if sold > 0 else None,
        )
        for level_id, to_sell, sold in rows
    ]
    return page.page(slow, total)
