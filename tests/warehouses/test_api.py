from typing import Any

import httpx

from jxc_graphql.warehouses.operations import create_warehouse
from tests.operations import send
from tests.trade import sign_in_as
from tests.warehouses.conftest import Site, rows_written


async def data(client: httpx.AsyncClient, operation: str, variables: dict[str, Any] | None = None) -> Any:
    answer = await send(client, "warehouses", operation, variables)
    assert "errors" not in answer
    return answer["data"]


async def test_a_warehouse_is_opened_and_closed(client: httpx.AsyncClient) -> None:
    made = await data(client, "CreateWarehouse", {"input": {"code": "WH-1", "name": "上海仓"}})
    warehouse = made["createWarehouse"]["warehouse"]
    assert {place["kind"] for place in warehouse["places"]} == {"STOCK", "QUALITY", "DAMAGED", "TRANSIT"}
    change = {"input": {"warehouseId": warehouse["id"], "isActive": False}}
    changed = (await data(client, "UpdateWarehouse", change))["updateWarehouse"]
    assert (changed["warehouse"]["name"], changed["warehouse"]["isActive"]) == ("上海仓", False)
    listed = (await data(client, "Warehouses"))["warehouses"]["nodes"]
    assert listed == [{"id": warehouse["id"], "code": "WH-1", "name": "上海仓"}]
    assert (await data(client, "Warehouse", {"id": warehouse["id"]}))["warehouse"]["code"] == "WH-1"


async def test_a_taken_code_is_told_with_its_path(client: httpx.AsyncClient, site: Site) -> None:
    before = await rows_written()
    answer = await data(client, "CreateWarehouse", {"input": {"code": site.warehouse.code, "name": "x"}})
    (error,) = answer["createWarehouse"]["userErrors"]
    assert (error["code"], error["path"]) == ("CODE_TAKEN", ["input", "code"])
    assert answer["createWarehouse"]["warehouse"] is None
    assert await rows_written() == before


async def test_a_caller_sees_only_warehouses_in_scope(client: httpx.AsyncClient, site: Site) -> None:
    elsewhere = await create_warehouse(site.call, code="ELSEWHERE", name="别处")
    await sign_in_as(client, "SELLER", elsewhere.warehouse_id)
    assert [node["code"] for node in (await data(client, "Warehouses"))["warehouses"]["nodes"]] == ["ELSEWHERE"]
