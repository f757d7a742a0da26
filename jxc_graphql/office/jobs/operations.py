"""Asking for jobs, stopping and retrying them; keeping schedules; saying which days are work days."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

import msgspec

from jxc_graphql.kit import bus, db, frame, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, UnsetType, changed, save, to_change
from jxc_graphql.kit.errors import NotFound, Rejected, UnknownId, reject_if
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.office.auth import queries as auth
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.jobs import facts, queries, rules
from jxc_graphql.office.jobs.declared import ALLOWED, KINDS
from jxc_graphql.office.jobs.models import MANAGE_JOBS, Job, JobKind, JobState, Schedule, Workday

NEWS = bus.Topic("jobs")
"""Wakes whoever waits for something to do."""
journal.awaited(
    NEWS, {one.stored_as for one in (facts.JobQueued, facts.JobRetried, facts.ScheduleCreated, facts.ScheduleUpdated)}
)


@frame.recorded
async def enqueue(
    call: Call, kind: JobKind, given: Mapping[str, Any] | None = None, saved: Mapping[str, Any] | None = None
) -> facts.JobQueued:
    """Has a job done as soon as somebody can, if this transaction commits; `saved`: what its first step has to know."""
    return await queue(call, kind, given=given, saved=saved)


async def queue(
    call: Call,
    kind: str,
    *,
    given: Mapping[str, Any] | None = None,
    saved: Mapping[str, Any] | None = None,
    schedule: Schedule | None = None,
) -> facts.JobQueued:
    """A new job, and its fact for the journal."""
    asked_by_id, schedule_id = (schedule.owner_id, schedule.id) if schedule else (call.actor_id, None)
    job = await Job.create(
        job_kind=kind,
        state=JobState.QUEUED,
        input=schedule.input if schedule else _as_json(given),
        saved=_as_json(saved),
        schedule_id=schedule_id,
        asked_by_id=asked_by_id,
        created_at=call.at,
        due_at=call.at,
    )
    return facts.JobQueued(job_id=job.id, job_kind=kind, asked_by_id=asked_by_id, schedule_id=schedule_id)


def _as_json(told: Mapping[str, Any] | None) -> str:
    return msgspec.json.encode(dict(told or {})).decode()


@posting(MANAGE_JOBS)
async def start_job(call: Call, *, job_kind: JobKind) -> facts.JobQueued:
    """Has a job begin as soon as a process is free; raises `Rejected` for a kind that must be told what to do."""
    reject_if(rules.check_told(KINDS[job_kind].takes_input, {}, ("job_kind",)))
    return await queue(call, job_kind)


@frame.recorded
async def cancel_job(call: Call, *, job_id: int) -> facts.JobCancelled:
    """Stops a job, one's own without a permission; the step that is under way is done, none comes after it."""
    job = await _job(job_id, of=queries.whose(call))
    reject_if(rules.check_cancel(job.state, ("job_id",)))
    job.state, job.due_at, job.ended_at = JobState.CANCELLED, None, call.at
    await job.save(update_fields=["state", "due_at", "ended_at"])
    db.after_commit(partial(figures.note_job, job.job_kind, "CANCELLED"))
    return facts.JobCancelled(job_id=job_id, asked_by_id=job.asked_by_id)


@posting(MANAGE_JOBS)
async def retry_job(call: Call, *, job_id: int) -> facts.JobRetried:
    """Has a job that failed or was cancelled go on from its last step."""
    job = await _job(job_id)
    reject_if(rules.check_retry(job.state, ("job_id",)))
    job.state, job.due_at, job.ended_at, job.attempts = JobState.QUEUED, call.at, None, 0
    await job.save(update_fields=["state", "due_at", "ended_at", "attempts"])
    return facts.JobRetried(job_id=job_id, asked_by_id=job.asked_by_id)


async def _job(job_id: int, of: int | None = None) -> Job:
    job = await Job.select_for_update().get_or_none(id=job_id)
    if job is None or of not in {None, job.asked_by_id}:
        raise NotFound(UnknownId(path=("job_id",), kind="Job"))
    return job


@posting(MANAGE_JOBS)
async def create_schedule(
    call: Call,
    *,
    name: str,
    job_kind: JobKind,
    cron: str,
    job_input: str | None = None,
    workdays_only: bool = False,
    is_active: bool = True,
) -> facts.ScheduleCreated:
    """Has a kind of job begin by itself at the moments of a cron expression, on behalf of whoever says so.

    `job_input`: what it is to do, as JSON, for kinds that must be told. Such jobs have all rights that their owner has
    by then, so a token with fewer makes no such schedule.
    """
    given, wrong = rules.read_input(job_input)
    reject_if([*rules.check_schedule(name, cron), *wrong])
    await _check_input(call, job_kind, given)
    schedule = Schedule(job_kind=job_kind, owner_id=call.actor_id, created_at=call.at, updated_at=call.at)
    schedule.input = _as_json(given)
    schedule.update_from_dict(
        {"name": name.strip(), "cron": cron.strip(), "workdays_only": workdays_only, "is_active": is_active}
    )
    await _plan(call, [schedule])
    await schedule.save(force_create=True)
    return facts.ScheduleCreated(schedule_id=schedule.id)


async def _check_input(call: Call, job_kind: str, given: dict[str, Any]) -> None:
    """Raises `Rejected` or `Forbidden` where a caller cannot have a kind of job do this."""
    allows, path = ALLOWED.get(job_kind), ("job_input",)
    reject_if(rules.check_told(allows is not None, given, path))
    if allows is not None:
        reject_if([rules.TokenTooNarrow(path=path)] if await auth.is_limited(call) else [])
        try:
            await allows(call, given)
        except Rejected as refused:
            raise Rejected(*(msgspec.structs.replace(one, path=path) for one in refused.reasons)) from None


