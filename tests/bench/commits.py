"""Operations that share a commit on SQLite, on a disk as slow as is said."""

import asyncio
import sqlite3
import statistics
import time
from typing import Any

from jxc_graphql.kit.db import sqlite_commits
from jxc_graphql.kit.db.connect import current
from jxc_graphql.selling.sales import operations as sales
from tests.bench.stage import Stage, at, fresh_databases, set_up

WRITERS, EACH, ROUNDS = 8, 10, 3
SLOWER = 2.0
"""How many times as long as the body of an operation the disk is made to take; this is simulated."""


class SlowDisk:
    """Has each COMMIT take so many seconds more, and counts them."""

    def __init__(self, writer: Any) -> None:
        self.seconds, self.commits = 0.0, 0
        self._run = writer.run
        writer.run = self.run

    async def run(self, function: Any, *args: Any) -> Any:
        """As the writer does."""
        return await self._run(self._commit if args == ("COMMIT",) else function, *args)

    def _commit(self, connection: sqlite3.Connection, statement: str) -> None:
        time.sleep(self.seconds)
        self.commits += 1
        connection.execute(statement)


async def _drafts(stage: Stage, writers: int) -> float:
    """Drafts a second."""

    async def one(number: int) -> None:
        for _ in range(EACH):
            await sales.create_sales_order(
                stage.call(),
                customer_id=stage.customer_id,
                warehouse_id=stage.warehouse_id,
                lines=[stage.line(number)],
            )

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(writers)))
    return writers * EACH / (time.perf_counter() - began)


async def _compared() -> None:
    stage, disk = await set_up(WRITERS, "1000"), SlowDisk(current().client.writer)
    await _drafts(stage, 1)
    body = 1 / statistics.median([await _drafts(stage, 1) for _ in range(3)])
    disk.seconds = SLOWER * body
    most = sqlite_commits.MOST_MEMBERS
    found: dict[int, list[tuple[float, float]]] = {1: [], most: []}
    for _ in range(ROUNDS):
        for members, rates in found.items():
            sqlite_commits.MOST_MEMBERS = members
            before = disk.commits
            rates.append((await _drafts(stage, WRITERS), (disk.commits - before) / (WRITERS * EACH)))
    sqlite_commits.MOST_MEMBERS = most
    ratios = sorted(shared[0] / alone[0] for alone, shared in zip(found[1], found[most], strict=True))
    print(
        f"sqlite: body {body * 1_000:.1f} ms, each COMMIT {SLOWER:g} × that longer (simulated), {WRITERS} writers:"
        f" {statistics.median(rate for rate, _ in found[most]):.0f} drafts/s with"
        f" {statistics.median(share for _, share in found[most]):.2f} commits each, one after the other"
        f" {statistics.median(rate for rate, _ in found[1]):.0f}/s: × {statistics.median(ratios):.2f}"
        f" [{ratios[0]:.2f}–{ratios[-1]:.2f}] (at least 2)"
    )


def commits(only: str | None = None) -> None:
    """Drafts a second of eight writers on SQLite, together and one after the other, on a disk made slow."""
    if only == "postgres":
        return
    with fresh_databases("sqlite") as [(_, url)]:
        at(url, _compared)
