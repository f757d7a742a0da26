import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql import wiring
from jxc_graphql.books.goods import queries as stock
from jxc_graphql.books.goods.rules import Move, NotThereThen
from jxc_graphql.insight.analytics import queries
from jxc_graphql.insight.analytics.rules import StockChoice, StockGrouping
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Rejected
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.kit.pages import WHOLE, Slice
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.periods.operations import close_period
from tests.make.group import FIGURES, TODAY, Group, Levels, noon
from tests.make.rights import without
from tests.patience import settled

ALL = StockChoice()
MADE_UP = {"stock_level.unit_cost", "stock_level.in_transit", "stock_level.lent", "stock_month", "account_entry:"}
"""Of what the books cannot agree: costs are set by hand, and no transfer, loan or document is behind what moved."""


async def then(group: Group, moment: datetime | None = None, business_date: date | None = None) -> Levels:
    found = (await queries.stock_as_of(group.call, ALL, at=moment, business_date=business_date, page=WHOLE)).nodes
    return {one.stock_level_id: tuple(int(getattr(one, name)) for name in FIGURES) for one in found}


async def leave(group: Group, moment: datetime, move: Move, on: date) -> date:
    """Posts under a day, or the first one after it under which the goods were there and are not missed; gives which."""
    try:
        await group.post(moment, move, on=on)
    except Rejected as refused:
        (reason,) = refused.reasons
        assert isinstance(reason, NotThereThen)
        await group.post(moment, move, on=reason.fits_on)
        return reason.fits_on
    return on


async def live(group: Group, seed: int = 1) -> dict[datetime, Levels]:
    """A month in which goods come, go, break, travel and are lent, several times a day, some of it posted late; and
    what the levels were at each moment."""
    fate, moment, seen = random.Random(seed), noon(1) - timedelta(hours=11), {}
    on_their_way: list[tuple[str, int, date]] = []
    lent: list[tuple[str, int, date]] = []
    for n in range(60):
        moment += timedelta(hours=fate.choice((1, 3, 12)))
        act = fate.choice(("come", "go", "go", "break", "send", "arrive", "revalue", "lend", "give back"))
        sku, house = (0, 0) if act in {"send", "lend"} else (fate.randrange(3), fate.randrange(2))
        on = clock.day_of(moment) - timedelta(days=fate.choice((0, 0, 0, 4)))
        here = await db.fetch(
            "SELECT available FROM stock_level WHERE sku_id = ? AND warehouse_id = ?",
            (group.skus[sku], group.warehouses[house].id),
        )
        there = here[0][0] if here else 0
        some = str(Quantity(fate.randrange(there) + 1)) if there else "0"
        match act:
            case "arrive" if on_their_way:
                quantity, consignment, since = on_their_way.pop()
                await group.post(moment, group.arriving(quantity, consignment), on=max(on, since))
            case "give back" if lent:
                quantity, loan, since = lent.pop()
                await group.post(moment, group.giving_back(quantity, loan), on=max(on, since))
            case "lend" if there:
                lent.append((some, n + 1, await leave(group, moment, group.lending(some, n + 1), on)))
            case "go" if there:
                await leave(group, moment, group.going(some, sku, house), on)
            case "break" if there:
                await leave(group, moment, group.breaking(some, sku, house), on)
            case "send" if there:
                on_their_way.append((some, n + 1, await leave(group, moment, group.sending(some, n + 1), on)))
            case "revalue" if there and sku != 1:
                await group.revalue(moment, "1.2345", sku, house)
            case _:
                quantity, value = f"{fate.randrange(1, 90)}.{n}", f"{fate.randrange(500)}.{n}"
                await group.post(moment, group.coming(quantity, value, sku, house), on=on)
        seen[moment] = await group.levels()
    assert moment < group.call.at
    return seen


async def by_business_date(day: date) -> Levels:
    """What movements and revaluations that count for a day, or an earlier one, add up to."""
    rows = await db.fetch(
        """
        SELECT level.id, kind, SUM(quantity), SUM(leg.value) FROM (
            SELECT sku_id, to_place_id AS place_id, quantity, value FROM stock_movement WHERE business_date <= ?
            UNION ALL SELECT sku_id, from_place_id, -quantity, -value FROM stock_movement WHERE business_date <= ?
            UNION ALL SELECT sku_id, stock_place_id, 0, value FROM stock_revaluation AS one
            JOIN warehouse ON warehouse.id = one.warehouse_id WHERE business_date <= ?) AS leg
        JOIN place ON place.id = place_id
        JOIN stock_level AS level ON level.sku_id = leg.sku_id AND level.warehouse_id = place.warehouse_id
        GROUP BY level.id, kind""",
        (day, day, day),
    )
    found = {level_id: [0] * 6 for (level_id,) in await db.fetch("SELECT id FROM stock_level")}
    for level_id, kind, quantity, value in rows:
        first = {"TRANSIT": 2, "LENT": 4}.get(kind, 0)
        found[level_id][first] += int(quantity)
        found[level_id][first + 1] += int(value)
    return {level_id: tuple(figures) for level_id, figures in found.items()}


