"""Orders in other currencies than the books', over the wire, and what carries them out."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, RateOfExchange
from jxc_graphql.masters.currencies import operations as currencies
from jxc_graphql.masters.currencies.rules import WantedRate
from jxc_graphql.office.documents import copying
from jxc_graphql.selling.sales import operations as sales
from tests.make.orders import Answer, Orders, amounts
from tests.make.trade import Trade
from tests.operations import ask

every_kind = pytest.mark.parametrize("feature", ["purchasing", "sales"])
CENT = {"unitPrice": "10.01"}


def today() -> date:
    return clock.day_of(clock.now())


def in_base(of: Answer) -> tuple[str, str, str]:
    tax = Decimal(of["baseGross"]) - Decimal(of["baseNet"])
    return of["baseNet"], f"{tax.normalize():f}", of["baseGross"]


async def rate_is(call: Call, worth: str, *, currency: str = "USD", days_ago: int = 0) -> None:
    wanted = WantedRate(currency=currency, day=today() - timedelta(days=days_ago), rate=RateOfExchange.of(worth))
    await currencies.set_exchange_rates(call, rates=[wanted])


@pytest.fixture
def orders(client: httpx.AsyncClient, trade: Trade, feature: str) -> Orders:
    return Orders(client, trade, feature)


@every_kind
async def test_lines_add_up_to_what_the_whole_is_worth(orders: Orders, call: Call) -> None:
    await rate_is(call, "7.1235")
    order, wrong = await orders.draft(CENT, CENT, currency="USD")
    assert (wrong, order["currency"], order["exchangeRate"]) == ([], "USD", "7.1235")
    assert (amounts(order), in_base(order)) == (("20.02", "0", "20.02"), ("142.61", "0", "142.61"))
    assert [in_base(line) for line in order["lines"]] == [("71.31", "0", "71.31"), ("71.3", "0", "71.3")]
    taxed, _ = await orders.draft({"unitPrice": "100", "taxCode": "13"}, currency="USD", exchangeRate="7.12345678")
    # 113 × 7.12345678 = 804.95061614; of that the net is 804.95 × 100 ÷ 113 = 712.3451
    assert (amounts(taxed), in_base(taxed)) == (("100", "13", "113"), ("712.35", "92.6", "804.95"))
    assert await verification.differences() == []


@every_kind
async def test_who_says_nothing_orders_in_the_books_currency(orders: Orders) -> None:
    line = {"unitPrice": "33.35", "taxCode": "13"}
    for others in ({}, {"currency": "CNY"}, {"exchangeRate": "1"}, {"currency": None, "exchangeRate": None}):
        order, wrong = await orders.draft(line, **others)
        assert (wrong, order["currency"], order["exchangeRate"]) == ([], "CNY", "1")
        assert amounts(order) == in_base(order) == in_base(order["lines"][0]) == ("33.35", "4.34", "37.69")


@every_kind
async def test_the_rate_of_a_day_is_the_newest_of_a_month(orders: Orders, call: Call) -> None:
    missing = [("RATE_MISSING", ["input", "exchangeRate"])]
    assert (await orders.draft(CENT, currency="USD"))[1] == missing
    await rate_is(call, "6", days_ago=32)
    await rate_is(call, "9", days_ago=-1)
    assert (await orders.draft(CENT, currency="USD"))[1] == missing
    await rate_is(call, "7", days_ago=31)
    assert (await orders.draft(CENT, currency="USD"))[0]["exchangeRate"] == "7"
    await rate_is(call, "7.2", days_ago=1)
    assert (await orders.draft(CENT, currency="USD"))[0]["exchangeRate"] == "7.2"
    typed, wrong = await orders.draft(CENT, currency="EUR", exchangeRate="7.80000001")
    assert (wrong, typed["exchangeRate"], typed["baseGross"]) == ([], "7.80000001", "78.08")


@every_kind
async def test_what_is_wrong_with_a_currency_is_told_at_its_field(orders: Orders, call: Call) -> None:
    cases: list[tuple[Answer, list[Any]]] = [
        ({"currency": "XXX"}, [("UNKNOWN_CURRENCY", ["input", "currency"])]),
        ({"currency": "no currency at all"}, [("UNKNOWN_CURRENCY", ["input", "currency"])]),
        ({"exchangeRate": "7"}, [("RATE_OF_BASE_CURRENCY", ["input", "exchangeRate"])]),
        ({"currency": "USD", "exchangeRate": "0"}, [("MUST_BE_POSITIVE", ["input", "exchangeRate"])]),
        ({"currency": "USD", "exchangeRate": "10000000"}, [("OUT_OF_BOUNDS", ["input", "exchangeRate"])]),
    ]
    for asked, expected in cases:
        assert (await orders.draft({"quantity": "100000", "unitPrice": "1"}, **asked))[1] == expected
    ((usd,),) = await db.fetch("SELECT id FROM currency WHERE code = 'USD'")
    order, _ = await orders.draft(CENT, currency="USD", exchangeRate="7")
    await currencies.update_currency(call, currency_id=usd, is_active=False)
    assert (await orders.draft(CENT, currency="USD", exchangeRate="7"))[1] == [
        ("CURRENCY_INACTIVE", ["input", "currency"])
    ]
    kept, wrong = await orders.update(order, exchangeRate="8")
    assert (wrong, kept["baseGross"]) == ([], "80.08")


@every_kind
async def test_no_amount_is_one_that_its_currency_cannot_have(orders: Orders) -> None:
    line = {"quantity": "3", "unitPrice": "33.5", "taxCode": "13"}
    order, wrong = await orders.draft(line, currency="JPY", exchangeRate="0.0481")
    # 100.5 yen are 101, their tax is 13.13; 114 × 0.0481 = 5.4834, of which 5.48 × 101 ÷ 114 = 4.855 are net
    assert (wrong, amounts(order), in_base(order)) == ([], ("101", "13", "114"), ("4.86", "0.62", "5.48"))
    refused = [("TOO_MANY_DECIMALS", ["input", "discount"])]
    assert (await orders.draft(line, currency="JPY", exchangeRate="0.0481", discount="0.5"))[1] == refused
    of_line = [("TOO_MANY_DECIMALS", ["input", "lines", "0", "discount"])]
    assert (await orders.draft(line | {"discount": "0.5"}, currency="JPY", exchangeRate="0.0481"))[1] == of_line
    in_cents, _ = await orders.draft(line, discount="0.5")
    assert (await orders.update(in_cents, currency="JPY", exchangeRate="0.0481"))[1] == refused


@every_kind
async def test_a_draft_takes_another_currency_or_rate_and_keeps_what_it_has(orders: Orders, call: Call) -> None:
    await rate_is(call, "7")
    await rate_is(call, "8", currency="EUR")
    order, _ = await orders.draft(CENT, CENT, currency="USD", exchangeRate="7.1235")
    same, _ = await orders.update(order, currency="USD")
    assert same == order
    more, wrong = await orders.update(order, lines=[{"id": one["id"], "quantity": "2"} for one in order["lines"]])
    assert (wrong, more["exchangeRate"], more["baseGross"]) == ([], "7.1235", "285.22")
    assert [line["baseGross"] for line in more["lines"]] == ["142.61", "142.61"]
    of_day, _ = await orders.update(more, exchangeRate=None)
    assert (of_day["exchangeRate"], of_day["baseGross"]) == ("7", "280.28")
    euro, _ = await orders.update(of_day, currency="EUR")
    assert (euro["currency"], euro["exchangeRate"], euro["baseGross"]) == ("EUR", "8", "320.32")
    own, wrong = await orders.update(euro, currency=None)
    assert (wrong, own["currency"], own["exchangeRate"], in_base(own)) == ([], "CNY", "1", ("40.04", "0", "40.04"))
    assert amounts(own) == ("40.04", "0", "40.04")
    assert await verification.differences() == []


@every_kind
async def test_a_copy_is_at_the_rate_of_its_day(
    orders: Orders, call: Call, client: httpx.AsyncClient, feature: str
) -> None:
    await rate_is(call, "7")
    order, _ = await orders.draft(CENT, currency="USD", exchangeRate="6")
    table = {"purchasing": "purchase_order", "sales": "sales_order"}[feature]
    ((order_id,),) = await db.fetch(f"SELECT id FROM {table}")
    made = await copying.copy_document(call, document_id=order_id)
    told = await db.fetch(f"SELECT currency, exchange_rate, base_gross FROM {table} WHERE id = ?", (made.document_id,))
    assert [*map(tuple, told)] == [("USD", RateOfExchange.of("7"), Money.of("70.07"))]
    verb = {"purchasing": "UpdatePurchaseOrder", "sales": "UpdateSalesOrder"}[feature]
    tried = await ask(client, feature, verb, {"input": {"id": order["id"], "exchangeRate": "9", "dryRun": True}})
    assert tried["userErrors"] == []
    assert await db.fetch(f"SELECT exchange_rate FROM {table} WHERE id = ?", (order_id,)) == [(RateOfExchange.of("6"),)]


async def test_the_register_says_what_documents_are_worth_in_the_books(trade: Trade) -> None:
    order_id = await trade.draft_sale((0, "2", "10.01"), currency="USD", exchange_rate=RateOfExchange.of("7.1235"))
    assert await db.fetch("SELECT amount FROM document WHERE id = ?", (order_id,)) == [(Money.of("142.61"),)]
    await sales.update_sales_order(trade.call, sales_order_id=order_id, exchange_rate=RateOfExchange.of("2"))
    assert await db.fetch("SELECT amount FROM document WHERE id = ?", (order_id,)) == [(Money.of("40.04"),)]


@pytest.mark.parametrize("parts", [("1", "1", "1"), ("2", "1"), ("3",)])
async def test_goods_are_worth_what_was_approved_and_parts_add_up(trade: Trade, parts: tuple[str, ...]) -> None:
    await rate_is(trade.call, "7.1235")
    order_id = await trade.draft_purchase((0, "3", "3.3366"), (1, "1", "0.01"), currency="USD")
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    await rate_is(trade.call, "9")
    for part in parts:
        await trade.receive(order_id, (0, part))
    # 10.01 + 0.01 = 10.02 × 7.1235 = 71.37747; shares 71.30624… and 0.07123…
    rows = await db.fetch("SELECT base_net, net, currency, exchange_rate, base_gross FROM goods_receipt ORDER BY id")
    assert {tuple(row[2:4]) for row in rows} == {("USD", RateOfExchange.of("7.1235"))}
    assert (sum(row[0] for row in rows), sum(row[1] for row in rows)) == (Money.of("71.31"), Money.of("10.01"))
    ((value,),) = await db.fetch("SELECT value FROM stock_level WHERE sku_id = ?", (trade.shop.skus[0],))
    assert value == Money.of("71.31")
    assert await verification.differences() == []


async def test_what_leaves_is_at_the_rate_of_its_order(trade: Trade) -> None:
    await trade.stock_up("10")
    order_id = await trade.draft_sale((0, "3", "10.01"), currency="USD", exchange_rate=RateOfExchange.of("7.1235"))
    await sales.approve_sales_order(trade.call, sales_order_id=order_id)
    for _ in range(3):
        await trade.ship(order_id, (0, "1"))
    # 30.03 × 7.1235 = 213.918705: a third is 71.3066…, two thirds are 142.6133…
    rows = await db.fetch("SELECT base_gross, gross, exchange_rate FROM shipment ORDER BY id")
    assert [*map(tuple, rows)] == [
        (Money.of(base), Money.of("10.01"), RateOfExchange.of("7.1235")) for base in ("71.31", "71.3", "71.31")
    ]
    assert Quantity.of("3") == (await trade.sales_lines(order_id))[0].quantity_shipped
    assert await verification.differences() == []
