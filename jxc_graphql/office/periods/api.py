"""What clients see of periods, and how they close them."""

from datetime import date, datetime, timedelta

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    PeriodError,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    shown_as,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.api import TimelineEntry
from jxc_graphql.office.periods import facts, models, operations, rules
from jxc_graphql.office.periods.models import PeriodStatus


@entity(models.Period, requires=Permission.SEE_STOCK, search="note", aside=True, few=True)
class Period(Node):
    """An accounting period (会计期间) that was closed; reopened ones stay in the list."""

    starts_on: date | None
    """Its first day; null for the first period, which begins with the books."""
    ends_on: date
    """Its last day (结账日)."""
    status: PeriodStatus
    """Whether it is closed still."""
    closed_at: datetime
    """When it was closed (结账时间)."""
    closed_by: User
    """Who closed it (结账人)."""
    reopened_at: datetime | None
    """When it was opened again (反结账时间); null while it is closed."""
    reopened_by: User | None
    """Who opened it again (反结账人); null while it is closed."""
    note: str
    """Why it was opened again (备注); empty while it is closed."""
    timeline: Connection[TimelineEntry] = connection("subject_id")
    """What happened to it, oldest first (时间线)."""


class Query:
    periods: Connection[Period] = connection(order_by="-id")
    """Closed and reopened periods (会计期间), newest first; those that are CLOSED say which days are closed."""


@input_type
class ClosePeriodInput:
    """Up to which day to close."""

    through: date
    """The last day to close (结账日): after all closed days, and before today."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class ClosePeriodPayload:
    """The period that was closed."""

    period: Period | None
    """The period."""


@mutation(ClosePeriodPayload)
async def close_period(call: Call, input: ClosePeriodInput) -> facts.PeriodClosed:
    """Closes the books up to a day (结账): nothing is posted under it or an earlier one any more.

    Its closing balances are there with it.
    """
    return await operations.close_period(call, through=input.through)


@input_type
class ReopenPeriodInput:
    """Which period to open again, and why."""

    id: Id[Period]
    """The newest closed period."""
    note: str
    """Why (备注); 1 to 500 characters; it appears in the timeline."""


@payload
class ReopenPeriodPayload:
    """The period that was opened again."""

    period: Period | None
    """The period."""


@mutation(ReopenPeriodPayload)
async def reopen_period(call: Call, input: ReopenPeriodInput) -> facts.PeriodReopened:
    """Opens the newest closed period again (反结账): its days can be posted under until they are closed anew."""
    return await operations.reopen_period(call, period_id=input.id, note=input.note)


PROBLEMS = (
    shown_as(PeriodError, rules.PeriodClosed, from_=lambda one: one.closed_through + timedelta(days=1)),
    shown_as(PeriodError, rules.FutureBusinessDate, to="today"),
    shown_as(PeriodError, rules.LateDocument, from_="today"),
)
