"""Who comes next, as to a reader: callers take turns, so that one who asks for much waits for himself."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Hashable
from contextvars import ContextVar

from jxc_graphql.kit.figures import figures

asking: ContextVar[Hashable] = ContextVar("asking", default=None)
"""On behalf of which caller single statements are sent."""


class CallerTurns:
    """So many at once, of each caller so many; who waits goes round by round, one of each caller.

    What asks on behalf of no caller, as None, goes before all of them.
    """

    def __init__(self, most: int, of_each: int) -> None:
        self._free = most
        self._of_each = of_each
        self._held: dict[Hashable, int] = {}
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    def taken(self, caller: Hashable) -> bool:
        """Takes a turn if it is the caller's at once."""
        if self._free and self._may(caller):  # as everybody who waits now may not
            self._grant(caller)
            return True
        return False

    async def take(self, caller: Hashable) -> None:
        """Returns when it is the caller's turn."""
        if self.taken(caller):
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(turn)
        try:
            with figures.waiting("reader"):
                await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(caller)
            else:
                self._leave(caller, turn)
            raise

    def give_back(self, caller: Hashable) -> None:
        """Ends a turn of the caller's."""
        self._free += 1
        left = self._held.pop(caller) - 1
        if left:
            self._held[caller] = left
        while self._waiting and self._free and (following := self._following()):
            waiting, turn = following
            if not turn.done():  # as one is whose caller has just hung up
                self._grant(waiting)
                turn.set_result(None)

    def _may(self, caller: Hashable) -> bool:
        return caller is None or self._held.get(caller, 0) < self._of_each

    def _grant(self, caller: Hashable) -> None:
        self._free -= 1
        self._held[caller] = self._held.get(caller, 0) + 1

    def _following(self) -> "tuple[Hashable, asyncio.Future[None]] | None":
        callers = [None] if None in self._waiting else self._waiting
        caller = next((one for one in callers if self._may(one)), None)
        if caller not in self._waiting:
            return None
        turn = self._waiting[caller].popleft()
        self._waiting.move_to_end(caller)
        if not self._waiting[caller]:
            del self._waiting[caller]
        return caller, turn

    def _leave(self, caller: Hashable, turn: "asyncio.Future[None]") -> None:
        if turn in self._waiting.get(caller, ()):
            self._waiting[caller].remove(turn)
            if not self._waiting[caller]:
                del self._waiting[caller]
