"""Waiting for what must happen: for as long as any machine may need, because only what hangs takes that long."""

import asyncio
from collections.abc import Awaitable, Callable

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.journal import Cursor, Entry, Fact
from jxc_graphql.kit.reader import unread

SECONDS = 120.0
MANY = 100_000


async def until(happened: Callable[[], Awaitable[object]]) -> None:
    """Returns when it has happened; raises `TimeoutError` when it never does."""
    async with asyncio.timeout(SECONDS):
        while not await happened():
            await asyncio.sleep(0.01)


async def settled() -> None:
    """Returns when all facts can be read: on PostgreSQL they wait for older transactions.

    Those of other databases are among them while they hold no lock on a table there, as when a database is made. So by
    the time that something is read facts may wait again: `recorded` reads them.
    """

    async def are() -> bool:
        return not (await journal.look()).unsettled

    await until(are)


async def recorded(*names: str, after: Cursor = Cursor()) -> list[Entry]:  # noqa: B008  (nothing changes it)
    """The facts behind a cursor that are stored under these names, or all, when none waits for an older transaction.

    Whether any waits and what there is are answered by one statement.
    """
    wanted, found = names or [kind.stored_as for kind in Fact.registry.values()], list[Entry]()

    async def are_all_there() -> bool:
        seen = await unread("", after, wanted, MANY)
        found[:] = seen.entries
        return not seen.unsettled

    await until(are_all_there)
    return found


async def given_back(database: db.Database) -> None:
    """Returns when PostgreSQL's connections are all in the pool again; raises where one is still in a transaction."""
    pool = database.client.pool

    async def are() -> bool:
        return bool(pool.get_idle_size() == pool.get_size())

    await until(are)
    open_ = "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
    assert await db.fetch(open_) == []
