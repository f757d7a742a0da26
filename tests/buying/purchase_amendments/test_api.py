"""Amendments of purchase orders over the wire: what people read of them, and what is hidden from whom."""

from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from tests.make.amending import amend_purchase
from tests.make.trade import Trade
from tests.operations import ask, send, sign_in_as
from tests.refusals import everything


async def told(trade: Trade, **more: Any) -> dict[str, Any]:
    """12 instead of 10 of the first at 3 instead of 2, none of the second, and 2 at 7."""
    order_id = await trade.buy((0, "10", "2"), (1, "5", "4"))
    first, second = [global_id("PurchaseOrderLine", one.id) for one in await trade.purchase_lines(order_id)]
    return {
        "input": {
            "purchaseOrderId": global_id("PurchaseOrder", order_id),
            "change": [{"purchaseOrderLineId": first, "quantity": "12", "unitPrice": "3"}],
            "cancelRestIds": [second],
            "add": [{"skuId": global_id("Sku", trade.shop.skus[2]), "quantity": "2", "unitPrice": "7"}],
            **more,
        }
    }


def row(change: dict[str, Any]) -> tuple[Any, ...]:
    return change["line"], change["field"], change["before"], change["after"]


async def test_an_amendment_says_what_is_otherwise_and_so_does_the_order(
    client: httpx.AsyncClient, trade: Trade
) -> None:
    asked = await told(trade, newNote="分两批", note="改规格")
    drafted = await ask(client, "purchase_amendments", "AmendPurchaseOrder", asked)
    assert drafted["userErrors"] == []
    amendment = drafted["purchaseAmendment"]
    rows = [row(one) for one in amendment["changes"]]
    assert rows == [
        (None, "gross", "40", "50"),
        (None, "note", "", "分两批"),
        (1, "quantityInUnit", "10", "12"),
        (1, "quantity", "10", "12"),
        (1, "unitPrice", "2", "3"),
        (1, "amount", "20", "36"),
        (2, "quantityCancelled", None, "5"),
        (3, "unit", None, "瓶"),
        (3, "quantityInUnit", None, "2"),
        (3, "quantity", None, "2"),
        (3, "unitPrice", None, "7"),
        (3, "amount", None, "14"),
        (3, "taxCode", None, "未指定"),
    ]
    assert [one["action"] for one in amendment["lines"]] == ["ADD", "CHANGE", "CANCEL_REST"]
    which = {"input": {"id": amendment["id"]}}
    assert (await ask(client, "purchase_amendments", "SubmitPurchaseAmendment", which))["userErrors"] == []
    applied = await ask(client, "purchase_amendments", "ApprovePurchaseAmendment", which)
    assert applied["userErrors"] == []
    assert applied["purchaseOrder"]["status"] == "APPROVED"
    assert applied["purchaseAmendment"]["status"] == "APPLIED"
    order = await ask(
        client, "purchase_amendments", "AmendmentsOfPurchaseOrder", {"id": asked["input"]["purchaseOrderId"]}
    )
    assert [row(one) for one in order["timeline"]["nodes"][-1]["changes"]] == rows
    assert order["timeline"]["nodes"][-1]["kind"] == "PURCHASE_ORDER_AMENDED"


async def test_a_dry_run_shows_what_would_be_and_keeps_nothing(client: httpx.AsyncClient, trade: Trade) -> None:
    asked = await told(trade, dryRun=True)
    before = await everything()
    tried = await ask(client, "purchase_amendments", "AmendPurchaseOrder", asked)
    assert (tried["userErrors"], tried["purchaseAmendment"]["grossAfter"]) == ([], "50")
    assert await everything() == before


async def test_too_little_is_refused_with_the_least(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.buy((0, "100", "10"))
    await trade.receive(order_id, (0, "60"))
    (line,) = await trade.purchase_lines(order_id)
    change = {"purchaseOrderLineId": global_id("PurchaseOrderLine", line.id), "quantity": "50"}
    asked = {"input": {"purchaseOrderId": global_id("PurchaseOrder", order_id), "change": [change]}}
    (error,) = (await ask(client, "purchase_amendments", "AmendPurchaseOrder", asked))["userErrors"]
    assert (error["code"], error["path"]) == ("BELOW_RECEIVED", ["input", "change", "0", "quantity"])
    assert (error["limit"], error["asked"]) == ("60", "50")


async def test_prices_are_hidden_from_whoever_sees_no_cost(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.buy((0, "10", "2"))
    await amend_purchase(trade, order_id, change={0: {"quantity": "12", "unit_price": "3"}})
    role = {"code": "PLANNER", "name": "计划", "permissions": ["SEE_PURCHASING", "SEE_CATALOG", "SEE_PARTNERS"]}
    await ask(client, "auth", "CreateRole", {"input": role})
    await sign_in_as(client, "PLANNER")
    seen = (await send(client, "purchase_amendments", "PurchaseAmendments", {"first": 5}))["data"]["purchaseAmendments"]
    (shown,) = seen["nodes"]
    assert (shown["grossBefore"], shown["grossAfter"], shown["priceRise"]) == (None, None, None)
    assert [one["field"] for one in shown["changes"]] == ["quantityInUnit", "quantity"]
    assert shown["lines"][0]["unitPrice"] is None
