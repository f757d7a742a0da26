"""Files that are sent as forms (multipart/form-data): with the rights, the limits and the checks of links."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.make.clients import signed_in
from tests.make.shop import open_warehouse
from tests.office.attachments.sending import PDF, page, png
from tests.shelves import Kept

MARK = "jxc-mark"


async def post(client: httpx.AsyncClient, owner: str, name: str, content: bytes) -> httpx.Response:
    return await client.post("/files", data={"ownerId": owner}, files={"file": (name, content)})


async def post_raw(client: httpx.AsyncClient, *pieces: bytes, **headers: str) -> httpx.Response:
    async def sent() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    told = {"content-type": f"multipart/form-data; boundary={MARK}", **headers}
    return await client.post("/files", content=sent(), headers=told)


def part(field: str, content: bytes, file: str = "") -> bytes:
    told = f'form-data; name="{field}"' + (f'; filename="{file}"' if file else "")
    return f"--{MARK}\r\nContent-Disposition: {told}\r\n\r\n".encode() + content + b"\r\n"


END = f"--{MARK}--\r\n".encode()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_form_attaches_a_file(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    answer = await post(client, order, "合同 1.png", png(40_000))
    assert answer.status_code == 200, answer.text
    shown = await page(client, answer.json()["attachmentId"])
    assert (shown["name"], shown["mediaType"], shown["size"]) == ("合同 1.png", "image/png", len(png(40_000)))
    assert (await client.get(shown["url"])).content == png(40_000)
    assert folder.names() == [shown["hash"]]
    assert await db.fetch("SELECT 1 FROM upload") == []


async def test_however_a_form_arrives_the_file_is_the_same(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    content = png(300) + b"\r\n--" + MARK[:-1].encode() + b"\r\n\r\n-" + png(5)
    whole = part("ownerId", order.encode()) + part("file", content, "a.png") + END
    for pieces in ([whole], [whole[at : at + 1] for at in range(len(whole))], [whole[:200], whole[200:]]):
        answer = await post_raw(client, *pieces)
        assert answer.status_code == 200, answer.text
        assert (await client.get((await page(client, answer.json()["attachmentId"]))["url"])).content == content
    assert len(folder.names()) == 1


@pytest.mark.parametrize(
    "case",
    [
        ("a.pdf", png(), (400, "NOT_WHAT_ITS_NAME_SAYS")),
        ("a.html", b"<script>", (400, "FILE_TYPE_NOT_ADMITTED")),
        ("a.pdf", b"", (400, "FILE_EMPTY")),
        ("a.png", png(50_000), (413, "FILE_TOO_LARGE")),
        (".pdf", PDF, (400, "INVALID_FILE_NAME")),
    ],
)
async def test_what_a_link_refuses_a_form_is_refused(
    client: httpx.AsyncClient, folder: Kept, order: str, case: tuple[str, bytes, Any]
) -> None:
    name, content, told = case
    assert refusal(await post(client, order, name, content)) == told
    assert folder.names() == []


@pytest.mark.parametrize("folder", ["folder"], indirect=True)
async def test_a_form_that_is_none_leaves_nothing(client: httpx.AsyncClient, folder: Kept, order: str) -> None:
    owner, file = part("ownerId", order.encode()), part("file", png(), "a.png")
    for pieces in (
        [owner + END],
        [owner + part("file", png()) + END],
        [owner + file],
        [owner, file[:-30]],
        [owner + file, owner + END],
        [owner + file + file + END],
        [part("x", b"y" * 70_000), file + END],
        [owner + part("file", png(), "a.png").replace(b"a.png", b"\xff.png") + END],
        [b"{}"],
        [],
    ):
        assert refusal(await post_raw(client, *pieces)) == (400, "BAD_FORM"), pieces
    for kind in ("application/json", "multipart/form-data", ""):
        assert refusal(await post_raw(client, owner + file + END, **{"content-type": kind})) == (400, "BAD_FORM")
    assert refusal(await post_raw(client, file + END)) == (404, "NOT_FOUND")
    assert folder.names() == []
    assert await db.fetch("SELECT 1 FROM attachment") == []


@pytest.mark.parametrize("folder", ["folder"], indirect=True)
async def test_a_form_takes_the_rights_of_a_link(
    client: httpx.AsyncClient, call: Call, folder: Kept, order: str
) -> None:
    async with signed_in("far", "BUYER", (await open_warehouse(call)).id) as (far, _), signed_in("viv", "VIEWER") as (
        viv, _,
    ):  # fmt: skip
        assert refusal(await post(far, order, "a.pdf", PDF)) == (404, "NOT_FOUND")
        told = await post(viv, order, "a.pdf", PDF)
        assert refusal(told) == (403, "FORBIDDEN")
        assert told.json()["message"] == "This needs the permission Attach files."
    bare = httpx.AsyncClient(transport=client._transport, base_url="http://localhost")  # noqa: SLF001
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eDp5"}):
        answer = await bare.post("/files", data={"ownerId": order}, files={"file": ("a.pdf", PDF)}, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert folder.names() == []
