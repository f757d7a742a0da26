"""What is asked about schedules and work days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.jobs import rules
from jxc_graphql.office.jobs.models import MANAGE_JOBS, Schedule
from jxc_graphql.office.jobs.rules import IsWorkday, NextTime


class DayOfWork(msgspec.Struct, frozen=True, kw_only=True):
    """Whether people work on a day."""

    day: date
    is_workday: bool | None
    is_entered: bool


def whose(call: Call) -> int | None:
    """Of whom a caller sees jobs, himself alone without the permission; raises `Unauthenticated` for nobody."""
    if call.actor_id is None or MANAGE_JOBS in call.permissions:
        call.require(MANAGE_JOBS)
        return None
    return call.actor_id


async def is_workday() -> IsWorkday:
    """How to tell on which days people work; one statement."""
    return rules.workdays(await _entered())


async def _entered() -> dict[date, bool]:
    rows = await db.fetch("SELECT day, is_workday FROM workday")
    return {db.day(day): bool(works) for day, works in rows}


async def workdays(call: Call, first: date, last: date) -> Sequence[DayOfWork]:
    """Of each day from one to another, whether people work on it; raises `Rejected` for none or too many."""
    call.require(MANAGE_JOBS)
    reject_if(rules.check_days((last - first).days + 1, ("to",)))
    entered = await _entered()
    works = rules.workdays(entered)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return [DayOfWork(day=day, is_workday=works(day), is_entered=day in entered) for day in days]


async def due_after(schedule: Schedule, moment: datetime, works: IsWorkday) -> NextTime:
    """When a schedule is due next."""
    if not schedule.is_active:
        return NextTime()
    calendar = (await company.present()).calendar
    return rules.next_due(schedule.cron, moment, calendar, works if schedule.workdays_only else None)


async def next_due() -> datetime | None:
    """The next moment at which something is to be done for jobs or schedules; one statement."""
    rows = await db.fetch("SELECT min(due_at) FROM job UNION ALL SELECT min(next_at) FROM schedule")
    return min((db.moment(moment) for (moment,) in rows if moment is not None), default=None)
