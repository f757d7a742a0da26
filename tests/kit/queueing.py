"""Transactions that queue for SQLite's writer, and what stands between them and the disk."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from jxc_graphql.kit import db
from jxc_graphql.kit.db.connect import current
from jxc_graphql.masters.categories.models import Category
from tests.patience import SECONDS

Work = Callable[[], Awaitable[Any]]


class Refusal(Exception):
    """What an operation raises that is not done."""


class Disk:
    """Stands between COMMIT and the disk."""

    def __init__(self, writer: Any) -> None:
        self._run = writer.run
        self.reached, self.goes_on = asyncio.Event(), asyncio.Event()
        self.failure: Exception | None = None
        writer.run = self.run

    async def run(self, function: Any, *args: Any) -> Any:
        if args == ("COMMIT",):
            self.reached.set()
            await self.goes_on.wait()
            if self.failure is not None:
                raise self.failure
        return await self._run(function, *args)


async def together(*works: Work) -> list[asyncio.Task[Any]]:
    """Tasks that have queued, in this order, behind somebody who held the writer and has just let go of it."""
    has_it, let_go = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def hold() -> None:
        has_it.set()
        await let_go.wait()

    holder = asyncio.ensure_future(hold())
    await has_it.wait()
    tasks = [asyncio.ensure_future(work()) for work in works]
    await queued(len(works))
    holder.add_done_callback(lambda held: held.exception())  # a commit that fails fails for him too
    let_go.set()
    return tasks


async def queued(tasks: int) -> None:
    """Returns when so many wait for the writer."""
    while len(current().client.commits._queue) < tasks:  # noqa: SLF001
        await asyncio.sleep(0)


def add(code: str, *, refused: bool = False, told: list[str] | None = None) -> Work:
    @db.transactional
    async def work() -> str:
        if told is not None:
            db.after_commit(lambda: told.append(code))
        await Category.create(code=code, name=code)
        if refused:
            raise Refusal(code)
        return code

    return work


async def codes() -> list[str]:
    return [code for (code,) in await db.fetch("SELECT code FROM category ORDER BY code")]


async def results(tasks: Sequence[asyncio.Task[Any]]) -> list[Any]:
    async with asyncio.timeout(SECONDS):
        return await asyncio.gather(*tasks, return_exceptions=True)
