"""Seasons never share a day, and a ratio keeps the order of what a limit says."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.numbers import LIMIT, Quantity
from jxc_graphql.warehousing.limits.rules import (
    KnownLimit,
    Terms,
    WantedLimit,
    check_limits,
    check_ratio,
    check_seasons,
    scaled,
)

FIRST = date(2026, 1, 1)
amounts = st.one_of(st.integers(0, 30), st.integers(0, LIMIT)).map(Quantity)
days = st.none() | st.integers(0, 20).map(lambda ahead: FIRST + timedelta(days=ahead))
EVERY_DAY = [FIRST + timedelta(days=ahead) for ahead in range(-1, 22)]


@st.composite
def wanted_limits(draw: st.DrawFn) -> WantedLimit:
    starts_on, ends_on = draw(days), draw(days)
    if starts_on and ends_on and ends_on < starts_on:
        starts_on, ends_on = ends_on, starts_on
    return WantedLimit(sku_id=1, warehouse_id=2, limit=Quantity(1), starts_on=starts_on, ends_on=ends_on)


def holds(one: WantedLimit, day: date) -> bool:
    return (one.starts_on or day) <= day <= (one.ends_on or day)


@given(st.lists(wanted_limits(), min_size=1, max_size=6), st.integers(0, 6))
def test_on_every_day_one_season_holds_at_most_or_the_list_is_refused(limits: list[WantedLimit], split: int) -> None:
    unique = list({one.identity: one for one in limits}.values())
    known = [
        KnownLimit(id=index, sku_id=1, warehouse_id=2, terms=one.complete()) for index, one in enumerate(unique[:split])
    ]
    seasons = [one for one in unique if one.complete().is_season]
    clash = any(sum(holds(one, day) for one in seasons) > 1 for day in EVERY_DAY)
    before = any(sum(holds(one, day) for one in seasons if one in unique[:split]) > 1 for day in EVERY_DAY)
    if not before:
        assert bool(list(check_seasons(unique[split:], [one.complete() for one in unique[split:]], known))) == clash


@given(amounts, st.none() | amounts)
def test_fills_in_defaults_that_are_in_order_and_in_bounds(limit: Quantity, room: Quantity | None) -> None:
    upper = None if room is None else Quantity(min(limit + room, LIMIT))
    wanted = WantedLimit(sku_id=1, warehouse_id=2, limit=limit, upper=upper)
    terms = wanted.complete()
    assert max(terms.target, upper or 0) <= LIMIT
    has_room = limit < LIMIT and (upper is None or upper > limit)
    assert rises(terms) == has_room
    assert (list(check_limits([wanted], [wanted.complete()])) == []) == has_room


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ({"limit": "0"}, "1"),
        ({"limit": "0", "upper": "0.5"}, "0.5"),
        ({"limit": "0.4"}, "1.4"),
        ({"limit": "5"}, "10"),
        ({"limit": "5", "upper": "7"}, "7"),
        ({"limit": "5", "clear_above": "12"}, "13"),
    ],
)
def test_orders_more_than_what_ends_the_alert(said: dict[str, str], target: str) -> None:
    wanted = wanted_of(said)
    assert wanted.complete().target == Quantity.of(target)
    assert list(check_limits([wanted], [wanted.complete()])) == []


@pytest.mark.parametrize(
    ("said", "then", "expected"),
    [
        ({"limit": "50"}, {"limit": "0"}, ("0", "1", None)),
        ({"limit": "5"}, {"limit": "50"}, ("50", "100", None)),
        ({"limit": "50", "upper": "60"}, {"limit": "20"}, ("20", "40", "60")),
        ({"limit": "5", "clear_above": "8"}, {"limit": "2"}, ("8", "9", None)),
        ({"limit": "5", "clear_above": "8", "target": "30"}, {"limit": "2"}, ("8", "30", None)),
        ({"limit": "5", "target": "30"}, {"limit": "2"}, ("2", "30", None)),
        ({"limit": "5", "target": "30"}, {"limit": "40"}, ("40", "80", None)),
    ],
)
def test_what_nobody_said_goes_where_the_limit_goes(
    said: dict[str, str], then: dict[str, str], expected: tuple[str, str, str | None]
) -> None:
    terms = wanted_of(then).complete(wanted_of(said).complete())
    clear_above, target, upper = (one and Quantity.of(one) for one in expected)
    assert (terms.clear_above, terms.target, terms.upper) == (clear_above, target, upper)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"limit": "5", "target": "5"}, ("TARGET_BELOW_LIMIT", "target")),
        ({"limit": "0", "target": "0"}, ("TARGET_BELOW_LIMIT", "target")),
        ({"limit": "5", "clear_above": "8", "target": "8"}, ("TARGET_BELOW_LIMIT", "target")),
        ({"limit": "5", "upper": "5"}, ("UPPER_BELOW_TARGET", "upper")),
        ({"limit": "0", "upper": "0"}, ("UPPER_BELOW_TARGET", "upper")),
        ({"limit": "5", "target": "5", "upper": "5"}, ("TARGET_BELOW_LIMIT", "target")),
        ({"limit": "100000000000"}, ("TARGET_BELOW_LIMIT", "target")),
    ],
)
def test_refuses_what_ordering_would_not_end(said: dict[str, str], problem: tuple[str, str]) -> None:
    wanted = wanted_of(said)
    (reason,) = check_limits([wanted], [wanted.complete()])
    assert (reason.code, reason.path) == (problem[0], ("limits", 0, problem[1]))


def wanted_of(said: dict[str, str]) -> WantedLimit:
    quantities: dict[str, Any] = {name: Quantity.of(text) for name, text in said.items()}
    return WantedLimit(sku_id=1, warehouse_id=2, **quantities)


def rises(terms: Terms) -> bool:
    upper = terms.target if terms.upper is None else terms.upper
    return 0 <= terms.limit <= terms.clear_above < terms.target <= upper


@given(
    st.lists(st.integers(0, 10**9).map(Quantity), min_size=4, max_size=4), st.integers(1, 1000), st.integers(1, 1000)
)
def test_a_ratio_keeps_what_is_in_order_in_order(amounts: list[Quantity], numerator: int, denominator: int) -> None:
    limit, clear_above, target, upper = sorted(amounts)
    wanted = WantedLimit(
        sku_id=1, warehouse_id=2, limit=limit, clear_above=clear_above, target=target, upper=upper, starts_on=FIRST
    )
    terms = scaled(wanted.complete(), numerator, denominator)
    assert rises(terms)
    assert abs(terms.limit * denominator - limit * numerator) * 2 <= denominator
    assert terms.starts_on == FIRST


def test_a_ratio_is_of_two_numbers_from_one_to_a_thousand() -> None:
    assert list(check_ratio(1, 1000)) == []
    assert [reason.path for reason in check_ratio(0, 1001)] == [("numerator",), ("denominator",)]
