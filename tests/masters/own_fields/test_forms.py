"""A form says at once what things have and what the company says of its own: all of it holds, or nothing."""

from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.masters.own_fields.test_api import make, told, wrong
from tests.operations import answered, sign_in_as

shop = begun(make_trade, 1)
PROJECT = [{"code": "project", "value": "A"}]


async def ask(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    answer = await answered(client, operation, {"input": given})
    assert "errors" not in answer, answer
    (found,) = answer["data"].values()
    return found


async def says(client: httpx.AsyncClient, thing: str) -> dict[str, str | None]:
    kinds = "... on Document { fields { ...F } } ... on Sku { fields { ...F } } ... on Supplier { fields { ...F } }"
    text = f"query ($id: ID!) {{ node(id: $id) {{ {kinds} }} }} fragment F on OwnFieldValue {{ field {{ code }} text }}"
    answer = await client.post("/graphql", json={"query": text, "variables": {"id": thing}})
    return told(answer.json()["data"]["node"])


def form(shop: Trade, **others: Any) -> dict[str, Any]:
    line = {"skuId": global_id("Sku", shop.shop.skus[0]), "quantity": "1", "unitPrice": "2"}
    places = {
        "supplierId": global_id("Supplier", shop.supplier_id),
        "warehouseId": global_id("Warehouse", shop.shop.warehouse.id),
    }
    return {**places, "lines": [line], **others}


async def test_a_document_is_made_and_changed_with_its_fields(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "PURCHASE_ORDER", "project")
    await make(client, "PURCHASE_ORDER", "weight", "NUMBER")
    made = (await ask(client, "CreatePurchaseOrder", **form(shop, fields=PROJECT)))["purchaseOrder"]
    assert made["version"] == 1
    assert await says(client, made["id"]) == {"project": "A"}
    both = [{"code": "project", "value": None}, {"code": "weight", "value": "3"}]
    changed = await ask(client, "UpdatePurchaseOrder", id=made["id"], note="x", fields=both, expectedVersion=1)
    assert (changed["userErrors"], changed["purchaseOrder"]["version"]) == ([], 2)
    assert await says(client, made["id"]) == {"weight": "3"}
    alone = await ask(client, "UpdatePurchaseOrder", id=made["id"], note="x", fields=PROJECT, expectedVersion=2)
    assert (alone["userErrors"], alone["purchaseOrder"]["version"]) == ([], 3)
    assert await says(client, made["id"]) == {"project": "A", "weight": "3"}
    stale = await ask(client, "UpdatePurchaseOrder", id=made["id"], fields=PROJECT, expectedVersion=1)
    assert wrong(stale) == [("STALE_VERSION", "expectedVersion")]
    assert await shop.verify() == []


async def test_what_is_wrong_with_a_field_keeps_the_whole_form_back(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "PURCHASE_ORDER", "weight", "NUMBER")
    fields = [{"code": "weight", "value": "heavy"}, {"code": "colour", "value": "red"}]
    refused = await ask(client, "CreatePurchaseOrder", **form(shop, fields=fields))
    assert sorted(wrong(refused)) == [("NOT_A_NUMBER", "fields.0.value"), ("UNKNOWN_OWN_FIELD", "fields.1.code")]
    assert await db.fetch("SELECT id FROM document") == []
    several = await ask(client, "CreatePurchaseOrders", purchaseOrders=[form(shop), form(shop, fields=fields)])
    assert ("NOT_A_NUMBER", "purchaseOrders.1.fields.0.value") in wrong(several)
    assert await db.fetch("SELECT id FROM document") == []


async def test_a_retry_makes_one_document_and_other_fields_are_another_form(
    client: httpx.AsyncClient, shop: Trade
) -> None:
    await make(client, "PURCHASE_ORDER", "project")
    keyed = form(shop, fields=PROJECT, idempotencyKey="k")
    first, again = [(await ask(client, "CreatePurchaseOrder", **keyed))["purchaseOrder"]["id"] for _ in range(2)]
    assert first == again
    assert wrong(await ask(client, "CreatePurchaseOrder", **keyed | {"fields": []})) == [
        ("IDEMPOTENCY_MISMATCH", "idempotencyKey")
    ]
    tried = await ask(client, "CreatePurchaseOrder", **form(shop, fields=PROJECT, dryRun=True))
    assert tried["userErrors"] == []
    assert len(await db.fetch("SELECT id FROM document")) == len(await db.fetch("SELECT id FROM own_field_value")) == 1


async def test_what_is_posted_at_once_is_made_with_its_fields(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "GOODS_RECEIPT", "truck")
    order_id = await shop.buy((0, "1", "2"))
    (line,) = await shop.purchase_lines(order_id)
    received = await ask(
        client, "ReceiveGoods", purchaseOrderId=global_id("PurchaseOrder", order_id),
        lines=[{"purchaseOrderLineId": global_id("PurchaseOrderLine", line.id), "quantityAccepted": "1"}],
        fields=[{"code": "truck", "value": "粤B 12345"}],
    )  # fmt: skip
    assert received["userErrors"] == []
    assert await says(client, received["goodsReceipt"]["id"]) == {"truck": "粤B 12345"}


async def test_master_data_are_made_and_changed_with_their_fields(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "SUPPLIER", "project")
    await make(client, "SKU", "project")
    supplier = (await ask(client, "CreateSupplier", code="N", name="新", fields=PROJECT))["supplier"]["id"]
    assert await says(client, supplier) == {"project": "A"}
    changed = await ask(client, "UpdateSupplier", id=supplier, fields=[{"code": "project", "value": "B"}])
    assert changed["userErrors"] == []
    assert await says(client, supplier) == {"project": "B"}
    sku = global_id("Sku", shop.shop.skus[0])
    await ask(client, "UpdateSku", id=sku, name="新名", fields=PROJECT)
    assert await says(client, sku) == {"project": "A"}
    ((product,),) = await db.fetch("SELECT product_id FROM sku")
    made = await ask(
        client, "CreateSku", productId=global_id("Product", product), code="N", name="n", unit="个", fields=PROJECT
    )
    assert await says(client, made["sku"]["id"]) == {"project": "A"}


async def test_it_takes_the_permission_to_fill_in(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "PURCHASE_ORDER", "project")
    answer = await answered(client, "CreateRole", {"input": {
        "code": "DRAFTS", "name": "x", "permissions": ["SEE_PURCHASING", "EDIT_PURCHASE_ORDERS", "SEE_CATALOG"],
    }})  # fmt: skip
    assert answer["data"]["createRole"]["userErrors"] == []
    await sign_in_as(client, "DRAFTS")
    assert (await ask(client, "CreatePurchaseOrder", **form(shop)))["userErrors"] == []
    answer = await answered(client, "CreatePurchaseOrder", {"input": form(shop, fields=PROJECT)})
    assert answer["errors"][0]["extensions"]["permission"] == "SET_OWN_FIELDS"


async def test_the_timeline_of_a_document_is_read_with_its_changes(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "PURCHASE_ORDER", "project")
    made = (await ask(client, "CreatePurchaseOrder", **form(shop, fields=PROJECT)))["purchaseOrder"]["id"]
    text = "query ($id: ID!) { document(id: $id) { timeline(first: 9) { nodes { kind changes { label } } } } }"
    answer = (await client.post("/graphql", json={"query": text, "variables": {"id": made}})).json()
    assert "errors" not in answer, answer
    kinds = [one["kind"] for one in answer["data"]["document"]["timeline"]["nodes"]]
    assert sorted(kinds) == ["OWN_FIELDS_SET", "PURCHASE_ORDER_CREATED"]


async def test_what_is_hidden_of_a_reference_is_not_found_by_it(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "SKU", "maker", "REFERENCE", referenceKind="SUPPLIER")
    maker = global_id("Supplier", shop.supplier_id)
    await ask(
        client, "UpdateSku", id=global_id("Sku", shop.shop.skus[0]), fields=[{"code": "maker", "value": maker}]
    )  # fmt: skip
    text = "query ($one: ValueFilter!) { skus(first: 9, where: { fields: [$one] }) { totalCount } }"

    async def found(op: str) -> int:
        told = {"one": {"code": "maker", "op": op, "value": maker, "values": [maker]}}
        answer = (await client.post("/graphql", json={"query": text, "variables": told})).json()
        return int(answer["data"]["skus"]["totalCount"])

    assert [await found(op) for op in ("EQ", "IN", "GTE", "LTE")] == [1, 1, 1, 1]
    role = {"code": "SHELVES", "name": "x", "permissions": ["SEE_CATALOG"]}
    await answered(client, "CreateRole", {"input": role})
    await sign_in_as(client, "SHELVES")
    assert [await found(op) for op in ("EQ", "IN", "GTE", "LTE")] == [0, 0, 0, 0]
    assert await found("NOT_EMPTY") == 1
