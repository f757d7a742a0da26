"""Which statements were sent, and which of them together: what the tests of constant cost count."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jxc_graphql.kit.figures import figures

_seen: ContextVar[list[str] | None] = ContextVar("statements", default=None)
_trips: ContextVar[list[str] | None] = ContextVar("round_trips", default=None)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects the text of every statement sent from here on by this task and those it starts, but BEGIN and COMMIT."""
    yield from _collected(_seen)


@contextmanager
def round_trips() -> Iterator[list[str]]:
    """As `statements`, with BEGIN and COMMIT; what the database answers together is one text."""
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
    figures.statements += len(statements)
    seen = _seen.get()
    if seen is not None:
        seen += statements
    note_border("; ".join(statements))


def note_border(statement: str) -> None:
    """Called by the engines for where a transaction begins or ends, if that is sent alone."""
    trips = _trips.get()
    if trips is not None:
        trips.append(statement)
