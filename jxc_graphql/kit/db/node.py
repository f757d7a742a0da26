"""The id node of this process: a number that no other running process of the database has."""

import fcntl
import os
from abc import ABC, abstractmethod
from typing import Any

from jxc_graphql.kit import ids

LOCK_CLASS = 0x4A5843
"""The first half of the advisory lock keys of processes on PostgreSQL."""
NAMED_LOCK_CLASS = LOCK_CLASS + 1
"""The first half of those that `locks` makes of names."""


class Claim(ABC):
    """A node that is ours until it is given back or the process ends."""

    @abstractmethod
    async def give_back(self) -> None:
        """Lets another process take it."""


class _FileClaim(Claim):
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def give_back(self) -> None:
        os.close(self._descriptor)


class _SessionClaim(Claim):
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def give_back(self) -> None:
        await self._connection.close()


async def claim(url: str, sqlite_path: str | None) -> Claim:
    """Takes a free node and makes `kit.ids` use it; raises `OSError` when all are taken."""
    return _claim_in_file(f"{sqlite_path}.nodes") if sqlite_path else await _claim_in_session(url)


def _candidates() -> list[int]:
    # Starting at different places keeps a new process from repeating the ids of one that has just ended.
    start = os.getpid() % ids.NODES
    return [*range(start, ids.NODES), *range(start)]


def _claim_in_file(path: str) -> Claim:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    for node in _candidates():
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, node)
        except OSError:
            continue
        ids.use_node(node)
        return _FileClaim(descriptor)
    os.close(descriptor)
    raise OSError("every id node is taken")


async def _claim_in_session(url: str) -> Claim:
    import asyncpg  # noqa: PLC0415  (an extra; SQLite works without it)

    connection = await asyncpg.connect(url)
    for node in _candidates():
        if await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", LOCK_CLASS, node):
            ids.use_node(node)
            return _SessionClaim(connection)
    await connection.close()
    raise OSError("every id node is taken")
