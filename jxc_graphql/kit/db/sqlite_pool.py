"""SQLite for Tortoise: one writer, and readers that never wait for it.

The writer takes `BEGIN IMMEDIATE`, so a transaction that reads and then writes cannot fail half-way; the readers are
`query_only` connections in WAL mode. Outside a transaction reads go to a reader and writes make a transaction of their
own; inside one everything goes to the writer, and those that queue for it share a commit (`sqlite_commits`). Each
connection lives on a thread of its own (aiosqlite), where short statements do not go (`sqlite_pace`).
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tortoise.backends.sqlite.client import SqliteClient
from tortoise.exceptions import OperationalError

from jxc_graphql.kit.db import sqlite_thread as thread
from jxc_graphql.kit.db.boundary import Boundary, Joined, Transaction
from jxc_graphql.kit.db.ending import to_the_end
from jxc_graphql.kit.db.failures import passing
from jxc_graphql.kit.db.held_back import HeldWrite
from jxc_graphql.kit.db.snapshot import Snapshot
from jxc_graphql.kit.db.sqlite_commits import Commits, SharedCommit
from jxc_graphql.kit.db.sqlite_pace import PacedConnection
from jxc_graphql.kit.db.statements import note
from jxc_graphql.kit.turns import CallerTurns, asking

READERS = 2
READERS_OF_EACH = 1
PATIENCE_SECONDS = 5.0
"""How long a transaction waits for other processes before it fails with SQLITE_BUSY (and is tried again)."""
_CACHED_STATEMENTS = 512


class FileGone(OSError):
    """The file lies no more where it was opened, or another one does; what is written to it would be lost."""


class SqlitePool(SqliteClient):
    """The engine of a connected SQLite database."""

    def __init__(
        self,
        file_path: str,
        *,
        synchronous: str = "FULL",
        foreign_keys: str = "ON",
        patience: float = PATIENCE_SECONDS,
        deadline: float = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(file_path, **kwargs)
        self.pragmas = {
            "journal_mode": "WAL",
            "synchronous": synchronous,
            "foreign_keys": foreign_keys,
            "busy_timeout": 0,
        }
        self.patience = patience
        self.deadline = deadline
        self.writer: PacedConnection
        self.commits: Commits
        self._turns = CallerTurns(READERS, READERS_OF_EACH)
        self._idle: list[PacedConnection] = []
        self._opened: list[PacedConnection] = []

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002  (Tortoise's signature)
        """Opens the writer, which makes the file if there is none, and the readers."""
        with suppress(OSError):  # not a file of ours to make or to keep: opening it says why, or it works
            _keep_to_the_owner(self.filename)
        self.writer = await self._open(self.pragmas)
        self.commits = Commits(self.writer)
        for _ in range(READERS):
            self._idle.append(await self._open({"query_only": "ON"}))
        self._file = self._found()
        await self._post_connect()

    def check_file(self) -> None:
        """Raises `FileGone`: SQLite itself would go on with a file that was deleted."""
        if self._found() != self._file:
            raise FileGone(self.filename)

    def _found(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.filename)  # noqa: PTH116  (before every read, where a Path costs as much as a statement)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def _open(self, pragmas: dict[str, Any]) -> PacedConnection:
        def connect() -> sqlite3.Connection:
            opened = sqlite3.connect(
                self.filename,
                timeout=PATIENCE_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=_CACHED_STATEMENTS,
            )
            try:
                for name, value in pragmas.items():
                    opened.execute(f"PRAGMA {name}={value}")
            except sqlite3.Error:
                opened.close()
                raise
            return opened

        connection = PacedConnection(connect, iter_chunk_size=1)
        await connection.open()
        self._opened.append(connection)
        return connection

    async def close(self) -> None:
        """Closes every connection, which ends their threads; the writer last, so that it empties the WAL."""
        while self._opened:
            await self._opened.pop().close()

    def hang_up(self) -> None:
        """Does nothing: a file never falls silent."""

    async def version(self) -> int:
        """Another number than before whenever another process has committed meanwhile."""
        await self.commits.take_turn()
        try:
            ((version,),) = self.writer.now("PRAGMA data_version")
            return int(version)
        finally:
            await to_the_end(self.commits.pass_on())

    def transaction(self) -> Boundary:
        """A new transaction, to be entered."""
        return Boundary(SqliteTransaction(self))

    _in_transaction = transaction  # type: ignore[assignment]  # Tortoise's name for it

    def snapshot(self, caller: Hashable) -> "SqliteSnapshot":
        """A new snapshot for a caller, to be entered."""
        return SqliteSnapshot(self, caller)

    async def take_reader(self, caller: Hashable) -> PacedConnection:
        """A reader, when it is the caller's turn."""
        self.check_file()
        if not self._turns.taken(caller):
            await self._turns.take(caller)
        return self._idle.pop()

    def give_back(self, reader: PacedConnection, caller: Hashable) -> None:
        """Ends the caller's turn."""
        self._idle.append(reader)
        self._turns.give_back(caller)

    async def read(
        self,
        reader: PacedConnection,
        seconds: float,
        function: Callable[..., Any],
        query: str,
        values: Sequence[Any],
    ) -> Any:
        """What a function of a statement gives on a reader, which is free when the caller is cancelled."""
        try:
            with thread.translated:
                return await reader.send(seconds, function, query, values)
        except asyncio.CancelledError:
            await to_the_end(reader.stop_running())
            raise

    async def _read(self, function: Callable[..., Any], query: str, values: Sequence[Any]) -> Any:
        note(query)
        caller = asking.get()
        reader = await self.take_reader(caller)
        try:
            return await self.read(reader, self.deadline, function, query, values)
        finally:
            self.give_back(reader, caller)

    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a reading statement as plain tuples."""
        rows: list[tuple[Any, ...]] = await self._read(thread.fetch, query, values)
        return rows

    async def execute_query(self, query: str, values: Any = None) -> tuple[int, Sequence[Any]]:
        """A reading statement on a reader, a writing one in a transaction of its own."""
        counted: tuple[int, Sequence[Any]]
        if query.lstrip()[:7].upper().startswith(("SELECT", "WITH", "EXPLAIN")):
            counted = await self._read(thread.rows, query, values or ())
        else:
            async with self.transaction() as transaction:
                counted = await transaction.execute_query(query, values)
        return counted

    async def execute_query_dict(self, query: str, values: Any = None) -> list[dict[str, Any]]:
        """As `execute_query`."""
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """One row in a transaction of its own; its row id."""
        async with self.transaction() as transaction:
            return await transaction.execute_insert(query, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """All or none of the rows."""
        async with self.transaction() as transaction:
            await transaction.execute_many(query, values)

    async def execute_script(self, query: str) -> None:
        """All or none of the statements."""
        async with self.transaction() as transaction:
            await transaction.execute_script(query)


class SqliteSnapshot(Snapshot, SqliteClient):
    """One state of the database, on a reader."""

    def __init__(self, engine: SqlitePool, caller: Hashable) -> None:
        Snapshot.__init__(self, engine.deadline)
        self._engine = engine
        self._caller = caller
        self._reader: PacedConnection | None = None
        self._one_by_one = asyncio.Lock()
        self.connection_name = engine.connection_name
        self.log = engine.log

    async def _read(self, function: Callable[..., Any], query: str, values: Sequence[Any]) -> Any:
        note(query)
        async with self._one_by_one:
            self.check()
            if self._reader is None:
                self._reader = await self._engine.take_reader(self._caller)
                function = partial(thread.beginning, function)
            try:
                return await self._engine.read(self._reader, self.left(), function, query, values)
            except OperationalError as error:
                self.spoilt |= passing(error)
                raise

    def end(self) -> None:
        """Lets go of the reader, as soon as nobody is at it any more."""
        if self._reader is not None and self._one_by_one.locked():
            ending = asyncio.ensure_future(self._reader.run(sqlite3.Connection.rollback))
            ending.add_done_callback(lambda _: self._give_back())
        elif self._reader is not None:
            self._reader.take_back()
            self._give_back()

    def _give_back(self) -> None:
        assert self._reader is not None
        self._engine.give_back(self._reader, self._caller)

    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a reading statement as plain tuples."""
        rows: list[tuple[Any, ...]] = await self._read(thread.fetch, query, values)
        return rows

    async def execute_query(self, query: str, values: Any = None) -> tuple[int, Sequence[Any]]:
        """A reading statement; its count of rows, and the rows."""
        counted: tuple[int, Sequence[Any]] = await self._read(thread.rows, query, values or ())
        return counted

    async def execute_query_dict(self, query: str, values: Any = None) -> list[dict[str, Any]]:
        """As `execute_query`."""
        return [dict(row) for row in (await self.execute_query(query, values))[1]]