def filled(levels: Levels, every: Levels) -> Levels:
    """Levels that have come into being since were empty."""
    return {level_id: levels.get(level_id, (0,) * 6) for level_id in every}


async def test_the_past_by_posting_is_what_the_levels_were(group: Group) -> None:
    seen = await live(group)
    assert {one.what.split()[0] for one in await differences()} <= MADE_UP
    present = await group.levels()
    assert all(any(figures[place] for levels in seen.values() for figures in levels.values()) for place in range(6))
    before: Levels = {}
    for moment, levels in seen.items():
        assert await then(group, moment) == filled(levels, present), moment
        assert await then(group, moment - timedelta(microseconds=1)) == filled(before, present), moment
        before = levels
    assert await then(group) == present
    assert await then(group, noon(1) - timedelta(days=30)) == filled({}, present)


async def test_the_past_by_business_date_is_what_counts_until_then(group: Group) -> None:
    await live(group, seed=3)
    days = [date(2026, 3, 1) + timedelta(days=day) for day in range(-3, 32)]
    expected = {on: await by_business_date(on) for on in days}
    assert {on: await then(group, business_date=on) for on in days} == expected
    assert await then(group, business_date=TODAY + timedelta(days=400)) == await group.levels()
    # Closing balances shorten the way, and change nothing.
    for day in (10, 17, 25):
        await close_period(group.call, through=date(2026, 3, day))
    await settled()
    await wiring.REACTIONS.settle()
    assert await db.fetch("SELECT DISTINCT period_id FROM closing_balance")
    assert {on: await then(group, business_date=on) for on in days} == expected
    assert any(figures[4] for levels in expected.values() for figures in levels.values())
    await ages_add_up_to_the_value_of_the_levels(group)


async def ages_add_up_to_the_value_of_the_levels(group: Group) -> None:
    present = await group.levels()
    found = await queries.stock_ageing(group.call, ALL, group_by=StockGrouping.WAREHOUSE, buckets=[5, 10, 20])
    assert int(found.owned_value) == sum(sum(figures[1::2]) for figures in present.values())
    assert int(found.owned) == sum(sum(figures[::2]) for figures in present.values())
    assert (
        Money.total(age.owned_value for one in (await found.groups(WHOLE)).nodes for age in one.ages)
        == found.owned_value
    )


async def totals(
    group: Group, by: StockGrouping, *, call: Call | None = None, choice: StockChoice = ALL, on: date | None = None
) -> Mapping[Any, Any]:
    found = await queries.stock_valuation(call or group.call, choice, group_by=by, at=None, business_date=on)
    key = queries.KEYS[by]
    assert Money.total(one.value for one in (await found.groups(WHOLE)).nodes) == found.value
    return {getattr(one.group, key): (str(one.on_hand), str(one.value)) for one in (await found.groups(WHOLE)).nodes}


async def stocked(group: Group) -> None:
    await group.post(noon(2), group.coming("10", "20"), group.coming("6", "60", 1), group.coming("4", "4", 2, 1))
    await group.post(noon(20), group.going("5"), group.coming("1", "100", 2))
    await group.post(noon(25), group.sending("2", 1))


async def test_value_is_added_up_by_whatever_is_asked_for(group: Group) -> None:
    await stocked(group)
    tea, bread = group.category_ids["tea"], group.category_ids["bread"]
    first, second = group.warehouses
    assert await totals(group, StockGrouping.CATEGORY) == {bread: ("5", "104"), tea: ("9", "66")}
    assert await totals(group, StockGrouping.WAREHOUSE) == {first.id: ("10", "166"), second.id: ("4", "4")}
    assert await totals(group, StockGrouping.BRANCH) == {
        group.branch_ids[0]: ("10", "166"),
        group.branch_ids[1]: ("4", "4"),
    }
    before = await totals(group, StockGrouping.CATEGORY, on=date(2026, 3, 19))
    assert before == {tea: ("16", "80"), bread: ("4", "4")}
    found = await queries.stock_valuation(group.call, ALL, group_by=StockGrouping.PRODUCT, at=None, business_date=None)
    assert (found.sku_count, str(found.value), str(found.in_transit_value)) == (3, "170", "4")
    most, *others = (await found.groups(WHOLE)).nodes
    rest = await found.groups(Slice(start=1, size=9))
    assert (rest.nodes, rest.goes_on, await rest.count()) == (others, False, 3)
    assert (most.group.product_id, str(most.share), most.sku_count) == (group.product_ids[2], "0.5977", 1)


