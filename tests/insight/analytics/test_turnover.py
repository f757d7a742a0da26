from datetime import date

import pytest

from jxc_graphql.insight.analytics import turnover
from jxc_graphql.insight.analytics.rules import StockChoice, StockGrouping
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.pages import WHOLE
from tests.make.group import TODAY, Group, noon

ALL = StockChoice()


async def gone(group: Group) -> None:
    """Of tea: 100 at first, 20 more on the 6th; 40 sold on the 3rd, 10 on the 9th. Of bread nothing is ever sold."""
    await group.post(noon(1), group.coming("100", "200"), group.coming("8", "8", 2))
    await group.post(noon(3), group.going("40"))
    await group.post(noon(6), group.coming("20", "40"))
    await group.post(noon(9), group.going("10"))


async def test_turnover_is_what_was_sold_by_what_lay_there_day_by_day(group: Group) -> None:
    await gone(group)
    found = await turnover.stock_turnover(
        group.call, ALL, group_by=StockGrouping.CATEGORY, begin=date(2026, 3, 2), end=date(2026, 3, 5)
    )
    tea, bread = (await found.groups(WHOLE)).nodes
    # The days ended with 100, 60, 60, 60.
    assert (str(tea.opening), str(tea.closing), str(tea.sold)) == ("100", "60", "40")
    assert (str(tea.average_owned), str(tea.average_value)) == ("70", "140")
    assert (str(tea.turnover), str(tea.days_of_stock)) == ("0.5714", "7")
    assert (str(bread.average_owned), str(bread.turnover), bread.days_of_stock) == ("8", "0", None)
    assert (str(found.total.opening), str(found.total.average_owned)) == ("108", "78")


async def test_turnover_of_the_days_before_the_books_is_nothing(group: Group) -> None:
    await gone(group)
    found = await turnover.stock_turnover(
        group.call, ALL, group_by=StockGrouping.BRANCH, begin=date(2026, 1, 1), end=date(2026, 1, 31)
    )
    assert ((await found.groups(WHOLE)).nodes, str(found.total.average_owned), found.total.turnover) == ([], "0", None)


async def test_a_period_does_not_end_before_it_begins(group: Group) -> None:
    with pytest.raises(Rejected, match="PeriodBackwards"):
        await turnover.stock_turnover(group.call, ALL, group_by=StockGrouping.BRANCH, begin=TODAY, end=date(2026, 3, 1))


async def test_slow_movers_last_longer_than_they_should(group: Group) -> None:
    await gone(group)
    await group.post(noon(10), group.coming("5", "500", 1))
    levels = {sku: level for level, sku in await _levels()}
    # 70 pieces of tea are left; 50 were sold in 30 days, so they last 42.
    found = (await turnover.slow_movers(group.call, ALL, days=30, cover=41, page=WHOLE)).nodes
    assert [one.stock_level_id for one in found] == [levels[group.skus[sku]] for sku in (1, 0, 2)]
    assert [(str(one.sold), str(one.days_of_cover)) for one in found] == [("0", "None"), ("50", "42"), ("0", "None")]
    found = (await turnover.slow_movers(group.call, ALL, days=30, cover=42, page=WHOLE)).nodes
    assert [one.stock_level_id for one in found] == [levels[group.skus[sku]] for sku in (1, 2)]


async def _levels() -> list[tuple[int, int]]:

    return [(level, sku) for level, sku in await db.fetch("SELECT id, sku_id FROM stock_level")]
