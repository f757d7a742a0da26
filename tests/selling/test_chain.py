"""What a sale takes over HTTP, from the order to the goods that left, with what happens by itself afterwards."""

from typing import Any

import httpx

from jxc_graphql import wiring
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.asyncpg_connection import BEGIN, PLANNED_ONCE
from jxc_graphql.office.auth.tokens import revoke_token
from tests.make.trade import Trade, make_trade
from tests.operations import ask
from tests.patience import settled

MOST = {
    "postgres": {"create": 4, "submit": 4, "approve": 4, "ship": 7, "reactions": 5},
    "sqlite": {"create": 10, "submit": 5, "approve": 10, "ship": 20, "reactions": 10},
}
"""Round trips of each step, which may only become fewer; BEGIN and COMMIT go with other statements on PostgreSQL.

Of those on SQLite one reads the payment terms by which a shipment is due, one writes what is due and one its entries.
Of reactions one reads how far entries are settled, and on SQLite one folds them.
"""


MOST_ON_THE_WIRE, MOST_FRAMES = 38, 15
"""Statements of a chain as PostgreSQL gets them, and what begins and ends its five transactions besides.

Three are what the book of accounts costs: its entries, and the hold and the head of the reaction that folds them.
"""

FRAMES = {BEGIN, PLANNED_ONCE, "COMMIT"}


class Chain:
    """Sells over HTTP, and keeps what each step sent."""

    def __init__(self, client: httpx.AsyncClient, trade: Trade) -> None:
        self._client = client
        self._trade = trade
        self.sent: dict[str, list[str]] = {}

    async def step(self, name: str, feature: str, operation: str, **given: Any) -> dict[str, Any]:
        with db.round_trips() as self.sent[name]:
            payload = await ask(self._client, feature, operation, {"input": given})
        assert payload["userErrors"] == []
        return payload

    async def sell(self) -> dict[str, list[str]]:
        """What each step of a sale of one line sends."""
        line = {"skuId": global_id("Sku", self._trade.shop.skus[0]), "quantity": "2", "unitPrice": "9"}
        customer, warehouse = self._trade.customer_id, self._trade.shop.warehouse.id
        place = {"customerId": global_id("Customer", customer), "warehouseId": global_id("Warehouse", warehouse)}
        order = (await self.step("create", "sales", "CreateSalesOrder", lines=[line], **place))["salesOrder"]
        await self.step("submit", "sales", "SubmitSalesOrder", id=order["id"])
        await self.step("approve", "sales", "ApproveSalesOrder", id=order["id"])
        left = {"salesOrderLineId": order["lines"][0]["id"], "quantity": "2"}
        shipped = await self.step("ship", "shipping", "ShipGoods", salesOrderId=order["id"], lines=[left])
        assert shipped["salesOrder"]["status"] == "SHIPPED"
        await settled()
        with db.round_trips() as self.sent["reactions"]:
            assert await wiring.REACTIONS.settle() == 2
        return self.sent


async def test_a_sale_takes_few_statements(client: httpx.AsyncClient, call: Call) -> None:
    trade = await make_trade(call)
    await trade.stock_up("100")
    await wiring.REACTIONS.settle()
    await Chain(client, trade).sell()  # whoever is first makes what others find
    with db.on_the_wire() as wire:
        found = await Chain(client, trade).sell()
    told = "\n".join(f"{name}: {' '.join(one.split())[:150]}" for name, seen in found.items() for one in seen)
    sent_by = {name: len(seen) for name, seen in found.items()}
    assert all(count <= MOST[db.dialect()][name] for name, count in sent_by.items()), f"{sent_by}\n{told}"
    if db.dialect() == "postgres":
        frames = [one for one in wire if one in FRAMES]
        assert len(frames) <= MOST_FRAMES, frames
        assert len(wire) - len(frames) <= MOST_ON_THE_WIRE, "\n".join(wire)


async def test_who_asks_is_found_in_one_statement_which_sees_what_was_revoked(
    client: httpx.AsyncClient, call: Call
) -> None:
    with db.round_trips() as seen:
        assert (await client.post("/graphql", json={"query": "{ viewer { locale } }"})).json()["data"]["viewer"]
    assert len(seen) == 1, seen
    ((token_id,),) = await db.fetch("SELECT id FROM token")
    await revoke_token(call, token_id=token_id)
    assert (await client.post("/graphql", json={"query": "{ viewer { locale } }"})).status_code == 401
