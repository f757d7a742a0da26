#!/usr/bin/env bash
# python-calamine 0.9.1: `to_python()` leaves out the empty rows and columns in front, so that its row numbers are not those
# of the sheet; `iter_rows()` of the same sheet keeps the rows and leaves out the columns.
# A problem reported as "row 2" is in row 4 of what the user sees. `Sheet.start` says by how much.
#
# Seen: a table that begins in B3
#   to_python(): [["code", "quantity"], ["A", 1.0]]
#   iter_rows(): [["", ""], ["", ""], ["code", "quantity"], ["A", 1.0]]
#   start: (2, 1)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 xlsxwriter==3.3.1 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON'
from importlib.metadata import version

import xlsxwriter
from python_calamine import CalamineWorkbook

book = xlsxwriter.Workbook("sheet.xlsx")
sheet = book.add_worksheet()
sheet.write_row("B3", ["code", "quantity"])
sheet.write_row("B4", ["A", 1])
book.close()

read = CalamineWorkbook.from_path("sheet.xlsx").get_sheet_by_index(0)
rows, lines = read.to_python(), list(read.iter_rows())
print("python-calamine", version("python-calamine"), "and a table that begins in B3")
print("to_python():", rows)
print("iter_rows():", lines)
print("start:", read.start)
assert rows == [["code", "quantity"], ["A", 1.0]]
assert lines == [["", ""], ["", ""], ["code", "quantity"], ["A", 1.0]]
assert read.start == (2, 1)
PYTHON
