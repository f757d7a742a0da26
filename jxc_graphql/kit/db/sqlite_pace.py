"""A connection to SQLite: short statements run at once, on the loop; long ones on its thread.

A hop to a thread and back costs as much as two statements of a posting, while the only writer is held and, with several
clients, while the loop and Python's lock are taken: a thread waits for that lock at each row that it reads. Nobody says
which statement is short: a text shows it on the thread, the first time it runs, and goes back there when it has been
slow. COMMIT waits for the disk and stays there.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from jxc_graphql.kit.db.held_back import HeldWrite
from jxc_graphql.kit.db.sqlite_thread import ThreadedConnection, count, inside

SHORT_SECONDS = 0.002
"""How long the loop may stand still for one statement that has shown its pace."""
_SHORT_VALUES = 32_768
"""Characters of values; longer ones are of a document of hundreds of lines."""
_FORGETTING = 0.9
_TEXTS = 2_048
_STEPS = 100_000
"""Of SQLite's machine, about a millisecond: how often a statement on the loop looks at its deadline."""


class PacedConnection(ThreadedConnection):
    """It must be open to other threads than its own."""

    async def open(self) -> None:
        """As of any connection."""
        await super().open()
        self._seconds: dict[str, float] = {}
        self._until = float("inf")
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

    async def send(self, seconds: float, function: Callable[..., Any], query: str, values: Sequence[Any]) -> Any:
        """What a function of a statement gives; interrupted after so many seconds, 0 never."""
        if self._is_short(query, values):
            return self._until_late(seconds, self._timed, self._conn, function, query, values)
        return await self.run_for(seconds, self._timed, function, query, values)

    async def inside_together(self, seconds: float, writes: Sequence[HeldWrite]) -> list[int]:
        """How many rows each of several writes changed in the open transaction, in one turn."""
        if sum(self._seconds.get(each.sql, SHORT_SECONDS) for each in writes) < SHORT_SECONDS and all(
            self._is_short(each.sql, each.params) for each in writes
        ):
            counts: list[int] = self._until_late(seconds, self._all_timed, self._conn, writes)
        else:
            counts = await self.run_for(seconds, self._all_timed, writes)
        return counts

    def _all_timed(
        self,
        connection: sqlite3.Connection,
        writes: Sequence[HeldWrite],
        clock: Callable[[], float] = time.thread_time,
    ) -> list[int]:
        function = partial(inside, count)
        return [self._timed(connection, function, each.sql, each.params, clock) for each in writes]

    def _is_short(self, query: str, values: Sequence[Any]) -> bool:
        return (
            self._seconds.get(query, SHORT_SECONDS) < SHORT_SECONDS
            and sum(len(value) for value in values if isinstance(value, str | bytes | list | tuple)) < _SHORT_VALUES
        )

    def _until_late(self, seconds: float, work: Callable[..., Any], *args: Any) -> Any:
        if seconds:
            self._until = time.monotonic() + seconds
        try:
            return work(*args, clock=time.perf_counter)
        finally:
            self._until = float("inf")

    def _timed(
        self,
        connection: sqlite3.Connection,
        function: Callable[..., Any],
        query: str,
        values: Any,
        clock: Callable[[], float] = time.thread_time,
    ) -> Any:
        """On a thread what it waits for is not its own time, unlike on the loop, where it waits for the disk alone."""
        began = clock()
        try:
            return function(connection, query, values)
        finally:
            took = clock() - began
            if len(self._seconds) >= _TEXTS:
                self._seconds.clear()
            self._seconds[query] = max(took, self._seconds.get(query, 0) * _FORGETTING)
