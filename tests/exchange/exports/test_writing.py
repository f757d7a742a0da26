"""What stands in the cells of files that lists are made into, as spreadsheets and programs read it."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from jxc_graphql.exchange.exports.models import FileFormat
from jxc_graphql.exchange.exports.rules import FileColumn
from jxc_graphql.exchange.exports.writing import guarded, unguarded, write
from jxc_graphql.gql.schema.scalars import BOOLEAN, DATE, DATETIME, INT, STRING, Leaf, leaf_of
from jxc_graphql.kit.labels import label
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.jobs.models import JobState

MONEY, STATE = leaf_of(Money), leaf_of(JobState)
assert MONEY is not None
assert STATE is not None

CELLS: list[tuple[Leaf, Any, str, Any]] = [
    (STRING, "00123", "00123", "00123"),
    (STRING, "6901234567892123456", "6901234567892123456", "6901234567892123456"),
    (STRING, "=1+1", "'=1+1", "=1+1"),
    (STRING, "+86 10", "'+86 10", "+86 10"),
    (STRING, "-x", "'-x", "-x"),
    (STRING, "@SUM(A1)", "'@SUM(A1)", "@SUM(A1)"),
    (STRING, "\t=1", "'\t=1", "\t=1"),
    (STRING, "'=1", "''=1", "'=1"),
    (STRING, '核桃, "大"\n二行', '核桃, "大"\n二行', '核桃, "大"\n二行'),
    (STRING, None, "", ""),
    (MONEY, "-12.50", "-12.50", -12.5),
    (MONEY, "12345678901234.5678", "12345678901234.5678", "12345678901234.5678"),
    (INT, 7, "7", 7.0),
    (BOOLEAN, True, "是", "是"),
    (STATE, "DONE", "", ""),
    (DATE, "2026-11-30", "2026-11-30", date(2026, 11, 30)),
    (DATE, "1900-02-28", "1900-02-28", "1900-02-28"),
    (DATETIME, "2026-11-30T16:00:01Z", "2026-12-01 00:00:01", datetime(2026, 12, 1, 0, 0, 1)),  # noqa: DTZ001
]  # fmt: skip
COLUMNS = [FileColumn(path=("value",), leaf=leaf, header=f"=列{at}") for at, (leaf, *_) in enumerate(CELLS)]
TEXTS, READ = [text for *_, text, _ in CELLS], [cell for *_, cell in CELLS]
ROW = [value for _, value, *_ in CELLS]


def labelled(cells: list[Any]) -> list[Any]:
    """With what people read for a state, which depends on who described it."""
    state = label("JobState", "DONE", "zh-CN")
    return [state if leaf is STATE else cell for cell, (leaf, *_) in zip(cells, CELLS, strict=True)]


def test_csv_has_a_mark_and_says_the_same_to_every_program(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert write(path, FileFormat.CSV, COLUMNS, [ROW, ROW], "zh-CN") == 2
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 3
    header, *rows = list(csv.reader(data.decode("utf-8-sig").splitlines(keepends=True)))
    assert header[0] == "'=列0"
    assert rows == [labelled(TEXTS)] * 2


def test_a_workbook_has_texts_as_texts_and_numbers_and_days_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write(path, FileFormat.XLSX, COLUMNS, [ROW], "zh-CN") == 1
    header, row = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert header[0] == "=列0"
    assert row == labelled(READ)
    assert b"<f>" not in path.read_bytes()


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", "'quoted'", "plain", "", "'", "-", "\r", "a=b"])
def test_what_is_guarded_reads_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
