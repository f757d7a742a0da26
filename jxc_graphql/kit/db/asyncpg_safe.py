"""PostgreSQL for Tortoise: a cancelled task leaves neither an open transaction nor a connection out of the pool."""

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.base_postgres.client import translate_exceptions

from jxc_graphql.kit.db.boundary import Boundary, Joined, Transaction
from jxc_graphql.kit.db.ending import to_the_end
from jxc_graphql.kit.db.statements import note

_PLACEHOLDER = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\?""")


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that needs no clean-up between two users: nobody here sets session variables."""

    def get_reset_query(self) -> str:
        """Nothing; saves a round trip on every release."""
        return ""


class AsyncpgSafe(AsyncpgDBClient):
    """The engine of a connected PostgreSQL database."""

    connection_class = Connection

    def _in_transaction(self) -> Boundary:  # type: ignore[override]
        return Boundary(AsyncpgTransaction(self))

    @translate_exceptions
    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a reading statement as plain tuples."""
        note(query)
        assert self._pool is not None
        return list(map(tuple, await self._pool.fetch(numbered(query), *values)))

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        note(query)
        return await super().execute_insert(query, values)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, list[dict[str, Any]]]:
        note(query)
        return await super().execute_query(query, values)  # type: ignore[no-any-return]

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        note(query)
        return await super().execute_query_dict(query, values)  # type: ignore[no-any-return]


class AsyncpgTransaction(AsyncpgDBClient, Transaction):
    """One transaction on a connection out of the pool."""

    def __init__(self, pool: AsyncpgSafe) -> None:
        Transaction.__init__(self)
        self._parent = pool
        self.connection_name = pool.connection_name
        self.fetch_inserted = pool.fetch_inserted
        self.log = pool.log
        self._lock = asyncio.Lock()

    async def begin(self) -> None:
        """Waits for a connection and begins with isolation level READ COMMITTED."""
        if self._parent._pool is None:
            await self._parent.create_connection(with_db=True)
        self._connection = await self._parent._pool.acquire()
        try:
            await to_the_end(self._connection.execute("BEGIN"))
        except BaseException:
            await to_the_end(self.finish(commit=False))
            raise

    async def finish(self, *, commit: bool) -> None:
        try:
            await self._connection.execute("COMMIT" if commit else "ROLLBACK")
        finally:
            await self._parent._pool.release(self._connection)

    def _in_transaction(self) -> Joined:  # type: ignore[override]
        return Joined(self)

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        self.check_owner()
        return ConnectionWrapper(self._lock, self)

    @translate_exceptions
    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of any statement as plain tuples."""
        self.check_owner()
        note(query)
        return list(map(tuple, await self._connection.fetch(numbered(query), *values)))

    @translate_exceptions
    async def execute(self, query: str, values: Sequence[Any] = ()) -> int:
        """Runs a writing statement; the count of rows it changed."""
        self.check_owner()
        note(query)
        status: str = await self._connection.execute(numbered(query), *values)
        return int(status.rpartition(" ")[2])

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        note(query)
        return await super().execute_insert(query, values)

    @translate_exceptions
    async def execute_many(self, query: str, values: list[Any]) -> None:
        self.check_owner()
        note(query)
        await self._connection.executemany(query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, list[dict[str, Any]]]:
        note(query)
        return await super().execute_query(query, values)  # type: ignore[no-any-return]

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        note(query)
        return await super().execute_query_dict(query, values)  # type: ignore[no-any-return]


@lru_cache(maxsize=2048)
def numbered(sql: str) -> str:
    """The statement with `$1`, `$2`, … for its `?`, except inside quotes."""
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[1]:
            return match[1]
        count += 1
        return f"${count}"

    return _PLACEHOLDER.sub(number, sql)


client_class = AsyncpgSafe
