"""What a page does with comments and followers: the documents of schema/operations/comments.graphql."""

from typing import Any

import httpx
import pytest

from jxc_graphql import schema
from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth import queries as users
from jxc_graphql.office.auth.permissions import Permission
from tests.make.begun import begun
from tests.make.clients import signed_in
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade
from tests.operations import ask, documents, limit_to

shop = begun(make_trade, 1)


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "comments", operation, {"input": given})


async def listed(client: httpx.AsyncClient, **where: Any) -> list[Any]:
    found: list[Any] = (await ask(client, "comments", "Comments", {"where": where}))["nodes"]
    return found


@pytest.fixture
async def order(shop: Trade) -> str:
    return global_id("PurchaseOrder", await shop.draft_purchase((0, "1", "2")))


async def test_a_comment_is_said_once_put_otherwise_and_taken_back(client: httpx.AsyncClient, order: str) -> None:
    given = {"documentId": order, "text": " 请核对价格 ", "idempotencyKey": "once"}
    first = (await say(client, "AddComment", **given))["comment"]
    assert (await say(client, "AddComment", **given))["comment"] == first
    assert (await say(client, "EditComment", id=first["id"], idempotencyKey="as it is"))["comment"] == first
    assert (first["text"], first["editedAt"], first["author"]["name"]) == ("请核对价格", None, "Administrator")
    await say(client, "EditComment", id=first["id"], text="请核对数量")
    same = await say(client, "EditComment", id=first["id"], text="请核对数量")
    page = await ask(client, "comments", "CommentPage", {"id": first["id"]})
    assert [one["text"] for one in page["earlier"]] == ["请核对价格"]
    assert (page["text"], page["earlier"][0]["writtenAt"]) == ("请核对数量", first["createdAt"])
    assert same["userErrors"] == []
    gone = (await say(client, "DeleteComment", id=first["id"]))["comment"]
    assert (gone["text"], gone["deletedAt"] is not None) == (None, True)
    page = await ask(client, "comments", "CommentPage", {"id": first["id"]})
    assert (page["earlier"], page["deletedBy"]["name"]) == ([], "Administrator")
    assert [one["id"] for one in await listed(client, documentId={"eq": order})] == [first["id"]]
    for operation in ("EditComment", "DeleteComment"):
        more = {"text": "…"} if operation == "EditComment" else {}
        refused = await say(client, operation, id=first["id"], **more)
        assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("COMMENT_GONE", ["input", "id"])]


async def test_nothing_of_what_was_deleted_is_kept(client: httpx.AsyncClient, order: str) -> None:
    comment = (await say(client, "AddComment", documentId=order, text="schwarz"))["comment"]
    await say(client, "EditComment", id=comment["id"], text="schwarz auf weiss")
    await say(client, "DeleteComment", id=comment["id"])
    for table, column in (("comment", "text"), ("earlier_text", "text"), ("journal", "body")):
        rows = await db.fetch(f"SELECT {column} FROM {table} WHERE {column} LIKE '%schwarz%'")
        assert rows == [], table
    keys = await db.fetch("SELECT fact FROM idempotency_key")
    assert keys == []


async def test_what_is_wrong_is_told_at_its_place(client: httpx.AsyncClient, order: str) -> None:
    refused = await say(client, "AddComment", documentId=order, text=" ", mentionIds=[global_id("User", 1)] * 21)
    assert {(one["code"], *one["path"][1:]) for one in refused["userErrors"]} == {
        ("REQUIRED", "text"),
        ("TOO_MANY_MENTIONS", "mentionIds"),
    }
    refused = await say(client, "AddComment", documentId=global_id("PurchaseOrder", 1), text="…")
    assert [one["code"] for one in refused["userErrors"]] == ["UNKNOWN_ID"]
    comment = (await say(client, "AddComment", documentId=order, text="0"))["comment"]
    for number in range(20):
        await say(client, "EditComment", id=comment["id"], text=f"{number + 1}")
    refused = await say(client, "EditComment", id=comment["id"], text="…")
    assert [one["code"] for one in refused["userErrors"]] == ["TOO_MANY_EDITS"]


