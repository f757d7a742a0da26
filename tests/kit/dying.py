"""A process that is killed while it writes."""

import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from jxc_graphql.kit.db import asyncpg_safe, sqlite_pool


def die_at(text: str) -> None:
    """Has this process killed when it sends a statement of a transaction with this text."""
    for kind in (sqlite_pool.SqliteTransaction, asyncpg_safe.AsyncpgTransaction):
        for name in ("execute", "execute_script"):
            setattr(kind, name, _killing(getattr(kind, name), text))


def _killing(send: Callable[..., Awaitable[Any]], text: str) -> Callable[..., Awaitable[Any]]:
    async def run(self: Any, query: str, *values: Any) -> Any:
        if text in query:
            os.kill(os.getpid(), signal.SIGKILL)
        return await send(self, query, *values)

    return run
