"""What may go wrong from outside: callers that hang up, processes that are killed."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from functools import partial
from typing import Any

import msgspec
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving.rules import ReceivedLine
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.rules import ShippedLine
from tests import databases
from tests.bench.stage import MODELS, Stage, at, fresh_databases, set_up, verified
from tests.kit.test_cancellation import all_connections_work, cancelled, credentials_of
from tests.make.settings import taken_up
from tests.restarts import restarted

CANCELLED, AT_ONCE = 2000, 8
KILLS = 25
IDS_OF_WORKER = 2_000


async def buy_in(stage: Stage, sku: int) -> str:
    """A purchase order from draft to its receipt, in two parts; gives the number of the last receipt."""
    made = await purchasing.create_purchase_order(
        stage.call(),
        supplier_id=stage.supplier_id,
        warehouse_id=stage.warehouse_id,
        lines=[stage.line(sku, "4", "7.77")],
    )
    order_id = made.subject_id
    await purchasing.submit_purchase_order(stage.call(), purchase_order_id=order_id)
    await purchasing.approve_purchase_order(stage.call(), purchase_order_id=order_id)
    ((line_id,),) = await db.fetch("SELECT id FROM purchase_order_line WHERE purchase_order_id = ?", (order_id,))
    for quantity in ("1", "3"):
        part = [ReceivedLine(purchase_order_line_id=line_id, quantity_accepted=Quantity.of(quantity))]
        received = await receiving.receive_goods(stage.call(), purchase_order_id=order_id, lines=part)
    return f"goods_receipt {received.goods_receipt_id}"


async def sell(stage: Stage, sku: int) -> str:
    """A sales order from draft to its shipment; gives the id of the shipment."""
    made = await sales.create_sales_order(
        stage.call(), customer_id=stage.customer_id, warehouse_id=stage.warehouse_id, lines=[stage.line(sku)]
    )
    await sales.approve_sales_order(stage.call(), sales_order_id=made.subject_id)
    ((line_id,),) = await db.fetch("SELECT id FROM sales_order_line WHERE sales_order_id = ?", (made.subject_id,))
    all_of_it = [ShippedLine(sales_order_line_id=line_id, quantity=Quantity.of("1"))]
    shipped = await shipping.ship_goods(stage.call(), sales_order_id=made.subject_id, lines=all_of_it)
    return f"shipment {shipped.shipment_id}"


def cancellations(only: str | None = None) -> None:
    """Callers that hang up: chains of operations cancelled at random points, on our backends and on Tortoise's own."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")

    async def ours(database: db.Database) -> str:
        stage, chance, began = await set_up(5, "1000"), random.Random(seed), time.monotonic()
        hangs = 0
        for _ in range(CANCELLED // AT_ONCE):
            chains = [_until_cancelled(chance.choice([buy_in, sell]), stage, chance) for _ in range(AT_ONCE)]
            try:
                await asyncio.wait_for(asyncio.gather(*chains), 60)
            except TimeoutError:
                hangs += 1
        leaks = 0
        try:
            await asyncio.wait_for(all_connections_work(database), 10)
        except TimeoutError:
            leaks = 1
        ((finished,),) = await db.fetch("SELECT count(*) FROM goods_receipt")
        return (
            f"hangs {hangs}, leaked connections {leaks}, verify differences {await verified()} (expected 0, 0, 0); "
            f"{finished} receipts got through; {time.monotonic() - began:.0f} s"
        )

    async def run(url: str) -> str:
        async with db.open(url, MODELS) as database:
            await taken_up()
            return await ours(database)

    with fresh_databases(only) as found:
        for name, url in found:
            print(f"{name}: {CANCELLED} chains cancelled: {asyncio.run(run(url))}")
            print(f"{name}, Tortoise's own backend: {asyncio.run(_stock(url, seed))}")


async def _until_cancelled(work: Any, stage: Stage, chance: random.Random) -> None:
    task = asyncio.ensure_future(work(stage, chance.randrange(5)))
    await asyncio.sleep(chance.random() * 0.15)
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()) and not isinstance(error, Rejected):
        raise error


