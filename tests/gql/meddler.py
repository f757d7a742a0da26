"""Fields that have somebody commit something while an answer is read: between two statements of it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec

from jxc_graphql.gql.declare import Id, batched, extends, query, subscription, value
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.selling.sales.api import SalesOrder
from jxc_graphql.selling.sales.models import SalesOrder as Row

_asked: "asyncio.Queue[asyncio.Future[None]]"


@asynccontextmanager
async def meddling(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Has the work done, by another task, whenever a field asks for it."""
    global _asked  # noqa: PLW0603  (fields have no other way to find it)
    _asked = asyncio.Queue()

    async def run() -> None:
        while True:
            done = await _asked.get()
            try:
                await work()
            except BaseException as error:
                done.set_exception(error)
                raise
            done.set_result(None)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _meddle() -> bool:
    done = asyncio.get_running_loop().create_future()
    _asked.put_nowait(done)
    await done
    return True


async def _meddle_with(call: Call, keys: Sequence[int]) -> list[bool]:
    return [await _meddle()] * len(keys)


@extends(SalesOrder)
class MeddledOrder:
    meddled: bool = batched(_meddle_with, "id")
    """Whether something has changed by now."""


class TwoCounts(msgspec.Struct, frozen=True):
    before: int
    after: int


@value
class Counts:
    """How many orders there are, counted twice."""

    before: int
    """Before somebody meddled."""
    after: int
    """And after it."""


@query(Counts)
async def counts(call: Call) -> TwoCounts:
    """Counts, has somebody meddle, and counts again."""
    before = await Row.all().count()
    await _meddle()
    ((after,),) = await db.fetch("SELECT count(*) FROM sales_order")
    return TwoCounts(before, after)


@query(bool)
async def meddled(call: Call) -> bool:
    """Has somebody meddle."""
    return await _meddle()


class OrderSeen(msgspec.Struct, frozen=True):
    sales_order_id: int


@value
class SeenOrder:
    """An order that somebody looks at."""

    sales_order: SalesOrder | None
    """Which."""


@subscription(SeenOrder)
async def order_seen(
    call: Call, sales_order_id: Annotated[Id[SalesOrder], "Which order."]
) -> AsyncGenerator[OrderSeen, None]:
    """One look at an order."""
    await _meddle()
    yield OrderSeen(sales_order_id)
