"""What orders come to, over the wire: net, tax and gross of lines, and discounts of lines and of the whole."""

from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import operations as sales
from tests.make.orders import Answer, Orders, amounts
from tests.make.trade import Trade, set_column
from tests.operations import ask

KINDS = ("purchasing", "sales")
every_kind = pytest.mark.parametrize("feature", KINDS)


@pytest.fixture
def orders(client: httpx.AsyncClient, trade: Trade, feature: str) -> Orders:
    return Orders(client, trade, feature)


async def test_a_receipt_has_its_part_and_goods_are_worth_it_without_tax(trade: Trade) -> None:
    await bought(trade, "13", price="33.35", quantity="3")
    values = []
    for done in range(3):
        await trade.receive((await PurchaseOrder.get()).id, (0, "1"))
        ((value,),) = await db.fetch("SELECT value FROM stock_level WHERE on_hand > 0")
        values.append(str(Money(value)))
        net, tax, gross = await summed("goods_receipt", count=done + 1)
        assert net + tax == gross
    assert values == ["33.35", "66.7", "100.05"]
    assert [str(one) for one in await summed("goods_receipt", count=3)] == ["100.05", "13.01", "113.06"]
    assert await verification.differences() == []


@pytest.mark.parametrize("parts", [("1", "2", "4"), ("4", "2", "1"), ("7",)])
async def test_the_order_of_parts_does_not_matter(trade: Trade, parts: tuple[str, ...]) -> None:
    await trade.stock_up("20")
    order_id = await trade.draft_sale(lines=await coded(trade, "13", "9.99", "7"), prices_include_tax=True)
    await sales.approve_sales_order(trade.call, sales_order_id=order_id)
    for part in parts:
        await trade.ship(order_id, (0, part))
    assert [str(one) for one in await summed("shipment", count=len(parts))] == ["61.88", "8.05", "69.93"]
    assert await verification.differences() == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (
            "UPDATE shipment SET net = net + 100, gross = gross + 100, exchange_rate = 200000000",
            {"shipment.net", "shipment.gross"},
        ),
        (
            "UPDATE shipment_line SET net = net + 100, tax = tax - 100",
            {
                "shipment.net",
                "shipment.tax",
                "sales_order_line.net",
                "sales_order_line.tax",
                "shipment_line.base_net",
                "shipment_line.base_tax",
            },
        ),
        (
            "UPDATE shipment_line SET base_net = base_net + 100, base_gross = base_gross + 100",
            {
                "shipment.base_net",
                "shipment.base_gross",
                "stock_day",
                "stock_month",
                "customer_day",
                "customer_month",
                "sales_order_line.base_net",
                "shipment_line.base_net",
                "shipment_line.base_gross",
                "account_entry:",
            },
        ),
    ],
)  # fmt: skip
async def test_parts_that_do_not_add_up_are_found(trade: Trade, damage: str, found: set[str]) -> None:
    await trade.stock_up("20")
    order_id = await trade.draft_sale(lines=await coded(trade, "13", "9.99", "7"))
    await sales.approve_sales_order(trade.call, sales_order_id=order_id)
    await trade.ship(order_id, (0, "7"))
    assert await verification.differences() == []
    await set_column(damage)
    assert {one.what.split()[0] for one in await verification.differences()} == found


async def coded(trade: Trade, code: str, price: str, quantity: str) -> list[AskedLine]:
    """A line of the first SKU that is taxed by a code."""
    ((tax_code_id,),) = await db.fetch("SELECT id FROM tax_code WHERE code = ?", (code,))
    return [msgspec.structs.replace(one, tax_code_id=tax_code_id) for one in trade.asked([(0, quantity, price)])]


async def bought(trade: Trade, code: str, *, price: str, quantity: str) -> None:
    """An approved order of one line."""
    order_id = await trade.draft_purchase(lines=await coded(trade, code, price, quantity))
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)


async def summed(table: str, *, count: int) -> list[Money]:
    """What so many documents come to: net, tax and gross."""
    rows = await db.fetch(f"SELECT net, tax, gross FROM {table}")
    assert len(rows) == count
    return [Money(sum(column)) for column in zip(*rows, strict=True)]


