from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.trade import Trade
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything


async def order_of(trade: Trade) -> dict[str, Any]:
    """What a receiving form needs of an order of ten and five."""
    order_id = await trade.buy((0, "10", "2"), (0, "5", "2"))
    lines = [global_id("PurchaseOrderLine", line.id) for line in await trade.purchase_lines(order_id)]
    return {"id": global_id("PurchaseOrder", order_id), "lines": lines}


class TestReceiveGoods:
    async def test_shows_lots_and_places_of_what_came(self, client: httpx.AsyncClient, dairy: Trade) -> None:
        order = await order_of(dairy)
        (shelf,) = await dairy.add_bins("A-1")
        line = {
            "purchaseOrderLineId": order["lines"][0],
            "quantityAccepted": "3",
            "quantityUninspected": "1.5",
            "placeId": global_id("Place", shelf),
            "lot": {"number": "JUNE", "producedOn": "2026-06-01", "expiresOn": "2026-12-01"},
        }
        wanted = {"input": {"purchaseOrderId": order["id"], "lines": [line], "idempotencyKey": "once"}}
        got = await ask(client, "receiving", "ReceiveGoodsWithDetails", wanted)
        assert got["userErrors"] == []
        assert await ask(client, "receiving", "ReceiveGoodsWithDetails", wanted) == got
        page = await ask(client, "receiving", "GoodsReceiptPage", {"id": got["goodsReceipt"]["id"]})
        (shown,) = page["lines"]
        assert (shown["quantityAccepted"], shown["quantityRejected"], shown["quantityUninspected"]) == ("3", "0", "1.5")
        assert (shown["lot"]["number"], shown["lot"]["expiresOn"], shown["place"]["code"]) == (
            "JUNE", "2026-12-01", "A-1",
        )  # fmt: skip
        assert [
            (one["quantity"], one["value"], one["lot"]["number"], one["toPlace"]["code"])
            for one in shown["movements"]["nodes"]
        ] == [("3", "6", "JUNE", "A-1"), ("1.5", "3", "JUNE", "QUALITY")]
        assert await dairy.verify() == []

    async def test_shows_the_pieces_that_came(self, client: httpx.AsyncClient, phones: Trade) -> None:
        order = await order_of(phones)
        lines = [
            {"purchaseOrderLineId": order["lines"][0], "quantityAccepted": "2", "serials": ["B", "A"]},
            {
                "purchaseOrderLineId": order["lines"][1], "quantityAccepted": "0",
                "quantityRejected": "1", "rejectedSerials": ["C"],
            },
        ]  # fmt: skip
        wanted = {"input": {"purchaseOrderId": order["id"], "lines": lines}}
        got = await ask(client, "receiving", "ReceiveGoodsWithDetails", wanted)
        page = await ask(client, "receiving", "GoodsReceiptPage", {"id": got["goodsReceipt"]["id"]})
        assert [[piece["number"] for piece in line["serials"]] for line in page["lines"]] == [["A", "B"], ["C"]]
        assert [line["place"] and line["place"]["code"] for line in page["lines"]] == ["STOCK", None]
        await sign_in_as(client, "BUYER")
        bare = await send(client, "receiving", "GoodsReceiptPage", {"id": got["goodsReceipt"]["id"]})
        assert bare["data"]["node"]["lines"][0]["quantityAccepted"] == "2"

    async def test_says_what_is_wrong_with_lots_and_pieces(
        self, client: httpx.AsyncClient, dairy: Trade, phones: Trade
    ) -> None:
        answers = []
        for trade, said in ((dairy, {}), (phones, {"serials": ["A"]})):
            order = await order_of(trade)
            before = await everything()
            line = {"purchaseOrderLineId": order["lines"][0], "quantityAccepted": "2", **said}
            wanted = {"input": {"purchaseOrderId": order["id"], "lines": [line]}}
            answers += (await ask(client, "receiving", "ReceiveGoodsWithDetails", wanted))["userErrors"]
            assert await everything() == before
        assert [(each["__typename"], each["path"]) for each in answers] == [
            ("StockError", ["input", "lines", "0", "lot"]),
            ("LimitError", ["input", "lines", "0"]),
        ]
        assert (answers[0]["sku"]["id"], answers[1]["asked"]) == (global_id("Sku", dairy.shop.skus[0]), "1")
