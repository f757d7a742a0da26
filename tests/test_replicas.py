"""Queries that are read from a replica, which here is the same server by another way (`make cluster` has real ones)."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from graphql.execution.values import VariableValues
from prometheus_client import CollectorRegistry, generate_latest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from jxc_graphql.app import build_app
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.sql import DIALECTS
from jxc_graphql.gql.wire.metrics import PublishedFigures
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db import replicas
from jxc_graphql.kit.errors import NotFound, UnknownId
from jxc_graphql.kit.figures import ProcessFigures, figures
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import system_call
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.wiring import MODEL_MODULES
from tests.gql.listening import listening
from tests.gql.sockets import PROTOCOL, bearer, hear, say, subscribe
from tests.patience import SECONDS, until
from tests.silence import Way, way

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

QUERY = "{ categories(first: 50) { totalCount nodes { code } } }"
ONE = "query ($id: ID!) { category(id: $id) { code } }"
CREATE = """mutation ($code: String!) { createCategory(input: { code: $code, name: "A" }) {
    category { id } userErrors { code } query { categories(first: 50) { totalCount } } } }"""
FOLLOW = "subscription ($after: String) { jobChanged(after: $after) { change } }"
AHEAD = "FFFFFFFFFFFFFFFF"


@pytest.fixture(autouse=True)
def any_server_stands_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of a standby; that it has replayed what it has written."""
    monkeypatch.setattr(replicas, "STANDING", replicas.POSITION.replace("SELECT ", "SELECT true, ", 1))
    monkeypatch.setattr(replicas, "BEAT_SECONDS", 0.05)
    figures.replicas.clear()


@pytest.fixture
async def path(database_url: str) -> AsyncIterator[Way]:
    """The way to the replica."""
    async with way(database_url) as made:
        yield made


