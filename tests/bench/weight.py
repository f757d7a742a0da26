"""What a movement weighs on PostgreSQL: bytes of each table and its indexes, and of the log that is written with it."""

import asyncio
from collections.abc import Awaitable, Callable

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.operations import ShippedLine
from tests.bench.posting import Desk, open_desk
from tests.bench.stage import connected, kinds_of_databases

EARLIER = 20_000
"""Movements that are there before, written in bulk."""
DOCUMENTS, LINES = 100, 10
SHOWN = 14
"""Tables that are named; the others are told together."""
_SIZES = """
    SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"""
_LOG = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"
_MOVEMENTS = "SELECT count(*) FROM stock_movement"
_ORDER_LINES = "SELECT id FROM sales_order_line WHERE sales_order_id = ? ORDER BY id"


def weight(_: str | None = None) -> None:
    """Bytes of a movement by table, and of write-ahead log, of documents with ten lines."""
    with kinds_of_databases("postgres") as kinds:
        for kind in kinds:
            asyncio.run(_measure(kind.new()))


async def _measure(url: str) -> None:
    async with connected(url):
        desk = await open_desk(EARLIER)
        _tell("as written in bulk", await _sizes(), EARLIER, None)
        for what, work in {"received": _receive, "shipped": _ship, "sold, from the draft on": _sell}.items():
            await _weigh(what, desk, work)


async def _weigh(what: str, desk: Desk, work: Callable[[Desk], Awaitable[None]]) -> None:
    for _ in range(10):
        await work(desk)
    ((rows,),) = await db.fetch(_MOVEMENTS)
    ((began,),) = await db.fetch(_LOG)
    before = await _sizes()
    for _ in range(DOCUMENTS):
        await work(desk)
    ((ended,),) = await db.fetch(_LOG)
    ((moved,),) = await db.fetch(_MOVEMENTS)
    grown = {name: (own - before[name][0], index - before[name][1]) for name, (own, index) in (await _sizes()).items()}
    _tell(what, grown, moved - rows, ended - began)


def _tell(what: str, sizes: dict[str, tuple[int, int]], moved: int, log: int | None) -> None:
    per = {name: (own / moved, index / moved) for name, (own, index) in sizes.items() if own + index}
    total = sum(map(sum, per.values()))
    logged = "" if log is None else f", {log / moved:,.0f} of log"
    print(f"{what}: {moved:,} movements, {total:,.0f} bytes each{logged}", flush=True)
    for name, (own, index) in sorted(per.items(), key=lambda each: -sum(each[1]))[:SHOWN]:
        print(f"  {name:28} {own:7,.0f} and {index:7,.0f} of indexes")


async def _receive(desk: Desk) -> None:
    await desk.receive(LINES)


async def _ship(desk: Desk) -> None:
    await desk.ship(LINES)


async def _sell(desk: Desk) -> None:
    stage = desk.stage
    asked = [stage.line(sku) for sku in range(LINES)]
    sold = await sales.create_sales_order(
        stage.call(), customer_id=stage.customer_id, warehouse_id=stage.warehouse_id, lines=asked
    )
    await sales.approve_sales_order(stage.call(), sales_order_id=sold.subject_id)
    lines = [
        ShippedLine(sales_order_line_id=line_id, quantity=Quantity.of("1"))
        for (line_id,) in await db.fetch(_ORDER_LINES, (sold.subject_id,))
    ]
    await shipping.ship_goods(stage.call(), sales_order_id=sold.subject_id, lines=lines)


async def _sizes() -> dict[str, tuple[int, int]]:
    return {name: (own, index) for name, own, index in await db.fetch(_SIZES)}
