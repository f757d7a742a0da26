"""PostgreSQL for Tortoise: a cancelled task leaves neither an open transaction nor a connection out of the pool."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Sequence
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base_postgres.client import translate_exceptions

from jxc_graphql.kit.db.asyncpg_connection import BEGIN_SNAPSHOT, LentConnection, SafeConnection, connect, held
from jxc_graphql.kit.db.asyncpg_transaction import AsyncpgTransaction
from jxc_graphql.kit.db.boundary import Boundary
from jxc_graphql.kit.db.failures import lost, passing
from jxc_graphql.kit.db.numbered import numbered
from jxc_graphql.kit.db.servers import Servers
from jxc_graphql.kit.db.snapshot import Snapshot
from jxc_graphql.kit.db.statements import note
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.turns import CallerTurns, asking

OTHERS = 4
"""One connection of so many is left to writers and to those who ask for no caller."""
EACH = 4
"""A caller has one of so many readers at most: what is light answers sooner than he can ask, what is heavy can wait."""
GRACE_SECONDS = 1.0
"""How much longer than a statement may take its answer may; a server that has said nothing by then is silent."""
_SETTINGS = {
    # PostgreSQL's own 4.0 reckons with disks that turn: it would read whole tables for a few rows.
    "random_page_cost": "1.1",
    # A turn is one processor's: whoever asks for much would have three with each of his.
    "max_parallel_workers_per_gather": "0",
    # What asks for much at once by keys is reckoned dear, so each process would compile it: 30 ms for one of 5.
    "jit": "off",
}


def _noted(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Tortoise's own method; its statement is counted."""

    @wraps(method)
    async def run(self: Any, query: str, *values: Any) -> Any:
        note(query)
        return await method(self, query, *values)

    return run


class Late(Exception):
    """The statements of a snapshot together took longer than they may."""

    sqlstate = "57014"
    """As the server says when a single one does."""


class AsyncpgSafe(AsyncpgDBClient):
    """The engine of a connected PostgreSQL database."""

    def __init__(self, servers: Servers, deadline: float, direct: Servers | None = None, **told: Any) -> None:
        """Each statement may take `deadline` seconds; 0 means as long as it likes.

        `direct`: the server itself, where `servers` are poolers that lend one for a transaction.
        """
        super().__init__(connection_class=LentConnection if direct else SafeConnection, **told)
        self.servers = servers
        self.direct = direct or servers
        self.deadline = deadline
        self._has_hung_up = False
        self.limit = deadline + GRACE_SECONDS if deadline else None
        """How many seconds a connection, and each answer over it, is waited for."""

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        """Opens the pool with its least number of connections."""
        most = kwargs["max_size"]
        readers = max(1, most - math.ceil(most / OTHERS))
        self.turns = CallerTurns(readers, math.ceil(readers / EACH))
        self.endings: set[asyncio.Task[None]] = set()
        return await asyncpg.create_pool(
            None, connect=self._opened, init_size=1, min_size=0, max_size=most, connection_class=self.connection_class
        )

    async def _opened(self, *_: Any, **options: Any) -> Any:
        settings = {"statement_timeout": f"{self.deadline * 1_000:.0f}", **_SETTINGS}
        opened = await connect(self.servers, self.connection_class, settings, limit=self.limit, **options)
        if self._has_hung_up:  # the pool, which is closed, would keep it
            opened.terminate()
            raise ConnectionAbortedError
        return opened

    async def close(self) -> None:
        """Closes the pool, in which nothing is going on any more."""
        await asyncio.gather(*self.endings, return_exceptions=True)
        await super().close()

    def hang_up(self) -> None:
        """Ends all connections, and whatever waits for one."""
        self._has_hung_up = True
        if self._pool is not None:
            self._pool.terminate()

    async def take(self) -> Any:
        """A connection out of the pool, to be released; `TimeoutError` where none comes."""
        with figures.waiting("pool"):
            async with asyncio.timeout(self.limit):
                return await self.pool.acquire()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Any]:
        """A connection for one statement; who is cancelled, or was not answered, does not wait for its end."""
        connection = await self.take()
        try:
            async with connection.alone():
                yield connection
        except (asyncio.CancelledError, TimeoutError):
            self.end(self.give_back(connection))
            raise
        except BaseException:
            await self.give_back(connection)
            raise
        await self.give_back(connection)

    acquire_connection = lent  # type: ignore[assignment]  # Tortoise's name for it

    async def give_back(self, connection: Any) -> None:
        """Puts a connection back into the pool; one that was lost leaves its place to another."""
        try:
            try:
                if connection.is_in_transaction():
                    await connection.execute("ROLLBACK")
            finally:
                await self.pool.release(connection)
        except Exception as error:
            if not lost(error):
                raise

    def end(self, ending: Coroutine[Any, Any, None]) -> None:
        """Has something end while nobody waits for it."""
        task = asyncio.ensure_future(ending)
        self.endings.add(task)
        task.add_done_callback(self.endings.discard)

    def snapshot(self, caller: Hashable, spoilt_by: Callable[[Exception], bool] = passing) -> "AsyncpgSnapshot":
        """A new snapshot for a caller, to be entered; after which failures it is to be read again."""
        return AsyncpgSnapshot(self, caller, spoilt_by)

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
            return await self._fetch(query, values)
        await self.turns.take(caller)
        try:
            return await self._fetch(query, values)
        finally:
            self.turns.give_back(caller)

    async def told(self, query: str) -> list[tuple[Any, ...]]:
        """What the server says of itself; no statement of anybody's."""
        return await self._fetch(query, ())

    async def _fetch(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        async with self.lent() as connection:
            return list(map(tuple, await connection.fetch(numbered(query), *values)))

    async def execute_many(self, query: str, values: list[Any]) -> None:
        """All or none of the rows."""
        async with self.transaction() as transaction:
            await transaction.execute_many(query, values)

    execute_insert = _noted(AsyncpgDBClient.execute_insert)
    execute_query = _noted(AsyncpgDBClient.execute_query)
    execute_query_dict = _noted(AsyncpgDBClient.execute_query_dict)


class AsyncpgSnapshot(Snapshot, AsyncpgDBClient):
    """One state of the database, on a connection out of the pool."""

    def __init__(self, engine: AsyncpgSafe, caller: Hashable, spoilt_by: Callable[[Exception], bool]) -> None:
        Snapshot.__init__(self, engine.deadline)
        self._spoilt_by = spoilt_by
        self.sent = 0
        """How many statements."""
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
            self.sent += 1
            try:
                if self._reader is None:
                    await self._begin(query)
                found = await self._fetch(query, values)
            except Exception as error:
                self._failure = error
                self.spoilt |= self._spoilt_by(error)
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
            self._reader = await self._engine.take()
        except BaseException:
            self._engine.turns.give_back(self._caller)
            raise
        await held(self._reader).ahead([(BEGIN_SNAPSHOT, ())], query)

    def end(self) -> None:
        """Lets go of the connection, which goes back to the pool when the transaction has ended."""
        if self._reader is not None:
            self._engine.end(self._end())

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
            await self._engine.give_back(self._reader)
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


client_class = AsyncpgSafe
