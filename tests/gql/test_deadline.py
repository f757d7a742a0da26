"""An operation that takes too long is stopped, what it held is free afterwards, and no posting is cut in half."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.wire.budget import Budgets
from jxc_graphql.gql.wire.gate import Gate
from jxc_graphql.gql.wire.request import Parameters
from jxc_graphql.gql.wire.trusted import Trusted
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected, Unauthenticated
from jxc_graphql.kit.settings import Settings
from jxc_graphql.wiring import MODEL_MODULES
from tests.gql import endless
from tests.patience import SECONDS, until

SCHEMA = Schema([endless])
CALL = Call(actor_id=1)
POOL = 3
NEVER = 2 * SECONDS


async def nothing() -> None:
    """Nobody's rights change."""


def gate(deadline: float) -> Gate:
    return Gate(Executor(SCHEMA), Trusted({}), Budgets(0), deadline, nothing)


@pytest.fixture
async def impatient(database_url: str) -> AsyncIterator[db.Database]:
    """A database that gives each statement a little time."""
    settings = Settings(database_url=database_url, deadline=0.5, pool_size=POOL)
    async with db.open(settings, MODEL_MODULES) as database:
        yield database


@pytest.fixture
async def patient(database_url: str) -> AsyncIterator[db.Database]:
    """A database that gives each statement all the time there is."""
    async with db.open(Settings(database_url=database_url, deadline=0, pool_size=POOL), MODEL_MODULES) as database:
        yield database


async def ask(gate: Gate, text: str) -> tuple[Any, list[str]]:
    """The data and the codes of the errors."""
    admitted = await gate.admit(Parameters(query=text), CALL, "")
    answer = msgspec.json.decode((await gate.run(admitted)).encode("r"))
    return answer["data"], [error["extensions"]["code"] for error in answer.get("errors", ())]


async def all_connections_are_free() -> None:
    """Every reader, and the writer or as many transactions as there are connections, answer."""
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(db.fetch("SELECT 1") for _ in range(POOL)))
        for n in range(POOL):
            await endless.write(10, f"free {n}")


async def test_stops_what_takes_too_long_and_frees_what_it_held(patient: db.Database) -> None:
    answers = await asyncio.gather(*(ask(gate(0.2), "{ counted { rows } }") for _ in range(2 * POOL)))
    assert answers == [(None, ["DEADLINE_EXCEEDED"])] * 2 * POOL
    await all_connections_are_free()


@pytest.mark.usefixtures("patient")
async def test_a_query_cannot_write() -> None:
    assert await ask(gate(NEVER), "{ written { rows } }") == (None, ["INTERNAL"])
    assert await db.fetch("SELECT count(*) FROM category WHERE name = 'counted'") == [(0,)]
    await all_connections_are_free()


async def test_a_statement_has_its_own_limit_where_nobody_looks(impatient: db.Database) -> None:
    data, codes = await ask(gate(NEVER), "{ counted { rows } }")
    assert (data, codes) == (None, ["DEADLINE_EXCEEDED"])
    await all_connections_are_free()


async def test_a_mutation_that_has_begun_is_finished(patient: db.Database) -> None:
    text = 'mutation { count(input: {code: "slow", most: 2000000}) { rows } }'
    data, codes = await ask(gate(0.05), text)
    assert (data, codes) == (None, ["DEADLINE_EXCEEDED"])

    async def is_written() -> bool:
        return await db.fetch("SELECT count(*) FROM category WHERE code = 'slow'") == [(1,)]

    await until(is_written)
    await all_connections_are_free()


@pytest.mark.parametrize(
    ("end", "told"), [(Rejected(), []), (Unauthenticated(), []), (ValueError("bug"), ["operation.failed"])], ids=repr
)
async def test_a_refusal_that_nobody_waits_for_is_not_told_as_a_failure(
    patient: db.Database, end: Exception, told: list[str]
) -> None:
    unheard: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    with capture_logs() as log:
        assert await ask(gate(0.05), "mutation { wait { rows } }") == (None, ["DEADLINE_EXCEEDED"])
        endless.WAITING.pop().set_exception(end)
        for _ in range(5):
            await asyncio.sleep(0)
        gc.collect()
    assert [line["event"] for line in log] == told
    assert not unheard


async def test_a_mutation_without_end_writes_nothing_and_frees_the_writer(impatient: db.Database) -> None:
    text = f'mutation {{ count(input: {{code: "endless", most: {2**31 - 1}}}) {{ rows }} }}'
    data, codes = await ask(gate(NEVER), text)
    assert (data, codes) == ({"count": None}, ["DEADLINE_EXCEEDED"])
    await all_connections_are_free()
    assert await db.fetch("SELECT count(*) FROM category WHERE code = 'endless'") == [(0,)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_waits_for_a_connection_no_longer_than_for_an_answer(
    patient: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = [await patient.client.take() for _ in range(POOL)]
    monkeypatch.setattr(patient.client, "limit", 0.2)
    async with asyncio.timeout(SECONDS):
        for wait in (db.fetch("SELECT 1"), endless.write(10, "late")):
            with pytest.raises(TimeoutError) as failure:
                await wait
            assert db.unavailable(failure.value)
    monkeypatch.undo()
    for connection in taken:
        await patient.client.give_back(connection)
    await all_connections_are_free()


async def test_sets_the_limit_of_a_statement_without_asking_for_it(impatient: db.Database) -> None:
    with db.statements() as seen:
        await db.fetch("SELECT 1")
    assert seen == ["SELECT 1"]
