"""PostgreSQL for Tortoise: a cancelled task leaves neither an open transaction nor a connection out of the pool."""

import asyncio
import math
import re
import struct
from collections.abc import Callable, Coroutine, Hashable, Sequence
from functools import lru_cache, wraps
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.exceptions import OperationalError

from jxc_graphql.kit.db.boundary import Boundary, Joined, Transaction
from jxc_graphql.kit.db.ending import to_the_end
from jxc_graphql.kit.db.failures import lost, passing
from jxc_graphql.kit.db.snapshot import Snapshot
from jxc_graphql.kit.db.statements import note
from jxc_graphql.kit.turns import CallerTurns, asking

OTHERS = 4
"""One connection of so many is left to writers and to those who ask for no caller."""
EACH = 4
"""A caller has one of so many readers at most: what is light answers sooner than he can ask, what is heavy can wait."""
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_PLACEHOLDER = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\?""")


def _noted(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Tortoise's own method; its statement is counted."""

    @wraps(method)
    async def run(self: Any, query: str, *values: Any) -> Any:
        note(query)
        return await method(self, query, *values)

    return run


class SafeConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that needs no clean-up between two users: nobody here changes its session."""

    beginning: Any
    """The statement that begins a snapshot, prepared."""

    def get_reset_query(self) -> str:
        """Nothing, which saves a round trip on every release."""
        return ""

    async def begin_with(self, query: str) -> None:
        """Begins a snapshot, on the way with a statement that must follow at once: asyncpg waits for both as for one.

        What it sends is BEGIN bound and executed, which the server answers together with what follows; asyncpg passes
        over the end of a command that is not the last one. A statement that is not prepared yet would be prepared
        first, so BEGIN goes alone then.
        """
        if self._stmt_cache.has((query, asyncpg.Record, False)):
            self._transport.write(_BOUND_AND_EXECUTED)
        else:
            await self.execute(_BEGIN)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


_BEGINNING = "beginning"
_BOUND_AND_EXECUTED = _message(b"B", b"\0" + _BEGINNING.encode() + b"\0" + bytes(6)) + _message(b"E", bytes(5))


async def _connect(*args: Any, **kwargs: Any) -> Any:
    """Connects to the end: asyncpg drops its socket when it is cancelled half-way."""

    async def open_() -> Any:
        opened = await asyncpg.connect(*args, **kwargs)
        try:
            opened.beginning = await opened.prepare(_BEGIN, name=_BEGINNING)
        except BaseException:
            opened.terminate()
            raise
        return opened

    opening = asyncio.ensure_future(open_())
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_hang_up)
        raise


def _hang_up(opening: "asyncio.Task[Any]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().terminate()


class Late(Exception):
    """The statements of a snapshot together took longer than they may."""

    sqlstate = "57014"
    """As the server says when a single one does."""


class AsyncpgSafe(AsyncpgDBClient):
    """The engine of a connected PostgreSQL database."""

    connection_class = SafeConnection

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        """Opens the pool with its least number of connections."""
        self.deadline = int(self.server_settings.get("statement_timeout", 0)) / 1_000
        readers = max(1, kwargs["max_size"] - math.ceil(kwargs["max_size"] / OTHERS))
        self.turns = CallerTurns(readers, math.ceil(readers / EACH))
        self.endings: set[asyncio.Task[None]] = set()
        return await asyncpg.create_pool(None, connect=_connect, **kwargs)

    async def close(self) -> None:
        """Closes the pool, in which nothing is going on any more."""
        await asyncio.gather(*self.endings, return_exceptions=True)
        await super().close()

    def snapshot(self, caller: Hashable) -> "AsyncpgSnapshot":
        """A new snapshot for a caller, to be entered."""
        return AsyncpgSnapshot(self, caller)

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
        caller = asking.get()
        if caller is None:
            return list(map(tuple, await self.pool.fetch(numbered(query), *values)))
        await self.turns.take(caller)
        try:
            return list(map(tuple, await self.pool.fetch(numbered(query), *values)))
        finally:
            self.turns.give_back(caller)

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


class AsyncpgSnapshot(Snapshot, AsyncpgDBClient):
    """One state of the database, on a connection out of the pool."""

    def __init__(self, engine: AsyncpgSafe, caller: Hashable) -> None:
        Snapshot.__init__(self, engine.deadline)
        self._engine = engine
        self._caller = caller
        self._reader: Any = None
        self._failure: Exception | None = None
        self._one_by_one = asyncio.Lock()
        self.connection_name = engine.connection_name
        self.log = engine.log

    async def _read(self, query: str, values: Sequence[Any]) -> list[Any]:
        async with self._one_by_one:
            self.check()
            if self._failure is not None:
                raise self._failure  # which has ended the transaction
            try:
                if self._reader is None:
                    await self._begin(query)
                found = await self._fetch(query, values)
            except Exception as error:
                self._failure = error
                self.spoilt |= passing(error)
                raise
            return found

    async def _fetch(self, query: str, values: Sequence[Any]) -> list[Any]:
        try:
            found: list[Any] = await self._reader.fetch(query, *values, timeout=self.left() or None)
        except TimeoutError as error:
            raise Late from error
        return found

    async def _begin(self, query: str) -> None:
        await self._engine.turns.take(self._caller)
        try:
            self._reader = await self._engine.pool.acquire()
        except BaseException:
            self._engine.turns.give_back(self._caller)
            raise
        await self._reader.begin_with(query)

    def end(self) -> None:
        """Lets go of the connection, which goes back to the pool when the transaction has ended."""
        if self._reader is not None:
            ending = asyncio.ensure_future(self._end())
            self._engine.endings.add(ending)
            ending.add_done_callback(self._engine.endings.discard)

    async def _end(self) -> None:
        try:
            if self._failure is not None and not self._reader.is_in_transaction():
                self._reader.terminate()  # whether it has begun nobody knows
            else:
                await self._reader.execute("COMMIT")
        except Exception as error:
            if not lost(error):
                raise
        finally:
            await self._engine.pool.release(self._reader)
            self._engine.turns.give_back(self._caller)

    @translate_exceptions
    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a reading statement as plain tuples."""
        note(query)
        return list(map(tuple, await self._read(numbered(query), values)))

    @translate_exceptions
    async def execute_query(self, query: str, values: Any = None) -> tuple[int, Sequence[Any]]:
        """A reading statement; its count of rows, and the rows."""
        note(query)
        rows = await self._read(query, values or ())
        return len(rows), rows

    async def execute_query_dict(self, query: str, values: Any = None) -> list[dict[str, Any]]:
        """As `execute_query`."""
        return [dict(row) for row in (await self.execute_query(query, values))[1]]


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
