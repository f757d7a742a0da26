"""What clients are told of as it happens: the journal from where they were, and on without end.

async def job_events(after: Cursor | None = None) -> AsyncIterator[JobEvent | Cursor]:
    async def shown(entry: Entry) -> JobEvent | None:
        return JobEvent(cursor=entry.cursor.encode(), change=_CHANGES[type(entry.fact)], …)

    async for event in told({fact.stored_as for fact in _CHANGES}, shown, after):
        yield event
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import TypeVar

from jxc_graphql.kit import journal
from jxc_graphql.kit.errors import Path, Reason, Rejected
from jxc_graphql.kit.journal import Cursor, Entry

E = TypeVar("E")
MOST_WATCHED = 200
"""So many things of a sort may be named of which alone one wants to hear."""


class TooManyWatched(Reason, frozen=True, kw_only=True):
    """More things are named of which alone one wants to hear than are looked for each time."""

    watched: int
    limit: int


async def told(
    names: Collection[str],
    shown: Callable[[Entry], Awaitable[E | None]],
    after: Cursor | None = None,
    *,
    echoes: bool = False,
) -> AsyncIterator[E | Cursor]:
    """What is `shown` of each fact of these names, behind a cursor, without end; without one from now on.

    Of what is shown as None nobody hears. `echoes`: facts are told once for each thing whose history they belong to. A
    cursor among them says that everything up to it was told. Raises `Rejected` for one that nothing resumes from.
    """
    if after is not None:
        await journal.check_resumable(after)
    async for entry in journal.follow(after or await journal.head(), names, echoes=echoes):
        if isinstance(entry, Cursor):
            yield entry
        elif (event := await shown(entry)) is not None:
            yield event


def check_watched(**named: Collection[object] | None) -> None:
    """Raises `Rejected` where more things are named, by argument, than are looked for."""
    for argument, things in named.items():
        if things is not None and len(things) > MOST_WATCHED:
            path: Path = (argument,)
            raise Rejected(TooManyWatched(path=path, watched=len(things), limit=MOST_WATCHED))
