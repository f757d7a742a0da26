"""`jxc verify` and `jxc rebuild` over a million movements: seconds, and the memory of the process that runs them."""

import re
import time
from collections import Counter
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from jxc_graphql.insight.verification import operations as rebuilding
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from tests.bench import million
from tests.bench.stage import Stage, at, fresh_databases

MOVEMENTS = 1_000_000
DAMAGED = {"stock_level": ("value", 50), "stock_day": ("quantity", 500), "cost_layer": ("quantity", 200)}
"""In so many rows of a table a column is made wrong."""
SLOW_SECONDS = 1.0
"""Checks that take longer are named."""


def _peak_megabytes() -> int:
    """The most memory that this process ever had (VmHWM)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) // 1024


async def _verify() -> str:
    began, seconds, differences = time.perf_counter(), Counter[str](), 0
    last = began
    async for progress in verification.verify():
        seconds[progress.check] += (now := time.perf_counter()) - last  # type: ignore[assignment]
        last, differences = now, differences + len(progress.differences)
    slow = ", ".join(f"{what} {took:.1f} s" for what, took in seconds.most_common() if took > SLOW_SECONDS)
    return f"{len(seconds)} checks in {last - began:.1f} s, {differences} differences; slowest: {slow or 'none'}"


async def _rebuild(stage: Stage) -> str:
    began, rows = time.perf_counter(), 0
    async for progress in rebuilding.rebuild_books(stage.call()):
        rows = progress.rows
    return f"{progress.skus} SKUs in {time.perf_counter() - began:.1f} s, {rows} rows repaired"


async def _damage() -> None:
    """Makes projections wrong, as a bug or somebody with a database tool would."""
    await _spoil()


@db.transactional
async def _spoil() -> None:
    for table, (column, rows) in DAMAGED.items():
        there = f"SELECT id FROM {table} WHERE {column} > 0 ORDER BY id LIMIT {rows}"
        await db.execute(f"UPDATE {table} SET {column} = {column} + 7 WHERE id IN ({there})")


def _alone(work: Any, url: str, results: Any) -> None:
    before, used = _peak_megabytes(), time.process_time()
    told = at(url, work)
    used = time.process_time() - used
    results.put(f"{told}; processor {used:.1f} s, memory {_peak_megabytes()} MB at its peak ({before} MB before)")


def _in_a_process(work: Any, url: str) -> str:
    context = get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_alone, args=(work, url, results))
    process.start()
    told: str = results.get()
    process.join()
    return told


def rebuild(only: str | None = None) -> None:
    """`verify` and `rebuild` over 1,000,000 movements: seconds, and peak memory of a process of its own."""
    with fresh_databases(only) as found:
        for name, url in found:
            stage = at(url, partial(million.set_up, MOVEMENTS))
            print(f"{name}: verify: {_in_a_process(_verify, url)}", flush=True)
            at(url, _damage)
            print(f"{name}: verify, damaged: {_in_a_process(_verify, url)}", flush=True)
            print(f"{name}: rebuild: {_in_a_process(partial(_rebuild, stage), url)}", flush=True)
            print(f"{name}: verify again: {_in_a_process(_verify, url)}", flush=True)
