"""Whoever is limited to some customers or suppliers sees and touches those, and nothing that others have."""

from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners import queries
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.warehousing.loans import operations as loans
from jxc_graphql.warehousing.loans.models import LoanReturn
from tests.make.lending import Lender, make_lender
from tests.make.trade import make_trade
from tests.operations import ask, sign_in_as
from tests.refusals import codes, everything

EVERYTHING = """{
  customers(first: 9) { nodes { name } } suppliers(first: 9) { nodes { name } }
  salesOrders(first: 9) { nodes { number lines { sku { code } } } } shipments(first: 9) { nodes { number } }
  purchaseOrders(first: 9) { nodes { number } } goodsReceipts(first: 9) { nodes { number } }
  loans(first: 9) { nodes { number lines { quantityOut } } } loanReturns(first: 9) { nodes { number } }
  documents(first: 20) { totalCount nodes { number sources { document { number } } } }
}"""
Seen = dict[str, Any]


class Office(msgspec.Struct, frozen=True):
    """甲 has bought and borrowed, 乙 as well; a supplier has borrowed."""

    lender: Lender
    other_id: int
    of_other: dict[str, int]
    """What 乙 has."""

    @property
    def call(self) -> Call:
        """Of whoever sees 甲 only."""
        mine = {Dimension.CUSTOMER: frozenset({self.lender.trade.customer_id})}
        return msgspec.structs.replace(self.lender.call, scopes=mine)


@pytest.fixture
async def office(call: Call) -> Office:
    lender = await make_lender(call)
    trade = lender.trade
    await trade.stock_up("50")
    other = await partners.create_customer(call, profile=Profile(code="乙", name="乙"))
    of_other: dict[str, int] = {}
    for customer_id in (trade.customer_id, other.customer_id):
        order_id = await trade.draft_sale((0, "3", "9"), customer_id=customer_id)
        await sales.approve_sales_order(call, sales_order_id=order_id)
        shipped = await trade.ship(order_id, (0, "1"))
        loan_id = await lender.lend((0, "4"), customer_id=customer_id)
        brought = await lender.bring(loan_id, (0, "1"))
        of_other = {
            "SalesOrder": order_id,
            "Shipment": shipped.shipment_id,
            "Loan": loan_id,
            "LoanReturn": brought.loan_return_id,
        }
    await lender.lend((0, "2"), customer_id=None, supplier_id=trade.supplier_id)
    return Office(lender, other.customer_id, of_other)


async def seen(client: httpx.AsyncClient) -> Seen:
    answer = (await client.post("/graphql", json={"query": EVERYTHING})).json()
    assert "errors" not in answer, answer
    data: Seen = answer["data"]
    return data


def counts(data: Seen) -> dict[str, int]:
    return {name: len(page["nodes"]) for name, page in data.items()}


ALL = {
    "customers": 2, "suppliers": 1, "salesOrders": 2, "shipments": 2, "purchaseOrders": 1, "goodsReceipts": 1,
    "loans": 3, "loanReturns": 2, "documents": 11,
}  # fmt: skip
OF_ONE = ALL | {"customers": 1, "salesOrders": 1, "shipments": 1, "loans": 2, "loanReturns": 1, "documents": 7}
"""What has to do with 甲 or with no customer at all."""


async def test_a_seller_sees_his_customers_and_their_documents(client: httpx.AsyncClient, office: Office) -> None:
    assert counts(await seen(client)) == ALL
    admin = client.headers["authorization"]
    await sign_in_as(client, "MANAGER")
    me = (await client.post("/graphql", json={"query": "{ viewer { user { id } } }"})).json()
    user_id, his = me["data"]["viewer"]["user"]["id"], client.headers["authorization"]
    client.headers["authorization"] = admin
    mine = global_id("Customer", office.lender.trade.customer_id)
    given = {"input": {"id": user_id, "customerIds": [mine]}}
    assert (await ask(client, "auth", "SetUserCustomers", given))["user"]["customers"][0]["id"] == mine
    client.headers["authorization"] = his
    data = await seen(client)
    assert counts(data) == OF_ONE
    assert data["documents"]["totalCount"] == OF_ONE["documents"]
    for kind, key in [*office.of_other.items(), ("Customer", office.other_id)]:
        node = {"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": global_id(kind, key)}}
        assert (await client.post("/graphql", json=node)).json()["data"] == {"node": None}, kind
    client.headers["authorization"] = admin
    await ask(client, "auth", "SetUserCustomers", {"input": {"id": user_id, "customerIds": []}})
    client.headers["authorization"] = his
    none = await seen(client)
    assert {name: found for name, found in counts(none).items() if found != ALL[name]} == {
        "customers": 0, "salesOrders": 0, "shipments": 0, "loans": 1, "loanReturns": 0, "documents": 3,
    }  # fmt: skip


async def test_a_buyer_sees_his_suppliers_and_their_documents(client: httpx.AsyncClient, office: Office) -> None:
    admin = client.headers["authorization"]
    await sign_in_as(client, "MANAGER")
    me = (await client.post("/graphql", json={"query": "{ viewer { user { id } } }"})).json()
    user_id, his = me["data"]["viewer"]["user"]["id"], client.headers["authorization"]
    client.headers["authorization"] = admin
    none = {"input": {"id": user_id, "supplierIds": []}}
    assert (await ask(client, "auth", "SetUserSuppliers", none))["user"]["suppliers"] == []
    client.headers["authorization"] = his
    found = counts(await seen(client))
    assert {name: found[name] for name in found if found[name] != ALL[name]} == {
        "suppliers": 0, "purchaseOrders": 0, "goodsReceipts": 0, "loans": 2, "documents": 8,
    }  # fmt: skip
    assert office.other_id


async def test_he_touches_nothing_of_others(office: Office) -> None:
    call, loan_id, order_id = office.call, office.of_other["Loan"], office.of_other["SalesOrder"]
    before = await everything()
    for work in (
        lambda: loans.cancel_loan(call, loan_id=loan_id),
        lambda: shipping.ship_goods(call, sales_order_id=order_id, lines=[]),
        lambda: partners.update_customer(call, customer_id=office.other_id, profile=Profile(name="丙")),
    ):
        with pytest.raises(NotFound):
            await work()
    assert await everything() == before
    trade = msgspec.structs.replace(office.lender.trade, call=call)
    mine = Lender(trade)
    assert await codes(trade.draft_sale((0, "1", "1"), customer_id=office.other_id)) == [
        ("UNKNOWN_ID", ("customer_id",))
    ]
    assert await codes(mine.draft((0, "1"), customer_id=office.other_id)) == [("UNKNOWN_ID", ("customer_id",))]
    new = partners.create_customer(call, profile=Profile(code="丁", name="丁"))
    assert await codes(new) == [("OUT_OF_SCOPE", ())]
    assert await queries.customer(call, office.other_id) is None
    loan_id = await mine.lend((0, "1"))
    await mine.bring(loan_id, (0, "1"))
    assert await LoanReturn.filter(loan_id=loan_id).exists()


async def test_a_buyer_receives_nothing_of_other_suppliers(call: Call) -> None:
    trade = await make_trade(call)
    order_id = await trade.buy((0, "1", "1"))
    none = msgspec.structs.replace(call, scopes={Dimension.SUPPLIER: frozenset()})
    with pytest.raises(NotFound):
        await receiving.receive_goods(none, purchase_order_id=order_id, lines=[])
    with pytest.raises(NotFound):
        await partners.hold_supplier(none, supplier_id=trade.supplier_id)
