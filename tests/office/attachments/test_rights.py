"""Whoever does not see what has a file sees nothing of it, and a link is no right."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.kit import links
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.make.clients import signed_in
from tests.make.shop import open_warehouse
from tests.make.trade import Trade
from tests.office.attachments.sending import PDF, attach, link, page, png, say, send
from tests.operations import limit_to

pytestmark = pytest.mark.usefixtures("folder")


async def asked(client: httpx.AsyncClient, text: str, **variables: Any) -> Any:
    return (await client.post("/graphql", json={"query": text, "variables": variables})).json()["data"]


async def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_another_warehouse_learns_nothing(client: httpx.AsyncClient, call: Call, order: str) -> None:
    key = await attach(client, order, "a.pdf", PDF)
    async with signed_in("far", "BUYER", (await open_warehouse(call)).id) as (far, _):
        told = await asked(far, "query ($id: ID!) { attachment(id: $id) { id } node(id: $id) { id } }", id=key)
        assert told == {"attachment": None, "node": None}
        for operation, given in (
            ("RequestUpload", {"ownerId": order, "name": "a.pdf"}),
            ("UpdateAttachment", {"id": key, "name": "b.pdf"}),
            ("DeleteAttachment", {"id": key}),
        ):
            refused = await say(far, operation, **given)
            assert [one["code"] for one in refused["userErrors"]] == ["UNKNOWN_ID"]


async def test_rights_are_looked_at_when_a_link_is_used(
    client: httpx.AsyncClient, call: Call, shop: Trade, order: str
) -> None:
    key = await attach(client, order, "a.pdf", PDF)
    elsewhere = (await open_warehouse(call)).id
    async with signed_in("lin", "BUYER") as (lin, lin_id), signed_in("viv", "VIEWER") as (viv, _):
        url, upload = (await page(lin, key))["url"], await link(lin, order, "b.pdf")
        user_id = read_global_id(lin_id)[1]
        bare = httpx.AsyncClient(transport=lin._transport, base_url="http://localhost")  # noqa: SLF001  (an <img>)
        assert (await bare.get(url)).content == PDF
        for others in (viv, client):
            assert await refusal(await others.get(url)) == (403, "FORBIDDEN")
        await limit_to(user_id, elsewhere)
        assert await refusal(await bare.get(url)) == (404, "NOT_FOUND")
        assert await refusal(await bare.put(upload, content=PDF)) == (404, "NOT_FOUND")
        await limit_to(user_id)
        await auth.set_user_roles(call, user_id=user_id, roles=["VIEWER"])
        assert (await bare.get(url)).status_code == 200
        assert await refusal(await bare.put(upload, content=PDF)) == (403, "FORBIDDEN")
        await auth.deactivate_user(call, user_id=user_id)
        assert await refusal(await bare.get(url)) == (403, "FORBIDDEN")
        kind, _, rest = url.rpartition("/")[2].partition(".")
        other = f"/files/{kind}.{call.actor_id}.{rest.partition('.')[2]}"
        assert await refusal(await bare.get(other)) == (404, "LINK_ENDED")


async def test_files_of_partners_are_for_those_who_see_them(client: httpx.AsyncClient, call: Call, shop: Trade) -> None:
    supplier, customer = global_id("Supplier", shop.supplier_id), global_id("Customer", shop.customer_id)
    keys = [await attach(client, one, f"{number}.png", png(number)) for number, one in enumerate((supplier, customer))]
    await auth.create_role(call, code="STOCK", name="Stock", permissions=[Permission.SEE_STOCK, "ATTACH_FILES"])  # type: ignore[list-item]
    async with signed_in("lin", "BUYER") as (lin, lin_id), signed_in("sam", "STOCK") as (sam, _):
        text = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        assert [one["id"] for one in (await asked(lin, text, ids=keys))["nodes"]] == keys
        assert (await asked(sam, text, ids=keys))["nodes"] == [None, None]
        url = (await page(lin, keys[0]))["url"]
        limits = {"user_id": read_global_id(lin_id)[1], "dimension": Dimension.SUPPLIER, "target_ids": []}
        await auth.set_user_scope(auth.system_call(), **limits)  # type: ignore[arg-type]
        assert (await asked(lin, text, ids=keys))["nodes"] == [None, {"id": keys[1]}]
        assert await refusal(await lin.get(url)) == (404, "NOT_FOUND")
        refused = await say(lin, "RequestUpload", ownerId=supplier, name="a.png")
        assert [one["code"] for one in refused["userErrors"]] == ["UNKNOWN_ID"]


async def test_files_take_a_permission(client: httpx.AsyncClient, order: str) -> None:
    key = await attach(client, order, "a.pdf", PDF)
    async with signed_in("viv", "VIEWER") as (viv, _):
        text = "mutation ($id: ID!) { deleteAttachment(input: { id: $id }) { attachment { id } } }"
        answer = (await viv.post("/graphql", json={"query": text, "variables": {"id": key}})).json()
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert (await viv.get((await page(viv, key))["url"])).content == PDF


async def test_what_is_deleted_with_its_files_leaves_none(client: httpx.AsyncClient, product: str, call: Call) -> None:
    body = {"query": "{ categories(first: 1) { nodes { id } } }"}
    category = (await client.post("/graphql", json=body)).json()["data"]["categories"]["nodes"][0]["id"]
    text = "mutation ($i: CreateProductInput!) { createProduct(input: $i) { product { id brand } } }"
    given = {"code": "BRAND-1", "name": "可乐", "brand": "可口可乐", "categoryId": category}
    made = (await asked(client, text, i=given))["createProduct"]["product"]
    assert made["brand"] == "可口可乐"
    for where in ('(where: { brand: { eq: "可口可乐" } })', '(search: "kekoukele")'):
        found = (await asked(client, f"{{ products{where} {{ nodes {{ id }} }} }}"))["products"]["nodes"]
        assert [one["id"] for one in found] == [made["id"]]
    key = await attach(client, made["id"], "a.png", png())
    text = "mutation ($id: ID!) { deleteProduct(input: { id: $id }) { deletedId userErrors { code } } }"
    gone = (await asked(client, text, id=made["id"]))["deleteProduct"]
    assert gone == {"deletedId": made["id"], "userErrors": []}
    assert (await asked(client, "query ($id: ID!) { node(id: $id) { id } }", id=key))["node"] is None
    assert (await send(client, product, "b.png", png(1))).status_code == 200


def forged(path: str) -> dict[str, str]:
    """A link with one thing in it another one, its signature as long as ever."""
    front, _, text = path.rpartition("/")
    kind, user, thing, until, mac = text.split(".")
    told = f"{kind}.{user}.{thing}.{until}"
    signature = hmac.new(b"another key", told.encode(), hashlib.sha256).digest()
    other_key = base64.urlsafe_b64encode(signature).decode().rstrip("=")

    def swapped(at: int) -> str:
        return mac[:at] + ("B" if mac[at] == "A" else "A") + mac[at:][1:]

    return {
        name: f"{front}/{link}"
        for name, link in {
            "kind": f"{'export' if kind != 'export' else 'template'}.{user}.{thing}.{until}.{mac}",
            "user": f"{kind}.{int(user) + 1}.{thing}.{until}.{mac}",
            "thing": f"{kind}.{user}.{int(thing) + 1}.{until}.{mac}",
            "longer": f"{kind}.{user}.{thing}.{int(until) + 3600}.{mac}",
            "first letter": f"{told}.{swapped(0)}",
            "middle letter": f"{told}.{swapped(20)}",
            "last letter": f"{told}.{swapped(len(mac) - 1)}",
            "another key": f"{told}.{other_key}",
            "cut": f"{told}.{mac[:-1]}",
            "none": f"{told}.",
        }.items()
    }


async def test_a_link_that_was_not_signed_like_this_leads_nowhere(
    client: httpx.AsyncClient, call: Call, order: str
) -> None:
    url = (await page(client, await attach(client, order, "a.pdf", PDF)))["url"]
    upload = await link(client, order, "b.pdf")
    bare = httpx.AsyncClient(transport=client._transport, base_url="http://localhost")  # noqa: SLF001  (as above)
    for how, path in forged(url).items():
        assert path != url, how
        assert await refusal(await bare.get(path)) == (404, "LINK_ENDED"), how
    for how, path in forged(upload).items():
        assert await refusal(await bare.put(path, content=PDF)) == (404, "LINK_ENDED"), how
    of_url, of_upload = url.rpartition(".")[2], upload.rpartition(".")[2]
    assert await refusal(await bare.get(url.replace(of_url, of_upload))) == (404, "LINK_ENDED")
    assert (await bare.get(url)).content == PDF
    assert (await bare.put(upload, content=PDF)).status_code == 200


async def test_a_link_is_for_its_user_while_he_may_and_for_five_minutes(
    client: httpx.AsyncClient, call: Call, order: str, pass_time: Callable[[float], None]
) -> None:
    key = await attach(client, order, "a.pdf", PDF)
    async with signed_in("lin", "BUYER") as (lin, lin_id), signed_in("viv", "BUYER") as (viv, _):
        bare = httpx.AsyncClient(transport=lin._transport, base_url="http://localhost")  # noqa: SLF001  (as above)
        url, upload = (await page(lin, key))["url"], await link(lin, order, "b.pdf")
        assert await refusal(await viv.get(url)) == (403, "FORBIDDEN")
        assert await refusal(await viv.put(upload, content=PDF)) == (403, "FORBIDDEN")
        user_id = read_global_id(lin_id)[1]
        await limit_to(user_id, (await open_warehouse(call)).id)
        assert await refusal(await bare.get(url)) == (404, "NOT_FOUND")
        assert await refusal(await bare.put(upload, content=PDF)) == (404, "NOT_FOUND")
        await limit_to(user_id)
        assert (await bare.get(url)).content == PDF
        pass_time(links.GOOD_FOR / timedelta(seconds=1) + 1)
        assert await refusal(await bare.get(url)) == (404, "LINK_ENDED")
        assert await refusal(await bare.put(upload, content=PDF)) == (404, "LINK_ENDED")
        await auth.deactivate_user(call, user_id=user_id)
        assert await refusal(await bare.get(url)) == (404, "LINK_ENDED")
