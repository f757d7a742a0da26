"""Which statements were sent, and which of them together: what the tests of constant cost count."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from jxc_graphql.kit.figures import figures

COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"
_ENDS = frozenset((COMMIT, ROLLBACK))
_seen: ContextVar[list[str] | None] = ContextVar("statements", default=None)
_sent: ContextVar[list[str] | None] = ContextVar("sent", default=None)
_trips: ContextVar[list[str] | None] = ContextVar("round_trips", default=None)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects the text of every statement sent from here on by this task and those it starts, but BEGIN and COMMIT."""
    yield from _collected(_seen)


@contextmanager
def on_the_wire() -> Iterator[list[str]]:
    """As `statements`, with what begins and ends transactions; writes that go to the database as one are one."""
    yield from _collected(_sent)


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


def note(*statements: str, sent: Sequence[str] = ()) -> None:
    """Called by the engines for what is sent together, `sent` as something else than these."""
    told = statements if _ENDS.isdisjoint(statements) else [each for each in statements if each not in _ENDS]
    figures.statements += len(told)
    if (seen := _seen.get()) is not None:
        seen += told
    if (wire := _sent.get()) is not None:
        wire += sent or statements
    if (trips := _trips.get()) is not None:
        trips.append("; ".join(statements))
