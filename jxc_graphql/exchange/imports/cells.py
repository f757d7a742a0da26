"""Cells as somebody sent them, read as what a column wants; what nobody can read for sure is refused by its cell."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from jxc_graphql.exchange.exports.writing import unguarded
from jxc_graphql.kit.errors import Reason, Rejected
from jxc_graphql.kit.labels import label
from jxc_graphql.kit.messages import LOCALES
from jxc_graphql.kit.numbers import Fixed, InvalidNumber

F = TypeVar("F", bound=Fixed)
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]00:00(?::00)?)?", re.ASCII)
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_YES = {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
_YES |= {"启用": True, "停用": False, "y": True, "n": False}
_SHOWN = 60


class CellKind(StrEnum):
    """What a cell is in its file."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DAY = "DAY"
    ERROR = "ERROR"
    LOST = "LOST"


class Cell(msgspec.Struct, frozen=True):
    """A cell: where it is, what stands there as text, and what kind it is."""

    at: str
    text: str = ""
    kind: CellKind = CellKind.TEXT


class CellMissing(Reason, frozen=True, kw_only=True):
    """Nothing stands where something must."""

    cell: str


class OwnCellMissing(Reason, frozen=True, kw_only=True):
    """Nothing stands where an own field of something new must be filled in."""

    cell: str
    name: str


class CellUnreadable(Reason, frozen=True, kw_only=True):
    """What stands in a cell is not what its column holds."""

    cell: str
    text: str


class CellIsError(Reason, frozen=True, kw_only=True):
    """A formula in the spreadsheet went wrong: what the cell should say is not there."""

    cell: str


class CellLostDigits(Reason, frozen=True, kw_only=True):
    """A number of more than 15 digits, of which the spreadsheet has thrown the last ones away."""

    cell: str


class CellIsDay(Reason, frozen=True, kw_only=True):
    """A date where a text belongs: the spreadsheet has most likely made it of something like 1-2."""

    cell: str
    text: str


class CellNoSuchDay(Reason, frozen=True, kw_only=True):
    """A day of the first two months of 1900, which spreadsheets count in different ways."""

    cell: str


class CellUnknownCode(Reason, frozen=True, kw_only=True):
    """Nothing of this kind has the code that stands there, or the caller may not see it."""

    cell: str
    kind: str
    text: str


class CellStays(Reason, frozen=True, kw_only=True):
    """What stands there of something that exists never changes, and is otherwise by now."""

    cell: str


class CellTorn(Reason, frozen=True, kw_only=True):
    """Something stands where no column has a name: most likely commas tore one cell apart."""

    cell: str
    text: str


class CellOtherwise(Reason, frozen=True, kw_only=True):
    """Rows of one document say different things where it has one."""

    cell: str
    first: str
    """The cell that said it first."""


class RowGoesWith(Reason, frozen=True, kw_only=True):
    """Nothing is wrong with this row, but with others of the same document, which is taken in whole or not at all."""

    cell: str
    rows: tuple[int, ...]
    """Some of those, by their numbers."""


class SentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a file: its number there, and its cells by column; the columns that the file has not are not there."""

    number: int
    cells: Mapping[str, Cell]
    torn: tuple[Cell, ...] = ()
    """What stands where no column has a name."""

    def has(self, column: str) -> bool:
        """Whether the file has a column and something stands there."""
        return bool(self._cell(column).text) or self._cell(column).kind is not CellKind.TEXT

    def with_constants(self, told: Mapping[str, str]) -> "SentRow":
        """The same, with what is told of columns that the file has not."""
        return msgspec.structs.replace(
            self,
            cells={key: Cell(f"{self.number}", text) for key, text in told.items()} | dict(self.cells),
        )

    def at(self, column: str) -> str:
        """Where a column is in this row."""
        return self._cell(column).at

    def code(self, column: str) -> str:
        """What stands there as a code may be written, right or wrong."""
        return _as_text(self._cell(column))

    def read_text(self, column: str) -> str:
        """A text; that of a number is the number, as codes that look like one are kept by spreadsheets."""
        cell = self._checked(column)
        if cell.kind is CellKind.DAY:
            raise Rejected(CellIsDay(cell=cell.at, text=cell.text))
        return _as_text(cell)

    def need_text(self, column: str) -> str:
        """A text that must stand there."""
        found = self.read_text(column)
        if not found:
            raise Rejected(CellMissing(cell=self.at(column)))
        return found

    def read_texts(self, column: str) -> tuple[str, ...]:
        """Texts separated by semicolons, also those of a Chinese input method, or by line breaks."""
        return tuple(part.strip() for part in re.split(r"[;；、\r\n]", self.read_text(column)) if part.strip())

    def fixed(self, column: str, kind: type[F]) -> F:
        """An exact number of its kind."""
        return self._parsed(column, lambda text: kind.of(_plain(text)))

    def integer(self, column: str) -> int:
        """A whole number."""
        return self._parsed(column, lambda text: int(_plain(text)))

    def yes(self, column: str) -> bool:
        """Yes or no, in either language."""
        return self._parsed(column, lambda text: _YES[text.lower()])

    def choice(self, column: str, kind: type[E]) -> E:
        """A value of an enum, by its name or by what people read for it."""
        names = {label(kind.__name__, one.name, locale).lower(): one for one in kind for locale in LOCALES}
        return self._parsed(column, lambda text: names.get(text.lower()) or kind(text.upper()))

    def on_day(self, column: str) -> date:
        """A day, with year, month and day in this order."""
        found = self._parsed(column, _day)
        if found < date(1900, 3, 1):
            raise Rejected(CellNoSuchDay(cell=self.at(column)))
        return found

    def _cell(self, column: str) -> Cell:
        return self.cells.get(column) or Cell(f"?{self.number}")

    def _checked(self, column: str) -> Cell:
        cell = self._cell(column)
        if self.torn:
            raise Rejected(CellTorn(cell=self.torn[0].at, text=self.torn[0].text[:_SHOWN]))
        if cell.kind is CellKind.ERROR:
            raise Rejected(CellIsError(cell=cell.at))
        if cell.kind is CellKind.LOST:
            raise Rejected(CellLostDigits(cell=cell.at))
        return cell

    def _parsed(self, column: str, parse: Callable[[str], T]) -> T:
        cell = self._checked(column)
        text = unicodedata.normalize("NFKC", cell.text).strip()
        if not text:
            raise Rejected(CellMissing(cell=cell.at))
        with suppress(ValueError, KeyError, InvalidNumber):
            return parse(text)
        raise Rejected(CellUnreadable(cell=cell.at, text=cell.text[:_SHOWN]))


def _as_text(cell: Cell) -> str:
    kept = _KEPT_AS_TEXT.fullmatch(cell.text)
    return (kept[1] if kept else unguarded(cell.text)).strip()


def _plain(text: str) -> str:
    """A number without the commas of its thousands, as integers that a spreadsheet counts with have no point."""
    plain = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    if not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    return plain.removeprefix("+")


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, *rest = found.groups()
    month, day = (part for part in rest if part is not None)
    return date(int(year), int(month), int(day))


def given(row: SentRow, **read: Callable[[str], Any]) -> dict[str, Any]:
    """What of these columns stands in a row, each as it is read."""
    return {column: how(column) for column, how in read.items() if row.has(column)}
