from typing import Any

import httpx

from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from tests.gql.naive_where import global_id
from tests.operations import ask, send

ATTRIBUTES = [
    {"name": "颜色", "values": [{"name": "红"}, {"name": "蓝"}]},
    {"name": "尺码", "values": [{"name": "M"}, {"name": "L"}]},
]


async def make_product(call: Call) -> str:
    category = await categories.create_category(call, code="C", name="服装")
    made = await catalog.create_product(call, code="T", name="短袖", category_id=category.category_id)
    return global_id("Product", made.product_id)


async def do(client: httpx.AsyncClient, operation: str, **given: Any) -> dict[str, Any]:
    return await ask(client, "variants", operation, {"input": given})


def options(sku: dict[str, Any]) -> list[tuple[str, str]]:
    return [(option["attribute"]["name"], option["value"]["name"]) for option in sku["options"]]


def chosen(**given: str) -> list[dict[str, str]]:
    return [{"attribute": attribute, "value": value} for attribute, value in given.items()]


async def test_a_product_in_colours_and_sizes(client: httpx.AsyncClient, call: Call) -> None:
    product_id = await make_product(call)
    given = await do(client, "SetProductAttributes", id=product_id, attributes=ATTRIBUTES)
    assert [one["name"] for one in given["product"]["attributes"]] == ["颜色", "尺码"]
    made = await do(client, "GenerateSkus", id=product_id, unit="件", idempotencyKey="once")
    assert (len(made["skus"]), made["userErrors"]) == (4, [])
    assert options(made["skus"][0]) == [("颜色", "红"), ("尺码", "M")]
    seen = await ask(client, "variants", "ProductVariants", {"id": product_id})
    assert {sku["code"] for sku in seen["skus"]} == {"T-红-M", "T-红-L", "T-蓝-M", "T-蓝-L"}
    found = await ask(
        client, "variants", "SkuByOptions", {"productId": product_id, "options": chosen(尺码="L", 颜色="蓝")}
    )
    assert (found["code"], options(found)) == ("T-蓝-L", [("颜色", "蓝"), ("尺码", "L")])
    freed = await do(client, "SetSkuOptions", id=found["id"], options=[])
    assert options(freed["sku"]) == []
    (node,) = (await ask(client, "catalog", "SearchSkus", {"search": "hong l"}))["nodes"]
    assert node["code"] == "T-红-L"


async def test_an_attribute_is_renamed_by_its_id(client: httpx.AsyncClient, call: Call) -> None:
    product_id = await make_product(call)
    given = await do(client, "SetProductAttributes", id=product_id, attributes=ATTRIBUTES)
    await do(client, "GenerateSkus", id=product_id, unit="件")
    colour, size = given["product"]["attributes"]
    renamed = await do(client, "SetProductAttributes", id=product_id, attributes=[size, colour | {"name": "色"}])
    assert renamed["product"]["attributes"] == [size, colour | {"name": "色"}]


async def test_what_is_wrong_is_told_by_its_place(client: httpx.AsyncClient, call: Call) -> None:
    product_id = await make_product(call)
    await do(client, "SetProductAttributes", id=product_id, attributes=ATTRIBUTES)
    asked = [{"options": chosen(颜色="绿")}, {"options": chosen(颜色="红", 尺码="M")}]
    refused = await do(client, "GenerateSkus", id=product_id, unit="件", combinations=asked)
    assert [(error["code"], error["path"]) for error in refused["userErrors"]] == [
        ("UNKNOWN_VALUE", ["input", "combinations", "0", "options", "0", "value"]),
        ("CHOICE_MISSING", ["input", "combinations", "0", "options"]),
    ]
    assert (refused["product"], refused["skus"]) == (None, [])
    answer = await send(
        client, "variants", "SkuByOptions", {"productId": product_id, "options": chosen(颜色="红", 尺码="XS")}
    )
    assert answer["data"] == {"skuByOptions": None}
    assert answer["errors"][0]["extensions"]["code"] == "UNKNOWN_VALUE"
