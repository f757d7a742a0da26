"""Many count at once, and goods are sold meanwhile: no count is lost, no variance is wrong."""

import asyncio
import random

import msgspec

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.stocktakes import operations
from jxc_graphql.warehousing.stocktakes.models import CountMode, StocktakeCount
from tests.make.hall import Hall, of, only

COUNTERS, COUNTS = 8, 5


async def test_counters_of_the_same_lines_lose_nothing(hall: Hall) -> None:
    """Each adds ones to all lines, in an order of their own; goods that nobody had a line for come up everywhere."""
    stocktake_id = await hall.start(scope=only(hall.skus[0]))

    async def count(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(COUNTS):
            goods = [of(sku, "1", place=place) for sku in hall.skus for place in ("STOCK", "A-01", "B-01")]
            chance.shuffle(goods)
            await hall.count(stocktake_id, *goods, mode=CountMode.ADD)

    await asyncio.gather(*(count(seed) for seed in range(COUNTERS)))
    lines = await hall.lines(stocktake_id, "line_no", "counted_quantity", "version")
    assert lines == [(number, str(COUNTERS * COUNTS), COUNTERS * COUNTS) for number in range(1, 10)]
    assert await hall.verify() == []


async def test_of_counters_who_saw_the_same_version_one_succeeds(hall: Hall) -> None:
    stocktake_id = await hall.start(scope=only(hall.skus[0]))

    async def count(quantity: int) -> str:
        try:
            await hall.count(stocktake_id, of(hall.skus[0], str(quantity), expected_version=0))
        except Rejected as refused:
            return refused.reasons[0].code
        return str(quantity)

    outcomes = await asyncio.gather(*(count(quantity) for quantity in range(COUNTERS)))
    assert sorted(outcomes)[1:] == ["STALE_VERSION"] * (COUNTERS - 1)
    assert await hall.lines(stocktake_id, "counted_quantity") == [(min(outcomes),)]
    assert await StocktakeCount.all().count() == 1


async def test_counting_ends_for_all_at_once(hall: Hall) -> None:
    """A count is either part of what was handed in, or refused."""
    stocktake_id = await hall.start(scope=only(*hall.skus))

    async def count() -> int:
        try:
            await hall.count(stocktake_id, of(hall.skus[0], "1"), mode=CountMode.ADD)
        except Rejected as refused:
            return 0 if refused.reasons[0].code == "ILLEGAL_TRANSITION" else -1
        return 1

    async def submit() -> None:
        await asyncio.sleep(0.01)
        await hall.submit(stocktake_id, uncounted=operations.UncountedLines.UNCOUNTED_UNCHANGED)

    handing_in = asyncio.ensure_future(submit())
    counted = await asyncio.gather(*(count() for _ in range(COUNTERS)))
    await handing_in
    assert {*counted} <= {0, 1}
    total = Quantity.of(sum(counted))
    rows = await hall.lines(stocktake_id, "counted_quantity", "variance")
    assert rows[0] == ((str(total), str(total - Quantity.of("10"))) if total else (None, None))
    assert await hall.verify() == []


async def test_goods_are_sold_while_they_are_counted_and_posted(hall: Hall) -> None:
    """What is left in the end is what was there, plus what was found, less what was sold."""
    stocktake_id = await hall.start(scope=only(hall.skus[2]))
    sold = 0

    async def sell() -> None:
        nonlocal sold
        for _ in range(COUNTS):
            order_id = await hall.trade.sell((2, "1", "9"))
            await hall.trade.ship(order_id, (0, "1"))
            sold += 1

    @db.transactional
    async def count() -> None:
        """The counter looks at the shelf, on which there are always three more than the books say."""
        await db.fetch(
            "SELECT id FROM stock_level WHERE sku_id = ?" + (" FOR SHARE" if db.dialect() == "postgres" else ""),
            (hall.skus[2],),
        )
        there = Quantity.of(await hall.at(hall.skus[2], hall.stock)) + Quantity.of("3")
        await hall.count(stocktake_id, of(hall.skus[2], str(there)))

    async def take() -> None:
        for _ in range(COUNTS):
            await count()
        await hall.submit(stocktake_id)
        call = msgspec.structs.replace(hall.call, at=clock.now())
        await operations.post_stocktake(call, stocktake_id=stocktake_id)

    await asyncio.gather(sell(), take(), sell())
    assert await hall.lines(stocktake_id, "variance") == [("3",)]
    assert await hall.at(hall.skus[2], hall.stock) == str(30 + 3 - sold)
    assert await hall.verify() == []


async def test_of_many_who_post_one_does(hall: Hall) -> None:
    stocktake_id = await hall.start(scope=only(hall.skus[0]))
    await hall.count(stocktake_id, of(hall.skus[0], "12"))
    await hall.submit(stocktake_id)
    results = await asyncio.gather(*(hall.post(stocktake_id) for _ in range(COUNTERS)), return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert await hall.at(hall.skus[0], hall.stock) == "12"
    assert await hall.verify() == []
