"""Reports are pages like all other lists, and their rows have ids that a cache of a client may go by."""

from datetime import timedelta

import httpx
import pytest

from jxc_graphql.kit import clock, db
from tests.make.group import Group
from tests.operations import send
from tests.pages import apart, walked

BY = ["CATEGORY", "WAREHOUSE", "BRANCH", "PRODUCT"]


@pytest.fixture
async def stocked(group: Group) -> Group:
    """Tea and two other goods in two warehouses, none of which anybody buys."""
    now = clock.now()
    await group.post(now - timedelta(days=40), group.coming("40", "80"), group.coming("1", "9", 2, 1))
    await group.post(now - timedelta(days=9), group.coming("7", "70", 1), group.coming("3", "9", 2))
    return group


@db.transactional
async def close_branch(group: Group) -> None:
    await db.execute("UPDATE warehouse SET branch_id = NULL WHERE id = ?", (group.warehouses[1].id,))


@pytest.mark.usefixtures("stocked")
async def test_levels_are_walked_once(client: httpx.AsyncClient) -> None:
    day = (clock.day_of(clock.now()) - timedelta(days=20)).isoformat()
    now = await walked(client, "analytics", "StockAsOf", {})
    then = await walked(client, "analytics", "StockAsOf", {"businessDate": day})
    assert [len(now), len(then)] == [4, 4]
    assert apart(now, then)
    month = await walked(client, "analytics", "SlowMovers", {"days": 30, "coverDays": 1})
    quarter = await walked(client, "analytics", "SlowMovers", {"days": 90, "coverDays": 1})
    assert [len(month), len(quarter)] == [4, 4]
    assert apart(now, then, month, quarter)
    assert quarter == await walked(client, "analytics", "SlowMovers", {"coverDays": 1})


@pytest.mark.parametrize("by", BY)
@pytest.mark.usefixtures("stocked")
async def test_groups_are_walked_once(client: httpx.AsyncClient, by: str) -> None:
    today = clock.day_of(clock.now())
    period = {"begin": (today - timedelta(days=60)).isoformat(), "through": today.isoformat()}
    questions = [("StockValuation", {}), ("StockAgeing", {}), ("StockTurnover", period)]
    answers = [await walked(client, "analytics", name, {"groupBy": by, **more}, "groups") for name, more in questions]
    assert {len(one) for one in answers} == {3 if by == "PRODUCT" else 2}
    assert apart(*answers)
    assert len({one["group"]["id"] for answer in answers for one in answer}) == sum(map(len, answers))
    ages = [age for answer in answers for one in answer for age in one.get("ages", ())]
    assert len({age["id"] for age in ages}) == len(ages) > 0


async def test_a_group_is_called_as_what_it_is_of(client: httpx.AsyncClient, stocked: Group) -> None:
    names = {}
    for by in BY:
        answer = await send(client, "analytics", "StockValuation", {"groupBy": by})
        names[by] = {one["group"]["name"] for one in answer["data"]["stockValuation"]["groups"]["nodes"]}
    assert names["WAREHOUSE"] == {one.name for one in stocked.warehouses}
    assert len(names["PRODUCT"]) == 3
    await close_branch(stocked)
    for language, word in (("en", "No branch"), ("zh-CN", "无门店")):
        client.headers["Accept-Language"] = language
        answer = await send(client, "analytics", "StockValuation", {"groupBy": "BRANCH"})
        groups = [one["group"] for one in answer["data"]["stockValuation"]["groups"]["nodes"]]
        assert [one["name"] for one in groups if one["branch"] is None] == [word]


@pytest.mark.usefixtures("stocked")
async def test_nothing_is_found_by_the_id_of_a_row(client: httpx.AsyncClient) -> None:
    (row, *_) = await walked(client, "analytics", "SlowMovers", {"coverDays": 1})
    answer = await send(client, "nodes", "Nodes", {"ids": [row["id"]]})
    assert answer["data"] == {"nodes": [None]}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["WRONG_KIND_OF_ID"]
