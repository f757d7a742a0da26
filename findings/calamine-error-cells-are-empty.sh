#!/usr/bin/env bash
# python-calamine 0.9.1: a cell whose formula failed (#DIV/0!, #N/A, #REF!) is read as "", as a cell that nobody filled in.
# A price list with a broken formula has no price there instead of an error, and nothing says so.
#
# Seen: [["A", 2.0], ["B", ""], ["C", ""], ["D", ""], ["E", ""]] for 2, #DIV/0!, #N/A, #REF! and an empty cell
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
sheet.write_row("A1", ["A", 2])
for row, (code, formula, error) in enumerate(
    [("B", "=1/0", "#DIV/0!"), ("C", "=NA()", "#N/A"), ("D", "=INDIRECT(\"\")", "#REF!")], 1
):
    sheet.write(row, 0, code)
    sheet.write_formula(row, 1, formula, None, error)
sheet.write("A5", "E")
book.close()

rows = CalamineWorkbook.from_path("sheet.xlsx").get_sheet_by_index(0).to_python()
print("python-calamine", version("python-calamine"), "and 2, #DIV/0!, #N/A, #REF!, an empty cell")
print(rows)
assert rows == [["A", 2.0], ["B", ""], ["C", ""], ["D", ""], ["E", ""]]
PYTHON
