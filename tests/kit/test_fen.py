"""Whole fen: taxes, discounts and parts of lines, with the values that were worked out by hand."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jxc_graphql.kit.fen import (
    FEN,
    Amounts,
    PrintedTax,
    check_whole_fen,
    out_of_tolerance,
    part_of_total,
    shared,
    taxed,
    whole_fen,
    worth,
)
from jxc_graphql.kit.numbers import LIMIT, Money, Quantity, Ratio, UnitPrice

FENS = some.integers(-(10**12), 10**12).map(lambda fen: Money(fen * FEN))
RATES = some.sampled_from([Ratio.of(text) for text in ("0", "0.01", "0.03", "0.05", "0.06", "0.09", "0.13", "0.21")])


def amounts(net: str, tax: str, gross: str) -> Amounts:
    return Amounts(net=Money.of(net), tax=Money.of(tax), gross=Money.of(gross))


def of(text: str, rate: str, *, includes: bool = False) -> Amounts:
    return taxed(Money.of(text), Ratio.of(rate), prices_include_tax=includes)


@pytest.mark.parametrize(
    ("typed", "rate", "includes", "expected"),
    [
        ("33.35", "0.13", False, ("33.35", "4.34", "37.69")),
        ("12.50", "0.01", False, ("12.50", "0.13", "12.63")),
        ("0.50", "0.13", False, ("0.50", "0.07", "0.57")),
        ("100", "0.13", True, ("88.50", "11.50", "100")),
        ("379", "0.21", True, ("313.22", "65.78", "379")),
        ("101", "0.01", True, ("100", "1", "101")),
        ("-0.50", "0.13", False, ("-0.50", "-0.07", "-0.57")),
        ("711.90", "0.13", True, ("630", "81.90", "711.90")),
        ("1000", "0", True, ("1000", "0", "1000")),
    ],
)
def test_a_line_comes_to(typed: str, rate: str, includes: bool, expected: tuple[str, str, str]) -> None:
    assert of(typed, rate, includes=includes) == amounts(*expected)


def test_a_document_is_the_sum_of_its_lines() -> None:
    assert Amounts.total([of("33.35", "0.13")] * 3) == amounts("100.05", "13.02", "113.07")
    assert Amounts.total([of("379", "0.21", includes=True)] * 2) == amounts("626.44", "131.56", "758")
    assert Amounts.total([]) == amounts("0", "0", "0")
    assert of("0.50", "0.13") + of("-0.50", "0.13") == amounts("0", "0", "0")


@given(FENS, RATES, some.booleans())
def test_net_and_tax_are_gross(typed: Money, rate: Ratio, includes: bool) -> None:
    found = taxed(typed, rate, prices_include_tax=includes)
    assert found.net + found.tax == found.gross
    assert (found.gross if includes else found.net) == typed
    assert not [one for one in (found.net, found.tax, found.gross) if one % FEN]
    assert taxed(-typed, rate, prices_include_tax=includes) == -found
    exact = Fraction(found.net) * rate / 10_000
    assert abs(exact - found.tax) <= Fraction(FEN, 2) * (Fraction(rate, 10_000) + 1)


@given(some.integers(-LIMIT * 10, LIMIT * 10), some.integers(1, 10**6))
def test_halves_of_a_fen_go_away_from_zero(steps: int, divisor: int) -> None:
    divided = Fraction(steps, divisor * FEN)
    digits = Decimal(abs(divided.numerator * 10**40 // divided.denominator)).scaleb(-40)
    if (2 * divided).denominator == 1:
        digits = Decimal(abs((2 * divided).numerator)) / 2
    nearest = int(digits.quantize(Decimal(1), ROUND_HALF_UP))
    assert whole_fen(steps, divisor) == FEN * (nearest if steps > 0 else -nearest)


def test_quantity_times_price_is_rounded_once() -> None:
    assert worth(Quantity.of("3"), UnitPrice.of("0.3333")) == Money.of("1")
    assert worth(Quantity.of("0.5"), UnitPrice.of("0.009999")) == Money.of("0")  # by way of 0.0050 it would be 0.01
    assert worth(Quantity.of("-1"), UnitPrice.of("0.005")) == Money.of("-0.01")


def test_a_discount_is_shared_to_the_fen() -> None:
    lines = [Money.of(text) for text in ("333.33", "333.33", "333.34")]
    assert shared(Money.of("100"), lines) == [Money.of(text) for text in ("33.33", "33.33", "33.34")]
    assert shared(Money.of("100"), [Money.of("1")] * 3) == [Money.of(text) for text in ("33.34", "33.33", "33.33")]
    assert shared(Money.of("100"), [Money.of("1"), Money.of("0")]) == [Money.of("100"), Money.of("0")]


@given(some.integers(0, 10**12), some.lists(some.integers(0, 10**12), min_size=1, max_size=50).filter(any))
def test_shares_of_a_discount_add_up(fen: int, weights: list[int]) -> None:
    parts = shared(Money(fen * FEN), [Money(one * FEN) for one in weights])
    assert Money.total(parts) == fen * FEN
    assert all(part % FEN == 0 for part in parts)
    assert all(
        abs(Fraction(fen * weight, sum(weights)) - part // FEN) < 1 for part, weight in zip(parts, weights, strict=True)
    )


QUANTITIES = some.lists(some.integers(1, 10**8).map(Quantity), min_size=1, max_size=30)


@given(FENS, RATES, some.booleans(), QUANTITIES, some.randoms())
def test_parts_add_up_in_whatever_order(
    typed: Money, rate: Ratio, includes: bool, parts: list[Quantity], order: object
) -> None:
    whole, quantity = taxed(typed, rate, prices_include_tax=includes), Quantity.total(parts)
    for _ in range(2):
        before, found = Quantity(0), list[Amounts]()
        for part in parts:
            before += part
            found.append(whole.next_part(before, quantity, Amounts.total(found)))
        assert Amounts.total(found) == whole
        assert all(one.net + one.tax == one.gross for one in found)
        assert all(int(one.net) * int(typed) >= 0 <= int(one.tax) * int(typed) for one in found)
        order.shuffle(parts)  # type: ignore[attr-defined]


def test_the_next_part_makes_up_for_what_others_had() -> None:
    """Of 0.67 for 2 the first had 0.33, which 0.34 were: the next has what is left, and none has less than nothing."""
    whole = Amounts(net=Money.of("0.67"), tax=Money.of("0"), gross=Money.of("0.67"))
    had = Amounts(net=Money.of("0.33"), gross=Money.of("0.33"))
    assert whole.next_part(Quantity.of("2"), Quantity.of("2"), had).net == Money.of("0.34")
    more = Amounts(net=Money.of("0.5"), gross=Money.of("0.5"))
    assert whole.next_part(Quantity.of("1"), Quantity.of("2"), more) == Amounts()


def test_parts_are_differences_of_what_came() -> None:
    total, three = Money.of("100"), Quantity.of("3")
    parts = [part_of_total(total, Quantity.of(before), Quantity.of("1"), three) for before in range(3)]
    assert parts == [Money.of(text) for text in ("33.33", "33.34", "33.33")]
    beyond = part_of_total(Money.of("1000"), Quantity.of("60"), Quantity.of("45"), Quantity.of("100"))
    assert beyond == Money.of("450")


def test_an_amount_below_the_fen_is_told() -> None:
    assert [one.code for one in check_whole_fen(Money.of("1.001"), ("discount",))] == ["TOO_MANY_DECIMALS"]
    assert not [*check_whole_fen(Money.of("1.01"), ("discount",))]


def printed(tax: str) -> PrintedTax:
    return PrintedTax(net=Money.of("100"), tax=Money.of(tax), rate=Ratio.of("0.13"))


@pytest.mark.parametrize(
    ("taxes", "refused"),
    [
        (["13.05"], []),
        (["13.06", "12.94"], []),
        (["13", "13.07"], [(1, Money.of("13"))]),
        (["13.05"] * 30, [(None, Money.of("390"))]),
        (["13.05"] * 25, []),
        (["13.05"] * 25 + ["12.98"], []),
        (["13.05"] * 25 + ["12.97"], [(None, Money.of("338"))]),
    ],
)
def test_printed_tax_is_taken_when_it_is_near_enough(taxes: list[str], refused: list[tuple[int | None, Money]]) -> None:
    assert [*out_of_tolerance([printed(tax) for tax in taxes])] == refused


@given(
    some.integers(0, 10**6),
    some.integers(0, 10**5),
    some.lists(some.tuples(some.integers(1, 9), some.booleans()), min_size=1, max_size=12),
)
def test_parts_add_up_whatever_was_taken_back_in_between(net: int, tax: int, steps: list[tuple[int, bool]]) -> None:
    line = Amounts(net=Money(net * FEN), tax=Money(tax * FEN), gross=Money((net + tax) * FEN))
    whole, there = Quantity(sum(quantity for quantity, _ in steps)), list[tuple[Quantity, Amounts]]()

    def take(quantity: Quantity) -> None:
        had = Amounts.total(part for _, part in there)
        part = line.next_part(Quantity.total(one for one, _ in there) + quantity, whole, had)
        assert part.net >= 0
        assert part.tax >= 0
        there.append((quantity, part))

    for quantity, is_taken_back in steps:
        take(Quantity(quantity))
        if is_taken_back:
            there.pop(len(there) // 2)
    if left := whole - Quantity.total(one for one, _ in there):
        take(left)
    assert Amounts.total(part for _, part in there) == line
