"""What clients see and do about jobs, schedules and work days."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Annotated

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    Versioned,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    query,
    subscription,
    told,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.documents.actions import delete_action
from jxc_graphql.office.jobs import facts, models, operations, queries, stream
from jxc_graphql.office.jobs.models import MANAGE_JOBS, JobKind, JobState
from jxc_graphql.office.jobs.stream import JobChange


@entity(
    models.Schedule, requires=MANAGE_JOBS, search="search_text", texts=("name",), goes_on=True, aside=True, few=True
)
class Schedule(Node, Versioned):
    """When a kind of job begins by itself (计划), by the clocks of the company's time zone.

    What was missed while no server ran is made up for by one job. While its last job has not ended, no further one
    begins.
    """

    name: str
    """Name (名称)."""
    job_kind: JobKind
    """What is done (任务类型)."""
    cron: str
    """When, as a cron expression: minute, hour, day of the month, month, day of the week (定时表达式).

    A time that daylight saving time skips comes right after the gap, one that it repeats comes once.
    """
    input: str
    """What it is to do (参数), as JSON."""
    owner: User | None
    """Who made it (创建人): its jobs are done on his behalf; null for the program's own."""
    workdays_only: bool
    """Only on work days (仅工作日) of mainland China, 调休 included: on other days it is left out."""
    is_active: bool
    """Whether it counts (启用)."""
    is_built_in: bool
    """Whether it is the program's own (内置), which stays as it is."""
    next_at: datetime | None
    """When it is due next (下次执行); null while it is not active, and where work days are unknown."""
    unknown_year: int | None
    """The year whose work days have to be entered before it can be due (未知年份), by `setWorkdays`; null usually."""
    created_at: datetime
    """When it was made."""


@entity(models.Job, own=("asked_by_id", MANAGE_JOBS))
class Job(Node):
    """A job (任务): one run of a kind of work, done once over all servers, from its last step on if one dies.

    Without MANAGE_JOBS one sees those that one asked for oneself.
    """

    job_kind: JobKind
    """What is done (任务类型)."""
    state: JobState
    """Where it stands (状态)."""
    input: str
    """What it was asked to do (参数), as JSON."""
    steps_done: int
    """How much is done (已完成), in what its kind counts."""
    steps_total: int | None
    """How much there is to do (总数); null before that is known."""
    attempts: int
    """How often it was begun (尝试次数) since it last got on."""
    error_code: str
    """What the last try failed with (错误代码), such as INTERNAL; empty where none did."""
    error_text: str
    """The same for people (错误信息), in English."""
    schedule: Schedule | None
    """The schedule that asked for it (计划); null where somebody did."""
    result: str
    """What came of it (结果), as JSON: of an export, the id of its `file`."""
    asked_by: User | None
    """Who asked for it (发起人), or made the schedule that did; null where the program did."""
    created_at: datetime
    """When it was asked for (创建时间)."""
    started_at: datetime | None
    """When it first began (开始时间); null before."""
    ended_at: datetime | None
    """When it was done, given up or cancelled (结束时间); null before. A month later it is cleared away."""
    due_at: datetime | None
    """When it begins, or is tried again; while it runs, when another server may take it over; null at its end."""


class Query:
    jobs: Connection[Job] = connection(order_by="-id")
    """Jobs (任务), newest first."""
    schedules: Connection[Schedule] = connection(order_by="name")
    """Schedules (计划)."""


@value(row_of=("day",), requires=MANAGE_JOBS)
class Workday:
    """Whether people work on a day (工作日)."""

    day: date
    """The day."""
    is_workday: bool | None
    """Whether it is a work day in mainland China, 调休 included; null where nobody knows it."""
    is_entered: bool
    """Whether somebody entered it; else it is as the calendar has it, or Monday to Friday in a year with entries."""


@query(list[Workday])
async def workdays(
    call: Call, *, from_: Annotated[date, "The first day."], to: Annotated[date, "The last day, 399 later at most."]
) -> Sequence[queries.DayOfWork]:
    """Which days are work days (工作日)."""
    return await queries.workdays(call, from_, to)


@payload
class StartJobPayload:
    """The job."""

    job: Job | None
    """The job."""


@input_type
class StartJobInput:
    """What to do."""

    job_kind: JobKind
    """The kind of job (任务类型)."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@mutation(StartJobPayload)
async def start_job(call: Call, input: StartJobInput) -> facts.JobQueued:
    """Has a job begin as soon as a server is free (执行任务)."""
    return await operations.start_job(call, job_kind=input.job_kind)


@payload
class CancelJobPayload:
    """The job that was stopped."""

    job: Job | None
    """The job."""


@input_type
class CancelJobInput:
    """Which job to stop."""

    id: Id[Job]
    """The job; it has not ended."""


@mutation(CancelJobPayload)
async def cancel_job(call: Call, input: CancelJobInput) -> facts.JobCancelled:
    """Stops a job (取消任务) between two steps: what was done so far stays. One's own needs no permission."""
    return await operations.cancel_job(call, job_id=input.id)


