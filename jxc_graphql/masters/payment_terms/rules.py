"""What is right for payment terms, and on which day something is due by one."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import OutOfBounds
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.payment_terms.models import PaymentBasis

CODE_LIMIT = 20
NAME_LIMIT = 60
MONTHS_MOST = 24
DAYS_MOST = 730
_YEAR = 12


class TimeToPay(Protocol):
    """From when time is counted, and how much of it there is."""

    @property
    def basis(self) -> PaymentBasis:
        """From when."""

    @property
    def months(self) -> int:
        """How many months, which come first."""

    @property
    def days(self) -> int:
        """And how many days."""


def due_on(term: TimeToPay, day: date) -> date:
    """The day on which something of a day is due: months first, to the last day of one that is too short, then days."""
    later = _months_later(day, term.months, to_its_end=term.basis is PaymentBasis.MONTH_END)
    return later + timedelta(days=term.days)


def _months_later(day: date, months: int, *, to_its_end: bool) -> date:
    year, month = divmod(day.year * _YEAR + day.month - 1 + months, _YEAR)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, last if to_its_end else min(day.day, last))


def check_payment_term(code: str, basis: PaymentBasis, months: int, days: int) -> Iterator[Reason]:
    """What is wrong with a term."""
    yield from check_text(("code",), code, limit=CODE_LIMIT, required=True)
    prepaid = basis is PaymentBasis.PREPAID
    for name, given, most in (("months", months, MONTHS_MOST), ("days", days, DAYS_MOST)):
        if not 0 <= given <= (0 if prepaid else most):
            yield OutOfBounds(path=(name,), least=Decimal(0), most=Decimal(0 if prepaid else most), decimals=0)


def check_name(name: Change[str]) -> Iterator[Reason]:
    """What is wrong with the name of a term."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
