"""Rows of CSV files: typed reading, and what is wrong with a row."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

import msgspec

from jxc_graphql.kit.numbers import Fixed, NumberError

F = TypeVar("F", bound=Fixed)
T = TypeVar("T")

_STEP = Decimal("0.0001")
"""Floats such as 9.80000019 stand for the nearest number with four decimal places."""


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
    """One line of a file."""

    file: str
    line: int
    cells: dict[str, str]

    def remark(self, text: str) -> Remark:
        """Something to say about this row."""
        return Remark(file=self.file, line=self.line, text=text)

    def text(self, column: str) -> str:
        """What stands in a column, blanks trimmed."""
        return (self.cells.get(column) or "").strip()

    def key(self, column: str) -> int:
        """A reference to a row of another file, which may be written 96 or 96.0."""
        return self._parsed(column, lambda text: int(text.removesuffix(".0")))

    def keys(self, column: str) -> list[int]:
        """References separated by semicolons."""
        return [int(part) for part in self.text(column).split(";") if part.strip().isdecimal()]

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
            return parse(text)
        except (ValueError, InvalidOperation, NumberError):
            raise Unusable(
                f"{column}: {text!r} cannot be read" if text else f"{column}: nothing stands there"
            ) from None


def read(folder: Path, name: str, columns: set[str]) -> list[Row]:
    """All rows of a CSV file; raises `SheetMissing` where it has not at least these columns."""
    try:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = sorted(columns - set(reader.fieldnames or ()))
            if missing:
                raise SheetMissing(f"{folder / name} has no column {', '.join(missing)}")
            return [Row(file=name, line=reader.line_num, cells=cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SheetMissing(f"{folder / name}: {error}") from error
