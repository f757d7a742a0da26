import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from jxc_graphql.exchange.northwind import SAMPLE, History, read_history
from jxc_graphql.kit.numbers import Quantity


@pytest.fixture(scope="module")
def history() -> History:
    return read_history()


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, str, str], History]:
    """The history of the sample with one text replaced in one of its files."""

    def change(name: str, old: str, new: str) -> History:
        folder = shutil.copytree(SAMPLE, tmp_path / "sheets")
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))
        return read_history(folder)

    return change


def remarks(history: History) -> set[tuple[str, int]]:
    return {(remark.file, remark.line) for remark in history.refused}


def test_reads_what_there_is(history: History) -> None:
    counts = [len(each) for each in (history.employees, history.suppliers, history.customers, history.products)]
    assert counts == [9, 10, 29, 45]
    assert (len(history.purchases), len(history.sales)) == (28, 39)
    assert history.first_day() == date(2006, 1, 14)


def test_refuses_orders_without_lines_and_lines_without_quantity(history: History) -> None:
    assert {("orders.csv", line) for line in (25, 27, 29, 30, 32, 33, 34, 36, 49)} | {
        ("order_details.csv", 58),
        ("order_details.csv", 59),
    } == remarks(history)


def test_gives_every_product_a_code_of_its_own(history: History) -> None:
    codes = [product.code for product in history.products.values()]
    assert len(set(codes)) == len(codes)
    assert (history.products[20].code, history.products[97].code) == ("NWTJP-20", "NWTC-97")


def test_finds_what_was_shipped_before_it_came(history: History) -> None:
    ((product_id, (quantity, line)),) = history.lacking().items()
    assert (history.products[product_id].code, quantity, line.row.line) == ("NWTBGM-19", Quantity.of("10"), 20)


def test_takes_lead_times_from_what_arrived(history: History) -> None:
    days = history.lead_time_days()
    assert days[1] == 8
    assert set(days) == set(history.suppliers)
    assert days[9] == 8  # never delivered anything: as long as the others


def test_lets_nothing_arrive_before_its_order_was_approved(changed: Callable[[str, str, str], History]) -> None:
    history = changed("purchase_order_details.csv", "2006-04-05 00:00:00", "2006-03-25 00:00:00")
    assert [day for day, _ in history.purchases[105].arrivals()] == [history.purchases[105].approved_on]


def test_refuses_what_belongs_to_nothing(changed: Callable[[str, str, str], History]) -> None:
    history = changed("purchase_orders.csv", "\n111,1,", "\n111,77,")
    assert {("purchase_orders.csv", 23), ("purchase_order_details.csv", 47)} <= remarks(history)


def test_refuses_a_discount_that_it_would_lose(changed: Callable[[str, str, str], History]) -> None:
    history = changed("order_details.csv", "27,30,34,100.0,14.0,0.0,", "27,30,34,100.0,14.0,0.1,")
    assert ("order_details.csv", 2) in remarks(history)


def test_counts_more_sold_than_bought_as_lacking(changed: Callable[[str, str, str], History]) -> None:
    history = changed("order_details.csv", "59,50,21,20.0,", "59,50,21,25.0,")
    assert history.lacking()[21][0] == Quantity.of("5")
