"""What is right for accounts, and what an amount is called on either side."""

from collections.abc import Iterator
from datetime import date

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.text import check_text

CODE_LIMIT = 20
NAME_LIMIT = 60


class ChartInUse(Reason, frozen=True, kw_only=True):
    """There are entries, or accounts of the company's own: the standard is chosen before any."""


class CodeOutsideAccount(Reason, frozen=True, kw_only=True):
    """The code of an account begins with that of the account it stands below, and is longer."""

    parent: str


class AccountOfChart(Reason, frozen=True, kw_only=True):
    """It came with the chart, and entries need it."""


class AccountClosed(Reason, frozen=True, kw_only=True):
    """Nothing new stands below an account that is not active."""


def check_names(name: Change[str], name_en: Change[str]) -> Iterator[Reason]:
    """What is wrong with what an account is called."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    yield from check_text(("name_en",), name_en, limit=NAME_LIMIT)


def check_code(code: str, parent: str) -> Iterator[Reason]:
    """What is wrong with the code of an account below another one."""
    found = [*check_text(("code",), code, limit=CODE_LIMIT, required=True)]
    yield from found
    if not found and (not code.startswith(parent) or code == parent):
        yield CodeOutsideAccount(path=("code",), parent=parent)


class SpanBackwards(Reason, frozen=True, kw_only=True):
    """It ends before it begins."""

    begin: date


def check_span(begin: date, through: date) -> Iterator[Reason]:
    """What is wrong with the days that are asked for."""
    if through < begin:
        yield SpanBackwards(path=("through",), begin=begin)


def debit(amount: Money) -> Money:
    """What of an amount is debited."""
    return max(amount, Money(0))


def credit(amount: Money) -> Money:
    """What of an amount is credited."""
    return max(-amount, Money(0))
