"""Closing the books up to a day, and opening the newest closed period again."""

from datetime import date

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.periods import facts, queries, rules
from jxc_graphql.office.periods.models import Period, PeriodStatus


@posting(Permission.CLOSE_PERIODS)
async def close_period(call: Call, *, through: date) -> facts.PeriodClosed:
    """Closes all open days up to and including one that is over; waits for the postings that are under way."""
    await db.hold(queries.LOCK)
    closed_through = await queries.closed_through()
    opened_on = (await company.present()).books_open_on
    today = clock.day_of(call.at)
    reject_if(rules.check_close(through, today=today, opened_on=opened_on, closed_through=closed_through))
    period = await Period.create(
        starts_on=rules.first_open_day(closed_through),
        ends_on=through,
        status=PeriodStatus.CLOSED,
        closed_at=clock.now(),  # not when it was asked for: what was posted while it waited was posted before
        closed_by_id=call.actor_id,
    )
    return facts.PeriodClosed(period_id=period.id, starts_on=period.starts_on, ends_on=through)


@posting(Permission.REOPEN_PERIODS)
async def reopen_period(call: Call, *, period_id: int, note: str) -> facts.PeriodReopened:
    """Takes the newest close back, for a reason that stays on record; raises `NotFound` or `Rejected`."""
    await db.hold(queries.LOCK)
    period = await Period.get_or_none(id=period_id)
    if period is None:
        raise NotFound(UnknownId(path=("period_id",), kind="Period"))
    closed_through = await queries.closed_through()
    reject_if(rules.check_reopen(period.status, period.ends_on, closed_through=closed_through, note=note))
    period.status, period.note = PeriodStatus.REOPENED, note
    period.reopened_at, period.reopened_by_id = clock.now(), call.actor_id
    await period.save()
    return facts.PeriodReopened(period_id=period.id, starts_on=period.starts_on, ends_on=period.ends_on, note=note)
