"""What a scanner reads off a label: a plain code, or a GS1 label that says several things at once (`gs1`).

In front of it scanners may send an AIM prefix, such as `]C1`, that tells the kind of symbol; an input method may have
made its characters full-width. A UPC-E is the same number as the UPC-A that it abbreviates.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec

from jxc_graphql.kit import clock
from jxc_graphql.kit.numbers import F, InvalidNumber, Money, Quantity
from jxc_graphql.kit.text import printable
from jxc_graphql.masters.catalog import gs1
from jxc_graphql.masters.catalog.gs1 import Element, GoodsLabel, Problem, ScanFault, check_digit, is_gtin

SCAN_LIMIT = 500
"""Most characters of a scan; with more it is nothing that we know."""

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)
_WITH_ADD_ON = "]E3"
"""An EAN-13 and behind it the two or five digits of an add-on, as on magazines."""
_INPUT_METHOD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    "\u3000\u3010\u3011\u3001\u3002", " []/."
)
"""What Chinese input methods make of the characters of a label."""
_LENGTHS = (14, 13, 12, 8)
_CENTURY, _AHEAD = 100, 50


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was read: by which plain codes and barcodes the goods may be known, the likeliest first, and what else."""

    codes: tuple[str, ...]
    """All of it, as it came and without what was put in front of it or made of it; none where it cannot be a code."""
    barcodes: tuple[str, ...]
    """The codes, other ways to write them, and the GTINs of a label."""
    elements: tuple[Element, ...] = ()
    lot_number: str | None = None
    serial_number: str | None = None
    produced_on: date | None = None
    expires_on: date | None = None
    expires_at: datetime | None = None
    content_gtin: str | None = None
    variable_count: int | None = None
    contained_count: int | None = None
    net_weight: Quantity | None = None
    price: Money | None = None
    problems: tuple[Problem, ...] = ()


def read(text: str, today: date) -> Reading:
    """Takes a scan apart; years of two digits are those from 49 years ago to 50 ahead, as GS1 has it."""
    typed = text.strip(" \t\r\n")
    if len(typed) > SCAN_LIMIT:
        return Reading(codes=(), barcodes=())
    plain = typed.translate(_INPUT_METHOD).strip(" ")
    bare = _AIM.sub("", plain, count=1) if plain.startswith("]") else plain
    codes = tuple(dict.fromkeys(code for code in (typed, plain, bare) if code and printable(code)))
    if plain.startswith(_WITH_ADD_ON):
        codes += (bare[:13],)
    label = gs1.read_label(bare)
    gtins = [gtin for gtin in (label.says("01"), label.says("02")) if gtin] if label else []
    barcodes = tuple(dict.fromkeys([*codes, *(same for code in (*codes, *gtins) for same in _same(code))]))
    return _told(codes, barcodes, label, today) if label else Reading(codes=codes, barcodes=barcodes)


def _told(codes: tuple[str, ...], barcodes: tuple[str, ...], label: GoodsLabel, today: date) -> Reading:
    expiry = next((identifier for identifier in ("17", "7003", "15") if label.says(identifier)), "17")
    found: dict[str, Any] = {
        "produced_on": _day(label, "11", today),
        "expires_on": _day(label, expiry, today),
        "expires_at": _moment(label, "7003", today),
        "net_weight": _number(label, "310", Quantity),
        "price": _number(label, "392", Money),
    }
    problems = [one for one in found.values() if isinstance(one, Problem)]
    return Reading(
        codes=codes,
        barcodes=barcodes,
        elements=label.elements,
        lot_number=label.says("10"),
        serial_number=label.says("21"),
        content_gtin=label.says("02"),
        variable_count=_count(label.says("30")),
        contained_count=_count(label.says("37")),
        problems=tuple(dict.fromkeys((*label.problems, *problems))),
        **{name: None if isinstance(one, Problem) else one for name, one in found.items()},
    )


def _day(label: GoodsLabel, identifier: str, today: date) -> date | Problem | None:
    """The day that YYMMDD says; day 00 is the last of its month."""
    data = label.says(identifier)
    if data is None:
        return None
    year, month, day = (int(data[at : at + 2]) for at in (0, 2, 4))
    try:
        whole = _year(year, today)
        return date(whole, month, day or calendar.monthrange(whole, month)[1])
    except ValueError:
        return Problem(identifier=identifier, data=data, fault=ScanFault.IMPOSSIBLE_DATE)


def _moment(label: GoodsLabel, identifier: str, today: date) -> datetime | Problem | None:
    """The moment that YYMMDDHHMM says, where the company is."""
    data = label.says(identifier)
    if data is None:
        return None
    year, month, day, hour, minute = (int(data[at : at + 2]) for at in range(0, 10, 2))
    try:
        return clock.start_of(date(_year(year, today), month, day), time(hour, minute))
    except ValueError:
        return Problem(identifier=identifier, data=data, fault=ScanFault.IMPOSSIBLE_DATE)


def _count(data: str | None) -> int | None:
    return None if data is None else int(data)


def _year(year: int, today: date) -> int:
    return today.year + _AHEAD - (today.year + _AHEAD - year) % _CENTURY


def _number(label: GoodsLabel, kind_of_data: str, kind: type[F]) -> F | Problem | None:
    """A number whose identifier ends with the count of its decimal places."""
    for one in label.elements:
        if one.identifier.startswith(kind_of_data):
            try:
                return kind.of(Decimal(one.data).scaleb(-int(one.identifier[-1])))
            except InvalidNumber:
                return Problem(identifier=one.identifier, data=one.data, fault=ScanFault.IMPOSSIBLE_NUMBER)
    return None


def _same(code: str) -> Iterator[str]:
    """A code and, of a number of GS1, its other lengths: zeros in front of it say nothing, and a UPC-E abbreviates."""
    yield code
    whole = _expanded(code)
    for number in (code, whole) if whole else (code,):
        if is_gtin(number):
            plain = number.lstrip("0")
            yield from (plain.rjust(length, "0") for length in _LENGTHS if len(plain) <= length)
            yield from _abbreviated(plain.rjust(12, "0"))


def _expanded(code: str) -> str | None:
    """The UPC-A that a printed UPC-E stands for."""
    if len(code) != len("01234565") or code[0] not in "01" or not (code.isascii() and code.isdigit()):
        return None
    system, digits, last = code[0], code[1:6], code[6]
    if last in "012":
        number = f"{digits[:2]}{last}0000{digits[2:]}"
    elif last in "34":
        kept = int(last)
        number = f"{digits[:kept]}00000{digits[kept:]}"
    else:
        number = f"{digits}0000{last}"
    return system + number + code[-1] if check_digit(system + number) == code[-1] else None


def _abbreviated(number: str) -> Iterator[str]:
    """The printed UPC-E of a UPC-A, where there is one."""
    if len(number) == len("012345678905") and number[0] in "01":
        maker, item = number[1:6], number[6:11]
        shapes = [
            f"{maker[:2]}{item[2:]}{maker[2]}",
            f"{maker[:3]}{item[3:]}3",
            f"{maker[:4]}{item[4]}4",
            f"{maker}{item[4]}",
        ]
        yield from (
            each for each in (f"{number[0]}{shape}{number[-1]}" for shape in shapes) if _expanded(each) == number
        )
