"""What it costs to post a document: statements by lines, time by earlier movements, and beside the bare statements.

Each database has a process of its own; they are asked in turn, document by document, so that whatever else this machine
does hits all of them alike.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from jxc_graphql.books import door
from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving.operations import ReceivedLine
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.masters.warehouses.queries import warehouse as known_warehouse
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.operations import ShippedLine
from tests.bench import million
from tests.bench.by_hand import hand, taken_down
from tests.bench.stage import Databases, Stage, at, connected, kinds_of_databases

LINES = (1, 10, 100)
EARLIER = (0, 100_000, 1_000_000)
LINES_OF_A_DOCUMENT = 10
WARM_UP, ROUNDS = 10, 60
PLENTY = "10000"
ORDERS = ("take", "receive", "ship")
"""What clerks are asked for: methods of `Desk`."""

Work = Callable[..., Awaitable[Any]]


class Desk(msgspec.Struct, frozen=True):
    """An order to receive and one to ship, in parts, over so many SKUs; and where the goods are."""

    stage: Stage
    warehouse: KnownWarehouse
    purchase_order_id: int
    purchase_line_ids: tuple[int, ...]
    sales_order_id: int
    sales_line_ids: tuple[int, ...]

    async def receive(self, lines: int) -> None:
        """One unit of each of so many SKUs comes in."""
        came = [
            ReceivedLine(purchase_order_line_id=line_id, quantity_accepted=Quantity.of("1"))
            for line_id in self.purchase_line_ids[:lines]
        ]
        await receiving.receive_goods(self.stage.call(), purchase_order_id=self.purchase_order_id, lines=came)

    async def ship(self, lines: int) -> None:
        """One unit of each of so many SKUs leaves."""
        left = [
            ShippedLine(sales_order_line_id=line_id, quantity=Quantity.of("1"))
            for line_id in self.sales_line_ids[:lines]
        ]
        await shipping.ship_goods(self.stage.call(), sales_order_id=self.sales_order_id, lines=left)

    @db.transactional
    async def take(self, lines: int) -> None:
        """The ledger alone: one unit of each of so many SKUs leaves."""
        moves = [
            Move(
                sku_id=sku_id,
                warehouse_id=self.warehouse.id,
                from_place_id=self.warehouse.stock_place_id,
                to_place_id=VirtualPlace.CUSTOMER,
                or_bins=True,
                quantity=Quantity.of("1"),
                line_id=new_id(),
            )
            for sku_id in self.stage.sku_ids[:lines]
        ]
        call = self.stage.call()
        day = clock.day_of(call.at)
        await door.post(door.Posting(call=call, document_id=new_id(), business_date=day, moves=moves))


async def open_desk(movements: int) -> Desk:
    """After so many movements, with plenty of everything in the warehouse."""
    stage = await million.set_up(movements)
    lines = [stage.line(sku, PLENTY) for sku in range(max(LINES))]
    call = stage.call()
    bought = await purchasing.create_purchase_order(
        call, supplier_id=stage.supplier_id, warehouse_id=stage.warehouse_id, lines=lines
    )
    await purchasing.submit_purchase_order(call, purchase_order_id=bought.subject_id)
    await purchasing.approve_purchase_order(call, purchase_order_id=bought.subject_id)
    purchase_line_ids = await _lines("purchase_order", bought.subject_id)
    half = [
        ReceivedLine(purchase_order_line_id=one, quantity_accepted=Quantity.of("5000")) for one in purchase_line_ids
    ]
    await receiving.receive_goods(call, purchase_order_id=bought.subject_id, lines=half)
    sold = await sales.create_sales_order(
        call,
        customer_id=stage.customer_id,
        warehouse_id=stage.warehouse_id,
        lines=[stage.line(sku, "2000") for sku in range(max(LINES))],
    )
    await sales.approve_sales_order(call, sales_order_id=sold.subject_id)
    warehouse = await known_warehouse(stage.warehouse_id)
    assert warehouse
    return Desk(
        stage=stage,
        warehouse=warehouse,
        purchase_order_id=bought.subject_id,
        purchase_line_ids=purchase_line_ids,
        sales_order_id=sold.subject_id,
        sales_line_ids=await _lines("sales_order", sold.subject_id),
    )


async def _lines(table: str, order_id: int) -> tuple[int, ...]:
    rows = await db.fetch(f"SELECT id FROM {table}_line WHERE {table}_id = ? ORDER BY line_no", (order_id,))
    return tuple(line_id for (line_id,) in rows)


def _clerk(url: str, desk: Desk | int, asked: Connection) -> None:
    """A process that does what it is asked: the name of a method of the desk, and how many lines."""

    async def work() -> None:
        async with connected(url):
            at_desk = await open_desk(desk) if isinstance(desk, int) else desk
            asked.send(at_desk)
            while order := asked.recv():
                what, lines = order
                with taken_down() as seen:
                    began = time.perf_counter()
                    await getattr(at_desk, what)(lines)
                    seconds = time.perf_counter() - began
                asked.send((seconds, seen))

    asyncio.run(work())


def _hand(url: str, _: object, asked: Connection) -> None:
    """A process that sends statements by hand."""

    async def work() -> None:
        driver = await hand(url)
        asked.send(None)
        while statements := asked.recv():
            asked.send(await driver.send(statements))
        await driver.close()

    asyncio.run(work())


@contextmanager
def process(work: Callable[..., None], url: str, desk: Desk | int | None = None) -> Iterator[Connection]:
    """A process for a database, and the line to it."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    started = context.Process(target=work, args=(url, desk, theirs))
    started.start()
    theirs.close()
    try:
        yield ours
        ours.send(None)
    finally:
        ours.close()
        started.join()


