from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.masters.warehouses.operations import create_warehouse as open_warehouse
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Permission
from tests.make.trade import Trade
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything

Answer = dict[str, Any]


async def draft(client: httpx.AsyncClient, trade: Trade, **others: Any) -> Answer:
    lines = [
        {"skuId": global_id("Sku", trade.shop.skus[0]), "quantity": "2", "unit": "箱", "unitPrice": "18"},
        {"skuId": global_id("Sku", trade.shop.skus[1]), "quantity": "10", "unitPrice": "0"},
    ]
    given = {
        "supplierId": global_id("Supplier", trade.supplier_id),
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "expectedOn": "2026-12-01",
        "lines": lines,
    }
    return await ask(client, "purchasing", "CreatePurchaseOrder", {"input": {**given, **others}})


async def approved(client: httpx.AsyncClient, trade: Trade) -> Answer:
    order = (await draft(client, trade))["purchaseOrder"]
    await ask(client, "purchasing", "SubmitPurchaseOrder", {"input": {"id": order["id"], "expectedVersion": 1}})
    answer = await ask(client, "purchasing", "ApprovePurchaseOrder", {"input": {"id": order["id"]}})
    return dict(answer["purchaseOrder"])


def receipt(order: Answer, *lines: tuple[int, str, str]) -> Answer:
    came = [
        {"purchaseOrderLineId": order["lines"][at]["id"], "quantityAccepted": good, "quantityRejected": bad}
        for at, good, bad in lines
    ]
    return {"input": {"purchaseOrderId": order["id"], "lines": came}}


class TestThePurchasingChain:
    async def test_goes_from_draft_to_goods(self, client: httpx.AsyncClient, trade: Trade) -> None:
        order = await approved(client, trade)
        assert (order["status"], order["version"], order["total"]) == ("APPROVED", 3, "36")
        assert order["lines"][0]["quantity"] == "24"
        can = {each["action"]: each["allowed"] for each in order["allowedActions"]}
        assert can == {
            "UPDATE": False, "SUBMIT": False, "APPROVE": False, "REJECT": False, "RECEIVE": True, "CANCEL": True,
            "CLOSE": False, "UNAPPROVE": True, "WITHDRAW": False, "AMEND": True, "REOPEN": False, "COPY": True,
        }  # fmt: skip
        part = await ask(client, "receiving", "ReceiveGoods", receipt(order, (0, "10", "2")))
        assert part["goodsReceipt"]["lines"][0] | {"id": ""} == {
            "id": "", "quantityAccepted": "10", "quantityRejected": "2",
        }  # fmt: skip
        assert part["purchaseOrder"]["status"] == "PARTIALLY_RECEIVED"
        (level,) = part["stockLevels"]
        assert (level["onHand"], level["available"], level["value"]) == ("12", "10", "18")
        rest = await ask(client, "receiving", "ReceiveGoods", receipt(order, (0, "12", "0"), (1, "10", "0")))
        assert rest["purchaseOrder"]["status"] == "RECEIVED"
        timeline = await ask(client, "purchasing", "Timeline", {"id": order["id"]})
        assert [each["what"] for each in timeline["timeline"]["nodes"]] == [
            "PurchaseOrderCreated", "PurchaseOrderSubmitted", "PurchaseOrderApproved", "GoodsReceived", "GoodsReceived",
        ]  # fmt: skip
        assert await trade.verify() == []

    async def test_shows_every_document_on_a_page(self, client: httpx.AsyncClient, trade: Trade) -> None:
        order = await approved(client, trade)
        got = await ask(client, "receiving", "ReceiveGoodsWithDetails", receipt(order, (0, "10", "2")))
        page = await ask(client, "purchasing", "PurchaseOrderPage", {"id": order["id"]})
        assert page["lines"][0]["quantityOutstanding"] == "12"
        assert page["lines"][0]["status"] == "PARTIALLY_RECEIVED"
        assert page["goodsReceipts"]["nodes"] == [got["goodsReceipt"]]
        sheet = await ask(client, "receiving", "GoodsReceiptPage", {"id": got["goodsReceipt"]["id"]})
        assert sheet["lines"][0]["value"] == "18"
        assert [each["what"] for each in sheet["timeline"]["nodes"]] == ["GoodsReceived"]
        where = {"status": {"eq": "PARTIALLY_RECEIVED"}, "supplierId": {"eq": global_id("Supplier", trade.supplier_id)}}
        found = await ask(client, "purchasing", "PurchaseOrders", {"where": where, "orderBy": [{"field": "TOTAL"}]})
        assert (found["totalCount"], found["aggregates"]["sum"]["total"]) == (1, "36")
        receipts = await ask(client, "receiving", "GoodsReceipts", {"first": 5})
        assert [each["number"] for each in receipts["nodes"]] == [got["goodsReceipt"]["number"]]

    async def test_changes_sends_back_and_cancels(self, client: httpx.AsyncClient, trade: Trade) -> None:
        order = (await draft(client, trade))["purchaseOrder"]
        lines = [{"skuId": global_id("Sku", trade.shop.skus[2]), "quantity": "3", "unitPrice": "2"}]
        change = {"input": {"id": order["id"], "expectedVersion": 1, "lines": lines, "note": "少订一些"}}
        assert (await ask(client, "purchasing", "UpdatePurchaseOrder", change))["purchaseOrder"]["total"] == "6"
        stale = await ask(client, "purchasing", "UpdatePurchaseOrder", change)
        assert stale["userErrors"][0] | {"message": ""} == {
            "__typename": "StaleVersionError", "code": "STALE_VERSION", "message": "",
            "path": ["input", "expectedVersion"], "current": 2, "expected": 1,
        }  # fmt: skip
        await ask(client, "purchasing", "SubmitPurchaseOrder", {"input": {"id": order["id"]}})
        back = await ask(client, "purchasing", "RejectPurchaseOrder", {"input": {"id": order["id"], "note": "太贵"}})
        assert back["purchaseOrder"]["status"] == "DRAFT"
        page = await ask(client, "purchasing", "PurchaseOrderPage", {"id": order["id"]})
        assert [each["note"] for each in page["timeline"]["nodes"]][-1] == "太贵"
        gone = await ask(client, "purchasing", "CancelPurchaseOrder", {"input": {"id": order["id"]}})
        assert gone["purchaseOrder"]["status"] == "CANCELLED"
        again = await ask(client, "purchasing", "CancelPurchaseOrder", {"input": {"id": order["id"]}})
        assert again["userErrors"][0]["allowed"] == []
        assert again["purchaseOrder"] is None


