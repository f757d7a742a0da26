"""`at_once`: what several statements read is one state of the database."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Token
from typing import Any, Literal, Self, TypeVar

from tortoise.connection import ConnectionToken, get_connections

from jxc_graphql.kit import in_use
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.failures import passing
from jxc_graphql.kit.db.replicas import Elsewhere, that_has
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.turns import asking

T = TypeVar("T")

TRIES = 5
LEAST_SECONDS = 0.001
"""What is late already is told by the statement that is sent nevertheless."""


class Over(RuntimeError):
    """Something tried to read, in a task of its own, what was to be read at once and has been."""

    def __init__(self) -> None:
        super().__init__("this was started while something was read at once, which is over; await it there")


class Snapshot(ABC):
    """The part of an engine's snapshot that is the same for both: one connection, held from its first statement on."""

    connection_name: str
    writes: Literal[False] = False

    def __init__(self, seconds: float) -> None:
        """All its statements together may take so many seconds; 0 means as long as they like."""
        self._until = asyncio.get_running_loop().time() + seconds if seconds else 0.0
        self.spoilt = False
        """Whether a statement failed that may well succeed in another snapshot."""
        self._is_over = False
        self._token: ConnectionToken | None = None
        self._within: Token[Any] | None = None

    async def __aenter__(self) -> Self:
        self._token = get_connections().set(self.connection_name, self)  # type: ignore[arg-type]
        self._within = in_use.within.set(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._within is not None
        in_use.within.reset(self._within)
        get_connections().reset(self._token)
        self._is_over = True
        self.end()

    def left(self) -> float:
        """For how many seconds the next statement may take; 0 means for as long as it likes."""
        return max(self._until - asyncio.get_running_loop().time(), LEAST_SECONDS) if self._until else 0.0

    def check(self) -> None:
        """Raises `Over` where it is."""
        if self._is_over:
            raise Over

    @abstractmethod
    def end(self) -> None:
        """Lets go of what it holds, without waiting."""

    @abstractmethod
    async def fetch(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a reading statement as plain tuples."""

    def transaction(self) -> Any:
        """None begins while something is read at once: it would hold a second connection."""
        raise RuntimeError("what is read at once cannot write")

    _in_transaction = acquire_connection = transaction


async def at_once(
    read: Callable[[], Awaitable[T]],
    *,
    caller: Hashable,
    alone: bool = False,
    since: int | None = None,
    is_sound: Callable[[], bool] = lambda: True,
) -> T:
    """What `read` gives; all that it fetches is one state of the database, which has all that was committed before.

    It reads again where its connection was lost. `alone`: it sends one statement, which shows one state anyway.
    `caller`: who asks; callers take turns. `since`: a replica may tell it that has come as far, to this `position`;
    where that is not sound, as it may lack what the primary knows of whoever asks, the primary is asked as well.
    """
    if since is not None and current().replicas:
        try:
            return await _of_replica(read, caller, since, is_sound)
        except Elsewhere as elsewhere:
            figures.reads["primary", elsewhere.why] += 1
    if alone:
        token = asking.set(caller)
        try:
            return await read()
        finally:
            asking.reset(token)
    client = current().client
    for _ in range(1, TRIES):
        snapshot: Snapshot = client.snapshot(caller)
        try:
            async with snapshot:
                found = await read()
        except Exception as error:
            if not passing(error):
                raise
        else:
            if not snapshot.spoilt:
                return found
    async with client.snapshot(caller):
        return await read()


async def _of_replica(
    read: Callable[[], Awaitable[T]], caller: Hashable, since: int, is_sound: Callable[[], bool]
) -> T:
    """What is read of a replica; raises `Elsewhere`."""
    replica = await that_has(current().replicas, since)
    found = await replica.read(read, caller)
    if not is_sound():
        raise Elsewhere("failed")
    figures.reads["replica", ""] += 1
    return found
