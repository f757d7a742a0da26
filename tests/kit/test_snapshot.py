"""What is read at once is one state of the database, over one connection that nobody waits for twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.db.snapshot import Over
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.wiring import MODEL_MODULES
from tests.patience import SECONDS, given_back, until

COUNT = "SELECT count(*) FROM category"
ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n",
    "postgres": "SELECT pg_sleep(3600)",
}
BUSY = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(3600)'"
KILL = "SELECT pg_terminate_backend(pg_backend_pid())"


async def add(code: str) -> None:
    await Category.create(code=code, name="a")


@pytest.mark.usefixtures("database")
async def test_statements_of_both_kinds_read_one_state() -> None:
    begun, written = asyncio.Event(), asyncio.Event()

    async def read() -> list[int]:
        ((before,),) = await db.fetch(COUNT)
        begun.set()
        await written.wait()
        ((after,),) = await db.fetch(COUNT)
        return [before, after, await Category.all().count(), len(await Category.all().values("code"))]

    await add("a")
    reading = asyncio.ensure_future(db.at_once(read, caller=1))
    await begun.wait()
    await add("b")
    written.set()
    assert await reading == [1, 1, 1, 1]
    assert await db.at_once(Category.all().count, caller=1) == 2


@pytest.mark.usefixtures("database")
async def test_what_is_read_at_once_cannot_write() -> None:
    async def write() -> None:
        await Category.all().count()
        await add("a")

    with pytest.raises(RuntimeError, match="cannot write"):
        await db.at_once(write, caller=1)
    assert await db.fetch(COUNT) == [(0,)]


@pytest.mark.usefixtures("database")
async def test_a_task_that_outlives_it_cannot_read_on() -> None:
    go = asyncio.Event()

    async def late() -> None:
        await go.wait()
        await db.fetch(COUNT)

    async def read() -> "asyncio.Task[None]":
        await db.fetch(COUNT)
        return asyncio.create_task(late())

    task = await db.at_once(read, caller=1)
    go.set()
    with pytest.raises(Over):
        await task


@pytest.fixture
async def narrow(database_url: str) -> AsyncIterator[db.Database]:
    """A database with as few connections as there may be."""
    async with db.open(Settings(database_url=database_url, pool_size=2), MODEL_MODULES) as database:
        yield database


@pytest.mark.usefixtures("narrow")
async def test_nobody_waits_for_a_second_connection_while_he_holds_one() -> None:
    everyone_asks = asyncio.Event()

    async def read() -> int:
        await everyone_asks.wait()
        await db.fetch(COUNT)
        await asyncio.sleep(0)
        await asyncio.gather(db.fetch(COUNT), db.fetch(COUNT))
        return await Category.all().count()

    readers = [asyncio.ensure_future(db.at_once(read, caller=n % 5)) for n in range(20)]
    writers = [asyncio.ensure_future(add(str(n))) for n in range(5)]
    everyone_asks.set()
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*readers, *writers)


async def test_who_asks_for_much_waits_for_himself_while_others_read(database_url: str) -> None:
    async with db.open(Settings(database_url=database_url, deadline=0), MODEL_MODULES) as database:

        async def endless() -> None:
            await db.fetch(ENDLESS[database.dialect])

        async def count() -> list[tuple[int]]:
            await db.fetch(COUNT)
            return await db.fetch(COUNT)

        with db.statements() as seen:
            heavy = [
                asyncio.ensure_future(db.at_once(endless, caller=1, alone=bool(n % 2)))
                for n in range(2 * database.settings.pool_size)
            ]
            await until(lambda: _true(bool(seen)))
        async with asyncio.timeout(SECONDS):
            assert await db.at_once(count, caller=2) == [(0,)]
            assert await db.at_once(lambda: db.fetch(COUNT), caller=3, alone=True) == [(0,)]
            assert await db.fetch(COUNT) == [(0,)]
            for task in heavy:
                task.cancel()
            await asyncio.wait(heavy)
            assert await db.at_once(count, caller=1) == [(0,)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # SQLite has two readers, one for each caller
async def test_one_caller_keeps_two_processors_busy_at_most(database: db.Database) -> None:
    assert await db.fetch("SELECT current_setting('max_parallel_workers_per_gather')") == [("0",)]
    asked = [
        asyncio.ensure_future(db.at_once(lambda: db.fetch(ENDLESS["postgres"]), caller=1, alone=bool(n % 2)))
        for n in range(database.settings.pool_size)
    ]

    async def busy() -> int:
        ((count,),) = await db.fetch(BUSY)
        return int(count)

    await until(busy)
    for _ in range(database.settings.pool_size):
        await db.at_once(lambda: db.fetch(COUNT), caller=2)
    assert 0 < await busy() <= 2
    for task in asked:
        task.cancel()
    await asyncio.wait(asked)


async def _true(value: bool) -> bool:
    return value


async def test_all_its_statements_share_one_deadline(database_url: str) -> None:
    async with db.open(Settings(database_url=database_url, deadline=2 * SECONDS), MODEL_MODULES) as database:

        async def read() -> None:
            await db.fetch(COUNT)
            database.client._until -= 2 * SECONDS  # noqa: SLF001  (as if the first statement had taken so long)
            await db.fetch(ENDLESS[database.dialect])

        async with asyncio.timeout(SECONDS):
            with pytest.raises(Exception) as failure:  # noqa: PT011
                await db.at_once(read, caller=1)
        assert db.timed_out(failure.value)
        assert await db.at_once(lambda: db.fetch(COUNT), caller=1) == [(0,)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # SQLite has no connection to lose
@pytest.mark.usefixtures("database")
async def test_what_lost_its_connection_is_read_again_from_the_beginning() -> None:
    tries: list[int] = []

    async def read() -> int:
        ((before,),) = await db.fetch(COUNT)
        tries.append(int(before))
        if len(tries) == 1:
            await add_elsewhere()
            with pytest.raises(Exception) as failure:  # noqa: PT011  (as a field would keep it for itself)
                await db.fetch(KILL)
            assert db.unavailable(failure.value)
        ((after,),) = await db.fetch(COUNT)
        return int(before) + int(after)

    asked, added = asyncio.Event(), asyncio.Event()

    async def add_elsewhere() -> None:
        asked.set()
        await added.wait()

    async def adding() -> None:
        await asked.wait()
        await add("a")
        added.set()

    other = asyncio.ensure_future(adding())
    assert await db.at_once(read, caller=1) == 2
    assert tries == [0, 1]
    await other


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # SQLite prepares again by itself
async def test_a_column_that_changed_while_its_statement_was_known_is_read_again(database: db.Database) -> None:
    @db.transactional
    async def widened() -> None:
        await db.fetch("ALTER TABLE category ALTER COLUMN name TYPE text")

    async def read() -> list[tuple[str]]:
        await db.fetch(COUNT)
        return await db.fetch("SELECT name FROM category")

    await add("a")
    for _ in range(2 * database.settings.pool_size):
        await db.at_once(read, caller=1)
    await widened()
    assert await db.at_once(read, caller=1) == [("a",)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_leaves_no_transaction_open(database: db.Database) -> None:
    async def read() -> None:
        for _ in range(2):
            await db.fetch(COUNT)

    async def failing() -> None:
        await read()
        await db.fetch("SELECT 1 / 0")

    async def mistaken() -> None:
        await db.fetch("SELECT ?::int", ["none"])

    await db.at_once(read, caller=1)  # BEGIN alone, as the statement is not prepared yet
    await db.at_once(read, caller=1)  # and together with it
    for wrong in (failing, mistaken, mistaken):
        with pytest.raises(Exception, match=r"division by zero|invalid input"):
            await db.at_once(wrong, caller=1)

    await given_back(database)
