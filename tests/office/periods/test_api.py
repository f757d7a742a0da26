from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.office.periods.operations import close_period
from tests.make.days import day
from tests.make.trade import Trade
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything


def problems(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(each["code"], each["path"]) for each in payload["userErrors"]]


async def close(client: httpx.AsyncClient, back: int, **others: Any) -> dict[str, Any]:
    return await ask(client, "periods", "ClosePeriod", {"input": {"through": str(day(back)), **others}})


async def test_a_period_is_closed_and_opened_again(client: httpx.AsyncClient) -> None:
    await close(client, 40)
    closed = (await close(client, 10, idempotencyKey="k"))["period"]
    assert (closed["startsOn"], closed["endsOn"], closed["status"]) == (str(day(39)), str(day(10)), "CLOSED")
    assert closed["closedBy"]["name"] == "Administrator"
    assert (await close(client, 10, idempotencyKey="k"))["period"] == closed
    assert (await ask(client, "periods", "ClosedThrough", {}))["nodes"] == [
        {"id": closed["id"], "endsOn": str(day(10))}
    ]
    change = {"input": {"id": closed["id"], "note": "漏记一单"}}
    opened = (await ask(client, "periods", "ReopenPeriod", change))["period"]
    assert (opened["status"], opened["note"], opened["reopenedBy"]) == ("REOPENED", "漏记一单", closed["closedBy"])
    page = await ask(client, "periods", "Period", {"id": closed["id"]})
    assert [(each["what"], each["note"]) for each in page["timeline"]["nodes"]] == [
        ("PeriodClosed", None), ("PeriodReopened", "漏记一单"),
    ]  # fmt: skip
    listed = await ask(client, "periods", "Periods", {"where": {"status": {"eq": "CLOSED"}}})
    assert [each["endsOn"] for each in listed["nodes"]] == [str(day(40))]
    assert listed["nodes"][0]["startsOn"] is None


async def test_refusals_say_why_in_chinese_and_write_nothing(client: httpx.AsyncClient) -> None:
    first = (await close(client, 40))["period"]
    await close(client, 10)
    before = await everything()
    client.headers["accept-language"] = "zh-CN"
    early = await close(client, 10)
    assert problems(early) == [("PERIOD_CLOSED", ["input", "through"])]
    assert early["userErrors"][0]["from"] == str(day(9))
    assert early["userErrors"][0]["message"] == f"{day(10)} 及以前已结账，请选择更晚的日期。"
    assert problems(await close(client, 0)) == [("PERIOD_NOT_OVER", ["input", "through"])]
    out_of_order = await ask(client, "periods", "ReopenPeriod", {"input": {"id": first["id"], "note": ""}})
    assert problems(out_of_order) == [
        ("LATER_PERIOD_CLOSED", ["input", "id"]), ("REQUIRED", ["input", "note"]),
    ]  # fmt: skip
    assert await everything() == before


async def test_goods_are_received_and_shipped_under_the_day_that_is_named(
    client: httpx.AsyncClient, trade: Trade
) -> None:
    bought, sold = await trade.buy((0, "9", "2")), await trade.sell((0, "3", "9"))
    (line,) = await trade.purchase_lines(bought)
    (wanted,) = await trade.sales_lines(sold)
    receipt = {
        "purchaseOrderId": global_id("PurchaseOrder", bought),
        "lines": [{"purchaseOrderLineId": global_id("PurchaseOrderLine", line.id), "quantityAccepted": "4"}],
    }
    shipment = {
        "salesOrderId": global_id("SalesOrder", sold),
        "lines": [{"salesOrderLineId": global_id("SalesOrderLine", wanted.id), "quantity": "1"}],
    }

    async def both(back: int) -> list[dict[str, Any]]:
        named = {"businessDate": str(day(back))}
        return [
            await ask(client, "receiving", "ReceiveGoodsWithDetails", {"input": receipt | named}),
            await ask(client, "shipping", "ShipGoodsWithDetails", {"input": shipment | named}),
        ]

    came, left = await both(3)
    assert (came["goodsReceipt"]["businessDate"], left["shipment"]["businessDate"]) == (str(day(3)), str(day(3)))
    await close_period(trade.call, through=day(3))
    before = await everything()
    for refused in await both(3):
        assert problems(refused) == [("PERIOD_CLOSED", ["input", "businessDate"])]
        assert (refused["userErrors"][0]["from"], refused["userErrors"][0]["to"]) == (str(day(2)), None)
    for refused in await both(-1):
        assert problems(refused) == [("FUTURE_BUSINESS_DATE", ["input", "businessDate"])]
        assert (refused["userErrors"][0]["from"], refused["userErrors"][0]["to"]) == (None, str(day(0)))
    assert await everything() == before
    await sign_in_as(client, "WAREHOUSE_KEEPER")
    before = await everything()
    for refused in await both(1):
        assert problems(refused) == [("LATE_DOCUMENT", ["input", "businessDate"])]
        assert (refused["userErrors"][0]["from"], refused["userErrors"][0]["to"]) == (str(day(0)), None)
    assert await everything() == before


async def test_an_accountant_closes_and_a_manager_opens_again(client: httpx.AsyncClient) -> None:
    await sign_in_as(client, "ACCOUNTANT")
    period = (await close(client, 5))["period"]
    reopening = {"input": {"id": period["id"], "note": "x"}}
    answer = await send(client, "periods", "ReopenPeriod", reopening)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    await sign_in_as(client, "MANAGER")
    assert (await ask(client, "periods", "ReopenPeriod", reopening))["period"]["status"] == "REOPENED"
    await sign_in_as(client, "VIEWER")
    refused = await send(client, "periods", "ClosePeriod", {"input": {"through": str(day(1))}})
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await ask(client, "periods", "Periods", {}))["totalCount"] == 1
