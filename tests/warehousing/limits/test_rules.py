"""Seasons never share a day, and a ratio keeps the order of what a limit says."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.numbers import LIMIT, Quantity
from jxc_graphql.warehousing.limits.rules import (
    KnownLimit,
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
        assert bool(list(check_seasons(unique[split:], known))) == clash


@given(amounts, st.none() | amounts)
def test_fills_in_defaults_that_are_in_order_and_in_bounds(limit: Quantity, room: Quantity | None) -> None:
    upper = None if room is None else Quantity(min(limit + room, LIMIT))
    wanted = WantedLimit(sku_id=1, warehouse_id=2, limit=limit, upper=upper)
    terms = wanted.complete()
    said = [terms.limit, terms.clear_above, terms.target, *([upper] if upper is not None else [])]
    assert said == sorted(said)
    assert max(said) <= LIMIT
    assert list(check_limits([wanted])) == []


@given(
    st.lists(st.integers(0, 10**9).map(Quantity), min_size=4, max_size=4), st.integers(1, 1000), st.integers(1, 1000)
)
def test_a_ratio_keeps_what_is_in_order_in_order(amounts: list[Quantity], numerator: int, denominator: int) -> None:
    limit, clear_above, target, upper = sorted(amounts)
    wanted = WantedLimit(
        sku_id=1, warehouse_id=2, limit=limit, clear_above=clear_above, target=target, upper=upper, starts_on=FIRST
    )
    terms = scaled(wanted.complete(), numerator, denominator)
    assert terms.upper is not None
    assert [terms.limit, terms.clear_above, terms.target, terms.upper] == sorted(
        [terms.limit, terms.clear_above, terms.target, terms.upper]
    )
    assert abs(terms.limit * denominator - limit * numerator) * 2 <= denominator
    assert terms.starts_on == FIRST


def test_a_ratio_is_of_two_numbers_from_one_to_a_thousand() -> None:
    assert list(check_ratio(1, 1000)) == []
    assert [reason.path for reason in check_ratio(0, 1001)] == [("numerator",), ("denominator",)]
