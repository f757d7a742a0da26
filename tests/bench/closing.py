"""Closing the books over many levels: how long it takes, and how long others wait for it, who buy meanwhile."""

import asyncio
import time
from datetime import timedelta

from jxc_graphql.books.goods.models import ClosingBalance
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.ids import new_id
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


async def _close() -> str:
    stage = await _many_levels()
    waits: list[float] = []

    async def buy() -> None:
        while True:
            began = time.perf_counter()
            await purchasing.create_purchase_order(
                stage.call(), supplier_id=stage.supplier_id, warehouse_id=stage.warehouse_id, lines=[stage.line(0)]
            )
            waits.append(time.perf_counter() - began)

    buyer = asyncio.create_task(buy())
    await asyncio.sleep(0.2)
    began, worked = time.perf_counter(), time.process_time()
    await periods.close_period(stage.call(), through=clock.day_of(clock.now()) - timedelta(days=1))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    await asyncio.sleep(0.5)
    buyer.cancel()
    balances = await ClosingBalance.all().count()
    told = f"{balances} balances in {took:.2f} s ({worked:.2f} s of them work of this process)"
    return f"{told}, others waited {max(waits):.2f} s at most"


def closing(only: str | None = None) -> None:
    """A period is closed over 200,000 levels while others buy."""
    with fresh_databases(only) as found:
        for name, url in found:
            print(f"{name}: {at(url, _close)}")
