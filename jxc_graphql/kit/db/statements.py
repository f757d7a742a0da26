"""Which statements were sent, and which of them together: what the tests of constant cost count."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jxc_graphql.kit.figures import figures

COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"
_ENDS = (COMMIT, ROLLBACK)
_seen: ContextVar[list[str] | None] = ContextVar("statements", default=None)
_trips: ContextVar[list[str] | None] = ContextVar("round_trips", default=None)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects the text of every statement sent from here on by this task and those it starts, but BEGIN and COMMIT."""
    yield from _collected(_seen)


@contextmanager
def round_trips() -> Iterator[list[str]]:
    """As `statements`, with the ends of transactions; what the database answers together is one text."""
    yield from _collected(_trips)


def _collected(by: ContextVar[list[str] | None]) -> Iterator[list[str]]:
    seen: list[str] = []
    token = by.set(seen)
    try:
        yield seen
    finally:
        by.reset(token)


def note(*statements: str) -> None:
    """Called by the engines for what is sent together."""
    told = [each for each in statements if each not in _ENDS]
    figures.statements += len(told)
    seen, trips = _seen.get(), _trips.get()
    if seen is not None:
        seen += told
    if trips is not None:
        trips.append("; ".join(statements))
