"""What an operation passes before it is run: documents that are trusted, and a budget."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from jxc_graphql.app import build_app
from jxc_graphql.gql.wire import budget, trusted
from jxc_graphql.gql.wire.budget import Budgets, RateLimited
from jxc_graphql.gql.wire.trusted import document_id
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings, SettingsError
from tests.gql.listening import listening
from tests.patience import SECONDS

RESPONSE_JSON = "application/graphql-response+json"
OURS = "query Ours($yes: Boolean = true) {\n  __typename @include(if: $yes)\n}"
THEIRS = "{ theirs: __typename }"
ID = document_id(OURS)
APOLLO = {"persistedQuery": {"version": 1, "sha256Hash": ID.removeprefix("sha256:")}}
ANSWER = {"__typename": "Query"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough to talk about documents."""
    return sqlite_url


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "ours.graphql").write_text(OURS)
    path = tmp_path / "trusted.json"
    path.write_bytes(msgspec.json.encode(trusted.manifest([tmp_path / "ours.graphql"])))
    return path


@asynccontextmanager
async def client(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_app(Settings(**settings)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
        yield web


async def post(web: httpx.AsyncClient, body: dict[str, Any], accept: str = RESPONSE_JSON) -> httpx.Response:
    return await web.post("/graphql", json=body, headers={"accept": accept})


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    assert error["extensions"]["requestId"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize("only", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        {"documentId": ID},
        {"documentId": ID, "operationName": "Ours", "variables": {"yes": True}},
        {"documentId": ID, "query": OURS},
        {"extensions": APOLLO},
        {"extensions": APOLLO, "query": OURS},
        {"query": OURS},
    ],
    ids=str,
)
async def test_runs_a_registered_document_however_it_is_named(
    call: Call, manifest: Path, body: dict[str, Any], only: bool
) -> None:
    async with client(trusted_documents=manifest, trusted_only=only) as web:
        assert (await post(web, body)).json()["data"] == ANSWER
        params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        assert (await web.get("/graphql", params=params)).json()["data"] == ANSWER
        assert '"data":{"__typename":"Query"}' in (await post(web, body, "text/event-stream")).text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"documentId": "sha256:" + "0" * 64}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"documentId": "anything"}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"extensions": {"persistedQuery": {"sha256Hash": "x"}}}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"documentId": ID, "query": THEIRS}, "PERSISTED_QUERY_HASH_MISMATCH"),
        ({"query": THEIRS}, "DOCUMENT_NOT_TRUSTED"),
        ({"query": f"{OURS} "}, "DOCUMENT_NOT_TRUSTED"),
        ({"query": "{" * 1000}, "DOCUMENT_NOT_TRUSTED"),
        ({"documentId": "anything", "query": THEIRS}, "DOCUMENT_NOT_TRUSTED"),
    ],
)
async def test_refuses_every_other_document_where_only_these_are_trusted(
    call: Call, manifest: Path, body: dict[str, Any], expected: str
) -> None:
    async with client(trusted_documents=manifest, trusted_only=True) as web:
        response = await post(web, body)
        assert (response.status_code, code(response)) == (400, expected)
        assert expected in (await post(web, body, "text/event-stream")).text


async def test_runs_other_documents_unless_told_not_to(call: Call, manifest: Path) -> None:
    async with client(trusted_documents=manifest) as web:
        assert (await post(web, {"query": THEIRS})).json()["data"] == {"theirs": "Query"}
    async with client() as web:
        assert code(await post(web, {"extensions": APOLLO})) == "PERSISTED_QUERY_NOT_SUPPORTED"
        nothing: dict[str, Any] = {"variables": {}, "extensions": {}}
        assert code(await post(web, nothing)) == "BAD_REQUEST"


