"""What pages do with price lists and promotions, and what a preview tells of each price."""

from datetime import date
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import NotFound
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.units import Unit
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.selling.pricing import operations
from jxc_graphql.selling.pricing.queries import Deal
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales import preview
from tests.make.pricing import Pricing
from tests.make.rights import without
from tests.make.trade import set_column
from tests.operations import ask, send


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "pricing", operation, {"input": given})


def wrong(answer: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(one["code"], one["path"]) for one in answer["userErrors"]]


async def test_a_list_and_its_prices_are_kept_with_versions(client: httpx.AsyncClient, pricing: Pricing) -> None:
    made = (await say(client, "CreatePriceList", code=" A ", name="批发", startsOn="2026-01-01"))["priceList"]
    assert (made["code"], made["currency"], made["customer"], made["version"]) == ("A", "CNY", None, 1)
    sku, other = (global_id("Sku", one) for one in pricing.trade.shop.skus[:2])
    prices = [{"skuId": sku, "unitPrice": "10"}, {"skuId": sku, "unitPrice": "9", "fromQuantity": "10"}]
    first = (await say(client, "SetListPrices", id=made["id"], prices=prices))["listPrices"]
    assert [(one["unitPrice"], one["fromQuantity"], one["version"]) for one in first] == [
        ("10", "0", 1),
        ("9", "10", 1),
    ]
    again = [prices[0], {"skuId": sku, "unitPrice": "8", "fromQuantity": "10", "expectedVersion": 1}]
    again.append({"skuId": other, "unitPrice": "3", "expectedVersion": 0})
    second = (await say(client, "SetListPrices", id=made["id"], prices=again))["listPrices"]
    assert [(one["unitPrice"], one["version"]) for one in second] == [("10", 1), ("8", 2), ("3", 1)]
    assert [one["id"] for one in second[:2]] == [one["id"] for one in first]
    stale = await say(client, "SetListPrices", id=made["id"], prices=again)
    assert [(one["code"], one["path"][2], one["current"]) for one in stale["userErrors"]] == [
        ("STALE_VERSION", "1", 2),
        ("STALE_VERSION", "2", 1),
    ]
    await say(client, "RemoveListPrices", id=made["id"], skuIds=[sku])
    shown = await ask(client, "pricing", "PriceListDetail", {"id": made["id"], "first": 5})
    assert [one["unitPrice"] for one in shown["prices"]["nodes"]] == ["3"]
    ended = await say(client, "UpdatePriceList", id=made["id"], endsOn="2025-12-31", expectedVersion=1)
    assert wrong(ended) == [("HOLDS_FOR_NO_DAY", ["input", "endsOn"])]


async def test_a_list_by_which_nothing_was_sold_is_deleted(client: httpx.AsyncClient, pricing: Pricing) -> None:
    used, mistyped = [await pricing.price_list((0, price)) for price in ("10", "100")]
    await pricing.order((0, "2"))  # by the newest of the two
    refused = await say(client, "DeletePriceList", id=global_id("PriceList", mistyped))
    assert wrong(refused) == [("IN_USE", ["input", "id"])]
    stale = await say(client, "DeletePriceList", id=global_id("PriceList", used), expectedVersion=2)
    assert wrong(stale) == [("STALE_VERSION", ["input", "expectedVersion"])]
    gone = await say(client, "DeletePriceList", id=global_id("PriceList", used), expectedVersion=1)
    assert (gone["deletedId"], gone["userErrors"]) == (global_id("PriceList", used), [])
    assert await db.fetch("SELECT price_list_id FROM list_price") == [(mistyped,)]
    own = await pricing.price_list(customer_id=pricing.trade.customer_id)
    blind = msgspec.structs.replace(pricing.trade.call, scopes={Dimension.CUSTOMER: frozenset()})
    with pytest.raises(NotFound):
        await operations.delete_price_list(blind, price_list_id=own)


async def test_a_price_keeps_its_unit_until_another_one_is_given(client: httpx.AsyncClient, pricing: Pricing) -> None:
    trade, sku_id = pricing.trade, pricing.trade.shop.skus[0]
    units = [Unit(name="箱", numerator=12)]
    await catalog.set_sku_units(trade.call, sku_id=sku_id, units=units, barcodes=[])
    ((unit_id,),) = await db.fetch("SELECT id FROM sku_unit WHERE sku_id = ? AND name = '箱'", (sku_id,))
    made = (await say(client, "CreatePriceList", code="A", name="批发"))["priceList"]

    async def said(**of_it: Any) -> tuple[str, str | None, int]:
        price = {"skuId": global_id("Sku", sku_id)} | of_it
        answer = await say(client, "SetListPrices", id=made["id"], prices=[price])
        (one,) = answer["listPrices"]
        ((unit,),) = await db.fetch("SELECT unit_id FROM list_price")
        return one["unitPrice"], unit, one["version"]

    assert await said(unitPrice="120", skuUnitId=global_id("SkuUnit", unit_id)) == ("120", unit_id, 1)
    assert await said(unitPrice="110") == ("110", unit_id, 2)
    assert await said(unitPrice="9", skuUnitId=None) == ("9", None, 3)


