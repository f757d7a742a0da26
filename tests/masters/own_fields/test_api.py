"""What a page does with own fields: the documents of schema/operations/own_fields.graphql."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.own_fields.queries import COMPARISONS
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension
from tests.make.begun import begun
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade
from tests.operations import ask, send, sign_in_as

shop = begun(make_trade, 2)
FILLED = "OwnFieldsSet"


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "own_fields", operation, {"input": given})


async def make(client: httpx.AsyncClient, kind: str, code: str, value_type: str = "TEXT", **others: Any) -> Any:
    made = await say(client, "CreateOwnField", kind=kind, code=code, name=code, valueType=value_type, **others)
    assert made["userErrors"] == []
    return made["ownField"]


async def fill(client: httpx.AsyncClient, thing: str, **values: str | None) -> Any:
    fields = [{"code": code, "value": value} for code, value in values.items()]
    return await say(client, "SetOwnFields", id=thing, fields=fields)


def wrong(answer: Any) -> list[tuple[str, str]]:
    return [(one["code"], ".".join(one["path"][1:])) for one in answer["userErrors"]]


def told(thing: Any) -> dict[str, str | None]:
    return {one["field"]["code"]: one["text"] for one in thing["fields"]}


@pytest.fixture
async def order(shop: Trade) -> str:
    return global_id("PurchaseOrder", await shop.draft_purchase((0, "1", "2")))


async def test_a_field_is_made_changed_and_deleted(client: httpx.AsyncClient) -> None:
    color = await make(client, "SKU", "color", "CHOICE", choices=["red", " blue", "red "])
    assert (color["choices"], color["isActive"], color["version"]) == (["red", "blue"], True, 1)
    changed = await say(client, "UpdateOwnField", id=color["id"], name=" 颜色 ", choices=["red"], expectedVersion=1)
    assert (changed["ownField"]["name"], changed["ownField"]["choices"]) == ("颜色", ["red"])
    refused = await say(client, "UpdateOwnField", id=color["id"], choices=[], name="")
    assert wrong(refused) == [("REQUIRED", "name"), ("REQUIRED", "choices")]
    refused = await say(client, "CreateOwnField", kind="SKU", code="color", name="x", valueType="CHOICE", choices=["x"])
    assert wrong(refused) == [("CODE_TAKEN", "code")]
    refused = await say(client, "CreateOwnField", kind="CUSTOMER", code="color", name="x", valueType="TEXT")
    assert wrong(refused) == [("OTHER_TYPE_ELSEWHERE", "valueType")]
    refused = await say(client, "CreateOwnField", kind="CUSTOMER", code="Größe", name="x", valueType="TEXT")
    assert wrong(refused) == [("INVALID_FIELD_CODE", "code")]
    assert (await say(client, "DeleteOwnField", id=color["id"], expectedVersion=1))["deletedId"] is None
    assert (await say(client, "DeleteOwnField", id=color["id"], expectedVersion=2))["deletedId"] == color["id"]
    assert (await ask(client, "own_fields", "OwnFields", {}))["nodes"] == []


async def test_a_kind_has_fifty_at_most(client: httpx.AsyncClient) -> None:
    for number in range(50):
        await make(client, "PRODUCT", f"f{number}", position=number)
    refused = await say(client, "CreateOwnField", kind="PRODUCT", code="more", name="x", valueType="TEXT")
    assert wrong(refused) == [("TOO_MANY_OWN_FIELDS", "kind")]
    await make(client, "SKU", "more")


async def test_a_document_says_something_in_each_type(client: httpx.AsyncClient, shop: Trade, order: str) -> None:
    supplier = global_id("Supplier", shop.supplier_id)
    await make(client, "PURCHASE_ORDER", "project")
    await make(client, "PURCHASE_ORDER", "weight", "NUMBER", decimals=3)
    await make(client, "PURCHASE_ORDER", "freight", "MONEY")
    await make(client, "PURCHASE_ORDER", "etd", "DATE")
    await make(client, "PURCHASE_ORDER", "term", "CHOICE", choices=["FOB", "CIF"])
    await make(client, "PURCHASE_ORDER", "agent", "REFERENCE", referenceKind="SUPPLIER")
    said = {
        "project": " 春季 ",
        "weight": "12.50",
        "freight": "-3",
        "etd": "2026-01-31",
        "term": "CIF",
        "agent": supplier,
    }
    document = (await fill(client, order, **said))["document"]
    assert document["version"] == 2
    assert told(document) == said | {"project": "春季", "weight": "12.5", "agent": "供应商"}
    assert {one["field"]["code"]: one["value"] for one in document["fields"]}["agent"] == supplier
    assert (await fill(client, order, weight="12.500"))["document"]["version"] == 2
    given = {"id": order, "fields": [{"code": "term"}]}
    assert (await say(client, "SetOwnFields", **given))["document"] == document
    document = (await fill(client, order, weight="13", term=None))["document"]
    assert told(document).get("term") is None
    assert told(document)["weight"] == "13"
    assert await COMPARISONS[0].differences() == []
    assert await shop.verify() == []


async def test_everything_that_is_wrong_is_told_at_its_place(client: httpx.AsyncClient, order: str) -> None:
    await make(client, "PURCHASE_ORDER", "weight", "NUMBER", decimals=1)
    old = await make(client, "PURCHASE_ORDER", "old")
    await make(client, "PURCHASE_ORDER", "agent", "REFERENCE", referenceKind="SUPPLIER")
    await make(client, "SALES_ORDER", "elsewhere")
    await fill(client, order, old="x")
    await say(client, "UpdateOwnField", id=old["id"], isActive=False)
    fields = [
        {"code": "weight", "value": "1.25"}, {"code": "old", "value": "y"}, {"code": "elsewhere", "value": "x"},
        {"code": "agent", "value": global_id("Supplier", 7)}, {"code": "agent", "value": None},
    ]  # fmt: skip
    refused = await say(client, "SetOwnFields", id=order, fields=fields)
    assert sorted(wrong(refused)) == [
        ("OWN_FIELD_INACTIVE", "fields.1.code"),
        ("OWN_FIELD_TWICE", "fields.4.code"),
        ("TOO_MANY_DECIMALS", "fields.0.value"),
        ("UNKNOWN_ID", "fields.3.value"),
        ("UNKNOWN_OWN_FIELD", "fields.2.code"),
    ]
    assert told((await fill(client, order, old=None))["document"]) == {}
    refused = await say(client, "SetOwnFields", id=order, fields=[], expectedVersion=1)
    assert wrong(refused) == [("STALE_VERSION", "expectedVersion")]
    refused = await fill(client, global_id("Lot", 1), old="x")
    assert wrong(refused) == [("UNKNOWN_ID", "id")]


@pytest.mark.parametrize("kind", ["SKU", "PRODUCT", "SUPPLIER", "CUSTOMER"])
async def test_master_data_say_something_and_take_it_along(client: httpx.AsyncClient, shop: Trade, kind: str) -> None:
    product = (await db.fetch("SELECT product_id FROM sku WHERE id = ?", (shop.shop.skus[0],)))[0][0]
    keys = {
        "SKU": shop.shop.skus[0], "PRODUCT": product, "SUPPLIER": shop.supplier_id, "CUSTOMER": shop.customer_id,
    }  # fmt: skip
    thing = global_id(kind.capitalize(), keys[kind])
    field = await make(client, kind, "grade", "NUMBER", isRequired=True)
    answer = await fill(client, thing, grade="3")
    assert [name for name, one in answer.items() if one and name != "userErrors"] == [kind.lower()]
    assert told(answer[kind.lower()]) == {"grade": "3"}
    assert wrong(await fill(client, thing, grade=None)) == [("REQUIRED", "fields.0.value")]
    assert wrong(await say(client, "DeleteOwnField", id=field["id"])) == [("IN_USE", "id")]
    if kind == "SUPPLIER":
        await partners.delete_supplier(shop.call, supplier_id=keys[kind])
        assert (await say(client, "DeleteOwnField", id=field["id"]))["userErrors"] == []


async def test_what_is_referred_to_stays(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "CUSTOMER", "source", "REFERENCE", referenceKind="SUPPLIER")
    customer, supplier = global_id("Customer", shop.customer_id), global_id("Supplier", shop.supplier_id)
    await fill(client, customer, source=supplier)
    answer = await send(client, "partners", "DeleteSupplier", {"input": {"id": supplier}})
    assert wrong(answer["data"]["deleteSupplier"]) == [("IN_USE", "id")]
    await partners.delete_customer(shop.call, customer_id=shop.customer_id)
    answer = await send(client, "partners", "DeleteSupplier", {"input": {"id": supplier}})
    assert answer["data"]["deleteSupplier"]["userErrors"] == []


async def test_a_document_leaves_its_draft_with_what_is_required(
    client: httpx.AsyncClient, shop: Trade, order: str
) -> None:
    await make(client, "PURCHASE_ORDER", "project", isRequired=True)
    reason = await make(client, "PURCHASE_ORDER", "reason", isRequired=True)
    await make(client, "SALES_ORDER", "project", isRequired=True)
    submit = {"input": {"id": order}}
    refused = await ask(client, "purchasing", "SubmitPurchaseOrder", submit)
    assert wrong(refused) == [("OWN_FIELDS_MISSING", "id")]
    assert {"project", "reason"} <= {
        one.strip(" .") for one in refused["userErrors"][0]["message"].split(":")[1].split(",")
    }
    await fill(client, order, project="x", reason="y")
    assert (await fill(client, order, project=None))["userErrors"] == []
    await fill(client, order, project="x", reason=None)
    await say(client, "UpdateOwnField", id=reason["id"], isActive=False)
    assert (await ask(client, "purchasing", "SubmitPurchaseOrder", submit))["userErrors"] == []
    assert wrong(await fill(client, order, project=None)) == [("REQUIRED", "fields.0.value")]
    sale = global_id("SalesOrder", await shop.draft_sale((0, "1", "2")))
    refused = await ask(client, "sales", "ApproveSalesOrder", {"input": {"id": sale}})
    assert wrong(refused) == [("OWN_FIELDS_MISSING", "id")]
    assert (await ask(client, "sales", "CancelSalesOrder", {"input": {"id": sale}}))["userErrors"] == []


async def test_a_dry_run_keeps_nothing_and_a_retry_does_it_once(client: httpx.AsyncClient, order: str) -> None:
    await make(client, "PURCHASE_ORDER", "project")
    fields = [{"code": "project", "value": "x"}]
    tried = (await say(client, "SetOwnFields", id=order, fields=fields, dryRun=True))["document"]
    assert (told(tried), tried["version"]) == ({"project": "x"}, 2)
    kept = (await say(client, "SetOwnFields", id=order, fields=[]))["document"]
    assert (told(kept), kept["version"]) == ({}, 1)
    assert await db.fetch("SELECT id FROM own_field_value") == []
    for _ in range(2):
        done = (await say(client, "SetOwnFields", id=order, fields=fields, idempotencyKey="k"))["document"]
        assert done["version"] == 2
    text = "query ($id: ID!) { document(id: $id) { timeline { nodes { what text } } } }"
    page = (await client.post("/graphql", json={"query": text, "variables": {"id": order}})).json()["data"]
    assert [one["what"] for one in page["document"]["timeline"]["nodes"]][1:] == ["OwnFieldsSet"]
    ((body,),) = await db.fetch("SELECT body FROM journal WHERE name = 'OwnFieldsSet'")
    assert '{"code":"project","before":null,"after":"x","field_id":' in body


async def test_the_timeline_says_what_was_filled_in_as_far_as_one_sees_it(
    client: httpx.AsyncClient, shop: Trade, order: str
) -> None:
    await make(client, "PURCHASE_ORDER", "project")
    await make(client, "PURCHASE_ORDER", "agent", "REFERENCE", referenceKind="SUPPLIER")
    hidden = await partners.create_supplier(shop.call, profile=Profile(code="H", name="秘密"))
    await fill(client, order, project="x", agent=global_id("Supplier", hidden.supplier_id))
    await fill(client, order, project="y", agent=None)
    text = """query ($id: ID!) { document(id: $id) { timeline { nodes { what changesLeftOut
        changes { field label before after } } } } }"""

    async def shown() -> list[list[tuple[str, ...]]]:
        answer = (await client.post("/graphql", json={"query": text, "variables": {"id": order}})).json()
        entries = answer["data"]["document"]["timeline"]["nodes"]
        return [[tuple(one.values()) for one in entry["changes"]] for entry in entries if entry["what"] == FILLED]

    project, agent = ("project", "project"), ("agent", "agent")
    assert await shown() == [
        [(*project, None, "x"), (*agent, None, "秘密")], [(*project, "x", "y"), (*agent, "秘密", None)]
    ]  # fmt: skip
    await sign_in_as(client, "BUYER")
    ((buyer,),) = await db.fetch("SELECT id FROM \"user\" WHERE username = 'buyer'")
    await auth.set_user_scope(
        auth.system_call(), user_id=buyer, dimension=Dimension.SUPPLIER, target_ids=[shop.supplier_id]
    )
    assert await shown() == [[(*project, None, "x")], [(*project, "x", "y")]]


async def test_others_see_and_change_what_they_may(
    client: httpx.AsyncClient, call: Call, shop: Trade, order: str
) -> None:
    hidden = await partners.create_supplier(shop.call, profile=Profile(code="H", name="秘密"))
    supplier = global_id("Supplier", hidden.supplier_id)
    await make(client, "PURCHASE_ORDER", "agent", "REFERENCE", referenceKind="SUPPLIER")
    await fill(client, order, agent=supplier)
    await sign_in_as(client, "MANAGER", (await open_warehouse(call)).id)
    assert wrong(await fill(client, order, agent=None)) == [("UNKNOWN_ID", "id")]
    await sign_in_as(client, "BUYER")
    answer = await send(client, "own_fields", "CreateOwnField", {"input": {
        "kind": "SKU", "code": "x", "name": "x", "valueType": "TEXT",
    }})  # fmt: skip
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    answer = await send(client, "own_fields", "SetOwnFields", {"input": {
        "id": global_id("Sku", shop.shop.skus[0]), "fields": [],
    }})  # fmt: skip
    assert answer["errors"][0]["extensions"]["permission"] == "MANAGE_CATALOG"
    ((buyer,),) = await db.fetch("SELECT id FROM \"user\" WHERE username = 'buyer'")
    await auth.set_user_scope(
        auth.system_call(), user_id=buyer, dimension=Dimension.SUPPLIER, target_ids=[shop.supplier_id]
    )
    document = (await fill(client, order))["document"]
    assert [(one["value"], one["text"]) for one in document["fields"]] == [(None, None)]
    assert wrong(await fill(client, order, agent=supplier)) == [("UNKNOWN_ID", "fields.0.value")]
    document = (await fill(client, order, agent=global_id("Supplier", shop.supplier_id)))["document"]
    assert told(document) == {"agent": "供应商"}


@pytest.mark.parametrize(
    "damage",
    [
        "in_order = 'd2026-01-31'",
        "value = 'y'",
        "field_id = (SELECT id FROM own_field WHERE kind = 'SKU')",
    ],
)
async def test_the_check_of_the_books_finds_what_is_none_of_its_field(
    client: httpx.AsyncClient, order: str, damage: str
) -> None:
    await make(client, "PURCHASE_ORDER", "project")
    await make(client, "SKU", "season")
    await fill(client, order, project="x")
    assert await COMPARISONS[0].differences() == []
    await db.transactional(db.execute)(f"UPDATE own_field_value SET {damage}")
    ((key,),) = await db.fetch("SELECT id FROM own_field_value")
    assert [one.key for one in await COMPARISONS[0].differences()] == [str(key)]
