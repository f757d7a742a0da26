from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.office.auth import operations as auth
from tests.operations import send


async def ask(client: httpx.AsyncClient, operation: str, **variables: Any) -> Any:
    answer = await send(client, "partners", operation, variables)
    assert "errors" not in answer, answer
    ((_, found),) = answer["data"].items()
    return found


COD = global_id("PaymentTerm", 1)


async def do(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, operation, input=given)


def problems(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


@pytest.fixture
async def supplier(client: httpx.AsyncClient) -> dict[str, Any]:
    made = await do(client, "CreateSupplier", code="S1", name="上海可乐厂", contactName="王", paymentTermId=COD)
    assert not made["userErrors"]
    found: dict[str, Any] = made["supplier"]
    return found


@pytest.fixture
async def sku(call: Call) -> str:
    category = await categories.create_category(call, code="C", name="c")
    product = await catalog.create_product(call, code="P", name="p", category_id=category.category_id)
    made = await catalog.create_sku(call, product_id=product.product_id, code="K", name="k", unit="瓶")
    return global_id("Sku", made.sku_id)


async def test_suppliers_come_as_the_main_job_asks(client: httpx.AsyncClient, supplier: dict[str, Any]) -> None:
    await do(client, "CreateSupplier", code="S0", name="Zhang & Co")
    found = await ask(client, "Suppliers", first=1)
    assert (found["totalCount"], [node["code"] for node in found["nodes"]]) == (2, ["S0"])
    second = await ask(client, "Suppliers", first=1, after=found["pageInfo"]["endCursor"])
    assert [node["code"] for node in second["nodes"]] == ["S1"]
    assert second["pageInfo"]["hasNextPage"] is False
    by_pinyin = await ask(client, "Suppliers", search="shkl")
    assert [node["id"] for node in by_pinyin["nodes"]] == [supplier["id"]]


async def test_a_supplier_is_kept(client: httpx.AsyncClient, supplier: dict[str, Any]) -> None:
    assert (supplier["paymentTerm"]["code"], supplier["contactName"], supplier["onHold"]) == ("COD", "王", False)
    changed = await do(client, "UpdateSupplier", id=supplier["id"], phone="021", isActive=False)
    assert changed["supplier"] == supplier | {"phone": "021", "isActive": False}
    assert (await do(client, "HoldSupplier", id=supplier["id"]))["supplier"]["onHold"] is True
    assert (await do(client, "ReleaseSupplier", id=supplier["id"]))["supplier"]["onHold"] is False


async def test_a_taken_code_is_told_by_path(client: httpx.AsyncClient, supplier: dict[str, Any]) -> None:
    refused = await do(client, "CreateSupplier", code=supplier["code"], name="x")
    assert (refused["supplier"], problems(refused)) == (None, [("CODE_TAKEN", ["input", "code"])])
    bad = await do(client, "UpdateSupplier", id=supplier["id"], name="", paymentTermId=global_id("PaymentTerm", 9))
    assert problems(bad) == [("REQUIRED", ["input", "name"]), ("UNKNOWN_ID", ["input", "paymentTermId"])]


async def test_prices_are_set_seen_and_removed(client: httpx.AsyncClient, supplier: dict[str, Any], sku: str) -> None:
    line = {"skuId": sku, "unitPrice": "1.234567", "minimumQuantity": "24", "leadTimeDays": 7, "isPreferred": True}
    made = await do(client, "SetSupplierPrices", id=supplier["id"], prices=[line])
    (price,) = made["supplierPrices"]
    assert (price["unitPrice"], price["minimumQuantity"], price["packQuantity"]) == ("1.234567", "24", "1")
    assert (await ask(client, "SupplierPrices", where={"skuId": {"eq": sku}}))["nodes"] == [price]
    assert (await ask(client, "SupplierDetail", id=supplier["id"]))["prices"] == {"totalCount": 1, "nodes": [price]}
    await do(client, "RemoveSupplierPrices", id=supplier["id"], skuIds=[sku])
    assert (await ask(client, "SupplierPrices"))["totalCount"] == 0


async def test_bad_prices_are_told_by_their_place(
    client: httpx.AsyncClient, supplier: dict[str, Any], sku: str
) -> None:
    lines = [{"skuId": sku, "unitPrice": "-1"}, {"skuId": sku, "unitPrice": "1", "packQuantity": "0"}]
    refused = await do(client, "SetSupplierPrices", id=supplier["id"], prices=lines)
    assert sorted(problems(refused)) == [
        ("DUPLICATE_SKU", ["input", "prices", "1"]),
        ("MUST_BE_POSITIVE", ["input", "prices", "1", "packQuantity"]),
        ("OUT_OF_BOUNDS", ["input", "prices", "0", "unitPrice"]),
    ]
    fine = [{"skuId": sku, "unitPrice": "0.12345678"}]
    refused = await do(client, "SetSupplierPrices", id=supplier["id"], prices=fine)
    assert problems(refused) == [("TOO_MANY_DECIMALS", ["input", "prices", "0", "unitPrice"])]
    assert (await ask(client, "SupplierPrices"))["totalCount"] == 0


async def test_prices_need_the_sight_of_cost(client: httpx.AsyncClient, call: Call, supplier: dict[str, Any]) -> None:
    seller = await auth.create_user(call, username="sam", name="Sam", roles=["SELLER"])
    issued = await auth.create_api_token(call, user_id=seller.user_id, name="test")
    client.headers["authorization"] = f"Bearer {issued.token}"
    assert (await ask(client, "Suppliers"))["totalCount"] == 1
    answer = await send(client, "partners", "SupplierPrices", {})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    answer = await send(client, "partners", "SupplierDetail", {"id": supplier["id"]})
    ((path, permission),) = [one.values() for one in answer["extensions"]["hidden"]]
    assert (path[-1], permission) == ("prices", "SEE_COST")


async def test_customers_are_kept(client: httpx.AsyncClient) -> None:
    made = (await do(client, "CreateCustomer", code="C1", name="李记杂货", phone="139"))["customer"]
    assert (await ask(client, "Customers", first=5))["nodes"] == [{key: made[key] for key in ("id", "code", "name")}]
    assert (await ask(client, "SearchCustomers", search="ljzh"))["totalCount"] == 1
    changed = await do(client, "UpdateCustomer", id=made["id"], isActive=False)
    assert changed["customer"]["isActive"] is False
    assert await ask(client, "CustomerDetail", id=made["id"]) == changed["customer"]
