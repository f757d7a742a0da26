"""Files that are sent, kept, saved and deleted: by the documents of schema/operations/attachments.graphql and links."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import clock, db, links
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.files import Folder
from jxc_graphql.office.attachments.chores import look, sweep_attachments
from jxc_graphql.office.jobs.declared import Stage
from tests.buckets import KEYS
from tests.make.trade import Trade
from tests.office.attachments.sending import PDF, attach, link, office, page, png, say, send
from tests.operations import ask
from tests.shelves import InBucket, Kept


async def sweep() -> None:
    """Clears away what the night clears away."""
    stage = Stage()
    while not stage.is_last:
        stage = msgspec.structs.replace(stage, found=await look(stage))
        stage = await db.transactional(sweep_attachments)(Call(at=clock.now()), stage)


async def test_a_file_is_sent_saved_renamed_and_deleted(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    key = await attach(client, order, "合同 1.pdf", PDF)
    shown = await page(client, key)
    assert (shown["name"], shown["mediaType"], shown["size"]) == ("合同 1.pdf", "application/pdf", len(PDF))
    assert shown["hash"] == hashlib.sha256(PDF).hexdigest()
    assert folder.names() == [shown["hash"]]
    saved = await client.get(shown["url"])
    assert (saved.content, saved.headers["content-type"]) == (PDF, "application/pdf")
    assert saved.headers["content-disposition"] == "attachment; filename*=utf-8''%E5%90%88%E5%90%8C%201.pdf"
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert saved.headers["content-security-policy"].startswith("default-src 'none'")
    assert saved.headers["cache-control"] == "private, no-store"
    renamed = await say(client, "UpdateAttachment", id=key, name="合同.pdf")
    assert renamed["attachment"]["name"] == "合同.pdf"
    refused = await say(client, "UpdateAttachment", id=key, name="合同.png")
    wrong = [(one["code"], one["path"]) for one in refused["userErrors"]]
    assert wrong == [("NOT_WHAT_ITS_NAME_SAYS", ["input", "name"])]
    refused = await say(client, "UpdateAttachment", id=key, name=None)
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("REQUIRED", ["input", "name"])]
    gone = (await say(client, "DeleteAttachment", id=key))["attachment"]
    assert (gone["url"], gone["name"], gone["deletedAt"] is not None) == (None, "合同.pdf", True)
    assert (await page(client, key))["deletedBy"]["name"] == "Administrator"
    late = await client.get(shown["url"])
    assert (late.status_code, late.json()["code"]) == (404, "NOT_FOUND")
    refused = await say(client, "DeleteAttachment", id=key)
    assert [one["code"] for one in refused["userErrors"]] == ["ATTACHMENT_GONE"]
    assert await verification.differences() == []
    await sweep()
    assert folder.names() == []
    told = "query ($id: ID!) { document(id: $id) { timeline { nodes { what } } } }"
    body = {"query": told, "variables": {"id": order}}
    timeline = (await client.post("/graphql", json=body)).json()["data"]["document"]["timeline"]["nodes"]
    assert [one["what"] for one in timeline][1:] == [
        "UploadRequested", "AttachmentAdded", "AttachmentUpdated", "AttachmentDeleted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        ("a.png", png(), "image/png"),
        ("a.JPG", b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9", "image/jpeg"),
        ("a.xlsx", office("xl/workbook.xml"), "spreadsheetml.sheet"),
        ("a.docx", office("word/document.xml"), "wordprocessingml.document"),
        ("a.csv", "编码,数量\r\nA,1\r\n".encode(), "text/plain"),
        ("a.pdf", png(), "NOT_WHAT_ITS_NAME_SAYS"),
        ("a.png", b"<script>alert(1)</script>", "NOT_WHAT_ITS_NAME_SAYS"),
        ("a.html", b"<script>alert(1)</script>", "FILE_TYPE_NOT_ADMITTED"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "FILE_TYPE_NOT_ADMITTED"),
        ("a.png", b"MZ" + bytes(100), "FILE_TYPE_NOT_ADMITTED"),
        ("a.zip", office("a.txt"), "FILE_TYPE_NOT_ADMITTED"),
        ("a.txt", b"\x80\x81", "FILE_TYPE_NOT_ADMITTED"),
        ("a.pdf", b"", "FILE_EMPTY"),
        ("a.png", png(50_000), "FILE_TOO_LARGE"),
    ],
)
async def test_a_file_is_what_is_in_it(
    client: httpx.AsyncClient, folder: Kept, order: str, case: tuple[str, bytes, str]
) -> None:
    name, content, told = case
    answer = await send(client, order, name, content)
    if told.isupper():
        assert answer.json()["code"] == told
        assert answer.status_code == (413 if told == "FILE_TOO_LARGE" else 400)
        assert folder.names() == []
        return
    shown = await page(client, answer.json()["attachmentId"])
    assert shown["mediaType"].endswith(told)


async def test_names_are_those_of_files(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    for name in ("", "../a.pdf", "a\\b.pdf", ".pdf", "a\n.pdf", 'a".pdf', f"{'a' * 200}.pdf"):
        refused = await say(client, "RequestUpload", ownerId=order, name=name)
        assert {one["code"] for one in refused["userErrors"]} & {"REQUIRED", "INVALID_FILE_NAME", "TEXT_TOO_LONG"}, name
        assert (refused["uploadUrl"], refused["mostBytes"]) == (None, None)
    for owner in (global_id("PurchaseOrder", 1), global_id("Product", 1), global_id("SalesOrder", 2), order[:-2], "x"):
        refused = await say(client, "RequestUpload", ownerId=owner, name="a.pdf")
        assert [one["path"] for one in refused["userErrors"]] == [["input", "ownerId"]]


async def test_the_same_bytes_are_there_once_and_go_with_the_last(
    client: httpx.AsyncClient, folder: Kept, order: str, product: str
) -> None:
    paths = [await link(client, owner, "a.png") for owner in (order, product)]
    answers = await asyncio.gather(*(client.put(path, content=png()) for path in paths))
    first, second = [answer.json()["attachmentId"] for answer in answers]
    assert len(folder.names()) == 1
    await say(client, "DeleteAttachment", id=first)
    await sweep()
    assert (await client.get((await page(client, second))["url"])).content == png()
    await say(client, "DeleteAttachment", id=second)
    await sweep()
    assert folder.names() == []
    assert await verification.differences() == []


async def test_a_link_takes_one_file(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    path = await link(client, order, "a.png")
    answers = await asyncio.gather(*(client.put(path, content=png(size)) for size in (1, 2, 3)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]
    late = await client.put(path, content=png(4))
    assert (late.status_code, late.json()["code"]) == (404, "NOT_FOUND")
    assert await verification.differences() == []
    await sweep()
    assert len(folder.names()) == 1


async def test_what_is_broken_off_leaves_nothing(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    path = await link(client, order, "a.png")

    async def half() -> AsyncIterator[dict[str, Any]]:
        yield {"type": "http.request", "body": png(10)[:20], "more_body": True}
        yield {"type": "http.disconnect"}

    arriving, sent = half(), []

    async def tell(message: Any) -> None:
        sent.append(message)

    app = client._transport.app  # type: ignore[attr-defined]  # noqa: SLF001  (a client that hangs up half way)
    scope = {
        "type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "root_path": "", "scheme": "http",
        "query_string": b"", "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "http_version": "1.1",
        "server": ("localhost", 80), "asgi": {"version": "3.0"},
    }  # fmt: skip
    await app(scope, lambda: anext(arriving), tell)
    assert folder.names() == []
    assert (await client.put(path, content=png(10))).status_code == 200


async def test_the_company_has_so_much_room(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    first = await attach(client, order, "a.png", png(49_000))
    await attach(client, order, "b.png", png(48_000))
    paths = [await link(client, order, f"{number}.png") for number in range(2)]
    answers = await asyncio.gather(*(client.put(path, content=png(1_500 + n)) for n, path in enumerate(paths)))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert {answer.json().get("code") for answer in answers} == {None, "FILES_FULL"}
    assert (await send(client, order, "c.png", png(49_000))).status_code == 200  # which is there already
    for key in (first, (await attach(client, order, "d.png", png(49_000)))):
        await say(client, "DeleteAttachment", id=key)
    await sweep()
    assert await verification.differences() == []


class KilledError(Exception):
    pass


async def test_who_dies_between_bytes_and_row_leaves_nothing_wrong(
    client: httpx.AsyncClient, folder: Kept, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, put = await link(client, order, "a.png"), Folder.put

    async def dying(self: Folder, *given: Any) -> None:
        await put(self, *given)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "put", dying)
        with pytest.raises(KilledError):
            await client.put(path, content=png())
    assert len(folder.names()) == 1
    assert await verification.differences() == []
    again = await client.put(path, content=png())
    assert again.status_code == 200
    await attach(client, order, "b.png", png(1))
    await sweep()
    assert len(folder.names()) == 2
    assert await verification.differences() == []


async def test_verify_tells_what_is_not_as_it_should_be(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    keys = [await attach(client, order, f"{number}.png", png(number)) for number in range(3)]
    hashes = [(await page(client, key))["hash"] for key in keys]
    folder.lose(hashes[0])
    folder.lay(hashes[1], png(0))
    folder.lay("ab" * 32, b"x")
    found = await verification.differences()
    assert [one.what for one in found] == ["attachment has the file that it names"] * 2
    assert {one.actual for one in found} == {"nothing", f"{hashlib.sha256(png(0)).hexdigest()} {len(png(0))}"}
    folder.lay("ab" * 32, b"x", at=(clock.now() - timedelta(days=3)).timestamp())
    assert [one.key for one in await verification.differences()][2:] == ["ab" * 32]
    for method in ("GET", "HEAD"):
        url, plain = (await page(client, keys[2]))["url"], {"accept-encoding": "identity"}
        told = await client.request(method, url, headers=plain)
        assert (told.status_code, told.headers["content-length"]) == (200, str(len(png(2))))
    lost = await client.get((await page(client, keys[0]))["url"])
    assert (lost.status_code, lost.json()["code"]) == (404, "NOT_FOUND")


async def test_a_product_has_its_first_picture_and_so_have_its_skus(
    client: httpx.AsyncClient, folder: Kept, product: str, shop: Trade
) -> None:
    pdf = await attach(client, product, "a.pdf", PDF)
    first, second = [await attach(client, product, f"{number}.png", png(number)) for number in range(2)]
    sku = global_id("Sku", shop.shop.skus[0])
    text = "query ($p: ID!, $s: ID!) { product(id: $p) { picture { id } } sku(id: $s) { picture { id } } }"

    async def pictures() -> tuple[str | None, str | None]:
        body = {"query": text, "variables": {"p": product, "s": sku}}
        data = (await client.post("/graphql", json=body)).json()["data"]
        of_product, of_sku = (data[kind]["picture"] for kind in ("product", "sku"))
        return of_product and of_product["id"], of_sku and of_sku["id"]

    assert await pictures() == (first, first)
    await say(client, "UpdateAttachment", id=second, isFirst=True)
    assert await pictures() == (second, second)
    own = await attach(client, sku, "own.png", png(9))
    assert await pictures() == (second, own)
    for key in (second, first, own):
        await say(client, "DeleteAttachment", id=key)
    assert await pictures() == (None, None)
    files = await ask(client, "attachments", "ProductFiles", {"id": product})
    assert [one["id"] for one in files["attachments"]["nodes"]] == [second, pdf, first]


async def test_links_end(
    client: httpx.AsyncClient, folder: Kept, order: str, pass_time: Callable[[float], None]
) -> None:
    url = (await page(client, await attach(client, order, "a.pdf", PDF)))["url"]
    upload = await link(client, order, "b.pdf")
    pass_time(links.GOOD_FOR / timedelta(seconds=1) + 1)
    for answer in (await client.get(url), await client.put(upload, content=PDF)):
        assert (answer.status_code, answer.json()["code"]) == (404, "LINK_ENDED")
    assert json.loads((await client.get(f"{url}x")).text)["code"] == "LINK_ENDED"


@pytest.mark.parametrize("folder", ["bucket"], indirect=True)
async def test_a_bucket_that_cannot_be_reached_is_told_and_nothing_is_attached(
    client: httpx.AsyncClient, folder: InBucket, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = (await page(client, await attach(client, order, "a.pdf", PDF)))["url"]
    path, before = await link(client, order, "b.png"), folder.names()
    with monkeypatch.context() as patch:
        patch.setitem(KEYS, "AWS_ACCESS_KEY_ID", "another")
        for answer in (await client.get(url), await client.put(path, content=png())):
            assert (answer.status_code, answer.json()["code"]) == (503, "FILES_UNAVAILABLE")
    assert folder.names() == before
    assert (await client.put(path, content=png())).status_code == 200
    assert await verification.differences() == []


@pytest.mark.parametrize("folder", ["bucket"], indirect=True)
async def test_a_file_that_is_swept_away_while_it_is_attached_is_sent_again(
    client: httpx.AsyncClient, folder: InBucket, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = Folder.put_ahead

    async def swept(self: Folder, *given: Any) -> None:
        await ahead(self, *given)
        await sweep()
        assert folder.names() == [given[0].name]

    monkeypatch.setattr(Folder, "put_ahead", swept)
    shown = await page(client, await attach(client, order, "a.png", png()))
    assert folder.names() == [shown["hash"]]
    assert await verification.differences() == []
