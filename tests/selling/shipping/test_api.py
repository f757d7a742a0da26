from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.masters.lots.labels import LotLabel
from tests.make.trade import Trade
from tests.operations import ask


async def order_of(trade: Trade, quantity: str) -> dict[str, Any]:
    """What a shipping form needs of an order of one line."""
    order_id = await trade.sell((0, quantity, "9"))
    (line,) = await trade.sales_lines(order_id)
    return {"id": global_id("SalesOrder", order_id), "line": global_id("SalesOrderLine", line.id)}


class TestShipGoods:
    async def test_shows_the_lots_that_left(self, client: httpx.AsyncClient, dairy: Trade) -> None:
        bought = await dairy.buy((0, "10", "2"))
        (shelf,) = await dairy.add_bins("A-1")
        await dairy.arrive(
            bought, *({"accepted": "5", "lot": LotLabel(number), "place_id": shelf} for number in ("FIRST", "SECOND"))
        )
        ((second,),) = await db.fetch("SELECT id FROM lot WHERE number = 'SECOND'")
        order = await order_of(dairy, "8")
        lines = [
            {"salesOrderLineId": order["line"], "quantity": "1", "lotId": global_id("Lot", second)},
            {"salesOrderLineId": order["line"], "quantity": "6", "placeId": global_id("Place", shelf)},
        ]
        wanted = {"input": {"salesOrderId": order["id"], "lines": lines}}
        got = await ask(client, "shipping", "ShipGoodsWithDetails", wanted)
        page = await ask(client, "shipping", "ShipmentPage", {"id": got["shipment"]["id"]})
        assert [
            [(one["lot"]["number"], one["quantity"], one["fromPlace"]["code"]) for one in line["movements"]["nodes"]]
            for line in page["lines"]
        ] == [[("SECOND", "1", "A-1")], [("FIRST", "5", "A-1"), ("SECOND", "1", "A-1")]]
        assert got["salesOrder"]["status"] == "PARTIALLY_SHIPPED"
        assert await dairy.verify() == []

    async def test_shows_the_pieces_that_left(self, client: httpx.AsyncClient, phones: Trade) -> None:
        bought = await phones.buy((0, "2", "100"))
        await phones.arrive(bought, {"accepted": "2", "serials": ["A", "B"]})
        order = await order_of(phones, "2")
        lines = [{"salesOrderLineId": order["line"], "quantity": "1", "serials": ["B"]}]
        wanted = {"input": {"salesOrderId": order["id"], "lines": lines}}
        got = await ask(client, "shipping", "ShipGoodsWithDetails", wanted)
        page = await ask(client, "shipping", "ShipmentPage", {"id": got["shipment"]["id"]})
        assert [[piece["number"] for piece in line["serials"]] for line in page["lines"]] == [["B"]]
        again = await ask(client, "shipping", "ShipGoodsWithDetails", wanted)
        assert [each["code"] for each in again["userErrors"]] == ["SERIAL_ELSEWHERE"]
