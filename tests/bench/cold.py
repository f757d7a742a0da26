"""The first order of a process beside later ones: what a process takes of a processor for a sales chain.

A process that has just begun is asked for nothing but whether it is ready, then sells one thing after the other.
"""

import asyncio
import statistics
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tests.bench.builds import Server, standing
from tests.bench.chain import Client
from tests.bench.chains import PREPARE
from tests.bench.load import Kept
from tests.databases import ROOT

CHAINS, WARM = 20, 10
"""In all, and those before the warm ones."""
IDLE_SECONDS = 4.0
SETTLED_SECONDS = 0.3
"""After each, for what happens by itself."""
ROUNDS = 3
EXPECTED_RATIO = 3.0


async def _taken(server: Server) -> list[float]:
    """Milliseconds of a processor for each chain."""
    client, taken = Client(await Kept.opened(server.port), server.told, 0), []
    idle = await _during(server, asyncio.sleep(IDLE_SECONDS)) / IDLE_SECONDS
    for _ in range(CHAINS):
        began = time.monotonic()
        busy = await _during(server, _sold(client))
        taken.append(busy - idle * (time.monotonic() - began))
    client.close()
    return taken


async def _sold(client: Client) -> None:
    await client.chain()
    await asyncio.sleep(SETTLED_SECONDS)


async def _during(server: Server, work: Coroutine[Any, Any, None]) -> float:
    """Milliseconds of a processor that the server takes meanwhile."""
    before = _milliseconds(server.pid)
    await work
    return _milliseconds(server.pid) - before


def _milliseconds(pid: int) -> float:
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6


def cold(only: str | None = None) -> None:
    """The first order of a process beside the tenth and later ones: CPU, and what starting took."""
    for name in [only] if only else ["sqlite", "postgres"]:
        ratios = []
        for _ in range(ROUNDS):
            with standing(ROOT, name, PREPARE) as (server,):
                started, small = _milliseconds(server.pid), server.megabytes()
                first, *others = asyncio.run(_taken(server))
                warm = statistics.median(others[WARM - 1 :])
                ratios.append(first / warm)
                print(
                    f"{name}: the first order takes {first:.1f} ms of a processor, the second {others[0]:.1f}, a warm "
                    f"one {warm:.1f}: × {first / warm:.1f}; to start {started:,.0f} ms, {small:.0f} MB, in the end "
                    f"{server.megabytes():.0f} MB",
                    flush=True,
                )
        print(f"{name}: × {statistics.median(ratios):.1f} (expected <= {EXPECTED_RATIO})", flush=True)
