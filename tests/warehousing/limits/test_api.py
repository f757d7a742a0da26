"""What a planner does about limits: the very documents of schema/operations/limits.graphql."""

from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from tests.make.plan import Plan
from tests.operations import ask, send, sign_in_as


def line(plan: Plan, sku: int, limit: str, **more: Any) -> dict[str, Any]:
    warehouse = global_id("Warehouse", plan.warehouses[0])
    return {"skuId": global_id("Sku", plan.skus[sku]), "warehouseId": warehouse, "limit": limit, **more}


async def test_sets_copies_scales_and_removes(client: httpx.AsyncClient, plan: Plan) -> None:
    season = {"startsOn": "2020-01-01", "endsOn": "2090-12-31", "upper": "99", "expiryAlertDays": 10}
    limits = [line(plan, 0, "5"), line(plan, 0, "8", **season)]
    done = await ask(client, "limits", "SetStockLimits", {"input": {"limits": limits, "idempotencyKey": "k"}})
    assert done["userErrors"] == []
    base, seasonal = done["stockLimits"]
    assert (base["isInForce"], seasonal["isInForce"]) == (False, True)
    assert (seasonal["upper"], seasonal["startsOn"], seasonal["expiryAlertDays"]) == ("99", "2020-01-01", 10)

    source, target = (global_id("Warehouse", one) for one in plan.warehouses)
    copy = {"fromWarehouseId": source, "toWarehouseId": target, "categoryId": global_id("Category", plan.drinks)}
    copied = await ask(client, "limits", "CopyStockLimits", {"input": copy})
    assert (copied["count"], copied["warehouse"]["id"], copied["userErrors"]) == (2, target, [])
    scale = {"warehouseId": target, "numerator": 3, "denominator": 2}
    assert (await ask(client, "limits", "ScaleStockLimits", {"input": scale}))["count"] == 2
    page = await ask(client, "limits", "StockLimits", {"where": {"warehouseId": {"eq": target}}})
    assert sorted(one["limit"] for one in page["nodes"]) == ["12", "7.5"]

    removed = await ask(client, "limits", "RemoveStockLimits", {"input": {"stockLimitIds": [base["id"]]}})
    assert (removed["count"], len(removed["stockLevels"]), removed["userErrors"]) == (1, 1, [])


async def test_says_with_which_limit_a_season_overlaps(client: httpx.AsyncClient, plan: Plan) -> None:
    first = line(plan, 0, "5", startsOn="2026-06-01", endsOn="2026-08-31")
    await ask(client, "limits", "SetStockLimits", {"input": {"limits": [first]}})
    second = line(plan, 0, "5", startsOn="2026-08-01")
    (problem,) = (await ask(client, "limits", "SetStockLimits", {"input": {"limits": [second]}}))["userErrors"]
    assert (problem["code"], problem["path"]) == ("LIMITS_OVERLAP", ["input", "limits", "0", "startsOn"])
    assert problem["from"] == "2026-09-01"
    assert await db.fetch("SELECT count(*) FROM stock_limit") == [(1,)]


async def test_needs_the_permission(client: httpx.AsyncClient, plan: Plan) -> None:
    await sign_in_as(client, "VIEWER")
    answer = await send(client, "limits", "SetStockLimits", {"input": {"limits": [line(plan, 0, "5")]}})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert await db.fetch("SELECT count(*) FROM stock_limit") == [(0,)]
