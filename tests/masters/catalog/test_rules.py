import pytest
from hypothesis import given
from hypothesis import strategies as st

from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import LIMIT, Quantity
from jxc_graphql.masters.catalog import rules
from jxc_graphql.masters.catalog.units import Label, Unit

UNITS = {"箱": (12, 1), "打": (12, 1), "g": (1, 1000), "三分": (1, 3)}


def in_base(unit: str | None, quantity: str) -> Quantity | Reason:
    return rules.in_base("瓶", UNITS, unit, Quantity.of(quantity), ("quantity",))


@pytest.mark.parametrize(
    ("unit", "quantity", "base"),
    [(None, "1.5", "1.5"), ("瓶", "2", "2"), ("箱", "3", "36"), ("g", "250", "0.25"), ("三分", "6", "2")],
)
def test_a_quantity_in_another_unit_is_an_exact_one_in_the_base_unit(
    unit: str | None, quantity: str, base: str
) -> None:
    assert in_base(unit, quantity) == Quantity.of(base)


def test_an_inexact_quantity_is_refused() -> None:
    refused = rules.InexactUnit(path=("quantity",), unit="三分", base_unit="瓶", numerator=1, denominator=3)
    assert in_base("三分", "1") == refused


def test_an_unknown_unit_is_refused() -> None:
    assert in_base("桶", "1") == rules.UnknownUnit(path=("quantity",), unit="桶")


def test_more_than_the_books_can_hold_is_refused() -> None:
    refused = rules.in_base("瓶", UNITS, "箱", Quantity(LIMIT), ("quantity",))
    assert isinstance(refused, Reason)
    assert refused.code == "OUT_OF_BOUNDS"


@given(st.integers(-LIMIT, LIMIT), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_conversion_is_exact_or_refused(steps: int, numerator: int, denominator: int) -> None:
    base = rules.in_base("b", {"u": (numerator, denominator)}, "u", Quantity(steps), ())
    if isinstance(base, Quantity):
        assert int(base) * denominator == steps * numerator
    else:
        assert steps * numerator % denominator or abs(steps * numerator) > LIMIT * denominator


def test_all_that_is_wrong_with_units_is_said_at_once() -> None:
    units = [
        Unit(name="瓶", numerator=1),
        Unit(name="箱", numerator=0),
        Unit(name="箱", numerator=1, denominator=10**7),
    ]
    assert [(reason.code, reason.path) for reason in rules.check_units("瓶", units)] == [
        ("DUPLICATE_UNIT", ("units", 0, "name")),
        ("RATIO_OUT_OF_BOUNDS", ("units", 1, "numerator")),
        ("DUPLICATE_UNIT", ("units", 2, "name")),
        ("RATIO_OUT_OF_BOUNDS", ("units", 2, "denominator")),
    ]


def test_a_barcode_stands_on_a_unit_of_the_sku() -> None:
    barcodes = [Label(code="69", unit="箱"), Label(code="69"), Label(code="70", unit="桶"), Label(code="71", unit="瓶")]
    reasons = rules.check_barcodes("瓶", [Unit(name="箱", numerator=12)], barcodes)
    assert [(reason.code, reason.path) for reason in reasons] == [
        ("DUPLICATE_BARCODE", ("barcodes", 1, "code")),
        ("UNKNOWN_UNIT", ("barcodes", 2, "unit")),
    ]


def test_a_sku_has_a_bounded_number_of_units_and_barcodes() -> None:
    units = [Unit(name=str(n), numerator=1) for n in range(21)]
    assert [reason.code for reason in rules.check_units("瓶", units)] == ["TOO_MANY_UNITS"]
    labels = [Label(code=str(n)) for n in range(51)]
    assert [reason.code for reason in rules.check_barcodes("瓶", [], labels)] == ["TOO_MANY_BARCODES"]
