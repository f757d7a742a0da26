"""Standbys of PostgreSQL that queries are read from: which of them may be asked just now, and how far each has come.

A *position* says how far a server has written its log, or replayed that of another one. What a client was shown has
one: whoever sends it back is shown nothing older. A standby that has not come so far is waited for a moment; then, or
where none may be asked, it is the primary that answers.

            it answers, has replayed what the primary had written `replica_lag` seconds ago
    LEFT OUT ────────────────────────────────────────────────────────────▶ IN
            ◀────────────────────────────────────────────────────────────
            it is further behind, says nothing, is no standby, or ahead of the primary, which it does not follow then

A process that serves asks each of them every second, and its primary as often (`pulse`). When one falls silent, what is
being read from it is read from the primary.
"""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import structlog

from jxc_graphql.kit.db import way
from jxc_graphql.kit.db.failures import passing, unavailable
from jxc_graphql.kit.figures import figures

if TYPE_CHECKING:
    from jxc_graphql.kit.db.asyncpg_safe import AsyncpgSafe
    from jxc_graphql.kit.db.servers import Servers

T = TypeVar("T")

BEAT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
"""After so long without an answer it is silent."""
PATIENCE_SECONDS = 0.1
"""How long a query waits for a standby to come as far as its client has seen."""
LOOK_SECONDS = 0.003
"""How often is looked meanwhile."""
MARKS = 1_000
"""Positions of the primary that are remembered, one a second."""

_WRITTEN = """CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
    ELSE pg_current_wal_flush_lsn() END"""
POSITION = f"""SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE {_WRITTEN} END
    - '0/0'::pg_lsn)::bigint"""
"""What a transaction has seen is not behind it: on the primary, where its log is written to; on a standby, replayed."""
STANDING = "SELECT pg_is_in_recovery(), (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint"
_WHICH = """SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"""

_log = structlog.get_logger(__name__)


class Elsewhere(Exception):
    """No standby could tell what was asked; the primary may. Why: all are `left_out` or `behind`, or one `failed`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class WrongReplica(Exception):
    """This is no standby of our primary; the text says why."""


class Written:
    """How far the primary had written its log, at which moments."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self._marks: deque[tuple[float, int]] = deque(maxlen=MARKS)

    def note(self, moment: float, position: int) -> None:
        """Remembers one more; a primary that has taken over may begin further back."""
        if self._marks and position < self._marks[-1][1]:
            self._marks.clear()
        self._marks.append((moment, position))
        self.begun.set()

    def lag(self, replayed: int, now: float) -> float:
        """How many seconds a standby that has replayed so far is behind at most; infinite where that is not known."""
        for age, (moment, position) in enumerate(reversed(self._marks)):
            if position <= replayed:
                return now - moment if age else 0.0
        return math.inf

    def is_passed_by(self, replayed: int, since: float) -> bool:
        """Whether a standby had replayed at a moment what the primary had not written by a later one."""
        return bool(self._marks) and self._marks[-1][0] > since and self._marks[-1][1] < replayed