async def _stock(url: str, seed: int) -> str:
    """The control: pairs of rows written in Tortoise's transactions, cancelled until one hangs."""
    dialect, credentials = credentials_of(url)
    engine = {"sqlite": "tortoise.backends.sqlite", "postgres": "tortoise.backends.asyncpg"}[dialect]
    apps = {"models": {"models": list(MODELS), "default_connection": "stock"}}
    chance = random.Random(seed)

    async def pair() -> None:
        async with in_transaction():
            for _ in range(2):
                await Category.create(code=str(new_id()), name="half of a pair")

    async with TortoiseContext() as context:
        await context.init(
            config={"connections": {"stock": {"engine": engine, "credentials": credentials}}, "apps": apps}
        )
        for n in range(0, CANCELLED, AT_ONCE):
            try:
                async with asyncio.timeout(5):
                    await asyncio.gather(*(cancelled(pair, chance) for _ in range(AT_ONCE)), return_exceptions=True)
                    await pair()
            except TimeoutError:
                if dialect == "postgres":
                    context.connections.get("stock")._pool.terminate()  # noqa: SLF001
                return f"hung for good after {n + AT_ONCE} cancelled transactions of two inserts"
            except Exception as error:  # noqa: BLE001  (the control may fail in any way)
                return f"failed after {n + AT_ONCE} cancelled transactions: {type(error).__name__}: {error}"
    return f"survived {CANCELLED} cancelled transactions"


def kills(only: str | None = None) -> None:
    """Power cuts: processes killed by SIGKILL while they post; what they acknowledged must be there."""
    chance = random.Random()
    with fresh_databases(only) as found:
        for name, url in found:
            stage = at(url, lambda: set_up(5, "100000"))
            acknowledged: list[str] = []
            for _ in range(KILLS):
                acknowledged += _killed(url, stage, chance.uniform(0.1, 0.8))
            lost, differences = at(url, partial(_lost, acknowledged)), at(url, verified)
            print(
                f"{name}: {KILLS} kills, {len(acknowledged)} acknowledged documents, lost {lost}, "
                f"verify differences {differences} (expected 0, 0)"
            )


def restarts(only: str | None = None) -> None:
    """A cluster restarted five times under four processes that make ids, one of them paused past its span."""
    if only == "sqlite":
        return
    with databases.run() as run:
        told = restarted(run.folder / "restarts", IDS_OF_WORKER)
    keys = {kind: number for kind, number in told.failed.items() if kind != "unavailable"}
    print(
        f"{told.made} ids acknowledged: made twice {told.twice}, lost {told.lost}, failed on a key {keys or 0} "
        f"(expected 0, 0, 0); told that the database is unavailable {told.failed['unavailable']} times; "
        f"the node of the paused one was taken over: {told.taken_over}"
    )


def _killed(url: str, stage: Stage, seconds: float) -> list[str]:
    """The documents that a process acknowledged before it was killed, so long after its first one."""
    command = [sys.executable, "-c", "from tests.bench.faults import post_until_killed; post_until_killed()", url]
    with subprocess.Popen(
        [*command, msgspec.json.encode(stage).decode()], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    return [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]


def post_until_killed() -> None:
    """Posts documents four at a time, and prints each one's table and id once it is acknowledged."""
    url, stage = sys.argv[1], msgspec.json.decode(sys.argv[2], type=Stage)

    async def forever(sku: int) -> None:
        while True:
            print(await buy_in(stage, sku), flush=True)
            print(await sell(stage, sku), flush=True)

    async def work() -> None:
        await asyncio.gather(*(forever(n) for n in range(4)))

    at(url, work)


async def _lost(acknowledged: list[str]) -> int:
    lost = 0
    for line in acknowledged:
        table, _, document_id = line.partition(" ")
        lost += not await db.fetch(f"SELECT 1 FROM {table} WHERE id = ?", (int(document_id),))
    return lost