async def test_those_are_mentioned_who_see_the_document(
    client: httpx.AsyncClient, call: Call, shop: Trade, order: str
) -> None:
    elsewhere = (await open_warehouse(call)).id
    async with (
        signed_in("lin", "BUYER") as (lin, lin_id),
        signed_in("far", "BUYER", elsewhere) as (far, far_id),
        signed_in("sam", "WAREHOUSE_KEEPER") as (_, sam_id),
    ):
        await auth.create_role(call, code="SALES_ONLY", name="Sales", permissions=[Permission.SEE_SALES])
        async with signed_in("sal", "SALES_ONLY") as (_, sal_id):
            mentioned = [lin_id, far_id, sam_id, sal_id, global_id("User", 1)]
            refused = await say(client, "AddComment", documentId=order, text="看", mentionIds=mentioned)
        assert [(one["code"], one["path"][-1], one["message"].split()[0]) for one in refused["userErrors"]] == [
            ("MAY_NOT_SEE_DOCUMENT", "1", "far"),
            ("MAY_NOT_SEE_DOCUMENT", "3", "sal"),
            ("UNKNOWN_ID", "4", refused["userErrors"][2]["message"].split()[0]),
        ]
        viewers = (await answer(client, "DocumentViewers", documentId=order))["documentViewers"]
        assert {one["name"] for one in viewers} >= {"lin", "sam"}
        assert not {one["name"] for one in viewers} & {"far", "sal"}
        few = (await answer(client, "DocumentViewers", documentId=order, search="LI"))["documentViewers"]
        assert [one["name"] for one in few] == ["lin"]
        made = await say(client, "AddComment", documentId=order, text="看", mentionIds=[lin_id, lin_id])
        comment = made["comment"]
        assert [one["user"]["name"] for one in comment["mentions"]] == ["lin"]
        mine = {"mentions": {"userId": {"eq": lin_id}}}
        assert [one["id"] for one in await listed(lin, **mine)] == [comment["id"]]
        await say(client, "EditComment", id=comment["id"], mentionIds=[sam_id])
        assert await listed(lin, **mine) == []
        assert await listed(far) == []


async def answer(client: httpx.AsyncClient, operation: str, **variables: Any) -> Any:
    body = {"query": documents()[operation], "operationName": operation, "variables": variables}
    return (await client.post("/graphql", json=body)).json()["data"]


async def test_another_warehouse_and_the_revoked_learn_nothing(
    client: httpx.AsyncClient, call: Call, shop: Trade, order: str
) -> None:
    comment = (await say(client, "AddComment", documentId=order, text="secret"))["comment"]
    elsewhere = (await open_warehouse(call)).id
    ids = "comment(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id }"
    asked = f"{{ {ids} comments {{ totalCount edges {{ cursor }} }} }}"
    follower = "followers { id } comments { totalCount nodes { text } }"
    async with signed_in("lin", "BUYER", shop.shop.warehouse.id) as (lin, lin_id):
        assert len(await listed(lin)) == 1
        await limit_to(read_global_id(lin_id)[1], elsewhere)
        body = {"query": f"query ($id: ID!) {asked}", "variables": {"id": comment["id"]}}
        told = (await lin.post("/graphql", json=body)).json()["data"]
        nothing = {"totalCount": 0, "edges": []}
        assert told == {"comment": None, "node": None, "nodes": [None], "comments": nothing}
        for operation, given in (
            ("AddComment", {"documentId": order, "text": "x"}),
            ("EditComment", {"id": comment["id"], "text": "x"}),
            ("DeleteComment", {"id": comment["id"]}),
            ("FollowDocument", {"id": order}),
            ("UnfollowDocument", {"id": order}),
        ):
            assert [one["code"] for one in (await say(lin, operation, **given))["userErrors"]] == ["UNKNOWN_ID"]
        assert (await answer(lin, "DocumentViewers", documentId=order)) is None
        text = f"query ($id: ID!) {{ document(id: $id) {{ {follower} }} }}"
        hidden = (await lin.post("/graphql", json={"query": text, "variables": {"id": order}})).json()
        assert hidden["data"] == {"document": None}


