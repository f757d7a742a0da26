"""Locks that belong to no row: one for each name, held until the transaction ends."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from zlib import crc32

from jxc_graphql.kit.db.sql import dialect, fetch, lock
from jxc_graphql.kit.db.transaction import running

T = TypeVar("T")

NOTHING = "SELECT 1 WHERE false"
CLASS = 0x4A5844
"""The first half of the advisory lock keys that names have on PostgreSQL."""


async def hold(name: str, *, shared: bool = False, ahead: bool = False) -> None:
    """Waits until no other transaction holds the name; a shared hold waits for those only that hold it alone.

    What the next statement reads is at least what the last holder committed; `ahead`: it is what waits, so that this
    takes no round trip. On SQLite one transaction writes at a time and thereby holds every name.
    """
    held = running().held
    if dialect() == "sqlite" or (name, shared) in held:
        return
    take = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    await lock(f"SELECT {take}(?, ?)", (CLASS, crc32(name.encode()) - 2**31))
    held.add((name, shared))
    if not ahead:
        await fetch(NOTHING)


async def read_held(name: str, read: Callable[[], Awaitable[T]]) -> T:
    """What nobody changes while the name is held, shared: read once, however often a transaction asks."""
    await hold(name, shared=True, ahead=True)
    known = running().known
    if name not in known:
        known[name] = await read()
    found: T = known[name]
    return found
