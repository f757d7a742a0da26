"""PostgreSQL for Tortoise: a cancelled task leaves neither an open transaction nor a connection out of the pool."""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache, wraps
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.exceptions import OperationalError

from jxc_graphql.kit.db.asyncpg_connection import BEGIN, BEGIN_SNAPSHOT, NOTHING, Ahead, SafeConnection, connect, held
from jxc_graphql.kit.db.boundary import Boundary, Joined, Transaction
from jxc_graphql.kit.db.failures import lost, passing
from jxc_graphql.kit.db.held_back import HeldWrite, RowsChanged
from jxc_graphql.kit.db.snapshot import Snapshot
from jxc_graphql.kit.db.statements import COMMIT, ROLLBACK, note
from jxc_graphql.kit.turns import CallerTurns, asking

OTHERS = 4
"""One connection of so many is left to writers and to those who ask for no caller."""
EACH = 4
"""A caller has one of so many readers at most: what is light answers sooner than he can ask, what is heavy can wait."""
MISSED = "rows changed, which are more or fewer than must:"
_TOLD = 100
"""Characters of a statement that are told of it."""
_PLACEHOLDER = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\?""")


def _noted(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Tortoise's own method; its statement is counted."""

    @wraps(method)
    async def run(self: Any, query: str, *values: Any) -> Any:
        note(query)
        return await method(self, query, *values)

    return run


def _in_turn(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Tortoise's own method inside a transaction; its statement is counted, and comes behind what it has to do with."""

    @wraps(method)
    async def run(self: Any, query: str, *values: Any) -> Any:
        await self.ahead_of(query)
        async with self.sending(query, query if any(values) else None):
            return await method(self, query, *values)

    return run


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
        return await asyncpg.create_pool(None, connect=connect, **kwargs)

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
        self._has_begun = False
        self._ahead: list[Ahead] = [(BEGIN, ())]
        self._noted: list[str] = []

    async def begin(self) -> None:
        """Waits for a connection; it begins, READ COMMITTED, with the first statement."""
        self._connection = await self._engine.pool.acquire()

    @asynccontextmanager
    async def sending(self, query: str, sent: str | None = None) -> AsyncIterator[Any]:
        """The connection, to which what goes ahead was sent: with a statement that must follow at once, or by itself.

        `sent`: what follows, as asyncpg is going to be asked for it. Raises `RowsChanged` where one of those that went
        ahead did not change the rows that it must.
        """
        noted, self._noted = self._noted, []
        try:
            if sent is None and self._ahead:
                note(*noted)
                await self._send_ahead(NOTHING)
                await self._connection.fetch(NOTHING)
                noted = []
            note(*noted, query)
            if sent is not None:
                await self._send_ahead(sent)
            yield self._connection
        except asyncpg.InvalidTextRepresentationError as error:
            if MISSED in str(error):
                raise RowsChanged(str(error)) from error
            raise

    async def _send_ahead(self, query: str) -> None:
        if self._ahead:
            await held(self._connection).ahead(self._ahead, query)
            self._has_begun, self._ahead = True, []

    async def finish(self, *, commit: bool) -> None:
        """Commits or rolls back; raises `OperationalError` where an error that was caught has undone everything."""
        try:
            if commit:
                await self._commit()
            elif self._has_begun:
                await self._roll_back()
        finally:
            await self._engine.pool.release(self._connection)

    @translate_exceptions
    async def _commit(self) -> None:
        if not self._has_begun and len(self._ahead) == 1:
            return
        try:
            async with self.sending(COMMIT, COMMIT):
                status = await held(self._connection).end(COMMIT)
        except Exception as error:
            if self._connection.is_in_transaction() and not lost(error):
                await self._roll_back()
            raise
        if status != COMMIT:
            raise OperationalError("the transaction was rolled back by an earlier failure")

    async def _roll_back(self) -> None:
        try:
            note(ROLLBACK)
            await held(self._connection).end(ROLLBACK)
        except Exception as error:
            if not lost(error):  # a lost connection has rolled back by itself
                raise

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
        await self.ahead_of(query)
        sent = numbered(query)
        async with self.sending(query, sent) as connection:
            return list(map(tuple, await connection.fetch(sent, *values)))

    @translate_exceptions
    async def execute(self, query: str, values: Sequence[Any] = ()) -> int:
        """Runs a writing statement; the count of rows it changed."""
        await self.ahead_of(query)
        sent = numbered(query)
        async with self.sending(query, sent if values else None) as connection:
            status: str = await connection.execute(sent, *values)
        return int(status.rpartition(" ")[2])

    async def lock(self, select: str, values: Sequence[Any]) -> None:
        """Has the locks of a select taken ahead of the next statement."""
        await self.ahead_of(select)
        self._ahead.append((numbered(f"SELECT 1 FROM ({select}) AS kept HAVING count(*) < 0"), values))  # noqa: S608
        self._noted.append(select)

    async def write(self, writes: Sequence[HeldWrite]) -> None:
        """Has writes go ahead of the next statement, as one."""
        counted = [each.rows for each in writes if each.rows is not None]
        values = [value for each in writes for value in each.params]
        together = _together(tuple((each.sql, each.rows is not None) for each in writes))
        self._ahead.append((together, [*values, *counted]))
        self._noted += [each.sql for each in writes]

    @translate_exceptions
    async def execute_many(self, query: str, values: list[Any]) -> None:
        """One statement for many rows."""
        await self.ahead_of(query)
        async with self.sending(query) as connection:
            await connection.executemany(query, values)

    execute_insert = _in_turn(AsyncpgDBClient.execute_insert)
    execute_query = _in_turn(AsyncpgDBClient.execute_query)
    execute_query_dict = _in_turn(AsyncpgDBClient.execute_query_dict)
    execute_script = _in_turn(AsyncpgDBClient.execute_script)


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
        await held(self._reader).ahead([(BEGIN_SNAPSHOT, ())], query)

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


@lru_cache(maxsize=2048)
def _together(writes: tuple[tuple[str, bool], ...]) -> str:
    """One statement of several writes, which gives no rows; it fails where one that is counted missed its count."""
    parts = ", ".join(
        f"w{place} AS ({sql}{' RETURNING 1' if counted else ''})" for place, (sql, counted) in enumerate(writes)
    )
    checks = [
        f"(SELECT CAST(CASE count(*) WHEN ? THEN '0' ELSE count(*) || ' {MISSED} {_quoted(sql)}' END AS int) FROM w{place})"  # noqa: E501, S608  (names of our own)
        for place, (sql, counted) in enumerate(writes)
        if counted
    ]
    if len(writes) == 1 and not checks:
        return numbered(writes[0][0])
    return numbered(f"WITH {parts} SELECT 1 WHERE {' + '.join(checks) or '0'} > 0")


def _quoted(sql: str) -> str:
    """The beginning of a statement inside quotes."""
    return sql[:_TOLD].replace("'", "''")


client_class = AsyncpgSafe
