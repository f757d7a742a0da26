"""The classic Northwind: its 830 orders, and what they came to by product, seller and month, to the cent.

On SQLite alone: nothing is done but 2,500 operations that others try on both databases.
"""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from jxc_graphql.exchange import classic
from jxc_graphql.exchange.loading import LoadSummary
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Money, Ratio
from jxc_graphql.office.company.operations import update_company
from jxc_graphql.office.company.rules import Choice
from tests.make.begun import begun

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FOLDER = Path(__file__).parent / "northwind"
Rows = list[dict[str, str]]


async def load(call: Call) -> LoadSummary:
    await update_company(call, choice=Choice(books_open_on=date(1996, 7, 4)))
    return await classic.load(call, lambda *_: None, FOLDER)


loaded = begun(load)


def table(name: str) -> Rows:
    with (FOLDER / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def cents(row: dict[str, str]) -> int:
    """What a line comes to: what it is worth, less its discount to the cent."""
    price, fraction = (round(Decimal(row[name]), 4) for name in ("unit_price", "discount"))
    worth = price * int(row["quantity"]) * 100
    assert worth == int(worth)
    return int(worth) - int((worth * fraction).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def computed(of: Callable[[dict[str, str], dict[str, str]], str], *, shipped: bool) -> dict[str, int]:
    """What lines come to by something, straight from the files."""
    orders = {row["order_id"]: row for row in table("orders")}
    sums = Counter[str]()
    for line in table("order_details"):
        order = orders[line["order_id"]]
        if order["shipped_date"] or not shipped:
            sums[of(order, line)] += cents(line)
    return dict(sums)


async def kept(by: str, tables: str) -> dict[str, int]:
    """The same as the books have it."""
    rows = await db.fetch(f"SELECT {by}, SUM(line.net) / 100 FROM {tables} GROUP BY 1")
    return {str(key): int(total) for key, total in rows}


SHIPPED = (
    "shipment_line AS line JOIN shipment ON shipment.id = line.shipment_id JOIN sku ON sku.id = line.sku_id"
    " JOIN sales_order ON sales_order.id = shipment.sales_order_id"
    ' JOIN "user" AS seller ON seller.id = sales_order.seller_id'
)
ORDERED = "sales_order_line AS line JOIN sales_order ON sales_order.id = line.sales_order_id"
MONTH = "substr(CAST({} AS VARCHAR(10)), 1, 7)"


@on_sqlite
@pytest.mark.usefixtures("database")
async def test_all_orders_are_there_and_come_to_the_same_to_the_cent(loaded: LoadSummary) -> None:
    assert loaded.refused == []
    assert (loaded.loaded["sales orders"], loaded.loaded["shipments"], loaded.loaded["reservations"]) == (830, 809, 21)
    names = {row["employee_id"]: f"{row['first_name']} {row['last_name']}" for row in table("employees")}
    assert await kept("substr(sku.code, 4)", SHIPPED) == computed(lambda _, line: line["product_id"], shipped=True)
    sellers = computed(lambda order, _: names[order["employee_id"]], shipped=True)
    assert await kept("seller.name", SHIPPED) == sellers
    months = computed(lambda order, _: order["shipped_date"][:7], shipped=True)
    assert await kept(MONTH.format("shipment.business_date"), SHIPPED) == months
    months = computed(lambda order, _: order["order_date"][:7], shipped=False)
    assert await kept(MONTH.format("sales_order.business_date"), ORDERED) == months
    # in floats all lines come to 1,265,793.04: what 838 of them are rounded by adds up to 28 cents
    assert sum(months.values()) == 126_579_276
    assert await kept("sales_order.external_number", ORDERED) == computed(
        lambda order, _: order["order_id"], shipped=False
    )


@on_sqlite
@pytest.mark.usefixtures("loaded")
async def test_what_is_left_is_what_the_files_say_is_in_stock_and_the_books_agree() -> None:
    rows = await db.fetch("SELECT substr(sku.code, 4), on_hand FROM stock_level JOIN sku ON sku.id = sku_id")
    stock = {key: Decimal(on_hand) / 10_000 for key, on_hand in rows if on_hand}
    assert stock == {
        row["product_id"]: Decimal(row["units_in_stock"]) for row in table("products") if row["units_in_stock"] != "0"
    }
    assert await verification.differences() == []


@on_sqlite
async def test_a_second_load_adds_nothing(call: Call, loaded: LoadSummary) -> None:
    counted = "SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM stock_movement)"
    before = await db.fetch(counted)
    again = await load(call)
    assert (again.loaded, await db.fetch(counted)) == (loaded.loaded, before)


@on_sqlite
async def test_nothing_is_loaded_from_before_the_books_were_opened(call: Call) -> None:
    with pytest.raises(Rejected):
        await classic.load(call, lambda *_: None, FOLDER)
    assert await db.fetch("SELECT count(*) FROM product") == [(0,)]


@pytest.mark.parametrize(
    ("worth", "fraction", "off"),
    [("10", "0.05", "0.5"), ("0.1", "0.05", "0.01"), ("0.09", "0.05", "0"), ("77.7", "0.15", "11.66"), ("1", "0", "0")],
)
def test_a_discount_is_whole_fen_half_away_from_zero(worth: str, fraction: str, off: str) -> None:
    assert classic.taken_off(Money.of(worth), Ratio.of(fraction)) == Money.of(off)