async def test_what_is_wrong_with_prices_is_told_at_once(client: httpx.AsyncClient, pricing: Pricing) -> None:
    made = (await say(client, "CreatePriceList", code="A", name="批发"))["priceList"]
    sku = global_id("Sku", pricing.trade.shop.skus[0])
    asked = [{"skuId": sku, "unitPrice": "-1"}, {"skuId": sku, "unitPrice": "1"}]
    asked.append({"skuId": global_id("Sku", 1), "unitPrice": "1", "skuUnitId": global_id("SkuUnit", 1)})
    assert wrong(await say(client, "SetListPrices", id=made["id"], prices=asked)) == [
        ("OUT_OF_BOUNDS", ["input", "prices", "0", "unitPrice"]),
        ("PRICE_GIVEN_TWICE", ["input", "prices", "1"]),
        ("UNKNOWN_ID", ["input", "prices", "2", "skuId"]),
        ("UNKNOWN_ID", ["input", "prices", "2", "skuUnitId"]),
    ]
    assert wrong(await say(client, "SetListPrices", id=made["id"], prices=[])) == [
        ("EMPTY_DOCUMENT", ["input", "prices"])
    ]
    named = {"code": "B", "name": "x", "currency": "XXX", "priority": -1, "customerId": global_id("Customer", 1)}
    assert {code for code, _ in wrong(await say(client, "CreatePriceList", **named))} == {
        "UNKNOWN_CURRENCY", "OUT_OF_BOUNDS", "UNKNOWN_ID",
    }  # fmt: skip


async def test_a_promotion_says_what_its_kind_does_and_no_more(client: httpx.AsyncClient, pricing: Pricing) -> None:
    free = {"code": "F", "name": "买十赠一", "step": "LINE", "kind": "FREE_GOODS"}
    made = (await say(client, "CreatePromotion", **free, buyQuantity="10", freeQuantity="1"))["promotion"]
    assert (made["buyQuantity"], made["freeQuantity"], made["percent"], made["sku"]) == ("10", "1", "0", None)
    assert wrong(await say(client, "CreatePromotion", **free | {"step": "DOCUMENT"}, percent="1.5")) == [
        ("NOT_OF_THIS_PROMOTION", ["input", "percent"]),
        ("MUST_BE_POSITIVE", ["input", "buyQuantity"]),
        ("MUST_BE_POSITIVE", ["input", "freeQuantity"]),
        ("OUT_OF_BOUNDS", ["input", "percent"]),
        ("NOT_OF_THIS_PROMOTION", ["input", "kind"]),
    ]
    named = (await say(client, "UpdatePromotion", id=made["id"], name="新", isActive=False))["promotion"]
    assert named == made | {"name": "新", "isActive": False, "version": 2}
    asked = [{"skuId": global_id("Sku", pricing.trade.shop.skus[0]), "netPrice": "7.5"}]
    least = (await say(client, "SetMinimumPrices", prices=asked))["minimumPrices"]
    assert [(one["netPrice"], one["version"]) for one in least] == [("7.5", 1)]
    again = (await say(client, "SetMinimumPrices", prices=[asked[0] | {"netPrice": "8"}]))["minimumPrices"]
    assert again == [least[0] | {"netPrice": "8", "version": 2}]


async def test_a_client_learns_why_there_is_no_price(client: httpx.AsyncClient, pricing: Pricing) -> None:
    list_id = await pricing.price_list((0, "10"), prices_include_tax=True)
    trade = pricing.trade
    given = {
        "customerId": global_id("Customer", trade.customer_id),
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "lines": [{"skuId": global_id("Sku", trade.shop.skus[0]), "quantity": "2"}],
    }
    (error,) = (await ask(client, "pricing", "OrderAtListPrices", {"input": given}))["userErrors"]
    assert (error["code"], error["path"]) == ("SALES_PRICE_DOES_NOT_HOLD", ["input", "lines", "0", "unitPrice"])
    assert (error["priceList"]["id"], error["unit"]) == (global_id("PriceList", list_id), "瓶")
    assert error["customer"]["id"] == given["customerId"]
    promotion_id = await pricing.promotion(percent="0.1")
    answer = await ask(client, "pricing", "OrderAtListPrices", {"input": given | {"pricesIncludeTax": True}})
    (line,) = answer["salesOrder"]["lines"]
    assert (line["unitPrice"], line["priceSource"], line["discount"], line["gross"]) == ("10", "PRICE_LIST", "2", "18")
    assert [(one["promotionId"], one["discount"]) for one in line["promotions"]] == [
        (global_id("Promotion", promotion_id), "2")
    ]


