"""When an alert is raised, kept and resolved, over all quantities and days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.insight.alerts.rules import (
    Alert,
    AlertChange,
    LotThere,
    PreferredSupply,
    Seen,
    Standing,
    Subject,
    Unsold,
    Verdict,
    Watched,
    review,
    suggested_quantity,
)
from jxc_graphql.kit.numbers import LIMIT, Quantity
from jxc_graphql.office.company.settings import CompanySettings

DAY = date(2026, 3, 1)
LOW = Subject(kind=StockAlertKind.LOW, stock_level_id=1, sku_id=2, warehouse_id=3)
OVER = Subject(kind=StockAlertKind.OVER, stock_level_id=1, sku_id=2, warehouse_id=3)

amounts = st.one_of(st.integers(0, 30), st.integers(0, LIMIT)).map(Quantity)
supplies = st.builds(
    PreferredSupply, supplier_id=st.just(7), pack_quantity=st.integers(1, LIMIT).map(Quantity), minimum_quantity=amounts
)


@st.composite
def watched_levels(draw: st.DrawFn) -> Watched:
    limit, clear_above, target, upper = sorted(draw(st.tuples(amounts, amounts, amounts, amounts)))
    return Watched(
        stock_level_id=1, sku_id=2, warehouse_id=3,
        available=draw(amounts), waiting=draw(amounts), incoming=draw(amounts), in_transit=draw(amounts), limit=limit,
        clear_above=clear_above, target=target, upper=draw(st.sampled_from([None, upper])),
        supply=draw(st.none() | supplies),
    )  # fmt: skip


Standings = dict[Subject, Standing]


def step(seen: Seen, day: date = DAY, **days: int) -> tuple[list[Verdict], Standings]:
    """What a review finds, and the alerts that stand after it."""
    verdicts = review(seen, day, structs.replace(CompanySettings(), **days))
    standing = dict(seen.standing)
    for verdict in verdicts:
        if verdict.change is AlertChange.RESOLVED:
            del standing[verdict.subject]
        else:
            standing[verdict.subject] = Standing(id=1, alert=verdict.alert, there=verdict.alert.available)
    return verdicts, standing


def looked(watched: Watched, available: Quantity, standing: Standings) -> Seen:
    import msgspec  # noqa: PLC0415

    level = msgspec.structs.replace(watched, available=available)
    there = {one: msgspec.structs.replace(each, there=available) for one, each in standing.items()}
    return Seen(standing=there, watched=[level], lots=[], unsold=[], not_back=[])


@given(watched_levels(), st.lists(amounts, max_size=12))
def test_is_open_from_the_limit_until_above_the_clearing_quantity(watched: Watched, moves: list[Quantity]) -> None:
    expected, standing = False, Standings()
    for available in [watched.available, *moves]:
        before = standing.get(LOW)
        verdicts, standing = step(looked(watched, available, standing))
        changes = {verdict.subject: verdict.change for verdict in verdicts}
        expected = available <= watched.clear_above if expected else available <= watched.limit
        assert (LOW in standing) == expected
        if expected:
            alert = standing[LOW].alert
            assert (alert.severity is StockAlertSeverity.OUT) == (available == 0)
            assert (alert.available, alert.limit) == (available, watched.limit)
        worse = before is not None and before.alert.severity is StockAlertSeverity.LOW and available == 0
        assert (changes.get(LOW) is AlertChange.WORSENED) == worse
        assert (changes.get(LOW) is AlertChange.RAISED) == (before is None and expected)
        assert (changes.get(LOW) is AlertChange.RESOLVED) == (before is not None and not expected)


@given(watched_levels(), st.lists(amounts, max_size=12))
def test_is_too_much_above_the_upper_limit_only(watched: Watched, moves: list[Quantity]) -> None:
    standing = Standings()
    for available in [watched.available, *moves]:
        verdicts, standing = step(looked(watched, available, standing))
        assert (OVER in standing) == (watched.upper is not None and available > watched.upper)
        for verdict in verdicts:
            if verdict.change is AlertChange.RESOLVED:
                assert verdict.alert.available == available
                assert verdict.alert.suggested_quantity == 0


@given(watched_levels())
def test_a_second_look_changes_nothing(watched: Watched) -> None:
    _, standing = step(looked(watched, watched.available, {}))
    assert step(looked(watched, watched.available, standing)) == ([], standing)


@given(watched_levels())
def test_suggests_enough_in_whole_packs_and_never_less_than_nothing(watched: Watched) -> None:
    suggested = suggested_quantity(watched)
    coming = watched.available + watched.incoming + watched.in_transit
    missing = watched.target + watched.waiting - coming
    assert 0 <= suggested <= LIMIT
    assert (suggested == 0) == (missing <= 0)
    assert suggested >= min(missing, LIMIT)
    if suggested and watched.supply and suggested < LIMIT:
        assert suggested % watched.supply.pack_quantity == 0
        assert suggested >= watched.supply.minimum_quantity
        assert suggested - watched.supply.pack_quantity < max(missing, watched.supply.minimum_quantity)


def test_says_what_it_has_always_said() -> None:
    watched = Watched(
        stock_level_id=1, sku_id=2, warehouse_id=3,
        available=Quantity.of("3"), waiting=Quantity.of("5"), incoming=Quantity.of("7"), in_transit=Quantity(0),
        limit=Quantity.of("4"), clear_above=Quantity.of("6"), target=Quantity.of("20"), upper=None,
        supply=PreferredSupply(supplier_id=7, pack_quantity=Quantity.of("6"), minimum_quantity=Quantity.of("10")),
    )  # fmt: skip
    ((verdict,), _) = step(looked(watched, watched.available, {}))
    assert verdict.alert == Alert(
        severity=StockAlertSeverity.LOW,
        available=Quantity.of("3"),
        limit=Quantity.of("4"),
        suggested_quantity=Quantity.of("18"),
        supplier_id=7,
    )


@given(st.integers(-400, 400), st.none() | st.integers(0, 200), st.integers(0, 200))
def test_tells_of_a_lot_from_so_many_days_before_it_expires(left: int, own: int | None, usual: int) -> None:
    lot = LotThere(
        stock_level_id=1, sku_id=2, warehouse_id=3, lot_id=4, expires_on=DAY + timedelta(days=left),
        quantity=Quantity(5), expiry_alert_days=own,
    )  # fmt: skip
    verdicts, _ = step(Seen(standing={}, watched=[], lots=[lot], unsold=[], not_back=[]), expiry_alert_days=usual)
    severity = StockAlertSeverity.EXPIRED if left < 0 else StockAlertSeverity.EXPIRING
    expected = [] if left > (usual if own is None else own) else [severity]
    assert [verdict.alert.severity for verdict in verdicts] == expected


def test_a_lot_gets_worse_on_the_day_after_its_last_good_one() -> None:
    lot = LotThere(
        stock_level_id=1, sku_id=2, warehouse_id=3, lot_id=4, expires_on=DAY, quantity=Quantity(5),
        expiry_alert_days=None,
    )  # fmt: skip
    seen = Seen(standing={}, watched=[], lots=[lot], unsold=[], not_back=[])
    verdicts, standing = step(seen)
    assert [verdict.change for verdict in verdicts] == [AlertChange.RAISED]
    following = Seen(standing=standing, watched=[], lots=[lot], unsold=[], not_back=[])
    assert step(following)[0] == []
    assert [verdict.change for verdict in step(following, DAY + timedelta(days=1))[0]] == [AlertChange.WORSENED]
    gone = Seen(standing=standing, watched=[], lots=[], unsold=[], not_back=[])
    assert [verdict.change for verdict in step(gone)[0]] == [AlertChange.RESOLVED]


@given(st.integers(0, 400), st.integers(1, 400))
def test_goods_are_dead_once_nothing_was_sold_for_so_many_days(idle: int, days: int) -> None:
    unsold = Unsold(
        stock_level_id=1, sku_id=2, warehouse_id=3, on_hand=Quantity(5), idle_since_on=DAY - timedelta(days=idle)
    )
    verdicts, _ = step(Seen(standing={}, watched=[], lots=[], unsold=[unsold], not_back=[]), dead_stock_days=days)
    assert [verdict.alert.severity for verdict in verdicts] == ([StockAlertSeverity.DEAD] if idle >= days else [])


@given(st.integers(-3, 3), st.booleans())
def test_is_heard_again_when_its_day_comes(ahead: int, same: bool) -> None:
    alert = Alert(severity=StockAlertSeverity.OVER, available=Quantity(9), limit=Quantity(5))
    watched = Watched(
        stock_level_id=1, sku_id=2, warehouse_id=3,
        available=Quantity(9 if same else 8), waiting=Quantity(0), incoming=Quantity(0),
        in_transit=Quantity(0), limit=Quantity(0), clear_above=Quantity(0), target=Quantity(5), upper=Quantity(5),
        supply=None,
    )  # fmt: skip
    snoozed = Standing(id=1, alert=alert, there=watched.available, snoozed_until_on=DAY + timedelta(days=ahead))
    verdicts = review(
        Seen(standing={OVER: snoozed}, watched=[watched], lots=[], unsold=[], not_back=[]), DAY, CompanySettings()
    )
    expected = [AlertChange.REOPENED] if ahead <= 0 else [] if same else [AlertChange.UPDATED]
    assert [verdict.change for verdict in verdicts] == expected
    assert [verdict.wakes for verdict in verdicts] == [change is AlertChange.REOPENED for change in expected]
