"""PostgreSQL for Tortoise: a cancelled task leaves neither an open transaction nor a connection out of the pool."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Sequence
from functools import lru_cache, wraps
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.exceptions import OperationalError

from jxc_graphql.kit.db.boundary import Boundary, Joined, Transaction
from jxc_graphql.kit.db.ending import to_the_end
from jxc_graphql.kit.db.failures import lost
from jxc_graphql.kit.db.statements import note

_PLACEHOLDER = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\?""")


def _noted(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Tortoise's own method; its statement is counted."""

    @wraps(method)
    async def run(self: Any, query: str, *values: Any) -> Any:
        note(query)
        return await method(self, query, *values)

    return run


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that needs no clean-up between two users: nobody here changes its session."""

    def get_reset_query(self) -> str:
        """Nothing, which saves a round trip on every release."""
        return ""


async def _connect(*args: Any, **kwargs: Any) -> Any:
    """Connects to the end: asyncpg drops its socket when it is cancelled half-way."""
    opening = asyncio.ensure_future(asyncpg.connect(*args, **kwargs))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_hang_up)
        raise


def _hang_up(opening: "asyncio.Task[Any]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().terminate()


class AsyncpgSafe(AsyncpgDBClient):
    """The engine of a connected PostgreSQL database."""

    connection_class = Connection

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        """Opens the pool with its least number of connections."""
        return await asyncpg.create_pool(None, connect=_connect, **kwargs)

    @property
    def pool(self) -> asyncpg.Pool:
        """The open pool."""
        assert self._pool is not None
        return self._pool

    def transaction(self) -> Boundary:
        """A new transaction, to be entered."""
        return Boundary(AsyncpgTransaction(self))

    _in_transaction = transaction  # type: ignore[assignment]  # Tortoise's name for it

    @translate_exceptions
    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a reading statement as plain tuples."""
        note(query)
        return list(map(tuple, await self.pool.fetch(numbered(query), *values)))

    async def execute_many(self, query: str, values: list[Any]) -> None:
        """All or none of the rows."""
        async with self.transaction() as transaction:
            await transaction.execute_many(query, values)

    execute_insert = _noted(AsyncpgDBClient.execute_insert)
    execute_query = _noted(AsyncpgDBClient.execute_query)
    execute_query_dict = _noted(AsyncpgDBClient.execute_query_dict)


class AsyncpgTransaction(AsyncpgDBClient, Transaction):
    """One transaction on a connection out of the pool."""

    _connection: Any

    def __init__(self, engine: AsyncpgSafe) -> None:
        Transaction.__init__(self)
        self._engine = engine
        self.connection_name = engine.connection_name
        self.fetch_inserted = engine.fetch_inserted
        self.log = engine.log
        self._lock = asyncio.Lock()

    async def begin(self) -> None:
        """Waits for a connection and begins, READ COMMITTED."""
        self._connection = await self._engine.pool.acquire()
        try:
            await to_the_end(self._connection.execute("BEGIN"))
        except BaseException:
            await to_the_end(self.finish(commit=False))
            raise

    async def finish(self, *, commit: bool) -> None:
        """Commits or rolls back; raises `OperationalError` where an error that was caught has undone everything."""
        try:
            status = await self._connection.execute("COMMIT" if commit else "ROLLBACK")
        except Exception as error:
            if commit or not lost(error):  # a lost connection has rolled back by itself
                raise
        finally:
            await self._engine.pool.release(self._connection)
        if commit and status != "COMMIT":
            raise OperationalError("the transaction was rolled back by an earlier failure")

    def transaction(self) -> Joined:
        """The same one again."""
        return Joined(self)

    _in_transaction = transaction  # type: ignore[assignment]

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection, for the methods inherited from Tortoise."""
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

    @translate_exceptions
    async def execute_many(self, query: str, values: list[Any]) -> None:
        """One statement for many rows."""
        self.check_owner()
        note(query)
        await self._connection.executemany(query, values)

    execute_insert = _noted(AsyncpgDBClient.execute_insert)
    execute_query = _noted(AsyncpgDBClient.execute_query)
    execute_query_dict = _noted(AsyncpgDBClient.execute_query_dict)


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