async def test_a_report_keeps_to_what_is_asked_for(group: Group) -> None:
    await stocked(group)
    drinks, bread = group.category_ids["drinks"], group.category_ids["bread"]
    by = StockGrouping.WAREHOUSE
    first, second = group.warehouses
    assert await totals(group, by, choice=StockChoice(category_ids=[drinks])) == {
        first.id: ("9", "66"),
        second.id: ("0", "0"),
    }
    assert await totals(group, by, choice=StockChoice(category_ids=[bread], branch_ids=[group.branch_ids[1]])) == {
        second.id: ("4", "4")
    }
    assert await totals(group, by, choice=StockChoice(sku_ids=[group.skus[1]])) == {first.id: ("6", "60")}
    assert await totals(group, by, choice=StockChoice(warehouse_ids=[])) == {}
    scoped = msgspec.structs.replace(group.call, scopes={Dimension.WAREHOUSE: frozenset({second.id})})
    assert await totals(group, by, call=scoped, choice=StockChoice(category_ids=[bread])) == {second.id: ("4", "4")}
    assert await totals(group, by, call=scoped, choice=StockChoice(warehouse_ids=[first.id])) == {}


async def test_who_may_not_see_costs_learns_nothing_of_them_from_the_order(group: Group) -> None:
    await stocked(group)
    blind = msgspec.structs.replace(group.call, permissions=without(Permission.SEE_COST))
    by = StockGrouping.CATEGORY
    tea, bread = group.category_ids["tea"], group.category_ids["bread"]
    assert [*await totals(group, by)] == [bread, tea]
    assert [*await totals(group, by, call=blind)] == [tea, bread]


async def test_pages_follow_one_another_by_code(group: Group) -> None:
    await stocked(group)
    read: list[int] = []
    goes_on = True
    while goes_on:
        page = Slice(start=len(read), size=2)
        found = await queries.stock_as_of(group.call, ALL, at=None, business_date=TODAY, page=page)
        read += [one.stock_level_id for one in found.nodes]
        goes_on = found.goes_on
    assert await found.count() == len(read)
    rows = await db.fetch(
        "SELECT level.id FROM stock_level AS level JOIN sku ON sku.id = sku_id ORDER BY code, level.id"
    )
    assert read == [level_id for (level_id,) in rows]


async def test_age_is_counted_from_the_day_on_which_the_company_had_the_goods(group: Group) -> None:
    await group.post(noon(1), group.coming("3", "3"), group.coming("2", "10", 1), on=TODAY - timedelta(days=40))
    await group.post(noon(2), group.coming("4", "7"), group.coming("2", "30", 1), on=TODAY - timedelta(days=30))
    await group.post(noon(3), group.sending("1", 7))
    found = await queries.stock_ageing(group.call, ALL, group_by=StockGrouping.PRODUCT, buckets=[29, 30, 39])
    by_product = {
        one.group.product_id: [(str(age.owned), str(age.owned_value)) for age in one.ages]
        for one in (await found.groups(WHOLE)).nodes
    }
    # 6 pieces of SKU 0 on hand are worth 8.5714 together: 2 of them are older, and take their share first; one of the
    # oldest is on its way, worth 1.4286.
    assert by_product == {
        group.product_ids[1]: [("0", "0"), ("2", "30"), ("0", "0"), ("2", "10")],
        group.product_ids[0]: [("0", "0"), ("4", "5.7143"), ("0", "0"), ("3", "4.2857")],
    }
    assert [(age.from_days, age.to_days) for age in found.ages] == [(0, 29), (30, 30), (31, 39), (40, None)]
    assert (str(found.owned_value), str(found.owned)) == ("50", "11")
    assert [str(age.share) for age in found.ages] == ["0", "0.7143", "0", "0.2857"]


async def test_goods_last_as_long_as_they_sell(group: Group) -> None:
    await group.post(noon(1), group.coming("100", "100"), group.coming("5", "5", 1), on=date(2026, 1, 5))
    await group.post(noon(2), group.going("30"), on=date(2026, 3, 1))  # 30 days ago: it does not count any more
    await group.post(noon(3), group.going("20"), on=date(2026, 3, 2))
    rows = await db.fetch("SELECT id, available FROM stock_level ORDER BY id")
    keys = [(level_id, Quantity(available)) for level_id, available in rows]
    lasts = await stock.days_of_cover(group.call, keys)
    assert [str(one) for one in lasts] == ["75", "None"]


async def test_questions_that_cannot_be_answered_are_refused(group: Group) -> None:
    with pytest.raises(Rejected) as refused:
        await queries.stock_valuation(
            group.call,
            StockChoice(sku_ids=[1] * 501),
            group_by=StockGrouping.PRODUCT,
            at=noon(1),
            business_date=TODAY,
        )
    assert [one.code for one in refused.value.reasons] == ["AMBIGUOUS_MOMENT", "TOO_MANY_LINES"]
    nobody = msgspec.structs.replace(group.call, permissions=frozenset())
    with pytest.raises(Forbidden):
        await queries.stock_as_of(nobody, ALL, at=None, business_date=None, page=WHOLE)
