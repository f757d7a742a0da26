from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.masters.warehouses.places import VirtualPlace
from tests.make.site import Site
from tests.operations import send, sign_in_as
from tests.refusals import everything


async def data(client: httpx.AsyncClient, operation: str, variables: dict[str, Any] | None = None) -> Any:
    answer = await send(client, "warehouses", operation, variables)
    assert "errors" not in answer
    return answer["data"]


async def test_a_warehouse_is_opened_and_closed(client: httpx.AsyncClient) -> None:
    made = await data(client, "CreateWarehouse", {"input": {"code": "WH-1", "name": "上海仓"}})
    warehouse = made["createWarehouse"]["warehouse"]
    places = warehouse["places"]["nodes"]
    assert [place["kind"] for place in places] == ["CONSIGNED", "DAMAGED", "LENT", "QUALITY", "STOCK", "TRANSIT"]
    assert [place["code"] for place in places] == ["CONSIGNED", "DAMAGED", "LENT", "QUALITY", "STOCK", "TRANSIT"]
    change = {"input": {"id": warehouse["id"], "isActive": False}}
    changed = (await data(client, "UpdateWarehouse", change))["updateWarehouse"]
    assert (changed["warehouse"]["name"], changed["warehouse"]["isActive"]) == ("上海仓", False)
    listed = (await data(client, "Warehouses"))["warehouses"]["nodes"]
    assert listed == [{"id": warehouse["id"], "code": "WH-1", "name": "上海仓"}]
    assert (await data(client, "Warehouse", {"id": warehouse["id"]}))["warehouse"]["code"] == "WH-1"


async def test_a_taken_code_is_told_with_its_path(client: httpx.AsyncClient, site: Site) -> None:
    before = await everything()
    answer = await data(client, "CreateWarehouse", {"input": {"code": site.warehouse.code, "name": "x"}})
    (error,) = answer["createWarehouse"]["userErrors"]
    assert (error["code"], error["path"]) == ("CODE_TAKEN", ["input", "code"])
    assert answer["createWarehouse"]["warehouse"] is None
    assert await everything() == before


async def test_a_branch_is_opened_given_a_warehouse_and_closed(client: httpx.AsyncClient, site: Site) -> None:
    made = (await data(client, "CreateBranch", {"input": {"code": "BJ", "name": "北京店"}}))["createBranch"]
    branch, warehouse_id = made["branch"], global_id("Warehouse", site.warehouse.id)
    moved = {"input": {"id": warehouse_id, "branchId": branch["id"]}}
    changed = (await data(client, "UpdateWarehouse", moved))["updateWarehouse"]["warehouse"]
    assert changed["branch"] == {"id": branch["id"], "code": "BJ", "name": "北京店"}
    where = {"branchId": {"eq": branch["id"]}}
    assert [one["id"] for one in await nodes(client, "WarehousesOfBranch", where=where)] == [warehouse_id]
    closing = {"input": {"id": branch["id"], "isActive": False}}
    (error,) = (await data(client, "UpdateBranch", closing))["updateBranch"]["userErrors"]
    assert (error["code"], error["path"]) == ("BRANCH_HAS_WAREHOUSES", ["input", "isActive"])
    left = {"input": {"id": warehouse_id, "branchId": None}}
    assert (await data(client, "UpdateWarehouse", left))["updateWarehouse"]["warehouse"]["branch"] is None
    assert (await data(client, "UpdateBranch", closing))["updateBranch"]["branch"]["isActive"] is False
    assert [one["code"] for one in await nodes(client, "Branches", search="bjd")] == ["BJ"]
    assert (await data(client, "Branch", {"id": branch["id"]}))["branch"]["isActive"] is False


async def test_bins_are_created_listed_and_closed(client: httpx.AsyncClient, site: Site) -> None:
    warehouse_id = global_id("Warehouse", site.warehouse.id)
    bins = [{"code": "A-1", "name": "一排"}, {"code": "A-2", "kind": "DAMAGED"}]
    made = (await data(client, "CreateBins", {"input": {"warehouseId": warehouse_id, "bins": bins}}))["createBins"]
    assert made["warehouse"]["code"] == site.warehouse.code
    assert [(one["code"], one["name"], one["kind"], one["isActive"], one["isBin"]) for one in made["places"]] == [
        ("A-1", "一排", "STOCK", True, True),
        ("A-2", "A-2", "DAMAGED", True, True),
    ]
    change = {"input": {"id": made["places"][1]["id"], "code": "A-9", "isActive": False}}
    changed = (await data(client, "UpdateBin", change))["updateBin"]["place"]
    assert (changed["code"], changed["name"], changed["isActive"]) == ("A-9", "A-2", False)
    where = {"warehouseId": {"eq": warehouse_id}, "isBin": {"eq": True}}
    assert [one["code"] for one in await nodes(client, "Places", where=where)] == ["A-1", "A-9"]
    assert [one["code"] for one in await nodes(client, "Places", search="yipai")] == ["A-1"]
    found = (await data(client, "Warehouse", {"id": warehouse_id}))["warehouse"]
    assert found["places"]["totalCount"] == 8


async def test_everything_wrong_with_bins_is_told_at_once(client: httpx.AsyncClient, site: Site) -> None:
    before = await everything()
    bins = [{"code": "A-1"}, {"code": "A-1"}, {"code": "TRANSIT", "name": ""}]
    given = {"warehouseId": global_id("Warehouse", site.warehouse.id), "bins": bins}
    refused = (await data(client, "CreateBins", {"input": given}))["createBins"]
    assert [(error["code"], error["path"]) for error in refused["userErrors"]] == [
        ("CODE_GIVEN_TWICE", ["input", "bins", "1", "code"]),
        ("REQUIRED", ["input", "bins", "2", "name"]),
        ("CODE_TAKEN", ["input", "bins", "2", "code"]),
    ]
    assert (refused["warehouse"], refused["places"]) == (None, [])
    assert await everything() == before


async def test_virtual_places_are_listed_when_asked_for_only(client: httpx.AsyncClient, site: Site) -> None:
    kinds = [one["kind"] for one in (await data(client, "VirtualPlaces"))["virtualPlaces"]]
    assert kinds == [place.name for place in VirtualPlace]
    listed = (await data(client, "Places"))["places"]
    assert listed["totalCount"] == 6
    assert all(one["warehouse"]["code"] == site.warehouse.code for one in listed["nodes"])
    found = (await data(client, "Place", {"id": global_id("Place", VirtualPlace.SCRAP)}))["place"]
    assert (found["code"], found["isActive"], found["warehouse"]) == ("SCRAP", True, None)


async def test_a_caller_sees_only_warehouses_and_their_places_in_scope(client: httpx.AsyncClient, site: Site) -> None:
    elsewhere = await create_warehouse(site.call, code="ELSEWHERE", name="别处")
    await sign_in_as(client, "SELLER", elsewhere.warehouse_id)
    assert [one["code"] for one in await nodes(client, "Warehouses")] == ["ELSEWHERE"]
    assert {one["warehouse"]["code"] for one in await nodes(client, "Places")} == {"ELSEWHERE"}
    hidden = global_id("Place", site.warehouse.stock_place_id)
    assert (await data(client, "Place", {"id": hidden}))["place"] is None
    assert len((await data(client, "VirtualPlaces"))["virtualPlaces"]) == len(VirtualPlace)


async def nodes(client: httpx.AsyncClient, operation: str, **variables: Any) -> list[dict[str, Any]]:
    (found,) = (await data(client, operation, variables)).values()
    return list(found["nodes"])