@asynccontextmanager
async def socket(**settings: Any) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Sends one operation over a socket and gives the first message that comes back."""
    async with (
        listening(**settings) as port,
        connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as connection,
    ):

        async def say(**message: Any) -> Any:
            await connection.send(json.dumps(message))
            async with asyncio.timeout(SECONDS):
                while (heard := json.loads(await connection.recv()))["type"] == "complete":
                    pass
            return heard

        assert await say(type="connection_init") == {"type": "connection_ack"}
        yield lambda **payload: say(type="subscribe", id="1", payload=payload)


async def test_the_same_holds_over_sockets(call: Call, manifest: Path) -> None:
    async with socket(trusted_documents=manifest, trusted_only=True) as ask:
        for known in ({"documentId": ID}, {"extensions": APOLLO}, {"query": OURS}):
            answer = await ask(**known)
            assert (answer["type"], answer["payload"]["data"]) == ("next", ANSWER)
        for unknown, expected in (
            ({"documentId": "x"}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"query": THEIRS}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": "subscription { lowStockAlerts { cursor } }"}, "DOCUMENT_NOT_TRUSTED"),
        ):
            refused = await ask(**unknown)
            assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", expected)
    async with socket(rate_limit=1) as ask:
        page = "{ suppliers(first: 20) { nodes { id } } }"
        assert (await ask(query=page))["type"] == "next"
        refused = await ask(query=page)
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1}', "\xff", json.dumps({ID: THEIRS})])
def test_says_when_the_manifest_cannot_be_used(tmp_path: Path, text: str) -> None:
    path = tmp_path / "trusted.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match="trusted_documents"):
        trusted.load(path)
    with pytest.raises(SettingsError, match="trusted_documents"):
        trusted.load(tmp_path / "missing.json")


async def test_tells_what_was_asked_for_and_what_is_left(call: Call) -> None:
    async with client(rate_limit=1_000) as web:
        first, second = [(await post(web, {"query": OURS})).json()["extensions"]["cost"] for _ in range(2)]
        assert (first["requested"], first["perSecond"]) == (0, 1_000)
        assert 0 < second["remaining"] <= 1_000 * budget.BURST_SECONDS
    async with client(rate_limit=0) as web:
        assert (await post(web, {"query": OURS})).json()["extensions"] == {"cost": {"requested": 0, "scanned": 0}}


@pytest.mark.parametrize("accept", [RESPONSE_JSON, "application/json", "text/event-stream"])
async def test_a_client_that_asks_for_too_much_is_told_when_to_come_back(call: Call, accept: str) -> None:
    page = {"query": "{ suppliers(first: 20) { nodes { id } } }"}
    async with client(rate_limit=1) as web:
        assert (await post(web, page)).status_code == 200
        refused = await post(web, page, accept)
        assert (refused.status_code, code(refused)) == (429, "RATE_LIMITED")
        wait = refused.json()["errors"][0]["extensions"]["retryAfter"]
        assert refused.headers["retry-after"] == str(wait)
        assert 0 < wait <= 13


def test_every_user_and_every_address_has_a_bucket_that_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    budgets, nobody, lin, wu = Budgets(10), Call(), Call(actor_id=1), Call(actor_id=2)
    one, other, neighbour = "192.0.2.1", "2001:db8::1", "2001:db8::2"
    for call, address, next_to_it in (
        (nobody, one, one), (nobody, other, neighbour), (lin, one, other), (wu, one, other),
    ):  # fmt: skip
        budgets.take(call, address, 300)
        with pytest.raises(RateLimited) as limited:
            budgets.take(call, next_to_it, 1)
        assert limited.value.retry_after == 1
    now += 20
    assert budgets.told(lin, "b", 5) == {"requested": 5, "scanned": 0, "remaining": 200, "perSecond": 10}
    budgets.take(lin, "b", 200)
    with pytest.raises(RateLimited) as limited:
        budgets.take(lin, "a", 5_000)
    assert limited.value.retry_after == 30
    now += 10_000
    budgets.take(lin, "a", 5_000)
    monkeypatch.setattr(budget, "CLIENTS", 3)
    for n in range(10):
        budgets.take(nobody, f"192.0.2.{n}", 1)
    assert len(budgets._buckets) <= 5  # noqa: SLF001  (memory is the point)


def test_several_processes_share_the_rate() -> None:
    budgets, lin = Budgets(10, processes=4), Call(actor_id=1)
    assert budgets.told(lin, "a", 5) == {"requested": 5, "scanned": 0, "remaining": 90, "perSecond": 3}
    budgets.take(lin, "a", 90)
    with pytest.raises(RateLimited):
        budgets.take(lin, "a", 1)
    assert Budgets(0, processes=4).told(lin, "a", 5) == {"requested": 5, "scanned": 0}


async def test_a_refused_document_is_paid_for(call: Call) -> None:
    async with client(rate_limit=10) as web:
        codes = [code(await post(web, {"query": f"{{ nothing{n} }}"})) for n in range(4)]
    assert codes == ["GRAPHQL_VALIDATION_FAILED"] * 2 + ["RATE_LIMITED"] * 2
