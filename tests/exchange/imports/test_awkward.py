"""Thirty-six spreadsheets hold the same twenty awkward rows: fourteen are read to the value from each of them, and six
may be refused, by their cell, since what they were is not there any more:

- a date where a text belongs: Excel made it of 1-2, which CSV still has;
- a number of 19 digits: a workbook has 15 of them, and no quantity is so large;
- a formula that went wrong;
- the day with the serial number 60, which is a 29 February that never was;
- (5), which is five to some and minus five to others;
- a date that SheetJS writes in the old format (xls), which is read as a number (`findings/calamine-xls-format-60.sh`):
  one in a column of days.
"""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from jxc_graphql.exchange.imports import reading
from jxc_graphql.exchange.imports.cells import SentRow
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity
from tests.exchange.imports.awkward import DAY, HEADER, HERE, NAME, ROWS

FILES = sorted(HERE.iterdir())
COLUMNS = {"code": ["编码"], "name": ["名称"], "quantity": ["数量"], "day": ["日期"]}


def read(row: SentRow, column: int) -> str:
    if column == NAME:
        return row.read_text("name")
    return row.on_day("day").isoformat() if column == DAY else str(row.fixed("quantity", Quantity))


def test_there_are_three_of_each_program_and_format() -> None:
    assert len(FILES) == 36
    assert all(count == 3 for count in Counter((path.name.partition("-")[0], path.suffix) for path in FILES).values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_awkward_rows_are_read_to_the_value_or_refused_by_their_cell(path: Path) -> None:
    header, rows = reading.rows(path, COLUMNS, {"code", "name"})
    assert [name for name in header if name] == list(HEADER)
    assert [row.read_text("code") for row in rows] == [f"R{number:02}" for number in range(len(ROWS))]
    values = 0
    for row, awkward in zip(rows, ROWS, strict=True):
        expected = awkward.of_text if path.suffix == ".csv" else awkward.read
        if path.suffix == ".xls" and path.name.startswith("sheetjs") and isinstance(awkward.value, date):
            expected = "46024" if awkward.column == NAME else None  # the number that stands there
        if expected is not None:
            found = read(row, awkward.column)
            assert found.replace("\r\n", "\n") == expected, row.number
            values += 1
            continue
        with pytest.raises(Rejected) as refused:
            read(row, awkward.column)
        (reason,) = refused.value.reasons
        letter = "ABCDE"[awkward.column + ("shifted" in path.name)]
        assert getattr(reason, "cell", None) == f"{letter}{row.number}"
    assert values >= 14
