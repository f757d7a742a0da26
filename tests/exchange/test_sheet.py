from datetime import date
from pathlib import Path

import pytest

from jxc_graphql.exchange.imports.cells import Cell, SentRow
from jxc_graphql.exchange.sheet import Row, SheetMissing, Unusable, read
from jxc_graphql.kit.numbers import Quantity, UnitPrice


def row(**cells: str) -> Row:
    sent = SentRow(number=2, cells={name: Cell("A2", text) for name, text in cells.items()})
    return Row(file="some.csv", line=2, cells=sent)


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


def test_takes_cells_that_are_missing_for_empty_ones(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name,quantity\n1\n")
    (short,) = read(tmp_path, "a.csv", {"id", "name", "quantity"})
    assert (short.key("id"), short.text("name")) == (1, "")
    with pytest.raises(Unusable, match="quantity: nothing stands there"):
        short.number("quantity", Quantity)


def test_tells_which_file_or_column_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n")
    with pytest.raises(SheetMissing, match="columns"):
        read(tmp_path, "a.csv", {"id", "code"})
    with pytest.raises(SheetMissing, match=r"b\.csv"):
        read(tmp_path, "b.csv", {"id"})
