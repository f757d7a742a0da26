"""What was traded with whom is kept with the posting, under the business date, and made anew alike."""

from datetime import date
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

import jxc_graphql.migrations
from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods.days import COLUMNS
from jxc_graphql.books.goods.ledger import Charge, Move
from jxc_graphql.books.trade.rules import CUSTOMERS, SIDES, SUPPLIERS, Side, date_of
from jxc_graphql.books.trades import Trade as Traded
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.operations import ByCompanyDay
from jxc_graphql.kit.db.transaction import running
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.office.documents.rules import CarriedOut
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from tests import accounts
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade, set_column
from tests.refusals import refusal

trade = begun(make_trade)


def today() -> date:
    return clock.day_of(clock.now())


def then(trade: Trade, on: date) -> Trade:
    """The same, under the date of another day."""
    return msgspec.structs.replace(trade, call=msgspec.structs.replace(trade.call, business_date=on))


async def told(side: Side, span: str = "day") -> list[dict[str, Any]]:
    """What the rows say that is not nothing, in the order of their days."""
    columns = (*side.whose, date_of(span), *side.figures)
    rows = await db.fetch(
        f"SELECT {', '.join(columns)} FROM {side.name}_{span} JOIN stock_level ON stock_level.id = stock_level_id "
        f"ORDER BY {date_of(span)}, sku_id, {side.whose[-1]}"
    )
    found = []
    for row in rows:
        said = dict(zip(columns, row, strict=True))
        figures = {name: str(kind(said[name])) for name, kind in side.figures.items() if said[name]}
        found.append({date_of(span): db.day(said[date_of(span)])} | {one: said[one] for one in side.whose} | figures)
    return found


async def test_a_receipt_is_told_of_its_supplier(trade: Trade) -> None:
    """3 of 10 at 2.00 come, and are worth 6; then 7 in two lines, of which one was rejected."""
    order_id = await trade.buy((0, "10", "2"), (1, "1", "5"))
    await trade.receive(order_id, (0, "3"))
    (bin_id,) = await trade.add_bins("A-1")
    await trade.arrive(order_id, {"accepted": "4", "rejected": "2"}, {"accepted": "1", "place_id": bin_id})
    (row,) = await told(SUPPLIERS)
    assert row == {
        "business_date": today(), "supplier_id": trade.supplier_id,
        "received": "10", "received_net": "20", "received_value": "20", "received_lines": "3",
    }  # fmt: skip
    ((month),) = await told(SUPPLIERS, "month")
    assert month == {"month": today().replace(day=1), **{name: row[name] for name in row if name != "business_date"}}
    assert await differences() == []


async def test_a_shipment_is_told_of_its_customer_and_of_whose_sale_it_is(trade: Trade) -> None:
    """Bought at 2, sold at 9, of which a third is taken off the whole order: 3 for 18, by two sellers."""
    await trade.stock_up("10")
    colleague = await accounts.made("wang", "SELLER")
    for seller_id in (trade.call.actor_id, colleague):
        order_id = await trade.draft_sale((0, "3", "9"), seller_id=seller_id, discount=Money.of("9"))
        await sales.approve_sales_order(trade.call, sales_order_id=order_id)
        await trade.ship(order_id, (0, "2"))
    of_customer = {"business_date": today(), "customer_id": trade.customer_id}
    figures = {"sold": "2", "sold_net": "12", "sold_value": "4", "sold_lines": "1"}
    assert await told(CUSTOMERS) == [
        of_customer | {"seller_id": seller_id} | figures for seller_id in sorted((trade.call.actor_id or 0, colleague))
    ]
    assert await db.fetch("SELECT revenue, sold_value FROM stock_day") == [(240_000, 80_000)]
    assert await differences() == []


