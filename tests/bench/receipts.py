"""A receipt of a hundred lines over HTTP, beside the same in 0.1.0."""

import asyncio
import json
import statistics
import time
from typing import Any

from tests.bench.builds import Server, standing, tree_of
from tests.bench.load import Kept, request_of
from tests.bench.statements import FIRST
from tests.databases import ROOT

LINES, ROUNDS, WARM_UP = 100, 12, 3
WANTED = 3.0
"""So many times as fast as in 0.1.0 it is to be."""
_PREPARE = f"""
from jxc_graphql.kit import db
from tests.bench.stage import set_up
try:
    from jxc_graphql.gql.schema.scalars import global_id
    from jxc_graphql.office.auth import operations as auth
    from jxc_graphql.buying.purchasing import operations as purchasing
except ImportError:  # 0.1.0 has no boxes yet
    from jxc_graphql.gql.scalars import global_id
    from jxc_graphql.auth import operations as auth
    from jxc_graphql.purchasing import operations as purchasing
async def prepare():
    stage = await set_up({LINES}, "1000")
    made = await auth.create_api_token(auth.system_call(), user_id=stage.actor_id, name="bench")
    await purchasing.create_purchase_order(stage.call(), supplier_id=stage.supplier_id,
        warehouse_id=stage.warehouse_id, lines=[stage.line(sku, "1000") for sku in range({LINES})])
    ((order_id,),) = await db.fetch("SELECT id FROM purchase_order")
    await purchasing.submit_purchase_order(stage.call(), purchase_order_id=order_id)
    await purchasing.approve_purchase_order(stage.call(), purchase_order_id=order_id)
    lines = await db.fetch("SELECT id FROM purchase_order_line")
    return {{"token": made.token, "input": {{"purchaseOrderId": global_id("PurchaseOrder", order_id), "lines": [
        {{"purchaseOrderLineId": global_id("PurchaseOrderLine", one), "quantityAccepted": "1"}} for (one,) in lines]}}}}
"""
_RECEIVE = """mutation($input: ReceiveGoodsInput!) { receiveGoods(input: $input) {
    goodsReceipt { id } userErrors { message } } }"""


def receipts(only: str | None = None) -> None:
    """Milliseconds of a receipt of 100 lines over HTTP, in turns with 0.1.0, and CPU with the database's server."""
    with tree_of(FIRST) as tree:
        for name in [only] if only else ["sqlite", "postgres"]:
            with standing(ROOT, name, _PREPARE) as (here,), standing(tree, name, _PREPARE) as (before,):
                asyncio.run(_side_by_side(name, here, before))


async def _side_by_side(name: str, here: Server, before: Server) -> None:
    ours, theirs = await _Asked.opened(here), await _Asked.opened(before)
    for number in range(WARM_UP + ROUNDS):
        for one in (ours, theirs):
            if number == WARM_UP:
                await one.begin()
            await one.receive()
    told = [await one.told() for one in (ours, theirs)]
    print(f"{name}: receiveGoods of {LINES} lines: {told[0]}, in 0.1.0 {told[1]}: ", end="")
    print(f"× {theirs.median / ours.median:.2f} (at least {WANTED:g})", flush=True)


class _Asked:
    """A server that is asked for receipts, and how long each took."""

    def __init__(self, server: Server, connection: Kept) -> None:
        self._server, self._connection = server, connection
        self._taken: list[float] = []
        self._spent = (0.0, 0.0)

    @classmethod
    async def opened(cls, server: Server) -> "_Asked":
        return cls(server, await Kept.opened(server.port))

    async def begin(self) -> None:
        """Forgets what was before."""
        self._taken.clear()
        self._spent = await asyncio.to_thread(self._server.seconds)

    async def receive(self) -> None:
        told: dict[str, Any] = self._server.told
        began = time.perf_counter()
        answer = json.loads(await self._connection.ask(request_of(told["token"], _RECEIVE, {"input": told["input"]})))
        self._taken.append(time.perf_counter() - began)
        assert not answer["data"]["receiveGoods"]["userErrors"], answer

    @property
    def median(self) -> float:
        """The seconds of one in the middle."""
        return statistics.median(self._taken)

    async def told(self) -> str:
        """What it took, with the processors' time, ours and the database's server's."""
        spent = zip(await asyncio.to_thread(self._server.seconds), self._spent, strict=True)
        cpu = " + ".join(f"{1_000 * (after - before) / ROUNDS:.0f}" for after, before in spent)
        self._connection.close()
        return f"{1_000 * self.median:.1f} ms (CPU ms {cpu})"
