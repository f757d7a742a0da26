"""Twenty awkward rows, in three layouts, as spreadsheets have them: `python -m tests.exchange.imports.awkward`.

It needs openpyxl, xlsx (SheetJS) 0.18.5 and exceljs 4.4 in the folder that `NODE_PATH` names, and LibreOffice 7.4,
which saves what xlsxwriter made anew, as people do who open a file and save it. What they made is in `spreadsheets/`;
the test beside it reads that and needs none of them.
"""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from xlsxwriter import Workbook

HERE = Path(__file__).parent / "spreadsheets"
HEADER = ("编码", "名称", "数量", "日期")
NAME, QUANTITY, DAY = 1, 2, 3
SERIAL_60 = "serial 60"
ERROR = "#N/A"


class Awkward(NamedTuple):
    """What is awkward: the column in which it stands, the value, what is read, in CSV too; None: it is refused."""

    column: int
    value: Any
    read: str | None
    text: str
    """As it stands in CSV."""
    of_text: str | None
    """What is read of that."""


def same(column: int, value: str, read: str) -> Awkward:
    return Awkward(column, value, read, value, read)


ROWS = (
    same(NAME, "00123", "00123"),
    same(NAME, "6901234567892123456", "6901234567892123456"),
    same(NAME, "=1+1", "=1+1"),
    same(NAME, "@SUM(A1)", "@SUM(A1)"),
    same(NAME, '核桃，"大", 二行\n第二行', '核桃，"大", 二行\n第二行'),
    same(NAME, "  　两头空格　 ", "两头空格"),
    Awkward(NAME, 42, "42", "42", "42"),
    Awkward(QUANTITY, 1234.5, "1234.5", "1234.5", "1234.5"),
    Awkward(QUANTITY, 0.1 + 0.2, "0.3", "0.3", "0.3"),
    Awkward(QUANTITY, -5, "-5", "-5", "-5"),
    same(QUANTITY, "1,234.50", "1234.5"),
    same(QUANTITY, "１２．５", "12.5"),
    Awkward(DAY, date(2026, 1, 31), "2026-01-31", "2026-01-31", "2026-01-31"),
    same(DAY, "2026/1/31", "2026-01-31"),
    same(DAY, "2026年1月31日", "2026-01-31"),
    # Six may be refused, each by its cell: what they were is not in the file any more, or can be read in two ways.
    Awkward(NAME, date(2026, 1, 2), None, "1-2", "1-2"),  # which Excel makes of 1-2
    Awkward(QUANTITY, 6901234567892123456, None, "6901234567892123456", None),  # 15 digits are left of it, or too many
    Awkward(QUANTITY, ERROR, None, ERROR, None),
    Awkward(DAY, SERIAL_60, None, "1900-02-29", None),  # a day that never was
    Awkward(QUANTITY, "(5)", None, "(5)", None),  # five, or minus five
)
ABOVE = {"plain": (), "titled": (("供应商目录 2026",), ()), "shifted": ((), ())}
"""Layouts: what stands above the header; in the shifted one the first column is empty, in all but one the last row."""


def table(layout: str, *, as_text: bool) -> Iterator[tuple[Any, ...]]:
    """The rows of a layout, header included."""
    yield from ABOVE[layout]
    left = ("",) if layout == "shifted" else ()
    yield (*left, *HEADER)
    for number, row in enumerate(ROWS):
        cells: list[Any] = [f"R{number:02}", "名", "1", "2026-11-30"]
        cells[row.column] = row.text if as_text else row.value
        yield (*left, *cells)
    if layout != "plain":
        yield ("",) * (len(HEADER) + len(left))


def by_xlsxwriter(path: Path, layout: str, *, constant_memory: bool) -> None:
    with Workbook(str(path), {"constant_memory": constant_memory}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate(table(layout, as_text=False)):
            for column, cell in enumerate(row):
                if cell == SERIAL_60:
                    sheet.write_number(at, column, 60, day)
                elif cell == ERROR:
                    sheet.write_formula(at, column, "=NA()", None, ERROR)
                elif isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                else:
                    sheet.write_number(at, column, cell)


def by_openpyxl(path: Path, layout: str) -> None:
    from openpyxl import Workbook as Book  # type: ignore[import-not-found, import-untyped, unused-ignore] # noqa: PLC0415

    book = Book()
    sheet = book.active
    for at, row in enumerate(table(layout, as_text=False), 1):
        for column, cell in enumerate(row, 1):
            if cell == "":
                continue
            made = sheet.cell(at, column, 60 if cell == SERIAL_60 else cell)
            if isinstance(cell, str) and cell.startswith("="):
                made.data_type = "s"
            if cell == SERIAL_60 or isinstance(cell, date):
                made.number_format = "yyyy-mm-dd"
    book.save(path)


def by_csv(path: Path, layout: str, encoding: str, delimiter: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(table(layout, as_text=True))


def by_node(folder: Path) -> None:
    """What SheetJS and exceljs write, of the same rows as JSON."""

    def plain(cell: Any) -> Any:
        if cell == SERIAL_60 or isinstance(cell, date):
            return {"serial": 60 if cell == SERIAL_60 else (cell - date(1899, 12, 30)).days}
        return {"error": ERROR} if cell == ERROR else cell

    told = {one: [[plain(cell) for cell in row] for row in table(one, as_text=False)] for one in ABOVE}
    subprocess.run(
        ["node", str(Path(__file__).with_name("awkward.mjs")), str(folder)],
        input=json.dumps(told),
        text=True,
        check=True,
    )


def by_libreoffice(folder: Path) -> None:
    """What LibreOffice saves of files that it opened, in the new format and in the old one."""
    with TemporaryDirectory() as home:
        office = ["soffice", f"-env:UserInstallation={Path(home).as_uri()}", "--headless"]
        for ending, kind in (("xlsx", "xlsx:Calc MS Excel 2007 XML"), ("xls", "xls:MS Excel 97")):
            opened = [str(folder / f"xlsxwriter-{layout}.xlsx") for layout in ABOVE]
            subprocess.run([*office, "--convert-to", kind, "--outdir", home, *opened], check=True)
            for layout in ABOVE:
                shutil.move(Path(home, f"xlsxwriter-{layout}.{ending}"), folder / f"libreoffice-{layout}.{ending}")


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for layout in ABOVE:
        by_xlsxwriter(HERE / f"xlsxwriter-{layout}.xlsx", layout, constant_memory=False)
        by_xlsxwriter(HERE / f"constant-{layout}.xlsx", layout, constant_memory=True)
        by_openpyxl(HERE / f"openpyxl-{layout}.xlsx", layout)
        by_csv(HERE / f"mark-{layout}.csv", layout, "utf-8-sig", ",")
        by_csv(HERE / f"gb18030-{layout}.csv", layout, "gb18030", ",")
        by_csv(HERE / f"semicolons-{layout}.csv", layout, "utf-8", ";")
        by_csv(HERE / f"utf16-{layout}.csv", layout, "utf-16", "\t")
    if "--without-node" not in sys.argv:
        by_node(HERE)
    if "--without-libreoffice" not in sys.argv:
        by_libreoffice(HERE)


if __name__ == "__main__":
    main()
