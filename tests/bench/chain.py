"""Clients that sell one thing after the other over HTTP, from the draft to the shipment: the load of `chains`.

A process of its own: `python -m tests.bench.chain PORT CLIENTS SECONDS chain`, and whose shop it is on stdin.
"""

import asyncio
import json
import sys
import time
from typing import Any

from tests.bench.load import Kept, request_of

CREATE = """mutation($input: CreateSalesOrderInput!) { createSalesOrder(input: $input) {
    salesOrder { id lines { id } } userErrors { message } } }"""
SUBMIT = """mutation($input: SubmitSalesOrderInput!) { submitSalesOrder(input: $input) {
    salesOrder { status } userErrors { message } } }"""
APPROVE = """mutation($input: ApproveSalesOrderInput!) { approveSalesOrder(input: $input) {
    salesOrder { status } userErrors { message } } }"""
SHIP = """mutation($input: ShipGoodsInput!) { shipGoods(input: $input) {
    shipment { id } userErrors { message } } }"""
WARM_UP_SECONDS = 1.0
BY_HAND = ("create", "submit", "approve", "ship")
"""What `floor` is asked for."""


class Client:
    """One of them, with a connection of its own."""

    def __init__(self, connection: Kept, shop: dict[str, Any], number: int) -> None:
        self._connection, self._shop, self._number = connection, shop, number
        self.done: list[float] = []
        """When each operation was answered."""

    async def chain(self) -> None:
        """A draft of one line, submitted, approved and shipped."""
        order = await self.draft()
        await self._done(SUBMIT, {"id": order["id"]})
        await self._done(APPROVE, {"id": order["id"]})
        lines = [{"salesOrderLineId": order["lines"][0]["id"], "quantity": "1"}]
        await self._done(SHIP, {"salesOrderId": order["id"], "lines": lines})

    async def draft(self) -> Any:
        """A draft of one line."""
        shop, self._number = self._shop, self._number + 1
        sku = shop["skus"][self._number % len(shop["skus"])]
        line = {"skuId": sku, "quantity": "1", "unitPrice": "9.9"}
        told = {"customerId": shop["customer"], "warehouseId": shop["warehouse"], "lines": [line]}
        return (await self._done(CREATE, told))["salesOrder"]

    async def _done(self, mutation: str, told: dict[str, Any]) -> Any:
        answer = json.loads(await self._connection.ask(request_of(self._shop["token"], mutation, {"input": told})))
        ((_, payload),) = answer["data"].items()
        assert not payload["userErrors"], answer
        self.done.append(time.monotonic())
        return payload

    async def by_hand(self) -> None:
        """The same of a server that writes it by hand (`floor`)."""
        self._number += 1
        told = {"sku": self._number}
        for step in BY_HAND:
            told["chain"] = (await self._done(step, told))["chain"]

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()


async def done(port: int, clients: int, seconds: float, shop: dict[str, Any], *, work: str = "chain") -> float:
    """How many operations a second so many clients get through; `work`: which method of a client is called."""
    begins = time.monotonic() + WARM_UP_SECONDS
    ends = begins + seconds

    async def one(number: int) -> int:
        client = Client(await Kept.opened(port), shop, number)
        while time.monotonic() < ends:
            await getattr(client, work)()
        client.close()
        return sum(begins < moment < ends for moment in client.done)

    return sum(await asyncio.gather(*(one(number * 7) for number in range(clients)))) / seconds


if __name__ == "__main__":
    found = done(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), json.load(sys.stdin), work=sys.argv[4])
    print(json.dumps(asyncio.run(found)))
