"""A return as a client makes it, from the lines of a receipt to what is owed for it."""

from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.supplier_returns import brought
from tests.make.trade import Trade
from tests.operations import ask, send, sign_in_as


async def receipt_of(trade: Trade) -> tuple[str, dict[str, Any]]:
    """A receipt of ten, and what returns four of them."""
    order_id = await trade.buy((0, "10", "2"))
    receipt_id = (await trade.receive(order_id, (0, "9", "1"))).goods_receipt_id
    (line,) = await brought(receipt_id)
    given = {
        "supplierId": global_id("Supplier", trade.supplier_id),
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "lines": [{"goodsReceiptLineId": global_id("GoodsReceiptLine", line.id), "quantity": "4"}],
    }
    return global_id("GoodsReceipt", receipt_id), given


async def agreed(client: httpx.AsyncClient, given: dict[str, Any]) -> dict[str, Any]:
    """A return that is approved."""
    made = await ask(client, "supplier_returns", "CreateSupplierReturn", {"input": given})
    assert made["userErrors"] == []
    which = {"input": {"id": made["supplierReturn"]["id"]}}
    for operation in ("SubmitSupplierReturn", "ApproveSupplierReturn"):
        assert (await ask(client, "supplier_returns", operation, which))["userErrors"] == []
    return which


class TestReturn:
    async def test_is_found_from_its_receipt_and_its_supplier(self, client: httpx.AsyncClient, trade: Trade) -> None:
        receipt_id, given = await receipt_of(trade)
        which = await agreed(client, given)
        sent = {"input": which["input"] | {"carrier": "顺丰", "trackingNumber": "SF-1"}}
        tried = {"input": sent["input"] | {"dryRun": True}}
        dry = await ask(client, "supplier_returns", "PostSupplierReturn", tried)
        done = await ask(client, "supplier_returns", "PostSupplierReturn", sent)
        assert done["userErrors"] == []
        assert dry["stockLevels"] == done["stockLevels"]
        shown = done["supplierReturn"]
        assert (shown["status"], shown["gross"], shown["total"], shown["trackingNumber"]) == (
            "POSTED",
            "8",
            "8",
            "SF-1",
        )
        assert shown["lines"][0]["quantityRejected"] == "1"
        page = await ask(client, "supplier_returns", "SupplierReturnPage", {"id": which["input"]["id"]})
        assert [(one["kind"], one["document"]["id"]) for one in page["sources"]] == [("RETURN", receipt_id)]
        assert [one["fromPlace"]["kind"] for one in page["movements"]["nodes"]] == ["DAMAGED", "STOCK"]
        receipt = await ask(client, "supplier_returns", "ReturnsOfReceipt", {"id": receipt_id})
        assert [one["supplierReturn"]["id"] for one in receipt["returns"]["nodes"]] == [which["input"]["id"]]
        assert receipt["lines"][0]["quantityReturned"] == "4"
        supplier = await ask(client, "supplier_returns", "ReturnsToSupplier", {"id": given["supplierId"]})
        assert supplier["supplierReturns"]["totalCount"] == 1

    async def test_to_be_replaced_opens_its_order_line(self, client: httpx.AsyncClient, trade: Trade) -> None:
        _, given = await receipt_of(trade)
        which = await agreed(client, given | {"resolution": "REPLACE"})
        done = await ask(client, "supplier_returns", "PostSupplierReturn", which)
        (order,) = done["purchaseOrders"]
        assert (order["status"], order["lines"][0]["quantityToReplace"]) == ("PARTIALLY_RECEIVED", "4")
        assert order["lines"][0]["quantityOutstanding"] == "4"

    async def test_too_much_is_told_with_what_is_left(self, client: httpx.AsyncClient, trade: Trade) -> None:
        _, given = await receipt_of(trade)
        given["lines"][0]["quantity"] = "11"
        made = await ask(client, "supplier_returns", "CreateSupplierReturn", {"input": given})
        (problem,) = made["userErrors"]
        assert (problem["code"], problem["asked"], problem["available"]) == ("OVER_RETURN", "11", "10")

    async def test_a_keeper_posts_what_he_does_not_see_the_cost_of(
        self, client: httpx.AsyncClient, trade: Trade
    ) -> None:
        _, given = await receipt_of(trade)
        which = await agreed(client, given)
        await sign_in_as(client, "WAREHOUSE_KEEPER")
        done = await send(client, "supplier_returns", "PostSupplierReturn", which)
        shown = done["data"]["postSupplierReturn"]["supplierReturn"]
        assert (shown["status"], shown["total"], shown["lines"][0]["value"]) == ("POSTED", None, None)
