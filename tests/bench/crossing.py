"""Documents of many workers that want the same goods in any order, which is how deadlocks are made."""

import asyncio
import random
import time
from collections import Counter
from multiprocessing import get_context
from typing import Any

import msgspec

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving.operations import ReceivedLine
from jxc_graphql.kit import db
from jxc_graphql.kit.db import transaction
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.queries import warehouses as known_warehouses
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.operations import ShippedLine
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import ScrappedGoods
from jxc_graphql.warehousing.relocations import operations as moves
from jxc_graphql.warehousing.relocations.rules import WantedMove
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers import transit
from jxc_graphql.warehousing.transfers.consignments import ArrivedLine
from jxc_graphql.warehousing.transfers.rules import AskedGoods
from tests.bench.stage import Stage, at, fresh_databases, run_processes, set_up, verified

WORKERS, DOCUMENTS, SKUS = 8, 500, 5
PLENTY, ENOUGH = "100000", "1000000"
"""That an order is for, and that is there: with less, goods that come go to the order that waits longest."""
KINDS = ("receipt",) * 4 + ("shipment",) * 3 + ("move", "transfer", "adjustment")


class Desk(msgspec.Struct, frozen=True):
    """What one worker has before him: an order to receive and one to ship, each with a line for each SKU."""

    number: int
    stage: Stage
    second_id: int
    """The other warehouse."""
    purchase_order_id: int
    purchase_line_ids: tuple[int, ...]
    sales_order_id: int
    sales_line_ids: tuple[int, ...]


async def prepare() -> list[Desk]:
    """The desks, in a shop with two warehouses."""
    stage = await set_up(SKUS, ENOUGH)
    second = await warehouses.create_warehouse(stage.call(), code="W2", name="二号仓")
    return [await _desk(number, stage, second.warehouse_id) for number in range(WORKERS)]


async def _desk(number: int, stage: Stage, second_id: int) -> Desk:
    lines = [stage.line(sku, PLENTY) for sku in range(SKUS)]
    bought = await purchasing.create_purchase_order(
        stage.call(), supplier_id=stage.supplier_id, warehouse_id=stage.warehouse_id, lines=lines
    )
    await purchasing.submit_purchase_order(stage.call(), purchase_order_id=bought.subject_id)
    await purchasing.approve_purchase_order(stage.call(), purchase_order_id=bought.subject_id)
    sold = await sales.create_sales_order(
        stage.call(), customer_id=stage.customer_id, warehouse_id=stage.warehouse_id, lines=lines
    )
    await sales.approve_sales_order(stage.call(), sales_order_id=sold.subject_id)
    return Desk(
        number,
        stage,
        second_id,
        purchase_order_id=bought.subject_id,
        purchase_line_ids=await _lines("purchase_order", bought.subject_id),
        sales_order_id=sold.subject_id,
        sales_line_ids=await _lines("sales_order", sold.subject_id),
    )


async def _lines(table: str, order_id: int) -> tuple[int, ...]:
    rows = await db.fetch(f"SELECT id FROM {table}_line WHERE {table}_id = ? ORDER BY line_no", (order_id,))
    return tuple(line_id for (line_id,) in rows)


