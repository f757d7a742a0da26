"""A database that falls silent while nobody hangs up: every wait ends, and nothing needs a restart afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from jxc_graphql.app import build_app
from jxc_graphql.kit import db
from jxc_graphql.kit.settings import Settings
from tests.patience import SECONDS, until
from tests.silence import Way, way

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # a file never falls silent

QUERY = "{ categories(first: 1) { nodes { id } } }"
CREATE = """mutation { createCategory(input: { code: "%s", name: "A" }) { category { id } userErrors { code } } }"""


@asynccontextmanager
async def serving(url: str, token: str) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app(Settings(database_url=url, deadline=1, pool_size=2))
    transport = httpx.ASGITransport(app)
    headers = {"authorization": f"Bearer {token}"}
    client = httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)
    async with app.router.lifespan_context(app), client:
        yield client


@pytest.fixture
async def silent_way(database_url: str) -> AsyncIterator[Way]:
    async with way(database_url) as made:
        yield made


async def ask(client: httpx.AsyncClient, text: str) -> tuple[int, str, str, bool]:
    """Status, code and message of the error, and whether it says when to come back."""
    answer = await client.post("/graphql", json={"query": text})
    (error,) = answer.json().get("errors") or [{"extensions": {"code": ""}, "message": ""}]
    return answer.status_code, error["extensions"]["code"], error["message"], "retry-after" in answer.headers


async def test_is_told_by_the_deadline_and_over_when_it_speaks_again(token: str, silent_way: Way) -> None:
    async with asyncio.timeout(SECONDS), serving(silent_way.url, token) as client:
        assert await ask(client, QUERY) == (200, "", "", False)
        silent_way.fall_silent()
        begun = [asyncio.create_task(ask(client, CREATE % number)) for number in range(4)]

        async def is_noticed() -> bool:
            return not db.answers()

        await until(is_noticed)
        unready = await client.get("/readyz")
        assert (unready.status_code, unready.json()) == (503, {"status": "the database cannot be used"})
        unavailable = "The database cannot be used right now. Try again in a moment."
        for _ in range(3):  # more than there are connections
            assert await ask(client, QUERY) == (503, "UNAVAILABLE", unavailable, True)
        answers = [*await asyncio.gather(*begun), await ask(client, CREATE % 5)]
        assert {answer[1] for answer in answers} <= {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
        assert all("same idempotency key" in answer[2] for answer in answers)
        assert answers[-1][:2] == (503, "UNAVAILABLE")

        silent_way.speak()

        async def is_ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await until(is_ready)
        assert await ask(client, QUERY) == (200, "", "", False)
        assert await ask(client, CREATE % 6) == (200, "", "", False)


async def test_does_not_hold_up_a_server_that_is_to_stop(token: str, silent_way: Way) -> None:
    async with asyncio.timeout(SECONDS), serving(silent_way.url, token) as client:
        assert await ask(client, QUERY) == (200, "", "", False)
        silent_way.fall_silent()
