"""Whoever changes master data says which version the change is made for, and is refused where it is another one."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import IdOf, InputType
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.schema import schema

CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "moveCategory": ("Category", {"parentId": None}),
    "setProductAttributes": ("Product", {"attributes": []}),
    "setSkuUnits": ("Sku", {"units": [], "barcodes": []}),
    "setSkuOptions": ("Sku", {"options": []}),
    "holdSupplier": ("Supplier", {}),
    "releaseSupplier": ("Supplier", {}),
}
"""Beside the updates of all kinds (`test_updates`): the kind, and what it is told."""
ABOUT_OTHERS = {
    "changePassword", "generateSkus", "removeListPrices", "removeSupplierPrices", "resetPassword", "setListPrices",
    "setSupplierPrices",
}  # fmt: skip
"""What makes or changes other things than what is shown of the one that it names."""


def test_every_change_of_what_has_a_version_takes_the_expected_one() -> None:
    types, taken = schema().types, set()
    assert types.mutation
    for field in types.mutation.fields.values():
        given = field.arguments["input"].type.of if "input" in field.arguments else None
        if not isinstance(given, InputType) or "id" not in given.fields:
            continue
        kind = given.fields["id"].type.of
        assert isinstance(kind, IdOf)
        # an id of any kind may be of what has a version
        is_versioned = kind.entity is None or any(one.name == "Versioned" for one in kind.entity.interfaces)
        if is_versioned and field.name not in ABOUT_OTHERS:
            assert "expectedVersion" in given.fields, field.name
            taken.add(field.name)
    assert taken > CHANGES.keys()


@pytest.fixture
async def ids(call: Call) -> dict[str, int]:
    category = (await categories.create_category(call, code="C", name="C")).category_id
    product = (await catalog.create_product(call, code="P", name="P", category_id=category)).product_id
    sku = (await catalog.create_sku(call, product_id=product, code="S", name="S", unit="瓶")).sku_id
    supplier = (await partners.create_supplier(call, profile=Profile(code="P", name="P"))).supplier_id
    return {"Category": category, "Product": product, "Sku": sku, "Supplier": supplier}


@pytest.mark.parametrize("name", CHANGES)
async def test_another_version_is_refused(client: httpx.AsyncClient, ids: dict[str, int], name: str) -> None:
    kind, given = CHANGES[name]
    table = kind.lower()
    if name == "releaseSupplier":
        await db.transactional(db.execute)("UPDATE supplier SET on_hold = TRUE")
    title = name[0].upper() + name[1:]
    text = f"""mutation($input: {title}Input!) {{ {name}(input: $input) {{
        {table} {{ version }} userErrors {{ code path ... on StaleVersionError {{ current expected }} }} }} }}"""

    async def change(version: int) -> Any:
        told = {"id": global_id(kind, ids[kind]), "expectedVersion": version, **given}
        answer = (await client.post("/graphql", json={"query": text, "variables": {"input": told}})).json()
        return answer["data"][name]

    wrong = {"code": "STALE_VERSION", "path": ["input", "expectedVersion"], "current": 1, "expected": 2}
    assert await change(2) == {table: None, "userErrors": [wrong]}
    assert await change(1) == {table: {"version": 2}, "userErrors": []}


async def test_a_price_has_versions_of_its_own(client: httpx.AsyncClient, call: Call, ids: dict[str, int]) -> None:
    other = (await partners.create_supplier(call, profile=Profile(code="Q", name="Q"))).supplier_id
    text = """mutation($input: SetSupplierPricesInput!) { setSupplierPrices(input: $input) {
        supplierPrices { version updatedAt isPreferred }
        userErrors { code path ... on StaleVersionError { current expected } } } }"""

    async def ask(supplier_id: int, **terms: Any) -> Any:
        told = {"id": global_id("Supplier", supplier_id), "prices": [{"skuId": global_id("Sku", ids["Sku"]), **terms}]}
        answer = (await client.post("/graphql", json={"query": text, "variables": {"input": told}})).json()
        return answer["data"]["setSupplierPrices"]

    async def version(supplier_id: int, **terms: Any) -> Any:
        (price,) = (await ask(supplier_id, **terms))["supplierPrices"]
        return price["version"]

    path = ["input", "prices", "0", "expectedVersion"]
    none = {"code": "STALE_VERSION", "path": path, "current": 0, "expected": 1}
    refused = {"supplierPrices": [], "userErrors": [none]}
    assert await ask(ids["Supplier"], unitPrice="9", expectedVersion=1) == refused
    assert await version(ids["Supplier"], unitPrice="9", isPreferred=True) == 1
    assert await version(ids["Supplier"], unitPrice="9") == 1
    assert await version(ids["Supplier"], unitPrice="9", leadTimeDays=None, expectedVersion=1) == 1
    assert await version(ids["Supplier"], unitPrice="8", expectedVersion=1) == 2
    stale = {"code": "STALE_VERSION", "path": path, "current": 2, "expected": 1}
    assert await ask(ids["Supplier"], unitPrice="7", expectedVersion=1) == {"supplierPrices": [], "userErrors": [stale]}
    assert await version(other, unitPrice="5", isPreferred=True) == 1
    assert await version(ids["Supplier"], unitPrice="8", expectedVersion=3) == 3
