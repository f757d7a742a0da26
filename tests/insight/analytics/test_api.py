from datetime import timedelta
from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import ObjectType
from jxc_graphql.insight.analytics.rules import StockGrouping
from jxc_graphql.kit import clock, db, rights
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.schema import schema
from tests.make.group import Group
from tests.operations import send, sign_in_as

MOST_STATEMENTS = 5
SESSION_STATEMENTS = 1
"""Who asks is looked up first."""


@pytest.fixture
async def stocked(group: Group) -> Group:
    """40 pieces of tea at 2 and a bread at 9 since forty days; half of the tea was sold ten days ago."""
    now = clock.now()
    await group.post(now - timedelta(days=40), group.coming("40", "80"), group.coming("1", "9", 2, 1))
    await group.post(now - timedelta(days=10), group.going("20"))
    return group


async def ask(client: httpx.AsyncClient, operation: str, **variables: Any) -> Any:
    with db.statements() as seen:
        answer = await send(client, "analytics", operation, variables)
    assert "errors" not in answer, answer
    assert len(seen) <= MOST_STATEMENTS + SESSION_STATEMENTS, seen
    (field,) = answer["data"].values()
    return field


async def test_levels_are_told_as_of_a_moment_and_as_of_a_day(client: httpx.AsyncClient, stocked: Group) -> None:
    now = clock.now()
    past = (now - timedelta(days=20)).isoformat()
    tea, bread = (await ask(client, "StockAsOf", moment=past))["nodes"]
    assert (tea["onHand"], tea["value"], tea["unitCost"]) == ("40", "80", "2")
    assert (tea["stockLevel"]["onHand"], tea["stockLevel"]["sku"]["code"]) == ("20", "T0")
    assert (bread["onHand"], bread["stockLevel"]["warehouse"]["code"]) == ("1", "W1")
    before = (clock.day_of(now) - timedelta(days=50)).isoformat()
    assert [one["onHand"] for one in (await ask(client, "StockAsOf", businessDate=before))["nodes"]] == ["0", "0"]
    head = await ask(client, "StockAsOf", first=1, moment=past)
    assert (head["totalCount"], head["nodes"], head["pageInfo"]["hasNextPage"]) == (2, [tea], True)
    rest = await ask(client, "StockAsOf", first=1, after=head["pageInfo"]["endCursor"], moment=past)
    assert (rest["totalCount"], rest["nodes"], rest["pageInfo"]["hasNextPage"]) == (2, [bread], False)


async def test_value_age_and_pace_are_told_by_group(client: httpx.AsyncClient, stocked: Group) -> None:
    now = clock.now()
    found = await ask(client, "StockValuation", groupBy="CATEGORY")
    groups = found["groups"]["nodes"]
    assert (found["skuCount"], found["value"], found["inTransitValue"], found["groups"]["totalCount"]) == (
        2,
        "49",
        "0",
        2,
    )
    assert [(one["group"]["category"]["code"], one["share"]) for one in groups] == [
        ("T", "0.8163"),
        ("B", "0.1837"),
    ]
    assert groups[0]["group"]["branch"] is None
    past = await ask(client, "StockValuation", groupBy="BRANCH", moment=(now - timedelta(days=20)).isoformat())
    assert [(one["group"]["branch"]["code"], one["value"]) for one in past["groups"]["nodes"]] == [
        ("B0", "80"),
        ("B1", "9"),
    ]
    assert (past["inTransitValue"], past["ownedValue"]) == ("0", "89")
    ageing = await ask(client, "StockAgeing", groupBy="WAREHOUSE", buckets=[30, 60])
    assert [(one["fromDays"], one["toDays"], one["ownedValue"]) for one in ageing["ages"]] == [
        (0, 30, "0"),
        (31, 60, "49"),
        (61, None, "0"),
    ]
    assert len((await ask(client, "StockAgeing", groupBy="PRODUCT"))["ages"]) == 5
    days = [(clock.day_of(now) - timedelta(days=back)).isoformat() for back in (19, 0)]
    turned = await ask(client, "StockTurnover", groupBy="PRODUCT", begin=days[0], through=days[1])
    (most, *_) = turned["groups"]["nodes"]
    assert (most["group"]["product"]["code"], most["sold"], most["averageOwned"]) == ("T0", "20", "29")
    bread = {"categoryIds": [global_id("Category", stocked.category_ids["bread"])]}
    (slow,) = (await ask(client, "SlowMovers", where=bread))["nodes"]
    assert (slow["stockLevel"]["sku"]["code"], slow["daysOfCover"]) == ("X2", None)