async def test_late_documents_are_in_the_month_that_they_count_for(trade: Trade) -> None:
    before = (today().replace(day=1)).replace(year=today().year - 1)
    await then(trade, before).stock_up("10", price="2")
    order_id = await trade.sell((0, "5", "9"))
    await then(trade, before).ship(order_id, (0, "1"))
    await trade.ship(order_id, (0, "2"))
    await then(trade, before).ship(order_id, (0, "1"))
    months = [(row["month"], row["sold"], row["sold_net"], row["sold_lines"]) for row in await told(CUSTOMERS, "month")]
    assert months == [(before, "2", "18", "2"), (today().replace(day=1), "2", "18", "1")]
    kept = await db.fetch("SELECT month, received, sold, revenue, quantity FROM stock_month ORDER BY month")
    assert [(db.day(on), *figures) for on, *figures in kept] == [
        (before, 100_000, 20_000, 180_000, 80_000), (today().replace(day=1), 0, 20_000, 180_000, -20_000),
    ]  # fmt: skip
    assert await differences() == []


async def test_what_is_given_up_would_have_come_to_so_much(trade: Trade) -> None:
    """3 at 4.00 less 2.00: one left for 3.33, 6.67 are lost; what is taken off the whole order changes only revenue."""
    await trade.stock_up("10")
    line = msgspec.structs.replace(trade.asked([(0, "3", "4")])[0], discount=Money.of("2"))
    order_id = await trade.draft_sale(lines=[line], discount=Money.of("1"))
    await sales.approve_sales_order(trade.call, sales_order_id=order_id)
    await trade.ship(order_id, (0, "1"))
    await sales.close_sales_order(trade.call, sales_order_id=order_id, note="不要了")
    days = await db.fetch("SELECT revenue, lost_demand, lost_revenue FROM stock_day")
    assert days == [(30_000, 20_000, 66_700)]
    assert await differences() == []


async def test_costs_that_come_later_are_told_of_the_level(trade: Trade) -> None:
    """Half of what was bought is sold when freight of 4 comes: 2 belong to what is gone, whoever got it."""
    await trade.stock_up("10", price="2")
    await trade.ship(await trade.sell((0, "5", "9")), (0, "5"))
    ((line_id,),) = await db.fetch("SELECT id FROM goods_receipt_line")
    await charged(trade.call, Charge(line_id=line_id, amount=Money.of("4")))
    (row,) = await told(CUSTOMERS)
    assert row["sold_value"] == "10"
    months = await db.fetch("SELECT revenue, sold_value, sold_revalued FROM stock_month")
    assert months == [(450_000, 100_000, 20_000)]
    assert await differences() == []


@db.transactional
async def charged(call: Call, charge: Charge) -> None:
    await door.charge(call, [charge], document_id=new_id())


@db.transactional
async def sold_for(trade: Trade, sold: Traded, *moves: Move) -> None:
    await door.post(Posting(call=trade.call, document_id=new_id(), business_date=today(), moves=moves, sold=sold))


@pytest.mark.parametrize("is_known", [True, False])
async def test_what_comes_back_is_told_beside_what_was_sold(trade: Trade, *, is_known: bool) -> None:
    await trade.stock_up("10")
    shop = trade.shop
    customer_id = trade.customer_id if is_known else None
    sold, back = shop.going("3"), shop.move(VirtualPlace.CUSTOMER, shop.warehouse.stock_place_id, "1", "2")
    nine = Amounts(net=Money.of("9"), tax=Money.of("1.17"), gross=Money.of("10.17"))
    for move, amounts in ((sold, nine + nine + nine), (back, -nine)):
        sold_to = Traded(partner_id=customer_id, seller_id=trade.call.actor_id, amounts={move.line_id: amounts})
        await sold_for(trade, sold_to, move)
    for span in ("day", "month"):
        (row,) = await told(CUSTOMERS, span)
        assert row["customer_id"] == customer_id
        assert {name: row[name] for name in CUSTOMERS.figures} == {
            "sold": "3", "sold_net": "27", "sold_value": "6", "sold_lines": "1",
            "returned": "1", "returned_net": "9", "returned_value": "2", "returned_lines": "1",
        }  # fmt: skip
    assert await db.fetch("SELECT revenue FROM stock_month") == [(180_000,)]


async def test_lines_that_nothing_moves_for_are_no_trade_of_goods(trade: Trade) -> None:
    nothing = Traded(amounts={1: Amounts()})
    with pytest.raises(AssertionError):
        await sold_for(trade, nothing)


