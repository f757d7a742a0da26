"""The only place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, in UTC with its offset."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The business date in a time zone named as in the IANA database, such as `Asia/Shanghai`."""
    return datetime.now(ZoneInfo(zone)).date()
