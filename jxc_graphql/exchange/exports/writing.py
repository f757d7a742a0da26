"""Rows as files for people and spreadsheets: CSV and XLSX, with flat memory."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from jxc_graphql.exchange.exports.models import FileFormat
from jxc_graphql.exchange.exports.rules import FileColumn
from jxc_graphql.gql.schema.scalars import Leaf
from jxc_graphql.kit import clock
from jxc_graphql.kit.labels import label
from jxc_graphql.kit.numbers import Fixed

TEXT_LIMIT = 32_767
"""Characters of a cell of Excel."""
SHEET_ROWS = 2**20
DIGITS = 15
"""Of a number, a spreadsheet keeps so many."""
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was."""
_YES = {"zh-CN": ("否", "是")}
_MOMENT, _DAY = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
_WIDTH = 16


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula when it reads CSV; `unguarded` gives it back as it was."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What was guarded, without the apostrophe; all other texts as they are."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def write(
    path: Path, file_format: FileFormat, columns: Sequence[FileColumn], rows: Iterable[Sequence[Any]], locale: str
) -> int:
    """Makes a file of rows as GraphQL answers them; gives how many there were."""
    return (_write_csv if file_format is FileFormat.CSV else _write_xlsx)(path, columns, rows, locale)


def _write_csv(path: Path, columns: Sequence[FileColumn], rows: Iterable[Sequence[Any]], locale: str) -> int:
    zone, count = _zone(), 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow([guarded(column.header) for column in columns])
        for row in rows:
            out.writerow(
                [_text(_value(column.leaf, value, locale, zone)) for column, value in zip(columns, row, strict=True)]
            )
            count += 1
    return count


def _write_xlsx(path: Path, columns: Sequence[FileColumn], rows: Iterable[Sequence[Any]], locale: str) -> int:
    told = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False, "strings_to_urls": False}
    zone, count = _zone(), 0
    with Workbook(str(path), told) as book:
        cells = _Cells(book)
        sheet = cells.sheet(columns)
        for count, row in enumerate(rows, 1):
            at = (count - 1) % (SHEET_ROWS - 1) + 1
            if at == 1 and count > 1:
                sheet = cells.sheet(columns)
            for index, (column, value) in enumerate(zip(columns, row, strict=True)):
                cells.put(sheet, at, index, _value(column.leaf, value, locale, zone))
    return count


class _Number(str):
    """A number as it is shown."""

    __slots__ = ()


def _value(leaf: Leaf, value: Any, locale: str, zone: ZoneInfo) -> Any:
    """What stands in a cell: None, a text, a number as it is shown, a day or a moment by the company's clocks."""
    kind = leaf.type
    if value is None or kind is bool:
        return None if value is None else _YES.get(locale, ("no", "yes"))[bool(value)]
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if issubclass(kind, StrEnum):
        return label(kind.__name__, str(value), locale)
    if issubclass(kind, int | Fixed) or leaf.graphql == "Decimal":
        return _Number(value)
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(zone).replace(tzinfo=None, microsecond=0)
    return date.fromisoformat(value) if kind is date else str(value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, _Number):
        return value or ""
    return guarded(value) if isinstance(value, str) else str(value)


def _zone() -> ZoneInfo:
    return ZoneInfo(clock.calendar().zone_on(clock.day_of(clock.now())))


class _Cells:
    """Writes cells of a workbook, each as what it is."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats: dict[str, Any] = {}

    def sheet(self, columns: Sequence[FileColumn]) -> Worksheet:
        """A further sheet with its header."""
        sheet = self._book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(columns):
            is_text = not (issubclass(column.leaf.type, int | Fixed | date))
            sheet.set_column(index, index, _WIDTH, self._format("@") if is_text else None)
            sheet.write_string(0, index, column.header)
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Any) -> None:
        """A cell; nothing where nothing is to stand."""
        if isinstance(value, _Number) and sum(map(str.isdigit, value)) <= DIGITS:
            places = len(value.partition(".")[2])
            sheet.write_number(row, column, float(value), self._format(f"0.{'0' * places}" if places else "0"))
        elif isinstance(value, datetime | date) and _plain_day(value) >= _FIRST_DAY:
            told = _MOMENT if isinstance(value, datetime) else _DAY
            sheet.write_datetime(row, column, value, self._format(told))
        elif value is not None and value != "":
            sheet.write_string(row, column, str(value)[:TEXT_LIMIT], self._format("@"))

    def _format(self, told: str) -> Any:
        if told not in self._formats:
            self._formats[told] = self._book.add_format({"num_format": told})
        return self._formats[told]


def _plain_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