async def test_the_migration_makes_of_the_history_what_postings_write(trade: Trade) -> None:
    before = today().replace(year=today().year - 1, day=3)
    await then(trade, before).stock_up("10", "4", price="2")
    await trade.stock_up("6", "3", price="3.33")
    order_id = await trade.sell((0, "5", "9.99"), (1, "2", "9"))
    await trade.ship(order_id, (0, "3"), (1, "1"))
    await then(trade, before).ship(order_id, (0, "1"))
    await sales.close_sales_order(trade.call, sales_order_id=order_id, note="不要了")
    gone = await trade.ship(await trade.sell((0, "2", "7")), (0, "2"))
    await shipping.reverse_shipment(trade.call, shipment_id=gone.shipment_id, note="错了")
    await unreceived(trade)
    written = await everything()
    for side in SIDES:
        await set_column(f"DELETE FROM {side.name}_day")
        await set_column(f"DELETE FROM {side.name}_month")
    await set_column("DELETE FROM stock_month")
    await set_column("UPDATE stock_day SET revenue = 0, lost_revenue = 0")
    await filled()
    assert await everything() == written
    assert await differences() == []


async def unreceived(trade: Trade) -> None:
    """Something comes and goes back."""
    came = await trade.receive(await trade.buy((0, "3", "1.5")), (0, "3"))
    await receiving.reverse_goods_receipt(trade.call, goods_receipt_id=came.goods_receipt_id, note="错了")


async def test_what_was_taken_back_is_told_of_whose_sale_it_was(trade: Trade) -> None:
    """An order that anything ever left for stays the sale of who had it."""
    await trade.stock_up("10", price="2")
    order_id = await trade.sell((0, "3", "9"))
    gone = await trade.ship(order_id, (0, "2"))
    await shipping.reverse_shipment(trade.call, shipment_id=gone.shipment_id, note="错了")
    await unreceived(trade)
    (reason,) = await refusal(sales.unapprove_sales_order(trade.call, sales_order_id=order_id))
    assert isinstance(reason, CarriedOut)
    (sold,), (bought,) = await told(CUSTOMERS), await told(SUPPLIERS)
    assert sold == {
        "business_date": today(), "customer_id": trade.customer_id, "seller_id": trade.call.actor_id,
        "sold": "2", "sold_net": "18", "sold_value": "4", "sold_lines": "1",
        "returned": "2", "returned_net": "18", "returned_value": "4", "returned_lines": "1",
    }  # fmt: skip
    assert (bought["received"], bought["returned"], bought["returned_net"]) == ("13", "3", "4.5")
    assert await db.fetch("SELECT revenue FROM stock_month") == [(0,)]
    assert await differences() == []


async def everything() -> list[Any]:
    kept = [
        ("stock_day", ("stock_level_id", "posted_on", "business_date", *COLUMNS)),
        ("stock_month", ("stock_level_id", "month", *COLUMNS)),
        *(
            (f"{side.name}_{span}", (*side.keys, date_of(span), *side.figures))
            for side in SIDES
            for span in ("day", "month")
        ),
    ]
    found = [await db.fetch(f"SELECT {', '.join(told)} FROM {table} ORDER BY 1, 2, 3, 4") for table, told in kept]
    assert all(found)
    return found


def of_migration() -> Any:
    (name,) = [one.stem for one in Path(jxc_graphql.migrations.__path__[0]).glob("*_trade_and_months.py")]
    return import_module(f"jxc_graphql.migrations.{name}").Migration.operations


@db.transactional
async def filled() -> None:
    operations = of_migration()
    first = next(at for at, one in enumerate(operations) if isinstance(one, ByCompanyDay))
    state: Any = None
    editor: Any = SimpleNamespace(DIALECT=db.dialect(), client=running())
    for one in operations[first:]:
        await one.database_forward("models", state, state, editor)


async def test_the_books_do_not_ask_more_often_for_what_they_tell(trade: Trade, call: Call) -> None:
    """A fact is one statement, of however many lines."""
    await trade.stock_up("9", "9", "9")
    written = []
    for skus in (1, 3):
        order_id = await trade.sell(*((sku, "2", "2") for sku in range(skus)))
        with db.round_trips() as trips:
            await trade.ship(order_id, *((sku, "1") for sku in range(skus)))
        text = " ".join(trips)
        written.append([text.count(f"INSERT INTO {one}") for one in ("stock_month", "customer_day", "customer_month")])
    assert written == [[1, 1, 1]] * 2
