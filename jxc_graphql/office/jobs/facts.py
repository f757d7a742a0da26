"""What happened to jobs, schedules and work days."""

from datetime import date

from jxc_graphql.kit.journal import Fact


class JobQueued(Fact, frozen=True, kw_only=True):
    """Somebody, or a schedule, asked for a job."""

    job_id: int
    job_kind: str
    asked_by_id: int | None
    schedule_id: int | None = None


class JobStarted(Fact, frozen=True, kw_only=True):
    """A process began a job, or took it over."""

    job_id: int
    asked_by_id: int | None
    attempt: int


class JobProgressed(Fact, frozen=True, kw_only=True):
    """A step of a job was done."""

    job_id: int
    asked_by_id: int | None
    steps_done: int
    steps_total: int | None


class JobDone(Fact, frozen=True, kw_only=True):
    """A job was done to its end."""

    job_id: int
    asked_by_id: int | None


class JobFailed(Fact, frozen=True, kw_only=True):
    """A try failed; `is_final`: it was the last one."""

    job_id: int
    asked_by_id: int | None
    error_code: str
    is_final: bool


class JobCancelled(Fact, frozen=True, kw_only=True):
    """Somebody stopped a job."""

    job_id: int
    asked_by_id: int | None


class JobRetried(Fact, frozen=True, kw_only=True):
    """Somebody wants a job tried again that had failed or was cancelled."""

    job_id: int
    asked_by_id: int | None


class ScheduleCreated(Fact, frozen=True, kw_only=True):
    """There is a schedule."""

    schedule_id: int


class ScheduleUpdated(Fact, frozen=True, kw_only=True):
    """A schedule is another one."""

    schedule_id: int


class ScheduleDeleted(Fact, frozen=True, kw_only=True):
    """A schedule is no more."""

    schedule_id: int
    name: str


class WorkdaysSet(Fact, frozen=True, kw_only=True):
    """Somebody said which days are work days; None: as the calendar has it."""

    day_number: int
    days: dict[date, bool | None]
    schedule_ids: tuple[int, ...] = ()
    """The schedules that are due at another moment now."""
