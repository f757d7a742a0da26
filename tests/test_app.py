"""The server around GraphQL: whether it lives, whether it is ready, what every response carries."""

import gc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.app import build_app
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.wire.trusted import document_id
from jxc_graphql.kit import db
from jxc_graphql.kit.settings import Settings


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_app(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_is_ready_while_the_database_is_up_to_date(web: httpx.AsyncClient, database: db.Database) -> None:
    assert (await web.get("/readyz")).status_code == 200

    @db.transactional
    async def forget_migrations() -> None:
        await db.execute("DELETE FROM tortoise_migrations")

    await forget_migrations()
    missing = await web.get("/readyz")
    assert (missing.status_code, missing.json()) == (503, {"status": "migrations are missing"})
    await database.close()
    assert (await web.get("/readyz")).status_code == 503
    assert (await web.get("/healthz")).json() == {"status": "ok"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_collector_passes_over_what_was_there_at_the_start(database_url: str) -> None:
    app = build_app(Settings(database_url=database_url))
    async with app.router.lifespan_context(app):
        assert gc.get_freeze_count() > len(gc.get_objects())
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_trusted_documents_are_checked_before_anybody_sends_one(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["{ __typename }", "{ viewer { permissions } }", "{ nothing }"]
    (tmp_path / "trusted.json").write_bytes(msgspec.json.encode({document_id(text): text for text in texts}))
    app = build_app(Settings(database_url=database_url, trusted_documents=tmp_path / "trusted.json"))
    async with app.router.lifespan_context(app):
        checked: list[str] = []
        monkeypatch.setattr(Executor, "_checked", lambda _, text: checked.append(text))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            answers = [await client.post("/graphql", json={"documentId": document_id(text)}) for text in texts]
    assert ["errors" in answer.json() for answer in answers] == [False, False, True]
    assert checked == []


async def test_lets_nothing_be_embedded_or_guessed(web: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/nowhere", "/graphql"):
        headers = (await web.get(path)).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-request-id"]


async def test_has_no_explorer_and_no_cors_unless_told_so(web: httpx.AsyncClient) -> None:
    page = await web.get("/graphql", headers={"accept": "text/html", "origin": "https://spa.example"})
    assert page.status_code == 400
    assert "access-control-allow-origin" not in page.headers


async def test_leads_from_the_front_to_what_there_is(web: httpx.AsyncClient) -> None:
    assert (await web.get("/")).json()["graphql"] == "graphql"
    transport = httpx.ASGITransport(build_app(Settings(graphiql=True)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as shown:
        assert (await shown.get("/")).headers["location"] == "graphql"
    moved = await web.post("/graphql/", json={"query": "{ __typename }"})
    assert (moved.status_code, moved.headers["location"]) == (307, "../graphql")


async def test_publishes_the_schema_where_it_may_be_asked_for(web: httpx.AsyncClient) -> None:
    assert (await web.get("/schema.graphql")).status_code == 404
    transport = httpx.ASGITransport(build_app(Settings(introspection=True)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as open_:
        published = await open_.get("/schema.graphql")
    assert (published.headers["content-type"], published.text) == ("text/plain; charset=utf-8", schema.sdl())


async def test_keeps_the_schema_to_itself_unless_told_so(web: httpx.AsyncClient, database: db.Database) -> None:
    answer = await web.post("/graphql", json={"query": "{ __schema { queryType { name } } }"})
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    unknown = await web.post("/graphql", json={"query": "{ purchaseOrder5 { id } }"})
    assert "Did you mean" not in unknown.text
    allowed = await web.post("/graphql", json={"query": "{ __typename }"})
    assert allowed.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        (Settings(), "localhost:8000", 200),
        (Settings(), "[::1]:8000", 200),
        (Settings(), "rebound.example.com", 400),
        (Settings(host="192.0.2.1"), "shop.example.com", 200),
        (Settings(host="192.0.2.1", hosts=("*.example.com",)), "shop.example.com:443", 200),
        (Settings(host="192.0.2.1", hosts=("*.example.com",)), "example.com", 400),
        (Settings(hosts=("shop.example.com",)), "localhost", 400),
    ],
)
async def test_answers_to_its_own_names_only(settings: Settings, host: str, status: int) -> None:
    transport = httpx.ASGITransport(build_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
        assert (await web.get("/healthz", headers={"host": host})).status_code == status
