from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.warehousing.openings import operations
from jxc_graphql.warehousing.openings.operations import OpeningLine
from tests.make.shop import TODAY, Shop
from tests.operations import limit_to, send


async def data(client: httpx.AsyncClient, operation: str, variables: dict[str, Any] | None = None) -> Any:
    answer = await send(client, "goods", operation, variables)
    assert "errors" not in answer
    return answer["data"]


async def opened(shop: Shop) -> int:
    lines = [OpeningLine(sku_id=shop.skus[0], quantity=Quantity.of("10"), unit_cost=UnitPrice.of("2.5"))]
    fact = await operations.post_opening_balance(
        shop.call, warehouse_id=shop.warehouse.id, business_date=TODAY, lines=lines
    )
    return fact.subject_id


async def test_levels_and_movements_are_listed_and_summed(client: httpx.AsyncClient, shop: Shop) -> None:
    await opened(shop)
    where = {"skuId": {"eq": global_id("Sku", shop.skus[0])}}
    levels = (await data(client, "StockLevels", {"first": 10, "where": where}))["stockLevels"]
    assert levels["totalCount"] == 1
    assert levels["nodes"][0]["warehouse"]["code"] == shop.warehouse.code
    summary = (await data(client, "StockSummary"))["stockLevels"]["aggregates"]["sum"]
    assert summary == {"onHand": "10", "available": "10", "incoming": "0", "value": "25"}
    (movement,) = (await data(client, "StockMovements", {"where": where}))["stockMovements"]["nodes"]
    assert (movement["fromPlace"]["kind"], movement["toPlace"]["kind"]) == ("OPENING", "STOCK")
    assert movement["document"]["__typename"] == "OpeningBalance"
    assert (movement["quantity"], movement["value"], movement["businessDate"]) == ("10", "25", "2026-03-01")


async def sign_in_as_seller(client: httpx.AsyncClient, *warehouse_ids: int) -> None:
    """A seller, who may not see costs, in some of the warehouses."""
    user = await auth.create_user(auth.system_call(), username="sam", name="Sam", roles=["SELLER"])
    await limit_to(user.user_id, *warehouse_ids)
    issued = await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="test")
    client.headers["authorization"] = f"Bearer {issued.token}"


async def test_a_caller_sees_only_warehouses_in_scope(client: httpx.AsyncClient, shop: Shop) -> None:
    balance_id = await opened(shop)
    elsewhere = await create_warehouse(shop.call, code="ELSEWHERE", name="别处")
    await sign_in_as_seller(client, elsewhere.warehouse_id)
    assert (await data(client, "StockLevels"))["stockLevels"] == {"totalCount": 0, "nodes": []}
    assert (await data(client, "StockMovements"))["stockMovements"]["totalCount"] == 0
    balance = await send(client, "openings", "OpeningBalance", {"id": global_id("OpeningBalance", balance_id)})
    assert balance["data"] == {"openingBalance": None}


async def test_a_caller_sees_where_goods_came_from_though_no_warehouse_has_it(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await opened(shop)
    await sign_in_as_seller(client, shop.warehouse.id)
    answer = await send(client, "goods", "StockMovements")
    (movement,) = answer["data"]["stockMovements"]["nodes"]
    assert (movement["fromPlace"]["code"], movement["fromPlace"]["warehouse"]) == ("OPENING", None)
    assert movement["toPlace"]["warehouse"]["code"] == shop.warehouse.code


async def test_costs_need_their_permission(client: httpx.AsyncClient, shop: Shop) -> None:
    await opened(shop)
    await sign_in_as_seller(client)
    answer = await send(client, "goods", "StockLevels")
    (level,) = answer["data"]["stockLevels"]["nodes"]
    assert (level["onHand"], level["value"], level["unitCost"]) == ("10", None, None)
    assert "errors" not in answer
    assert {one["permission"] for one in answer["extensions"]["hidden"]} == {"SEE_COST"}


async def test_days_are_listed_and_summed_and_stock_outs_as_long_as_they_last(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await opened(shop)
    await shop.post(shop.going("4"))
    await shop.post(shop.going("6"))
    where = {"stockLevel": {"skuId": {"eq": global_id("Sku", shop.skus[0])}}, "businessDate": {"gte": "2026-03-01"}}
    found = (await data(client, "StockDays", {"where": where}))["stockDays"]
    assert found["aggregates"]["sum"] == {"received": "0", "sold": "10", "lostDemand": "0", "soldValue": "25"}
    (posted_today, posted_then) = sorted(found["nodes"], key=lambda day: day["postedOn"], reverse=True)
    told = {name: figure for name, figure in posted_then.items() if figure != "0"}
    assert {name: told[name] for name in ("quantity", "value", "sold", "soldValue", "businessDate", "postedOn")} == {
        "quantity": "-10", "value": "-25", "sold": "10", "soldValue": "25", "businessDate": "2026-03-01",
        "postedOn": "2026-03-01",
    }  # fmt: skip
    assert (posted_today["opened"], posted_today["openedValue"]) == ("10", "25")
    (out,) = (await data(client, "StockOuts", {"where": {"endedAt": {"isNull": True}}}))["stockOuts"]["nodes"]
    assert out["beganAt"] == "2026-03-01T08:00:00Z"
    assert out["minutes"] > 0
    await sign_in_as_seller(client, shop.warehouse.id)
    hidden = await send(client, "goods", "StockDays", {"where": where, "withCosts": False})
    assert [day["sold"] for day in hidden["data"]["stockDays"]["nodes"]] != []
    with_costs = await send(client, "goods", "StockDays", {"where": where})
    assert {error["extensions"]["code"] for error in with_costs["errors"]} == {"FORBIDDEN"}
    assert with_costs["data"] == {"stockDays": None}


async def test_days_and_stock_outs_of_other_warehouses_are_not_there(client: httpx.AsyncClient, shop: Shop) -> None:
    await opened(shop)
    await shop.post(shop.going("10"))
    elsewhere = await create_warehouse(shop.call, code="ELSEWHERE", name="别处")
    await sign_in_as_seller(client, elsewhere.warehouse_id)
    assert (await data(client, "StockDays", {"withCosts": False}))["stockDays"]["nodes"] == []
    assert (await data(client, "StockOuts"))["stockOuts"]["totalCount"] == 0
