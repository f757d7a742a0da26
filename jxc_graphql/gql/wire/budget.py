"""How much one client may ask for in a while: a bucket of rows per user, or per address where nobody is signed in.

Buckets live in the memory of one process, because a bucket in the database would make a write of every read. Each of
several processes grants its share of the rate: together they never grant more, and a client all of whose requests
reach one of them gets that share.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from jxc_graphql.gql.run.result import Refused, error
from jxc_graphql.kit import addresses
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.messages import render_code

BURST_SECONDS = 30
"""A bucket holds what flows into it in so long a time."""
REFUSAL = 100
"""What a document costs that was refused: checking it takes about as long as reading so many rows."""
TOO_MUCH = 10_000
"""What an operation costs that was refused for its cost: its variables were read, and every list of it reckoned."""
CLIENTS = 10_000


class RateLimited(Refused):
    """The client has asked for too much lately."""

    def __init__(self, locale: str, seconds: int) -> None:
        """May ask again in so many seconds."""
        message = render_code("RATE_LIMITED", locale, retry_after=seconds)
        super().__init__([error("RATE_LIMITED", message, retryAfter=seconds)])
        self.retry_after = seconds


class Budgets:
    """The buckets of all clients; those that were not used for longest are forgotten, which fills them."""

    def __init__(self, per_second: int, processes: int = 1) -> None:
        """So many rows flow into the buckets of a client in all processes; 0 means that nothing is limited."""
        self._per_second = math.ceil(per_second / processes)
        self._most = self._per_second * BURST_SECONDS
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, call: Call, address: str, cost: int) -> None:
        """Takes rows out of a client's bucket; raises `RateLimited` where it holds fewer."""
        if not self._per_second:
            return
        key, left = _key(call, address), self._left(call, address)
        wanted = min(max(cost, 1), self._most)
        if left < wanted:
            raise RateLimited(call.locale, math.ceil((wanted - left) / self._per_second))
        self._buckets[key] = (left - wanted, time.monotonic())
        self._buckets.move_to_end(key)
        if len(self._buckets) > CLIENTS:
            self._buckets.popitem(last=False)

    def told(self, call: Call, address: str, cost: int, scanned: int = 0) -> dict[str, Any]:
        """What a client learns: what it asked for, to look through tables among it, what is left and flows in."""
        asked = {"requested": cost, "scanned": scanned}
        if not self._per_second:
            return asked
        return {**asked, "remaining": int(self._left(call, address)), "perSecond": self._per_second}

    def _left(self, call: Call, address: str) -> float:
        left, since = self._buckets.get(_key(call, address), (self._most, 0.0))
        return min(self._most, left + (time.monotonic() - since) * self._per_second)


def _key(call: Call, address: str) -> Hashable:
    return addresses.origin(address) if call.actor_id is None else call.actor_id
