"""Many at once: the last units, one retry key, facts that commit late."""

import asyncio
import random
from collections import Counter
from multiprocessing import Queue, get_context
from typing import Any, ClassVar

import msgspec

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.journal import Cursor, Fact
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.rules import ShippedLine
from tests.bench.stage import Stage, at, fresh_databases, run_processes, set_up, verified

ROUNDS, PROCESSES, BUYERS, UNITS = 20, 4, 125, 50
WRITERS, COMMITS = 8, 250
SENDS = 100


class BenchWritten(Fact, frozen=True, kw_only=True):
    """A writer of the proof committed."""

    subject: ClassVar[str] = "number"
    number: int


async def buy(stage: Stage, sku: int) -> str:
    """One buyer wants one unit: orders, is approved, has it shipped."""
    try:
        made = await sales.create_sales_order(
            stage.call(), customer_id=stage.customer_id, warehouse_id=stage.warehouse_id, lines=[stage.line(sku)]
        )
        order_id = made.subject_id
        await sales.approve_sales_order(stage.call(), sales_order_id=order_id)
        ((line_id,),) = await db.fetch("SELECT id FROM sales_order_line WHERE sales_order_id = ?", (order_id,))
        wanted = [ShippedLine(sales_order_line_id=line_id, quantity=Quantity.of("1"))]
        await shipping.ship_goods(stage.call(), sales_order_id=order_id, lines=wanted)
    except Rejected as refusal:
        return "refused" if refusal.reasons[0].code == "INSUFFICIENT_STOCK" else refusal.reasons[0].code
    except Exception as error:  # noqa: BLE001  (counted and shown)
        return f"{type(error).__name__}: {error}"
    return "sold"


def _buyers(url: str, stage: Stage, barrier: Any, results: Any) -> None:
    async def work() -> None:
        for sku in range(ROUNDS):
            await asyncio.to_thread(barrier.wait)
            results.put((sku, Counter(await asyncio.gather(*(buy(stage, sku) for _ in range(BUYERS))))))

    at(url, work)


def buyers(only: str | None = None) -> None:
    """Oversell: processes × buyers of the last units of a SKU, a SKU a round."""
    context = get_context("spawn")
    with fresh_databases(only) as found:
        for name, url in found:
            stage = at(url, lambda: set_up(ROUNDS, str(UNITS)))
            barrier, results = context.Barrier(PROCESSES), context.Queue()
            arguments = [(url, stage, barrier, results)] * PROCESSES
            run_processes(_buyers, arguments)
            rounds: list[Counter[str]] = [Counter() for _ in range(ROUNDS)]
            for _ in range(ROUNDS * PROCESSES):
                sku, outcome = results.get()
                rounds[sku] += outcome
            sold = [outcome["sold"] for outcome in rounds]
            every = sum(rounds, Counter())
            others = {key: count for key, count in every.items() if key not in {"sold", "refused"}}
            negative, differences = at(url, _negative), at(url, verified)
            print(
                f"{name}: sold a round {sold} (expected {UNITS}), refused {every['refused']}, "
                f"negative levels {negative}, other errors {sum(others.values())} {others or ''}, "
                f"verify differences {differences}"
            )


async def _negative() -> int:
    ((levels,),) = await db.fetch("SELECT count(*) FROM stock_level WHERE available < 0 OR on_hand < 0 OR sellable < 0")
    return int(levels)


def one_key(only: str | None = None) -> None:
    """Retries: concurrent sends of one request with one idempotency key."""

    async def send_all() -> tuple[int, int]:
        stage = await set_up(1, "5")
        before = await db.fetch("SELECT count(*) FROM purchase_order")

        async def send() -> bytes:
            fact = await purchasing.create_purchase_order(
                stage.call("the-key"),
                supplier_id=stage.supplier_id,
                warehouse_id=stage.warehouse_id,
                lines=[stage.line(0)],
            )
            return msgspec.json.encode(fact)

        answers = await asyncio.gather(*(send() for _ in range(SENDS)))
        after = await db.fetch("SELECT count(*) FROM purchase_order")
        return after[0][0] - before[0][0], len(set(answers))

    with fresh_databases(only) as found:
        for name, url in found:
            documents, answers = at(url, send_all)
            print(
                f"{name}: {SENDS} sends of one key: documents {documents}, distinct answers {answers} (expected 1, 1)"
            )


def _writer(url: str, writer: int) -> None:
    chance = random.Random(writer)

    @db.transactional
    async def commit(number: int) -> None:
        journal.record(BenchWritten(number=number), Stage(1, 0, 0, 0, ()).call())
        await asyncio.sleep(chance.random() * 0.02)  # so that a low id commits after a higher one

    async def work() -> None:
        for n in range(COMMITS):
            await commit(writer * COMMITS + n)

    at(url, work)


def _reader(url: str, results: Any) -> None:
    """Follows the journal as subscriptions do, and beside it as one would by `id > cursor`."""

    async def work() -> None:
        cursor, last = Cursor(), 0
        ours: list[int] = []
        naive: set[int] = set()
        while len(ours) < WRITERS * COMMITS:
            for entry in await journal.read(cursor, {"BenchWritten"}):
                cursor = entry.cursor
                ours.append(entry.subject_id)
            for entry_id, number in await db.fetch(
                "SELECT id, subject_id FROM journal WHERE id > ? AND name = 'BenchWritten' ORDER BY id", (last,)
            ):
                last = entry_id
                naive.add(number)
            await asyncio.sleep(0.002)
        results.put((ours, naive))

    at(url, work)


def follow(only: str | None = None) -> None:
    """Commit order: concurrent writers, one reader that follows the journal, and one that follows ids."""
    context = get_context("spawn")
    with fresh_databases(only or "postgres") as found:
        for name, url in found:
            results: Queue[Any] = context.Queue()
            reader = context.Process(target=_reader, args=(url, results))
            reader.start()
            run_processes(_writer, [(url, writer) for writer in range(WRITERS)])
            ours, naive = results.get(timeout=120)
            reader.join()
            every = set(range(WRITERS * COMMITS))
            print(
                f"{name}: {len(every)} commits by {WRITERS} processes: missed by the journal reader "
                f"{len(every - set(ours))}, twice {len(ours) - len(set(ours))} (expected 0, 0); "
                f"missed by a reader of id > cursor {len(every - naive)}"
            )
