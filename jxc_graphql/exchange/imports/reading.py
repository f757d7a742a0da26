"""Rows of a file that somebody sent: CSV or a workbook, by what is in it and not by its name.

The first row in which enough columns are named is the header; what stands above is a title. A star after a name says
that the column must be filled in. Rows in which nothing stands are no rows. A merged cell counts for each row that it
covers. Cells are named as spreadsheets name them (`B7`), whatever is empty in front of them. A row of CSV that has
something where no column has a name is refused: a number such as 1,350 makes two cells of one.
"""

import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from jxc_graphql.exchange.imports import delimited
from jxc_graphql.exchange.imports.cells import Cell, CellKind, SentRow
from jxc_graphql.kit.errors import Reason, Rejected

MOST_ROWS = 200_000
HEADER_WITHIN = 20
"""Rows in which a header is looked for."""
MOST_BYTES = 400 * 2**20
"""Of what a workbook unpacks to."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ERRORS = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"')
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_EXACT = 10**15
"""From here on a spreadsheet has not kept all digits."""
Table = Iterator[tuple[int, Sequence[Cell]]]


class FileUnreadable(Reason, frozen=True, kw_only=True):
    """This is neither CSV nor a workbook that can be read."""

    problem: str


class HeaderMissing(Reason, frozen=True, kw_only=True):
    """No row names the columns that are needed."""

    columns: tuple[str, ...]


class ColumnTwice(Reason, frozen=True, kw_only=True):
    """Two columns have the same meaning."""

    names: tuple[str, ...]


class TooManyRows(Reason, frozen=True, kw_only=True):
    """More rows than a file may have."""

    most: int


def rows(path: Path, names: Mapping[str, Collection[str]], needed: Collection[str]) -> tuple[list[str], list[SentRow]]:
    """The header as it stands, and the rows below it; raises `Rejected` for what is wrong with all of the file.

    `names`: by column, what it may be called.
    """
    known = {delimited.plain(name): column for column, all_names in names.items() for name in all_names}
    table = iter(_table(path, known))
    header = _header(table, known, needed)
    found = [known.get(delimited.plain(cell.text)) for cell in header]
    twice = sorted({one for one in found if one is not None and found.count(one) > 1})
    if twice:
        raise Rejected(
            ColumnTwice(names=tuple(c.text for c, one in zip(header, found, strict=True) if one == twice[0]))
        )
    sent, without_name = list[SentRow](), _without_name(path, header)
    for number, cells in table:
        if any(cell.text or cell.kind is not CellKind.TEXT for cell in cells):
            named = {column: cell for column, cell in zip(found, cells, strict=False) if column is not None}
            torn = tuple(cell for at, cell in enumerate(cells) if cell.text and without_name(at))
            sent.append(SentRow(number=number, cells=named, torn=torn))
            if len(sent) > MOST_ROWS:
                raise Rejected(TooManyRows(most=MOST_ROWS))
    return [cell.text for cell in header], sent


def _without_name(path: Path, header: Sequence[Cell]) -> Callable[[int], bool]:
    """Whether what stands in a column may have been torn off another cell."""
    if _is_workbook(path):
        return lambda _: False
    return lambda at: at >= len(header) or not header[at].text


def _is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4).startswith(_WORKBOOKS)


def _header(table: Table, known: Mapping[str, str], needed: Collection[str]) -> Sequence[Cell]:
    for at, (_, cells) in enumerate(table):
        named = {known[name] for cell in cells if (name := delimited.plain(cell.text)) in known}
        if named.issuperset(needed):
            return cells
        if at >= HEADER_WITHIN:
            break
    raise Rejected(HeaderMissing(columns=tuple(needed)))


def _table(path: Path, known: Collection[str]) -> Table:
    try:
        return _workbook(path) if _is_workbook(path) else _text(path, known)
    except (OSError, ValueError, CalamineError, zipfile.BadZipFile) as error:
        raise Rejected(FileUnreadable(problem=str(error)[:200])) from None


def _text(path: Path, known: Collection[str]) -> Table:
    text = delimited.decoded(path.read_bytes())
    records = list(delimited.records(text, known))
    return (
        (number, [Cell(f"{letters(at)}{number}", text.strip()) for at, text in enumerate(cells)])
        for number, cells in records
    )


def _workbook(path: Path) -> Table:
    errors = _errors(path)
    with CalamineWorkbook.from_path(str(path)) as book:
        first: CalamineSheet = book.get_sheet_by_index(0)
        values = first.to_python(skip_empty_area=False)
        covered = _covered(first)
    return (
        (number, [_cell(values, number, at, covered, errors) for at in range(len(row))])
        for number, row in enumerate(values, 1)
    )


def _cell(
    values: Any, number: int, at: int, covered: Mapping[tuple[int, int], tuple[int, int]], errors: Collection[str]
) -> Cell:
    name = f"{letters(at)}{number}"
    row, column = covered.get((number - 1, at), (number - 1, at))
    if f"{letters(column)}{row + 1}" in errors:
        return Cell(name, "#", CellKind.ERROR)
    value = values[row][column]
    if isinstance(value, bool):
        return Cell(name, str(value))
    if isinstance(value, int | float):
        if abs(value) >= _EXACT:
            return Cell(name, str(value), CellKind.LOST)
        return Cell(name, _number(value), CellKind.NUMBER)
    if isinstance(value, datetime | date):
        return Cell(name, value.isoformat().removesuffix("T00:00:00"), CellKind.DAY)
    return Cell(name, str(value).strip())


def _number(value: float) -> str:
    """As a spreadsheet shows it: with fifteen digits, never with an exponent."""
    text = format(value, ".15g")
    return format(float(text), "f").rstrip("0").rstrip(".") if "e" in text else text


def _covered(first: CalamineSheet) -> dict[tuple[int, int], tuple[int, int]]:
    """By each cell below another one in a merged cell, that which says what stands there."""
    found = {}
    for (top, left), (bottom, right) in first.merged_cell_ranges or ():
        if left == right:
            found.update({(row, left): (top, left) for row in range(top, bottom + 1)})
    return found


def _errors(path: Path) -> set[str]:
    """The cells of the first sheet in which a formula went wrong, which calamine shows as empty."""
    if not zipfile.is_zipfile(path):
        return set()
    with zipfile.ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
            raise ValueError("it unpacks to too much")
        numbers = [int(found[1]) for found in map(_SHEET.fullmatch, packed.namelist()) if found]
        if not numbers:
            return set()
        first = packed.read(f"xl/worksheets/sheet{min(numbers)}.xml")
    return {f"{found[1].decode()}{found[2].decode()}" for found in _ERRORS.finditer(first)}


def letters(at: int) -> str:
    """The letters of a column, the first being A."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
