"""Schedules are kept, work days entered, and the program's own schedules are there."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from jxc_graphql.insight.alerts import queries as alerts
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.office.auth.operations import system_call
from jxc_graphql.office.company import operations as company
from jxc_graphql.office.company.rules import TimeZoneChange
from jxc_graphql.office.company.settings import Choice
from jxc_graphql.office.jobs import operations, queries, rules, running
from jxc_graphql.office.jobs.declared import KINDS
from jxc_graphql.office.jobs.models import Job, JobKind, JobState, Schedule
from tests.refusals import codes

SWEEP = JobKind("SWEEP_JOBS")
PassTime = Callable[[float], None]


async def scheduled(call: Call, cron: str = "0 9 * * *", *, workdays_only: bool = False) -> int:
    made = await operations.create_schedule(
        call, name="Mine", job_kind=SWEEP, cron=cron, workdays_only=workdays_only, is_active=True
    )
    return made.schedule_id


async def test_a_schedule_is_due_as_it_says_from_now_on(call: Call) -> None:
    schedule_id = await scheduled(call)
    await operations.update_schedule(call, schedule_id=schedule_id, cron="30 17 * * *", expected_version=1)
    schedule = await Schedule.get(id=schedule_id)
    assert schedule.next_at == rules.next_due("30 17 * * *", call.at, clock.calendar()).at
    assert schedule.version == 2
    await operations.update_schedule(call, schedule_id=schedule_id, is_active=False)
    assert (await Schedule.get(id=schedule_id)).next_at is None
    await operations.delete_schedule(call, schedule_id=schedule_id)
    assert not await Schedule.exists(id=schedule_id)


async def test_the_jobs_of_a_schedule_outlive_it(call: Call, pass_time: PassTime) -> None:
    schedule_id = await scheduled(call)
    pass_time(86_400)
    await running.settle()
    await operations.delete_schedule(call, schedule_id=schedule_id)
    assert [(job.schedule_id, job.state) for job in await Job.all()] == [(None, JobState.DONE)]


async def test_refuses_what_never_comes_and_what_is_not_there(call: Call) -> None:
    wrong = operations.create_schedule(call, name=" ", job_kind=SWEEP, cron="0 9 31 2 *")
    assert await codes(wrong) == [("REQUIRED", ("name",)), ("INVALID_CRON", ("cron",))]
    assert await codes(operations.cancel_job(call, job_id=1)) == [("UNKNOWN_ID", ("job_id",))]
    assert await codes(operations.delete_schedule(call, schedule_id=1)) == [("UNKNOWN_ID", ("schedule_id",))]
    assert await codes(operations.set_workdays(call, days={})) == [("WORKDAYS_OUT_OF_RANGE", ("days",))]


async def test_takes_the_permission(call: Call) -> None:
    nobody = Call(actor_id=call.actor_id)
    for work in (
        operations.start_job(nobody, job_kind=SWEEP),
        queries.workdays(nobody, call.at.date(), call.at.date()),
    ):
        with pytest.raises(Forbidden):
            await work


async def test_the_own_schedules_are_due_at_once_and_stay_as_they_are(call: Call) -> None:
    await operations.ensure_schedules(system_call())
    before = {one.job_kind: one for one in await Schedule.all()}
    assert before.keys() == {name for name, kind in KINDS.items() if kind.usually}
    await running.settle()
    assert {job.state for job in await Job.all()} == {JobState.DONE}
    assert await alerts.reviewed_on() == clock.day_of(clock.now())
    await operations.ensure_schedules(system_call())
    assert {one.version for one in await Schedule.all()} == {1}
    assert await Job.all().count() == len(before)
    own = before["REVIEW_STOCK"].id
    assert await codes(operations.delete_schedule(call, schedule_id=own)) == [("SCHEDULE_BUILT_IN", ("schedule_id",))]
    changed = operations.update_schedule(call, schedule_id=own, is_active=False)
    assert await codes(changed) == [("SCHEDULE_BUILT_IN", ("schedule_id",))]


async def test_settings_of_alerts_have_all_stock_reviewed(call: Call) -> None:
    await operations.ensure_schedules(system_call())
    await running.settle()
    await company.update_company(call, choice=Choice(expiry_alert_days=7))
    assert await alerts.reviewed_on() is None
    assert [job.job_kind for job in await Job.filter(state=JobState.QUEUED)] == ["REVIEW_STOCK"]
    await running.settle()
    assert await alerts.reviewed_on() == clock.day_of(clock.now())


async def test_a_year_that_nobody_knows_waits_for_its_work_days(call: Call) -> None:
    year = rules.known()[-1] + 1
    schedule_id = await scheduled(call, "0 9 1 7 *", workdays_only=True)
    ahead = date(year, 1, 2)
    later = Call(actor_id=call.actor_id, permissions=call.permissions, at=clock.start_of(ahead))
    await operations.plan_anew(later)
    schedule = await Schedule.get(id=schedule_id)
    assert (schedule.next_at, schedule.unknown_year) == (None, year)
    assert [one.is_workday for one in await queries.workdays(call, ahead, ahead)] == [None]
    told = await operations.set_workdays(later, days={date(year, 7, 1): True, date(year, 10, 1): False})
    assert told.schedule_ids == (schedule_id,)
    schedule = await Schedule.get(id=schedule_id)
    assert (schedule.next_at, schedule.unknown_year) == (clock.start_of(date(year, 7, 1)) + timedelta(hours=9), None)
    seen = await queries.workdays(call, date(year, 10, 1), date(year, 10, 4))
    assert [(one.is_entered, one.is_workday) for one in seen] == [
        (True, False),
        *((False, (date(year, 10, 1) + timedelta(days=n)).weekday() < 5) for n in (1, 2, 3)),
    ]
    await operations.set_workdays(later, days={date(year, 7, 1): None, date(year, 10, 1): None})
    assert await db.fetch("SELECT * FROM workday") == []
    assert (await Schedule.get(id=schedule_id)).unknown_year == year


async def test_another_time_zone_moves_what_is_due(call: Call) -> None:
    starts_on = clock.day_of(call.at) + timedelta(days=4)
    later = starts_on + timedelta(days=3)
    schedule_id = await scheduled(call, f"0 9 {later.day} {later.month} *")
    before = await Schedule.get(id=schedule_id)
    zone = TimeZoneChange(time_zone="UTC", starts_on=starts_on)
    await company.update_company(call, choice=Choice(), time_zone=zone)
    after = await Schedule.get(id=schedule_id)
    assert before.next_at is not None
    assert after.next_at == before.next_at + timedelta(hours=8)


async def test_jobs_are_cleared_away_a_month_after_their_end(call: Call, pass_time: PassTime) -> None:
    old = (await operations.start_job(call, job_kind=SWEEP)).job_id
    await running.settle()
    pass_time(31 * 86_400)
    fresh = (await operations.start_job(call, job_kind=SWEEP)).job_id
    await running.settle()
    assert [job.id for job in await Job.all()] == [fresh]
    assert old != fresh