class SqliteTransaction(SqliteClient, Transaction):
    """One transaction on the writer."""

    def __init__(self, engine: SqlitePool) -> None:
        Transaction.__init__(self)
        self._engine = engine
        self._batch: SharedCommit | None = None
        self._query = ""
        self.connection_name = engine.connection_name
        self.fetch_inserted = engine.fetch_inserted
        self.log = engine.log

    async def begin(self) -> None:
        """Waits for the writer, in this process and then among processes; raises `OperationalError` when busy."""
        with thread.translated:
            self._batch = await self._engine.commits.enter(self._engine.patience)
        try:
            self._engine.check_file()
        except FileGone:
            await to_the_end(self.finish(commit=False))
            raise

    async def finish(self, *, commit: bool) -> None:
        """Has it committed with those it shares that with, or stops what is running and takes it back."""
        try:
            if not commit:
                await self._engine.writer.stop_running(self._patience())
        finally:
            with thread.translated:
                self._batch = await self._engine.commits.leave(commit=commit)

    def _patience(self) -> float:
        """For how long what is running may go on: a write that is interrupted takes the work of others with it."""
        assert self._batch is not None
        is_harmless = not self._batch.members or self._query.lstrip()[:6].upper() == "SELECT"
        return 0 if is_harmless else self._engine.deadline or float("inf")

    async def confirmed(self) -> None:
        """Returns when the commit is done that it has a part in, or of which it saw something."""
        if self._batch is not None:
            with thread.translated:
                await self._batch.committed()

    def transaction(self) -> Joined:
        """The same one again."""
        return Joined(self)

    _in_transaction = transaction  # type: ignore[assignment]

    async def _run(self, function: Callable[..., Any], query: str, values: Any) -> Any:
        await self.ahead_of(query)
        note(query)
        self._query = query
        with thread.translated:
            return await self._engine.writer.send(
                self._engine.deadline, partial(thread.inside, function), query, values
            )

    async def lock(self, select: str, values: Sequence[Any]) -> None:
        """Nothing: a transaction that writes has all there is."""

    async def write(self, writes: Sequence[HeldWrite]) -> None:
        """Sends writes in one turn, one after the other."""
        note(*(each.sql for each in writes))
        self._query = writes[0].sql
        with thread.translated:
            counts = await self._engine.writer.inside_together(self._engine.deadline, writes)
        for write, changed in zip(writes, counts, strict=True):
            write.check(changed)

    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of any statement as plain tuples."""
        rows: list[tuple[Any, ...]] = await self._run(thread.fetch, query, values)
        return rows

    async def execute(self, query: str, values: Sequence[Any] = ()) -> int:
        """Runs a writing statement; the count of rows it changed."""
        changed: int = await self._run(thread.count, query, values)
        return changed

    async def execute_query(self, query: str, values: Any = None) -> tuple[int, Sequence[Any]]:
        """Any statement; its count of rows, and the rows."""
        counted: tuple[int, Sequence[Any]] = await self._run(thread.rows, query, values or ())
        return counted

    async def execute_query_dict(self, query: str, values: Any = None) -> list[dict[str, Any]]:
        """As `execute_query`."""
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """One row; its row id."""
        return await self._run(thread.insert, query, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """One statement for many rows."""
        await self._run(thread.many, query, values)

    async def execute_script(self, query: str) -> None:
        """Several statements; sqlite3's own `executescript` would commit before them."""
        for statement in _statements(query):
            await self._run(thread.fetch, statement, ())


def _keep_to_the_owner(path: str) -> None:
    """Makes the file if there is none; SQLite gives its log the same rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    Path(path).chmod(0o600)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for piece in script.strip().rstrip(";").split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


client_class = SqlitePool
