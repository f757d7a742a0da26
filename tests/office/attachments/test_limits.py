"""How much room files have: as the company says, within what the installation admits."""

from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.kit import db
from tests.office.attachments.sending import link, png, say, send
from tests.operations import ask
from tests.shelves import Kept

MEGABYTE = 2**20


@pytest.fixture
async def room(folder: Kept, database: db.Database) -> None:
    """The installation admits three megabytes a file, and four of all together."""
    told = {"file_bytes": 3 * MEGABYTE, "files_bytes": 4 * MEGABYTE}
    database.settings = msgspec.structs.replace(database.settings, **told)


async def say_room(client: httpx.AsyncClient, **said: int) -> Any:
    return await ask(client, "company", "UpdateCompany", {"input": said})


async def most(client: httpx.AsyncClient, order: str) -> int:
    return int((await say(client, "RequestUpload", ownerId=order, name="a.png"))["mostBytes"])


@pytest.mark.usefixtures("room")
async def test_a_file_is_as_large_as_the_company_says_and_the_installation_admits(
    client: httpx.AsyncClient, order: str
) -> None:
    assert await most(client, order) == 3 * MEGABYTE
    early = await link(client, order, "a.png")
    company = (await say_room(client, fileMegabytes=1))["company"]
    assert (company["fileMegabytes"], company["filesMegabytes"], company["version"]) == (1, 0, 2)
    assert await most(client, order) == MEGABYTE
    refused = await client.put(early, content=png(MEGABYTE + 1), headers={"accept-language": "zh-CN"})
    assert (refused.status_code, refused.json()["code"]) == (413, "FILE_TOO_LARGE")
    assert refused.json()["message"] == f"文件不得超过 {MEGABYTE} 字节。"
    assert (await send(client, order, "a.png", png(1_000))).status_code == 200
    await say_room(client, fileMegabytes=2_047)
    assert await most(client, order) == 3 * MEGABYTE


@pytest.mark.usefixtures("room")
async def test_all_files_together_have_the_room_that_the_company_says(client: httpx.AsyncClient, order: str) -> None:
    await say_room(client, filesMegabytes=1)
    assert (await send(client, order, "a.png", png(700_000))).status_code == 200
    refused = await send(client, order, "b.png", png(700_001))
    assert refused.json()["code"] == "FILES_FULL"
    await say_room(client, filesMegabytes=0)
    assert (await send(client, order, "b.png", png(700_001))).status_code == 200


async def test_limits_that_cannot_be_are_told_at_their_fields(client: httpx.AsyncClient, order: str) -> None:
    refused = await say_room(client, fileMegabytes=2_048, filesMegabytes=-1)
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [
        ("FILE_LIMIT_OUT_OF_RANGE", ["input", "fileMegabytes"]),
        ("FILE_LIMIT_OUT_OF_RANGE", ["input", "filesMegabytes"]),
    ]
    assert await db.fetch("SELECT file_megabytes, files_megabytes, version FROM company") == [(0, 0, 1)]
