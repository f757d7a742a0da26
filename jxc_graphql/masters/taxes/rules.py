"""What is right for tax codes, and for what is taxed by them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Protocol

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import MustBePositive, OutOfBounds, Ratio, bounds
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.taxes.models import NONE, TaxKind

CODE_LIMIT = 20
NAME_LIMIT = 60
_TAXED = {TaxKind.STANDARD, TaxKind.SIMPLE}
_MOST_RATE = Ratio.of("0.9999")


class TaxCodeEndsBeforeStart(Reason, frozen=True, kw_only=True):
    """A tax code cannot end before it starts."""

    starts_on: date
    ends_on: date


class TaxCodeAlwaysHolds(Reason, frozen=True, kw_only=True):
    """The code of what nobody said a code for has no end."""


class TaxCodeInactive(Reason, frozen=True, kw_only=True):
    """A tax code does not hold on the day of a document."""

    tax_code: str
    day: date


class HoldsForDays(Protocol):
    """A tax code, and when it holds."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def starts_on(self) -> date | None:
        """The first day; None where it always did."""

    @property
    def ends_on(self) -> date | None:
        """The last one; None without an end."""


def check_tax_code(code: str, kind: TaxKind, rate: Ratio) -> Iterator[Reason]:
    """What is wrong with a code and its rate."""
    yield from check_text(("code",), code, limit=CODE_LIMIT, required=True)
    most = _MOST_RATE if kind in _TAXED else Ratio(0)
    if kind in _TAXED and rate <= 0:
        yield MustBePositive(path=("rate",), **bounds(Ratio, least=1) | {"most": Decimal(str(most))})
    elif not 0 <= rate <= most:
        yield OutOfBounds(path=("rate",), **bounds(Ratio, least=0) | {"most": Decimal(str(most))})


def check_name(name: Change[str]) -> Iterator[Reason]:
    """What is wrong with the name of a tax code."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)


def check_end(tax_code_id: int | None, starts_on: date | None, ends_on: Change[date | None]) -> Iterator[Reason]:
    """Whether a tax code may end on a day; no id: it is yet to be made."""
    if ends_on is UNSET or ends_on is None:
        return
    if tax_code_id == NONE:
        yield TaxCodeAlwaysHolds(path=("ends_on",))
    if starts_on and ends_on < starts_on:
        yield TaxCodeEndsBeforeStart(path=("ends_on",), starts_on=starts_on, ends_on=ends_on)


def check_holds(known: HoldsForDays | None, day: date, path: Path) -> Iterator[Reason]:
    """Whether something of a day may be taxed by a code, which there may not be."""
    if known is None:
        yield UnknownId(path=path, kind="TaxCode")
    elif not (known.starts_on or day) <= day <= (known.ends_on or day):
        yield TaxCodeInactive(path=path, tax_code=known.code, day=day)
