#!/usr/bin/env bash
# python-calamine 0.9.1 and xlsx (SheetJS) 0.18.5: SheetJS saves a cell of the format yyyy-mm-dd under the free number 60 of a
# workbook. In .xlsx calamine reads it as a date; in .xls it takes no notice of that format and gives the plain number 46053,
# where xlrd and SheetJS themselves read a date. Formats that Excel has built in (m/d/yy, number 14) are dates in both.
# Whoever imports such a file reads a quantity where a day stood.
#
# Seen: calamine: day.xlsx yyyy-mm-dd 2026-01-31, day.xls yyyy-mm-dd 46053.0, day.xls m/d/yy 2026-01-31
#       xlrd:     day.xls yyyy-mm-dd is a date of the format number 60
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-calamine==0.9.1 xlrd==2.0.2 2>/dev/null
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5
cat >save.cjs <<'JS'
const XLSX = require("xlsx");

const save = (name, bookType, z) => {
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, { A1: { t: "n", v: 46053, z }, "!ref": "A1:A1" }, "Sheet1");
  XLSX.writeFile(book, name, { bookType });
};
save("long.xlsx", "xlsx", "yyyy-mm-dd");
save("long.xls", "biff8", "yyyy-mm-dd");
save("short.xls", "biff8", "m/d/yy");
JS
node save.cjs
venv/bin/python - <<'PYTHON'
from datetime import date
from importlib.metadata import version

import xlrd
from python_calamine import CalamineWorkbook

names = ("long.xlsx", "long.xls", "short.xls")
found = {name: CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()[0][0] for name in names}
book = xlrd.open_workbook("long.xls", formatting_info=True)
cell = book.sheet_by_index(0).cell(0, 0)
number = book.xf_list[cell.xf_index].format_key
print("python-calamine", version("python-calamine"), found)
print("xlrd", version("xlrd"), cell, "format", number, book.format_map[number].format_str)
assert found == {"long.xlsx": date(2026, 1, 31), "long.xls": 46053.0, "short.xls": date(2026, 1, 31)}
assert (cell.ctype, number, book.format_map[number].format_str) == (xlrd.XL_CELL_DATE, 60, "yyyy-mm-dd")
PYTHON
