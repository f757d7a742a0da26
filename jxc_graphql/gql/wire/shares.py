"""What one caller has of a process that others share: so many operations at a time, and of those that read long, one.

Operations share one event loop, and what they look through the processors beside it. As long as others are about, a
caller has a few under way, and who kept the loop for longer than his share of it rests until it is that: they find it
free for the most part, however much one of them asks for and over however many connections. Whom that one has kept
waiting catches up without a rest. Who is alone has as many under way as he asks for, such as those that share a commit.
"""

import asyncio
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine, Hashable, Iterator
from contextlib import asynccontextmanager
from itertools import takewhile
from typing import Any, TypeVar

from jxc_graphql.kit.turns import CallerTurns
from jxc_graphql.kit.uses import Use, of_request

T = TypeVar("T")

OF_EACH = 2
"""While one operation of a caller waits for the database, another one is begun; more only where he is alone."""
SHARE = 0.25
"""Of the loop's time, for who asks without end beside others."""
BURST_SECONDS = 0.03
"""So long he may keep it at once."""
MOST_REST_SECONDS = 1.0
CALLERS = 10_000
ABOUT_SECONDS = 1.0
"""Who asked within so long a time is about."""


class Shares:
    """The shares of all callers in this process; what nobody in particular asks for has no limit here."""

    def __init__(self) -> None:
        self._turns = CallerTurns(sys.maxsize, OF_EACH)
        self._long = CallerTurns(sys.maxsize, 1)
        self._kept: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        """For how long beyond his share a caller has kept the loop, and when that was reckoned."""

    async def whole(self, request: Coroutine[Any, Any, T]) -> T:
        """What answering a request gives, or serving a socket; what that takes beside its turns counts as well."""
        use = Use(self._rest)
        token = of_request.set(use)
        try:
            return await use.of(request)
        finally:
            of_request.reset(token)
            self._rest(use.caller, use.taken())

    @asynccontextmanager
    async def turn(self, caller: Hashable) -> AsyncIterator[Use]:
        """A turn of the caller's, which he waits for beside others; what is done in it is counted by what it gives."""
        is_beside = next(self._beside(caller), None) is not None
        if is_beside:
            await self._turns.take(caller)
        use = of_request.get() or Use(self._rest)
        use.caller = caller
        try:
            yield use
        finally:
            rest = self._rest(caller, use.taken())
            if is_beside and rest > 0:
                asyncio.get_running_loop().call_later(rest, self._turns.give_back, caller)
            elif is_beside:
                self._turns.give_back(caller)

    @asynccontextmanager
    async def long(self, caller: Hashable) -> AsyncIterator[None]:
        """The one turn of the caller's to read for long."""
        await self._long.take(caller)
        try:
            yield
        finally:
            self._long.give_back(caller)

    def _rest(self, caller: Hashable, seconds: float) -> float:
        """For how long a caller should not be seen who has kept the loop for so long."""
        if caller is None:
            return 0
        now = time.monotonic()
        kept, since = self._kept.get(caller, (0.0, now))
        kept = min(max(kept - (now - since) * SHARE, 0) + seconds, BURST_SECONDS + MOST_REST_SECONDS * SHARE)
        self._kept[caller] = kept, now
        self._kept.move_to_end(caller)
        if len(self._kept) > CALLERS:
            self._kept.popitem(last=False)
        if kept <= BURST_SECONDS:
            return 0
        return (kept - BURST_SECONDS) / SHARE if 2 * kept > max(self._beside(caller), default=2 * kept) else 0

    def _beside(self, caller: Hashable) -> Iterator[float]:
        """For how long those have kept the loop who are about besides a caller."""
        now = time.monotonic()
        recent = takewhile(lambda one: now - one[1][1] < ABOUT_SECONDS, reversed(self._kept.items()))
        return (theirs for other, (theirs, _) in recent if other != caller)