class Replica:
    """One standby."""

    def __init__(self, servers: "Servers", primary: "AsyncpgSafe", written: Written, most_lag: float) -> None:
        self.name = servers.name
        self.is_in = False
        self.replayed = 0
        """How far it has come, as far as we know."""
        self.lag = math.inf
        self._servers, self._primary, self._written, self._most_lag = servers, primary, written, most_lag
        self._engine: AsyncpgSafe | None = None
        self._reading: set[asyncio.Timeout] = set()
        self._seen = (0.0, 0)
        self._looking: asyncio.Task[None] | None = None
        self._doubted = asyncio.Event()

    @property
    def load(self) -> int:
        """How many queries are being read from it."""
        return len(self._reading)

    async def keep(self) -> None:
        """Has it in while it may be asked, until this is cancelled."""
        await self._written.begun.wait()
        try:
            while True:
                self._doubted.clear()
                try:
                    why = await self._look()
                except Exception as error:  # noqa: BLE001  (whatever it is, it cannot be asked)
                    self._let_go()
                    why = _reason(error)
                self._judge(why)
                with suppress(TimeoutError):
                    async with asyncio.timeout(BEAT_SECONDS):
                        await self._doubted.wait()
                        await asyncio.sleep(BEAT_SECONDS / 10)
        finally:
            self.is_in = False
            self._let_go()

    async def _look(self) -> str:
        """Asks how far it has come; why it cannot be asked for more, if so."""
        if self._engine is None:
            self._engine = await self._join()
        async with asyncio.timeout(ANSWER_SECONDS):
            ((stands_by, replayed),) = await self._engine.told(STANDING)
        if not stands_by:
            return "it is no standby"
        now, (since, before) = asyncio.get_running_loop().time(), self._seen
        self._seen = now, replayed
        self.replayed, self.lag = replayed, self._written.lag(replayed, now)
        if self._written.is_passed_by(before, since):
            return "it does not follow the primary"
        return f"it is {self.lag:.0f} seconds behind" if self.lag > self._most_lag else ""

    def _judge(self, why: str) -> None:
        if self.is_in and why:
            _log.warning("replica.left_out", replica=self.name, why=why)
        elif why and self.name not in figures.replicas:
            _log.warning("replica.not_taken", replica=self.name, why=why)
        elif not (self.is_in or why):
            _log.info("replica.taken", replica=self.name)
        self.is_in = not why
        figures.replicas[self.name] = (self.is_in, self.lag)

    async def _join(self) -> "AsyncpgSafe":
        from jxc_graphql.kit.db.asyncpg_safe import AsyncpgSafe  # noqa: PLC0415  (needs the extra)

        primary = self._primary
        pooled = None if await way.keeps_sessions(self._servers) else self._servers
        named = {"connection_name": primary.connection_name, "maxsize": primary.pool_maxsize}
        engine = AsyncpgSafe(self._servers, primary.deadline, pooled, **named)
        await engine.create_connection(with_db=True)
        try:
            await _check_same(engine, primary)
        except BaseException:
            engine.hang_up()
            raise
        return engine

    def _let_go(self) -> None:
        """Hangs up; what is being read from it is read elsewhere."""
        self.lag = math.inf
        now = asyncio.get_running_loop().time()
        for limit in self._reading:
            limit.reschedule(now)
        self._reading.clear()
        if self._engine is not None:
            self._engine.hang_up()
            self._engine = None

    async def reaches(self, position: int) -> bool:
        """Whether it has come as far as somebody has seen; waits a moment where it may well do so."""
        if self.lag <= PATIENCE_SECONDS:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while self.is_in and self.replayed < position:
                        self._looking = self._looking or asyncio.create_task(self._look_again())
                        await asyncio.shield(self._looking)
        return self.is_in and self.replayed >= position

    async def _look_again(self) -> None:
        try:
            await asyncio.sleep(LOOK_SECONDS)
            if self._engine is not None:
                ((found,),) = await self._engine.told(POSITION)
                self.replayed = max(self.replayed, found)
        except Exception:  # noqa: BLE001  (who waits goes elsewhere)
            self._doubted.set()
        finally:
            self._looking = None

    async def read(self, read: Callable[[], Awaitable[T]], caller: Hashable) -> T:
        """What somebody reads of one state of it; raises `Elsewhere`."""
        if self._engine is None:
            raise Elsewhere("left_out")
        limit = asyncio.timeout(None)
        snapshot = self._engine.snapshot(caller, spoilt_by=_elsewhere)
        self._reading.add(limit)
        try:
            async with limit, snapshot:
                found = await read()
        except Exception as error:
            if not (limit.expired() or _elsewhere(error)):
                raise
            self._doubted.set()
            raise Elsewhere("failed") from error
        finally:
            self._reading.discard(limit)
            figures.replica_statements[self.name] += snapshot.sent
        if snapshot.spoilt:
            self._doubted.set()
            raise Elsewhere("failed")
        return found


async def that_has(replicas: Sequence[Replica], position: int) -> Replica:
    """The least busy of those that have come as far as somebody has seen; raises `Elsewhere` where that takes long."""
    there = [one for one in replicas if one.is_in]
    if not there:
        raise Elsewhere("left_out")
    if has := [one for one in there if one.replayed >= position]:
        return min(has, key=lambda one: one.load)
    nearest = max(there, key=lambda one: one.replayed)
    if not await nearest.reaches(position):
        raise Elsewhere("behind")
    return nearest


async def _check_same(engine: "AsyncpgSafe", primary: "AsyncpgSafe") -> None:
    if await engine.told(_WHICH) != await primary.told(_WHICH):
        raise WrongReplica("it is another database than the primary's")


def _elsewhere(error: BaseException) -> bool:
    """Whether what failed may succeed on the primary: the standby is away, or what it replays was in the way."""
    return passing(error) or unavailable(error)


def _reason(error: Exception) -> str:
    from jxc_graphql.kit.db.servers import reason  # noqa: PLC0415  (needs the extra)

    return "no answer" if isinstance(error, TimeoutError) else reason(error)
