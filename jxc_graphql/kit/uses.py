"""How long one who asks keeps the loop busy, also by what goes on beside or behind his request."""

import time
from collections.abc import Callable, Coroutine, Generator, Hashable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

T = TypeVar("T")

PAID_SECONDS = 0.001
"""What is less waits for more of it."""


class Use:
    """How long the loop was kept busy on behalf of somebody, who pays for it as it comes."""

    def __init__(self, pay: Callable[[Hashable, float], object] | None = None) -> None:
        self._pay = pay
        self.seconds = 0.0
        self.caller: Hashable = None
        """Who that is, as soon as it is known."""
        self._since: float | None = None

    @contextmanager
    def counted(self) -> "Generator[None]":
        """Counts what is done in between, without waiting for anything; once, where that is part of such a thing."""
        if self._since is not None:
            yield
            return
        self._since = time.thread_time()
        try:
            yield
        finally:
            self.seconds += time.thread_time() - self._since
            self._since = None
            if self._pay is not None and self.caller is not None and self.seconds > PAID_SECONDS:
                self._pay(self.caller, self.taken())

    def taken(self) -> float:
        """What was counted since this was asked last."""
        if self._since is not None:
            now = time.thread_time()
            self.seconds, self._since = self.seconds + now - self._since, now
        seconds, self.seconds = self.seconds, 0.0
        return seconds

    async def of(self, work: Coroutine[Any, Any, T]) -> T:
        """What some work gives; counts each of its steps."""
        return await _Stepped(work, self)


class _Stepped(Generic[T]):
    """Awaits a coroutine as it would be awaited without us."""

    def __init__(self, work: Coroutine[Any, Any, T], use: Use) -> None:
        self._work, self._use = work, use

    def __await__(self) -> Generator[Any, None, T]:
        failure: BaseException | None = None
        while True:
            try:
                with self._use.counted():
                    waits = self._work.throw(failure) if failure is not None else self._work.send(None)
            except StopIteration as done:
                found: T = done.value
                return found
            failure = None
            try:
                yield waits
            except BaseException as error:  # noqa: BLE001  (it belongs to the work)
                failure = error


of_request: ContextVar[Use | None] = ContextVar("of_request", default=None)
"""Where all that is done for a request, or over a socket, is counted."""


async def counted(work: Coroutine[Any, Any, T]) -> T:
    """What some work gives in a task of its own, whose steps count as those of the request that it is done for."""
    use = of_request.get()
    return await (work if use is None else use.of(work))