@payload
class RetryJobPayload:
    """The job that is tried again."""

    job: Job | None
    """The job."""


@input_type
class RetryJobInput:
    """Which job to try again."""

    id: Id[Job]
    """The job; it failed or was cancelled."""


@mutation(RetryJobPayload)
async def retry_job(call: Call, input: RetryJobInput) -> facts.JobRetried:
    """Has a job go on from its last step (重试任务)."""
    return await operations.retry_job(call, job_id=input.id)


@payload
class CreateSchedulePayload:
    """The new schedule."""

    schedule: Schedule | None
    """The schedule."""


@input_type
class CreateScheduleInput:
    """A new schedule."""

    name: str
    """Name (名称), up to 100 characters."""
    job_kind: JobKind
    """What is done (任务类型)."""
    cron: str
    """When, as a cron expression of five fields in the company's time zone (定时表达式), such as `0 8 * * *`."""
    job_input: str | None = None
    """What it is to do (参数), as JSON, for kinds that must be told: EXPORT as `exportList` takes it."""
    workdays_only: bool = False
    """Only on work days (仅工作日) of mainland China, 调休 included."""
    is_active: bool = True
    """Whether it counts (启用)."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@mutation(CreateSchedulePayload)
async def create_schedule(call: Call, input: CreateScheduleInput) -> facts.ScheduleCreated:
    """Create a schedule (新建计划)."""
    return await operations.create_schedule(
        call,
        name=input.name,
        job_kind=input.job_kind,
        cron=input.cron,
        job_input=input.job_input,
        workdays_only=input.workdays_only,
        is_active=input.is_active,
    )


@payload
class UpdateSchedulePayload:
    """The schedule after the change."""

    schedule: Schedule | None
    """The schedule."""


@input_type
class UpdateScheduleInput:
    """What changes of a schedule; what is left out stays."""

    id: Id[Schedule]
    """The schedule."""
    name: Change[str] = UNSET
    """Name (名称), up to 100 characters."""
    cron: Change[str] = UNSET
    """When, as a cron expression of five fields (定时表达式)."""
    job_input: Change[str] = UNSET
    """What it is to do (参数), as JSON: from then on its jobs are done on behalf of whoever says it."""
    workdays_only: Change[bool] = UNSET
    """Only on work days (仅工作日)."""
    is_active: Change[bool] = UNSET
    """Whether it counts (启用)."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdateSchedulePayload)
async def update_schedule(call: Call, input: UpdateScheduleInput) -> facts.ScheduleUpdated:
    """Change a schedule (修改计划)."""
    return await operations.update_schedule(call, **told(input, id="schedule_id"))


delete_schedule = delete_action(operations.delete_schedule, Schedule)


@input_type
class WorkdayInput:
    """A day, and whether people work on it."""

    day: date
    """The day."""
    is_workday: Change[bool | None] = UNSET
    """Whether it is a work day (工作日); once that is cleared, as the calendar has it."""


@payload
class SetWorkdaysPayload:
    """What changed with the work days."""

    schedules: list[Schedule]
    """The schedules that are due at another moment now."""


@input_type
class SetWorkdaysInput:
    """Which days people work on, as of a year: all at once, for its other days go by the week from then on."""

    days: list[WorkdayInput]
    """The days, at most 400."""


@mutation(SetWorkdaysPayload)
async def set_workdays(call: Call, input: SetWorkdaysInput) -> facts.WorkdaysSet:
    """Enter work days and days off (设置工作日); schedules that waited for them are due as they say."""
    return await operations.set_workdays(call, days={one.day: one.is_workday for one in input.days})


@value
class JobEvent:
    """A job changed; without MANAGE_JOBS one is told of one's own."""

    cursor: str
    """Where to resume: sent as `after`, the stream goes on behind this event."""
    change: JobChange
    """What happened."""
    job: Job | None
    """The job as it is now; null where it was cleared away since."""


@subscription(JobEvent, own=MANAGE_JOBS)
async def job_changed(
    call: Call,
    ids: Annotated[list[Id[Job]] | None, "Only these jobs."] = None,
    after: Annotated[str | None, "Go on behind this cursor; nothing is missed."] = None,
) -> AsyncIterator[stream.JobEvent | Cursor]:
    """Jobs (任务) as they change: asked for, begun, each step of theirs, done, failed, cancelled; in commit order."""
    begin = Cursor.decode(after) if after is not None else None
    async for event in stream.job_events(of=queries.whose(call), ids=ids, after=begin):
        yield event
