"""Waiting for what must happen: for as long as any machine may need, because only what hangs takes that long."""

import asyncio
from collections.abc import Awaitable, Callable

from jxc_graphql.kit import journal

SECONDS = 120.0


async def until(happened: Callable[[], Awaitable[object]]) -> None:
    """Returns when it has happened; raises `TimeoutError` when it never does."""
    async with asyncio.timeout(SECONDS):
        while not await happened():
            await asyncio.sleep(0.01)


async def settled() -> None:
    """Returns when all facts can be read: on PostgreSQL they wait for older transactions.

    Those of other databases are among them while they hold no lock on a table there, as when a database is made.
    """

    async def are() -> bool:
        return not (await journal.look()).unsettled

    await until(are)
