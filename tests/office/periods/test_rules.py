from datetime import date, timedelta

import pytest

from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company.rules import BeforeBooksOpen
from jxc_graphql.office.periods import rules
from jxc_graphql.office.periods.models import PeriodStatus
from jxc_graphql.office.periods.rules import (
    FutureBusinessDate,
    LateDocument,
    LaterPeriodClosed,
    PeriodClosed,
    PeriodNotOver,
    PeriodOpen,
)

TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)
CLOSED_THROUGH = date(2026, 2, 28)
BOOKS_OPEN = date(2020, 1, 1)


class TestPosting:
    @pytest.mark.parametrize(
        ("day", "may_be_late", "problem"),
        [
            (TODAY, False, None),
            (YESTERDAY, True, None),
            (CLOSED_THROUGH + timedelta(days=1), True, None),
            (YESTERDAY, False, LateDocument),
            (CLOSED_THROUGH, True, PeriodClosed),
            (CLOSED_THROUGH, False, PeriodClosed),
            (date.min, True, PeriodClosed),
            (TODAY + timedelta(days=1), True, FutureBusinessDate),
            (TODAY + timedelta(days=1), False, FutureBusinessDate),
            (date.max, True, FutureBusinessDate),
        ],
    )
    def test_tells_the_one_thing_that_is_wrong_with_a_day(
        self, day: date, may_be_late: bool, problem: type | None
    ) -> None:
        found = rules.check_posting_date(
            day,
            today=TODAY,
            opened_on=BOOKS_OPEN,
            closed_through=CLOSED_THROUGH,
            late=Permission.POST_LATE_DOCUMENTS,
            may_be_late=may_be_late,
            path=("business_date",),
        )
        assert [(type(reason), reason.path) for reason in found] == ([(problem, ("business_date",))] if problem else [])

    def test_may_be_of_any_day_as_long_as_nothing_is_closed(self) -> None:
        assert list(rules.check_open(BOOKS_OPEN, BOOKS_OPEN, None, ())) == []

    def test_is_not_before_the_books_were_opened(self) -> None:
        before = BOOKS_OPEN - timedelta(days=1)
        assert list(rules.check_open(before, BOOKS_OPEN, None, ("day",))) == [
            BeforeBooksOpen(path=("day",), opened_on=BOOKS_OPEN)
        ]

    def test_under_today_is_refused_only_where_today_is_closed(self) -> None:
        """As when the time zone of the books was set back after closing."""
        assert [type(reason) for reason in rules.check_open(TODAY, BOOKS_OPEN, TODAY, ())] == [PeriodClosed]


class TestClosing:
    @pytest.mark.parametrize(
        ("through", "problems"),
        [
            (YESTERDAY, []),
            (CLOSED_THROUGH + timedelta(days=1), []),
            (CLOSED_THROUGH, [PeriodClosed]),
            (date.min, [PeriodClosed]),
            (TODAY, [PeriodNotOver]),
            (date.max, [PeriodNotOver]),
        ],
    )
    def test_takes_days_that_are_over_and_open(self, through: date, problems: list[type]) -> None:
        found = list(rules.check_close(through, today=TODAY, opened_on=BOOKS_OPEN, closed_through=CLOSED_THROUGH))
        assert [type(reason) for reason in found] == problems
        assert {reason.path for reason in found} <= {("through",)}

    def test_goes_on_where_the_last_period_ended(self) -> None:
        assert rules.first_open_day(None) is None
        assert rules.first_open_day(CLOSED_THROUGH) == date(2026, 3, 1)


class TestReopening:
    def test_takes_the_newest_closed_period_and_a_reason(self) -> None:
        found = rules.check_reopen(PeriodStatus.CLOSED, CLOSED_THROUGH, closed_through=CLOSED_THROUGH, note="漏记一单")
        assert list(found) == []

    def test_is_refused_below_a_later_close(self) -> None:
        found = rules.check_reopen(PeriodStatus.CLOSED, date(2026, 1, 31), closed_through=CLOSED_THROUGH, note="x")
        assert list(found) == [LaterPeriodClosed(path=("period_id",), closed_through=CLOSED_THROUGH)]

    def test_is_refused_twice_and_without_a_reason_at_once(self) -> None:
        found = list(rules.check_reopen(PeriodStatus.REOPENED, CLOSED_THROUGH, closed_through=None, note=" "))
        assert [(reason.code, reason.path) for reason in found] == [
            (PeriodOpen.code, ("period_id",)),
            ("REQUIRED", ("note",)),
        ]
