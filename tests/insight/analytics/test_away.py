"""Goods that are in transit or lent belong to every report: 8 pieces worth 24 stay 8 worth 24, wherever they are."""

from datetime import date, datetime, timedelta

import pytest

from jxc_graphql import wiring
from jxc_graphql.insight.analytics import queries, turnover
from jxc_graphql.insight.analytics.queries import GoodsHeld
from jxc_graphql.insight.analytics.rules import StockChoice, StockGrouping
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.kit.pages import WHOLE
from jxc_graphql.office.periods.operations import close_period
from tests.make.group import NOW, Group, noon
from tests.patience import settled

ALL = StockChoice()
BOUGHT, LEFT, AFTER = date(2026, 3, 5), date(2026, 3, 10), date(2026, 3, 15)
BY = StockGrouping.WAREHOUSE


@pytest.fixture(params=["in_transit", "lent"])
async def away(request: pytest.FixtureRequest, group: Group) -> tuple[Group, str]:
    """8 pieces worth 24, of which 4 leave the first warehouse five days later and are still away."""
    leaves = group.sending("4", 7) if request.param == "in_transit" else group.lending("4", 7)
    await group.post(noon(BOUGHT.day), group.coming("8", "24"))
    await group.post(noon(LEFT.day), leaves)
    return group, request.param


def told(held: GoodsHeld) -> dict[str, tuple[str, str]]:
    """Pieces and their value, wherever there are any, and all together."""
    found = {
        "on_hand": (held.on_hand, held.value),
        "in_transit": (held.in_transit, held.in_transit_value),
        "lent": (held.lent, held.lent_value),
    }
    there = {where: (str(pieces), str(value)) for where, (pieces, value) in found.items() if pieces or value}
    return there | {"owned": (str(held.owned), str(held.owned_value))}


async def test_value_by_group_now_and_then(away: tuple[Group, str]) -> None:
    group, where = away
    whole = {"on_hand": ("8", "24"), "owned": ("8", "24")}
    parted = {"on_hand": ("4", "12"), where: ("4", "12"), "owned": ("8", "24")}
    moments: dict[tuple[datetime | None, date | None], dict[str, tuple[str, str]]]
    moments = {(None, None): parted, (noon(12), None): parted, (noon(8), None): whole}
    moments |= {(None, on): whole if on < LEFT else parted for on in (BOUGHT, LEFT - timedelta(days=1), LEFT, AFTER)}
    for (at, on), expected in moments.items():
        found = await queries.stock_valuation(group.call, ALL, group_by=BY, at=at, business_date=on)
        assert told(found) == expected, (at, on)
        assert found.sku_count == 1
        assert Money.total(one.owned_value for one in (await found.groups(WHOLE)).nodes) == found.owned_value
        levels = (await queries.stock_as_of(group.call, ALL, at=at, business_date=on, page=WHOLE)).nodes
        assert Quantity.total(one.owned for one in levels) == Quantity.of("8")
        assert Money.total(one.owned_value for one in levels) == Money.of("24")
    # In transit they count for the warehouse to which they go, lent for the one from which they come.
    held_by = {one.group.warehouse_id: str(one.owned) for one in (await found.groups(WHOLE)).nodes}
    first, second = (house.id for house in group.warehouses)
    assert held_by == ({first: "4", second: "4"} if where == "in_transit" else {first: "8"})


async def test_the_moment_of_leaving_within_a_day(away: tuple[Group, str]) -> None:
    group, where = away
    for at, gone in ((noon(LEFT.day), True), (noon(LEFT.day) - timedelta(microseconds=1), False)):
        found = await queries.stock_valuation(group.call, ALL, group_by=BY, at=at, business_date=None)
        assert told(found).get(where) == (("4", "12") if gone else None)
        assert (str(found.owned), str(found.owned_value)) == ("8", "24")


async def test_closed_periods_keep_what_was_away(away: tuple[Group, str]) -> None:
    group, where = away
    for day in (LEFT - timedelta(days=1), LEFT, AFTER):
        await close_period(group.call, through=day)
    await settled()
    await wiring.REACTIONS.settle()
    rows = await db.fetch(
        f"SELECT ends_on, SUM(quantity), SUM(closing.value), SUM({where}), SUM({where}_value) "
        "FROM closing_balance AS closing JOIN period ON period.id = period_id GROUP BY ends_on ORDER BY ends_on"
    )
    steps = [[int(figure) // 10_000 for figure in figures] for _, *figures in rows]
    assert steps == [[8, 24, 0, 0], [4, 12, 4, 12], [4, 12, 4, 12]]
    # A state behind them is reckoned from them.
    found = await queries.stock_valuation(group.call, ALL, group_by=BY, at=None, business_date=LEFT + timedelta(days=2))
    assert told(found) == {"on_hand": ("4", "12"), where: ("4", "12"), "owned": ("8", "24")}


async def test_age_is_of_all_that_the_company_has(away: tuple[Group, str]) -> None:
    group, _ = away
    found = await queries.stock_ageing(group.call, ALL, group_by=BY, buckets=[20, 26])
    assert [(str(age.owned), str(age.owned_value)) for age in found.ages] == [("0", "0"), ("8", "24"), ("0", "0")]


async def test_pace_is_that_of_all_that_the_company_has(away: tuple[Group, str]) -> None:
    group, _ = away
    await group.post(noon(20), group.going("2"))
    found = await turnover.stock_turnover(group.call, ALL, group_by=BY, begin=LEFT, end=date(2026, 3, 29))
    total = found.total
    assert (str(total.opening), str(total.closing), str(total.sold)) == ("8", "6", "2")
    # 8 pieces for ten days, 6 for ten.
    assert (str(total.average_owned), str(total.average_value)) == ("7", "21")


async def test_what_is_away_lasts_as_well(away: tuple[Group, str]) -> None:
    group, where = away
    assert group.call.at == NOW
    await group.post(noon(20), group.going("4"))
    found = (await turnover.slow_movers(group.call, ALL, days=30, cover=29, page=WHOLE)).nodes
    rows = await db.fetch("SELECT id FROM stock_level WHERE in_transit + lent > 0")
    # Nothing is available: 4 pieces last for ever where none was sold, and thirty days where 4 went in thirty.
    lasts = None if where == "in_transit" else "30"
    assert [(one.stock_level_id, one.days_of_cover and str(one.days_of_cover)) for one in found] == [
        (rows[0][0], lasts)
    ]
