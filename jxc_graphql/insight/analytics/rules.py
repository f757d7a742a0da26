"""What can be asked about the past and about sums, and what is wrong with a question."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from jxc_graphql.kit import clock
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.office.documents.rules import TooManyLines

MAX_CHOSEN = 500
"""Warehouses, branches, categories, or SKUs that a question may name."""
MAX_BUCKETS = 12
MAX_DAYS = 3_660
"""Ten years: the longest period, and the oldest limit of age."""
DAY = timedelta(days=1)


class StockGrouping(StrEnum):
    """By what a report adds stock up."""

    CATEGORY = "CATEGORY"
    """By the category of the product (分类)."""
    WAREHOUSE = "WAREHOUSE"
    """By warehouse (仓库)."""
    BRANCH = "BRANCH"
    """By branch (门店); warehouses without one are a group of their own."""
    PRODUCT = "PRODUCT"
    """By product (商品)."""


class AmbiguousMoment(Reason, frozen=True, kw_only=True):
    """A report is of a moment or of a business date, not of both."""


class NumberOutOfRange(Reason, frozen=True, kw_only=True):
    """A whole number that is smaller or larger than can be asked for."""

    least: int
    most: int


class LimitsNotRising(Reason, frozen=True, kw_only=True):
    """The limits of age do not rise from one to the next."""


class PeriodBackwards(Reason, frozen=True, kw_only=True):
    """A period ends before it begins."""


class StockChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The levels that a question is about; None is all. A category stands for those below it as well."""

    warehouse_ids: Sequence[int] | None = None
    branch_ids: Sequence[int] | None = None
    category_ids: Sequence[int] | None = None
    sku_ids: Sequence[int] | None = None


class AsOf(msgspec.Struct, frozen=True, kw_only=True):
    """A state of the books: after the last change that counts for `day`, or, by posting, after `moment` on that day."""

    day: date
    moment: datetime | None
    today: date

    @property
    def column(self) -> str:
        """By which of its two days a change counts."""
        return "business_date" if self.moment is None else "posted_on"

    @property
    def rest_of_day(self) -> tuple[datetime, datetime] | None:
        """Behind what and before what moments lie that are on the day, but later."""
        return None if self.moment is None else (self.moment, clock.end_of(self.day))


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """A closed period whose closing balances are there, and its last day."""

    period_id: int
    ends_on: date


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """From what a state is reckoned: the closing balances of a period, else what there is now, or nothing.

    `backwards`: the changes that came between are taken away again, and not added.
    """

    closing: Closing | None
    backwards: bool


def nearest(state: AsOf, first: date | None, closings: Iterable[Closing]) -> Base:
    """That from which the fewest days have to be added up, where the books begin on the first."""
    ways = [
        ((state.today - state.day).days, Base(closing=None, backwards=True)),
        *(
            (abs((state.day - one.ends_on).days), Base(closing=one, backwards=state.day < one.ends_on))
            for one in closings
        ),
    ]
    if first is not None:
        ways.append(((state.day - first).days + 1, Base(closing=None, backwards=False)))
    return min(ways, key=lambda way: max(way[0], 0))[1]


def past(moment: datetime | None, business_date: date | None, now: datetime) -> AsOf | None:
    """The state that is asked for; None is the present, in which whatever is still to come lies too."""
    if business_date is not None:
        return AsOf(day=business_date, moment=None, today=clock.day_of(now))
    if moment is None or moment >= now:
        return None
    return AsOf(day=clock.day_of(moment), moment=moment, today=clock.day_of(now))


def check_moment(moment: datetime | None, business_date: date | None) -> Iterator[Reason]:
    """Whether not more than one state is asked for."""
    if moment is not None and business_date is not None:
        yield AmbiguousMoment(path=("business_date",))


def check_choice(choice: StockChoice) -> Iterator[Reason]:
    """Whether a question names no more than it may."""
    for name in choice.__struct_fields__:
        chosen = getattr(choice, name)
        if chosen is not None and len(chosen) > MAX_CHOSEN:
            yield TooManyLines(path=("where", name), lines=len(chosen), limit=MAX_CHOSEN)


def check_number(number: int, path: Path, *, most: int, least: int = 1) -> Iterator[Reason]:
    """Whether a number is one that can be asked for."""
    if not least <= number <= most:
        yield NumberOutOfRange(path=path, least=least, most=most)


def check_limits(days: Sequence[int]) -> Iterator[Reason]:
    """Whether limits of age are some, possible, and rising."""
    yield from check_number(len(days), ("buckets",), most=MAX_BUCKETS)
    for index, limit in enumerate(days[:MAX_BUCKETS]):
        yield from check_number(limit, ("buckets", index), least=0, most=MAX_DAYS)
    if sorted(set(days)) != list(days):
        yield LimitsNotRising(path=("buckets",))


def check_period(begin: date, end: date) -> Iterator[Reason]:
    """Whether a period is one, and not too long."""
    if end < begin:
        yield PeriodBackwards(path=("through",))
    else:
        yield from check_number((end - begin).days + 1, ("through",), most=MAX_DAYS)
