"""What happens by itself: reactions to facts, and jobs by the clock.

A reaction runs after the commit of the facts it reacts to, in a transaction with the advance of its cursor: its effect
is there exactly once, whatever crashes when. One process works at a time (it holds the reactions' lock), facts come in
commit order, and a fact whose reaction fails is tried again, ever more slowly, before any later one.

Facts are handled in batches: each reaction is called once with all of a batch that it reacts to. How many those are
depends on how much they name and not on a clock, by which a busy machine would have the work done in ever smaller
parts. Between two full batches others write: a reader who was away catches up without being in anybody's way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta

import structlog

from jxc_graphql.kit import bus, clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.journal import Cursor, Entry, Fact, Meaning
from jxc_graphql.kit.reader import Unread, have_read, unread

BATCH, LARGEST_BATCH = 200, 1_000
"""Facts handled in one transaction, at first and at most."""
BATCH_CHARACTERS = 40_000
"""Of their texts: so much takes a few hundredths of a second, also where each fact names hundreds of things."""
REST, LONG_REST = 0.1, 12.0
"""How long to pause after a full batch, in what it took: when nobody else writes, and when others do."""
ABOUT_SECONDS = 1.0
"""Who wrote so recently writes still."""
GATHER_SECONDS = 0.03
"""How long to wait for more facts to handle together with one that has come."""
SLOWEST_RETRY_SECONDS = 30.0

_NOBODY_KNOWS = 2**63 - 1
"""Behind it nobody wrote, before anybody has looked."""

Reaction = Callable[[Call, Sequence[Entry]], Awaitable[object]]
"""What is done about facts of one batch, oldest first; the call is made by nobody, for the newest one's request."""

_log = structlog.get_logger(__name__)


class Reactions:
    """A table of meanings, or single facts, and the functions that react to them; one durable cursor for all of them.

    What a meaning stands for is every fact that was declared with it by now.
    """

    def __init__(self, table: Mapping[type[Fact] | Meaning, Sequence[Reaction]], name: str = "reactions") -> None:
        self._name = name
        self._table: dict[Reaction, set[str]] = {}
        for heard, reactions in table.items():
            for reaction in reactions:
                self._table.setdefault(reaction, set()).update(fact.stored_as for fact in journal.meant_by(heard))
        self.heard: Collection[str] = frozenset().union(*self._table.values())
        """The stored names of the facts that somebody reacts to."""
        self.news = bus.Topic(name)
        """Wakes who waits for such facts, in the process that records them."""
        journal.awaited(self.news, self.heard)

    async def settle(self) -> int:
        """Handles all facts there are, also those of transactions just ending; returns how many it handled itself.

        Raises what a reaction raises; facts before the failing one stay handled.
        """
        handled, _ = await self._drain(Cursor())
        return handled

    async def measure_lag(self) -> None:
        """Looks how old the oldest fact is that waits to be handled."""
        waiting = (await unread(self._name, Cursor(), self.heard, 1)).entries
        figures.lag_seconds = max((clock.now() - one.at).total_seconds() for one in waiting) if waiting else 0.0

    async def run(self) -> None:
        """Handles facts as they come until it is cancelled.

        What this process records is looked for at once, what others record by them, or at the latest in a second.
        """
        skipped, failures, roused = Cursor(), 0, False
        while True:
            before = self.news.seen()
            try:
                there, skipped = (True, skipped) if roused else await self._wait_for_any(skipped)
                if there:
                    _, skipped = await self._drain(skipped)
                failures = 0
            except Exception:  # noqa: BLE001  (a reaction may fail in any way; the server stays up)
                failures += 1
                figures.reactions_failed += 1
                delay = min(0.1 * 2 ** min(failures, 9), SLOWEST_RETRY_SECONDS)
                _log.exception("reaction.failed", reactions=self._name, failures=failures, retry_seconds=delay)
                await asyncio.sleep(delay)
            else:
                roused = await self.news.wait(before)
                if roused:
                    await asyncio.sleep(GATHER_SECONDS)

    async def _drain(self, skipped: Cursor) -> tuple[int, Cursor]:
        """Also returns the point up to which nothing is left to do: the next look need not start further back."""
        handled, limit, others = 0, BATCH, _Others()
        while True:
            try:
                seen, seconds = await self._advance(skipped, limit)
            except Exception:
                if limit == 1:
                    raise
                limit = 1
                continue
            handled, skipped = handled + len(seen.entries), seen.read_to
            if len(seen.entries) == limit:
                limit = _next_limit(limit, seen)
                await others.pass_by(seconds)
            elif seen.unsettled:
                there, skipped = await self._wait_for_any(skipped)
                if not there:
                    return handled, skipped
            else:
                return handled, skipped

    async def _wait_for_any(self, skipped: Cursor) -> tuple[bool, Cursor]:
        """Whether there is a fact to handle, for sure; and the point up to which there is none."""
        while True:
            seen = await unread(self._name, skipped, self.heard, 1)
            if seen.entries:
                return True, skipped
            skipped = seen.read_to
            if not seen.unsettled:
                return False, skipped
            await asyncio.sleep(bus.SETTLE_SECONDS)

    @db.transactional
    async def _advance(self, skipped: Cursor, limit: int) -> tuple[Unread, float]:
        """Handles the next facts, at most so many; returns what it saw, and how long it took since its turn came."""
        # Before anything is written: who waits has no transaction id yet, so what it records follows what others did.
        await db.hold(f"reactions {self._name}")
        began = asyncio.get_running_loop().time()
        seen = await unread(self._name, skipped, self.heard, limit)
        if seen.entries:
            call = Call(request_id=seen.entries[-1].request_id)
            for reaction, names in self._table.items():
                concerned = [entry for entry in seen.entries if entry.name in names]
                if concerned:
                    await reaction(call, concerned)
            have_read(self._name, seen.entries[-1].cursor)
            figures.facts_handled += len(seen.entries)
        return seen, asyncio.get_running_loop().time() - began


class _Others:
    """Those who write besides, in all processes."""

    def __init__(self) -> None:
        self._newest = _NOBODY_KNOWS
        self._wrote_at = -ABOUT_SECONDS

    async def pass_by(self, seconds: float) -> None:
        """Lets them write after so many seconds of work: for long if they do."""
        await asyncio.sleep(REST * seconds)
        now = asyncio.get_running_loop().time()
        wrote, self._newest = await journal.deeds(self._newest)
        if wrote:
            self._wrote_at = now
        if now - self._wrote_at < ABOUT_SECONDS:
            await asyncio.sleep((LONG_REST - REST) * seconds)


def _next_limit(limit: int, seen: Unread) -> int:
    """As many facts as have a batch's share of text if they are like those of a full one; it grows gently."""
    like_these = len(seen.entries) * BATCH_CHARACTERS // seen.characters
    return max(min(like_these, 2 * limit, LARGEST_BATCH), 1)


async def every(interval: timedelta, job: Callable[[], Awaitable[object]]) -> None:
    """Runs a job now and then once per interval until it is cancelled; after a failure its next turn comes as usual."""
    while True:
        try:
            await job()
        except Exception:  # noqa: BLE001  (a job may fail in any way; the server stays up)
            _log.exception("job.failed", job=getattr(job, "__name__", repr(job)))
        await asyncio.sleep(interval.total_seconds())