@asynccontextmanager
async def serving(url: str, token: str, path: Way, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose replica is taken."""
    one = f"{path.url}?target_session_attrs=any&application_name=replica"
    app = build_app(Settings(database_url=url, replica_urls=(one,), **settings))
    transport = httpx.ASGITransport(app)
    headers = {"authorization": f"Bearer {token}"}
    client = httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)
    async with app.router.lifespan_context(app), client:
        await until(taken)
        yield client


async def taken() -> bool:
    return any(is_in for is_in, _ in figures.replicas.values())


async def left_out() -> bool:
    return not await taken()


async def ask(client: httpx.AsyncClient, text: str, position: str = "", **variables: Any) -> tuple[Any, str]:
    """The data of an answer, and how far its log went."""
    told = {"extensions": {"position": position}} if position else {}
    answer = (await client.post("/graphql", json={"query": text, "variables": variables, **told})).json()
    assert "errors" not in answer, answer
    return answer["data"], answer["extensions"]["position"]


def read() -> dict[tuple[str, str], int]:
    """How many queries were read from where, since this was asked last."""
    seen = dict(figures.reads)
    figures.reads.clear()
    return seen


async def test_a_query_is_read_from_it_and_what_a_mutation_shows_is_not(
    database_url: str, token: str, path: Way
) -> None:
    async with asyncio.timeout(SECONDS), serving(database_url, token, path) as client:
        read()
        figures.replica_statements.clear()
        _, before = await ask(client, QUERY)
        assert read() == {("replica", ""): 1}
        assert figures.replica_statements.total() == 2  # how far its log goes, and the list
        made, position = await ask(client, CREATE, code="A")
        assert (read(), figures.replica_statements.total()) == ({}, 2)
        assert made["createCategory"]["query"] == {"categories": {"totalCount": 1}}
        assert before < position
        found, after = await ask(client, ONE, position, id=made["createCategory"]["category"]["id"])
        assert found == {"category": {"code": "A"}}
        assert position <= after
        assert read() == {("replica", ""): 1}


async def test_what_a_client_has_seen_and_it_has_not_is_read_from_the_primary(
    database_url: str, token: str, path: Way
) -> None:
    async with asyncio.timeout(SECONDS), serving(database_url, token, path) as client:
        read()
        _, position = await ask(client, QUERY, AHEAD)
        assert position < AHEAD
        assert read() == {("primary", "behind"): 1}


async def test_a_lost_connection_is_no_error(database_url: str, token: str, path: Way) -> None:
    async with asyncio.timeout(SECONDS), serving(database_url, token, path) as client:
        await ask(client, QUERY)
        for _ in range(5):
            await db.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'replica'"
                " AND datname = current_database()"
            )
            await ask(client, QUERY)


async def test_it_is_left_out_while_it_is_silent_and_what_was_asked_of_it_is_answered(
    database_url: str, token: str, path: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicas, "ANSWER_SECONDS", 0.3)
    async with asyncio.timeout(SECONDS), serving(database_url, token, path, deadline=SECONDS) as client:
        await ask(client, QUERY)
        read()
        path.fall_silent()
        await asyncio.gather(*(ask(client, QUERY) for _ in range(8)))
        assert sum(read().values()) >= 8
        await until(left_out)
        await ask(client, QUERY)
        assert read() == {("primary", "left_out"): 1}
        path.speak()
        await until(taken)
        await ask(client, QUERY)
        assert read() == {("replica", ""): 1}


async def test_another_database_and_no_standby_are_not_taken(
    database_url: str, token: str, path: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicas, "STANDING", "SELECT false, 0::bigint")
    parts = database_url.rpartition("/")
    others = f"{parts[0]}/postgres?target_session_attrs=any", f"{path.url}?target_session_attrs=any", path.url
    app = build_app(Settings(database_url=database_url, replica_urls=others))
    async with asyncio.timeout(SECONDS), app.router.lifespan_context(app):

        async def are_told() -> bool:
            return len(figures.replicas) >= 2

        await until(are_told)
        assert await left_out()


async def test_an_event_and_a_query_over_a_socket_tell_how_far_their_log_went(database_url: str, token: str) -> None:
    """So that what is asked for because of an event is no older than that; no replica needs to be there."""
    nowhere = Settings(database_url=database_url, replica_urls=("postgres://jxc@127.0.0.1:1/none",))
    async with db.open(nowhere, MODEL_MODULES), listening() as port:
        beginning = (await journal.head()).encode()
        async with connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol(PROTOCOL)]) as socket:
            for message in (bearer(token), subscribe(FOLLOW, "events", variables={"after": beginning})):
                await say(socket, message)
            await hear(socket)
            await jobs.enqueue(system_call(), JobKind("SWEEP_JOBS"))
            event = (await hear(socket))["payload"]["extensions"]["position"]
            await say(socket, subscribe(QUERY, "query", extensions={"position": event}))
            query = (await hear(socket))["payload"]["extensions"]["position"]
    assert "0" * 16 < event <= query


async def test_what_it_lacks_of_whoever_asks_is_read_from_the_primary(database: db.Database) -> None:
    """As of a user who was made a moment ago, and is none that it knows of."""

    class Late:
        name, is_in, replayed, load = "late", True, 9, 0

        async def read(self, read: Any, _caller: object) -> Any:
            return await read()

    database.replicas = (Late(),)  # type: ignore[assignment]
    for error, of_primary in ((TypeError("no user"), True), (NotFound(UnknownId(kind="User", path=("id",))), False)):
        answers: list[Any] = [error, "Ann"]

        async def load(run: Run, answers: list[Any] = answers) -> Any:
            answer = answers.pop(0)
            return run.fail(answer) if isinstance(answer, Exception) else answer

        run = Run(Call(), DIALECTS["postgres"], VariableValues({}, {}))
        read()
        found = await run.at_once(load, since=0)
        assert (found, run.flawed) == (("Ann", False) if of_primary else (error, True))
        assert read() == {("primary", "failed") if of_primary else ("replica", ""): 1}


async def test_a_url_that_is_none_is_told_without_its_password(database_url: str) -> None:
    wrong = Settings(database_url=database_url, replica_urls=("postgres://jxc:s3cret@two/shop?connect_timeout=soon",))
    with pytest.raises(db.DatabaseUnavailable) as told:
        await db.connect(wrong, MODEL_MODULES)
    assert "s3cret" not in str(told.value)
    assert "replica_urls has postgres://jxc@two/shop?connect_timeout=soon: connect_timeout is no" in str(told.value)


def test_figures_tell_what_is_read_from_where(database_url: str) -> None:
    counted = ProcessFigures()
    counted.reads["primary", "behind"] += 2
    counted.replica_statements["two:5432"] += 3
    counted.replicas |= {"two:5432": (True, 0.0), "three:5432": (False, math.inf)}
    counted.note_job("REVIEW_STOCK", "GIVEN_UP")
    registry = CollectorRegistry()
    registry.register(PublishedFigures(counted, lambda: None, "1"))
    told = generate_latest(registry).decode()
    for line in (
        'jxc_reads_total{source="primary",why="behind"} 2.0',
        'jxc_replica_statements_total{replica="two:5432"} 3.0',
        'jxc_replica_taken{replica="three:5432"} 0.0',
        'jxc_replica_lag_seconds{replica="three:5432"} +Inf',
        'jxc_jobs_total{kind="REVIEW_STOCK",outcome="GIVEN_UP"} 1.0',
    ):
        assert line in told
