"""The only place that asks what time it is."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_zone = ZoneInfo("Asia/Shanghai")


def use_zone(zone: str) -> None:
    """Makes every later business day of this process one of this time zone, named as in the IANA database."""
    global _zone  # noqa: PLW0603  (books have one time zone)
    _zone = ZoneInfo(zone)


def day_of(moment: datetime) -> date:
    """The business day on which a moment falls."""
    return moment.astimezone(_zone).date()


def start_of(day: date, at: time = time()) -> datetime:
    """The moment at which a business day begins, or at which it is so late on it, in UTC."""
    return datetime.combine(day, at, _zone).astimezone(UTC)


def now() -> datetime:
    """The present moment, in UTC with its offset."""
    return datetime.now(UTC)