async def test_a_level_says_how_long_it_lasts(client: httpx.AsyncClient, stocked: Group) -> None:
    ((level_id,),) = await db.fetch("SELECT id FROM stock_level WHERE sku_id = ?", (stocked.skus[0],))
    answer = await send(client, "goods", "StockLevel", {"id": global_id("StockLevel", level_id)})
    assert answer["data"]["stockLevel"]["daysOfCover"] == "30"


async def test_a_seller_sees_quantities_of_the_warehouses_in_scope(client: httpx.AsyncClient, stocked: Group) -> None:
    await sign_in_as(client, "SELLER", stocked.warehouses[0].id)
    (tea,) = (await ask(client, "StockQuantityAsOf"))["nodes"]
    assert tea["onHand"] == "20"
    answer = await send(client, "analytics", "StockValuation", {"groupBy": "BRANCH"})
    found = answer["data"]["stockValuation"]
    assert (found["onHand"], found["value"], found["groups"]["nodes"][0]["share"]) == ("20", None, None)
    assert "errors" not in answer
    assert {one["permission"] for one in answer["extensions"]["hidden"]} == {"SEE_COST"}
    answer = await send(client, "analytics", "StockAgeing", {"groupBy": "BRANCH"})
    found = answer["data"]["stockAgeing"]
    assert [one["owned"] for one in found["ages"]] == ["0", "20", "0", "0", "0"]
    assert {one["ownedValue"] for one in found["ages"]} == {None}


async def test_a_question_that_cannot_be_answered_says_why(client: httpx.AsyncClient, stocked: Group) -> None:
    variables = {"moment": "2026-01-01T00:00:00Z", "businessDate": "2026-01-01"}
    answer = await send(client, "analytics", "StockAsOf", variables)
    assert answer["data"] == {"stockAsOf": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["AMBIGUOUS_MOMENT"]
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"after": global_id("Sku", 1)}, "INVALID_CURSOR"), ({"first": 101}, "INVALID_PAGE_SIZE"),
    ]  # fmt: skip
    for page, code in wrong:
        for operation, needed in (("StockAsOf", {}), ("SlowMovers", {}), ("StockValuation", {"groupBy": "BRANCH"})):
            answer = await send(client, "analytics", operation, page | needed)
            assert [error["extensions"]["code"] for error in answer["errors"]] == [code], operation


def test_whoever_may_group_stock_sees_what_it_is_grouped_by() -> None:
    seen = rights.closed(frozenset({Permission.SEE_STOCK}))
    group = schema().types.objects["StockGroup"]
    kinds = {field.type.of for field in group.fields.values() if isinstance(field.type.of, ObjectType)}
    assert {kind.name.upper() for kind in kinds} == set(StockGrouping)
    assert {kind.requires for kind in kinds} <= seen
    assert group.requires == Permission.SEE_STOCK


async def test_levels_are_told_that_had_nothing_and_for_how_long(client: httpx.AsyncClient, stocked: Group) -> None:
    now = clock.now()
    begin, today = clock.day_of(now) - timedelta(days=3), clock.day_of(now)
    gone = clock.start_of(begin) + timedelta(hours=6)
    await stocked.post(gone, stocked.going("20"))
    await stocked.post(gone + timedelta(hours=6), stocked.coming("1", "2"))
    await stocked.post(gone + timedelta(hours=7), stocked.going("1"))
    days = {"begin": begin.isoformat(), "through": begin.isoformat()}
    (tea,) = (await ask(client, "StockOutages", **days))["nodes"]
    assert (tea["stockLevel"]["sku"]["code"], tea["times"], tea["minutes"]) == ("T0", 2, 17 * 60)
    assert tea["share"] == "0.7083"
    since = await ask(client, "StockOutages", begin=begin.isoformat(), through=(today + timedelta(days=9)).isoformat())
    lasting = (clock.now() - gone - timedelta(hours=1)) // timedelta(minutes=1)
    assert lasting - 2 <= since["nodes"][0]["minutes"] <= lasting
    future = (today + timedelta(days=1)).isoformat()
    assert (await ask(client, "StockOutages", begin=future, through=future))["totalCount"] == 0
    for end in ("0001-01-01", "9999-12-31"):
        assert (await ask(client, "StockOutages", begin=end, through=end))["totalCount"] == 0
    await sign_in_as(client, "SELLER", stocked.warehouses[1].id)
    assert (await ask(client, "StockOutages", **days))["totalCount"] == 0
