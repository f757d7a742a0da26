"""When schedules are due: by the clocks of the company, over the days on which clocks and work days change."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from jxc_graphql.kit.clock import USUAL, Calendar
from jxc_graphql.office.jobs import rules
from jxc_graphql.office.jobs.models import JobState
from jxc_graphql.office.jobs.rules import NextTime

BERLIN = Calendar((date.min, "Europe/Berlin"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due_times(cron: str, after: str, calendar: Calendar, count: int) -> list[str]:
    """The next moments at which it is due, in UTC."""
    found: list[str] = []
    moment = at(after)
    for _ in range(count):
        due = rules.next_due(cron, moment, calendar).at
        assert due is not None
        found.append(due.astimezone(UTC).isoformat(timespec="minutes").removesuffix("+00:00"))
        moment = due
    return found


def test_is_due_by_the_clocks_of_the_company() -> None:
    assert due_times("0 0 * * *", "2026-11-30T12:00+00:00", USUAL, 2) == ["2026-11-30T16:00", "2026-12-01T16:00"]


def test_a_time_that_is_skipped_comes_right_after_the_gap_once() -> None:
    found = due_times("30 2 * * *", "2026-03-28T00:00+00:00", BERLIN, 3)
    assert found == ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]


def test_a_time_that_is_repeated_comes_once() -> None:
    found = due_times("30 2 * * *", "2026-10-24T12:00+00:00", BERLIN, 2)
    assert found == ["2026-10-25T00:30", "2026-10-26T01:30"]


def test_what_comes_every_so_many_minutes_comes_so_over_both_changes() -> None:
    for night in ("2026-03-28T23:00+00:00", "2026-10-24T22:00+00:00"):
        found = [at(f"{one}+00:00") for one in due_times("*/30 * * * *", night, BERLIN, 12)]
        assert {(later - one).total_seconds() for one, later in pairwise(found)} == {1800.0}


def test_another_time_zone_counts_from_its_day_on() -> None:
    moved = Calendar((date.min, "Asia/Shanghai"), (date(2026, 12, 3), "Europe/Berlin"))
    found = due_times("0 9 * * *", "2026-12-01T00:00+00:00", moved, 3)
    assert found == ["2026-12-01T01:00", "2026-12-02T01:00", "2026-12-03T08:00"]
    midnights = due_times("0 0 * * *", "2026-12-01T12:00+00:00", moved, 3)
    assert midnights == ["2026-12-01T16:00", "2026-12-02T23:00", "2026-12-03T23:00"]


def test_days_off_are_left_out_and_days_worked_instead_are_not() -> None:
    works = rules.workdays({})
    # 国庆 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked instead
    holiday = rules.next_due("0 9 * * *", at("2026-09-30T12:00+00:00"), USUAL, works)
    assert holiday == NextTime(at=at("2026-10-08T01:00+00:00"))
    saturday = rules.next_due("0 9 * * 6", at("2026-10-08T12:00+00:00"), USUAL, works)
    assert saturday == NextTime(at=at("2026-10-10T01:00+00:00"))


def test_a_year_that_nobody_knows_is_named() -> None:
    last = rules.known()[-1]
    works = rules.workdays({})
    assert rules.next_due("0 9 1 7 *", at(f"{last}-07-02T00:00+00:00"), USUAL, works) == NextTime(unknown_year=last + 1)
    assert rules.next_due("0 9 1 7 *", at(f"{last}-07-02T00:00+00:00"), USUAL).at is not None


def test_a_year_is_known_from_the_first_entry_on() -> None:
    year = rules.known()[-1] + 1
    new_year, second = date(year, 1, 1), date(year, 7, 1)
    works = rules.workdays({new_year: False})
    assert works(new_year) is False
    assert works(second) is (second.weekday() < 5)
    assert works(date(year + 1, 1, 1)) is None


def test_what_is_entered_counts_before_the_calendar() -> None:
    day = date(2026, 10, 1)
    assert rules.workdays({})(day) is False
    assert rules.workdays({day: True})(day) is True


@pytest.mark.parametrize("cron", ["", "0 9 * *", "0 0 9 * * *", "61 * * * *", "0 9 31 2 *", "daily", "0 9 * * 1-8"])
def test_refuses_what_never_comes(cron: str) -> None:
    assert [reason.code for reason in rules.check_schedule("Night", cron)] == ["INVALID_CRON"]


@pytest.mark.parametrize("cron", ["0 9 * * 1-5", "*/15 8-18 * * *", "0 0 L * *", "0 9 29 2 *"])
def test_takes_cron_expressions(cron: str) -> None:
    assert list(rules.check_schedule("Night", cron)) == []


def test_waits_ever_longer_after_failures() -> None:
    assert [rules.backoff(tries).total_seconds() for tries in (1, 2, 3, 4, 9)] == [10, 40, 160, 640, 3600]


@pytest.mark.parametrize("state", JobState)
def test_either_can_be_cancelled_or_retried_or_is_done(state: JobState) -> None:
    can = [not list(check(state, ())) for check in (rules.check_cancel, rules.check_retry)]
    assert can == {JobState.DONE: [False, False], JobState.QUEUED: [True, False], JobState.RUNNING: [True, False]}.get(
        state, [False, True]
    )
