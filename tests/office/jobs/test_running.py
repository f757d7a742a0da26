"""Jobs are done once over all processes, go on where they were, end when they are stopped, and are tried again."""

import asyncio
import json
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest

from jxc_graphql.kit import clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.office.jobs import operations, queries, running, stream
from jxc_graphql.office.jobs.declared import KINDS, Declared, Stage
from jxc_graphql.office.jobs.models import Job, JobKind, JobState, Schedule
from jxc_graphql.office.jobs.stream import JobEvent
from tests.patience import SECONDS, settled
from tests.refusals import codes
from tests.shell import python, statuses

COUNTING = JobKind("SWEEP_JOBS")
PassTime = Callable[[float], None]


class Counting:
    """A kind of job that counts to five, each number once; fails where it is told to."""

    def __init__(self) -> None:
        self.counted: list[int] = []
        self.fails_at: set[int] = set()

    async def step(self, _: Call, stage: Stage) -> Stage:
        assert db.in_transaction()
        number = stage.saved.get("number", 0) + 1
        if number in self.fails_at:
            raise ValueError("a secret")
        self.counted.append(number)
        return Stage(saved={"number": number}, done=number, total=5, is_last=number == 5)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    made = Counting()
    declared = Declared(word=COUNTING, step=made.step, text="Count", usually=None)
    monkeypatch.setitem(KINDS, COUNTING, declared)
    return made


async def start(call: Call) -> int:
    return (await operations.start_job(call, job_kind=COUNTING)).job_id


async def told(job_id: int) -> list[str]:
    """What the journal tells of a job."""
    rows = await db.fetch("SELECT name FROM journal WHERE subject_id = ? ORDER BY id", (job_id,))
    return [name for (name,) in rows]


async def test_a_job_is_done_step_by_step_and_tells_of_each(call: Call, counting: Counting) -> None:
    job_id = await start(call)
    assert await running.settle() > 0
    job = await Job.get(id=job_id)
    assert (job.state, job.steps_done, job.steps_total, job.due_at) == (JobState.DONE, 5, 5, None)
    assert counting.counted == [1, 2, 3, 4, 5]
    assert await told(job_id) == ["JobQueued", "JobStarted", *["JobProgressed"] * 4, "JobDone"]


async def test_several_do_each_job_once(call: Call, counting: Counting) -> None:
    jobs = [await start(call) for _ in range(5)]
    await asyncio.gather(*(running.settle() for _ in range(4)))
    assert {job.state for job in await Job.filter(id__in=jobs)} == {JobState.DONE}
    assert sorted(counting.counted) == sorted([1, 2, 3, 4, 5] * 5)


async def test_another_takes_over_from_the_last_step(call: Call, counting: Counting, pass_time: PassTime) -> None:
    job_id = await start(call)
    first = await running.claim(clock.now())
    assert first is not None
    assert await running.step(first)
    assert await running.step(first)
    assert await running.claim(clock.now()) is None  # as long as he is heard of
    pass_time(61)
    second = await running.claim(clock.now())
    assert second is not None
    assert not await running.step(first)  # who was only slow writes nothing any more
    await running.do(second)
    assert counting.counted == [1, 2, 3, 4, 5]
    assert (await Job.get(id=job_id)).state is JobState.DONE


async def test_what_a_process_dies_of_is_given_up(call: Call, counting: Counting, pass_time: PassTime) -> None:
    job_id = await start(call)
    for _ in range(5):
        assert await running.claim(clock.now())
        pass_time(61)
    assert await running.claim(clock.now()) is None
    job = await Job.get(id=job_id)
    assert (job.state, job.error_code, counting.counted) == (JobState.FAILED, "ABANDONED", [])


async def test_a_cancelled_job_ends_between_two_steps(call: Call, counting: Counting) -> None:
    job_id = await start(call)
    held = await running.claim(clock.now())
    assert held is not None
    await running.step(held)
    await operations.cancel_job(call, job_id=job_id)
    await running.do(held)
    assert counting.counted == [1]
    assert (await Job.get(id=job_id)).state is JobState.CANCELLED
    assert await codes(operations.cancel_job(call, job_id=job_id)) == [("JOB_NOT_LIVE", ("job_id",))]


async def test_a_job_that_was_cancelled_goes_on_when_it_is_retried(call: Call, counting: Counting) -> None:
    job_id = await start(call)
    held = await running.claim(clock.now())
    assert held is not None
    await running.step(held)
    await operations.cancel_job(call, job_id=job_id)
    await operations.retry_job(call, job_id=job_id)
    await running.settle()
    assert counting.counted == [1, 2, 3, 4, 5]


async def test_what_fails_is_tried_again_later_and_given_up_in_the_end(
    call: Call, counting: Counting, pass_time: PassTime
) -> None:
    job_id = await start(call)
    counting.fails_at = {3}
    for tries in range(1, 6):
        await running.settle()
        job = await Job.get(id=job_id)
        assert (job.attempts, job.steps_done, job.error_code, job.error_text) == (tries, 2, "INTERNAL", "ValueError")
        pass_time(3_601)
    assert (job.state, job.due_at) == (JobState.FAILED, None)
    counting.fails_at = set()
    await operations.retry_job(call, job_id=job_id)
    await running.settle()
    job = await Job.get(id=job_id)
    assert (job.state, job.error_code, counting.counted) == (JobState.DONE, "", [1, 2, 3, 4, 5])


