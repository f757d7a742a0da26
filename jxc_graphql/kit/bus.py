"""Wake-ups: somebody says "look again", everybody who waits for that topic looks into the database.

A wake-up carries no data and may be missed or doubled; what happened is always read from the database. `Topic.wake`
reaches the waiters of this process; `relay` runs once in every serving process and brings in the others. Over
PostgreSQL it sends and hears NOTIFY, and looks now and then by itself, also whether it is heard at all. Processes over
one SQLite file cannot call each other: each asks its own connection, twenty times a second, whether somebody else has
committed, which reads a few bytes of shared memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
import structlog

from jxc_graphql.kit.db.connect import current

POLL_SECONDS = 1.0
"""How long a change by another process that did not notify may go unseen."""
FILE_SECONDS = 0.05
"""How long a change by another process of the same SQLite file may go unseen."""
SETTLE_SECONDS = 0.01
"""How soon to look again while rows are committed that may not be read yet."""
RECONNECT_SECONDS = 5.0
ANSWER_SECONDS = 5.0
"""A database that has not answered for so long is lost."""

_log = structlog.get_logger(__name__)


class Look(msgspec.Struct, frozen=True):
    """What one look at the shared state shows."""

    state: object
    """Differs whenever there is something new to read."""
    unsettled: bool
    """Whether more is known to become readable soon without another wake-up."""


class Topic:
    """Something that is written by some and waited for by others."""

    def __init__(self, name: str, look: Callable[[], Awaitable[Look]] | None = None) -> None:
        """`look` is for what can become readable later than it was committed."""
        self.channel = f"jxc_{name}"
        self.look = look
        self.readers = 0
        self.commits = 0
        self.waiting: set[asyncio.Future[None]] = set()
        self._wakes = 0

    def seen(self) -> int:
        """The present count of wake-ups; take it before you read, hand it to `wait` afterwards."""
        return self._wakes

    def wake(self) -> None:
        """Tells every waiter, here and in other processes, to look again; called after a commit."""
        self.commits += 1
        self.rouse()

    def rouse(self) -> None:
        """Tells every waiter of this process to look again."""
        self._wakes += 1
        for waiter in tuple(self.waiting):
            if not waiter.done():
                waiter.set_result(None)

    @contextmanager
    def read(self) -> Iterator[None]:
        """Somebody reads what it is about; where nobody does, nobody looks for what becomes readable later."""
        self.readers += 1
        self.rouse()
        try:
            yield
        finally:
            self.readers -= 1

    async def wait(self, before: int, timeout: float = POLL_SECONDS) -> bool:  # noqa: ASYNC109  (running out of time is no error)
        """Whether there was a wake-up after `seen` gave `before`; it waits for one, but only so many seconds."""
        await _wait({self: before}, timeout)
        return self.seen() != before


async def _wait(before: dict[Topic, int], timeout: float) -> None:  # noqa: ASYNC109
    if any(topic.seen() != seen for topic, seen in before.items()):
        return
    waiter = asyncio.get_running_loop().create_future()
    for topic in before:
        topic.waiting.add(waiter)
    try:
        await asyncio.wait([waiter], timeout=timeout)
    finally:
        for topic in before:
            topic.waiting.discard(waiter)


async def relay(topics: Sequence[Topic]) -> None:
    """Carries wake-ups between this process and the others until it is cancelled; survives a lost database."""
    while True:
        try:
            if current().dialect == "postgres":
                await _relay_notifications(topics)
            else:
                await _watch_file(topics)
        except Exception:  # noqa: BLE001  (whatever it is, the server stays up and tries again)
            _log.exception("bus.lost", retry_seconds=RECONNECT_SECONDS)
        await asyncio.sleep(RECONNECT_SECONDS)


async def _watch_file(topics: Sequence[Topic]) -> None:
    engine = current().client
    last: int | None = None
    while True:
        present = await engine.version()
        if present != last:
            last = present
            for topic in topics:
                topic.rouse()
        await asyncio.sleep(FILE_SECONDS)


async def _relay_notifications(topics: Sequence[Topic]) -> None:
    connection = await current().client.direct.connect(command_timeout=ANSWER_SECONDS)
    own = connection.get_server_pid()
    of_channel = {topic.channel: topic for topic in topics}
    told = {topic: topic.commits for topic in topics}

    async def tell() -> None:
        if connection.is_closed():
            raise ConnectionError("the notification connection was closed")
        for topic in topics:
            if told[topic] != topic.commits:
                told[topic] = topic.commits
                await connection.execute(f"NOTIFY {topic.channel}")
        await connection.execute(f"LISTEN {topics[0].channel}")  # again, to see whether the server still hears us

    def lost(_: object) -> None:
        for topic in topics:
            topic.rouse()

    def heard(_: object, pid: int, channel: str, __: object) -> None:
        if pid != own:
            of_channel[channel].rouse()

    try:
        connection.add_termination_listener(lost)
        for channel in of_channel:
            await connection.add_listener(channel, heard)
        await _watch(topics, tell)
    finally:
        connection.terminate()


async def _watch(topics: Sequence[Topic], tell: Callable[[], Awaitable[None]]) -> None:
    last: dict[Topic, object] = {}
    while True:
        before = {topic: topic.seen() for topic in topics}
        await tell()
        unsettled = False
        for topic in topics:
            if topic.look is None or not topic.readers:
                continue
            present = await topic.look()
            unsettled |= present.unsettled
            if topic not in last or present.state != last[topic]:
                last[topic] = present.state
                topic.rouse()
                before[topic] += 1
        await _wait(before, SETTLE_SECONDS if unsettled else POLL_SECONDS)
