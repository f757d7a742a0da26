"""Documents a second over HTTP, beside the build before and beside the same by hand (`floor`).

And how slow a slow way to the database makes us.
"""

import asyncio
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

from tests.bench import chain
from tests.bench.builds import Server, run, standing, tree_of
from tests.bench.load import Kept, request_of
from tests.databases import ROOT
from tests.served import served

BEFORE = "1df1ffd"
"""The last build in which each operation had a commit, and each statement a round trip, of its own."""
OPERATIONS = 4
"""Of a chain."""
CLIENTS, ROUNDS, SECONDS = (1, 8, 32), 3, 4.0
ONE_WAY_SECONDS = 0.025
DRAWERS = 10
_PREPARE = """
import httpx
from jxc_graphql import wiring
from jxc_graphql.app import build_app
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.kit import db
from tests.bench.stage import set_up
async def bought(stage):
    made = await purchasing.create_purchase_order(stage.call(), supplier_id=stage.supplier_id,
        warehouse_id=stage.warehouse_id, lines=[stage.line(sku) for sku in range(10)])
    await purchasing.submit_purchase_order(stage.call(), purchase_order_id=made.subject_id)
    await purchasing.approve_purchase_order(stage.call(), purchase_order_id=made.subject_id)
    lines = await db.fetch("SELECT id FROM purchase_order_line WHERE purchase_order_id = ?", (made.subject_id,))
    return {"purchaseOrderId": global_id("PurchaseOrder", made.subject_id), "lines": [
        {"purchaseOrderLineId": global_id("PurchaseOrderLine", one), "quantityAccepted": "1"} for (one,) in lines]}
async def sold(token, told):  # how many statements a chain takes over HTTP, and what happens by itself behind it
    app = build_app(Settings(database_url=current().settings.database_url))
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        async def done(query, given):
            asked = {"query": query, "variables": {"input": given}}
            ((_, payload),) = (await client.post("/graphql", json=asked, headers=headers)).json()["data"].items()
            assert not payload["userErrors"], payload
            return payload
        async def chain():
            lines = [{"skuId": told["skus"][0], "quantity": "1", "unitPrice": "9.9"}]
            given = {"customerId": told["customer"], "warehouseId": told["warehouse"], "lines": lines}
            order = (await done(CREATE, given))["salesOrder"]
            await done(SUBMIT, {"id": order["id"]})
            await done(APPROVE, {"id": order["id"]})
            left = [{"salesOrderLineId": order["lines"][0]["id"], "quantity": "1"}]
            await done(SHIP, {"salesOrderId": order["id"], "lines": left})
            await wiring.REACTIONS.settle()
        await chain()
        with getattr(db, "on_the_wire", db.statements)() as seen:  # the build before sent each by itself
            await chain()
    return sum(not one.startswith(("BEGIN", "SET LOCAL", "COMMIT")) for one in seen)
async def prepare():
    stage = await set_up(20, "1000000")
    made = await auth.create_api_token(auth.system_call(), user_id=stage.actor_id, name="bench")
    told = {"token": made.token, "customer": global_id("Customer", stage.customer_id),
        "warehouse": global_id("Warehouse", stage.warehouse_id), "bought": [await bought(stage) for _ in range(6)],
        "skus": [global_id("Sku", one) for one in stage.sku_ids]}
    return told | {"statements": await sold(made.token, told)}
"""
PREPARE = f"CREATE, SUBMIT, APPROVE, SHIP = {(chain.CREATE, chain.SUBMIT, chain.APPROVE, chain.SHIP)!r}{_PREPARE}"
FLOOR = """
from tests.bench.stage import set_up
async def prepare():
    await set_up(20, "1000000")
    return {"token": ""}
"""
RECEIVE = """mutation($input: ReceiveGoodsInput!) { receiveGoods(input: $input) {
    goodsReceipt { id } userErrors { message } } }"""


def chains(only: str | None = None) -> None:
    """Sales chains (create, submit, approve, ship) a second, clients: 1, 8 and 32, in turns with the build before.

    And in turns with the same rows written by hand, whose share we reach.
    """
    with tree_of(BEFORE) as tree:
        for name in [only] if only else ["sqlite", "postgres"]:
            with ExitStack() as stack:
                (here,) = stack.enter_context(standing(ROOT, name, PREPARE))
                (before,) = stack.enter_context(standing(tree, name, PREPARE))
                (by_hand,) = stack.enter_context(standing(ROOT, name, FLOOR, ("floor",)))
                told = here.told["statements"], before.told["statements"]
                print("{}: statements a chain with its reactions: {}, before {}".format(name, *told), flush=True)
                for clients in CLIENTS:
                    _side_by_side(name, clients, here, before, by_hand)


