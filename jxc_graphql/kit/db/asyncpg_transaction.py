"""One transaction on PostgreSQL: what begins it, what it holds back, its locks and its end go with other statements."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.exceptions import OperationalError

from jxc_graphql.kit.db.asyncpg_connection import BEGIN, NOTHING, PLANNED_ONCE, Ahead, held
from jxc_graphql.kit.db.boundary import Joined, Transaction
from jxc_graphql.kit.db.failures import lost
from jxc_graphql.kit.db.held_back import HeldWrite, RowsChanged
from jxc_graphql.kit.db.numbered import MISSED, numbered, together
from jxc_graphql.kit.db.statements import COMMIT, ROLLBACK, note

_OPENING: tuple[Ahead, ...] = ((BEGIN, ()), (PLANNED_ONCE, ()))


def _in_turn(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Tortoise's own method inside a transaction; its statement is counted, and comes behind what it has to do with."""

    @wraps(method)
    async def run(self: Any, query: str, *values: Any) -> Any:
        await self.ahead_of(query)
        async with self.sending(query, query if any(values) else None):
            return await method(self, query, *values)

    return run


class AsyncpgTransaction(AsyncpgDBClient, Transaction):
    """One transaction on a connection out of the pool."""

    _connection: Any

    def __init__(self, engine: Any) -> None:
        Transaction.__init__(self)
        self._engine = engine
        self.connection_name = engine.connection_name
        self.fetch_inserted = engine.fetch_inserted
        self.log = engine.log
        self._lock = asyncio.Lock()
        self._has_begun = False
        self._ahead: list[Ahead] = list(_OPENING)
        self._noted: list[str] = []

    async def begin(self) -> None:
        """Waits for a connection; it begins, READ COMMITTED, with the first statement."""
        self._connection = await self._engine.take()

    @asynccontextmanager
    async def sending(self, query: str, sent: str | None = None) -> AsyncIterator[Any]:
        """The connection, to which what goes ahead was sent: with a statement that must follow at once, or by itself.

        `sent`: what follows, as asyncpg is going to be asked for it. Raises `RowsChanged` where one of those that went
        ahead did not change the rows that it must.
        """
        noted, self._noted = self._noted, []
        ahead = [sql for sql, _ in self._ahead]
        try:
            if sent is None and self._ahead:
                note(*noted, sent=[*ahead, NOTHING])
                await self._send_ahead(NOTHING)
                await self._connection.fetch(NOTHING)
                noted, ahead = [], []
            note(*noted, query, sent=[*ahead, query])
            if sent is not None:
                await self._send_ahead(sent)
            yield self._connection
        except asyncpg.InvalidTextRepresentationError as error:
            if MISSED in str(error):
                raise RowsChanged(str(error)) from error
            raise

    async def _send_ahead(self, query: str) -> None:
        if self._ahead:
            self._has_begun = True
            await held(self._connection).ahead(self._ahead, query)
            self._ahead = []

    async def finish(self, *, commit: bool) -> None:
        """Commits or rolls back; raises `OperationalError` where an error that was caught has undone everything."""
        try:
            if commit:
                await self._commit()
            elif self._has_begun:
                await self._roll_back()
        finally:
            await self._engine.give_back(self._connection)

    @translate_exceptions
    async def _commit(self) -> None:
        if not self._has_begun and len(self._ahead) == len(_OPENING):
            return
        try:
            async with self.sending(COMMIT, COMMIT):
                status = await held(self._connection).end(COMMIT)
        except Exception as error:
            if not lost(error) and self._connection.is_in_transaction():
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
        one = together(tuple((each.sql, each.rows is not None) for each in writes))
        self._ahead.append((one, [*values, *counted]))
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
