"""What happens by itself after a worker was away: how fast it catches up, and what postings notice of it.

The figures of the build before are taken beside ours, in processes of its own.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from jxc_graphql import app, wiring
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.operations import ShippedLine
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from tests.bench.stage import Stage, connected, fresh_databases, set_up

BEFORE = "1df1ffd"
"""The last build that handled them one by one."""
LEVELS, FACTS = 100, 100_000
BEFORE_FACTS = 3_000
"""Enough of them to tell the speed of a build that handles them one by one."""
CHAINS, WARM_UP = 60, 10
EXPECTED_RATIO, EXPECTED_DELAY = 20, 1.1
_THIS_TRANSACTION = {"sqlite": "0", "postgres": "pg_current_xact_id()::text::bigint"}


async def _stage() -> Stage:
    stage = await set_up(LEVELS, "1000")
    for sku_id in stage.sku_ids:
        low = WantedLimit(sku_id=sku_id, warehouse_id=stage.warehouse_id, limit=Quantity.of("5"))
        await limits.set_stock_limits(stage.call(), limits=[low])
    await wiring.REACTIONS.settle()
    return stage


@db.transactional
async def _be_away(facts: int) -> None:
    """Leaves so many facts unprocessed, each of which names a level."""
    level_ids = [level_id for (level_id,) in await db.fetch("SELECT id FROM stock_level ORDER BY id")]
    bodies = (
        json.dumps({"owner_ids": [], "document_id": n, "stock_level_ids": [level_ids[n * 7 % len(level_ids)]]})
        for n in range(facts)
    )
    await db.execute(
        "INSERT INTO journal (xid, at, name, subject_id, is_echo, request_id, address, body) "
        f"SELECT {_THIS_TRANSACTION[db.dialect()]}, ?, 'GoodsAllotted', 1, false, 'away', '', line.body "
        f"FROM {db.rows({'body': 'text'})} AS line",
        (clock.now(), db.json((body,) for body in bodies)),
    )


async def _left() -> int:
    """How many of them are."""
    ((left,),) = await db.fetch(
        "SELECT count(*) FROM journal WHERE name = 'GoodsAllotted' AND (xid, id) > "
        "(SELECT coalesce(max(xid), 0), coalesce(max(entry_id), 0) FROM reaction_cursor)"
    )
    return int(left)


async def _sell(stage: Stage, chains: int) -> list[float]:
    """Seconds of each of so many sales."""
    taken, call = [], stage.call()
    for n in range(chains):
        began = time.perf_counter()
        lines = [stage.line(n % LEVELS)]
        sold = await sales.create_sales_order(
            call, customer_id=stage.customer_id, warehouse_id=stage.warehouse_id, lines=lines
        )
        await sales.submit_sales_order(call, sales_order_id=sold.subject_id)
        await sales.approve_sales_order(call, sales_order_id=sold.subject_id)
        ((line_id,),) = await db.fetch("SELECT id FROM sales_order_line WHERE sales_order_id = ?", (sold.subject_id,))
        left = [ShippedLine(sales_order_line_id=line_id, quantity=Quantity.of("1"))]
        await shipping.ship_goods(call, sales_order_id=sold.subject_id, lines=left)
        taken.append(time.perf_counter() - began)
    return taken


async def _figures(url: str, facts: int) -> dict[str, Any]:
    async with connected(url):
        stage = await _stage()
        getattr(app, "settled", nullcontext)().__enter__()  # as in a server, where a build has it
        await _be_away(facts)
        began = time.perf_counter()
        await wiring.REACTIONS.settle()
        rate = facts / (time.perf_counter() - began)
        assert not await _left()
        running = asyncio.create_task(wiring.REACTIONS.run())
        await _sell(stage, WARM_UP)
        quiet = await _sell(stage, CHAINS)
        await _be_away(facts)
        began = time.perf_counter()
        busy = await _sell(stage, CHAINS)
        meanwhile = (facts - await _left()) / (time.perf_counter() - began)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    medians = statistics.median(quiet), statistics.median(busy)
    return {"rate": rate, "meanwhile": meanwhile, "quiet": medians[0], "busy": medians[1]}


def _taken(kind: str, facts: int, tree: Path | None = None) -> dict[str, float]:
    """The figures of this build, or of the one in a folder, by a process and on a database of its own."""
    code = f"import runpy; runpy.run_path({__file__!r}, run_name='__main__')"
    where: dict[str, Any] = {"cwd": tree, "env": os.environ | {"PYTHONPATH": str(tree)}} if tree else {}
    ran = subprocess.run(
        [sys.executable, "-c", code, kind, str(facts)], stdout=subprocess.PIPE, text=True, check=True, **where
    )
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _told(kind: str, build: str, found: dict[str, float], facts: int) -> None:
    print(
        f"{kind}: {build}: {found['rate']:,.0f} of {facts:,} facts a second, {found['meanwhile']:,.0f} while others "
        f"write; a sale takes {1000 * found['quiet']:.1f} ms, meanwhile {1000 * found['busy']:.1f} ms: "
        f"ratio {found['busy'] / found['quiet']:.2f} (expected <= {EXPECTED_DELAY})",
        flush=True,
    )


def reactions(only: str | None = None) -> None:
    """Reactions after a worker was away: facts a second, and sales meanwhile, beside the build before."""
    from tests.bench.builds import tree_of  # noqa: PLC0415  (this file runs in that build, which has no such module)

    with tree_of(BEFORE) as tree:
        for kind in [only] if only else ["sqlite", "postgres"]:
            ours = _taken(kind, FACTS)
            _told(kind, "this build", ours, FACTS)
            theirs = _taken(kind, BEFORE_FACTS, tree)
            _told(kind, "before", theirs, BEFORE_FACTS)
            faster = ours["rate"] / theirs["rate"]
            print(f"{kind}: {faster:.0f} times as fast (expected >= {EXPECTED_RATIO})", flush=True)


if __name__ == "__main__":
    with fresh_databases(sys.argv[1]) as [(_, url)]:
        print(json.dumps(asyncio.run(_figures(url, int(sys.argv[2])))))
