"""Returns of customers as a client makes them, with the documents of schema/operations."""

from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification import queries as verification
from tests.make.customer_returns import sent_lines
from tests.make.trade import Trade
from tests.operations import ask

FEATURE = "customer_returns"


async def sent(trade: Trade, *lines: tuple[int, str, str]) -> dict[str, Any]:
    """What a form for returns needs of a shipment, by its ids."""
    order_id = await trade.sell(*lines)
    fact = await trade.ship(order_id, *((at, quantity) for at, (_, quantity, _) in enumerate(lines)))
    return {
        "shipment": global_id("Shipment", fact.shipment_id),
        "customer": global_id("Customer", trade.customer_id),
        "warehouse": global_id("Warehouse", trade.shop.warehouse.id),
        "lines": [global_id("ShipmentLine", line.id) for line in await sent_lines(fact)],
    }


async def do(client: httpx.AsyncClient, operation: str, **given: Any) -> dict[str, Any]:
    return await ask(client, FEATURE, operation, {"input": given})


async def test_goes_from_a_draft_to_the_shelf(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.stock_up("10", "10", price="3")
    form = await sent(trade, (0, "5", "10"), (1, "2", "20"))
    wanted = [
        {"shipmentLineId": form["lines"][0], "quantity": "2", "reason": "DEFECTIVE"},
        {"shipmentLineId": form["lines"][1], "quantity": "1", "reason": "UNWANTED", "resolution": "EXCHANGE",
         "exchangeSkuId": global_id("Sku", trade.shop.skus[0]), "exchangePrice": "25"},
    ]  # fmt: skip
    made = await do(client, "CreateCustomerReturn", warehouseId=form["warehouse"], lines=wanted, freight="CUSTOMER")
    found = made["customerReturn"]
    assert (made["userErrors"], found["status"], found["freight"]) == ([], "DRAFT", "CUSTOMER")
    assert (found["gross"], found["exchangeGross"], found["difference"]) == ("40", "25", "-15")
    return_id = {"id": found["id"]}
    await do(client, "SubmitCustomerReturn", **return_id)
    agreed = await do(client, "ApproveCustomerReturn", **return_id)
    order = agreed["salesOrder"]
    assert (order["status"], order["total"]) == ("APPROVED", "25")
    assert [line["quantityReserved"] for line in order["lines"]] == ["1"]
    open_still = await do(client, "CancelCustomerReturn", **return_id)
    assert [one["document"] for one in open_still["userErrors"]] == [{"id": order["id"], "number": order["number"]}]
    first, second = (line["id"] for line in found["lines"])
    came = [
        {"customerReturnLineId": first, "quantity": "2", "disposition": "DAMAGED"},
        {"customerReturnLineId": second, "quantity": "2"},
    ]
    wrong = await do(client, "ReceiveCustomerReturn", **return_id, lines=came)
    assert [(one["code"], one["path"], one["limit"]) for one in wrong["userErrors"]] == [
        ("MORE_THAN_AGREED", ["input", "lines", "1", "quantity"], "1"),
    ]
    came[1]["quantity"] = "1"
    tried = await do(client, "ReceiveCustomerReturn", **return_id, lines=came, dryRun=True)
    assert tried["customerReturn"]["status"] == "RECEIVED"
    done = await do(client, "ReceiveCustomerReturn", **return_id, lines=came, idempotencyKey="once")
    again = await do(client, "ReceiveCustomerReturn", **return_id, lines=came, idempotencyKey="once")
    assert done["customerReturn"] == again["customerReturn"]
    parts = [(line["quantityAccepted"], line["quantityDamaged"]) for line in done["customerReturn"]["lines"]]
    assert parts == [("0", "2"), ("1", "0")]
    page = await ask(client, FEATURE, "CustomerReturnById", return_id)
    assert [one["amount"] for one in page["dues"]["nodes"]] == ["-40"]
    assert page["cost"] == "9"
    assert [one["document"]["number"] for one in page["targets"]] == [order["number"]]
    assert await verification.differences() == []


async def test_is_found_from_what_left_and_from_whom_it_is(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.stock_up("10")
    form = await sent(trade, (0, "5", "10"))
    line = {"shipmentLineId": form["lines"][0], "quantity": "2", "reason": "BROKEN", "resolution": "REFUND_ONLY"}
    made = await do(client, "CreateCustomerReturn", warehouseId=form["warehouse"], lines=[line])
    return_id = {"id": made["customerReturn"]["id"]}
    await do(client, "ApproveCustomerReturn", **return_id)
    await do(client, "ReceiveCustomerReturn", **return_id, lines=[])
    shipment = await ask(client, FEATURE, "ReturnsOfShipment", {"id": form["shipment"]})
    assert [one["id"] for one in shipment["returns"]] == [return_id["id"]]
    (left,) = shipment["lines"]
    assert (left["quantityReturned"], [one["reason"] for one in left["returnLines"]["nodes"]]) == ("2", ["BROKEN"])
    customer = await ask(client, FEATURE, "ReturnsOfCustomer", {"id": form["customer"]})
    assert [one["id"] for one in customer["returns"]["nodes"]] == [return_id["id"]]
    where = {"reason": {"eq": "BROKEN"}, "resolution": {"eq": "REFUND_ONLY"}}
    lines = await ask(client, FEATURE, "CustomerReturnLines", {"first": 5, "where": where})
    assert lines["totalCount"] == 1
