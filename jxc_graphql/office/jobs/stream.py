"""The stream of changes of jobs."""

from collections.abc import AsyncIterator, Collection
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.kit.journal import Cursor, Entry, Fact
from jxc_graphql.kit.telling import check_watched, told
from jxc_graphql.office.jobs import facts


class JobChange(StrEnum):
    """Why a job is in the stream."""

    QUEUED = "QUEUED"
    """Somebody, or a schedule, asked for it (排队)."""
    STARTED = "STARTED"
    """A process began it, or took it over (开始)."""
    PROGRESSED = "PROGRESSED"
    """A step was done (进度)."""
    DONE = "DONE"
    """It was done to its end (完成)."""
    FAILED = "FAILED"
    """A try failed (失败)."""
    CANCELLED = "CANCELLED"
    """Somebody stopped it (取消)."""
    RETRIED = "RETRIED"
    """Somebody wants it tried again (重试)."""


class JobEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A job changed; `cursor` is where to resume behind it."""

    cursor: str
    change: JobChange
    job_id: int


_CHANGES: dict[type[Fact], JobChange] = {
    facts.JobQueued: JobChange.QUEUED,
    facts.JobStarted: JobChange.STARTED,
    facts.JobProgressed: JobChange.PROGRESSED,
    facts.JobDone: JobChange.DONE,
    facts.JobFailed: JobChange.FAILED,
    facts.JobCancelled: JobChange.CANCELLED,
    facts.JobRetried: JobChange.RETRIED,
}
_NAMES = {fact.stored_as for fact in _CHANGES}


async def job_events(
    *, of: int | None = None, ids: Collection[int] | None = None, after: Cursor | None = None
) -> AsyncIterator[JobEvent | Cursor]:
    """Every change of a job behind a cursor, without end; without one from now on.

    `of`: of those that a user asked for. `ids`: of these jobs only.

    A cursor among them says that everything up to it was told. Raises `Rejected` for one that nothing resumes from, and
    for too many jobs.
    """
    check_watched(ids=ids)

    async def shown(entry: Entry) -> JobEvent | None:
        fact: Any = entry.fact
        if (of is not None and fact.asked_by_id != of) or (ids is not None and fact.job_id not in ids):
            return None
        return JobEvent(cursor=entry.cursor.encode(), change=_CHANGES[type(fact)], job_id=fact.job_id)

    async for event in told(_NAMES, shown, after):
        yield event