async def test_nobody_lays_hands_on_anothers_comment_but_the_administrator(
    client: httpx.AsyncClient, order: str
) -> None:
    async with signed_in("lin", "BUYER") as (lin, _), signed_in("viv", "VIEWER") as (viv, _):
        own = (await say(lin, "AddComment", documentId=order, text="mine"))["comment"]
        theirs = (await say(client, "AddComment", documentId=order, text="theirs"))["comment"]
        for who, operation, given in (
            (client, "EditComment", {"id": own["id"], "text": "x"}),
            (lin, "EditComment", {"id": theirs["id"], "text": "x"}),
            (lin, "DeleteComment", {"id": theirs["id"]}),
        ):
            assert [one["code"] for one in (await say(who, operation, **given))["userErrors"]] == ["NOT_OWN_COMMENT"]
        assert (await say(client, "DeleteComment", id=own["id"]))["userErrors"] == []
        body = {"input": {"documentId": order, "text": "x"}}
        refused = await viv.post("/graphql", json={"query": documents()["AddComment"], "variables": body})
        assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert len(await listed(viv)) == 2


async def test_authors_follow_what_they_make_and_others_what_they_like(
    client: httpx.AsyncClient, call: Call, order: str
) -> None:
    boss = global_id("User", call.actor_id or 0)
    async with signed_in("viv", "VIEWER") as (viv, viv_id):
        followed = await ask(client, "comments", "FollowedDocuments", {"userId": boss})
        assert followed["nodes"][0]["id"] == order
        document = (await say(viv, "FollowDocument", id=order))["document"]
        assert {one["user"]["id"] for one in document["followers"]} == {boss, viv_id}
        assert (await say(viv, "FollowDocument", id=order))["document"] == document
        assert len((await ask(viv, "comments", "FollowedDocuments", {"userId": viv_id}))["nodes"]) == 1
        document = (await say(client, "UnfollowDocument", id=order))["document"]
        assert [one["user"]["id"] for one in document["followers"]] == [viv_id]
        assert (await say(client, "UnfollowDocument", id=order))["userErrors"] == []


async def events(call: Call, *, after: str, **asked: Any) -> list[tuple[str, str | None]]:
    """What a subscription tells up to now: the change, and what the comment says by now."""
    executor = schema.executor(introspection=False)
    prepared = executor.prepare(documents()["DocumentDiscussed"])
    stream = executor.subscription(prepared, {"after": after, **asked})

    async def renew() -> Call:
        return call

    told, head = [], await journal.head()
    following = stream.events(renew)
    async for event in following:
        if event.result is not None:
            ((_, one),) = event.result.data.items()
            told.append((one["change"], one["comment"] and one["comment"]["text"]))
        elif event.cursor and Cursor.decode(event.cursor) >= head:
            break
    await following.aclose()
    return told


async def test_it_is_told_to_those_whom_it_concerns_and_who_see_it(
    client: httpx.AsyncClient, call: Call, shop: Trade, order: str
) -> None:
    other = global_id("PurchaseOrder", await shop.draft_purchase((0, "1", "2")))
    begin = (await journal.head()).encode()
    async with (
        signed_in("lin", "BUYER") as (lin, lin_id),
        signed_in("far", "BUYER", (await open_warehouse(call)).id) as (_, far_id),
    ):
        first = (await say(client, "AddComment", documentId=order, text="1", mentionIds=[lin_id]))["comment"]
        await say(client, "AddComment", documentId=other, text="2")
        await say(lin, "FollowDocument", id=other)
        await say(client, "EditComment", id=first["id"], text="1 a")
        everything = [("ADDED", "1 a"), ("ADDED", "2"), ("EDITED", "1 a")]
        lins, fars = [await users.call_of_user(read_global_id(one)[1]) for one in (lin_id, far_id)]
        assert await events(lins, after=begin) == everything
        assert await events(lins, after=begin, userId=lin_id) == everything
        assert await events(lins, after=begin, userId=far_id) == []
        assert await events(lins, after=begin, ids=[other]) == [("ADDED", "2")]
        assert await events(fars, after=begin) == []
