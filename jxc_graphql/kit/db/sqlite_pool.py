"""SQLite for Tortoise: one writer, and readers that never wait for it.

The writer takes `BEGIN IMMEDIATE`, so a transaction that reads and then writes cannot fail half-way; the readers are
`query_only` connections in WAL mode. Outside a transaction reads go to a reader and writes make a transaction of their
own; inside one everything goes to the writer. Each connection lives on a thread of its own (aiosqlite).
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.exceptions import IntegrityError, OperationalError

from jxc_graphql.kit.db.boundary import Boundary, Joined, Transaction
from jxc_graphql.kit.db.ending import to_the_end
from jxc_graphql.kit.db.statements import note

READERS = 2
PATIENCE_SECONDS = 5.0
"""How long a transaction waits for another process before it fails with SQLITE_BUSY (and is tried again)."""
_STEP_MS = 100


class Connection(aiosqlite.Connection):
    """A connection and its thread; functions handed to it run there one after the other."""

    def __init__(self, path: str, busy_ms: int, pragmas: dict[str, str]) -> None:
        super().__init__(lambda: _open(path, busy_ms, pragmas), iter_chunk_size=64)

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Runs `function(connection, *args)` on the thread; it runs on there when the caller is cancelled."""
        return await self._execute(function, self._conn, *args)

    async def stop_running(self) -> None:
        """Interrupts what a cancelled caller left running and waits until the thread is free."""
        free = asyncio.ensure_future(self.run(_nothing))
        while not free.done():
            self._conn.interrupt()
            await asyncio.wait({free}, timeout=0.01)