@posting(MANAGE_JOBS)
async def update_schedule(
    call: Call,
    *,
    schedule_id: int,
    name: Change[str] = UNSET,
    cron: Change[str] = UNSET,
    job_input: Change[str] = UNSET,
    workdays_only: Change[bool] = UNSET,
    is_active: Change[bool] = UNSET,
    expected_version: int | None = None,
) -> facts.ScheduleUpdated:
    """Changes a schedule, which is due as it says from now on; its jobs are then those of who said what they do."""
    given, wrong = rules.read_input(None if job_input is UNSET else job_input)
    reject_if([*rules.check_schedule(name, cron), *wrong])
    schedule, fact = await _schedule(schedule_id), facts.ScheduleUpdated(schedule_id=schedule_id)
    asked: dict[str, Any] = {
        "name": name, "cron": cron, "workdays_only": workdays_only, "is_active": is_active,
    }  # fmt: skip
    if job_input is not UNSET:
        await _check_input(call, schedule.job_kind, given)
        told = _as_json(given)
        asked |= {"input": told} | ({"owner_id": call.actor_id} if told != schedule.input else {})
    changes = to_change(schedule, fact, expected_version, **asked)
    before = _due_of(schedule)
    schedule.update_from_dict(changes)
    await _plan(call, [schedule])
    await save(schedule, call, changes | (_due_of(schedule) if _due_of(schedule) != before else {}))
    return fact


@posting(MANAGE_JOBS)
async def delete_schedule(
    call: Call, *, schedule_id: int, expected_version: int | None = None
) -> facts.ScheduleDeleted:
    """Deletes a schedule (删除计划); the jobs that it made stay."""
    await _schedule(schedule_id)
    await Job.filter(schedule_id=schedule_id).update(schedule_id=None)
    gone = await references.delete(call, Schedule, schedule_id, ("schedule_id",), expected_version=expected_version)
    return facts.ScheduleDeleted(schedule_id=schedule_id, name=gone.name)


async def _schedule(schedule_id: int) -> Schedule:
    schedule = await Schedule.select_for_update().get_or_none(id=schedule_id)
    if schedule is None:
        raise NotFound(UnknownId(path=("schedule_id",), kind="Schedule"))
    reject_if([rules.ScheduleBuiltIn(path=("schedule_id",))] if schedule.is_built_in else [])
    return schedule


@posting(MANAGE_JOBS)
async def set_workdays(call: Call, *, days: Mapping[date, Change[bool | None]]) -> facts.WorkdaysSet:
    """Says of days whether people work on them, with None that it is as the calendar has it, with `UNSET` nothing."""
    reject_if(rules.check_days(len(days), ("days",)))
    told = {day: works for day, works in days.items() if not isinstance(works, UnsetType)}
    fact = facts.WorkdaysSet(day_number=min(days).toordinal(), days=told)
    if not told:
        raise Unchanged(fact)
    await db.hold("workdays")
    await Workday.filter(day__in=[*told]).delete()
    await Workday.bulk_create([Workday(day=day, is_workday=works) for day, works in told.items() if works is not None])
    return msgspec.structs.replace(fact, schedule_ids=await plan_anew(call))


@db.transactional
async def plan_anew(call: Call, fact: object = None) -> tuple[int, ...]:  # noqa: ARG001  (as every effect is called)
    """Looks again when schedules are due that are not so already, as after the clocks changed; those that are moved."""
    waiting = await Schedule.filter(is_active=True).select_for_update().order_by("id")
    before = {one.id: _due_of(one) for one in waiting}
    late = {one.id for one in waiting if one.next_at is not None and one.next_at <= call.at}
    await _plan(call, [one for one in waiting if one.id not in late])
    moved = [one for one in waiting if _due_of(one) != before[one.id]]
    for one in moved:
        await one.save(update_fields=["next_at", "unknown_year"])
        db.after_commit(NEWS.wake)
    return tuple(one.id for one in moved)


@db.transactional
async def ensure_schedules(call: Call) -> None:
    """Has the program's own schedules be as this version of it says; nothing where they are so already."""
    call.require(MANAGE_JOBS)
    await db.hold("schedules")
    own = {one.job_kind: one for one in await Schedule.filter(is_built_in=True)}
    for name, kind in KINDS.items():
        if kind.usually is None:
            continue
        schedule = own.get(name) or Schedule(job_kind=name, is_built_in=True, created_at=call.at, updated_at=call.at)
        changes = changed(schedule, name=kind.text, cron=kind.usually)
        if changes:
            schedule.update_from_dict(changes)
            await _plan(call, [schedule])
            schedule.next_at = schedule.next_at if name in own else call.at  # as if it had been missed until now
            await schedule.save(force_create=name not in own)
    await plan_anew(call)


async def _plan(call: Call, schedules: Iterable[Schedule]) -> None:
    """Says of schedules, in memory, when they are due next."""
    works = await queries.is_workday()
    for schedule in schedules:
        due = await queries.due_after(schedule, call.at, works)
        schedule.next_at, schedule.unknown_year = due.at, due.unknown_year


def _due_of(schedule: Schedule) -> dict[str, Any]:
    return {"next_at": schedule.next_at, "unknown_year": schedule.unknown_year}
