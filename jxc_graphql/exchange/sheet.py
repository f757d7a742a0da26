"""Rows of files that tell a history: typed reading, and what there is to say about a row.

They are read as every file is that comes in (`imports.reading`); what cannot be used says so by its column.
"""

import unicodedata
from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

import msgspec

from jxc_graphql.exchange.imports import reading
from jxc_graphql.exchange.imports.cells import SentRow
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.messages import render
from jxc_graphql.kit.numbers import Fixed, InvalidNumber

F = TypeVar("F", bound=Fixed)
T = TypeVar("T")

_STEP = Decimal("0.0001")
"""Floats such as 9.80000019 stand for the nearest number with four decimal places."""


class Unusable(ValueError):
    """A row cannot be loaded; the text says why."""


class SheetMissing(Exception):
    """A file that belongs to the data is not there or has not the columns it needs."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say about one row of a file."""

    file: str
    line: int
    text: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a file, named by the line on which it begins."""

    file: str
    line: int
    cells: SentRow

    def remark(self, text: str) -> Remark:
        """Something to say about this row."""
        return Remark(file=self.file, line=self.line, text=text)

    def text(self, column: str) -> str:
        """What stands in a column, blanks trimmed."""
        try:
            return self.cells.read_text(column)
        except Rejected as refused:
            raise Unusable(" ".join(render(reason, "en") for reason in refused.reasons)) from None

    def key(self, column: str) -> int:
        """A reference to a row of another file, which may be written 96 or 96.0."""
        return self._parsed(column, lambda text: int(text.removesuffix(".0")))

    def keys(self, column: str) -> list[int]:
        """References separated by semicolons."""
        return [int(part) for part in self.cells.read_texts(column) if part.isdecimal()]

    def number(self, column: str, kind: type[F]) -> F:
        """An exact number of its kind."""
        return self._parsed(
            column, lambda text: kind.of(Decimal(text).quantize(_STEP, rounding=ROUND_HALF_EVEN).normalize())
        )

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


def read(folder: Path, name: str, columns: Collection[str], also: Collection[str] = ()) -> list[Row]:
    """All rows of a file; raises `SheetMissing` where it has not each of these columns once, or one of `also` twice."""
    try:
        _, sent = reading.rows(folder / name, {one: (one,) for one in (*columns, *also)}, columns)
    except Rejected as refused:
        raise SheetMissing(f"{folder / name}: {' '.join(render(one, 'en') for one in refused.reasons)}") from None
    return [Row(file=name, line=row.number, cells=row) for row in sent]
