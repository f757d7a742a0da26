"""Closing the books over many levels: how long it takes, and what those wait for who draft and post meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from jxc_graphql.books.goods.models import ClosingBalance
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving.rules import ReceivedLine
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.periods import operations as periods
from tests.bench.stage import Stage, at, fresh_databases, set_up
from tests.make.rows import insert

LEVELS, ONE = 200_000, 10_000
_SKU = {
    "id": "bigint",
    "product_id": "bigint",
    "code": "text",
    "name": "text",
    "unit": "text",
    "created_at": "timestamptz",
}
_LEVEL = {
    **dict.fromkeys(("id", "sku_id", "warehouse_id", "on_hand", "sellable", "available"), "bigint"),
    "changed_at": "timestamptz",
}
_DAY = {"id": "bigint", "stock_level_id": "bigint", "posted_on": "date", "business_date": "date", "quantity": "bigint"}


async def _many_levels() -> Stage:
    stage = await set_up(1, "5")
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku")
    now = str(clock.now())
    ids, day = [(new_id(), new_id()) for _ in range(LEVELS)], clock.day_of(clock.now()) - timedelta(days=1)
    await insert("sku", _SKU, [(sku_id, product_id, f"L{sku_id}", "茶", "瓶", now) for sku_id, _ in ids])
    await insert("stock_level", _LEVEL, [(key, sku_id, stage.warehouse_id, ONE, ONE, ONE, now) for sku_id, key in ids])
    await insert("stock_day", _DAY, [(new_id(), key, str(day), str(day), ONE) for _, key in ids])
    return stage


async def _order(stage: Stage) -> tuple[int, int]:
    """An approved order of more than comes meanwhile, and its line."""
    lines = [stage.line(0, "100000")]
    made = await purchasing.create_purchase_order(
        stage.call(), supplier_id=stage.supplier_id, warehouse_id=stage.warehouse_id, lines=lines
    )
    order_id = made.subject_id
    await purchasing.submit_purchase_order(stage.call(), purchase_order_id=order_id)
    await purchasing.approve_purchase_order(stage.call(), purchase_order_id=order_id)
    ((line_id,),) = await db.fetch("SELECT id FROM purchase_order_line WHERE purchase_order_id = ?", (order_id,))
    return order_id, line_id


async def _close() -> str:
    stage = await _many_levels()
    order_id, line_id = await _order(stage)
    waits: dict[str, list[float]] = {"draft": [], "post": []}

    async def draft() -> None:
        await purchasing.create_purchase_order(
            stage.call(), supplier_id=stage.supplier_id, warehouse_id=stage.warehouse_id, lines=[stage.line(0)]
        )

    async def post() -> None:
        one = [ReceivedLine(purchase_order_line_id=line_id, quantity_accepted=Quantity.of("1"))]
        await receiving.receive_goods(stage.call(), purchase_order_id=order_id, lines=one)

    closed = asyncio.Event()

    async def again_and_again(name: str, act: Callable[[], Awaitable[None]]) -> None:
        while not closed.is_set():
            began = time.perf_counter()
            await act()
            waits[name].append(time.perf_counter() - began)

    others = [asyncio.create_task(again_and_again(act.__name__, act)) for act in (draft, post)]
    await asyncio.sleep(0.5)
    began, worked = time.perf_counter(), time.process_time()
    await periods.close_period(stage.call(), through=clock.day_of(clock.now()) - timedelta(days=1))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    closed.set()
    await asyncio.gather(*others)
    balances = await ClosingBalance.all().count()
    told = f"{balances} balances in {took:.2f} s ({worked:.2f} s of them work of this process)"
    waited = ", ".join(f"who {name}s {max(some):.2f} s" for name, some in waits.items())
    return f"{told}; others waited at most: {waited}"


def closing(only: str | None = None) -> None:
    """A period is closed over 200,000 levels while others draft orders and post receipts."""
    with fresh_databases(only) as found:
        for name, url in found:
            print(f"{name}: {at(url, _close)}")
