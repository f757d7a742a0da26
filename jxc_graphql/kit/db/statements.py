"""Which statements were sent: what the tests of constant cost count."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_seen: ContextVar[list[str] | None] = ContextVar("statements", default=None)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects the text of every statement sent from here on by this task and those it starts, but BEGIN and COMMIT."""
    seen: list[str] = []
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def note(statement: str) -> None:
    """Called by the engines for each statement."""
    seen = _seen.get()
    if seen is not None:
        seen.append(statement)
