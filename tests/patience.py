"""Waiting for what must happen: for as long as any machine may need, because only what hangs takes that long."""

import asyncio
from collections.abc import Awaitable, Callable

SECONDS = 120.0


async def until(happened: Callable[[], Awaitable[object]]) -> None:
    """Returns when it has happened; raises `TimeoutError` when it never does."""
    async with asyncio.timeout(SECONDS):
        while not await happened():
            await asyncio.sleep(0.01)
