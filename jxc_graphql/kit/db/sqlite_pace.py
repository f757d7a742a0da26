"""A connection to SQLite: short statements run at once, on the loop; long ones on its thread.

A hop to a thread and back costs as much as two statements of a posting, while the only writer is held and, with several
clients, while the loop and Python's lock are taken: a thread waits for that lock at each row that it reads. Nobody says
which statement is short: a text shows it on the thread, the first time it runs, and goes back there when it has been
slow: at work, or twice running while others had the processor, as what waits for the disk is. Writes that go together
are one such text. COMMIT waits for the disk and stays there.
"""

import sqlite3
import time
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from time import perf_counter, thread_time
from typing import Any

from jxc_graphql.kit.db.held_back import HeldWrite
from jxc_graphql.kit.db.sqlite_thread import ThreadedConnection, count, inside

SHORT_SECONDS = 0.002
"""How long the loop may stand still for one statement, or writes that go together, whose pace has shown."""
_LONG_SECONDS = 0.05
"""So long nobody is kept from the processor by others: who took it was at work, or waited for the disk."""
_SHORT_VALUES = 32_768
"""Characters of values; longer ones are of a document of hundreds of lines."""
_SIZED = (str, bytes, list, tuple)
_FORGETTING = 0.9
_NEVER = float("inf")
_TEXTS = 2_048
_STEPS = 100_000
"""Of SQLite's machine, about a millisecond: how often a statement on the loop looks at its deadline."""


class PacedConnection(ThreadedConnection):
    """It must be open to other threads than its own."""

    async def open(self) -> None:
        """As of any connection."""
        await super().open()
        self._seconds: dict[Hashable, float] = {}
        self._waited: dict[Hashable, float] = {}
        """How long each statement took on the loop when it ran there last, whatever it waited for."""
        self._until = _NEVER
        self._conn.set_progress_handler(lambda: time.monotonic() > self._until, _STEPS)

    def now(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement that waits for nothing, which runs on the loop."""
        return self._conn.execute(statement).fetchall()

    @property
    def in_transaction(self) -> bool:
        """Whether SQLite knows of one, once the thread is free."""
        return self._conn.in_transaction

    def take_back(self) -> None:
        """Ends the transaction, if there is one, as it began."""
        self._conn.rollback()

    async def send(self, seconds: float, function: Callable[..., Any], query: Hashable, values: Sequence[Any]) -> Any:
        """What a function of a statement, or of several, gives; interrupted after so many seconds, 0 never."""
        if not self._is_short(query, values):
            return await self.run_for(seconds, self._timed, function, query, values)
        if seconds:
            self._until = time.monotonic() + seconds
        try:
            return self._watched(function, query, values)
        finally:
            self._until = _NEVER

    async def inside_together(self, seconds: float, writes: Sequence[HeldWrite]) -> list[int]:
        """How many rows each of several writes changed in the open transaction, in one turn, with a pace of its own."""
        values = [value for each in writes for value in each.params]
        counts: list[int] = await self.send(
            seconds, partial(_counts, writes), tuple([each.sql for each in writes]), values
        )
        return counts

    def _is_short(self, query: Hashable, values: Sequence[Any]) -> bool:
        if self._seconds.get(query, SHORT_SECONDS) >= SHORT_SECONDS:
            return False
        characters = 0
        for value in values:
            if isinstance(value, _SIZED):
                characters += len(value)
        return characters < _SHORT_VALUES

    def _watched(self, function: Callable[..., Any], query: Hashable, values: Any) -> Any:
        """What a function of a statement gives on the loop.

        It may wait there for the disk, or for others who have the processor: what waits again waits for the disk.
        """
        began, busy = perf_counter(), thread_time()
        try:
            return function(self._conn, query, values)
        finally:
            busy, took = thread_time() - busy, perf_counter() - began
            waited, self._waited[query] = self._waited.get(query, 0.0), took
            self._learn(query, took if took > _LONG_SECONDS else max(busy, min(took, waited)))

    def _timed(self, connection: sqlite3.Connection, function: Callable[..., Any], query: Hashable, values: Any) -> Any:
        """The same on a thread, where what it waits for is not its own time."""
        busy = thread_time()
        try:
            return function(connection, query, values)
        finally:
            self._learn(query, thread_time() - busy)

    def _learn(self, query: Hashable, took: float) -> None:
        known = self._seconds.get(query)
        if known is None and len(self._seconds) >= _TEXTS:
            self._seconds.clear()
            self._waited.clear()
        self._seconds[query] = took if known is None else max(took, known * _FORGETTING)


def _counts(writes: Sequence[HeldWrite], connection: sqlite3.Connection, *_: Any) -> list[int]:
    return [inside(count, connection, each.sql, each.params) for each in writes]
