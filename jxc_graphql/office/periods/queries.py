"""Which days are closed, and whether one may be posted under: asked inside the transaction that posts."""

from datetime import date
from typing import Any

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason, reject_if
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.periods import rules
from jxc_graphql.office.periods.models import Period, PeriodStatus

LOCK = company.LOCK
"""The lock that postings share and closing takes alone."""
_PATH: Path = ("business_date",)


async def closed_through() -> date | None:
    """The last closed day; None where nothing is closed. The lock keeps it, and the settings of the company with it."""
    ((closed, version),) = await db.fetch(
        "SELECT (SELECT max(ends_on) FROM period WHERE status = ?), version FROM company", (PeriodStatus.CLOSED.value,)
    )
    await company.at(version, stays=True)
    return closed and db.day(closed)


async def closed() -> list[tuple[int, date]]:
    """The closed periods and their last days; none is opened again, and no other closed, until the transaction ends."""
    await db.hold(LOCK, shared=True)
    found: Any = Period.filter(status=PeriodStatus.CLOSED).order_by("ends_on")
    return [(period_id, ends_on) for period_id, ends_on in await found.values_list("id", "ends_on")]


async def posting_date(
    call: Call, path: Path = _PATH, *, on: date | None = None, late: Permission = Permission.POST_LATE_DOCUMENTS
) -> tuple[date, list[Reason]]:
    """The day under which a call posts, and what is wrong with it; `late` is the permission that a past one takes.

    It is the day that the call names, else that `on` which a document is for, else the one on which the call was made.

    Nobody closes a period until the transaction ends. Ask first: who waits for a close should keep nobody else waiting.
    """
    closed = await db.read_held(LOCK, closed_through)
    day = call.business_date or on or business_date(call)
    problems = rules.check_posting_date(
        day,
        today=clock.day_of(call.at),
        opened_on=(await company.settled()).books_open_on,
        closed_through=closed,
        late=late,
        may_be_late=late in call.permissions,
        path=path,
    )
    return day, list(problems)


async def check_open(day: date, path: Path = _PATH) -> None:
    """Raises `Rejected` for a closed day, or one before the books opened; an open one stays so in this transaction."""
    closed = await db.read_held(LOCK, closed_through)
    reject_if(rules.check_open(day, (await company.settled()).books_open_on, closed, path))
