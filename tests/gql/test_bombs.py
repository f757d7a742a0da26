"""What would be expensive to answer is cheap to refuse, through the whole application and on the real schema."""

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_introspection_query

from jxc_graphql import schema
from jxc_graphql.app import build_app
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from tests import steps
from tests.gql import bombs

REFUSED, CHECKED, REMEMBERED = 500_000, 500_000, 2_000
"""Steps that it may take to refuse a bomb, to check a document, and to tell what was asked for before.

Ten thousand take about a millisecond; `make bench ARGS=bombs` measures the time.
"""
BODIES = 200


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough: nothing gets as far."""
    return sqlite_url


async def test_refuses_every_bomb_at_once(call: Call, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(work: Callable[[], Any]) -> Any:  # steps of other threads are not counted
        return work()

    monkeypatch.setattr(asyncio, "to_thread", here)
    blasts = await bombs.set_off(build_app(Settings(introspection=True)), token)
    print(*sorted(blasts, key=lambda blast: -blast.steps)[:5], sep="\n")
    assert len(blasts) >= 40
    assert [blast.name for blast in blasts if not blast.refused] == []
    assert [blast for blast in blasts if blast.steps > REFUSED] == []


@pytest.mark.parametrize("name", bombs.HEAVY)
def test_checks_the_heaviest_documents_that_it_accepts_at_once(name: str) -> None:
    executor = schema.executor(introspection=True)
    with steps.counted() as counted:
        executor.prepare(bombs.HEAVY[name])
    assert counted.taken < CHECKED


async def test_introspects_once_and_beside_the_loop(database: db.Database) -> None:
    executor = schema.executor(introspection=True)
    prepared = executor.prepare(get_introspection_query())
    first = await executor.run(prepared, None, Call())
    with steps.counted() as counted:
        again = await executor.run(prepared, {}, Call(actor_id=1))
    assert counted.taken < REMEMBERED
    assert again == first
    assert again.data["__schema"]["types"]
    by_name = executor.prepare("query Q($name: String!) { __type(name: $name) { name } }")
    for name in ("Supplier", "Sku", "Supplier"):
        assert (await executor.run(by_name, {"name": name}, Call())).data == {"__type": {"name": name}}
    mixed = executor.prepare('{ __type(name: "Sku") { name } viewer { user { name } } }')
    assert (await executor.run(mixed, None, Call())).data["__type"] == {"name": "Sku"}


def malformed(chance: random.Random) -> bytes:
    """A body that was once good, and what a careless or ill-willed sender made of it."""
    good = b'{"query": "query Q($id: ID!) { node(id: $id) { id } }", "operationName": "Q", "variables": {"id": "x"}}'
    values: list[Any] = [None, 1, -1.5, True, "", "x", [], {}, [[]], {"a": {}}, "\0", "\ud800", 10**400, "x" * 5_000]
    names = ["query", "operationName", "variables", "extensions", "documentId"]
    match chance.randrange(6):
        case 0:
            at = chance.randrange(len(good))
            return good[:at] + bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9))) + good[at + 1 :]
        case 1:
            return good[: chance.randrange(len(good))]
        case 2:
            return chance.randbytes(chance.randrange(300))
        case 3:
            return json.dumps({name: chance.choice(values) for name in chance.sample(names, 3)}).encode()
        case 4:
            return good.replace(b'"id": "x"', b'"id": ' + json.dumps(chance.choice(values)).encode())
        case _:
            return json.dumps(chance.choice([*values, [json.loads(good)]])).encode(
                chance.choice(["utf-8", "utf-16", "utf-32"])
            )


async def test_malformed_bodies_never_make_it_fail(call: Call, token: str) -> None:
    app, seed = build_app(Settings()), random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(BODIES):
        body = malformed(chance)
        status, answer = await bombs.respond(app, body, token)
        assert status in {200, 400}, body
        assert "INTERNAL" not in answer.decode(), body
