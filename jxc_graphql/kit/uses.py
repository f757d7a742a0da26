"""How long one who asks keeps the loop busy, also by what goes on beside or behind his request."""

import time
from collections.abc import Callable, Coroutine, Generator, Hashable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

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
        is_first = self.begin()
        try:
            yield
        finally:
            if is_first:
                self.end()

    @property
    def is_counting(self) -> bool:
        """Whether what is done just now is counted, as all is that whoever asks waits for from here on."""
        return self._since is not None

    def begin(self) -> bool:
        """Counts from now on, unless that is done already."""
        if self._since is not None:
            return False
        self._since = time.thread_time()
        return True

    def end(self) -> None:
        """Counts up to now."""
        assert self._since is not None
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

    def of(self, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """What some work gives; counts each of its steps."""
        return _Stepped(work, self)


class _Stepped(Coroutine[Any, Any, T]):
    """A coroutine as it would be without us."""

    def __init__(self, work: Coroutine[Any, Any, T], use: Use) -> None:
        self._work, self._use = work, use

    def send(self, value: Any, /) -> Any:
        """Its next step."""
        return self._step(self._work.send, value)

    def throw(self, *error: Any) -> Any:
        """Its next step, which is about an error."""
        return self._step(self._work.throw, *error)

    def _step(self, step: Callable[..., Any], *given: Any) -> Any:
        is_first = self._use.begin()
        try:
            return step(*given)
        finally:
            if is_first:
                self._use.end()

    def close(self) -> None:
        """Ends it."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, T]:
        return self  # type: ignore[return-value]

    def __next__(self) -> Any:
        return self.send(None)


of_request: ContextVar[Use | None] = ContextVar("of_request", default=None)
"""Where all that is done for a request, or over a socket, is counted."""


def counted(work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
    """Some work for a task of its own, whose steps count as those of the request that it is done for."""
    use = of_request.get()
    return work if use is None else use.of(work)