async def test_nothing_of_a_step_that_fails_is_written(call: Call, counting: Counting) -> None:
    counting.fails_at = {1}
    job_id = await start(call)
    await running.settle()
    assert await told(job_id) == ["JobQueued", "JobStarted", "JobFailed"]


async def test_a_schedule_begins_one_job_however_many_look(call: Call, counting: Counting, pass_time: PassTime) -> None:
    made = await operations.create_schedule(call, name="Hourly", job_kind=COUNTING, cron="0 * * * *")
    pass_time(3_601)
    await asyncio.gather(*(running.begin_schedules(clock.now()) for _ in range(4)))
    assert await Job.filter(schedule_id=made.schedule_id).count() == 1
    await running.settle()
    assert counting.counted == [1, 2, 3, 4, 5]


async def test_what_was_missed_is_made_up_for_once(call: Call, counting: Counting, pass_time: PassTime) -> None:
    made = await operations.create_schedule(call, name="Hourly", job_kind=COUNTING, cron="0 * * * *")
    pass_time(10 * 3_600)
    await running.settle()
    assert await Job.filter(schedule_id=made.schedule_id).count() == 1
    schedule = await Schedule.get(id=made.schedule_id)
    assert schedule.next_at is not None
    assert clock.now() < schedule.next_at <= clock.now() + timedelta(hours=1)


async def test_no_further_job_begins_while_the_last_has_not_ended(
    call: Call, counting: Counting, pass_time: PassTime
) -> None:
    counting.fails_at = {1}
    made = await operations.create_schedule(call, name="Hourly", job_kind=COUNTING, cron="0 * * * *")
    for _ in range(2):
        pass_time(3_601)
        await running.begin_schedules(clock.now())
    assert await Job.filter(schedule_id=made.schedule_id).count() == 1


async def test_who_follows_jobs_is_told_of_progress_and_can_resume(call: Call, counting: Counting) -> None:
    start_at = await journal.head()
    job_id, _ = await start(call), await start(call)
    await running.settle()
    await settled()

    async def follow(after: journal.Cursor, count: int) -> list[JobEvent]:
        found: list[JobEvent] = []
        async with asyncio.timeout(SECONDS):
            async for event in stream.job_events(ids=[job_id], after=after):
                found += [event] if isinstance(event, JobEvent) else []
                if len(found) == count:
                    break
        return found

    seen = await follow(start_at, 7)
    assert [one.change.value for one in seen] == ["QUEUED", "STARTED", *["PROGRESSED"] * 4, "DONE"]
    assert {one.job_id for one in seen} == {job_id}
    rest = await follow(journal.Cursor.decode(seen[2].cursor), 4)
    assert rest == seen[3:]


async def test_whoever_asks_for_a_job_wakes_a_process_that_idles(call: Call, counting: Counting) -> None:
    task = asyncio.create_task(running.run())
    try:
        await asyncio.sleep(0)
        job_id = await start(call)
        async with asyncio.timeout(SECONDS):
            while not await Job.exists(id=job_id, state=JobState.DONE):
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_idle_look_is_one_statement(call: Call) -> None:
    with db.statements() as seen:
        assert await running.settle() == running.LONGEST_WAIT
    assert len(seen) == 1


async def test_looks_again_when_something_is_due(call: Call, counting: Counting, pass_time: PassTime) -> None:
    assert await queries.next_due() is None
    counting.fails_at = {1}
    await start(call)
    assert 0 < await running.settle() <= 10


DIES = """
import asyncio, os, signal, sys
from jxc_graphql.kit import clock, db
from jxc_graphql.office.jobs import running
from jxc_graphql.office.jobs.declared import KINDS, Declared, Stage
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.wiring import MODEL_MODULES

async def step(call, stage):
    number = stage.saved.get("number", 0) + 1
    await db.execute("UPDATE company SET version = version + 1")  # what a step does, of which half must not stay
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return Stage(saved={"number": number}, done=number, total=5, is_last=number == 5)

async def main():
    async with db.open(sys.argv[1], MODEL_MODULES):
        kind = JobKind("SWEEP_JOBS")
        KINDS[kind] = Declared(word=kind, step=step, text="Count", usually=None)
        await running.do(await running.claim(clock.now()))

asyncio.run(main())
"""


async def test_a_process_that_is_killed_leaves_a_job_that_another_ends(
    call: Call, counting: Counting, database_url: str, pass_time: PassTime
) -> None:
    job_id = await start(call)
    ((before,),) = await db.fetch("SELECT version FROM company")
    assert await statuses(python(DIES, database_url)) == [-signal.SIGKILL]
    job = await Job.get(id=job_id)
    assert (job.state, job.steps_done, json.loads(job.saved)) == (JobState.RUNNING, 2, {"number": 2})
    assert await db.fetch("SELECT version FROM company") == [(before + 2,)]
    pass_time(61)
    await running.settle()
    assert counting.counted == [3, 4, 5]
    assert (await Job.get(id=job_id)).state is JobState.DONE
