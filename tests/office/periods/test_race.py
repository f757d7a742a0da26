"""Many post under past days while somebody closes them: what is closed stays as it is."""

import asyncio
import random
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.books import door
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.office.periods import queries
from jxc_graphql.office.periods.operations import close_period, reopen_period
from jxc_graphql.office.periods.rules import PeriodClosed
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.operations import OpeningLine
from tests.make.days import day
from tests.make.trade import Trade
from tests.patience import recorded

DAYS = 8
POSTERS = 8
ROUNDS = 12


async def movements(through: date) -> set[int]:
    """What is in the book under the days up to one."""
    return {row[0] for row in await db.fetch("SELECT id FROM stock_movement WHERE business_date <= ?", (through,))}


async def post(trade: Trade, chance: random.Random) -> str:
    """One opening balance under one of the days; the SKUs in any order, as documents have them."""
    skus = chance.sample(trade.shop.skus, 2)
    lines = [OpeningLine(sku_id=sku, quantity=Quantity.of("1"), unit_cost=UnitPrice.of("2")) for sku in skus]
    call = msgspec.structs.replace(trade.call, at=clock.now())
    try:
        await openings.post_opening_balance(
            call,
            warehouse_id=trade.shop.warehouse.id,
            business_date=day(chance.randint(1, DAYS)),
            lines=lines,
        )
    except Rejected as refused:
        (reason,) = refused.reasons
        assert isinstance(reason, PeriodClosed)
        return "refused"
    return "posted"


async def test_nothing_comes_into_a_period_after_it_was_closed(trade: Trade) -> None:
    found: dict[date, set[int]] = {}
    done = asyncio.Event()

    outcomes: list[str] = []

    async def poster(seed: int) -> None:
        chance = random.Random(seed)
        while not done.is_set():
            outcomes.append(await post(trade, chance))

    async def closer() -> None:
        for back in range(DAYS, 0, -1):
            goal = len(outcomes) + POSTERS
            while len(outcomes) < goal:
                await asyncio.sleep(0.001)
            await close_period(msgspec.structs.replace(trade.call, at=clock.now()), through=day(back))
            found[day(back)] = await movements(day(back))
        done.set()

    await asyncio.gather(closer(), *(poster(seed) for seed in range(POSTERS)))
    assert set(outcomes) == {"posted", "refused"}
    assert len(found[day(1)]) > POSTERS
    for through, known in found.items():
        assert await movements(through) == known, through
    # Nor by the journal, in the order of commits: no opening balance of a closed day stands behind its close.
    closed: Any = None
    for entry in await recorded("PeriodClosed", "OpeningBalancePosted"):
        if entry.name == "PeriodClosed":
            closed = entry.fact
        elif closed is not None:
            query = "SELECT business_date FROM opening_balance WHERE id = ? AND business_date <= ?"
            assert not await db.fetch(query, (entry.subject_id, closed.ends_on))
    assert await trade.verify() == []


async def test_closing_and_reopening_take_turns(trade: Trade) -> None:
    """Of many who close the same day one succeeds, and as many rows are closed as nobody opened again."""

    async def close() -> int:
        try:
            return (await close_period(trade.call, through=day(1))).period_id
        except Rejected:
            return 0

    for _ in range(ROUNDS):
        (period_id,) = {each for each in await asyncio.gather(*(close() for _ in range(POSTERS))) if each}
        results = await asyncio.gather(
            *(reopen_period(trade.call, period_id=period_id, note="x") for _ in range(POSTERS)), return_exceptions=True
        )
        assert sum(not isinstance(result, BaseException) for result in results) == 1
        assert all(isinstance(result, Rejected) for result in results if isinstance(result, BaseException))
        assert await queries.closed_through() is None


async def test_closing_waits_for_a_posting_that_is_under_way(trade: Trade) -> None:
    """On SQLite too, where one transaction writes at a time."""
    asked, go_on = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def post_slowly() -> None:
        await queries.check_open(day(1))
        asked.set()
        await go_on.wait()
        moves = [trade.shop.coming("1", "1")]
        await door.post(door.Posting(call=Call(), document_id=1, business_date=day(1), moves=moves))

    posting = asyncio.ensure_future(post_slowly())
    await asked.wait()
    closing = asyncio.ensure_future(close_period(trade.call, through=day(1)))
    await asyncio.sleep(0.1)
    assert not closing.done()
    go_on.set()
    await asyncio.gather(posting, closing)
    assert len(await movements(day(1))) == 1
    assert await trade.verify() == []
