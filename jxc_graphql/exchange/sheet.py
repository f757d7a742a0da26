"""Rows of CSV files as spreadsheets save them: typed reading, and what is wrong with a row.

A file is UTF-8 or, with a byte order mark, UTF-16; else it is GB18030, as Excel writes on Chinese Windows. Commas,
semicolons or tabs separate its cells, or what a first line such as `sep=;` says. Rows in which nothing stands are no
rows. A row that is shorter than the header has nothing in its last columns, and is refused only where something must
stand there; one that has something where no column has a name is always refused, since nobody knows what that says.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

import msgspec

from jxc_graphql.kit.numbers import Fixed, InvalidNumber
from jxc_graphql.kit.spelling import folded

F = TypeVar("F", bound=Fixed)
T = TypeVar("T")

_STEP = Decimal("0.0001")
"""Floats such as 9.80000019 stand for the nearest number with four decimal places."""

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?\1*(\r\n|\r|\n|$)", re.IGNORECASE)
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
"""How exports keep a spreadsheet from reading 007 as 7."""


class Unusable(ValueError):
    """A row cannot be loaded; the text says why."""


class SheetMissing(Exception):
    """A file that belongs to the data is not there or is not CSV with the columns it needs."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say about one row of a file."""

    file: str
    line: int
    text: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a file, named by the line on which it begins; `excess` is what stands where no column has a name."""

    file: str
    line: int
    cells: dict[str, str]
    excess: tuple[str, ...] = ()

    def remark(self, text: str) -> Remark:
        """Something to say about this row."""
        return Remark(file=self.file, line=self.line, text=text)

    def text(self, column: str) -> str:
        """What stands in a column, blanks trimmed."""
        if self.excess:
            raise Unusable(f"more cells than columns: nobody knows what {', '.join(self.excess)} stands for")
        text = self.cells.get(column, "").strip()
        kept = _KEPT_AS_TEXT.fullmatch(text)
        return kept[1].strip() if kept else text

    def key(self, column: str) -> int:
        """A reference to a row of another file, which may be written 96 or 96.0."""
        return self._parsed(column, lambda text: int(text.removesuffix(".0")))

    def keys(self, column: str) -> list[int]:
        """References separated by semicolons."""
        return [int(part) for part in self.texts(column) if part.isdecimal()]

    def texts(self, column: str) -> tuple[str, ...]:
        """Texts separated by semicolons, also those of a Chinese input method, or by line breaks."""
        return tuple(part.strip() for part in re.split(r"[;；、\r\n]", self.text(column)) if part.strip())

    def number(self, column: str, kind: type[F]) -> F:
        """An exact number of its kind."""
        return self._parsed(
            column, lambda text: kind.of(Decimal(text).quantize(_STEP, rounding=ROUND_HALF_EVEN).normalize())
        )

    def exact(self, column: str, kind: type[F]) -> F:
        """A number of its kind that is not rounded."""
        return self._parsed(column, kind.of)

    def day(self, column: str) -> date | None:
        """The day of a date or moment; None where nothing stands."""
        return self._parsed(column, lambda text: datetime.fromisoformat(text).date()) if self.text(column) else None

    def _parsed(self, column: str, parse: Callable[[str], T]) -> T:
        text = self.text(column)
        try:
            return parse(unicodedata.normalize("NFKC", text))
        except (ValueError, InvalidOperation, InvalidNumber):
            raise Unusable(
                f"{column}: {text!r} cannot be read" if text else f"{column}: nothing stands there"
            ) from None


def read(folder: Path, name: str, columns: Collection[str], names: Mapping[str, str] = {}) -> list[Row]:
    """All rows of a CSV file; raises `SheetMissing` where it has not each of these columns once.

    `names` says by what other names columns go, separated by blanks; case, blanks and old forms count for nothing.
    """
    try:
        return list(_rows(name, _text((folder / name).read_bytes()), columns, names))
    except (OSError, ValueError, csv.Error) as error:
        raise SheetMissing(f"{folder / name}: {error}") from error


def _text(data: bytes) -> str:
    """What stands in a file."""
    if data.startswith(_WORKBOOKS):
        raise ValueError("it is a workbook: save it as CSV")
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _rows(file: str, text: str, columns: Collection[str], names: Mapping[str, str]) -> Iterator[Row]:
    known = {_plain(each): column for column in {*columns, *names} for each in (column, *names.get(column, "").split())}
    told = _SEPARATOR_LINE.match(text)
    text = text[told.end() :] if told else text
    separator = (
        told[1] if told else max(_SEPARATORS, key=lambda each: len(known.keys() & map(_plain, _first(text, each))))
    )
    table = _table(text, separator, 2 if told else 1)
    _, header = next(table, (1, list[str]()))
    found = [known.get(_plain(each), _plain(each)) for each in header]
    _check_header(header, found, columns)
    for line, cells in table:
        named = {column: cells[at] if at < len(cells) else "" for at, column in enumerate(found) if column}
        excess = [cell.strip() for at, cell in enumerate(cells) if cell.strip() and not (at < len(found) and found[at])]
        yield Row(file=file, line=line, cells=named, excess=tuple(excess))


def _first(text: str, separator: str) -> list[str]:
    """The cells of the first row, if this separates them."""
    return next(filter("".join, csv.reader(io.StringIO(text, newline=""), delimiter=separator)), [])


def _table(text: str, separator: str, line: int) -> Iterator[tuple[int, list[str]]]:
    """The rows in which anything stands, each with the line of the file on which it begins; the text is at `line`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begin = line
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begin, cells
            begin = line + reader.line_num
    except csv.Error as error:
        raise ValueError(f"line {begin}: {error}") from error


def _check_header(header: Collection[str], found: list[str], columns: Collection[str]) -> None:
    missing = sorted(set(columns) - set(found))
    if missing:
        raise ValueError(f"it has no column {', '.join(missing)}")
    for name in filter(None, found):
        same = [each.strip() for each, column in zip(header, found, strict=True) if column == name]
        if len(same) > 1:
            raise ValueError(f"{' and '.join(same)} are one column twice")


def _plain(name: str) -> str:
    """The name of a column as it is compared; a star says in many templates that it must be filled in."""
    return "".join(folded(name).split()).strip("*")
