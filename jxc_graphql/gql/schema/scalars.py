"""Leaves: how a value looks in a column, in Python, in a response and in a request, for every scalar and enum.

A column's raw value goes straight to the response (`text`), without an object in between. Functions of the schema's
author see Python values (`python`), and what they give is written by `write`; a client's value is read by `parse`.

Numbers, days and moments come as text. What text a scalar takes at all is any, so that what a person has mistyped is
told where he typed it: `parse` reads it for the place where it stands, and says what is wrong with it.
"""

import base64
import binascii
import builtins
import dataclasses
import functools
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec
from graphql import (
    FloatValueNode,
    GraphQLError,
    GraphQLScalarType,
    IntValueNode,
    StringValueNode,
    ValueNode,
)
from strawberry.types.scalar import ScalarDefinition

from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Fixed, InvalidNumber, plain

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_REMEMBERED = 2**16
"""Formatted values kept per kind: ids and numbers repeat, within a response and between responses."""

INT_LIMIT = 2**31
_ID_DIGITS = 19
_SHOWN = 60
"""Characters of a refused value that are shown."""


@dataclasses.dataclass(frozen=True, eq=False)
class Leaf:
    """A scalar or enum for one Python type; None as a function means that the value stays as it is."""

    graphql: str
    type: Any
    """The Python type."""
    text: Callable[[Any], Any] | None = None
    """From a column's raw value (never NULL) to the response."""
    python: Callable[[Any], Any] | None = None
    """From a column's raw value (never NULL) to Python."""
    write: Callable[[Any], Any] | None = None
    """From Python to the response."""
    parse: Callable[[str], Any] | None = None
    """From the text that a client typed to Python; `Unreadable` where it is none."""
    enum: builtins.type[StrEnum] | None = None


class NotADate(Reason, frozen=True, kw_only=True):
    """This is no day such as `2026-01-31`, or no moment such as `2026-01-31T23:59:59Z`."""


class Unreadable(ValueError):
    """A text that is no value of its kind; `reason` says why, without a path."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def utc_text(moment: str | datetime) -> str:
    """A moment as `2026-01-02T03:04:05.123456Z`; from SQLite it comes as text, in UTC or not."""
    if isinstance(moment, str):
        if moment.endswith("+00:00") and moment[10] == " ":
            return f"{moment[:10]}T{moment[11:-6]}Z"
        moment = datetime.fromisoformat(moment)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def _moment(raw: str | datetime) -> datetime:
    found = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _day(raw: str | date) -> date:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw


def _fixed(kind: type[Fixed]) -> Leaf:
    places = kind.places
    text = functools.lru_cache(_REMEMBERED)(lambda steps: plain(steps, places))
    return Leaf(
        "Decimal",
        kind,
        text=text,
        python=kind,
        write=lambda number: text(int(number)),
        parse=functools.partial(_number, kind),
    )


def _number(kind: type[Fixed], text: str) -> Fixed:
    try:
        return kind.of(text)
    except InvalidNumber as error:
        raise Unreadable(error.reason) from None


def _read_date(text: str) -> date:
    with suppress(ValueError):
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    raise Unreadable(NotADate())


def _read_datetime(text: str) -> datetime:
    with suppress(ValueError, OverflowError):
        if _DATETIME.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    raise Unreadable(NotADate())


def _int(value: int) -> int:
    if -INT_LIMIT <= value < INT_LIMIT:
        return value
    raise ValueError(f"Int cannot represent non 32-bit signed integer value: {value}")


STRING = Leaf("String", str)
INT = Leaf("Int", int)
BIG_INT = Leaf("Int", int, text=_int, write=_int)
BOOLEAN = Leaf("Boolean", bool, text=bool, python=bool)
DATE = Leaf("Date", date, text=str, python=_day, write=date.isoformat, parse=_read_date)
DATETIME = Leaf("DateTime", datetime, text=utc_text, python=_moment, write=utc_text, parse=_read_datetime)
EXACT = Leaf("Decimal", Decimal, write=lambda number: str(number) if isinstance(number, int) else format(number, "f"))
"""What a reason says of numbers of any kind."""

_PLAIN = {leaf.type: leaf for leaf in (STRING, BIG_INT, BOOLEAN, DATE, DATETIME, EXACT)}


def leaf_of(kind: Any) -> Leaf | None:
    """The leaf of a Python type; None where the type is no leaf."""
    return _leaf_of(kind)


@functools.cache
def _leaf_of(kind: Any) -> Leaf | None:
    if issubclass(kind, Fixed):
        return _fixed(kind)
    if issubclass(kind, StrEnum):
        return Leaf(kind.__name__, kind, python=kind, write=str, enum=kind)
    return _PLAIN.get(kind)


def global_id(name: str, key: int) -> str:
    """The opaque id of a thing, for the world outside."""
    # Base64 of letters, digits and a colon is the same in both alphabets.
    return binascii.b2a_base64(f"{name}:{key}".encode(), newline=False).rstrip(b"=").decode()


@functools.cache
def id_writer(name: str) -> Callable[[int], str]:
    """Makes global ids of one type."""
    return functools.lru_cache(_REMEMBERED)(lambda key: global_id(name, key))


def read_global_id(text: str) -> tuple[str, int]:
    """The type name and the row's id; `ValueError` where it is not an id that we gave out."""
    try:
        plain_text = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise ValueError("not a global id") from error
    name, _, key = plain_text.partition(":")
    if not key.isdecimal() or len(key) > _ID_DIGITS or int(key) >= 2**63 or global_id(name, int(key)) != text:
        raise ValueError("not a global id")
    return name, int(key)


def _refused(name: str, value: object) -> GraphQLError:
    shown = msgspec.json.encode(value, enc_hook=str).decode(errors="replace")
    return GraphQLError(f"{name} cannot represent {shown[:_SHOWN]}")


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _refused(name, value)


def _decimal_text(value: Any) -> str:
    return str(value) if type(value) is int else _text("Decimal", value)


def _scalar(
    name: str, description: str, url: str, read: Callable[[Any], Any], *literals: type[ValueNode]
) -> ScalarDefinition:
    def read_literal(node: ValueNode) -> Any:
        if not isinstance(node, literals):
            raise _refused(name, getattr(node, "value", node.kind))
        return read(node.value)  # type: ignore[attr-defined]

    made = GraphQLScalarType(
        name,
        coerce_output_value=lambda value: value,
        coerce_input_value=read,
        coerce_input_literal=read_literal,
        description=description,
        specified_by_url=url,
    )
    return ScalarDefinition(name, description, url, None, None, None, implementation=made, origin=made)


SCALARS = {
    "Decimal": _scalar(
        "Decimal",
        "An exact number as a plain decimal string such as `12.5`; an integer is accepted as input, "
        "exponents and floating-point numbers are not.",
        "https://www.w3.org/TR/xmlschema-2/#decimal",
        _decimal_text,
        StringValueNode,
        IntValueNode,
        FloatValueNode,
    ),
    "Date": _scalar(
        "Date",
        "A day as `2026-01-31`.",
        "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        functools.partial(_text, "Date"),
        StringValueNode,
    ),
    "DateTime": _scalar(
        "DateTime",
        "A moment as `2026-01-31T23:59:59.5Z`; with any offset as input, in UTC as output.",
        "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        functools.partial(_text, "DateTime"),
        StringValueNode,
    ),
}
