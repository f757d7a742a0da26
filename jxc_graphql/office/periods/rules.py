"""Which days may be posted under, closed and opened again."""

from collections.abc import Iterator
from datetime import date, timedelta

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import rules as company
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.periods.models import PeriodStatus

_DAY = timedelta(days=1)


class PeriodClosed(Reason, frozen=True, kw_only=True):
    """The day lies in a closed period."""

    closed_through: date
    """The last closed day."""


class FutureBusinessDate(Reason, frozen=True, kw_only=True):
    """Nothing is posted under a day that has not come."""

    today: date
    """Today, in the time zone of the books."""


class LateDocument(Reason, frozen=True, kw_only=True):
    """To post under a past day takes a permission that the caller lacks."""

    today: date
    """Today, in the time zone of the books; it needs no permission."""
    permission: Permission
    """The permission that it takes."""


class PeriodNotOver(Reason, frozen=True, kw_only=True):
    """Only days that are over can be closed."""

    yesterday: date


class PeriodOpen(Reason, frozen=True, kw_only=True):
    """The period was opened again already."""


class LaterPeriodClosed(Reason, frozen=True, kw_only=True):
    """A later period is closed; only the newest one can be opened again."""

    closed_through: date
    """The last closed day: that of the newest period."""


def check_open(day: date, opened_on: date, closed_through: date | None, path: Path) -> Iterator[Reason]:
    """Whether a day lies behind the opening of the books and all closed periods."""
    if closed_through is not None and day <= closed_through:
        yield PeriodClosed(path=path, closed_through=closed_through)
    else:
        yield from company.check_open(day, opened_on, path)


def check_posting_date(
    day: date,
    *,
    today: date,
    opened_on: date,
    closed_through: date | None,
    late: Permission,
    may_be_late: bool,
    path: Path,
) -> Iterator[Reason]:
    """What is wrong with posting under a day; that its period is closed comes first, for no permission helps there."""
    if day > today:
        yield FutureBusinessDate(path=path, today=today)
        return
    closed = list(check_open(day, opened_on, closed_through, path))
    yield from closed
    if day < today and not closed and not may_be_late:
        yield LateDocument(path=path, today=today, permission=late)


def check_close(through: date, *, today: date, opened_on: date, closed_through: date | None) -> Iterator[Reason]:
    """Whether the open days up to this one can be closed."""
    yield from check_open(through, opened_on, closed_through, ("through",))
    if through >= today:
        yield PeriodNotOver(path=("through",), yesterday=today - _DAY)


def check_reopen(status: PeriodStatus, ends_on: date, *, closed_through: date | None, note: str) -> Iterator[Reason]:
    """Whether a period can be opened again, for this reason."""
    if status is not PeriodStatus.CLOSED:
        yield PeriodOpen(path=("period_id",))
    elif closed_through is not None and ends_on < closed_through:
        yield LaterPeriodClosed(path=("period_id",), closed_through=closed_through)
    yield from check_note(note, required=True)


def first_open_day(closed_through: date | None) -> date | None:
    """The day on which the next period begins; None where nothing is closed yet."""
    return None if closed_through is None else closed_through + _DAY
