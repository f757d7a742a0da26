"""Files as spreadsheets save them: which rows and cells there are, or why a file is none of ours."""

import re
from pathlib import Path

import pytest

from jxc_graphql.exchange.imports import reading
from jxc_graphql.exchange.imports.cells import CellTorn, SentRow
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity

NAMES = {"code": ("code", "条码", "编码"), "quantity": ("quantity", "数量", "库存")}


def written(folder: Path, data: str | bytes) -> Path:
    (folder / "a.csv").write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def sent(folder: Path, data: str | bytes) -> list[SentRow]:
    """The rows that a file holds."""
    return reading.rows(written(folder, data) / "a.csv", NAMES, list(NAMES))[1]


def rows(folder: Path, data: str | bytes) -> list[tuple[str, str]]:
    """Code and quantity of these."""
    return [(each.read_text("code"), each.read_text("quantity")) for each in sent(folder, data)]


def refusal(folder: Path, data: str | bytes) -> str:
    """Why a file is refused as a whole."""
    with pytest.raises(Rejected) as refused:
        sent(folder, data)
    (reason,) = refused.value.reasons
    return f"{type(reason).__name__} {reason}"


def test_names_the_line_on_which_a_row_begins(tmp_path: Path) -> None:
    text = 'sep=,\r\n\r\ncode,quantity\r\n1,"two\nlines"\r\n\r\n,\r\n2,one\r\n3,"\r\n\r\n"\r\n4,\r\n'
    assert [each.number for each in sent(tmp_path, text)] == [4, 8, 9, 12]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8-sig", b""), ("gb18030", b""), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_reads_what_chinese_spreadsheets_save(tmp_path: Path, encoding: str, mark: bytes, separator: str) -> None:
    lines = (
        ["*条码", " 数\u3000量 ", "备注"],
        ["\u3000雪碧-㐂 ", "1", ""],
        ['="007"', "\xa02", "a,b;c\td"],
        ["", "", ""],
    )
    text = "\r\n".join(separator.join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines)
    assert rows(tmp_path, mark + text.encode(encoding)) == [("雪碧-㐂", "1"), ("007", "2")]


@pytest.mark.parametrize("told", ["sep=|\r\n", '"SEP=|"\n', "sep=||\r"])
def test_believes_the_line_that_tells_the_separator(tmp_path: Path, told: str) -> None:
    assert rows(tmp_path, told + "编码|库存|a,b\n007|1|2\n") == [("007", "1")]


@pytest.mark.parametrize("header", ["條碼,數量", "*编 码,ＱＵＡＮＴＩＴＹ", " 编\u3000码 ,庫存"])
def test_knows_a_column_by_any_of_its_names(tmp_path: Path, header: str) -> None:
    assert rows(tmp_path, f"{header}\n007,1\n") == [("007", "1")]


@pytest.mark.parametrize("end", ["\r\n,,\r\n", "\r\n, ,,\u3000,\r\n\r\n", "\r\n,", ",\n,,"])
def test_passes_over_rows_in_which_nothing_stands(tmp_path: Path, end: str) -> None:
    assert rows(tmp_path, f"\n,,\nCode,QUANTITY,\n,,,\n007,1{end}") == [("007", "1")]


@pytest.mark.parametrize("header", ["code,quantity", "code,quantity,", "code,quantity, ,\u3000"])
def test_refuses_a_row_that_is_longer_than_its_header(tmp_path: Path, header: str) -> None:
    first, second = sent(tmp_path, f"{header}\n007,1,350\n008,2,\n")
    for ask in (lambda: first.read_text("code"), lambda: first.fixed("quantity", Quantity)):
        with pytest.raises(Rejected) as refused:
            ask()
        assert refused.value.reasons == (CellTorn(cell="C2", text="350"),)
    assert second.fixed("quantity", Quantity) == Quantity.of(2)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("code,quantity,code\n007,1,2\n", r"ColumnTwice .*names=\('code', 'code'\)"),
        ("编码,数量,条码\n007,1,2\n", r"ColumnTwice .*names=\('编码', '条码'\)"),
        (b"code,quantity\n\xff\xff,1\n", "FileUnreadable .*gb18030"),
        (b"\xff\xfec", "FileUnreadable .*utf-16-le"),
        ('code,quantity\n\n007,"1\n008,2\n', "FileUnreadable .*line 3: unexpected end of data"),
        (b"", "HeaderMissing"),
        ("code,price\n", "HeaderMissing"),
    ],
)
def test_refuses_a_file_that_is_no_table(tmp_path: Path, data: str | bytes, why: str) -> None:
    assert re.match(why, refusal(tmp_path, data))
