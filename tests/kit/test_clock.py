"""Days of a company whose time zone changes: every moment is on one, later moments never on earlier ones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.clock import Calendar

FIRST, DAY = date.min, timedelta(days=1)
CHANGE = date(2026, 6, 10)
ZONES = ["Asia/Shanghai", "America/New_York", "UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-06-08T15:59", date(2026, 6, 8)),
        ("2026-06-08T16:00", date(2026, 6, 9)),  # midnight in Shanghai
        ("2026-06-09T16:00", date(2026, 6, 9)),  # no midnight any more
        ("2026-06-10T03:59", date(2026, 6, 9)),
        ("2026-06-10T04:00", date(2026, 6, 10)),  # midnight in New York
        ("2026-06-11T04:00", date(2026, 6, 11)),
    ],
)
def test_the_last_day_under_a_zone_lasts_until_the_first_of_the_next(moment: str, day: date) -> None:
    calendar = Calendar((FIRST, "Asia/Shanghai"), (CHANGE, "America/New_York"))
    assert calendar.day_of(at(moment)) == day
    assert calendar.start_of(day) <= at(moment) < calendar.start_of(day + DAY)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-06-09T03:59", date(2026, 6, 8)),
        ("2026-06-09T04:00", date(2026, 6, 9)),  # midnight in New York
        ("2026-06-09T15:59", date(2026, 6, 9)),
        ("2026-06-09T16:00", date(2026, 6, 10)),  # midnight in Shanghai: the day before was twelve hours long
        ("2026-06-10T04:00", date(2026, 6, 10)),
    ],
)
def test_a_day_ends_early_where_midnight_comes_earlier_from_then_on(moment: str, day: date) -> None:
    calendar = Calendar((FIRST, "America/New_York"), (CHANGE, "Asia/Shanghai"))
    assert calendar.day_of(at(moment)) == day
    assert calendar.zone_on(CHANGE - DAY) == "America/New_York"
    assert calendar.zone_on(CHANGE) == "Asia/Shanghai"


@given(
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=4),
    st.lists(st.integers(2, 20), min_size=3, max_size=3),
    st.lists(st.integers(-3_000, 60_000), min_size=2, max_size=20),
)
def test_later_moments_are_never_on_earlier_days(zones: list[str], apart: list[int], minutes: list[int]) -> None:
    starts = [FIRST, *(CHANGE + timedelta(days=sum(apart[: i + 1])) for i in range(len(zones) - 1))]
    calendar = Calendar(*zip(starts, zones, strict=False))
    days = [calendar.day_of(at("2026-06-10T00:00") + timedelta(minutes=each)) for each in sorted(minutes)]
    assert days == sorted(days)
    for start, zone in zip(starts[1:], zones[1:], strict=False):
        assert calendar.zone_on(start) == zone
        assert calendar.day_of(calendar.start_of(start)) >= start
        assert calendar.day_of(calendar.start_of(start) - timedelta(seconds=1)) < start


def test_without_a_change_a_day_is_what_its_zone_says() -> None:
    calendar = Calendar((FIRST, "Asia/Kathmandu"))
    assert calendar.day_of(at("2026-06-10T18:14")) == date(2026, 6, 10)
    assert calendar.day_of(at("2026-06-10T18:15")) == date(2026, 6, 11)


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_begins_and_ends_at_moments_that_there_are(zone: str) -> None:
    calendar = Calendar((FIRST, zone))
    for day in (date.min, CHANGE, date.max):
        assert calendar.start_of(day) < calendar.end_of(day)
    assert calendar.end_of(CHANGE) == calendar.start_of(CHANGE + DAY)
