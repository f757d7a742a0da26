"""What was mistyped and never used can be deleted; where something refers to it, that is named."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, Forbidden, Rejected
from jxc_graphql.kit.labels import chinese
from jxc_graphql.kit.messages import render
from jxc_graphql.kit.numbers import UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.models import Product, Sku, SkuUnit
from jxc_graphql.masters.catalog.units import Label, Unit
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.models import Customer, Supplier, SupplierPrice
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.masters.variants import operations as variants
from jxc_graphql.masters.variants.choices import AskedAttribute, AskedValue, OptionChoice
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.models import Branch, Place, Warehouse
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.references import InUse
from tests.make.trade import Trade, make_trade
from tests.refusals import everything, refusal

Ids = dict[str, int]
DELETIONS: dict[str, Callable[..., Awaitable[Any]]] = {
    "SupplierPrice": partners.delete_supplier_price,
    "Supplier": partners.delete_supplier,
    "Customer": partners.delete_customer,
    "SkuUnit": catalog.delete_sku_unit,
    "Sku": catalog.delete_sku,
    "Product": catalog.delete_product,
    "Category": categories.delete_category,
    "Place": warehouses.delete_bin,
    "Warehouse": warehouses.delete_warehouse,
    "Branch": warehouses.delete_branch,
}
"""In an order in which nothing refers to what is deleted any more."""
MODELS: dict[str, Any] = {
    one.__name__: one
    for one in (SupplierPrice, Supplier, Customer, SkuUnit, Sku, Product, Category, Place, Warehouse, Branch)
}
KEYS = {
    "SupplierPrice": "supplier_price_id", "Supplier": "supplier_id", "Customer": "customer_id",
    "SkuUnit": "sku_unit_id", "Sku": "sku_id", "Product": "product_id", "Category": "category_id", "Place": "place_id",
    "Warehouse": "warehouse_id", "Branch": "branch_id",
}  # fmt: skip
KEPT = {"journal", "audit", "company", "size", "rights_version"}
MUTATIONS = {"Place": "Bin"}


async def make(call: Call) -> Ids:
    """One of everything, with whatever belongs to it."""
    branch = (await warehouses.create_branch(call, code="B", name="B")).branch_id
    warehouse = (await warehouses.create_warehouse(call, code="W", name="W", branch_id=branch)).warehouse_id
    (place,) = (await warehouses.create_bins(call, warehouse_id=warehouse, bins=[WantedBin(code="A")])).place_ids
    category = (await categories.create_category(call, code="C", name="C")).category_id
    product = (await catalog.create_product(call, code="P", name="P", category_id=category)).product_id
    colours = [AskedAttribute(name="颜色", values=(AskedValue(name="红"),))]
    await variants.set_product_attributes(call, product_id=product, attributes=colours)
    box, label = Unit(name="箱", numerator=12), Label(code="690")
    made = await catalog.create_sku(
        call, product_id=product, code="S", name="S", unit="瓶", units=[box], barcodes=[label]
    )
    chosen = [OptionChoice(attribute="颜色", value="红")]
    await variants.set_sku_options(call, sku_id=made.sku_id, choices=chosen)
    unit = (await SkuUnit.get(sku_id=made.sku_id)).id
    supplier = (await partners.create_supplier(call, profile=Profile(code="P", name="P"))).supplier_id
    customer = (await partners.create_customer(call, profile=Profile(code="P", name="P"))).customer_id
    price = AskedPrice(sku_id=made.sku_id, unit_price=UnitPrice.of("1"), unit_id=unit)
    prices = await partners.set_supplier_prices(call, supplier_id=supplier, prices=[price])
    return {
        "Branch": branch, "Warehouse": warehouse, "Place": place, "Category": category, "Product": product,
        "Sku": made.sku_id, "SkuUnit": unit, "Supplier": supplier, "Customer": customer,
        "SupplierPrice": prices.supplier_price_ids[0],
    }  # fmt: skip


async def kinds(work: Awaitable[object]) -> list[str]:
    """What refers to something that cannot be deleted."""
    (reason,) = await refusal(work)
    assert isinstance(reason, InUse)
    return list(reason.kinds)


async def test_what_was_never_used_leaves_nothing_behind(call: Call) -> None:
    before = {table: rows for table, rows in (await everything()).items() if table not in KEPT}
    ids = await make(call)
    for kind, operation in DELETIONS.items():
        await operation(call, **{KEYS[kind]: ids[kind]})
    assert {table: rows for table, rows in (await everything()).items() if table not in KEPT} == before
    told = [name for (name,) in await db.fetch("SELECT name FROM journal WHERE name LIKE '%Deleted' ORDER BY id")]
    assert told == [f"{MUTATIONS.get(kind, kind)}Deleted" for kind in DELETIONS]
    assert await verification.differences() == []
    assert await make(call)  # the same codes again


async def test_what_refers_to_it_is_named(call: Call) -> None:
    ids = await make(call)
    low = await categories.create_category(call, code="L", name="L", parent_id=ids["Category"])

    async def named(kind: str) -> list[str]:
        return await kinds(DELETIONS[kind](call, **{KEYS[kind]: ids[kind]}))

    assert await named("Category") == ["Category", "Product", "Sku"]
    await categories.delete_category(call, category_id=low.category_id)
    assert await named("Category") == ["Product", "Sku"]
    assert await named("Product") == ["Sku", "SkuOption"]
    assert await named("Sku") == ["SupplierPrice"]
    assert await named("SkuUnit") == ["SupplierPrice"]
    assert await named("Supplier") == ["SupplierPrice"]
    assert await named("Branch") == ["Warehouse"]
    await partners.remove_supplier_prices(call, supplier_id=ids["Supplier"], sku_ids=[ids["Sku"]])
    boxed = [Label(code="690", unit="箱")]
    box = [Unit(name="箱", numerator=12)]
    await catalog.set_sku_units(call, sku_id=ids["Sku"], units=box, barcodes=boxed)
    assert await named("SkuUnit") == ["Barcode"]


@pytest.mark.usefixtures("call")
def test_whatever_may_refer_to_it_has_a_name_in_chinese() -> None:
    deleted = (Sku, SkuUnit, Product, Category, Supplier, Customer, SupplierPrice, Place, Warehouse, Branch)
    may = {kind for model in deleted for kind, *_ in references.leading_to(model, ())}
    assert {"Loan", "PurchaseOrder", "SkuOption", "StockLimit", "SupplierPrice", "Warehouse"} < may
    assert [kind for kind in may | {"Barcode", "User"} if chinese("Kind", kind) is None] == []
    reason = references.InUse(kinds=("SupplierPrice", "PurchaseOrder"))
    assert render(reason, "zh-CN") == "已被引用，不能删除：供货价, 采购订单。"
    assert render(reason, "en") == "It cannot be deleted, since it is in use by: Supplier price, Purchase order."


async def test_documents_that_refer_to_it_are_named_at_most_ten(call: Call) -> None:
    trade = await make_trade(call, skus=1)
    orders = [await trade.draft_purchase((0, "1", "1"), (0, "2", "1")) for _ in range(11)]
    for work in (
        catalog.delete_sku(call, sku_id=trade.shop.skus[0]),
        partners.delete_supplier(call, supplier_id=trade.supplier_id),
        warehouses.delete_warehouse(call, warehouse_id=trade.shop.warehouse.id),
    ):
        (reason,) = await refusal(work)
        assert isinstance(reason, InUse)
        assert reason.kinds == ("PurchaseOrder",)
        assert len(reason.document_ids) == 10
        assert set(reason.document_ids) < set(orders)


async def test_what_is_in_the_scope_of_a_user_stays(call: Call) -> None:
    ids = await make(call)
    user = (await auth.create_user(call, username="ann", name="Ann", roles=[])).user_id
    scopes = {
        Dimension.BRANCH: "Branch",
        Dimension.WAREHOUSE: "Warehouse",
        Dimension.SUPPLIER: "Supplier",
        Dimension.CUSTOMER: "Customer",
    }
    await partners.remove_supplier_prices(call, supplier_id=ids["Supplier"], sku_ids=[ids["Sku"]])
    for dimension, kind in scopes.items():
        await auth.set_user_scope(call, user_id=user, dimension=dimension, target_ids=[ids[kind]])
        besides = ["Warehouse"] if kind == "Branch" else []
        assert await kinds(DELETIONS[kind](call, **{KEYS[kind]: ids[kind]})) == ["User", *besides]


@pytest.mark.parametrize("kind", DELETIONS)
async def test_it_takes_the_right_and_the_scope(call: Call, kind: str) -> None:
    ids = await make(call)
    given = {KEYS[kind]: ids[kind]}
    with pytest.raises(Forbidden):
        await DELETIONS[kind](msgspec.structs.replace(call, permissions=frozenset()), **given)
    gone = await refusal(DELETIONS[kind](call, **{KEYS[kind]: 7_000}))
    assert [(one.code, one.path) for one in gone] == [("UNKNOWN_ID", (KEYS[kind],))]
    dimension = {"Warehouse": "WAREHOUSE", "Place": "WAREHOUSE", "Customer": "CUSTOMER", "Supplier": "SUPPLIER"}
    if kind in dimension or kind == "SupplierPrice":
        scopes = {Dimension(dimension.get(kind, "SUPPLIER")): frozenset({1})}
        hidden = await refusal(DELETIONS[kind](msgspec.structs.replace(call, scopes=scopes), **given))
        assert [one.code for one in hidden] == ["UNKNOWN_ID"]


async def test_who_deletes_and_who_refers_at_the_same_time_do_not_both(call: Call) -> None:
    trade = await make_trade(call, skus=6)
    for sku in range(6):
        order = purchasing.create_purchase_order(
            call, supplier_id=trade.supplier_id, warehouse_id=trade.shop.warehouse.id, lines=_line(trade, sku)
        )
        ways = [order, catalog.delete_sku(call, sku_id=trade.shop.skus[sku])]
        outcomes = await asyncio.gather(*(ways if sku % 2 else ways[::-1]), return_exceptions=True)
        (refused,) = [one for one in outcomes if isinstance(one, BaseException)]
        assert isinstance(refused, Rejected), refused
        assert {one.code for one in refused.reasons} <= {"IN_USE", "UNKNOWN_ID"}
    assert await verification.differences() == []


def _line(trade: Trade, sku: int) -> Any:
    return trade.asked([(sku, "1", "1")])


@pytest.mark.parametrize("kind", DELETIONS)
async def test_caches_are_told_what_is_gone(client: httpx.AsyncClient, call: Call, kind: str) -> None:
    ids, name = await make(call), f"delete{MUTATIONS.get(kind, kind)}"
    text = f"""mutation($input: D{name[1:]}Input!) {{ {name}(input: $input) {{
        deletedId userErrors {{ code path ... on InUseError {{ kinds }} }} }} }}"""
    body = {"query": text, "variables": {"input": {"id": global_id(kind, ids[kind])}}}
    payload = (await client.post("/graphql", json=body)).json()["data"][name]
    if not payload["userErrors"]:
        assert payload["deletedId"] == global_id(kind, ids[kind])
        again = (await client.post("/graphql", json=body)).json()["data"][name]
        payload = {"deletedId": None} | again
        assert payload["userErrors"] == [{"code": "UNKNOWN_ID", "path": ["input", "id"]}]
    else:
        (told,) = payload["userErrors"]
        assert (payload["deletedId"], told["code"], told["path"]) == (None, "IN_USE", ["input", "id"])


async def test_what_was_changed_meanwhile_stays(call: Call) -> None:
    ids = await make(call)
    for kind, operation in DELETIONS.items():
        with pytest.raises(Conflict) as refused:
            await operation(call, **{KEYS[kind]: ids[kind]}, expected_version=7)
        ((code, path),) = [(one.code, one.path) for one in refused.value.reasons]
        assert (code, path) == ("STALE_VERSION", ("expected_version",))
        assert await MODELS[kind].exists(id=ids[kind])
        of = "Sku" if kind == "SkuUnit" else kind  # whose units are part of it
        version = (await MODELS[of].get(id=ids[of])).version
        await operation(call, **{KEYS[kind]: ids[kind]}, expected_version=version)
        assert not await MODELS[kind].exists(id=ids[kind])
