"""Transactions: all or nothing, joined, tried again, and known only to their own task."""

import asyncio
import sqlite3

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from jxc_graphql.kit import db
from jxc_graphql.masters.categories.models import Category
from tests.shell import python, statuses

pytestmark = pytest.mark.usefixtures("database")


async def codes() -> list[str]:
    return [code for (code,) in await db.fetch("SELECT code FROM category ORDER BY code")]


@db.transactional
async def add(*codes: str) -> None:
    for code in codes:
        await Category.create(code=code, name=code)


async def test_a_failure_undoes_everything() -> None:
    with pytest.raises(IntegrityError):
        await add("a", "b", "a")
    assert await codes() == []


async def test_a_nested_transaction_joins_the_outer_one() -> None:
    @db.transactional
    async def outer() -> None:
        await add("a")
        assert await codes() == ["a"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await outer()
    assert await codes() == []


async def test_callbacks_run_after_the_outermost_commit_only() -> None:
    called: list[str] = []

    @db.transactional
    async def inner(name: str, *, fails: bool) -> None:
        db.after_commit(lambda: called.append(name))
        await add(name)
        if fails:
            raise RuntimeError

    @db.transactional
    async def outer() -> None:
        await inner("b", fails=False)
        assert called == []

    with pytest.raises(RuntimeError):
        await inner("a", fails=True)
    await outer()
    assert called == ["b"]


async def test_a_callback_runs_when_the_task_is_cancelled_after_its_commit_was_sent() -> None:
    called: list[str] = []

    @db.transactional
    async def work() -> None:
        await add("a")
        db.after_commit(lambda: called.append("a"))
        asyncio.get_running_loop().call_soon(task.cancel)

    task = asyncio.ensure_future(work())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert called == await codes()


async def test_refuses_a_task_started_inside() -> None:
    @db.transactional
    async def work() -> None:
        for attempt in (codes, add, Category.all().count):
            with pytest.raises(db.ForeignTask):
                await asyncio.ensure_future(attempt())
        await add("a")

    await work()
    assert await codes() == ["a"]


async def test_refuses_to_write_outside() -> None:
    with pytest.raises(RuntimeError):
        await db.execute("DELETE FROM category")
    with pytest.raises(RuntimeError):
        db.after_commit(print)


async def test_does_not_commit_what_an_error_has_undone() -> None:
    @db.transactional
    async def work() -> None:
        await add("a")
        if db.dialect() == "sqlite":
            await db.fetch("ROLLBACK")
        else:
            with pytest.raises(IntegrityError):
                await add("a")

    with pytest.raises(OperationalError):
        await work()
    assert await codes() == []


@pytest.mark.parametrize("failures", [4, 5])
async def test_tries_five_times_when_others_are_in_the_way(failures: int) -> None:
    tries: list[int] = []

    @db.transactional
    async def work() -> None:
        tries.append(1)
        await add("a")
        if len(tries) <= failures:
            busy = sqlite3.OperationalError("database is locked")
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError(busy) from busy

    if failures < 5:
        await work()
    else:
        with pytest.raises(OperationalError):
            await work()
    assert len(tries) == 5
    assert await codes() == ["a"] * (failures < 5)


async def test_tries_again_after_a_deadlock(database: db.Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("one writer cannot deadlock")
    await add("a", "b")
    tries: list[str] = []
    both = asyncio.Barrier(2)

    @db.transactional
    async def rename(first: str, second: str) -> None:
        tries.append(first)
        await db.execute("UPDATE category SET name = name WHERE code = ?", [first])
        if len(tries) <= 2:
            await both.wait()
        await db.execute("UPDATE category SET name = name WHERE code = ?", [second])

    await asyncio.gather(rename("a", "b"), rename("b", "a"))
    assert len(tries) == 3


COUNT_UP = """
import asyncio, sys
from jxc_graphql.kit import db
from jxc_graphql.wiring import MODEL_MODULES

@db.transactional
async def step():
    [(count,)] = await db.fetch("SELECT last_number FROM document_number WHERE series = 'T' " + lock)
    await db.execute("UPDATE document_number SET last_number = ? WHERE series = 'T'", [count + 1])

async def main():
    global lock
    async with db.open(sys.argv[1], MODEL_MODULES):
        lock = "" if db.dialect() == "sqlite" else "FOR UPDATE"
        for _ in range(100):
            await step()

asyncio.run(main())
"""


async def test_processes_that_read_and_then_write_lose_nothing(database_url: str) -> None:
    await db.transactional(db.execute)("INSERT INTO document_number (series, last_number) VALUES ('T', 0)")
    assert await statuses(*(python(COUNT_UP, database_url) for _ in range(3))) == [0, 0, 0]
    assert await db.fetch("SELECT last_number FROM document_number") == [(300,)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_its_statements_are_planned_once() -> None:
    @db.transactional
    async def asked() -> list[tuple[int, int]]:
        for number in range(3):
            await db.fetch("SELECT code FROM category WHERE id = ?", (number,))
        return await db.fetch(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT code%'"
        )

    assert await asked() == [(3, 0)]
