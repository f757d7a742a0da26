"""Master data are made with what is required of them, however they are made; what is missing is told at its code."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.variants import operations as variants
from jxc_graphql.masters.variants.choices import AskedAttribute, AskedValue
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.masters.own_fields.test_api import make, wrong
from tests.masters.own_fields.test_forms import ask, says
from tests.operations import answered, sign_in_as
from tests.steps import cost

shop = begun(make_trade, 1)
SEASON = [{"code": "sales_season", "value": "春"}]
MISSING = [("REQUIRED", "fields.sales_season")]


async def product_of(shop: Trade) -> str:
    ((product,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (shop.shop.skus[0],))
    return global_id("Product", product)


@pytest.mark.parametrize("kind", ["SKU", "PRODUCT", "SUPPLIER", "CUSTOMER"])
async def test_it_is_made_with_what_is_required_alone(client: httpx.AsyncClient, shop: Trade, kind: str) -> None:
    await make(client, kind, "sales_season", isRequired=True)
    await make(client, kind, "remark")
    ((category,),) = await db.fetch("SELECT category_id FROM product LIMIT 1")
    more: dict[str, Any] = {
        "SKU": {"productId": await product_of(shop), "unit": "个"},
        "PRODUCT": {"categoryId": global_id("Category", category)},
    }.get(kind, {})
    form, create = {"code": "N", "name": "新", **more}, f"Create{kind.capitalize()}"
    before = await db.fetch(f"SELECT count(*) FROM {kind.lower()}")
    assert wrong(await ask(client, create, **form)) == MISSING
    both = await ask(client, create, **form, fields=[{"code": "remark", "value": ""}])
    assert sorted(wrong(both)) == [("REQUIRED", "fields.0.value"), *MISSING]
    assert wrong(await ask(client, create, **form, fields=[{"code": "sales_season"}])) == MISSING
    cleared = await ask(client, create, **form, fields=[{"code": "sales_season", "value": None}])
    assert wrong(cleared) == [("REQUIRED", "fields.0.value")]
    assert await db.fetch(f"SELECT count(*) FROM {kind.lower()}") == before
    made = await ask(client, create, **form, fields=SEASON)
    assert made["userErrors"] == []
    assert await db.fetch("SELECT value FROM own_field_value") == [("春",)]
    assert await shop.verify() == []


async def test_what_was_there_before_is_changed_without_it(client: httpx.AsyncClient, shop: Trade) -> None:
    field = await make(client, "SUPPLIER", "sales_season", isRequired=True)
    supplier = global_id("Supplier", shop.supplier_id)
    assert (await ask(client, "UpdateSupplier", id=supplier, name="新名"))["userErrors"] == []
    assert wrong(await ask(client, "CreateSupplier", code="N", name="新")) == MISSING
    await ask(client, "UpdateOwnField", id=field["id"], isActive=False)
    assert (await ask(client, "CreateSupplier", code="N", name="新"))["userErrors"] == []


async def test_who_may_not_fill_in_makes_none_of_which_something_is_required(
    client: httpx.AsyncClient, shop: Trade
) -> None:
    await make(client, "SUPPLIER", "sales_season", isRequired=True)
    role = {"code": "PARTNERS", "name": "x", "permissions": ["SEE_PARTNERS", "MANAGE_PARTNERS"]}
    await answered(client, "CreateRole", {"input": role})
    await sign_in_as(client, "PARTNERS")
    assert wrong(await ask(client, "CreateSupplier", code="N", name="新")) == MISSING
    answer = await answered(client, "CreateSupplier", {"input": {"code": "N", "name": "新", "fields": SEASON}})
    assert answer["errors"][0]["extensions"]["permission"] == "SET_OWN_FIELDS"
    assert await db.fetch("SELECT id FROM supplier WHERE code = 'N'") == []
    customer = {"code": "N", "name": "新"}
    assert (await ask(client, "CreateCustomer", **customer))["userErrors"] == []


async def with_sizes(shop: Trade, count: int) -> str:
    product = await catalog.create_product(
        shop.call, code=f"T{count}", name="T恤", category_id=(await db.fetch("SELECT id FROM category LIMIT 1"))[0][0]
    )
    sizes = AskedAttribute(name="尺码", values=tuple(AskedValue(name=str(number)) for number in range(count)))
    await variants.set_product_attributes(shop.call, product_id=product.product_id, attributes=[sizes])
    return global_id("Product", product.product_id)


async def test_all_skus_that_are_generated_say_the_same(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "SKU", "sales_season", isRequired=True)
    await make(client, "SKU", "weight", "NUMBER", decimals=1)
    product = await with_sizes(shop, 3)
    assert wrong(await ask(client, "GenerateSkus", id=product, unit="件")) == MISSING
    bad = await ask(client, "GenerateSkus", id=product, unit="件", fields=[{"code": "weight", "value": "x"}, *SEASON])
    assert wrong(bad) == [("NOT_A_NUMBER", "fields.0.value")]
    assert await db.fetch("SELECT id FROM sku WHERE code LIKE 'T3%'") == []
    told = [{"code": "weight", "value": "1.5"}, *SEASON]
    made = await ask(client, "GenerateSkus", id=product, unit="件", fields=told, idempotencyKey="k")
    assert made["userErrors"] == []
    assert len(made["skus"]) == 3
    for one in made["skus"]:
        assert await says(client, one["id"]) == {"weight": "1.5", "sales_season": "春"}
    history = "SELECT count(*), count(DISTINCT subject_id) FROM journal WHERE name = 'OwnFieldsSet'"
    assert await db.fetch(history) == [(3, 3)]
    again = await ask(client, "GenerateSkus", id=product, unit="件", fields=told, idempotencyKey="k")
    assert [one["id"] for one in again["skus"]] == [one["id"] for one in made["skus"]]
    assert (await ask(client, "GenerateSkus", id=product, unit="件"))["userErrors"] == []
    assert await shop.verify() == []


async def test_fifty_skus_take_no_more_statements_than_two(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "SKU", "sales_season", isRequired=True)
    told = [
        await cost(ask(client, "GenerateSkus", id=await with_sizes(shop, count), unit="件", fields=SEASON))
        for count in (2, 50)
    ]
    assert await db.fetch("SELECT count(*) FROM own_field_value") == [(52,)]
    assert told[0] == told[1]
