"""A database behind a pooler that lends a server for a transaction: nothing is kept on a connection beyond it."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.settings import Settings, SettingsError, load
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.wiring import MODEL_MODULES
from tests.patience import SECONDS, given_back, until

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

SETTINGS = ("statement_timeout", "random_page_cost", "max_parallel_workers_per_gather", "jit")


@pytest.fixture
async def lent(database_url: str) -> AsyncIterator[db.Database]:
    settings = Settings(database_url=database_url, database_direct_url=database_url, deadline=2 * SECONDS, pool_size=2)
    async with db.open(settings, MODEL_MODULES) as database:
        yield database


async def shown() -> list[str]:
    return [(await db.fetch(f"SHOW {name}"))[0][0] for name in SETTINGS]


async def test_has_its_settings_in_each_transaction_and_leaves_none_behind(lent: db.Database) -> None:
    ours = ["4min", "1.1", "0", "off"]
    assert await shown() == ours
    assert await db.transactional(shown)() == ours
    assert await db.at_once(shown, caller=1) == ours
    async with lent.client.pool.acquire() as connection:
        assert [await connection.fetchval(f"SHOW {name}") for name in SETTINGS] == ["0", "4", "2", "on"]
        assert await connection.fetch("SELECT name FROM pg_prepared_statements") == []


async def test_writes_all_or_nothing(lent: db.Database) -> None:
    @db.transactional
    async def work(number: int) -> None:
        await Category.create(code=str(number), name="")
        await db.fetch(f"SELECT 1 / {number}")

    await work(1)
    with pytest.raises(Exception, match="division by zero"):
        await work(0)
    with pytest.raises(Exception, match="division by zero"):
        await db.fetch("SELECT 1 / 0")
    assert await db.fetch("SELECT code FROM category") == [("1",)]
    await given_back(lent)


async def test_lets_go_of_what_is_cancelled(lent: db.Database) -> None:
    asking = asyncio.create_task(db.fetch("SELECT count(*) FROM generate_series(1, 1000000000000)"))

    async def is_asked() -> bool:
        return bool(lent.client.pool.get_size() > lent.client.pool.get_idle_size())

    await until(is_asked)
    asking.cancel()
    await asyncio.wait({asking})
    async with asyncio.timeout(SECONDS):
        assert await db.fetch("SELECT 1") == [(1,)]
    await given_back(lent)


async def test_is_not_another_database_than_that_past_the_pooler(database_url: str) -> None:
    other = urlsplit(database_url)._replace(path="/postgres").geturl()
    with pytest.raises(db.DatabaseUnavailable, match="database_direct_url is another database"):
        await db.connect(Settings(database_url=database_url, database_direct_url=other), MODEL_MODULES)


def test_is_no_file(database_url: str) -> None:
    with pytest.raises(SettingsError, match="database_direct_url is for PostgreSQL"):
        load({"JXC_DATABASE_DIRECT_URL": database_url})