def _side_by_side(name: str, clients: int, here: Server, before: Server, by_hand: Server) -> None:
    sides = (here, "chain"), (before, "chain"), (by_hand, "by_hand")
    found = [[_sold(server, clients, work) for server, work in sides] for _ in range(ROUNDS)]
    ratios, shares = (sorted(one[0][0] / one[other][0] for one in found) for other in (1, 2))
    (rate, ours, others), (rate_before, ours_before, others_before), (floor, by_us, by_it) = (
        [statistics.median(values) for values in zip(*side, strict=True)] for side in zip(*found, strict=True)
    )
    print(
        f"{name}, clients: {clients}: {rate:.1f} chains/s, before {rate_before:.1f}: × {statistics.median(ratios):.2f}"
        f" [{ratios[0]:.2f}–{ratios[-1]:.2f}]; by hand {floor:.1f}: a share of {statistics.median(shares):.2f}"
        f" [{shares[0]:.2f}–{shares[-1]:.2f}]; CPU ms a chain, with the database's server: {ours:.1f} + {others:.1f},"
        f" before {ours_before:.1f} + {others_before:.1f}, by hand {by_us:.1f} + {by_it:.1f}",
        flush=True,
    )


def _sold(server: Server, clients: int, work: str) -> tuple[float, float, float]:
    before = server.seconds()
    rate = run("tests.bench.chain", server, clients, SECONDS, work, given=json.dumps(server.told)) / OPERATIONS
    # Backends come and go with the pool: where one went, what it took is not told.
    ours, others = (
        max(0.0, after - start) * 1_000 / (rate * (SECONDS + chain.WARM_UP_SECONDS))
        for after, start in zip(server.seconds(), before, strict=True)
    )
    return rate, ours, others


def slow(only: str | None = None) -> None:
    """Receipts of ten lines, and ten clients that draft orders, with 25 ms each way between us and PostgreSQL."""
    if only == "sqlite":
        return
    with ExitStack() as stack:
        (here,) = stack.enter_context(standing(ROOT, "postgres", PREPARE))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        far = stack.enter_context(_far(here.url))
        port = stack.enter_context(served(folder, JXC_DATABASE_URL=far, JXC_RATE_LIMIT="0")).port
        receipts = asyncio.run(_received(port, here.told))
        drafts = asyncio.run(chain.done(port, DRAWERS, 8.0, here.told, work="draft"))
    print(
        f"postgres, {ONE_WAY_SECONDS * 1_000:.0f} ms each way: receiveGoods of ten lines {receipts:.2f} s"
        f" (at most 0.45), {DRAWERS} clients draft {drafts:.1f} orders a second (at least 30)"
    )


async def _received(port: int, shop: dict[str, Any]) -> float:
    """The median of the seconds that a receipt takes, but the first."""
    connection, taken = await Kept.opened(port), []
    for told in shop["bought"]:
        began = time.monotonic()
        answer = json.loads(await connection.ask(request_of(shop["token"], RECEIVE, {"input": told})))
        assert not answer["data"]["receiveGoods"]["userErrors"], answer
        taken.append(time.monotonic() - began)
    connection.close()
    return statistics.median(taken[1:])


@contextmanager
def _far(url: str) -> Iterator[str]:
    """The URL of the same database, as far away as that."""
    there = urlsplit(url)
    ready: Queue[tuple[int, Callable[[], object]]] = Queue()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        later = asyncio.get_running_loop().call_later
        while data := await reader.read(65_536):
            later(ONE_WAY_SECONDS, writer.write, data)
        later(ONE_WAY_SECONDS, writer.close)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        near_end, far_end = await asyncio.open_connection(there.hostname, there.port)
        with suppress(asyncio.CancelledError):  # which would be told on stderr
            await asyncio.gather(forward(reader, far_end), forward(near_end, writer), return_exceptions=True)

    async def listen() -> None:
        server, over = await asyncio.start_server(connected, "127.0.0.1", 0), asyncio.Event()
        stop = partial(asyncio.get_running_loop().call_soon_threadsafe, over.set)
        ready.put((server.sockets[0].getsockname()[1], stop))
        await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(listen()))
    thread.start()
    port, stop = ready.get()
    user = f"{there.username}@" if there.username else ""
    try:
        yield there._replace(netloc=f"{user}127.0.0.1:{port}").geturl()
    finally:
        stop()
        thread.join()
