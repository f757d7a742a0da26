"""`transactional`: all of a function or nothing, tried again when others, or a lost connection, were in the way."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from jxc_graphql.kit import in_use
from jxc_graphql.kit.db.boundary import Transaction
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.failures import full, passing

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 5
_LITTLE = 50_000
_LONGEST_PAUSE_SECONDS = 0.05


class _TakenBack(Exception):
    pass


def transactional(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Runs the function in a transaction: a new one, tried at most five times, or the caller's when there is one."""

    @wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if in_transaction():
            return await function(*args, **kwargs)
        for attempt in range(1, TRIES):
            try:
                return await alone(*args, **kwargs)
            except Exception as error:
                if not passing(error):
                    raise
            await asyncio.sleep(random.uniform(0, attempt * _LONGEST_PAUSE_SECONDS))  # noqa: S311  (only jitter)
        return await alone(*args, **kwargs)

    async def alone(*args: P.args, **kwargs: P.kwargs) -> T:
        database = current()
        try:
            await database.node.ensure()
            async with database.client.transaction():
                result = await function(*args, **kwargs)
        except Exception as error:
            database.is_full |= full(error)
            raise
        database.is_full = False
        return result

    return run


async def try_to_write() -> None:
    """Writes a little and takes it back; raises where there is no room."""
    try:
        async with current().client.transaction() as writing:
            await writing.fetch("CREATE TABLE room_to_write (filling TEXT)")
            await writing.fetch("INSERT INTO room_to_write (filling) VALUES (?)", ("x" * _LITTLE,))
            raise _TakenBack  # noqa: TRY301  (which is how a transaction is taken back)
    except _TakenBack:
        current().is_full = False


def in_transaction() -> bool:
    """Whether the running task is in a transaction; `ForeignTask` when it inherited one from another task."""
    return _running() is not None


def after_commit(callback: Callable[[], None]) -> None:
    """Calls back once the running transaction is committed; never when it is rolled back."""
    running().after_commit.append(callback)


def after_rollback(callback: Callable[[], None]) -> None:
    """Calls back once nothing of the running transaction is kept; never where that is not known."""
    running().after_rollback.append(callback)


def running() -> Transaction:
    """The transaction of the running task; `RuntimeError` outside."""
    transaction = _running()
    if transaction is None:
        raise RuntimeError("this must run inside a transaction")
    return transaction


def _running() -> Transaction | None:
    within = in_use.within.get()
    if within is None or within.writes is False:
        return None
    within.check_owner()
    return within
