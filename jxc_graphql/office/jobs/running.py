"""Doing jobs: beginning those of schedules that are due, claiming, one step after the other, and what fails."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import structlog

from jxc_graphql.kit import clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.messages import LOCALES, render
from jxc_graphql.office.jobs import facts, queries, rules
from jxc_graphql.office.jobs.declared import KINDS, Stage
from jxc_graphql.office.jobs.models import Job, JobState, Schedule
from jxc_graphql.office.jobs.operations import NEWS, queue

LEASE = timedelta(minutes=1)
"""How long a process has a job after its last step, before another may take it over; steps are far shorter."""
LONGEST_WAIT = 60.0
"""How many seconds pass before an idle process looks again, if nothing is due earlier and nobody wakes it."""
OTHERS_SECONDS = 1.0
"""How long to wait after a look when others wake us: over one SQLite file, whatever they commit."""
AFTER_OUTAGE = 5.0
ABANDONED = "ABANDONED"
"""The code of jobs whose processes died, each time."""
UNEXPECTED = "INTERNAL"
_TEXT = 500

_log = structlog.get_logger(__name__)


class HeldJob(msgspec.Struct, frozen=True):
    """A job that this process has, as long as nobody else has claimed it since."""

    id: int
    fence: int


async def run() -> None:
    """Does what is due until it is cancelled; sleeps until something will be, or somebody wakes it."""
    while True:
        before, own = NEWS.seen(), NEWS.commits
        try:
            wait = await settle()
        except Exception:  # noqa: BLE001  (a database that is away; the server stays up)
            _log.exception("jobs.lost", retry_seconds=AFTER_OUTAGE)
            await asyncio.sleep(AFTER_OUTAGE)
            continue
        if await NEWS.wait(before, wait) and NEWS.commits == own:
            await asyncio.sleep(OTHERS_SECONDS)


async def settle() -> float:
    """Does all that is due; returns after how many seconds there is something again, a minute at most."""
    while True:
        due, now = await queries.next_due(), clock.now()
        if due is None or due > now:
            return LONGEST_WAIT if due is None else min((due - now).total_seconds(), LONGEST_WAIT)
        await begin_schedules(now)
        held = await claim(now)
        if held is not None:
            await do(held)
        elif not await _moved_on(due):
            return OTHERS_SECONDS  # another process has it in its hands


async def _moved_on(due: datetime) -> bool:
    return await queries.next_due() != due


@db.transactional
async def begin_schedules(now: datetime) -> int:
    """Makes a job of each schedule that is due, and moves it on; returns how many it made."""
    call, made = Call(request_id="schedule", at=now), 0
    due = await Schedule.filter(next_at__lte=now).select_for_update().order_by("id")
    works = await queries.is_workday() if any(one.workdays_only for one in due) else rules.workdays({})
    for schedule in due:
        following = await queries.due_after(schedule, now, works)
        schedule.next_at, schedule.unknown_year = following.at, following.unknown_year
        await schedule.save(update_fields=["next_at", "unknown_year"])
        if not await Job.exists(schedule_id=schedule.id, due_at__not_isnull=True):
            journal.record(await queue(call, schedule.job_kind, schedule=schedule), call)
            made += 1
    return made


@db.transactional
async def claim(now: datetime) -> HeldJob | None:
    """Takes the job that is due longest, also from a process that has not been heard of; None where there is none."""
    job = await Job.filter(due_at__lte=now).order_by("due_at", "id").select_for_update(skip_locked=True).first()
    if job is None:
        return None
    call = Call(request_id=f"job {job.id}", at=now)
    if job.attempts >= rules.MOST_TRIES:
        await _give_up(call, job, ABANDONED, "")
        return None
    job.state, job.fence, job.attempts, job.due_at = JobState.RUNNING, job.fence + 1, job.attempts + 1, now + LEASE
    job.started_at = job.started_at or now
    await job.save(update_fields=["state", "fence", "attempts", "due_at", "started_at"])
    journal.record(facts.JobStarted(job_id=job.id, asked_by_id=job.asked_by_id, attempt=job.attempts), call)
    return HeldJob(job.id, job.fence)


async def do(held: HeldJob) -> None:
    """Does the steps of a job, to its end or until somebody else has it."""
    try:
        while await step(held, await _ahead(held)):
            pass
    except Exception as error:
        if db.unavailable(error):
            raise  # the job is not to blame: who has a database again takes it over
        await failed(held, error)


@db.transactional
async def step(held: HeldJob, found: Any = None) -> bool:
    """Does the next step of a job, if this process still has it; returns whether more is to be done."""
    job = await _still(held)
    if job is None:
        return False
    now = clock.now()
    call = Call(request_id=f"job {job.id}", at=now)
    stage = await KINDS[job.job_kind].step(call, _stage(job, found))
    job.steps_done, job.steps_total, job.attempts = stage.done, stage.total, 1
    job.saved, job.due_at = msgspec.json.encode(stage.saved).decode(), now + LEASE
    job.result = msgspec.json.encode(stage.result).decode()
    if stage.is_last:
        job.state, job.due_at, job.ended_at, job.error_code, job.error_text = JobState.DONE, None, clock.now(), "", ""
        db.after_commit(partial(figures.note_job, job.job_kind, "DONE"))
    await job.save()
    told = {"job_id": job.id, "asked_by_id": job.asked_by_id}
    progress = facts.JobProgressed(**told, steps_done=stage.done, steps_total=stage.total)
    journal.record(facts.JobDone(**told) if stage.is_last else progress, call)
    return not stage.is_last


async def _ahead(held: HeldJob) -> Any:
    """What the kind of a job does ahead of its next step; the job stays with this process as long as that takes."""
    job = await Job.get(id=held.id)
    ahead = KINDS[job.job_kind].ahead
    if ahead is None or job.fence != held.fence or job.state is not JobState.RUNNING:
        return None
    keeping = asyncio.create_task(_keep(held), name="lease")
    try:
        return await ahead(_stage(job))
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep(held: HeldJob) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        await _prolong(held)


@db.transactional
async def _prolong(held: HeldJob) -> None:
    at = clock.now() + LEASE
    await Job.filter(id=held.id, fence=held.fence, state=JobState.RUNNING).update(due_at=at)


@db.transactional
async def failed(held: HeldJob, error: Exception) -> None:
    """Has a job tried again later, or never: what went wrong stands in it."""
    _log.warning("job.failed", job=held.id, error=repr(error), exc_info=error)
    job = await _still(held)
    if job is None:
        return
    code, text = _told(error)
    call = Call(request_id=f"job {job.id}", at=clock.now())
    if job.attempts >= rules.MOST_TRIES:
        await _give_up(call, job, code, text)
        return
    job.state, job.due_at = JobState.QUEUED, call.at + rules.backoff(job.attempts)
    job.error_code, job.error_text = code, text
    db.after_commit(partial(figures.note_job, job.job_kind, "FAILED"))
    await job.save(update_fields=["state", "due_at", "error_code", "error_text"])
    fact = facts.JobFailed(job_id=job.id, asked_by_id=job.asked_by_id, error_code=code, is_final=False)
    journal.record(fact, call)


async def _give_up(call: Call, job: Job, code: str, text: str) -> None:
    db.after_commit(partial(figures.note_job, job.job_kind, "GIVEN_UP"))
    job.state, job.due_at, job.ended_at = JobState.FAILED, None, call.at
    job.error_code, job.error_text = code, text
    await job.save(update_fields=["state", "due_at", "ended_at", "error_code", "error_text"])
    fact = facts.JobFailed(job_id=job.id, asked_by_id=job.asked_by_id, error_code=code, is_final=True)
    journal.record(fact, call)


async def _still(held: HeldJob) -> Job | None:
    """The job, which nobody else takes until the transaction ends; None where somebody has, or it was stopped."""
    return await Job.filter(id=held.id, fence=held.fence, state=JobState.RUNNING).select_for_update().first()


def _stage(job: Job, found: Any = None) -> Stage:
    given, saved, result = (msgspec.json.decode(text) for text in (job.input, job.saved, job.result))
    told = {"job_id": job.id, "asked_by_id": job.asked_by_id, "done": job.steps_done, "total": job.steps_total}
    return Stage(input=given, saved=saved, result=result, found=found, **told)


def _told(error: Exception) -> tuple[str, str]:
    """What whoever looks at jobs may know of it: what is wrong, but nothing of how we are made."""
    if isinstance(error, Rejected):
        return error.reasons[0].code, render(error.reasons[0], LOCALES[0])[:_TEXT]
    return UNEXPECTED, type(error).__name__[:_TEXT]
