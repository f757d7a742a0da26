"""The statements of a document sent by hand: taken down while the ledger posts it, and sent again without the ledger.

They are the same texts with the same parameters, in one transaction, on a database that was the same before: by the
driver alone, which keeps them prepared.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import aiosqlite
import asyncpg

from jxc_graphql.kit.db import asyncpg_safe, sqlite_pool

Statement = tuple[str, Sequence[Any]]
_BOUNDS = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def taken_down() -> Iterator[list[Statement]]:
    """Every statement that is sent in a transaction of this process from here on, as the driver gets it."""
    seen: list[Statement] = []
    run = sqlite_pool.SqliteTransaction._run  # noqa: SLF001  (the one way to the driver)

    async def noted(self: Any, function: Callable[..., Any], query: str, values: Any) -> Any:
        seen.append((query, values))
        return await run(self, function, query, values)

    connection = asyncpg_safe.SafeConnection
    fetch, execute, ahead = connection.fetch, connection.execute, connection.ahead

    async def fetched(self: Any, query: str, *values: Any, **others: Any) -> Any:
        seen.append((query, values))
        return await fetch(self, query, *values, **others)

    async def executed(self: Any, query: str, *values: Any, **others: Any) -> Any:
        if query not in _BOUNDS:
            seen.append((query, values))
        return await execute(self, query, *values, **others)

    async def gone_ahead(self: Any, statements: Sequence[Statement], query: str) -> None:
        seen.extend(each for each in statements if each[0] not in _BOUNDS)
        await ahead(self, statements, query)

    sqlite_pool.SqliteTransaction._run = noted  # type: ignore[method-assign]  # noqa: SLF001
    connection.fetch, connection.execute, connection.ahead = fetched, executed, gone_ahead  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        sqlite_pool.SqliteTransaction._run = run  # type: ignore[method-assign]  # noqa: SLF001
        del connection.fetch, connection.execute
        connection.ahead = ahead  # type: ignore[method-assign]


class Hand(Protocol):
    """A connection of the driver."""

    async def send(self, statements: Sequence[Statement]) -> float:
        """Sends statements in one transaction; how many seconds that took."""

    async def close(self) -> None:
        """Hangs up."""


class SqliteHand:
    """aiosqlite."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def send(self, statements: Sequence[Statement]) -> float:
        """One hop to the connection's thread for each."""
        began = time.perf_counter()
        await self._connection.execute_fetchall("BEGIN IMMEDIATE")
        for query, values in statements:
            await self._connection.execute_fetchall(query, values)
        await self._connection.execute_fetchall("COMMIT")
        return time.perf_counter() - began

    async def close(self) -> None:
        """Hangs up."""
        await self._connection.close()


class PostgresHand:
    """asyncpg, which prepares what it is sent and keeps that."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def send(self, statements: Sequence[Statement]) -> float:
        """One round trip for each."""
        began = time.perf_counter()
        await self._connection.execute("BEGIN")
        for query, values in statements:
            await self._connection.fetch(query, *values)
        await self._connection.execute("COMMIT")
        return time.perf_counter() - began

    async def close(self) -> None:
        """Hangs up."""
        await self._connection.close()


async def hand(url: str) -> Hand:
    """A connection of the driver to a database, set up as ours are."""
    if not url.startswith("sqlite"):
        return PostgresHand(await asyncpg.connect(url, server_settings={"random_page_cost": "1.1"}))
    connection = await aiosqlite.connect(url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=512)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        await connection.execute_fetchall(f"PRAGMA {pragma}")
    return SqliteHand(connection)
