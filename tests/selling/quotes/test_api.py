"""Quotes as pages make, order and end them, and on paper."""

from datetime import timedelta
from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock
from tests.make.trade import Trade
from tests.operations import ask


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "quotes", operation, {"input": given})


async def drafted(client: httpx.AsyncClient, trade: Trade, days: int = 5) -> dict[str, Any]:
    given = {
        "customerId": global_id("Customer", trade.customer_id),
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "validThrough": str(clock.day_of(trade.call.at) + timedelta(days=days)),
        "lines": [{"skuId": global_id("Sku", trade.shop.skus[0]), "quantity": "2", "unit": "箱", "unitPrice": "60"}],
    }
    return dict(await say(client, "CreateQuote", **given))


async def test_a_quote_from_the_draft_to_its_orders(client: httpx.AsyncClient, trade: Trade) -> None:
    """2 箱 of 12 at 60.00: one is ordered, then more than is left, then the rest."""
    await trade.stock_up("30")
    made = (await drafted(client, trade))["quote"]
    assert (made["status"], made["revision"], made["total"]) == ("DRAFT", 1, "120")
    await say(client, "SubmitQuote", id=made["id"])
    approved = (await say(client, "ApproveQuote", id=made["id"]))["quote"]
    assert (approved["status"], approved["lines"][0]["quantityReserved"]) == ("APPROVED", "24")
    part = {"quoteLineId": made["lines"][0]["id"], "quantity": "1"}
    ordered = await say(client, "OrderQuote", id=made["id"], lines=[part])
    assert ordered["userErrors"] == []
    order = ordered["salesOrder"]
    assert (order["status"], order["total"], order["lines"][0]["quantityReserved"]) == ("APPROVED", "60", "12")
    assert (ordered["quote"]["status"], ordered["quote"]["lines"][0]["quantityOrdered"]) == ("PARTIALLY_ORDERED", "12")
    (wrong,) = (await say(client, "OrderQuote", id=made["id"], lines=[{**part, "quantity": "2"}]))["userErrors"]
    assert (wrong["code"], wrong["limit"], wrong["asked"], wrong["path"]) == (
        "MORE_THAN_QUOTED", "1", "2", ["input", "lines", "0", "quantity"],
    )  # fmt: skip
    assert (await say(client, "OrderQuote", id=made["id"]))["quote"]["status"] == "ORDERED"
    page = await ask(client, "quotes", "QuotePage", {"id": made["id"]})
    assert [one["document"]["number"] for one in page["targets"]][:1] == [order["number"]]
    listed = await ask(client, "quotes", "QuotesOfCustomer", {"id": global_id("Customer", trade.customer_id)})
    assert [one["id"] for one in listed["quotes"]["nodes"]] == [made["id"]]


async def test_a_quote_that_nobody_wants(client: httpx.AsyncClient, trade: Trade) -> None:
    first, second, third = [(await drafted(client, trade))["quote"] for _ in range(3)]
    assert (await say(client, "UpdateQuote", id=first["id"], discount="20"))["quote"]["total"] == "100"
    for one in (first, second, third):
        await say(client, "ApproveQuote", id=one["id"])
    (early,) = (await say(client, "ExpireQuote", id=first["id"]))["userErrors"]
    assert early["code"] == "QUOTE_STILL_VALID"
    assert (await say(client, "LoseQuote", id=first["id"], note="太贵"))["quote"]["status"] == "LOST"
    assert (await say(client, "CancelQuote", id=second["id"]))["quote"]["status"] == "CANCELLED"
    newer = (await say(client, "ReviseQuote", id=third["id"], validThrough=third["validThrough"]))["quote"]
    assert (newer["status"], newer["revision"], newer["total"]) == ("DRAFT", 2, "120")
    await say(client, "SubmitQuote", id=newer["id"])
    assert (await say(client, "WithdrawQuote", id=newer["id"]))["quote"]["status"] == "DRAFT"
    await say(client, "SubmitQuote", id=newer["id"])
    assert (await say(client, "RejectQuote", id=newer["id"]))["quote"]["status"] == "DRAFT"
    (late,) = (await drafted(client, trade, -1))["userErrors"]
    assert (late["code"], late["path"], late["from"]) == (
        "NOT_AHEAD", ["input", "validThrough"], str(clock.day_of(trade.call.at)),
    )  # fmt: skip
    listed = await ask(client, "quotes", "Quotes", {"orderBy": [{"field": "VALID_THROUGH", "direction": "ASC"}]})
    assert listed["totalCount"] == 4


async def test_a_quote_on_paper(client: httpx.AsyncClient, trade: Trade) -> None:
    made = (await drafted(client, trade))["quote"]
    page = await client.get(f"/print/{made['id']}?language=zh-CN")
    assert page.status_code == 200
    for text in ("报价单", made["number"], "有效期至", made["validThrough"], "120"):
        assert text in page.text
