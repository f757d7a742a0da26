"""Amounts as partners see them: whole fen, rounded half away from zero, and parts that add up to what they are of.

What is owed, taxed or printed is never less exact than the fen and never more: what a line comes to is rounded once,
and a document is the sum of its lines. What is below zero is the negated amount of what is above, so what is taken
back cancels what it takes back.

The fen stands for the smallest part of any currency: what of another one there is no fen of is told its `unit`.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Money, Quantity, RateOfExchange, Ratio, TooManyDecimals, UnitPrice, bounds, share

FEN = 100
"""Steps of money in a fen."""
OFF_BY_LINE = Money.of("0.06")
"""So far the printed tax of a line may be from what follows from its net."""
OFF_BY_DOCUMENT = Money.of("1.27")
"""So far those differences may add up in a document."""
PLACES = 2
"""Decimal places of an amount in whole fen: the most that a currency has here."""
_WHOLE = 10**Ratio.places
_PER_AMOUNT = 10**UnitPrice.places


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """What something comes to without tax (不含税), its tax (税额) and what is paid for it (价税合计), in whole fen."""

    net: Money = Money(0)
    tax: Money = Money(0)
    gross: Money = Money(0)

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(net=self.net + other.net, tax=self.tax + other.tax, gross=self.gross + other.gross)

    def __neg__(self) -> "Amounts":
        return Amounts(net=-self.net, tax=-self.tax, gross=-self.gross)

    @classmethod
    def total(cls, several: Iterable["Amounts"]) -> "Amounts":
        """The sums of net, of tax and of gross; nothing of none."""
        return sum(several, cls())

    def next_part(self, after: Quantity, of: Quantity, had: "Amounts", unit: int = FEN) -> "Amounts":
        """What falls to the next part, with which so much of the whole quantity (`of`) is there, beyond what was `had`.

        Net and tax go by quantity, and parts add up to it, however many, whatever was taken back of them in between:
        the last has what is left.
        """
        net, tax = (_left(whole, after, of, part, unit) for whole, part in ((self.net, had.net), (self.tax, had.tax)))
        return Amounts(net=net, tax=tax, gross=net + tax)


def _left(whole: Money, after: Quantity, of: Quantity, had: Money, unit: int) -> Money:
    """What falls to so much of a whole beyond what was had, or nothing, but never what has another sign than it."""
    left = part_of_total(whole, Quantity(0), after, of, unit) - had
    return left if int(left) * int(whole) > 0 else Money(0)


def unit_of(places: int) -> int:
    """The steps of money in the smallest part of a currency that has so many decimal places."""
    return int(10 ** (Money.places - places))


def whole_fen(steps: int, of: int = 1, unit: int = FEN) -> Money:
    """A quotient in steps of money, rounded to the fen, half away from zero; `of` is positive."""
    twice, halves = 2 * abs(int(steps)), 2 * int(of) * unit
    fen = (twice + halves // 2) // halves
    return Money(-fen * unit if steps < 0 else fen * unit)


def check_whole_fen(money: Money, path: Path, places: int = PLACES) -> Iterator[Reason]:
    """Whether an amount has no more than so many decimal places."""
    if money % unit_of(places):
        yield TooManyDecimals(path=path, **bounds(Money) | {"decimals": places})


def part_of_total(total: Money, before: Quantity, quantity: Quantity, of: Quantity, unit: int = FEN) -> Money:
    """What falls to the next part of a total, when so much of the whole quantity (`of`) came `before` it.

    It is the difference of two rounded shares, so parts add up to the total, however many and in whatever order. What
    comes beyond the whole goes on at the same rate.
    """
    after = before + quantity
    return whole_fen(int(total) * int(after), of, unit) - whole_fen(int(total) * int(before), of, unit)


def worth(quantity: Quantity, price: UnitPrice, unit: int = FEN) -> Money:
    """Quantity × unit price, to the fen."""
    return whole_fen(int(quantity) * int(price), _PER_AMOUNT, unit)


def taxed(typed: Money, rate: Ratio, *, prices_include_tax: bool, unit: int = FEN) -> Amounts:
    """What an amount in whole fen comes to, which has the tax in it or has not.

    One of the three is as it was typed, one is rounded, and the third is what is left: net and tax always add up.
    """
    if prices_include_tax:
        net = whole_fen(int(typed) * _WHOLE, _WHOLE + int(rate), unit)
        return Amounts(net=net, tax=typed - net, gross=typed)
    tax = whole_fen(int(typed) * int(rate), _WHOLE, unit)
    return Amounts(net=typed, tax=tax, gross=typed + tax)


def in_base(lines: Sequence[Amounts], rate: RateOfExchange, unit: int = FEN) -> list[Amounts]:
    """What the lines of a document come to in the books' currency, at what one unit of the document's is worth.

    The document is rounded once and shared over its lines by what is paid for them, so they add up; of each net and
    tax are parts of that, so they do as well. `unit`: the smallest part of the books' currency.
    """
    gross = [one.gross for one in lines]
    if not any(gross):
        return [Amounts() for _ in lines]
    whole = whole_fen(int(Money.total(gross)) * int(rate), 10**RateOfExchange.places, unit)
    found = list[Amounts]()
    for one, paid in zip(lines, shared(whole, gross, unit), strict=True):
        net = whole_fen(int(paid) * int(one.net), int(one.gross), unit) if one.gross else Money(0)
        found.append(Amounts(net=net, tax=paid - net, gross=paid))
    return found


def shared(whole: Money, weights: Sequence[Money], unit: int = FEN) -> list[Money]:
    """Whole fen by weights (none negative, not all zero), such as a discount by what lines come to.

    They add up: what is left over falls to the largest remainders.
    """
    return [Money(fen * unit) for fen in share(int(whole) // unit, weights)]


class PrintedTax(msgspec.Struct, frozen=True, kw_only=True):
    """What a line of somebody else's document says."""

    net: Money
    tax: Money
    rate: Ratio


def out_of_tolerance(lines: Sequence[PrintedTax]) -> Iterator[tuple[int | None, Money]]:
    """The lines, by position, whose printed tax is too far from what follows from the net, and what that would be.

    Tax that is near enough is taken as it is printed. Without a position it is the document, whose differences are too
    much together.
    """
    expected = [taxed(line.net, line.rate, prices_include_tax=False).tax for line in lines]
    off = [abs(line.tax - tax) for line, tax in zip(lines, expected, strict=True)]
    yield from ((index, expected[index]) for index, one in enumerate(off) if one > OFF_BY_LINE)
    if Money.total(off) > OFF_BY_DOCUMENT:
        yield None, Money.total(expected)