@every_kind
async def test_tax_is_a_property_of_a_line(orders: Orders) -> None:
    order, wrong = await orders.draft(*[{"unitPrice": "33.35", "taxCode": "13"}] * 3)
    assert wrong == []
    assert [amounts(line) for line in order["lines"]] == [("33.35", "4.34", "37.69")] * 3
    assert (amounts(order), order["total"]) == (("100.05", "13.02", "113.07"), "113.07")
    assert {(line["taxCode"]["code"], line["taxRate"]) for line in order["lines"]} == {("13", "0.13")}


@every_kind
async def test_prices_with_tax_are_what_is_paid(orders: Orders) -> None:
    order, wrong = await orders.draft({"unitPrice": "100", "taxCode": "13"}, pricesIncludeTax=True)
    assert (wrong, amounts(order)) == ([], ("88.5", "11.5", "100"))
    without, _ = await orders.update(order, pricesIncludeTax=False)
    assert (amounts(without), without["version"]) == (("100", "13", "113"), 2)
    again, _ = await orders.update(without, pricesIncludeTax=False)
    assert again == without


@every_kind
async def test_who_says_no_tax_code_has_none(orders: Orders) -> None:
    order, _ = await orders.draft({"quantity": "3", "unitPrice": "0.3333"}, {"unitPrice": "0.005"})
    assert [(line["amount"], *amounts(line)) for line in order["lines"]] == [
        ("0.9999", "1", "0", "1"),
        ("0.005", "0.01", "0", "0.01"),
    ]
    assert (amounts(order), order["total"]) == (("1.01", "0", "1.01"), "1.01")
    assert {line["taxCode"]["code"] for line in order["lines"]} == {"NONE"}
    assert await verification.differences() == []


@every_kind
async def test_a_discount_of_the_whole_is_shared_to_the_fen(orders: Orders) -> None:
    lines = [{"unitPrice": price} for price in ("333.33", "333.33", "333.34")]
    order, wrong = await orders.draft(*lines, discount="100")
    assert wrong == []
    assert [line["discountShare"] for line in order["lines"]] == ["33.33", "33.33", "33.34"]
    assert amounts(order) == ("900", "0", "900")
    taxed, wrong = await orders.update(order, lines=[{"id": line["id"], "discount": "0.33"} for line in order["lines"]])
    assert (wrong, amounts(taxed)) == ([], ("899.01", "0", "899.01"))
    assert sum(float(line["discountShare"]) for line in taxed["lines"]) == pytest.approx(100)
    whole, wrong = await orders.update(taxed, discount=None)
    assert (wrong, amounts(whole)) == ([], ("999.01", "0", "999.01"))
    assert await verification.differences() == []


@every_kind
async def test_a_discount_is_off_what_was_typed(orders: Orders) -> None:
    line = {"unitPrice": "113", "taxCode": "13", "discount": "11.30"}
    order, _ = await orders.draft(line, pricesIncludeTax=True)
    assert amounts(order) == ("90", "11.7", "101.7")
    order, _ = await orders.draft({"unitPrice": "100", "taxCode": "13", "discount": "10"})
    assert amounts(order) == ("90", "11.7", "101.7")


@every_kind
async def test_lines_that_stay_share_the_discount_anew(orders: Orders) -> None:
    order, _ = await orders.draft({"unitPrice": "100"}, {"unitPrice": "300"}, discount="40")
    assert [line["net"] for line in order["lines"]] == ["90", "270"]
    first, second = (line["id"] for line in order["lines"])
    more, wrong = await orders.update(order, lines=[{"id": first}, {"id": second, "unitPrice": "100"}])
    assert (wrong, [(line["id"], line["net"]) for line in more["lines"]]) == ([], [(first, "80"), (second, "80")])
    alone, _ = await orders.update(more, lines=[{"id": first}])
    assert [(line["discountShare"], line["net"]) for line in alone["lines"]] == [("40", "60")]
    assert await verification.differences() == []


