"""Which limits make sense, which may stand side by side, and what becomes of them times a ratio."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import LIMIT, Quantity, divide
from jxc_graphql.office.documents.rules import TooManyLines

MAX_LIMITS = 1_000
"""Limits that may be set or removed one by one at once."""
MAX_CHOSEN = 10_000
"""Limits that may be copied or scaled at once."""
MAX_SEASONS = 24
"""Limits with dates that a SKU may have in a warehouse."""
MAX_RATIO = 1_000
"""How large both parts of a ratio may be."""
MAX_ALERT_DAYS = 3_650
"""How many days before their expiry goods may be told of."""
ONE = Quantity.of(1)
STEP = Quantity(1)


class NegativeLimit(Reason, frozen=True, kw_only=True):
    """Stock never falls below nothing, so such a limit would never warn."""

    limit: Quantity


class ClearBelowLimit(Reason, frozen=True, kw_only=True):
    """An alert would resolve itself at a quantity at which it is raised again at once."""

    limit: Quantity
    clear_above: Quantity


class TargetBelowLimit(Reason, frozen=True, kw_only=True):
    """Ordering up to the target would not end the alert, which takes more than `limit`."""

    limit: Quantity
    target: Quantity


class UpperBelowTarget(Reason, frozen=True, kw_only=True):
    """Ordering up to the target would be too much already."""

    target: Quantity
    upper: Quantity


class LimitGivenTwice(Reason, frozen=True, kw_only=True):
    """The same SKU, warehouse and first day stand twice in one list; `first` counts from 0."""

    first: int


class LimitEndsBeforeStart(Reason, frozen=True, kw_only=True):
    """A season would end before its first day."""

    starts_on: date
    ends_on: date


class LimitsOverlap(Reason, frozen=True, kw_only=True):
    """Two seasons of a SKU in a warehouse share days; the other one, with its id unless it is in the same list."""

    starts_on: date | None
    ends_on: date | None
    stock_limit_id: int | None


class TooManySeasons(Reason, frozen=True, kw_only=True):
    """A SKU would have more limits with dates in a warehouse than anybody keeps track of."""

    limit: int


class AlertDaysOutOfRange(Reason, frozen=True, kw_only=True):
    """So many days before their expiry nobody is told of goods."""

    most: int


class RatioOutOfRange(Reason, frozen=True, kw_only=True):
    """Both parts of a ratio are whole numbers from 1 to `most`."""

    most: int


class LimitOutOfBounds(Reason, frozen=True, kw_only=True):
    """Times this ratio, a limit would pass what the books can hold."""


class NoLimitsChosen(Reason, frozen=True, kw_only=True):
    """There are no limits in this warehouse and category."""


class CopiedOntoItself(Reason, frozen=True, kw_only=True):
    """Limits are copied to another warehouse."""


def usual_target(limit: Quantity, clear_above: Quantity, upper: Quantity | None) -> Quantity:
    """What to order up to by default: twice the limit, more than what ends the alert, the upper limit at most."""
    usual = min(max(Quantity(limit * 2), Quantity(clear_above + ONE)), Quantity(LIMIT))
    return Quantity(min(usual, upper)) if upper is not None and upper > clear_above else usual


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """All that a limit says, whatever it is about."""

    limit: Quantity
    clear_above: Quantity
    target: Quantity
    upper: Quantity | None
    starts_on: date | None
    ends_on: date | None
    expiry_alert_days: int | None

    def said(self) -> dict[str, Any]:
        """What somebody said: None for what is as by default, which goes where the limit goes."""
        told = msgspec.structs.asdict(self)
        if self.target == usual_target(self.limit, self.clear_above, self.upper):
            told["target"] = None
        if self.clear_above == self.limit:
            told["clear_above"] = None
        return told

    @property
    def is_season(self) -> bool:
        """Whether it has dates."""
        return self.starts_on is not None or self.ends_on is not None

    def overlaps(self, other: "Terms") -> bool:
        """Whether there is a day on which both hold."""
        starts = max(self.starts_on or date.min, other.starts_on or date.min)
        return starts <= min(self.ends_on or date.max, other.ends_on or date.max)


class KnownLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that there is."""

    id: int
    sku_id: int
    warehouse_id: int
    terms: Terms

    @property
    def identity(self) -> tuple[int, int, date | None, bool]:
        """What tells it from all other limits."""
        return self.sku_id, self.warehouse_id, self.terms.starts_on, self.terms.is_season


class WantedLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit to set; by default stock is well above the limit, and the target is twice the limit, or the upper one.

    Twice nothing is nothing: by default the target is at least one more than what ends the alert. `UNSET` is as it
    is in a limit that there is, None is the default.
    """

    sku_id: int
    warehouse_id: int
    limit: Quantity
    clear_above: Change[Quantity | None] = UNSET
    target: Change[Quantity | None] = UNSET
    upper: Change[Quantity | None] = UNSET
    starts_on: date | None = None
    ends_on: Change[date | None] = UNSET
    expiry_alert_days: Change[int | None] = UNSET

    @property
    def identity(self) -> tuple[int, int, date | None, bool]:
        """What tells it from all other limits."""
        return self.sku_id, self.warehouse_id, self.starts_on, bool(self.starts_on or self.ends_on)

    def complete(self, known: Terms | None = None) -> Terms:
        """All that it says: what it leaves out is as it is `known`, where somebody said it and it can stay so."""
        asked, present = msgspec.structs.asdict(self), known.said() if known else {}
        told: dict[str, Any] = {
            name: present.get(name) if asked[name] is UNSET else asked[name] for name in Terms.__struct_fields__
        }
        if told["clear_above"] is None or (self.clear_above is UNSET and told["clear_above"] < self.limit):
            told["clear_above"] = self.limit
        if told["target"] is None or (self.target is UNSET and told["target"] <= told["clear_above"]):
            told["target"] = usual_target(self.limit, told["clear_above"], told["upper"])
        return Terms(**told)


def check_count(limits: Sequence[WantedLimit]) -> Iterator[Reason]:
    """Whether a list of limits is too long."""
    if len(limits) > MAX_LIMITS:
        yield TooManyLines(path=("limits",), lines=len(limits), limit=MAX_LIMITS)


def check_limits(limits: Sequence[WantedLimit], terms: Sequence[Terms]) -> Iterator[Reason]:
    """Everything that is wrong with a list of limits as such, and with all that they say."""
    seen: dict[object, int] = {}
    for index, wanted in enumerate(limits):
        path: Path = ("limits", index)
        first = seen.setdefault(wanted.identity, index)
        if first != index:
            yield LimitGivenTwice(path=path, first=first)
        yield from _check_quantities(terms[index], path)
        yield from _check_days(terms[index], path)


def _check_quantities(terms: Terms, path: Path) -> Iterator[Reason]:
    if terms.limit < 0:
        yield NegativeLimit(path=(*path, "limit"), limit=terms.limit)
    elif terms.clear_above < terms.limit:
        yield ClearBelowLimit(path=(*path, "clear_above"), limit=terms.limit, clear_above=terms.clear_above)
    elif terms.target <= terms.clear_above:
        yield TargetBelowLimit(path=(*path, "target"), limit=terms.clear_above, target=terms.target)
    elif terms.upper is not None and terms.upper < terms.target:
        yield UpperBelowTarget(path=(*path, "upper"), target=terms.target, upper=terms.upper)


def _check_days(wanted: Terms, path: Path) -> Iterator[Reason]:
    starts_on, ends_on, days = wanted.starts_on, wanted.ends_on, wanted.expiry_alert_days
    if starts_on and ends_on and ends_on < starts_on:
        yield LimitEndsBeforeStart(path=(*path, "ends_on"), starts_on=starts_on, ends_on=ends_on)
    if days is not None and not 0 <= days <= MAX_ALERT_DAYS:
        yield AlertDaysOutOfRange(path=(*path, "expiry_alert_days"), most=MAX_ALERT_DAYS)


def check_seasons(
    limits: Sequence[WantedLimit], asked: Sequence[Terms], known: Iterable[KnownLimit]
) -> Iterator[Reason]:
    """Every season of a list that shares days with an earlier one in it, or with one that there is and that stays."""
    replaced = {wanted.identity for wanted in limits}
    others: dict[tuple[int, int], list[tuple[int | None, Terms]]] = defaultdict(list)
    for one in known:
        if one.terms.is_season and one.identity not in replaced:
            others[one.sku_id, one.warehouse_id].append((one.id, one.terms))
    for index, wanted in enumerate(limits):
        terms = asked[index]
        if not terms.is_season:
            continue
        beside = others[wanted.sku_id, wanted.warehouse_id]
        if len(beside) >= MAX_SEASONS:
            yield TooManySeasons(path=("limits", index), limit=MAX_SEASONS)
            continue
        for key, other in beside:
            if terms.overlaps(other):
                days = {"starts_on": other.starts_on, "ends_on": other.ends_on}
                yield LimitsOverlap(path=("limits", index, "starts_on"), stock_limit_id=key, **days)
        beside.append((None, terms))


def check_ratio(numerator: int, denominator: int) -> Iterator[Reason]:
    """Whether limits can be multiplied by this."""
    for name, part in (("numerator", numerator), ("denominator", denominator)):
        if not 1 <= part <= MAX_RATIO:
            yield RatioOutOfRange(path=(name,), most=MAX_RATIO)


def check_chosen(chosen: Sequence[KnownLimit], numerator: int, denominator: int) -> Iterator[Reason]:
    """Whether there are limits to copy or scale, not too many, and none too large afterwards."""
    if not chosen:
        yield NoLimitsChosen(path=("category_id",))
    if len(chosen) > MAX_CHOSEN:
        yield TooManyLines(path=("category_id",), lines=len(chosen), limit=MAX_CHOSEN)
    multiplied = (scaled(one.terms, numerator, denominator) for one in chosen)
    if any(max(terms.target, terms.upper or 0) > LIMIT for terms in multiplied):
        yield LimitOutOfBounds(path=("numerator",))


def scaled(terms: Terms, numerator: int, denominator: int) -> Terms:
    """The same times a ratio, rounded half-even to what a quantity can say; dates and days stay.

    What rounding would make one stays apart: the target ends the alert, and is not too much.
    """

    def times(quantity: Quantity) -> Quantity:
        return Quantity(divide(int(quantity) * numerator, denominator))

    clear_above = times(terms.clear_above)
    target = max(times(terms.target), clear_above + STEP)
    return msgspec.structs.replace(
        terms,
        limit=times(terms.limit),
        clear_above=clear_above,
        target=target,
        upper=None if terms.upper is None else max(times(terms.upper), target),
    )
