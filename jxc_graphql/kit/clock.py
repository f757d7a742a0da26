"""The only place that asks what time it is, and on which day of the company a moment falls."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from jxc_graphql.kit import in_use

_DAY = timedelta(days=1)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Calendar:
    """In which time zone days are counted: each zone, named as in the IANA database, from its day on.

    The first zone counts for all days before the next one's. The last day under a zone lasts until the next one's first
    day begins, so no moment is on two days or on none, and a later moment is never on an earlier day. Changes are two
    days apart at least: zones differ by up to 26 hours.
    """

    def __init__(self, *zones: tuple[date, str]) -> None:
        assert list(zones) == sorted(set(zones), key=lambda one: one[0]), zones
        self.zones = zones

    @cached_property
    def _counted(self) -> list[tuple[date, ZoneInfo]]:
        return [(first, ZoneInfo(name)) for first, name in self.zones]

    def zone_on(self, day: date) -> str:
        """The name of the zone in which a day is counted."""
        return next(name for first, name in reversed(self.zones) if first <= day or (first, name) == self.zones[0])

    def day_of(self, moment: datetime) -> date:
        """The day on which a moment falls."""
        last = date.max
        for first, zone in reversed(self._counted[1:]):
            if moment >= datetime.combine(first, time(), zone):
                return min(moment.astimezone(zone).date(), last)
            last = first - _DAY
        return min(moment.astimezone(self._counted[0][1]).date(), last)

    def start_of(self, day: date, at: time = time()) -> datetime:
        """The moment at which a day begins, or at which it is so late on it, in UTC; no other than there are."""
        try:
            return datetime.combine(day, at, ZoneInfo(self.zone_on(day))).astimezone(UTC)
        except OverflowError:
            return _FIRST if day.year == date.min.year else _LAST

    def end_of(self, day: date) -> datetime:
        """The moment at which the next day begins, in UTC."""
        return self.start_of(day + _DAY) if day < date.max else self.start_of(day, time.max)


USUAL = Calendar((date.min, "Asia/Shanghai"))
"""How days are counted where nobody says otherwise."""


def calendar() -> Calendar:
    """That of the database in use."""
    database = in_use.database()
    return database.calendar if database else USUAL


def day_of(moment: datetime) -> date:
    """The company's day on which a moment falls."""
    return calendar().day_of(moment)


def start_of(day: date, at: time = time()) -> datetime:
    """The moment at which a day of the company begins, or at which it is so late on it, in UTC."""
    return calendar().start_of(day, at)


def end_of(day: date) -> datetime:
    """The moment at which the company's next day begins, in UTC."""
    return calendar().end_of(day)


def now() -> datetime:
    """The present moment, in UTC with its offset."""
    return datetime.now(UTC)