async def test_a_preview_tells_which_rule_gives_each_price_and_why_others_lose(
    client: httpx.AsyncClient, pricing: Pricing
) -> None:
    trade = pricing.trade
    await trade.stock_up("10", price="7")
    await pricing.minimum((0, "8.5"))
    await pricing.price_list((0, "10"))
    await pricing.price_list((0, "9"), customer_id=trade.customer_id)
    await pricing.promotion(percent="0.1")
    await pricing.promotion(percent="0.05")
    sold = await trade.sell((0, "1", "9.9"))
    await sales.cancel_sales_order(trade.call, sales_order_id=await trade.sell((0, "1", "5")))
    assert sold
    given = {
        "customerId": global_id("Customer", trade.customer_id),
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "lines": [{"skuId": global_id("Sku", trade.shop.skus[at]), "quantity": "2"} for at in (0, 1)],
    }
    first, second = (await send(client, "pricing", "PricePreview", given))["data"]["pricePreview"]
    assert (first["unitPrice"], first["discount"], first["promotionDiscount"], first["net"]) == (
        "9",
        "1.8",
        "1.8",
        "16.2",
    )
    assert (first["priceSource"], first["isPriced"]) == ("PRICE_LIST", True)
    assert (first["belowMinimum"], first["margin"]) == ("0.8", "2.2")  # 17.00 at least; 14.00 is the cost
    assert (first["lastPrice"], first["lastUnit"]) == ("9.9", "瓶")
    assert [(one["code"], one["outcome"], one["unitPrice"], one["discount"]) for one in first["lookedAt"]] == [
        ("X2", "USED", "9", "0"),
        ("X1", "ANOTHER_FIRST", "10", "0"),
        ("X3", "USED", "0", "1.8"),
        ("X4", "ANOTHER_BETTER", "0", "0"),
    ]
    assert (second["isPriced"], second["lookedAt"], second["lastPrice"]) == (False, [], None)


async def test_a_preview_takes_as_few_statements_for_a_hundred_lines_as_for_one(pricing: Pricing) -> None:
    trade = pricing.trade
    await pricing.price_list((0, "10"), (1, "9"), (2, "8"))
    await pricing.promotion(percent="0.1")
    deal = Deal(
        customer_id=trade.customer_id, warehouse_id=trade.shop.warehouse.id, day=date(2030, 1, 1), currency=None
    )
    counts = []
    for count in (1, 10, 100):
        lines = [LineToPrice(sku_id=trade.shop.skus[at % 3], quantity=Quantity.of(1)) for at in range(count)]
        with db.round_trips() as seen:
            found = await preview.price_preview(trade.call, deal, lines, prices_include_tax=False)
        assert len(found) == count
        assert all(one.promotion_discount for one in found)
        counts.append(len(seen))
    assert len({*counts}) == 1
    assert counts[0] <= 6


async def test_a_preview_shows_no_more_than_the_caller_may_see(pricing: Pricing) -> None:
    trade = pricing.trade
    await trade.stock_up("10", price="7")
    await pricing.price_list((0, "10"))
    await trade.sell((0, "1", "9.9"))
    deal = Deal(
        customer_id=trade.customer_id, warehouse_id=trade.shop.warehouse.id, day=date(2030, 1, 1), currency=None
    )
    lines = pricing.wanted((0, "1"))
    blind = msgspec.structs.replace(trade.call, permissions=without(Permission.SEE_COST))
    (line,) = await preview.price_preview(blind, deal, lines, prices_include_tax=False)
    assert (line.margin, str(line.last_price)) == (None, "9.9")
    elsewhere = msgspec.structs.replace(trade.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    (line,) = await preview.price_preview(elsewhere, deal, lines, prices_include_tax=False)
    assert (line.margin, line.last_price) == (None, None)
    stranger = msgspec.structs.replace(trade.call, scopes={Dimension.CUSTOMER: frozenset({1})})
    with pytest.raises(NotFound):
        await preview.price_preview(stranger, deal, lines, prices_include_tax=False)


async def test_prices_of_one_sku_start_at_one_quantity_once(pricing: Pricing) -> None:
    await pricing.price_list((0, "10"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await set_column(
            "INSERT INTO list_price (id, version, updated_at, price_list_id, sku_id, from_quantity, unit_price) "
            "SELECT id + 1, 1, updated_at, price_list_id, sku_id, from_quantity, 1 FROM list_price"
        )
