"""Exact fixed-point numbers: a number is an integer that counts the smallest step of its kind.

`Quantity` and `Money` count ten-thousandths, `UnitPrice` counts millionths, `RateOfExchange` their hundredths. They are
integers, so sums and comparisons in Python and in SQL are exact, and a database column holds the very same value
(BIGINT). Kinds do not mix: a `Quantity` plus a `Money` is a `TypeError`, and only `amount` multiplies a quantity with a
price.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeVar

from tortoise.fields.data import BigIntField

from jxc_graphql.kit.columns import Steps
from jxc_graphql.kit.errors import Path, Reason

LIMIT = 10**15
"""No number in the database lies further from zero than this many steps."""

_PLAIN_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
_DIGITS = 100
"""Characters of a number that are looked at."""


F = TypeVar("F", bound="Fixed")
N = TypeVar("N", bound=int)


class NotANumber(Reason, frozen=True, kw_only=True):
    """This is no plain number such as `12.5`: digits, a point, and no more than a minus sign in front."""

    least: Decimal | None = None
    """The least number that is possible here."""
    most: Decimal | None = None
    """The greatest."""
    decimals: int | None = None
    """How many decimal places it may have."""


class TooManyDecimals(Reason, frozen=True, kw_only=True):
    """A number has more decimal places than are kept here."""

    least: Decimal | None = None
    """The least number that is possible here."""
    most: Decimal | None = None
    """The greatest."""
    decimals: int
    """How many decimal places it may have."""


class MustBePositive(Reason, frozen=True, kw_only=True):
    """A number must be more than 0."""

    least: Decimal | None = None
    """The least number that is possible here."""
    most: Decimal | None = None
    """The greatest."""
    decimals: int | None = None
    """How many decimal places it may have."""


class MustNotBeZero(Reason, frozen=True, kw_only=True):
    """A number must be more or less than 0."""


class OutOfBounds(Reason, frozen=True, kw_only=True):
    """A number, or what it comes to, is less or more than is possible here."""

    least: Decimal
    """The least number that is possible here."""
    most: Decimal
    """The greatest."""
    decimals: int
    """How many decimal places it may have."""


class InvalidNumber(ValueError):
    """A text or number that is not an exact value of the kind asked for; `reason` says why."""

    def __init__(self, reason: Reason, value: object) -> None:
        super().__init__(f"{str(value)[:40]!r} is refused as {reason.code}")
        self.reason = reason


class Fixed(int):
    """A number with a fixed count of decimal places, kept as a whole number of its smallest step."""

    places: ClassVar[int]
    adds_up: ClassVar[bool] = True
    """Whether the sum or the mean of several says something; prices of one unit of this and of that do not."""
    __slots__ = ()

    @classmethod
    def of(cls, value: str | int | Decimal) -> Self:
        """The number that a plain decimal such as `"12.5"` names; `InvalidNumber` where it is not exactly one."""
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        if isinstance(value, bool | Fixed | float) or not _PLAIN_DECIMAL.fullmatch(text):
            raise InvalidNumber(NotANumber(**bounds(cls)), value)
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0")
        if len(whole) > _DIGITS:
            raise InvalidNumber(out_of_bounds(cls), value)
        if len(fraction) > cls.places:
            raise InvalidNumber(TooManyDecimals(**bounds(cls)), value)
        steps = int(whole + fraction.ljust(cls.places, "0"))
        if abs(steps) > LIMIT:
            raise InvalidNumber(out_of_bounds(cls), value)
        return cls(steps)

    @classmethod
    def total(cls, values: Iterable[Self]) -> Self:
        """The exact sum; zero of nothing."""
        return cls(sum(map(int, values)))

    def __add__(self, other: Any) -> Self:
        if type(other) is not type(self):
            raise self._mixed_with(other)
        return type(self)(int.__add__(self, other))

    def __sub__(self, other: Any) -> Self:
        if type(other) is not type(self):
            raise self._mixed_with(other)
        return type(self)(int.__sub__(self, other))

    def __radd__(self, other: Any) -> Self:
        raise self._mixed_with(other)

    def __rsub__(self, other: Any) -> Self:
        raise self._mixed_with(other)

    def _mixed_with(self, other: Any) -> TypeError:
        # Raised, where `NotImplemented` would make Python ask a float, which takes this for a whole number.
        return TypeError(f"{type(self).__name__} and {type(other).__name__} do not mix")

    def __neg__(self) -> Self:
        return type(self)(-int(self))

    def __abs__(self) -> Self:
        return type(self)(abs(int(self)))

    def __mul__(self, factor: Any) -> Self:
        if type(factor) is not int:
            raise TypeError(f"{type(self).__name__} times {type(factor).__name__} is not exact")
        return type(self)(int(self) * factor)

    __rmul__ = __mul__

    def __str__(self) -> str:
        return plain(int(self), self.places)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.of('{self}')"


class Quantity(Fixed):
    """How much of a SKU, in its base unit; four decimal places."""

    places = 4
    __slots__ = ()


class Money(Fixed):
    """An amount, in the books' currency where nothing else is said; four decimal places."""

    places = 4
    __slots__ = ()


