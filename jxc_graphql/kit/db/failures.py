"""What went wrong, by what helps: trying again at once, waiting, or nothing."""

import sqlite3
from collections.abc import Callable

from jxc_graphql.kit.ids import SpanUsedUp

_IN_THE_WAY = {"40001", "40P01", "55P03"}
"""PostgreSQL's serialization failure, deadlock, and lock not available."""
_REFERENCES = "23503"
"""PostgreSQL's broken foreign key: what a row was to refer to has been deleted meanwhile."""
_GONE = {"57P01", "57P02", "57P03", "3D000"}
"""PostgreSQL is shutting down, has crashed, or is starting; the database is not there."""
_FULL = {"53100", "53200", "53300"}
"""PostgreSQL has no disk, memory or connection left."""
_NO_FILE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


class CommitUnknown(Exception):
    """The connection was lost while committing: whether it was done only a repetition with a retry key tells."""


class Undone(Exception):
    """What a transaction did and saw was taken back with another one that would have shared its commit."""

    def __init__(self) -> None:
        super().__init__("the transaction was rolled back by the failure of another one")


def passing(error: BaseException | None) -> bool:
    """Whether the whole transaction, none of which was committed, may well succeed when it is done again."""
    return not isinstance(error, CommitUnknown) and _any(error, _passes)


def lost(error: BaseException | None) -> bool:
    """Whether the connection to the database is gone or silent, or none could be had."""
    return _any(error, _is_lost)


def full(error: BaseException | None) -> bool:
    """Whether there is no room left to write."""
    return _any(error, _is_full)


def unavailable(error: BaseException | None) -> bool:
    """Whether the database, not the request, is the reason: the same request may be sent again later."""
    return _any(error, _is_unavailable)


def timed_out(error: BaseException | None) -> bool:
    """Whether the database stopped a statement because its time was over."""
    return _any(error, _is_late)


def _any(error: BaseException | None, holds: Callable[[BaseException], bool]) -> bool:
    while error is not None:
        if holds(error):
            return True
        error = error.__cause__
    return False


def _passes(error: BaseException) -> bool:
    busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    # A statement that this connection knows from before its table was changed; asyncpg has forgotten it by now.
    stale = type(error).__name__ == "InvalidCachedStatementError"
    in_the_way = getattr(error, "sqlstate", None) in _IN_THE_WAY | {_REFERENCES}
    hung_up = _is_lost(error) and not isinstance(error, TimeoutError)  # after a silence there is no time left
    return busy or stale or in_the_way or isinstance(error, SpanUsedUp | Undone) or hung_up


def _is_lost(error: BaseException) -> bool:
    state = getattr(error, "sqlstate", None) or ""
    # So asyncpg speaks of a connection that it knows to be closed, and of one that its pool took back for that reason.
    closed = type(error).__name__ == "InterfaceError" and any(word in str(error) for word in ("closed", "released"))
    # asyncpg again: the message that the server ends came while it was busy with the next statement.
    confused = type(error).__name__ == "InternalClientError" and "another operation" in str(error)
    ended = isinstance(error, ConnectionError | TimeoutError)
    return state.startswith("08") or state in _GONE or closed or confused or ended


def _is_full(error: BaseException) -> bool:
    return getattr(error, "sqlstate", None) in _FULL or getattr(error, "sqlite_errorcode", 0) & 0xFF in _NO_FILE


def _is_unavailable(error: BaseException) -> bool:
    return _is_full(error) or _is_lost(error) or isinstance(error, CommitUnknown | Undone | OSError)


def _is_late(error: BaseException) -> bool:
    interrupted = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    return interrupted or getattr(error, "sqlstate", None) == "57014"
