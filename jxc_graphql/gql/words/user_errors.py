"""What may be wrong with the input of a mutation, and the shapes in which a client gets data to act on."""

from datetime import date
from decimal import Decimal

from jxc_graphql.gql.words.entity import ShownAs, interface, shown_as, user_error
from jxc_graphql.kit import numbers
from jxc_graphql.kit.errors import Reason, UnknownId, WrongKindOfId


@interface
class UserError:
    """Something wrong with the input that the user can put right; nothing was written."""

    code: str
    """What is wrong, for programs; codes never change."""
    message: str
    """What is wrong, for people, in the language of the request."""
    path: list[str]
    """The way to the input that caused it, list positions included; empty where it is not one alone."""


@user_error(Reason)
class InvalidInputError:
    """Something wrong with the input; its code says all there is to say."""


@user_error()
class LimitError:
    """More is asked for than is possible, or less."""

    limit: Decimal | None
    """How much is possible, or how many; null where one only has to wait."""
    asked: Decimal | None
    """How much was asked for, over all lines of the input; null where it can be seen in the input."""
    available: Decimal | None
    """How much there is for it; null where nothing is taken."""
    retry_after_seconds: int | None
    """In how many seconds it is possible; null where waiting does not help."""


@user_error()
class NumberError:
    """A number that cannot stand here."""

    least: Decimal | None
    """The least that is possible; null where there is no least."""
    most: Decimal | None
    """The most that is possible; null where there is no most."""
    decimals: int | None
    """How many decimal places are possible; null where that is not what is wrong."""


@user_error()
class PeriodError:
    """A day that is not possible here."""

    from_: date | None
    """The first day that is possible; null where there is none."""
    to: date | None
    """The last day that is possible; null where there is none."""


@user_error()
class UnknownIdError:
    """An id of nothing, or of something else, or of what the caller may not see."""

    kind: str
    """Of what kind of thing it should be."""


PROBLEMS = (
    *(
        shown_as(NumberError, one)
        for one in (
            numbers.NotANumber, numbers.TooManyDecimals, numbers.MustBePositive, numbers.MustNotBeZero,
            numbers.OutOfBounds,
        )
    ),
    *(shown_as(UnknownIdError, one) for one in (UnknownId, WrongKindOfId)),
)  # fmt: skip


def implied(reason: type[Reason]) -> ShownAs | None:
    """The shape of a reason that counts: `most` is the greatest number, `limit` how much or how many there may be."""
    told = vars(reason).get("__annotations__", {})
    if told.get("most") is int:
        return shown_as(NumberError, reason)
    return shown_as(LimitError, reason) if told.get("limit") is int else None
