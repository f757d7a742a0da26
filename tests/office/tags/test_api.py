"""What a page does with tags: the documents of schema/operations/tags.graphql."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from tests.make.begun import begun
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade
from tests.operations import ask, send, sign_in_as

shop = begun(make_trade, 1)


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "tags", operation, {"input": given})


async def tagged(client: httpx.AsyncClient, *tag_ids: str) -> list[Any]:
    found: list[Any] = (await ask(client, "tags", "TaggedDocuments", {"tagIds": tag_ids}))["nodes"]
    return found


async def make(client: httpx.AsyncClient, name: str) -> str:
    return str((await say(client, "CreateTag", name=name))["tag"]["id"])


@pytest.fixture
async def order(shop: Trade) -> str:
    return global_id("PurchaseOrder", await shop.draft_purchase((0, "1", "2")))


async def test_a_tag_is_made_renamed_and_deleted(client: httpx.AsyncClient) -> None:
    tag = (await say(client, "CreateTag", name=" 加急 ", color="#D97706"))["tag"]
    assert (tag["name"], tag["color"], tag["version"]) == ("加急", "#d97706", 1)
    renamed = (await say(client, "UpdateTag", id=tag["id"], name="特急", expectedVersion=1))["tag"]
    assert (renamed["name"], renamed["color"], renamed["version"]) == ("特急", "#d97706", 2)
    refused = await say(client, "UpdateTag", id=tag["id"], name="急", expectedVersion=1)
    assert [one["code"] for one in refused["userErrors"]] == ["STALE_VERSION"]
    other = await make(client, "加急")
    refused = await say(client, "UpdateTag", id=other, name="特急")
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("CODE_TAKEN", ["input", "name"])]
    refused = await say(client, "CreateTag", name=" ", color="red")
    assert {one["code"] for one in refused["userErrors"]} == {"REQUIRED", "INVALID_COLOR"}
    assert (await say(client, "DeleteTag", id=other))["deletedId"] == other
    assert [one["name"] for one in (await ask(client, "tags", "Tags", {}))["nodes"]] == ["特急"]


async def test_documents_have_tags_and_are_found_by_them(client: httpx.AsyncClient, shop: Trade, order: str) -> None:
    urgent, paper, unused = [await make(client, name) for name in ("加急", "缺单据", "无")]
    document = (await say(client, "TagDocument", id=order, addTagIds=[urgent, paper, urgent]))["document"]
    assert [one["tag"]["name"] for one in document["tags"]] == ["加急", "缺单据"]
    assert (await say(client, "TagDocument", id=order, addTagIds=[urgent]))["document"] == document
    assert [one["id"] for one in await tagged(client, paper, unused)] == [order]
    assert await tagged(client, unused) == []
    where = {"tags": {"tag": {"name": {"eq": "加急"}}}}
    for operation in ("documents", "purchaseOrders"):
        text = f"query ($where: {'Document' if operation == 'documents' else 'PurchaseOrder'}Where)"
        body = {"query": f"{text} {{ {operation}(where: $where) {{ nodes {{ id }} }} }}", "variables": {"where": where}}
        found = (await client.post("/graphql", json=body)).json()["data"][operation]
        assert [one["id"] for one in found["nodes"]] == [order]
    refused = await say(client, "DeleteTag", id=urgent)
    assert [one["code"] for one in refused["userErrors"]] == ["IN_USE"]
    document = (await say(client, "TagDocument", id=order, removeTagIds=[urgent, unused]))["document"]
    assert [one["tag"]["name"] for one in document["tags"]] == ["缺单据"]
    assert (await say(client, "DeleteTag", id=urgent))["userErrors"] == []
    page = {
        "query": "query ($id: ID!) { document(id: $id) { timeline { nodes { what } } } }",
        "variables": {"id": order},
    }
    told = (await client.post("/graphql", json=page)).json()["data"]["document"]["timeline"]["nodes"]
    assert [one["what"] for one in told][1:] == ["DocumentTagged", "DocumentTagged"]


async def test_what_is_wrong_is_told_at_its_place(client: httpx.AsyncClient, order: str) -> None:
    tags = [await make(client, f"{number}") for number in range(21)]
    gone = global_id("Tag", 1)
    refused = await say(client, "TagDocument", id=order, addTagIds=[tags[0], gone], removeTagIds=[gone])
    assert [(one["code"], one["path"][1:]) for one in refused["userErrors"]] == [
        ("UNKNOWN_ID", ["addTagIds", "1"]),
        ("UNKNOWN_ID", ["removeTagIds", "0"]),
    ]
    refused = await say(client, "TagDocument", id=order, addTagIds=tags)
    assert [one["code"] for one in refused["userErrors"]] == ["TOO_MANY_TAGS"]
    refused = await say(client, "TagDocument", id=global_id("PurchaseOrder", 1), addTagIds=tags[:1])
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("UNKNOWN_ID", ["input", "id"])]


async def test_another_warehouse_sees_and_gives_none(client: httpx.AsyncClient, call: Call, order: str) -> None:
    tag = await make(client, "加急")
    document = (await say(client, "TagDocument", id=order, addTagIds=[tag]))["document"]
    text = "query ($id: ID!) { document(id: $id) { tags { id } } }"
    (given,) = (await client.post("/graphql", json={"query": text, "variables": {"id": order}})).json()["data"][
        "document"
    ]["tags"]
    await sign_in_as(client, "MANAGER", (await open_warehouse(call)).id)
    assert await tagged(client, tag) == []
    assert (await ask_node(client, given["id"])) is None
    assert document["id"] == order
    refused = await say(client, "TagDocument", id=order, removeTagIds=[tag])
    assert [one["code"] for one in refused["userErrors"]] == ["UNKNOWN_ID"]
    refused = await say(client, "DeleteTag", id=tag)
    assert [(one["code"], one.get("documents")) for one in refused["userErrors"]] == [("IN_USE", None)]
    await sign_in_as(client, "BUYER")
    answer = await send(client, "tags", "CreateTag", {"input": {"name": "x"}})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def ask_node(client: httpx.AsyncClient, key: str) -> Any:
    body = {"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": key}}
    return (await client.post("/graphql", json=body)).json()["data"]["node"]
