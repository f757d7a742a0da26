"""What numbers look like, and which rules may stand beside each other."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.office.documents.numbers import COUNTED, SHOWN, DatePart, Numbering, NumberReset

DAY = date(2026, 3, 7)


@pytest.mark.parametrize(
    ("rule", "number", "series"),
    [
        (Numbering(prefix="PO"), "PO-2026-00012", "PO-####-|2026"),
        (
            Numbering(
                prefix="CG", date_part=DatePart.DAY, separator="", digits=4, reset=NumberReset.DAILY
            ),
            "CG20260307-0012", "CG########-|20260307",
        ),
        (
            Numbering(prefix="入库", date_part=DatePart.NONE, separator="", digits=6, reset=NumberReset.NEVER),
            "入库000012", "入库|",
        ),
        (
            Numbering(prefix="SO", date_part=DatePart.YEAR_MONTH, separator=".", shows_branch=True, digits=3),
            "SO.BJ1.202603.012", "SO.BJ1.######.|2026",
        ),
        (
            Numbering(prefix="A1", date_part=DatePart.NONE, separator="", digits=3, reset=NumberReset.NEVER),
            "A1-012", "A1-|",
        ),
    ],
)  # fmt: skip
def test_a_number_is_made_of_its_parts(rule: Numbering, number: str, series: str) -> None:
    assert (rule.number(DAY, 12, "BJ-1"), rule.series(DAY, "BJ-1")) == (number, series)


@pytest.mark.parametrize(("code", "shown"), [("2026", "B2026"), ("001", "001"), ("-/", "0"), ("北京", "北京")])
def test_nobody_takes_a_branch_for_a_date(code: str, shown: str) -> None:
    assert Numbering(prefix="SO", shows_branch=True).head(DAY, code) == f"SO-{shown}-2026-"


def test_a_count_outgrows_its_digits() -> None:
    assert Numbering(prefix="PO", digits=3).number(DAY, 1234) == "PO-2026-1234"


def rules() -> st.SearchStrategy[Numbering]:
    return st.builds(
        Numbering,
        prefix=st.sampled_from(["A", "A2", "A2026", "A202603", "AB"]),
        date_part=st.sampled_from(DatePart),
        separator=st.sampled_from(["", "-"]),
        shows_branch=st.booleans(),
        digits=st.integers(3, 4),
        reset=st.sampled_from(NumberReset),
    ).filter(lambda one: COUNTED[one.reset] <= SHOWN[one.date_part] and (one.separator != "" or not one.shows_branch))


DAYS = st.sampled_from([date(2026, 3, 7), date(2026, 3, 8), date(2026, 4, 7), date(2027, 3, 7)])
CODES = st.sampled_from(["0", "B", "2", "2026", "202603", "20260307", "B2026"])
ASKED = st.lists(st.tuples(st.integers(0, 3), DAYS, CODES), min_size=2, max_size=30)


@given(st.lists(rules(), min_size=2, max_size=4), ASKED)
def test_rules_that_do_not_clash_give_no_number_twice(
    wanted: list[Numbering], asked: list[tuple[int, date, str]]
) -> None:
    """Each counts on in its series, however they alternate; a rule that clashes with what was given is not set."""
    in_force: list[Numbering] = []
    counts: dict[str, int] = {}
    numbers: list[str] = []
    for rule in wanted:
        others = [one.series(DAY, "A") for one in in_force]
        if rule.clashes([*others, *counts]) is not None:
            continue
        in_force.append(rule)
        for which, day, code in asked:
            used = in_force[which % len(in_force)]
            series = used.series(day, code)
            counts[series] = counts.get(series, 0) + 1
            numbers.append(used.number(day, counts[series], code))
    assert len(numbers) == len(set(numbers))


@given(rules(), DAYS, CODES)
def test_a_rule_goes_on_with_what_it_counted(rule: Numbering, day: date, code: str) -> None:
    assert rule.clashes([rule.series(day, code)]) is None


@pytest.mark.parametrize(
    ("rule", "series"),
    [
        (Numbering(prefix="PO", reset=NumberReset.NEVER), "PO-####-|2026"),
        (Numbering(prefix="PO", separator="-", date_part=DatePart.DAY), "PO-########-|20260307"),
        (Numbering(prefix="PO2026", date_part=DatePart.NONE, reset=NumberReset.NEVER), "PO####-|2026"),
        (Numbering(prefix="PO", separator=""), "PO2026-|"),
    ],
)
def test_what_is_counted_otherwise_and_looks_the_same_clashes(rule: Numbering, series: str) -> None:
    assert rule.clashes(["SO-####-|2026", series]) == series
