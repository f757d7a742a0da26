"""A task may be cancelled at any await and leaves neither a lock nor a lost connection nor half of its work."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from jxc_graphql.kit import db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.wiring import MODEL_MODULES
from tests.patience import SECONDS

ROUNDS = 150
ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n",
    "postgres": "SELECT pg_sleep(3600)",
}


@db.transactional
async def add_two() -> None:
    for _ in range(2):
        await db.fetch("SELECT count(*) FROM category")
        await Category.create(code=str(new_id()), name="half of a pair")


async def add_one() -> None:
    await Category.create(code=str(new_id()), name="alone")


async def read() -> None:
    await db.fetch("SELECT * FROM category LIMIT 100")


async def cancelled(work: Any, chance: random.Random, longest_seconds: float = 0.004) -> None:
    """Runs the work and cancels it after a few turns of the loop or a little time; perhaps again and again."""
    task = asyncio.ensure_future(work())
    for _ in range(chance.choice([1, 2, 20])):
        if chance.random() < 0.5:
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
        else:
            await asyncio.sleep(chance.random() * longest_seconds)
        task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def seconds_of_four() -> float:
    """How long the work takes that is cancelled below; the first time opens connections."""
    began = time.monotonic()
    await asyncio.gather(*(add_two() for _ in range(4)))
    return time.monotonic() - began


async def test_nothing_is_left_behind(database: db.Database) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    longest = 1.5 * min([await seconds_of_four() for _ in range(3)])  # so that some get through
    for _ in range(ROUNDS):
        works = [chance.choice([add_two, add_two, add_one, read]) for _ in range(4)]
        async with asyncio.timeout(SECONDS):
            await asyncio.gather(*(cancelled(work, chance, longest) for work in works))
    async with asyncio.timeout(SECONDS):
        await all_connections_work(database)
    [(halves,)] = await db.fetch("SELECT count(*) FROM category WHERE name = 'half of a pair'")
    assert halves % 2 == 0
    assert halves > 24


async def all_connections_work(database: db.Database) -> None:
    """As many readers and transactions at once as there are connections."""
    if database.dialect == "sqlite":
        await add_two()
        await asyncio.gather(*(read() for _ in range(4)))
        return
    everyone_inside = asyncio.Barrier(database.client.pool.get_max_size())

    @db.transactional
    async def meet() -> None:
        await everyone_inside.wait()

    await asyncio.gather(*(meet() for _ in range(everyone_inside.parties)))
    assert database.client.pool.get_idle_size() == database.client.pool.get_size()


@pytest.fixture
async def patient(database_url: str) -> AsyncIterator[db.Database]:
    """A database that gives each statement all the time there is."""
    async with db.open(Settings(database_url=database_url, deadline=0), MODEL_MODULES) as database:
        yield database


async def sent(seen: list[str], statements: int) -> None:
    """Returns when so many statements without end are on their way."""
    while sum(one in ENDLESS.values() for one in seen) < statements:
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)


async def test_a_cancelled_read_frees_its_connection_at_once(patient: db.Database) -> None:
    with db.statements() as seen:
        tasks = [asyncio.ensure_future(db.fetch(ENDLESS[patient.dialect])) for _ in range(4)]
        await sent(seen, 4)
    async with asyncio.timeout(SECONDS):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await all_connections_work(patient)


async def test_a_cancelled_transaction_stops_what_it_is_running(patient: db.Database) -> None:
    @db.transactional
    async def work() -> None:
        await add_one()
        await db.fetch(ENDLESS[patient.dialect])

    with db.statements() as seen:
        task = asyncio.ensure_future(work())
        await sent(seen, 1)
    async with asyncio.timeout(SECONDS):
        task.cancel()
        await asyncio.wait({task})
        await all_connections_work(patient)
    assert await db.fetch("SELECT count(*) FROM category WHERE name = 'alone'") == [(0,)]


async def test_a_writer_that_waits_can_be_cancelled(database: db.Database) -> None:
    release = asyncio.Event()

    @db.transactional
    async def hold() -> None:
        await db.execute("UPDATE document_number SET last_number = 0")
        await release.wait()

    holder = asyncio.ensure_future(hold())
    await asyncio.sleep(0.05)
    if database.dialect == "sqlite":
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await add_one()
    release.set()
    await holder
    await add_one()


async def test_tortoise_alone_stays_locked_when_cancelled_in_begin(database_url: str) -> None:
    engine = {"sqlite": "tortoise.backends.sqlite", "postgres": "tortoise.backends.asyncpg"}
    dialect, credentials = credentials_of(database_url)
    connection = {"engine": engine[dialect], "credentials": credentials}
    apps = {"models": {"models": list(MODEL_MODULES), "default_connection": "stock"}}
    async with TortoiseContext() as context:
        await context.init(config={"connections": {"stock": connection}, "apps": apps})
        await Category.all().count()

        async def begin() -> None:
            async with in_transaction():
                await asyncio.sleep(1)

        for _ in range(2):
            task = asyncio.ensure_future(begin())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), in_transaction():
                pass
        if dialect == "postgres":
            client: Any = context.connections.get("stock")
            client._pool.terminate()  # noqa: SLF001


def credentials_of(url: str) -> tuple[str, dict[str, Any]]:
    if path := db.sqlite_path(url):
        return "sqlite", {"file_path": path}
    credentials: dict[str, Any] = expand_db_url(url)["credentials"]
    return "postgres", credentials | {"minsize": 2, "maxsize": 2}