def _open(path: str, busy_ms: int, pragmas: dict[str, str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=busy_ms / 1000, isolation_level=None, cached_statements=512)
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")
    return connection


def _nothing(_: sqlite3.Connection) -> None:
    """Tells that the thread has come here."""


def _fetch(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    return connection.execute(query, values).fetchall()


def _rows(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> tuple[int, list[sqlite3.Row]]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    rows = cursor.execute(query, values).fetchall()
    return (len(rows) if cursor.rowcount < 0 else cursor.rowcount), rows


def _insert(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> int | None:
    return connection.execute(query, values).lastrowid


def _many(connection: sqlite3.Connection, query: str, values: Sequence[Sequence[Any]]) -> int:
    return connection.executemany(query, values).rowcount


def _count(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> int:
    return connection.execute(query, values).rowcount


def _rollback(connection: sqlite3.Connection) -> None:
    connection.rollback()


def _writing(connection: sqlite3.Connection, function: Callable[..., Any], query: str, values: Sequence[Any]) -> Any:
    # Some failures (disk full, interrupt) make SQLite roll back by itself; what follows must not run without BEGIN.
    if not connection.in_transaction:
        raise sqlite3.OperationalError("the transaction was rolled back by an earlier failure")
    return function(connection, query, values)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OperationalError(error) from error
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for piece in script.strip().rstrip(";").split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _reads(query: str) -> bool:
    return query.lstrip()[:7].upper().startswith(("SELECT", "WITH", "PRAGMA", "EXPLAIN"))


class SqlitePool(SqliteClient):
    """The engine of a connected SQLite database."""

    def __init__(
        self,
        file_path: str,
        *,
        synchronous: str = "FULL",
        foreign_keys: str = "ON",
        patience: float = PATIENCE_SECONDS,
        **kwargs: Any,
    ) -> None:
        super().__init__(file_path, **kwargs)
        self.patience = patience
        self._pragmas = {"journal_mode": "WAL", "synchronous": synchronous, "foreign_keys": foreign_keys}
        self._idle: asyncio.Queue[Connection] = asyncio.Queue()
        self._readers: list[Connection] = []
        self.writing = asyncio.Lock()
        self.writer: Connection

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002  (Tortoise's signature)
        """Opens the writer and the readers."""
        if self._readers:
            return
        self.writer = await Connection(self.filename, _STEP_MS, self._pragmas)
        for _ in range(READERS):
            reader = await Connection(self.filename, int(PATIENCE_SECONDS * 1000), {"query_only": "ON"})
            self._readers.append(reader)
            self._idle.put_nowait(reader)
        await self._post_connect()

    async def close(self) -> None:
        """Closes every connection, which ends their threads."""
        if self._readers:
            for connection in (self.writer, *self._readers):
                await connection.close()
            self._readers.clear()
            self._idle = asyncio.Queue()

    def _in_transaction(self) -> Boundary:  # type: ignore[override]
        return Boundary(SqliteTransaction(self))

    async def _read(self, function: Callable[..., Any], query: str, values: Sequence[Any]) -> Any:
        note(query)
        reader = await self._idle.get()
        try:
            with _translated():
                return await reader.run(function, query, values)
        except asyncio.CancelledError:
            await to_the_end(reader.stop_running())
            raise
        finally:
            self._idle.put_nowait(reader)

    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a reading statement as plain tuples."""
        rows: list[tuple[Any, ...]] = await self._read(_fetch, query, values)
        return rows

    async def execute_query(self, query: str, values: Any = None) -> tuple[int, Sequence[Any]]:
        if _reads(query):
            counted: tuple[int, Sequence[Any]] = await self._read(_rows, query, values or ())
            return counted
        async with self._in_transaction() as transaction:
            return await transaction.execute_query(query, values)  # type: ignore[no-any-return]

    async def execute_query_dict(self, query: str, values: Any = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        async with self._in_transaction() as transaction:
            return await transaction.execute_insert(query, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)

    async def execute_script(self, query: str) -> None:
        async with self.writing:
            await to_the_end(self.writer.run(sqlite3.Connection.executescript, query))


class SqliteTransaction(SqliteClient, Transaction):
    """One transaction on the writer."""

    def __init__(self, pool: SqlitePool) -> None:
        Transaction.__init__(self)
        self._pool = pool
        self.connection_name = pool.connection_name
        self.fetch_inserted = pool.fetch_inserted
        self.log = pool.log

    async def begin(self) -> None:
        """Waits for the writer, in this process and then among processes; raises `OperationalError` when busy."""
        await self._pool.create_connection(with_db=True)
        await self._pool.writing.acquire()
        try:
            with _translated():
                await self._begin_immediate()
        except BaseException:
            await to_the_end(self._give_back())
            raise

    async def _begin_immediate(self) -> None:
        # Short waits in a loop: the thread's own busy timeout could not be cancelled.
        deadline = time.monotonic() + self._pool.patience
        while True:
            try:
                return await to_the_end(self._pool.writer.run(sqlite3.Connection.execute, "BEGIN IMMEDIATE"))
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise

    async def finish(self, *, commit: bool) -> None:
        try:
            if commit:
                with _translated():
                    await self._pool.writer.run(sqlite3.Connection.execute, "COMMIT")
            else:
                await self._pool.writer.stop_running()
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        try:
            await self._pool.writer.run(_rollback)
        finally:
            self._pool.writing.release()

    def _in_transaction(self) -> Joined:  # type: ignore[override]
        return Joined(self)

    async def _run(self, function: Callable[..., Any], query: str, values: Any) -> Any:
        self.check_owner()
        note(query)
        with _translated():
            return await self._pool.writer.run(_writing, function, query, values)

    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of any statement as plain tuples."""
        rows: list[tuple[Any, ...]] = await self._run(_fetch, query, values)
        return rows

    async def execute(self, query: str, values: Sequence[Any] = ()) -> int:
        """Runs a writing statement; the count of rows it changed."""
        changed: int = await self._run(_count, query, values)
        return changed

    async def execute_query(self, query: str, values: Any = None) -> tuple[int, Sequence[Any]]:
        counted: tuple[int, Sequence[Any]] = await self._run(_rows, query, values or ())
        return counted

    async def execute_query_dict(self, query: str, values: Any = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        return await self._run(_insert, query, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        await self._run(_many, query, values)

    async def execute_script(self, query: str) -> None:
        # sqlite3's own executescript would commit first.
        for statement in _statements(query):
            await self._run(_fetch, statement, ())


client_class = SqlitePool
