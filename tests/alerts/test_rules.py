"""When an alert is raised, kept and resolved, over all quantities."""

from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.alerts.models import StockAlertSeverity
from jxc_graphql.alerts.rules import Alert, Change, Supply, WantedLimit, Watched, judge, suggested_quantity
from jxc_graphql.kit.numbers import LIMIT, Quantity

amounts = st.one_of(st.integers(0, 30), st.integers(0, LIMIT)).map(Quantity)
supplies = st.builds(
    Supply, supplier_id=st.just(7), pack_quantity=st.integers(1, LIMIT).map(Quantity), minimum_quantity=amounts
)


@st.composite
def watched_levels(draw: st.DrawFn) -> Watched:
    limit, clear_above, target = sorted(draw(st.tuples(amounts, amounts, amounts)))
    return Watched(
        stock_level_id=1, sku_id=2, warehouse_id=3,
        available=draw(amounts), incoming=draw(amounts), limit=limit, clear_above=clear_above, target=target,
        supply=draw(st.none() | supplies), alert_id=None, alert=None,
    )  # fmt: skip


def after(watched: Watched, available: Quantity) -> tuple[Watched, Change | None]:
    """The level at another quantity, once it was reviewed."""
    import msgspec  # noqa: PLC0415

    moved = msgspec.structs.replace(watched, available=available)
    verdict = judge(moved)
    if verdict is None:
        return moved, None
    alert = None if verdict.change is Change.RESOLVED else verdict.alert
    return msgspec.structs.replace(moved, alert=alert, alert_id=alert and 1), verdict.change


@given(watched_levels(), st.lists(amounts, max_size=12))
def test_is_open_from_the_limit_until_above_the_clearing_quantity(watched: Watched, moves: list[Quantity]) -> None:
    expected = False
    for available in [watched.available, *moves]:
        before = watched.alert
        watched, change = after(watched, available)
        expected = available <= watched.clear_above if expected else available <= watched.limit
        assert (watched.alert is not None) == expected
        if watched.alert:
            assert (watched.alert.severity is StockAlertSeverity.OUT) == (available == 0)
            assert (watched.alert.available, watched.alert.limit) == (available, watched.limit)
        worse = before is not None and before.severity is StockAlertSeverity.LOW and available == 0
        assert (change is Change.WORSENED) == worse
        assert (change is Change.RAISED) == (before is None and expected)
        assert (change is Change.RESOLVED) == (before is not None and not expected)


@given(watched_levels())
def test_a_second_look_changes_nothing(watched: Watched) -> None:
    reviewed, _ = after(watched, watched.available)
    assert judge(reviewed) is None


@given(watched_levels())
def test_suggests_enough_in_whole_packs_and_never_less_than_nothing(watched: Watched) -> None:
    suggested = suggested_quantity(watched)
    missing = watched.target - watched.available - watched.incoming
    assert 0 <= suggested <= LIMIT
    assert (suggested == 0) == (missing <= 0)
    assert suggested >= missing
    if suggested and watched.supply and suggested < LIMIT:
        assert suggested % watched.supply.pack_quantity == 0
        assert suggested >= watched.supply.minimum_quantity
        assert suggested - watched.supply.pack_quantity < max(missing, watched.supply.minimum_quantity)


def test_says_what_it_has_always_said() -> None:
    watched = Watched(
        stock_level_id=1, sku_id=2, warehouse_id=3,
        available=Quantity.of("3"), incoming=Quantity.of("2"), limit=Quantity.of("4"), clear_above=Quantity.of("6"),
        target=Quantity.of("20"),
        supply=Supply(supplier_id=7, pack_quantity=Quantity.of("6"), minimum_quantity=Quantity.of("10")),
        alert_id=None, alert=None,
    )  # fmt: skip
    verdict = judge(watched)
    assert verdict is not None
    assert verdict.alert == Alert(
        severity=StockAlertSeverity.LOW,
        available=Quantity.of("3"),
        limit=Quantity.of("4"),
        suggested_quantity=Quantity.of("18"),
        supplier_id=7,
    )


@given(amounts)
def test_fills_in_defaults_that_are_in_order_and_in_bounds(limit: Quantity) -> None:
    filled = WantedLimit(sku_id=1, warehouse_id=2, limit=limit).complete()
    assert list(filled) == sorted(filled)
    assert max(filled) <= LIMIT