class UnitPrice(Fixed):
    """Money per one unit: as agreed for the unit that was typed, or as cost of a base unit; six decimal places."""

    places = 6
    adds_up = False
    __slots__ = ()


class Ratio(Fixed):
    """How many times one number is in another, such as a share or a count of days; four decimal places."""

    places = 4
    adds_up = False
    __slots__ = ()


class RateOfExchange(Fixed):
    """What one unit of a currency is worth in the books' currency; eight decimal places."""

    places = 8
    adds_up = False
    __slots__ = ()


def bounds(kind: type[Fixed], *, least: int = -LIMIT) -> dict[str, Any]:
    """What numbers of a kind can be, `least` in steps, as reasons say it."""
    return {
        "least": Decimal(plain(least, kind.places)),
        "most": Decimal(plain(LIMIT, kind.places)),
        "decimals": kind.places,
    }


def out_of_bounds(kind: type[Fixed], path: Path = (), *, least: int = -LIMIT) -> OutOfBounds:
    """Why a number of a kind cannot be, or what others come to."""
    return OutOfBounds(path=path, **bounds(kind, least=least))


def check_positive(number: Fixed, path: Path) -> Iterator[Reason]:
    """Whether a number is more than zero."""
    if number <= 0:
        yield MustBePositive(path=path, **bounds(type(number), least=1))


def check_not_negative(number: Fixed, path: Path) -> Iterator[Reason]:
    """Whether a number is zero or more."""
    if number < 0:
        yield out_of_bounds(type(number), path, least=0)


def check_total(total: Fixed, path: Path = ("lines",)) -> Iterator[Reason]:
    """Whether a column can hold what the numbers of a document come to."""
    if total > LIMIT:
        yield out_of_bounds(type(total), path)


def plain(steps: int, places: int) -> str:
    """The plain decimal text of a count of steps, without exponent and without trailing zeros: 12500, 4 → `1.25`."""
    sign = "-" if steps < 0 else ""
    whole, fraction = divmod(abs(steps), 10**places)
    return f"{sign}{whole}.{fraction:0{places}d}".rstrip("0").rstrip(".") if fraction else f"{sign}{whole}"


def divide(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest whole number, halves to the even one; the denominator is positive."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))


def amount(quantity: Quantity, price: UnitPrice) -> Money:
    """Quantity × unit price, rounded half-even to the step of money."""
    return Money(divide(int(quantity) * int(price), 10**UnitPrice.places))


def unit_price(value: Money, quantity: Quantity) -> UnitPrice:
    """What one unit costs when so many cost so much, rounded half-even; the quantity is positive."""
    return UnitPrice(divide(int(value) * 10**UnitPrice.places, int(quantity)))


def ratio(numerator: int, denominator: int) -> Ratio:
    """The quotient of two whole numbers, rounded half-even; the denominator is positive."""
    return Ratio(divide(int(numerator) * 10**Ratio.places, int(denominator)))


def portion(whole: F, part: int, of: int) -> F:
    """What falls to a part of something that is worth so much as a whole, rounded half-even; `of` is positive."""
    return type(whole)(divide(int(whole) * int(part), int(of)))


def share(whole: N, weights: Sequence[int]) -> list[N]:
    """Parts in proportion to weights (none negative, not all zero) that add up exactly, by largest remainder."""
    total = sum(map(int, weights))
    parts = [divmod(int(whole) * int(weight), total) for weight in weights]
    left = int(whole) - sum(quotient for quotient, _ in parts)
    favoured = set(sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))[:left])
    return [type(whole)(quotient + (i in favoured)) for i, (quotient, _) in enumerate(parts)]


class FixedField(BigIntField):
    """A column of one kind of fixed-point number: the scaled integer on both databases."""

    kind: ClassVar[type[Fixed]]

    _db_postgres: Any = Steps._db_postgres  # noqa: SLF001  (Tortoise's name)
    _db_sqlite: Any = Steps._db_sqlite  # noqa: SLF001

    def to_python_value(self, value: Any) -> Any:
        """The number that a column holds."""
        return None if value is None else self.kind(value)

    def to_db_value(self, value: Any, instance: Any) -> Any:  # noqa: ARG002  (Tortoise's signature)
        """The count of steps; a number of another kind is a `TypeError`."""
        if value is None:
            return None
        if type(value) is not self.kind:
            raise TypeError(f"{self.model_field_name} holds {self.kind.__name__}, not {type(value).__name__}")
        return int(value)


class QuantityField(FixedField):
    """A column of `Quantity`."""

    kind = Quantity


class MoneyField(FixedField):
    """A column of `Money`."""

    kind = Money


class UnitPriceField(FixedField):
    """A column of `UnitPrice`."""

    kind = UnitPrice


class RatioField(FixedField):
    """A column of `Ratio`."""

    kind = Ratio


class RateOfExchangeField(FixedField):
    """A column of `RateOfExchange`."""

    kind = RateOfExchange
