"""What happens by itself: reactions to facts, and jobs by the clock.

A reaction runs after the commit of the fact it reacts to, in a transaction with the advance of its cursor: its effect
is there exactly once, whatever crashes when. One process works at a time (it holds the reactions' lock), facts come in
commit order, and a fact whose reaction fails is tried again, ever more slowly, before any later one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from jxc_graphql.kit import bus, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor, Fact, Meaning

BATCH = 50
"""Facts handled in one transaction."""
SLOWEST_RETRY_SECONDS = 30.0

Reaction = Callable[[Call, Any], Awaitable[object]]

_log = structlog.get_logger(__name__)


class Reactions:
    """A table of meanings, or single facts, and the functions that react to them; one durable cursor for all of them.

    What a meaning stands for is every fact that was declared with it by now.
    """

    def __init__(self, table: Mapping[type[Fact] | Meaning, Sequence[Reaction]], name: str = "reactions") -> None:
        self._name = name
        self._table: dict[str, tuple[Reaction, ...]] = {}
        for heard, reactions in table.items():
            for fact in journal.meant_by(heard):
                self._table[fact.stored_as] = (*self._table.get(fact.stored_as, ()), *reactions)

    @property
    def heard(self) -> Collection[str]:
        """The stored names of the facts that somebody reacts to."""
        return self._table.keys()

    async def settle(self) -> int:
        """Handles all facts there are, also those of transactions just ending; returns how many it handled itself.

        Raises what a reaction raises; facts before the failing one stay handled.
        """
        handled, _ = await self._drain(Cursor())
        return handled

    async def run(self) -> None:
        """Handles facts as they come until it is cancelled."""
        skipped, failures = Cursor(), 0
        while True:
            before = journal.NEWS.seen()
            try:
                _, skipped = await self._drain(skipped)
                failures = 0
            except Exception:  # noqa: BLE001  (a reaction may fail in any way; the server stays up)
                failures += 1
                delay = min(0.1 * 2 ** min(failures, 9), SLOWEST_RETRY_SECONDS)
                _log.exception("reaction.failed", reactions=self._name, failures=failures, retry_seconds=delay)
                await asyncio.sleep(delay)
            else:
                await journal.NEWS.wait(before)

    async def _drain(self, skipped: Cursor) -> tuple[int, Cursor]:
        """Also returns the point up to which nothing is left to do: the next look need not start further back."""
        handled, limit = 0, BATCH
        while True:
            horizon = await journal.head()
            after = max(await self._position(), skipped)
            if horizon > after and await journal.read(after, self._table, 1):
                try:
                    handled += await self._advance(limit)
                except Exception:
                    if limit == 1:
                        raise
                    limit = 1
            elif (await journal.look()).unsettled:
                await asyncio.sleep(bus.SETTLE_SECONDS)
            else:
                return handled, max(after, horizon)

    @db.transactional
    async def _advance(self, limit: int) -> int:
        # Before anything is written: who waits has no transaction id yet, so what it records follows what others did.
        await db.hold(f"reactions {self._name}")
        await db.execute(
            "INSERT INTO reaction_cursor (name, xid, entry_id) VALUES (?, 0, 0) ON CONFLICT DO NOTHING", (self._name,)
        )
        entries = await journal.read(await self._position(), self._table, limit)
        for entry in entries:
            call = Call(request_id=entry.request_id)
            for reaction in self._table[entry.name]:
                await reaction(call, entry.fact)
        if entries:
            cursor = entries[-1].cursor
            await db.execute(
                "UPDATE reaction_cursor SET xid = ?, entry_id = ? WHERE name = ?",
                (cursor.xid, cursor.entry_id, self._name),
            )
        return len(entries)

    async def _position(self) -> Cursor:
        rows = await db.fetch("SELECT xid, entry_id FROM reaction_cursor WHERE name = ?", (self._name,))
        return Cursor(*rows[0]) if rows else Cursor()


async def every(interval: timedelta, job: Callable[[], Awaitable[object]]) -> None:
    """Runs a job now and then once per interval until it is cancelled; after a failure its next turn comes as usual."""
    while True:
        try:
            await job()
        except Exception:  # noqa: BLE001  (a job may fail in any way; the server stays up)
            _log.exception("job.failed", job=getattr(job, "__name__", repr(job)))
        await asyncio.sleep(interval.total_seconds())
