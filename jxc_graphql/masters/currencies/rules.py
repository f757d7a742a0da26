"""What is right for currencies and their rates, and which currency and rate a document may have."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated

import msgspec

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.fen import PLACES
from jxc_graphql.kit.numbers import RateOfExchange, check_positive
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.documents.models import IN_ITSELF
from jxc_graphql.office.documents.rules import EmptyDocument, TooManyLines

NAME_LIMIT = 60
SOURCE_LIMIT = 100
RATES_LIMIT = 500
RATE_HOLDS = timedelta(days=31)
"""How old the rate of a day may be: who writes down that of the first of each month has one for every day."""


class CurrencyPlacesOutOfRange(Reason, frozen=True, kw_only=True):
    """Currencies whose smallest part is less than a hundredth are not kept."""

    most: int


class UnknownCurrency(Reason, frozen=True, kw_only=True):
    """There is no such currency."""

    currency: str


class CurrencyInactive(Reason, frozen=True, kw_only=True):
    """A currency is not to be on new documents."""

    currency: str


class RateOfBaseCurrency(Reason, frozen=True, kw_only=True):
    """The books' own currency is worth itself: it has no rate but 1."""

    currency: str


class RateMissing(Reason, frozen=True, kw_only=True):
    """No rate is given, and none is known that is of that day or of the month before it."""

    currency: str
    day: date


class RateGivenTwice(Reason, frozen=True, kw_only=True):
    """The rate of a currency and a day is listed a second time."""

    first: int
    """At which position it stands already, from 1."""


class WantedRate(msgspec.Struct, frozen=True, kw_only=True):
    """What a currency is worth from a day on."""

    currency: str
    """The currency (币种), by its code."""
    day: date
    """From which day on (日期)."""
    rate: Annotated[RateOfExchange, check_positive]
    """What one unit of it is worth in the currency of the books (汇率), such as 7.1235; up to eight decimal places."""
    source: Change[str | None] = UNSET
    """Where that is from (来源), such as the bank; up to 100 characters."""

    @property
    def kept_source(self) -> str | None:
        """Where it is from, as it is kept; None where that stays as it is."""
        return None if self.source is UNSET else (self.source or "").strip()


class KnownCurrency(msgspec.Struct, frozen=True, kw_only=True):
    """A currency that documents may be in, and the rate of a day if there is one."""

    code: str
    places: int
    is_active: bool
    rate: RateOfExchange | None = None


def check_places(places: int) -> Iterator[Reason]:
    """Whether amounts of a currency can be kept."""
    if not 0 <= places <= PLACES:
        yield CurrencyPlacesOutOfRange(path=("places",), most=PLACES)


def check_name(name: Change[str]) -> Iterator[Reason]:
    """What is wrong with the name of a currency."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)


def check_known(currency: Change[str | None], codes: Collection[str], path: Path) -> Iterator[Reason]:
    """Whether a currency that is given is one of those that there are."""
    if currency is not UNSET and currency is not None and currency not in codes:
        yield UnknownCurrency(path=path, currency=currency[:3])


def check_rates(rates: Sequence[WantedRate], codes: Collection[str], base: str) -> Iterator[Reason]:
    """What is wrong with a list of rates in the books' currency, one by one."""
    if not rates:
        yield EmptyDocument(path=("rates",))
    if len(rates) > RATES_LIMIT:
        yield TooManyLines(path=("rates",), lines=len(rates), limit=RATES_LIMIT)
        return
    first: dict[tuple[str, date], int] = {}
    for index, one in enumerate(rates):
        path = ("rates", index)
        yield from check_positive(one.rate, (*path, "rate"))
        yield from check_text((*path, "source"), one.source, limit=SOURCE_LIMIT)
        if one.currency == base:
            yield RateOfBaseCurrency(path=(*path, "currency"), currency=base)
        else:
            yield from check_known(one.currency, codes, (*path, "currency"))
        if first.setdefault((one.currency, one.day), index) != index:
            yield RateGivenTwice(path=(*path, "day"), first=first[one.currency, one.day] + 1)


def agreed(
    asked: str, typed: RateOfExchange | None, day: date, base: str, known: Mapping[str, KnownCurrency], *, stays: bool
) -> tuple[RateOfExchange, list[Reason]]:
    """The rate of a document of a day in a currency, and what is wrong with them.

    `typed`: the rate that is given, if one is. `stays`: whether the document is in that currency already.
    """
    own, currency = ("currency",), known.get(asked)
    if asked == base:
        is_other = typed not in {None, IN_ITSELF}
        return IN_ITSELF, [RateOfBaseCurrency(path=("exchange_rate",), currency=base)] if is_other else []
    if currency is None:
        return IN_ITSELF, [UnknownCurrency(path=own, currency=asked[:3])]
    wrong: list[Reason] = []
    if not currency.is_active and not stays:
        wrong.append(CurrencyInactive(path=own, currency=asked))
    if typed is not None:
        return typed, [*wrong, *check_positive(typed, ("exchange_rate",))]
    if currency.rate is None:
        wrong.append(RateMissing(path=("exchange_rate",), currency=asked, day=day))
    return currency.rate or IN_ITSELF, wrong