class TestRefusals:
    async def test_name_the_input_that_is_wrong(self, client: httpx.AsyncClient, trade: Trade) -> None:
        order = await approved(client, trade)
        before = await everything()
        answer = await ask(
            client, "receiving", "ReceiveGoodsWithDetails", receipt(order, (1, "10.5", "0"), (0, "-1", "0"))
        )
        assert await everything() == before
        assert answer["goodsReceipt"] is None
        assert [(each["__typename"], each["code"], each["path"]) for each in answer["userErrors"]] == [
            ("NumberError", "MUST_BE_POSITIVE", ["input", "lines", "1", "quantityAccepted"]),
            ("LimitError", "OVER_RECEIPT", ["input", "lines", "0", "quantityAccepted"]),
        ]
        assert (answer["userErrors"][1]["limit"], answer["userErrors"][1]["asked"]) == ("10", "10.5")

    async def test_hide_costs_from_those_who_may_not_see_them(self, trade: Trade, client: httpx.AsyncClient) -> None:
        order = await approved(client, trade)
        await sign_in_as(client, "VIEWER")
        answer = await send(client, "purchasing", "PurchaseOrderPage", {"id": order["id"]})
        assert answer["data"]["node"]["total"] is None
        assert [line["unitPrice"] for line in answer["data"]["node"]["lines"]] == [None, None]
        assert "errors" not in answer
        assert {one["permission"] for one in answer["extensions"]["hidden"]} == {"SEE_COST"}

    async def test_show_an_empty_list_of_what_is_hidden_and_name_it(
        self, trade: Trade, client: httpx.AsyncClient
    ) -> None:
        order = await approved(client, trade)
        gate = [Permission.SEE_PURCHASING, Permission.RECEIVE_GOODS]
        await auth.create_role(trade.call, code="GATE", name="Gate", permissions=gate)
        await sign_in_as(client, "GATE")
        answer = await send(client, "receiving", "ReceiveGoods", receipt(order, (0, "1", "0")))
        assert answer["data"]["receiveGoods"]["goodsReceipt"]["number"]
        assert answer["data"]["receiveGoods"]["stockLevels"] == []
        assert {"path": ["receiveGoods", "stockLevels"], "permission": "SEE_STOCK"} in answer["extensions"]["hidden"]
        assert "errors" not in answer

    async def test_hide_orders_of_other_warehouses(self, trade: Trade, client: httpx.AsyncClient) -> None:
        order = await approved(client, trade)
        elsewhere = await open_warehouse(trade.call, code="ELSEWHERE", name="别处")
        await sign_in_as(client, "WAREHOUSE_KEEPER", elsewhere.warehouse_id)
        answer = await send(client, "purchasing", "PurchaseOrderPage", {"id": order["id"]})
        assert answer["data"] == {"node": None}
        refused = await send(client, "receiving", "ReceiveGoods", receipt(order, (0, "1", "0")))
        assert [each["code"] for each in refused["data"]["receiveGoods"]["userErrors"]] == ["UNKNOWN_ID"]

    async def test_need_the_permission(self, trade: Trade, client: httpx.AsyncClient) -> None:
        order = await approved(client, trade)
        await sign_in_as(client, "VIEWER")
        before = await everything()
        answer = await send(client, "receiving", "ReceiveGoods", receipt(order, (0, "1", "0")))
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
        assert await everything() == before
