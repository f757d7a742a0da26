from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.trade import Trade
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything

Answer = dict[str, Any]


async def draft(client: httpx.AsyncClient, trade: Trade, **others: Any) -> Answer:
    given = {
        "customerId": global_id("Customer", trade.customer_id),
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "lines": [
            {"skuId": global_id("Sku", trade.shop.skus[0]), "quantity": "1", "unit": "箱", "unitPrice": "60"},
            {"skuId": global_id("Sku", trade.shop.skus[1]), "quantity": "4", "unitPrice": "2.5"},
        ],
    }
    return await ask(client, "sales", "CreateSalesOrder", {"input": {**given, **others}})


async def approved(client: httpx.AsyncClient, trade: Trade) -> Answer:
    order = (await draft(client, trade))["salesOrder"]
    return (await ask(client, "sales", "ApproveSalesOrder", {"input": {"id": order["id"]}}))["salesOrder"]  # type: ignore[no-any-return]


def shipment(order: Answer, *lines: tuple[int, str]) -> Answer:
    leaving = [{"salesOrderLineId": order["lines"][at]["id"], "quantity": quantity} for at, quantity in lines]
    return {"input": {"salesOrderId": order["id"], "lines": leaving}}


class TestTheSalesChain:
    async def test_goes_from_draft_to_shipped(self, client: httpx.AsyncClient, trade: Trade) -> None:
        await trade.stock_up("12", "3")
        made = (await draft(client, trade))["salesOrder"]
        assert (made["status"], made["total"], made["lines"][0]["quantity"]) == ("DRAFT", "70", "12")
        submitted = await ask(client, "sales", "SubmitSalesOrder", {"input": {"id": made["id"], "expectedVersion": 1}})
        assert submitted["salesOrder"]["status"] == "SUBMITTED"
        order = (await ask(client, "sales", "ApproveSalesOrder", {"input": {"id": made["id"]}}))["salesOrder"]
        assert [line["quantityReserved"] for line in order["lines"]] == ["12", "3"]
        part = await ask(client, "shipping", "ShipGoods", shipment(order, (0, "12"), (1, "3")))
        assert part["salesOrder"]["status"] == "PARTIALLY_SHIPPED"
        assert [level["onHand"] for level in part["stockLevels"]] == ["0", "0"]
        await trade.stock_up("1", "1")
        rest = await ask(client, "shipping", "ShipGoods", shipment(order, (1, "1")))
        assert rest["salesOrder"]["status"] == "SHIPPED"
        assert await trade.verify() == []

    async def test_shows_every_document_on_a_page(self, client: httpx.AsyncClient, trade: Trade) -> None:
        await trade.stock_up("20", "20")
        order = await approved(client, trade)
        got = await ask(client, "shipping", "ShipGoodsWithDetails", shipment(order, (0, "2")))
        assert got["shipment"]["cost"] == "4"
        page = await ask(client, "sales", "SalesOrderPage", {"id": order["id"]})
        assert (page["lines"][0]["quantityOutstanding"], page["lines"][0]["status"]) == ("10", "PARTIALLY_SHIPPED")
        assert page["shipments"]["nodes"] == [got["shipment"]]
        assert [each["what"] for each in page["timeline"]["nodes"]] == [
            "SalesOrderCreated", "SalesOrderApproved", "GoodsShipped",
        ]  # fmt: skip
        sheet = await ask(client, "shipping", "ShipmentPage", {"id": got["shipment"]["id"]})
        assert (sheet["lines"][0]["quantity"], sheet["lines"][0]["cost"]) == ("2", "4")
        moved = await ask(client, "goods", "StockMovements", {"where": {"documentId": {"eq": got["shipment"]["id"]}}})
        assert [each["document"]["salesOrder"]["id"] for each in moved["nodes"]] == [order["id"]]
        where = {"status": {"eq": "PARTIALLY_SHIPPED"}, "customerId": {"eq": global_id("Customer", trade.customer_id)}}
        found = await ask(client, "sales", "SalesOrders", {"where": where, "orderBy": [{"field": "TOTAL"}]})
        assert (found["totalCount"], found["aggregates"]["sum"]["total"]) == (1, "70")
        shipments = await ask(client, "shipping", "Shipments", {"first": 5})
        assert [each["number"] for each in shipments["nodes"]] == [got["shipment"]["number"]]

    async def test_changes_sends_back_and_cancels(self, client: httpx.AsyncClient, trade: Trade) -> None:
        order = (await draft(client, trade))["salesOrder"]
        lines = [{"skuId": global_id("Sku", trade.shop.skus[2]), "quantity": "3", "unitPrice": "2"}]
        change = {"input": {"id": order["id"], "expectedVersion": 1, "lines": lines}}
        assert (await ask(client, "sales", "UpdateSalesOrder", change))["salesOrder"]["total"] == "6"
        stale = await ask(client, "sales", "UpdateSalesOrder", change)
        assert [(each["code"], each["current"]) for each in stale["userErrors"]] == [("STALE_VERSION", 2)]
        await ask(client, "sales", "SubmitSalesOrder", {"input": {"id": order["id"]}})
        back = await ask(client, "sales", "RejectSalesOrder", {"input": {"id": order["id"], "note": "信用不足"}})
        assert back["salesOrder"]["status"] == "DRAFT"
        gone = await ask(client, "sales", "CancelSalesOrder", {"input": {"id": order["id"]}})
        assert gone["salesOrder"]["status"] == "CANCELLED"
        again = await ask(client, "sales", "CancelSalesOrder", {"input": {"id": order["id"]}})
        assert [each["status"] for each in again["userErrors"]] == ["CANCELLED"]


class TestRefusals:
    async def test_say_what_there_is(self, client: httpx.AsyncClient, trade: Trade) -> None:
        await trade.stock_up("5", "5")
        order = await approved(client, trade)
        before = await everything()
        short = await ask(client, "shipping", "ShipGoodsWithDetails", shipment(order, (0, "6")))
        (error,) = short["userErrors"]
        assert (error["__typename"], error["code"], error["path"]) == (
            "StockError", "INSUFFICIENT_STOCK", ["input", "lines", "0", "quantity"],
        )  # fmt: skip
        assert (error["available"], error["requested"], error["lot"], error["place"]) == ("5", "6", None, None)
        over = await ask(client, "shipping", "ShipGoodsWithDetails", shipment(order, (1, "5")))
        (error,) = over["userErrors"]
        assert (error["__typename"], error["limit"], error["asked"]) == ("LimitError", "4", "5")
        assert await everything() == before

    async def test_hide_costs_but_not_prices(self, client: httpx.AsyncClient, trade: Trade) -> None:
        await trade.stock_up("20", "20")
        order = await approved(client, trade)
        got = await ask(client, "shipping", "ShipGoods", shipment(order, (0, "2")))
        await sign_in_as(client, "SELLER")
        page = await ask(client, "sales", "SalesOrders", {})
        assert page["nodes"][0]["total"] == "70"
        sheet = await send(client, "shipping", "ShipmentPage", {"id": got["shipment"]["id"]})
        assert sheet["data"]["node"]["cost"] is None
        assert sheet["data"]["node"]["lines"][0]["cost"] is None
        assert {one["permission"] for one in sheet["extensions"]["hidden"]} == {"SEE_COST"}

    async def test_need_the_permission(self, client: httpx.AsyncClient, trade: Trade) -> None:
        order = (await draft(client, trade))["salesOrder"]
        await sign_in_as(client, "SELLER")
        before = await everything()
        answer = await send(client, "sales", "ApproveSalesOrder", {"input": {"id": order["id"]}})
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
        assert await everything() == before
