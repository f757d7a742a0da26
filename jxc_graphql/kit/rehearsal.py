"""A rehearsal: an operation of whose input a part cannot be read is gone through, to learn what else is wrong with it.

Something stands in for what cannot be read. What a check finds at such a place, or of the thing that it is part of,
is said of the stand-in and passed over; all else is true whatever was meant. Nothing that is done is kept.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

import structlog

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import DomainError, Path, Reason, Rejected, passed_over

_log = structlog.get_logger(__name__)


class _Over(Exception):
    pass


async def rehearse(
    work: Callable[[], Awaitable[Any]], unread: Collection[Path], shown: Callable[[Path], Path]
) -> tuple[Reason, ...]:
    """What is wrong beside the places that could not be read; raises where the caller may not do it at all.

    `shown` says where a client finds a place that the work tells of; what is unread is given so. It is looked for until
    a check fails that has nothing to do with them, or until it goes no further without them.
    """

    def standing(reasons: Iterable[Reason]) -> list[Reason]:
        return [one for one in reasons if not any(_is_of(shown(one.path), place) for place in unread)]

    @db.transactional
    async def alone() -> None:
        await work()
        raise _Over

    token = passed_over.set(standing)
    try:
        await alone()
    except Rejected as refused:
        return tuple(standing(refused.reasons))
    except _Over:
        return ()
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
