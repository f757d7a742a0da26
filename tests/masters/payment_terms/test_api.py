"""What a page does with payment terms, and which one an order has."""

from typing import Any

import httpx
import pytest

from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import SalesOrder
from tests.make.trade import make_trade
from tests.operations import ask
from tests.refusals import refusal


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "payment_terms", operation, {"input": given})


async def test_every_database_begins_with_these(client: httpx.AsyncClient) -> None:
    nodes = (await ask(client, "payment_terms", "PaymentTerms", {}))["nodes"]
    assert {one["code"]: (one["basis"], one["months"], one["days"]) for one in nodes} == {
        "COD": ("DOCUMENT", 0, 0),
        "PREPAID": ("PREPAID", 0, 0),
        "30": ("DOCUMENT", 0, 30),
        "EOM": ("MONTH_END", 0, 0),
        "EOM30": ("MONTH_END", 0, 30),
    }


async def test_a_term_is_made_and_renamed_and_no_more(client: httpx.AsyncClient) -> None:
    made = (await say(client, "CreatePaymentTerm", code=" N45 ", name="45 天", basis="DOCUMENT", days=45))[
        "paymentTerm"
    ]
    assert (made["code"], made["basis"], made["months"], made["days"], made["version"]) == ("N45", "DOCUMENT", 0, 45, 1)
    named = (await say(client, "UpdatePaymentTerm", id=made["id"], name="票到 45 天"))["paymentTerm"]
    assert named == made | {"name": "票到 45 天", "version": 2}
    refused = await say(client, "CreatePaymentTerm", code="N45", name="x", basis="PREPAID", days=1)
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("OUT_OF_BOUNDS", ["input", "days"])]
    refused = await say(client, "CreatePaymentTerm", code="N45", name="x", basis="PREPAID")
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("CODE_TAKEN", ["input", "code"])]


@pytest.mark.usefixtures("database")
async def test_an_order_has_the_term_of_its_partner_or_the_one_that_is_said(call: Call) -> None:
    trade = await make_trade(call, 1)
    await partners.update_customer(call, customer_id=trade.customer_id, profile=Profile(payment_term_id=5))
    order_id = await trade.draft_sale((0, "1", "9"))
    assert (await SalesOrder.get(id=order_id)).payment_term_id == 5
    said = await trade.draft_sale((0, "1", "9"), payment_term_id=1)
    assert (await SalesOrder.get(id=said)).payment_term_id == 1
    bought = await trade.draft_purchase((0, "1", "9"))
    assert (await PurchaseOrder.get(id=bought)).payment_term_id == 3
    await sales.update_sales_order(call, sales_order_id=order_id, payment_term_id=2)
    assert (await SalesOrder.get(id=order_id)).payment_term_id == 2
    (reason,) = await refusal(sales.update_sales_order(call, sales_order_id=order_id, payment_term_id=99))
    assert (reason.code, reason.path) == ("UNKNOWN_ID", ("payment_term_id",))
    (reason,) = await refusal(trade.draft_sale((0, "1", "9"), payment_term_id=99))
    assert (reason.code, reason.path) == ("UNKNOWN_ID", ("payment_term_id",))


async def test_a_page_sees_the_term_of_an_order(client: httpx.AsyncClient, call: Call) -> None:
    trade = await make_trade(call, 1)
    order_id = await trade.draft_sale((0, "1", "9"), payment_term_id=4)
    text = "query($id: ID!) { salesOrder(id: $id) { paymentTerm { code } } }"
    body = {"query": text, "variables": {"id": global_id("SalesOrder", order_id)}}
    answer = (await client.post("/graphql", json=body)).json()
    assert answer["data"] == {"salesOrder": {"paymentTerm": {"code": "EOM"}}}
