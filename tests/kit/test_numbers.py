from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jxc_graphql.kit.numbers import (
    LIMIT,
    Fixed,
    InvalidNumber,
    Money,
    Quantity,
    UnitPrice,
    amount,
    divide,
    plain,
    share,
    unit_price,
)

KINDS = some.sampled_from([Quantity, Money, UnitPrice])
STEPS = some.integers(-LIMIT, LIMIT)


@given(KINDS, STEPS)
def test_a_number_survives_its_text(kind: type[Fixed], steps: int) -> None:
    number = kind(steps)
    assert kind.of(str(number)) == number
    assert Decimal(str(number)).scaleb(kind.places) == steps
    assert "e" not in str(number).lower()
    assert not str(number).endswith(".")


@pytest.mark.parametrize(
    ("text", "expected"), [("0", "0"), ("-0", "0"), ("12.50", "12.5"), ("0.0001", "0.0001"), ("-3", "-3")]
)
def test_reads_plain_decimals(text: str, expected: str) -> None:
    assert str(Quantity.of(text)) == expected


def test_reads_whole_numbers_and_exact_decimals() -> None:
    assert Money.of(7) == Money.of("7")
    assert Money.of(Decimal("1E+2")) == Money.of("100")


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "+1", ".5", "5.", "01", "1e3", "NaN", "Infinity", "1_0", "１", "1,5", "0x1", "--1", "1.2.3"],
)
def test_refuses_what_is_not_a_plain_decimal(text: str) -> None:
    with pytest.raises(InvalidNumber):
        Quantity.of(text)


@pytest.mark.parametrize("value", [1.5, True, Money.of("1"), Decimal("NaN"), Decimal("Infinity")])
def test_refuses_values_that_are_not_exact(value: object) -> None:
    with pytest.raises(InvalidNumber):
        Quantity.of(value)  # type: ignore[arg-type]


def test_refuses_too_many_places_and_too_much() -> None:
    with pytest.raises(InvalidNumber, match="TOO_MANY_DECIMALS"):
        Quantity.of("0.00001")
    with pytest.raises(InvalidNumber, match="OUT_OF_BOUNDS"):
        Quantity.of("100000000000.0001")
    assert UnitPrice.of("0.000001") == UnitPrice(1)


def test_kinds_do_not_mix() -> None:
    for wrong in (Money.of("1"), 1, 1.5):
        with pytest.raises(TypeError):
            Quantity.of("1") + wrong
        with pytest.raises(TypeError):
            Quantity.of("1") - wrong
    for wrong in (Money.of("1"), 1):
        with pytest.raises(TypeError):
            wrong - Quantity.of("1")
    for wrong in (UnitPrice.of("3"), 1.5):
        with pytest.raises(TypeError):
            Quantity.of("2") * wrong
    assert Quantity.of("2") * 3 == 3 * Quantity.of("2") == Quantity.of("6")
    assert -Quantity.of("2") + abs(Quantity.of("-2")) == Quantity(0)


@given(some.integers(-(10**30), 10**30), some.integers(1, 10**18))
def test_divides_half_to_even(numerator: int, denominator: int) -> None:
    with localcontext(prec=100):
        exact = Fraction(numerator, denominator)
        assert abs(divide(numerator, denominator) - exact) <= Fraction(1, 2)
    if (exact * 2).denominator == 1 and exact.denominator == 2:
        assert divide(numerator, denominator) % 2 == 0


@given(some.integers(0, 10**12), some.integers(0, 10**12))
def test_an_amount_is_the_exact_product_rounded_once(quantity: int, price: int) -> None:
    with localcontext(prec=100):
        product = Decimal(quantity).scaleb(-4) * Decimal(price).scaleb(-6)
        expected = product.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
    assert str(amount(Quantity(quantity), UnitPrice(price))) == plain(int(expected.scaleb(4)), 4)


def test_a_unit_price_is_what_one_costs() -> None:
    assert unit_price(Money.of("10"), Quantity.of("3")) == UnitPrice.of("3.333333")


@given(STEPS, some.lists(some.integers(0, 10**9), min_size=1, max_size=20).filter(any))
def test_shares_add_up_and_none_is_a_step_off(whole: int, weights: list[int]) -> None:
    parts = share(Money(whole), weights)
    assert Money.total(parts) == Money(whole)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(int(part) - Fraction(whole * weight, sum(weights))) < 1
