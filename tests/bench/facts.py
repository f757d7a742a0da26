"""What daily facts cost a posting, and what they save a report.

Both clerks work on databases alike, in turn, in one run; one of them tells of a day no more than what is there changed
by, which is what days said before they were facts, and of no months, no trade and no stock-outs.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Mapping
from itertools import product
from multiprocessing.connection import Connection
from typing import Any

from jxc_graphql.books.goods import days, stock_outs
from jxc_graphql.books.trade import operations as trade
from jxc_graphql.kit import db
from tests.bench import million
from tests.bench.posting import WARM_UP, Desk, ask_clerk, open_desk, process
from tests.bench.stage import Databases, at, connected, kinds_of_databases

ROUNDS = 150
LINES = (1, 10)
ORDERS = ("receive", "ship")
MOST = 1.1
MOVEMENTS = 200_000
TIMES = 7
_BEFORE = frozenset((*days.HELD, "sold"))
_SUMS = "SUM(received) AS received, SUM(sold) AS sold, SUM(sold_value) AS cost"
_MOVED = """SUM(CASE WHEN from_place_id = 1 THEN quantity ELSE 0 END) AS received,
    SUM(CASE WHEN to_place_id = 2 THEN quantity ELSE 0 END) AS sold,
    SUM(CASE WHEN to_place_id = 2 THEN value ELSE 0 END) AS cost"""
_MONTH = {"sqlite": "substr(business_date, 1, 7)", "postgres": "to_char(business_date, 'YYYY-MM')"}


def _leave_facts_out() -> None:
    """For this process."""

    def write(tally: days.Tally, levels: Mapping[Any, Any], posted_on: Any) -> None:
        less = days.Tally()
        for key, day, figures in tally.rows():
            less.add(key, day, **{name: figure for name, figure in figures.items() if name in _BEFORE})
        days.write_days(less, levels, posted_on)

    days.write = write
    days.flows = lambda *_: iter(())
    stock_outs.write = lambda *_: None
    trade.write = lambda *_, **__: None


def _clerk(url: str, desk: Desk | int | None, asked: Connection) -> None:
    async def work() -> None:
        async with connected(url):
            assert isinstance(desk, Desk)
            asked.send(None)
            while order := asked.recv():
                what, lines = order
                began = time.perf_counter()
                await getattr(desk, what)(lines)
                asked.send(time.perf_counter() - began)

    asyncio.run(work())


def _clerk_without(url: str, desk: Desk | int | None, asked: Connection) -> None:
    _leave_facts_out()
    _clerk(url, desk, asked)


def _posting(kind: Databases) -> None:
    url = kind.new()
    desk = at(url, lambda: open_desk(0))
    chance = random.Random(1)
    with process(_clerk, kind.copy(url), desk) as whole, process(_clerk_without, kind.copy(url), desk) as less:
        clerks = {"with": whole, "without": less}
        for clerk in clerks.values():
            clerk.recv()
        for what, lines in product(ORDERS, LINES):
            taken: dict[str, list[float]] = {name: [] for name in clerks}
            for n in range(WARM_UP + ROUNDS):
                for name in chance.sample(sorted(clerks), len(clerks)):
                    seconds = ask_clerk(clerks[name], (what, lines))
                    if n >= WARM_UP:
                        taken[name].append(seconds)
            medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
            ratios = [ours / theirs for ours, theirs in zip(taken["with"], taken["without"], strict=True)]
            print(
                f"{kind.name}: {what} {lines} lines: {1000 * medians['with']:.2f} ms with facts, "
                f"{1000 * medians['without']:.2f} ms without: ratio {medians['with'] / medians['without']:.3f}, "
                f"of pairs {statistics.median(ratios):.3f} (expected <= {MOST})",
                flush=True,
            )


def _reports(kind: Databases) -> None:
    """What came, went and cost by month, and by SKU and month: of days and of the movements themselves.

    The year has one movement a level and day, which is the least that days can save.
    """

    async def work() -> None:
        await million.set_up(MOVEMENTS)
        month = _MONTH[db.dialect()]
        level = "JOIN stock_level AS level ON level.id = day.stock_level_id"
        ((rows,),) = await db.fetch("SELECT count(*) FROM stock_day")
        for name, keys, joined, by in (("month", "", "", "1"), ("SKU and month", "sku_id,", level, "1, 2")):
            of_days = f"SELECT {keys} {month} AS month, {_SUMS} FROM stock_day AS day {joined} GROUP BY {by}"
            of_movements = f"SELECT {keys} {month} AS month, {_MOVED} FROM stock_movement GROUP BY {by}"
            ours, theirs = await _seconds(of_days, of_movements)
            print(
                f"{kind.name}: by {name}: of {rows} days in {1000 * ours:.1f} ms, of {MOVEMENTS} movements in "
                f"{1000 * theirs:.1f} ms: {theirs / ours:.1f} times as fast",
                flush=True,
            )

    at(kind.new(), work)


async def _seconds(*selects: str) -> list[float]:
    """How long each takes, in turn; they give the same rows."""
    taken: list[list[float]] = [[] for _ in selects]
    for _ in range(TIMES):
        answers = []
        for select, seconds in zip(selects, taken, strict=True):
            began = time.perf_counter()
            answers.append(sorted(tuple(map(str, row)) for row in await db.fetch(select)))
            seconds.append(time.perf_counter() - began)
        assert all(answer == answers[0] for answer in answers)
    return [statistics.median(seconds) for seconds in taken]


def facts(only: str | None = None) -> None:
    """Daily facts: posting with them beside without, and reports by month of days beside those of movements."""
    with kinds_of_databases(only) as kinds:
        for kind in kinds:
            _posting(kind)
            _reports(kind)