def ask_clerk(line: Connection, order: object) -> Any:
    """What a process answers to an order."""
    line.send(order)
    return line.recv()


def _by_lines(kind: Databases) -> None:
    with process(_clerk, kind.new(), 0) as clerk:
        clerk.recv()
        for what in ORDERS:
            counts = []
            for lines in LINES:
                ask_clerk(clerk, (what, lines))
                counts.append(len(ask_clerk(clerk, (what, lines))[1]))
            same = "the same" if len(set(counts)) == 1 else "NOT the same"
            print(f"{kind.name}: {what}: {counts} statements for {LINES} lines: {same}", flush=True)


def _by_history(kind: Databases) -> None:
    with (
        process(_clerk, kind.new(), EARLIER[0]) as none,
        process(_clerk, kind.new(), EARLIER[1]) as some,
        process(_clerk, kind.new(), EARLIER[2]) as many,
    ):
        clerks = dict(zip(EARLIER, (none, some, many), strict=True))
        for clerk in clerks.values():
            clerk.recv()
        taken = _in_turn(clerks, ORDERS)
    for what in ORDERS:
        medians = {earlier: statistics.median(taken[what, earlier]) for earlier in EARLIER}
        told = ", ".join(f"{1000 * seconds:.1f} ms after {earlier:,}" for earlier, seconds in medians.items())
        ratio = medians[EARLIER[-1]] / medians[EARLIER[0]]
        print(
            f"{kind.name}: {what} {LINES_OF_A_DOCUMENT} lines: {told} movements: ratio {ratio:.2f} (expected <= 1.1)",
            flush=True,
        )


def _in_turn(clerks: dict[int, Connection], orders: Sequence[str]) -> dict[tuple[str, int], list[float]]:
    """Seconds of each order by each clerk, in an order that changes from round to round."""
    chance, taken = random.Random(1), dict[tuple[str, int], list[float]]()
    for n in range(WARM_UP + ROUNDS):
        for what in orders:
            for earlier in chance.sample(EARLIER, len(EARLIER)):
                seconds, _ = ask_clerk(clerks[earlier], (what, LINES_OF_A_DOCUMENT))
                if n >= WARM_UP:
                    taken.setdefault((what, earlier), []).append(seconds)
    return taken


def _by_hand(kind: Databases) -> None:
    url = kind.new()
    desk = at(url, lambda: open_desk(0))
    with process(_clerk, kind.copy(url), desk) as clerk, process(_hand, url) as driver:
        clerk.recv(), driver.recv()
        for lines in LINES:
            ours, theirs = [], []
            for _ in range(WARM_UP + ROUNDS):
                seconds, statements = ask_clerk(clerk, ("take", lines))
                ours.append(seconds)
                theirs.append(ask_clerk(driver, statements))
            mine, bare = statistics.median(ours[WARM_UP:]), statistics.median(theirs[WARM_UP:])
            print(
                f"{kind.name}: posting of {lines} lines {1000 * mine:.1f} ms, its {len(statements)} statements by "
                f"hand {1000 * bare:.1f} ms: ratio {bare / mine:.2f} (expected >= 0.4)",
                flush=True,
            )


def posting(only: str | None = None) -> None:
    """Posting: statements by lines, time by earlier movements, and the same statements by hand."""
    with kinds_of_databases(only) as kinds:
        for kind in kinds:
            _by_lines(kind)
            _by_hand(kind)
            _by_history(kind)
