"""What may be wrong with own fields and with what is filled in, and in which order values are."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import ClassVar, Protocol

import msgspec
from msgspec import UNSET

from jxc_graphql.gql.schema.scalars import DATE, Unreadable, read_global_id
from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Path, Reason, Rejected, Required, UnknownId, WrongKindOfId
from jxc_graphql.kit.numbers import Fixed, InvalidNumber, Money, OutOfBounds, TooManyDecimals, UnitPrice, bounds
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.own_fields.models import OwnField, OwnFieldType, ReferenceKind

MOST_FIELDS = 50
"""So many own fields things of one kind have."""
MOST_CHOICES = 100
CHOICE_LIMIT = 100
NAME_LIMIT = 100
TEXT_LIMIT = 500
MOST_DECIMALS = 6
POSITIONS = 10_000
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_PLACES = 6
_SHIFT = 10**17
"""Added to numbers, so that none is negative: the texts of what is positive are in its order."""
LETTERS = {
    OwnFieldType.TEXT: "t", OwnFieldType.CHOICE: "t", OwnFieldType.NUMBER: "n", OwnFieldType.MONEY: "n",
    OwnFieldType.DATE: "d", OwnFieldType.REFERENCE: "r",
}  # fmt: skip
"""With which letter values of a type begin where they are in their order."""


class InvalidFieldCode(Reason, frozen=True, kw_only=True):
    """A code of an own field that is none: it has letters a to z, digits and underscores."""


class TooManyOwnFields(Reason, frozen=True, kw_only=True):
    """Things of one kind would have more own fields than they may."""

    limit: int


class OtherTypeElsewhere(Reason, frozen=True, kw_only=True):
    """The own field with this code of other things is of another type."""

    labelled: ClassVar[Mapping[str, str]] = {"value_type": "OwnFieldType"}
    field_code: str
    value_type: str


class NotOfThisType(Reason, frozen=True, kw_only=True):
    """It is said of own fields of one type only, such as the choices, and has to be said of these."""

    labelled: ClassVar[Mapping[str, str]] = {"value_type": "OwnFieldType"}
    value_type: str


class UnknownOwnField(Reason, frozen=True, kw_only=True):
    """Things of this kind have no own field with this code."""

    about: ClassVar[str | None] = "fields"
    field_code: str


class OwnFieldInactive(Reason, frozen=True, kw_only=True):
    """The own field is not filled in any more."""

    about: ClassVar[str | None] = "fields"
    field_code: str


class OwnFieldTwice(Reason, frozen=True, kw_only=True):
    """An own field is filled in twice at once."""

    about: ClassVar[str | None] = "fields"
    field_code: str


class UnknownChoice(Reason, frozen=True, kw_only=True):
    """A value is none of the choices of the own field."""

    about: ClassVar[str | None] = "fields"
    choices: tuple[str, ...]


class OwnFieldsMissing(Reason, frozen=True, kw_only=True):
    """Own fields that are required are not filled in yet."""

    codes: str


class SaidValue(Protocol):
    """What somebody wants to be filled in."""

    @property
    def code(self) -> str:
        """The code of the own field."""

    @property
    def value(self) -> Change[str | None]:
        """What it is to say as text; None clears it, `UNSET` leaves it as it is."""


class WantedValue(msgspec.Struct, frozen=True, kw_only=True):
    """What is filled in."""

    code: str
    """The code of the own field."""
    value: Change[str | None] = UNSET
    """Its value as text (值): a number, a day such as `2026-01-31`, a choice or an id; None clears it."""


class WantedField(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of an own field besides its kind, code and type; `UNSET` where nothing is."""

    name: Change[str] = UNSET
    decimals: Change[int] = UNSET
    choices: Change[Sequence[str]] = UNSET
    reference_kind: Change[ReferenceKind] = UNSET
    position: Change[int] = UNSET


class ReadValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value as it is kept."""

    value: str
    in_order: str
    to_id: int | None = None


def check_code(code: str) -> Iterator[Reason]:
    """What is wrong with the code of an own field."""
    if not _CODE.fullmatch(code):
        yield InvalidFieldCode(path=("code",))


def check_field(wanted: WantedField, value_type: OwnFieldType, *, new: bool) -> Iterator[Reason]:
    """What is wrong with an own field of a type."""
    yield from check_text(("name",), wanted.name, limit=NAME_LIMIT, required=True)
    if wanted.position is not UNSET and not 0 <= wanted.position <= POSITIONS:
        yield _out_of(("position",), POSITIONS)
    if wanted.decimals is not UNSET and not 0 <= wanted.decimals <= MOST_DECIMALS:
        yield _out_of(("decimals",), MOST_DECIMALS)
    for name, of in (
        ("decimals", OwnFieldType.NUMBER), ("choices", OwnFieldType.CHOICE), ("reference_kind", OwnFieldType.REFERENCE)
    ):  # fmt: skip
        is_said, may_be_left_out = getattr(wanted, name) is not UNSET, not new or name == "decimals"
        if is_said is not (value_type is of) and not (value_type is of and may_be_left_out):
            yield NotOfThisType(path=(name,), value_type=of)
    if wanted.choices is not UNSET:
        yield from _check_choices(wanted.choices)


def _out_of(path: Path, most: int) -> Reason:
    return OutOfBounds(path=path, least=Decimal(0), most=Decimal(most), decimals=0)


def _check_choices(choices: Sequence[str]) -> Iterator[Reason]:
    if not choices:
        yield Required(path=("choices",))
    if len(choices) > MOST_CHOICES:
        yield _out_of(("choices",), MOST_CHOICES)
    for index, one in enumerate(choices):
        yield from check_text(("choices", index), one, limit=CHOICE_LIMIT, required=True)


def wanted(given: object) -> WantedField:
    """What an input says of an own field; what is left out of a new one is not said."""
    told = {name: getattr(given, name, UNSET) for name in WantedField.__struct_fields__}
    return WantedField(**{name: value for name, value in told.items() if value is not None})


def choices_of_text(choices: str) -> list[str]:
    """The choices of an own field, as its row has them."""
    return msgspec.json.decode(choices, type=list[str])


def read(field: OwnField, text: str, path: Path) -> ReadValue:
    """The value of an own field that a text says; raises `Rejected`."""
    return _READERS[field.value_type](field, text, path)


def is_readable(field: OwnField, text: str) -> bool:
    """Whether a text can be filled in."""
    try:
        read(field, text, ())
    except Rejected:
        return False
    return True


def _read_text(_field: OwnField, text: str, path: Path) -> ReadValue:
    if wrong := tuple(check_text(path, text, limit=TEXT_LIMIT, required=True)):
        raise Rejected(*wrong)
    return ReadValue(value=text.strip(), in_order=f"t{text.strip()}")


def _read_choice(field: OwnField, text: str, path: Path) -> ReadValue:
    choices = choices_of_text(field.choices)
    if text not in choices:
        raise Rejected(UnknownChoice(path=path, choices=tuple(choices)))
    return ReadValue(value=text, in_order=f"t{text}")


def _read_number(field: OwnField, text: str, path: Path) -> ReadValue:
    kind = Money if field.value_type is OwnFieldType.MONEY else UnitPrice
    try:
        number = kind.of(text)
    except InvalidNumber as error:
        raise Rejected(msgspec.structs.replace(error.reason, path=path)) from None
    if kind is UnitPrice and int(number) % 10 ** (_PLACES - field.decimals):
        raise Rejected(TooManyDecimals(path=path, **bounds(kind) | {"decimals": field.decimals}))
    return ReadValue(value=str(number), in_order=_number_in_order(number))


def _read_day(_field: OwnField, text: str, path: Path) -> ReadValue:
    try:
        day = _day(text)
    except Unreadable as error:
        raise Rejected(msgspec.structs.replace(error.reason, path=path)) from None
    return ReadValue(value=day, in_order=f"d{day}")


def _read_reference(field: OwnField, text: str, path: Path) -> ReadValue:
    assert field.reference_kind is not None
    wanted = type_of(field.reference_kind)
    try:
        kind, key = read_global_id(text)
    except ValueError:
        raise Rejected(UnknownId(path=path, kind=wanted)) from None
    if kind != wanted:
        raise Rejected(WrongKindOfId(path=path, kind=wanted))
    return ReadValue(value=str(key), in_order=_reference_in_order(kind, key), to_id=key)


_READERS: Mapping[OwnFieldType, Callable[[OwnField, str, Path], ReadValue]] = {
    OwnFieldType.TEXT: _read_text,
    OwnFieldType.NUMBER: _read_number,
    OwnFieldType.MONEY: _read_number,
    OwnFieldType.DATE: _read_day,
    OwnFieldType.CHOICE: _read_choice,
    OwnFieldType.REFERENCE: _read_reference,
}


def type_of(kind: ReferenceKind) -> str:
    """The type of what a reference of a kind is to."""
    return kind.value.capitalize()


def readings(text: str) -> list[str]:
    """All that a text may say, of whatever type, as values are in their order; the first is that of a text."""
    return [f"t{text}", *_numbers(text), *_days(text), *(_reference_in_order(*one) for one in references(text))]


def _numbers(text: str) -> Iterator[str]:
    for kind in (UnitPrice, Money):
        try:
            yield _number_in_order(kind.of(text))
        except InvalidNumber:
            continue
        return


def _days(text: str) -> Iterator[str]:
    try:
        yield f"d{_day(text)}"
    except Unreadable:
        return


def references(text: str) -> Iterator[tuple[str, int]]:
    """The type and the row's id in what may be a global id."""
    try:
        yield read_global_id(text)
    except ValueError:
        return


def _number_in_order(number: Fixed) -> str:
    """As many digits as any has, of what is shifted to where nothing is negative."""
    return f"n{int(number) * 10 ** (_PLACES - number.places) + _SHIFT:018d}"


def _reference_in_order(kind: str, key: int) -> str:
    return f"r{kind}:{key:019d}"


def _day(text: str) -> str:
    assert DATE.parse is not None
    return str(DATE.parse(text).isoformat())
