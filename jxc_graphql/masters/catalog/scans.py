"""What a scanner reads off a label: a plain code, or a GS1 label that says several things at once.

A GS1 label is a row of elements, each an application identifier and its data: `01` the GTIN, `10` the lot, `11` the
production date, `17` the expiry date, `15` best before, `21` the serial number, and others that nobody asks for here.
Data of no fixed length ends with the separator FNC1, which scanners send as the character 29. What people type off a
label has the identifiers in brackets: `(01)06901234567892(10)A7`.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date

import msgspec

from jxc_graphql.kit.text import printable

SCAN_LIMIT = 200
"""Most characters of a scan; with more it is nothing that we know."""

_FNC1 = "\x1d"
_SYMBOLOGIES = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""What scanners may send in front of a GS1 label to say which kind of symbol it was."""
_TYPED = re.compile(r"\(([0-9]{2,4})\)([^()]+)", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_GTIN_LENGTHS = (14, 13, 12, 8)
_CENTURY = 100

_IDENTIFIER_LENGTH = dict.fromkeys(("23", "24", "25", "40", "41", "42", "71"), 3) | dict.fromkeys(
    ("31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82"), 4
)
"""Length of the application identifiers that begin with two digits; all others have only these two."""
_WHOLE_LENGTH = (
    {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16}
    | {str(number): 8 for number in range(11, 20)}
    | {str(number): 10 for number in range(31, 37)}
)
"""Length of an element, identifier included, whose length GS1 has fixed; it needs no separator behind it."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was read: under which barcodes the goods may be known, the likeliest first, and what else the label says."""

    code: str
    """All of it, as a plain code; empty where it cannot be one."""
    barcodes: tuple[str, ...]
    lot_number: str | None = None
    serial_number: str | None = None
    produced_on: date | None = None
    expires_on: date | None = None


def read(text: str, today: date) -> Reading:
    """Takes a scan apart; years of two digits are those nearest to today."""
    text = text.strip(" \t\r\n")
    if len(text) > SCAN_LIMIT:
        return Reading(code="", barcodes=())
    plain = text if printable(text) else ""
    elements = dict(_elements(text))
    gtin = elements.get("01", "")
    if not _is_gtin(gtin):
        return Reading(code=plain, barcodes=tuple(_same(plain)) if plain else ())
    return Reading(
        code=plain,
        barcodes=tuple(dict.fromkeys((*([plain] if plain else []), *_same(gtin)))),
        lot_number=elements.get("10"),
        serial_number=elements.get("21"),
        produced_on=_day(elements.get("11", ""), today),
        expires_on=_day(elements.get("17", ""), today) or _day(elements.get("15", ""), today),
    )


def _elements(text: str) -> Iterator[tuple[str, str]]:
    """The elements of a GS1 label, identifier and data; none when it is not one from end to end."""
    typed = _TYPED.findall(text)
    if typed and "".join(f"({identifier}){data}" for identifier, data in typed) == text:
        yield from ((identifier, data.strip()) for identifier, data in typed)
        return
    for symbology in _SYMBOLOGIES:
        text = text.removeprefix(symbology)
    rest, found = text.removeprefix(_FNC1), []
    while rest:
        kind = rest[:2]
        if not _DIGITS.fullmatch(kind):
            return
        whole = _WHOLE_LENGTH.get(kind, (rest + _FNC1).index(_FNC1))
        begin = _IDENTIFIER_LENGTH.get(kind, 2)
        identifier, data = rest[:begin], rest[begin:whole]
        if len(rest) < whole or not data or not printable(data):
            return
        found.append((identifier, data))
        rest = rest[whole:].removeprefix(_FNC1)
    yield from found


def _is_gtin(code: str) -> bool:
    """Whether a code is a number of GS1 with the right check digit."""
    if len(code) not in _GTIN_LENGTHS or not _DIGITS.fullmatch(code):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code)))
    return weighted % 10 == 0


def _same(code: str) -> Iterator[str]:
    """A code and, of a GTIN, its other lengths: zeros in front of it say nothing."""
    yield code
    if _is_gtin(code):
        number = code.lstrip("0")
        yield from (number.rjust(length, "0") for length in _GTIN_LENGTHS if len(number) <= length != len(code))


def _day(text: str, today: date) -> date | None:
    """A date as YYMMDD; day 00 is the last of its month."""
    if len(text) != len("YYMMDD") or not _DIGITS.fullmatch(text):
        return None
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    nearest = today.year - (today.year - year + _CENTURY // 2) % _CENTURY + _CENTURY // 2
    try:
        return date(nearest, month, day or calendar.monthrange(nearest, month)[1])
    except ValueError:
        return None
