from datetime import date
from pathlib import Path

import pytest

from jxc_graphql.exchange.sheet import Row, SheetMissing, Unusable, read
from jxc_graphql.kit.numbers import Quantity, UnitPrice


def row(**cells: str) -> Row:
    return Row(file="some.csv", line=2, cells=cells)


@pytest.mark.parametrize(
    ("text", "value"), [("9.80000019", "9.8"), ("17.4375", "17.4375"), ("４0．0", "40"), ("0", "0")]
)
def test_takes_a_float_for_the_decimal_that_was_meant(text: str, value: str) -> None:
    assert row(price=text).number("price", UnitPrice) == UnitPrice.of(value)


@pytest.mark.parametrize("text", ["", "ten", "NaN", "Infinity", "1e40"])
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(Unusable, match="quantity"):
        row(quantity=text).number("quantity", Quantity)


def test_reads_a_reference_however_it_is_written() -> None:
    assert row(order="96.0").key("order") == row(order=" 96 ").key("order") == 96


def test_reads_references_in_one_cell() -> None:
    assert row(suppliers="2;6").keys("suppliers") == row(suppliers="2； 6、").keys("suppliers") == [2, 6]


def test_reads_the_day_of_a_moment() -> None:
    assert row(at="2006-04-25 17:03:55").day("at") == date(2006, 4, 25)
    assert row(at="").day("at") is None


def test_refuses_a_day_that_never_was() -> None:
    with pytest.raises(Unusable, match="at: '2006-02-30' cannot be read"):
        row(at="2006-02-30").day("at")


def written(folder: Path, data: str | bytes) -> Path:
    (folder / "a.csv").write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def rows(folder: Path, data: str | bytes) -> list[tuple[str, str]]:
    """Code and quantity of the rows that a file holds."""
    names = {"code": "条码 编码", "quantity": "数量 库存"}
    return [
        (each.text("code"), each.text("quantity")) for each in read(written(folder, data), "a.csv", list(names), names)
    ]


def test_names_the_line_on_which_a_row_begins(tmp_path: Path) -> None:
    written(tmp_path, 'sep=,\r\n\r\nid,name\r\n1,"two\nlines"\r\n\r\n,\r\n2,one\r\n3,"\r\n\r\n"\r\n4,\r\n')
    assert [each.line for each in read(tmp_path, "a.csv", {"id"})] == [4, 8, 9, 12]


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


def test_takes_cells_that_are_missing_for_empty_ones(tmp_path: Path) -> None:
    (short,) = read(written(tmp_path, "id,name,quantity\n1\n"), "a.csv", {"id", "quantity"})
    assert (short.key("id"), short.text("name")) == (1, "")
    with pytest.raises(Unusable, match="quantity: nothing stands there"):
        short.exact("quantity", Quantity)


@pytest.mark.parametrize("header", ["code,price", "code,price,", "code,price, ,\u3000"])
def test_refuses_a_row_that_is_longer_than_its_header(tmp_path: Path, header: str) -> None:
    first, second = read(written(tmp_path, f"{header}\n007,1,350\n008,2,\n"), "a.csv", {"code", "price"})
    for ask in (lambda: first.text("code"), lambda: first.exact("price", UnitPrice), lambda: first.day("price")):
        with pytest.raises(Unusable, match="more cells than columns: nobody knows what 350 stands for"):
            ask()
    assert second.exact("price", UnitPrice) == UnitPrice.of(2)


@pytest.mark.parametrize(
    ("header", "named"),
    [("code,quantity,code", "code and code"), ("编码,数量,条码", "编码 and 条码"), ("code,quantity,x,X ", "x and X")],
)
def test_refuses_two_columns_of_one_name(tmp_path: Path, header: str, named: str) -> None:
    with pytest.raises(SheetMissing, match=f"{named} are one column twice"):
        rows(tmp_path, f"{header}\n007,1,2\n")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04rest", "it is a workbook: save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "it is a workbook: save it as CSV"),
        (b"code,quantity\n\xff\xff,1\n", "gb18030"),
        (b"\xff\xfec", "utf-16-le"),
        ('code,quantity\n\n007,"1\n008,2\n', "line 3: unexpected end of data"),
        (b"", "it has no column code, quantity"),
    ],
)
def test_refuses_a_file_that_is_no_table(tmp_path: Path, data: str | bytes, why: str) -> None:
    with pytest.raises(SheetMissing, match=why):
        rows(tmp_path, data)


def test_tells_which_file_or_column_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n")
    with pytest.raises(SheetMissing, match="has no column code"):
        read(tmp_path, "a.csv", {"id", "code"})
    with pytest.raises(SheetMissing, match=r"b\.csv"):
        read(tmp_path, "b.csv", {"id"})
