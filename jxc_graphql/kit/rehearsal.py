"""A rehearsal: an operation is gone through, and nothing that it does is kept.

    await rehearsed(work)                   what it gives, and shows of what it did before that is taken back
    await rehearse(work, unread, shown)     what else is wrong, where a part of its input cannot be read

Where something cannot be read, something stands in for it. What a check finds at such a place, or of the thing that it
is part of, is said of the stand-in and passed over; all else is true whatever was meant.

Whatever gives out something that is given once, such as the numbers of documents, gives none while `is_rehearsal()`.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import DomainError, Path, Reason, Rejected, passed_over

T = TypeVar("T")

_log = structlog.get_logger(__name__)
_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


class _Over(Exception):
    pass


def is_rehearsal() -> bool:
    """Whether nothing that is done now is kept."""
    return _rehearsing.get()


async def rehearsed(work: Callable[[], Awaitable[T]]) -> T:
    """What some work gives that is done in a transaction, and then taken back; raises what it raises."""
    found: list[T] = []

    @db.transactional
    async def alone() -> None:
        found[:] = [await work()]
        raise _Over

    token = _rehearsing.set(True)
    try:
        await alone()
    except _Over:
        pass
    finally:
        _rehearsing.reset(token)
    return found[0]


async def rehearse(
    work: Callable[[], Awaitable[Any]], unread: Collection[Path], shown: Callable[[Path], Path]
) -> tuple[Reason, ...]:
    """What is wrong beside the places that could not be read; raises where the caller may not do it at all.

    `shown` says where a client finds a place that the work tells of; what is unread is given so. It is looked for until
    a check fails that has nothing to do with them, or until it goes no further without them.
    """

    def standing(reasons: Iterable[Reason]) -> list[Reason]:
        return [one for one in reasons if not any(_is_of(shown(one.path), place) for place in unread)]

    token = passed_over.set(standing)
    try:
        await rehearsed(work)
    except Rejected as refused:
        return tuple(standing(refused.reasons))
    except DomainError:
        raise
    except Exception as error:
        if db.unavailable(error) or db.timed_out(error):
            raise
        _log.debug("rehearsal.ended", error=repr(error))
    finally:
        passed_over.reset(token)
    return ()


def _is_of(path: Path, place: Path) -> bool:
    """Whether what is wrong at a path may come of what stands at a place: it is there, in it, or what it is part of."""
    return path[: len(place)] == place or path == place[:-1]