class Worker:
    """Makes one document after the other, each over some of the SKUs in any order."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.stage, self.second_id = desk, desk.stage, desk.second_id
        self.chance = random.Random(desk.number)

    def some(self) -> list[tuple[int, Quantity]]:
        """Positions of SKUs, in any order, and how much of each."""
        chosen = self.chance.sample(range(SKUS), self.chance.randint(2, SKUS))
        return [(sku, Quantity.of(self.chance.randint(1, 3))) for sku in chosen]

    async def receipt(self) -> None:
        """Goods come."""
        lines = [
            ReceivedLine(purchase_order_line_id=self.desk.purchase_line_ids[sku], quantity_accepted=quantity)
            for sku, quantity in self.some()
        ]
        call, order_id = self.stage.call(), self.desk.purchase_order_id
        await receiving.receive_goods(call, purchase_order_id=order_id, lines=lines)

    async def shipment(self) -> None:
        """Goods leave."""
        lines = [
            ShippedLine(sales_order_line_id=self.desk.sales_line_ids[sku], quantity=quantity)
            for sku, quantity in self.some()
        ]
        await shipping.ship_goods(self.stage.call(), sales_order_id=self.desk.sales_order_id, lines=lines)

    async def move(self) -> None:
        """Goods are set apart, or back."""
        warehouse = (await known_warehouses([self.stage.warehouse_id]))[self.stage.warehouse_id]
        way = [warehouse.stock_place_id, warehouse.quality_place_id]
        self.chance.shuffle(way)
        lines = [
            WantedMove(sku_id=self.stage.sku_ids[sku], quantity=quantity, from_place_id=way[0], to_place_id=way[1])
            for sku, quantity in self.some()
        ]
        await moves.move_places(self.stage.call(), warehouse_id=warehouse.id, lines=lines)

    async def adjustment(self) -> None:
        """Goods are gone."""
        lines = [ScrappedGoods(sku_id=self.stage.sku_ids[sku], quantity=quantity) for sku, quantity in self.some()]
        await adjustments.write_off(
            self.stage.call(), warehouse_id=self.stage.warehouse_id, reason=AdjustmentReason.WRITE_OFF, lines=lines
        )

    async def transfer(self) -> None:
        """Goods go to the other warehouse, or come back, and arrive at once."""
        way = [self.stage.warehouse_id, self.second_id]
        self.chance.shuffle(way)
        asked = [AskedGoods(sku_id=self.stage.sku_ids[sku], quantity=quantity) for sku, quantity in self.some()]
        call = self.stage.call
        made = await transfers.create_transfer(call(), from_warehouse_id=way[0], to_warehouse_id=way[1], lines=asked)
        await transfers.submit_transfer(call(), transfer_id=made.subject_id)
        await transfers.approve_transfer(call(), transfer_id=made.subject_id)
        await transit.dispatch_transfer(call(), transfer_id=made.subject_id)
        line_ids = await _lines("transfer", made.subject_id)
        arrived = [
            ArrivedLine(transfer_line_id=line_id, quantity_accepted=one.quantity)
            for line_id, one in zip(line_ids, asked, strict=True)
        ]
        self.chance.shuffle(arrived)
        await transit.receive_transfer(call(), transfer_id=made.subject_id, lines=arrived)


def _is_deadlock(error: BaseException | None) -> bool:
    while error is not None:
        if getattr(error, "sqlstate", None) == "40P01":
            return True
        error = error.__cause__
    return False


def _work(url: str, desk: Desk, barrier: Any, results: Any) -> None:
    told: Counter[str] = Counter()
    sound = transaction.passing  # whom the product asks whether to try again

    def counted(error: BaseException | None) -> bool:
        again = sound(error)
        told["retries"] += again
        return again

    setattr(transaction, "passing", counted)  # noqa: B010  (a function of that module)
    worker = Worker(desk)

    async def work() -> tuple[float, float]:
        await asyncio.to_thread(barrier.wait)
        began = time.monotonic()
        for _ in range(DOCUMENTS):
            kind = worker.chance.choice(KINDS)
            try:
                await getattr(worker, kind)()
                told[kind] += 1
            except Rejected as refusal:
                told[f"refused {refusal.reasons[0].code}"] += 1
            except Exception as error:  # noqa: BLE001  (counted and shown)
                told["deadlock" if _is_deadlock(error) else f"error {type(error).__name__}: {error}"] += 1
        return began, time.monotonic()

    results.put((told, *at(url, work)))


def crossing(only: str | None = None) -> None:
    """Deadlocks: 8 workers x 500 documents over 5 shared SKUs, the lines of each in any order."""
    context = get_context("spawn")
    with fresh_databases(only) as found:
        for name, url in found:
            desks = at(url, prepare)
            barrier, results = context.Barrier(WORKERS), context.Queue()
            run_processes(_work, [(url, desk, barrier, results) for desk in desks])
            gathered, began, ended = zip(*(results.get() for _ in desks), strict=True)
            seconds = max(ended) - min(began)
            told: Counter[str] = sum(gathered, Counter())
            done = sum(told[kind] for kind in sorted(set(KINDS)))
            refused = sum(count for what, count in told.items() if what.startswith("refused"))
            errors = {what: count for what, count in told.items() if what.startswith("error")}
            print(
                f"{name}: {done} documents done in {seconds:.0f} s ({done / seconds:.0f}/s), {refused} refused, "
                f"{told['retries']} tried again, deadlocks seen by a caller {told['deadlock']} (expected 0), "
                f"other errors {sum(errors.values())} {errors or ''}, verify differences {at(url, verified)}",
                flush=True,
            )