@every_kind
async def test_what_is_wrong_with_discounts_is_told_at_its_place(orders: Orders) -> None:
    line = {"unitPrice": "100"}
    cases: list[tuple[list[Answer], Answer, list[Any]]] = [
        ([line | {"discount": "100.01"}], {}, [("DISCOUNT_TOO_LARGE", ["input", "lines", "0", "discount"])]),
        ([line], {"discount": "100.01"}, [("DISCOUNT_TOO_LARGE", ["input", "discount"])]),
        ([line | {"discount": "60"}], {"discount": "40.01"}, [("DISCOUNT_TOO_LARGE", ["input", "discount"])]),
        ([{"unitPrice": "0"}], {"discount": "0.01"}, [("DISCOUNT_TOO_LARGE", ["input", "discount"])]),
        ([line], {"discount": "0.001"}, [("TOO_MANY_DECIMALS", ["input", "discount"])]),
        ([line | {"discount": "0.001"}], {}, [("TOO_MANY_DECIMALS", ["input", "lines", "0", "discount"])]),
        ([line], {"discount": "-1"}, [("OUT_OF_BOUNDS", ["input", "discount"])]),
        ([line | {"discount": "-1"}], {}, [("OUT_OF_BOUNDS", ["input", "lines", "0", "discount"])]),
    ]
    for lines, others, expected in cases:
        assert await orders.draft(*lines, **others) == ({}, expected)
    order, _ = await orders.draft(line, discount="100")
    assert amounts(order) == ("0", "0", "0")
    assert (await orders.update(order, discount="100.01"))[1] == [("DISCOUNT_TOO_LARGE", ["input", "discount"])]


@every_kind
async def test_no_line_gets_more_of_a_discount_than_it_comes_to(orders: Orders) -> None:
    lines = [{"unitPrice": "100", "taxCode": "13"}, {"unitPrice": "100"}]
    assert (await orders.draft(*lines, discount="188.50"))[1] == [("DISCOUNT_TOO_LARGE", ["input", "discount"])]
    order, wrong = await orders.draft(*lines, discount="188.49")
    assert (wrong, [amounts(line) for line in order["lines"]]) == ([], [("0", "0", "0"), ("11.51", "0", "11.51")])


@every_kind
async def test_a_tax_code_holds_on_the_day_of_the_order(orders: Orders, client: httpx.AsyncClient) -> None:
    given = {"code": "17", "name": "旧税率", "kind": "STANDARD", "rate": "0.17", "endsOn": "2018-04-30"}
    await ask(client, "taxes", "CreateTaxCode", {"input": given})
    path = ["input", "lines", "0", "taxCodeId"]
    assert (await orders.draft({"unitPrice": "1", "taxCode": "17"}))[1] == [("TAX_CODE_INACTIVE", path)]
    unknown = global_id("TaxCode", 999)
    assert (await orders.draft({"unitPrice": "1", "taxCode": unknown}))[1] == [("UNKNOWN_ID", path)]


@every_kind
async def test_a_product_says_how_it_is_taxed(orders: Orders, trade: Trade) -> None:
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (trade.shop.skus[0],))
    ((tax_code_id,),) = await db.fetch("SELECT id FROM tax_code WHERE code = '9'")
    await catalog.update_product(trade.call, product_id=product_id, tax_code_id=tax_code_id)
    order, _ = await orders.draft({"unitPrice": "100"}, discount="10")
    assert amounts(order) == ("90", "8.1", "98.1")
    await catalog.update_product(trade.call, product_id=product_id, tax_code_id=None)
    kept, _ = await orders.update(order, discount=None)
    assert (kept["lines"][0]["taxCode"]["code"], amounts(kept)) == ("9", ("100", "9", "109"))
    other = {"id": kept["lines"][0]["id"], "taxCodeId": (await orders.codes())["EXEMPT"]}
    exempt, _ = await orders.update(kept, lines=[other])
    assert (exempt["lines"][0]["taxCode"]["code"], amounts(exempt)) == ("EXEMPT", ("100", "0", "100"))
