from datetime import UTC, date, datetime, timedelta

import pytest

from jxc_graphql.insight.analytics import rules
from jxc_graphql.insight.analytics.rules import AsOf, Base, Closing, StockChoice

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)


def test_a_moment_lies_on_a_day_of_the_books() -> None:
    late = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)
    state = rules.past(late, None, NOW)
    assert state == AsOf(day=date(2026, 3, 7), moment=late, today=TODAY)  # in Shanghai, as days are usually counted
    assert state.column == "posted_on"
    assert state.rest_of_day == (late, datetime(2026, 3, 7, 16, tzinfo=UTC))


def test_a_business_date_is_a_whole_day() -> None:
    state = rules.past(None, date(2026, 3, 6), NOW)
    assert state is not None
    assert (state.column, state.rest_of_day) == ("business_date", None)


@pytest.mark.parametrize("moment", [None, NOW, NOW + timedelta(days=400)])
def test_what_is_still_to_come_is_the_present(moment: datetime | None) -> None:
    assert rules.past(moment, None, NOW) is None


FEBRUARY = Closing(period_id=2, ends_on=date(2026, 2, 28))


@pytest.mark.parametrize(
    ("day", "first", "closing", "backwards"),
    [
        (date(2026, 3, 9), date(2026, 1, 1), None, True),
        (date(2026, 3, 3), date(2026, 1, 1), FEBRUARY, False),
        (date(2026, 2, 28), date(2026, 1, 1), FEBRUARY, False),
        (date(2026, 2, 20), date(2026, 1, 1), FEBRUARY, True),
        (date(2026, 1, 5), date(2026, 1, 1), None, False),
        (date(2025, 1, 5), date(2026, 1, 1), None, False),
        (date(2026, 5, 1), date(2026, 1, 1), None, True),
        (date(2026, 1, 5), None, FEBRUARY, True),
    ],
)
def test_a_state_is_reckoned_from_the_nearest_one_that_is_known(
    day: date, first: date | None, closing: Closing | None, backwards: bool
) -> None:
    state = AsOf(day=day, moment=None, today=TODAY)
    assert rules.nearest(state, first, [FEBRUARY]) == Base(closing=closing, backwards=backwards)


def test_a_question_names_a_moment_or_a_day() -> None:
    assert not [*rules.check_moment(NOW, None), *rules.check_moment(None, TODAY), *rules.check_moment(None, None)]
    assert [one.code for one in rules.check_moment(NOW, TODAY)] == ["AMBIGUOUS_MOMENT"]


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        ([30, 60, 90, 180], []),
        ([0], []),
        ([], ["NUMBER_OUT_OF_RANGE"]),
        (list(range(13)), ["NUMBER_OUT_OF_RANGE"]),
        ([-1, 5], ["NUMBER_OUT_OF_RANGE"]),
        ([60, 30], ["LIMITS_NOT_RISING"]),
        ([30, 30], ["LIMITS_NOT_RISING"]),
    ],
)
def test_limits_of_age_rise(days: list[int], codes: list[str]) -> None:
    assert [one.code for one in rules.check_limits(days)] == codes


def test_a_period_has_days_and_an_end() -> None:
    assert not list(rules.check_period(TODAY, TODAY))
    assert [one.code for one in rules.check_period(TODAY, TODAY - rules.DAY)] == ["PERIOD_BACKWARDS"]
    assert [one.code for one in rules.check_period(date(2000, 1, 1), TODAY)] == ["NUMBER_OUT_OF_RANGE"]


def test_a_question_names_no_more_than_it_may() -> None:
    assert not list(rules.check_choice(StockChoice(sku_ids=[1] * 500)))
    (problem,) = rules.check_choice(StockChoice(sku_ids=[1] * 501))
    assert (problem.code, problem.path) == ("TOO_MANY_LINES", ("where", "sku_ids"))
