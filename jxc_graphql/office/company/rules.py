"""What settings can be, which of them may still change, and what holds for a document."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from jxc_graphql.kit.clock import Calendar
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Money, check_not_negative
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company.settings import PLACES, Choice, CompanySettings, chosen

MOST_DAYS = 3_650
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_DAY = timedelta(days=1)
_LIMITS = {"name": 100, "address": 200, "phone": 40}
_MEGABYTES = {"file_megabytes": 2_047, "files_megabytes": 1_048_576}
_DAYS = {"expiry_alert_days": 0, "dead_stock_days": 1}


class UnknownTimeZone(Reason, frozen=True, kw_only=True):
    """No time zone of this name is in the IANA database."""

    time_zone: str


class InvalidCurrency(Reason, frozen=True, kw_only=True):
    """Currencies have three capital letters, as ISO 4217 has them."""

    currency: str


class CompanyDaysOutOfRange(Reason, frozen=True, kw_only=True):
    """So many days are not possible."""

    least: int
    most: int


class FileLimitOutOfRange(Reason, frozen=True, kw_only=True):
    """So much room for files is not possible."""

    most: int


class TimeZoneTooSoon(Reason, frozen=True, kw_only=True):
    """A day that has begun, or begins soon, is counted as it is."""

    earliest: date
    """The first day that can be counted in the other zone."""


class CurrencyInUse(Reason, frozen=True, kw_only=True):
    """There are documents, whose amounts would be of another currency."""

    currency: str


class DocumentBeforeBooksOpen(Reason, frozen=True, kw_only=True):
    """A document is of an earlier day than the books are to be opened on."""

    earliest: date
    """The day of the first document."""


class BeforeBooksOpen(Reason, frozen=True, kw_only=True):
    """The day lies before the one on which the books were opened."""

    opened_on: date
    """The first day that a document may be of (启用日期)."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Since when there are documents, and until when they were made."""

    first_day: date
    last_made_at: datetime


class TimeZoneChange(msgspec.Struct, frozen=True, kw_only=True):
    """In which zone days are to be counted, and from which one on."""

    time_zone: str
    starts_on: date


class ToldOtherwise(Exception):
    """This process was told other settings than the database has; the text says which, and what to do."""


def check_choice(choice: Choice) -> Iterator[Reason]:
    """What is wrong with values that somebody chose, whatever they are now."""
    if choice.time_zone is not None and not _is_zone(choice.time_zone):
        yield UnknownTimeZone(path=("time_zone",), time_zone=choice.time_zone)
    if choice.currency is not None:
        yield from check_currency(choice.currency, ("currency",))
    if choice.adjustment_threshold is not None:
        yield from check_not_negative(choice.adjustment_threshold, ("adjustment_threshold",))
    for name, limit in _LIMITS.items():
        yield from check_text((name,), getattr(choice, name), limit=limit)
    for name, least in _DAYS.items():
        days: int | None = getattr(choice, name)
        if days is not None and not least <= days <= MOST_DAYS:
            yield CompanyDaysOutOfRange(path=(name,), least=least, most=MOST_DAYS)
    for name, most in _MEGABYTES.items():
        room: int | None = getattr(choice, name)
        if room is not None and not 0 <= room <= most:
            yield FileLimitOutOfRange(path=(name,), most=most)


def is_currency(code: str) -> bool:
    """Whether a currency could be called so."""
    return bool(_CURRENCY.fullmatch(code))


def check_currency(code: str, path: Path) -> Iterator[Reason]:
    """Whether a currency could be called so."""
    if not is_currency(code):
        yield InvalidCurrency(path=path, currency=code)


def check_change(present: CompanySettings, choice: Choice, span: Span | None) -> Iterator[Reason]:
    """What of a choice does not fit the documents that there are."""
    if span and choice.currency not in {None, present.currency}:
        yield CurrencyInUse(path=("currency",), currency=present.currency)
    yield from check_opening(choice, span)


def check_opening(choice: Choice, span: Span | None) -> Iterator[Reason]:
    """Whether no document is of an earlier day than the books are to be opened on."""
    if span and choice.books_open_on and span.first_day < choice.books_open_on:
        yield DocumentBeforeBooksOpen(path=("books_open_on",), earliest=span.first_day)


def check_time_zone(present: Calendar, change: TimeZoneChange, now: datetime) -> Iterator[Reason]:
    """Whether days can be counted in another zone from one on.

    After tomorrow, at least a day from now, and two days after the change before it, so that each day has its hours.
    """
    if not _is_zone(change.time_zone):
        yield UnknownTimeZone(path=("time_zone", "time_zone"), time_zone=change.time_zone)
        return
    earliest = present.day_of(now) + 2 * _DAY
    while Calendar((date.min, change.time_zone)).start_of(earliest) <= now + _DAY:  # where midnight comes far earlier
        earliest += _DAY
    before = [first for first, _ in present.zones[1:] if first < change.starts_on]
    if before:
        earliest = max(earliest, before[-1] + 2 * _DAY)
    if change.starts_on < earliest:
        yield TimeZoneTooSoon(path=("time_zone", "starts_on"), earliest=earliest)


def zones_with(present: CompanySettings, change: TimeZoneChange) -> tuple[tuple[date, str], ...]:
    """The zones with another one from a day on, in place of whatever was planned for that day and later ones."""
    kept = [one for one in present.zones if one[0] < change.starts_on]
    return (*kept, *([(change.starts_on, change.time_zone)] if kept[-1][1] != change.time_zone else []))


def check_open(day: date, opened_on: date, path: Path) -> Iterator[Reason]:
    """Whether the books are open on a day."""
    if day < opened_on:
        yield BeforeBooksOpen(path=path, opened_on=opened_on)


def waits(settings: CompanySettings, worth: Money, permissions: frozenset[str]) -> bool:
    """Whether a correction that is worth so much waits for someone else to approve it."""
    return worth > settings.adjustment_threshold and Permission.APPROVE_ADJUSTMENTS not in permissions


def check_told(present: CompanySettings, told: Choice, now: datetime) -> None:
    """Raises `ToldOtherwise` where a process was told something else; a planned time zone may be told already."""
    wrong = {name: (getattr(present, name), value) for name, value in chosen(told) if value != getattr(present, name)}
    today = present.calendar.day_of(now)
    zones = [present.calendar.zone_on(today), *(zone for first, zone in present.zones if first > today)]
    if told.time_zone not in {None, *zones}:
        wrong["time_zone"] = (zones[0], told.time_zone)
    for name, places in PLACES.items():
        if getattr(present, name) != places:
            raise ToldOtherwise(
                f"the numbers of this database have {getattr(present, name)} {name.replace('_', ' ')}, this program's "
                f"{places}: it would read all of them wrongly; use the program that made it"
            )
    if wrong:
        differences = "; ".join(
            f"{name} is {own} in the database, and {other} as this process was told"
            for name, (own, other) in wrong.items()
        )
        names = ", ".join(f"JXC_{name.upper()}" for name in wrong)
        raise ToldOtherwise(
            f"the company was set up otherwise: {differences}. Leave {names} out (jxc.toml has the same in small "
            "letters), and the process takes what the database says. To change that there: the mutation updateCompany; "
            "or `jxc init`, as long as nothing was recorded in the books since the company was set up"
        )


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
