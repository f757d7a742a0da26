"""Wake-ups: somebody says "look again", everybody who waits looks into the journal.

A wake-up carries no data and may be missed or doubled; what happened is always read from the journal. `wake` reaches
the waiters of this process; `relay` runs once in every serving process, tells the others over PostgreSQL's NOTIFY,
hears them, and looks now and then by itself, which is all that several processes over one SQLite file have.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

POLL_SECONDS = 1.0
"""How long a change by another process that did not notify may go unseen."""
SETTLE_SECONDS = 0.01
"""How soon to look again while rows are committed that may not be read yet."""
RECONNECT_SECONDS = 5.0
CHANNEL = "jxc_journal"

_log = structlog.get_logger(__name__)
_waiting: set[asyncio.Future[None]] = set()
_wakes = 0
_commits = 0


class Look(msgspec.Struct, frozen=True):
    """What one look at the shared state shows."""

    state: object
    """Differs whenever there is something new to read."""
    unsettled: bool
    """Whether more is known to become readable soon without another wake-up."""


def seen() -> int:
    """The present count of wake-ups; take it before you read, hand it to `wait` afterwards."""
    return _wakes


def wake() -> None:
    """Tells every waiter, here and in other processes, to look again; called after a commit."""
    global _commits  # noqa: PLW0603  (a process has one bus)
    _commits += 1
    _rouse()


def _rouse() -> None:
    global _wakes  # noqa: PLW0603
    _wakes += 1
    for waiter in tuple(_waiting):
        if not waiter.done():
            waiter.set_result(None)


async def wait(before: int, timeout: float = POLL_SECONDS) -> None:  # noqa: ASYNC109  (running out of time is no error)
    """Returns at the first wake-up after `seen` gave `before`, at the latest after so many seconds."""
    if _wakes != before:
        return
    waiter = asyncio.get_running_loop().create_future()
    _waiting.add(waiter)
    try:
        await asyncio.wait([waiter], timeout=timeout)
    finally:
        _waiting.discard(waiter)


async def relay(database_url: str, look: Callable[[], Awaitable[Look]]) -> None:
    """Carries wake-ups between this process and the others until it is cancelled; survives a lost database."""
    while True:
        try:
            if database_url.startswith("postgres"):
                await _relay_notifications(database_url, look)
            else:
                await _watch(look)
        except Exception:  # noqa: BLE001  (whatever it is, the server stays up and tries again)
            _log.exception("bus.lost", retry_seconds=RECONNECT_SECONDS)
        await asyncio.sleep(RECONNECT_SECONDS)


async def _relay_notifications(database_url: str, look: Callable[[], Awaitable[Look]]) -> None:
    import asyncpg  # noqa: PLC0415  (comes with the extra "postgres")

    connection = await asyncpg.connect(database_url)
    own = connection.get_server_pid()
    told = _commits

    async def tell() -> None:
        nonlocal told
        if connection.is_closed():
            raise ConnectionError("the notification connection was closed")
        if told != _commits:
            told = _commits
            await connection.execute(f"NOTIFY {CHANNEL}")

    try:
        connection.add_termination_listener(lambda _: _rouse())
        await connection.add_listener(CHANNEL, lambda _, pid, __, ___: None if pid == own else _rouse())
        await _watch(look, tell)
    finally:
        connection.terminate()


async def _watch(look: Callable[[], Awaitable[Look]], tell: Callable[[], Awaitable[None]] | None = None) -> None:
    last: object = None
    while True:
        before = seen()
        if tell:
            await tell()
        present = await look()
        if present.state != last:
            last = present.state
            _rouse()
            before = seen()
        await wait(before, SETTLE_SECONDS if present.unsettled else POLL_SECONDS)
