"""Transactions that share a commit: those that queue for the one writer to SQLite while another one is at it.

    BEGIN IMMEDIATE     the first one
    …
    SAVEPOINT member    each one that was queued when the one before had ended
    …
    RELEASE member      or ROLLBACK TO member, which takes nothing of the others with it
    COMMIT              all of them wait for the disk once

Nobody waits for company: where nobody is queued, whoever ends commits. Nobody is told anything, be it that what he asks
is refused or so already, before the commit that holds what he did and saw; where it fails, he is told so instead.
"""

import asyncio
import sqlite3
import time
from collections import deque
from itertools import chain, repeat

from jxc_graphql.kit.db.ending import to_the_end
from jxc_graphql.kit.db.failures import CommitUnknown, Undone
from jxc_graphql.kit.db.sqlite_pace import PacedConnection
from jxc_graphql.kit.figures import figures

MOST_MEMBERS = 32
MOST_SECONDS = 0.02
"""After so long nobody joins any more: other processes want their turn, and the first one wants to know."""
_PAUSES_SECONDS = (0.002, 0.004, 0.008, 0.016)
"""Between two looks whether other processes are done; who looked all the time would take their processor."""


class SharedCommit:
    """One transaction of SQLite's."""

    def __init__(self) -> None:
        self.members = 0
        """Whose work it holds, besides that of whose turn it is."""
        self._began = time.monotonic()
        self._over = asyncio.Event()
        self._failure: BaseException | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more may join."""
        return self.members < MOST_MEMBERS and time.monotonic() - self._began < MOST_SECONDS

    def end(self, failure: BaseException | None = None) -> None:
        """Tells whoever waits that all of it is committed, or none."""
        self._failure = failure
        self._over.set()

    async def committed(self) -> None:
        """Returns when it is; raises what it failed with."""
        await self._over.wait()
        if self._failure is not None:
            raise self._failure


class Commits:
    """The batches of one writer, one after the other, and in each its members."""

    def __init__(self, writer: PacedConnection) -> None:
        self._writer = writer
        self._batch: SharedCommit | None = None
        self._is_taken = False
        self._queue: deque[asyncio.Future[None]] = deque()

    async def take_turn(self) -> None:
        """Returns when the writer is the caller's, who then must `pass_on` or `leave`."""
        if not self._is_taken:
            self._is_taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            with figures.waiting("writer"):
                await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                await to_the_end(self.pass_on())
            raise

    async def pass_on(self) -> None:
        """Ends the caller's turn; commits unless somebody is there who may join."""
        self._forget_who_left()
        if self._batch is not None and not (self._queue and self._batch.has_room):
            await self._commit(self._batch)
            self._forget_who_left()
        if self._queue:
            self._queue.popleft().set_result(None)
        else:
            self._is_taken = False

    async def enter(self, patience: float) -> SharedCommit:
        """Begins a transaction; raises SQLITE_BUSY where other processes write for longer than this patience."""
        await self.take_turn()
        try:
            if self._batch is None:
                await self._begin(time.monotonic() + patience)
                self._batch = SharedCommit()
            else:
                self._writer.now("SAVEPOINT member")
        except BaseException:
            await to_the_end(self.pass_on())
            raise
        return self._batch

    async def leave(self, *, commit: bool) -> SharedCommit | None:
        """Ends the transaction whose turn it is: what it did is to be committed, or taken back.

        Gives what its caller has to wait for, because he has a part in it or saw what it holds.
        """
        batch = self._batch
        assert batch is not None
        try:
            if not self._writer.in_transaction:
                self._lose(batch)
                if commit:
                    raise sqlite3.OperationalError("the transaction was rolled back by an earlier failure")
                return None
            await self._close(batch, commit=commit)
        except sqlite3.Error:
            await self._take_back(batch)
            raise
        finally:
            await self.pass_on()
        return batch if batch.members else None

    async def _close(self, batch: SharedCommit, *, commit: bool) -> None:
        if commit:
            if batch.members:
                self._writer.now("RELEASE member")
            batch.members += 1
        elif batch.members:
            await self._writer.run(_take_back)
        else:
            await self._take_back(batch)

    async def _take_back(self, batch: SharedCommit) -> None:
        """Takes everything back that the batch holds."""
        self._lose(batch)
        if self._writer.in_transaction:
            await self._writer.run(sqlite3.Connection.rollback)

    def _lose(self, batch: SharedCommit) -> None:
        self._batch = None
        batch.end(Undone())

    async def _commit(self, batch: SharedCommit) -> None:
        self._batch = None
        failure: BaseException | None = CommitUnknown()  # as it is where this process is ending
        try:
            await self._writer.run(sqlite3.Connection.execute, "COMMIT")
            failure = None
        except sqlite3.Error as error:
            failure = error
            if self._writer.in_transaction:
                await self._writer.run(sqlite3.Connection.rollback)
        finally:
            batch.end(failure)

    async def _begin(self, deadline: float) -> None:
        for pause in chain(_PAUSES_SECONDS, repeat(_PAUSES_SECONDS[-1])):
            try:
                self._writer.now("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            else:
                return
            await asyncio.sleep(pause)

    def _forget_who_left(self) -> None:
        while self._queue and self._queue[0].done():
            self._queue.popleft()


def _take_back(connection: sqlite3.Connection) -> None:
    connection.execute("ROLLBACK TO member")
    connection.execute("RELEASE member")
