"""On which day something is due, by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jxc_graphql.masters.payment_terms import rules
from jxc_graphql.masters.payment_terms.models import PaymentBasis
from jxc_graphql.masters.payment_terms.queries import KnownTerm


def term(basis: str, months: int = 0, days: int = 0) -> KnownTerm:
    return KnownTerm(id=1, basis=PaymentBasis(basis), months=months, days=days)


@pytest.mark.parametrize(
    ("day", "of", "due"),
    [
        ("2026-01-31", term("DOCUMENT"), "2026-01-31"),
        ("2026-01-31", term("DOCUMENT", days=30), "2026-03-02"),  # 28 days of February, and 2
        ("2026-01-31", term("DOCUMENT", months=1), "2026-02-28"),
        ("2028-01-31", term("DOCUMENT", months=1), "2028-02-29"),
        ("2026-01-31", term("DOCUMENT", months=1, days=1), "2026-03-01"),
        ("2026-02-28", term("DOCUMENT", months=1), "2026-03-28"),
        ("2026-11-30", term("DOCUMENT", months=14), "2028-01-30"),
        ("2026-01-01", term("MONTH_END"), "2026-01-31"),
        ("2026-01-31", term("MONTH_END"), "2026-01-31"),
        ("2026-01-15", term("MONTH_END", days=30), "2026-03-02"),
        ("2026-01-15", term("MONTH_END", months=1), "2026-02-28"),
        ("2026-12-05", term("MONTH_END", months=2, days=10), "2027-03-10"),
        ("2026-01-15", term("PREPAID"), "2026-01-15"),
    ],
)
def test_something_is_due_by_its_term(day: str, of: KnownTerm, due: str) -> None:
    assert of.due_on(date.fromisoformat(day)) == date.fromisoformat(due)


@given(
    some.dates(date(2000, 1, 1), date(2100, 1, 1)),
    some.builds(term, some.sampled_from(["DOCUMENT", "MONTH_END"]), some.integers(0, 24), some.integers(0, 730)),
)
def test_nothing_is_due_before_it_is_owed_and_a_later_day_is_not_due_earlier(day: date, of: KnownTerm) -> None:
    assert day <= of.due_on(day) <= of.due_on(date.fromordinal(day.toordinal() + 1))


def test_a_term_has_a_time_that_can_be() -> None:
    found = rules.check_payment_term("x" * 21, PaymentBasis.DOCUMENT, 25, 731)
    assert [(one.code, one.path) for one in found] == [
        ("TEXT_TOO_LONG", ("code",)), ("OUT_OF_BOUNDS", ("months",)), ("OUT_OF_BOUNDS", ("days",)),
    ]  # fmt: skip
    found = rules.check_payment_term("P", PaymentBasis.PREPAID, 0, 1)
    assert [(one.code, one.path) for one in found] == [("OUT_OF_BOUNDS", ("days",))]
