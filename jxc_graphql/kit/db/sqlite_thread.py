"""One connection to SQLite and its thread, and what runs there."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any

import aiosqlite
from tortoise.exceptions import IntegrityError, OperationalError

from jxc_graphql.kit.db.ending import to_the_end

_AGAIN_SECONDS = 0.01


class ThreadedConnection(aiosqlite.Connection):
    """A connection and its thread; functions handed to it run there one after the other."""

    async def open(self) -> None:
        """Connects; where that fails, its thread has ended."""
        try:
            await self
        except BaseException:
            await to_the_end(asyncio.to_thread(self._thread.join))
            raise

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Runs `function(connection, *args)` on the thread; it runs on there when the caller is cancelled."""
        return await self._execute(function, self._conn, *args)  # type: ignore[no-untyped-call]

    async def run_for(self, seconds: float, function: Callable[..., Any], *args: Any) -> Any:
        """As `run`, interrupted after so many seconds; 0 means never."""
        if not seconds:
            return await self.run(function, *args)
        loop = asyncio.get_running_loop()
        alarms: list[asyncio.TimerHandle] = []

        def ring() -> None:
            self._conn.interrupt()
            alarms[:] = [loop.call_later(_AGAIN_SECONDS, ring)]  # what has not begun yet does not hear it

        alarms.append(loop.call_later(seconds, ring))
        try:
            return await self.run(function, *args)
        finally:
            alarms[-1].cancel()

    async def stop_running(self, patience: float = 0) -> None:
        """Interrupts what a cancelled caller left running for so many seconds more; returns when the thread is free."""
        until = time.monotonic() + patience
        free = asyncio.ensure_future(self.run(nothing))
        while not free.done():
            if time.monotonic() >= until:
                self._conn.interrupt()
            await asyncio.wait({free}, timeout=_AGAIN_SECONDS)


class _Translated:
    """Around each statement, where a generator would cost as much as half of them."""

    def __enter__(self) -> None:
        return

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None:
            return
        if isinstance(error, sqlite3.OperationalError):
            raise OperationalError(error) from error
        if isinstance(error, sqlite3.IntegrityError):
            raise IntegrityError(error) from error


translated = _Translated()
"""SQLite's errors as Tortoise knows them."""


# What follows runs on the thread of a connection, whole: a cancelled caller leaves no cursor half read.


def nothing(_: sqlite3.Connection) -> None:
    """Tells that the thread has come here."""


def fetch(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement as plain tuples."""
    return connection.execute(query, values).fetchall()


def beginning(function: Callable[..., Any], connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> Any:
    """What a function gives that is the first of a snapshot."""
    connection.execute("BEGIN")
    return function(connection, query, values)


def rows(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> tuple[int, list[sqlite3.Row]]:
    """The count of rows of a statement, and the rows by name."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    rows = cursor.execute(query, values).fetchall()
    return (len(rows) if cursor.rowcount < 0 else cursor.rowcount), rows


def insert(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> int | None:
    """The id of a row that is inserted."""
    return connection.execute(query, values).lastrowid


def count(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> int:
    """How many rows a statement changed."""
    return connection.execute(query, values).rowcount


def many(connection: sqlite3.Connection, query: str, values: Sequence[Sequence[Any]]) -> None:
    """Runs a statement for many rows."""
    connection.executemany(query, values)


def inside(function: Callable[..., Any], connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> Any:
    """What a function gives in a transaction that is still open."""
    # Some failures (disk full, interrupt) make SQLite roll back by itself; what follows must not run without BEGIN.
    if not connection.in_transaction:
        raise sqlite3.OperationalError("the transaction was rolled back by an earlier failure")
    return function(connection, query, values)
