"""Whose turn it is at the few places where passwords are compared.

Everybody waits in a lane: a stranger in that of his address, whoever is known in one of his own. Lanes take turns, one
of each at a time, so that whoever comes often waits for himself. Those who are known go first; every fourth turn is a
stranger's. When too many wait, the longest lane loses its last one; whoever has waited long is sent away, before his
client forgets him and a place is wasted on an answer that nobody hears.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

STRANGERS_TURN = 4
PATIENCE_SECONDS = 10.0
"""How long anybody waits; an operation has 15 seconds unless the settings say otherwise."""


class Crowded(Exception):
    """Too many wait already, or have waited for too long."""


class _Lanes:
    """Lanes of equal right, in the order of their next turns."""

    def __init__(self) -> None:
        self.waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def longest(self) -> str:
        return max(self.waiting, key=lambda lane: len(self.waiting[lane]))

    def join(self, lane: str, waiter: asyncio.Future[None]) -> None:
        self.waiting.setdefault(lane, deque()).append(waiter)

    def leave(self, lane: str, waiter: asyncio.Future[None]) -> None:
        if waiter in self.waiting.get(lane, ()):
            self.waiting[lane].remove(waiter)
            self._tidy(lane)

    def lose(self, lane: str) -> None:
        waiter = self.waiting[lane].pop()
        if not waiter.done():
            waiter.set_exception(Crowded())
        self._tidy(lane)

    def next(self, busy: set[str]) -> tuple[str, asyncio.Future[None]] | None:
        """The first one of the next lane of which nobody has a place."""
        lane = next((one for one in self.waiting if one not in busy), None)
        if lane is None:
            return None
        waiter = self.waiting[lane].popleft()
        self._tidy(lane)
        return lane, waiter

    def to_the_end(self, lane: str) -> None:
        """Lets all other lanes go before it."""
        if lane in self.waiting:
            self.waiting[lane] = self.waiting.pop(lane)

    def _tidy(self, lane: str) -> None:
        if not self.waiting[lane]:
            del self.waiting[lane]


class Turns:
    """So many places, and those who wait for one."""

    def __init__(self, places: int, waiting: int) -> None:
        self._places = places
        self._most = waiting
        self._known, self._strangers = _Lanes(), _Lanes()
        self._busy: set[str] = set()
        self._given = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(lane) for lanes in (self._known, self._strangers) for lane in lanes.waiting.values())

    @asynccontextmanager
    async def taken(self, lane: str, *, known: bool) -> AsyncIterator[None]:
        """A place, as long as the block runs; raises `Crowded`."""
        lanes = self._known if known else self._strangers
        waiter = asyncio.get_running_loop().create_future()
        lanes.join(lane, waiter)
        if self.waiting > self._most:
            crowd = self._strangers if self._strangers.waiting else self._known
            crowd.lose(crowd.longest())
        self._give()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await waiter
        except BaseException as end:
            lanes.leave(lane, waiter)
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._back(lane)  # it was given at the moment in which nobody wanted it any more
            if isinstance(end, TimeoutError):
                raise Crowded from end
            raise
        try:
            yield
        finally:
            self._back(lane)

    def _back(self, lane: str) -> None:
        self._busy.discard(lane)
        self._known.to_the_end(lane)
        self._strangers.to_the_end(lane)
        self._give()

    def _give(self) -> None:
        while len(self._busy) < self._places:
            first, second = self._known, self._strangers
            if self._given % STRANGERS_TURN == STRANGERS_TURN - 1:
                first, second = second, first
            found = first.next(self._busy) or second.next(self._busy)
            if found is None:
                return
            lane, waiter = found
            if not waiter.done():
                self._given += 1
                self._busy.add(lane)
                waiter.set_result(None)
