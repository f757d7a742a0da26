"""`transactional`: all of a function or nothing, tried again when others, or a lost connection, were in the way."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from jxc_graphql.kit.db.boundary import Transaction
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.failures import passing

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 5
_LONGEST_PAUSE_SECONDS = 0.05


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
        await current().node.ensure()
        async with current().client.transaction():
            return await function(*args, **kwargs)

    return run


def in_transaction() -> bool:
    """Whether the running task is in a transaction; `ForeignTask` when it inherited one from another task."""
    client = current().client
    if not isinstance(client, Transaction):
        return False
    client.check_owner()
    return True


def after_commit(callback: Callable[[], None]) -> None:
    """Calls back once the running transaction is committed; never when it is rolled back."""
    running().after_commit.append(callback)


def running() -> Transaction:
    """The transaction of the running task; `RuntimeError` outside."""
    if not in_transaction():
        raise RuntimeError("this must run inside a transaction")
    transaction: Transaction = current().client
    return transaction
