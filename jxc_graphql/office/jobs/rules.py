"""When schedules are due, on which days people work, and what can be done with a job."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import chinese_calendar
import msgspec
from chinese_calendar.constants import holidays
from cronsim import CronSim, CronSimError

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.clock import Calendar
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.jobs.models import JobState

NAME_LIMIT = 100
CRON_LIMIT = 100
CRON_FIELDS = 5
MOST_DAYS = 400
"""Days that are entered, or asked about, at a time."""
MOST_TRIES = 5
FIRST_RETRY, LAST_RETRY = timedelta(seconds=10), timedelta(hours=1)
_SATURDAY = 5
_MINUTE = timedelta(minutes=1)
_RETRIED = {JobState.FAILED, JobState.CANCELLED}
_LIVE = {JobState.QUEUED, JobState.RUNNING}

IsWorkday: TypeAlias = Callable[[date], bool | None]
"""Whether people work on a day; None where nobody knows."""


class InvalidCron(Reason, frozen=True, kw_only=True):
    """A text that is no cron expression of five fields, or one of a day that never comes."""

    cron: str


class ScheduleBuiltIn(Reason, frozen=True, kw_only=True):
    """What the program needs stays as it is."""


class JobNotLive(Reason, frozen=True, kw_only=True):
    """A job that has ended cannot be cancelled."""

    state: JobState
    """How it ended."""


class JobNotRetriable(Reason, frozen=True, kw_only=True):
    """Only a job that failed or was cancelled is tried again."""

    state: JobState
    """Where it stands."""


class JobNeedsInput(Reason, frozen=True, kw_only=True):
    """This kind of job must be told what to do."""


class JobInputUnusable(Reason, frozen=True, kw_only=True):
    """This is not what such a job can be told to do."""

    problem: str


class TokenTooNarrow(Reason, frozen=True, kw_only=True):
    """What a token that is limited asks for would be done with all that its user may."""


class WorkdaysOutOfRange(Reason, frozen=True, kw_only=True):
    """So many days, or none, cannot be handled at a time."""

    most: int


class NextTime(msgspec.Struct, frozen=True, kw_only=True):
    """When a schedule is due next; never, if nobody knows which days of a year are work days."""

    at: datetime | None = None
    unknown_year: int | None = None


def known() -> range:
    """The years whose work days the calendar knows."""
    return range(min(holidays).year, max(holidays).year + 1)


def workdays(entered: Mapping[date, bool]) -> IsWorkday:
    """How to tell on which days people work: as entered, else as the calendar has it.

    In a year of which days were entered and that the calendar does not know, others are from Monday to Friday.
    """
    years = {day.year for day in entered}

    def is_workday(day: date) -> bool | None:
        if day in entered:
            return entered[day]
        if day.year in known():
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY if day.year in years else None

    return is_workday


def check_schedule(name: Change[str], cron: Change[str]) -> Iterator[Reason]:
    """What is wrong with a schedule's texts."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    if cron is not UNSET:
        yield from check_text(("cron",), cron, limit=CRON_LIMIT)
        if not _comes(cron):
            yield InvalidCron(path=("cron",), cron=cron[:CRON_LIMIT])


def read_input(text: str | None) -> tuple[dict[str, Any], list[Reason]]:
    """What a JSON text tells a job to do, and what is wrong with it."""
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, Any]), []
    except msgspec.DecodeError as error:
        return {}, [JobInputUnusable(path=("job_input",), problem=str(error))]


def check_told(takes_input: bool, given: Mapping[str, Any], path: Path) -> Iterator[Reason]:
    """Whether a kind of job is told what to do if it must be, and only then."""
    if takes_input and not given:
        yield JobNeedsInput(path=path)
    elif given and not takes_input:
        yield JobInputUnusable(path=path, problem="{}")


def _comes(cron: str) -> bool:
    try:
        return (
            len(cron.split()) == CRON_FIELDS and next(CronSim(cron, datetime(2000, 1, 1, tzinfo=UTC)), None) is not None
        )
    except CronSimError:
        return False


def next_due(cron: str, after: datetime, calendar: Calendar, is_workday: IsWorkday | None = None) -> NextTime:
    """When a cron expression is due next after a moment, by the clocks of the company, on work days only if asked.

    As with cron, what falls into an hour that daylight saving time skips is due right after it, and what falls into
    one that comes twice is due once, unless it is due every so many minutes or hours anyway.
    """
    for at in _ticks(cron, after, calendar):
        day = calendar.day_of(at)
        works = is_workday(day) if is_workday else True
        if works is None:
            return NextTime(unknown_year=day.year)
        if works:
            return NextTime(at=at)
    return NextTime()


def _ticks(cron: str, after: datetime, calendar: Calendar) -> Iterator[datetime]:
    """All moments, in UTC; where another zone counts from a day on, by its clocks from there."""
    firsts = [*(first for first, _ in calendar.zones[1:]), date.max]
    for (_, name), first in zip(calendar.zones, firsts, strict=True):
        end = calendar.start_of(first) if first < date.max else None
        if end is not None and end <= after:
            continue
        for tick in CronSim(cron, after.astimezone(ZoneInfo(name))):
            at = tick.astimezone(UTC)
            if end is not None and (tick.date() >= first or at >= end):
                break  # a last day that lasts longer has no other midnight
            yield at
        if end is not None:
            after = end - _MINUTE


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many tries that failed."""
    return min(FIRST_RETRY * int(4 ** (attempts - 1)), LAST_RETRY)


def check_cancel(state: JobState, path: Path) -> Iterator[Reason]:
    """Whether a job can be stopped."""
    if state not in _LIVE:
        yield JobNotLive(path=path, state=state)


def check_retry(state: JobState, path: Path) -> Iterator[Reason]:
    """Whether a job can be tried again."""
    if state not in _RETRIED:
        yield JobNotRetriable(path=path, state=state)


def check_days(count: int, path: Path) -> Iterator[Reason]:
    """Whether so many days are handled at a time."""
    if not 1 <= count <= MOST_DAYS:
        yield WorkdaysOutOfRange(path=path, most=MOST_DAYS)
