"""A database that cannot be used is told as such, with the advice to try again, and never as a fault of ours."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from jxc_graphql.app import build_app
from jxc_graphql.kit import db
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.settings import Settings

CREATE = """mutation { createCategory(input: { code: "A", name: "A" }) { category { id } userErrors { code } } }"""
MEDIA = ("application/json", "application/graphql-response+json")


async def readiness() -> int:
    transport = httpx.ASGITransport(build_app(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
        return (await web.get("/readyz")).status_code


@db.transactional
async def add(length: int) -> None:
    row = (new_id(), str(new_id()), "x" * length)
    await db.execute(
        "INSERT INTO category (id, code, name, version, search_text, updated_at) "
        "VALUES (?, ?, ?, 1, '', CURRENT_TIMESTAMP)",
        row,
    )


async def fill(length: int) -> None:
    for _ in range(100_000):
        await add(length)


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_full_disk_is_told_until_there_is_room_again(client: httpx.AsyncClient, media: str) -> None:
    headers = {"accept": media, "accept-language": "zh-CN"}
    ((pages,),) = await current().client.writer.execute_fetchall("PRAGMA page_count")
    await current().client.writer.execute_fetchall(f"PRAGMA max_page_count = {pages}")
    for length in (200, 1):
        with pytest.raises(Exception, match="full"):
            await fill(length)

    answer = await client.post("/graphql", json={"query": CREATE}, headers=headers)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert error["message"] == "数据库暂时不可用，请稍后重试。 请用同一幂等键重试。"
    assert int(answer.headers["retry-after"]) > 0
    assert await readiness() == 503

    await current().client.writer.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert await readiness() == 200
    assert (await client.post("/graphql", json={"query": CREATE}, headers=headers)).status_code == 200


@asynccontextmanager
async def gone(database_url: str) -> AsyncIterator[None]:
    """Has the database lie elsewhere during a block."""
    if database_url.startswith("sqlite"):
        path = database_url.removeprefix("sqlite:///")
        shutil.move(path, f"{path}.gone")
        yield
        shutil.move(f"{path}.gone", path)
        return
    import asyncpg  # noqa: PLC0415  (an extra)

    server, _, name = database_url.rpartition("/")
    admin = await asyncpg.connect(f"{server}/postgres")
    try:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # or a listener comes back in between
        await admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", name)
        await admin.execute(f"ALTER DATABASE {name} RENAME TO {name}_gone")
        yield
        await admin.execute(f"ALTER DATABASE {name}_gone RENAME TO {name}")
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    finally:
        await admin.close()


@pytest.mark.parametrize("media", MEDIA)
async def test_a_database_that_is_gone_is_told(client: httpx.AsyncClient, database_url: str, media: str) -> None:
    async with gone(database_url):
        for query in (CREATE, "{ categories(first: 1) { nodes { id } } }"):
            answer = await client.post("/graphql", json={"query": query}, headers={"accept": media})
            (error,) = answer.json()["errors"]
            assert (answer.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
            assert int(answer.headers["retry-after"]) > 0
        assert await readiness() == 503
    assert await readiness() == 200
    answer = await client.post("/graphql", json={"query": CREATE}, headers={"accept": media})
    assert answer.json()["data"]["createCategory"]["userErrors"] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_that_was_put_in_its_place_is_not_taken_for_it(
    client: httpx.AsyncClient, database_url: str
) -> None:
    path = database_url.removeprefix("sqlite:///")
    shutil.move(path, f"{path}.old")
    shutil.copy(f"{path}.old", path)
    assert (await client.post("/graphql", json={"query": CREATE})).status_code == 503
    assert await readiness() == 503


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_tables_that_changed_while_serving_are_read_and_written_as_they_are(client: httpx.AsyncClient) -> None:
    @db.transactional
    async def change(kind: str) -> None:
        await db.fetch(f"ALTER TABLE category ALTER COLUMN name TYPE {kind}")

    read = "{ categories(first: 5) { nodes { name } } }"
    made = (await client.post("/graphql", json={"query": CREATE})).json()["data"]["createCategory"]["category"]["id"]
    rename = f"""mutation {{ updateCategory(input: {{ id: "{made}", name: "%s" }}) {{ userErrors {{ code }} }} }}"""
    for number, kind in enumerate(("text", "varchar(300)", "text")):
        for query in (read, rename % number):
            assert "errors" not in (await client.post("/graphql", json={"query": query})).json()
        await change(kind)
        for query in (rename % f"again {number}", read):
            answer = await client.post("/graphql", json={"query": query})
            assert (answer.status_code, answer.json().get("errors")) == (200, None)
        assert answer.json()["data"]["categories"]["nodes"] == [{"name": f"again {number}"}]
