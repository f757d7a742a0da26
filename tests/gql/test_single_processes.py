"""One event stream, several operations, two processes: whichever is asked, the answer is the same."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from jxc_graphql.gql.wire import streams
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from tests.gql.streams import (
    CREATES,
    SUBSCRIPTION,
    codes,
    count,
    events,
    reserve,
    start,
    subscription,
    tell,
    until_taken,
)
from tests.patience import SECONDS, until
from tests.served import NEVER_LOOKS, Served, served


@pytest.fixture
def servers(call: Call, database_url: str, tmp_path: Path) -> Iterator[list[Served]]:
    at = {"JXC_DATABASE_URL": database_url}
    with served(tmp_path, before=NEVER_LOOKS, **at) as one, served(tmp_path, before=NEVER_LOOKS, **at) as two:
        yield [one, two]


@pytest.fixture
async def clients(servers: list[Served], token: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    headers = {"authorization": f"Bearer {token}"}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(httpx.AsyncClient(base_url=one.url, headers=headers, timeout=SECONDS))
            for one in servers
        ]


async def test_a_stream_is_one_stream_for_both(clients: list[httpx.AsyncClient], call: Call) -> None:
    here, there = clients
    stream = await reserve(here)
    assert await start(here, stream, CREATES, "before") == 202
    async with there.stream("GET", "/graphql", headers=stream) as response, asyncio.timeout(SECONDS):
        heard = events(response)
        assert (await anext(heard))[1]["payload"]["data"] == {"createCategory": {"category": {"code": "ONE"}}}
        assert await anext(heard) == ("complete", {"id": "before"})
        assert [(await one.get("/graphql", headers=stream)).status_code for one in clients] == [409, 409]

        for n in range(10):
            assert await start(here, stream, "{ __typename }", f"q{n}") == 202
            assert (await anext(heard))[1]["id"] == f"q{n}"
            assert await anext(heard) == ("complete", {"id": f"q{n}"})

        assert await start(here, stream, await subscription(), "s") == 202
        assert [await start(one, stream, SUBSCRIPTION, "s") for one in clients] == [409, 409]
        await tell(call)
        assert (await anext(heard))[1] == {"id": "s", "payload": {"data": {"lowStockAlerts": {"change": "RAISED"}}}}
        ended = await here.delete("/graphql", params={"operationId": "s"}, headers=stream)
        assert ended.status_code == 200
        assert await start(here, stream, "{ __typename }", "s") == 202
        assert (await anext(heard))[1]["payload"]["data"] == {"__typename": "Query"}
        assert await anext(heard) == ("complete", {"id": "s"})

        posted_to = [clients[n % 2] for n in range(24)]
        found = await asyncio.gather(*(start(one, stream, SUBSCRIPTION, str(n)) for n, one in enumerate(posted_to)))
        assert sorted(found) == [202] * 20 + [429] * 4
    await until(streams_are_gone)
    assert [await start(one, stream, "{ __typename }") for one in clients] == [404, 404]
    assert await codes() == ["ONE"]


async def streams_are_gone() -> bool:
    return not await count("event_stream")


async def test_a_dead_process_holds_nothing_for_long(clients: list[httpx.AsyncClient], servers: list[Served]) -> None:
    here, there = clients
    reserved = await asyncio.gather(*(reserve(clients[n % 2]) for n in range(20)))
    refused = await asyncio.gather(*(one.put("/graphql") for one in clients * 5))
    assert [answer.status_code for answer in refused] == [429] * 10
    stream = reserved[0]
    async with there.stream("GET", "/graphql", headers=stream) as response, asyncio.timeout(SECONDS):
        assert await start(here, stream, SUBSCRIPTION, "s") == 202
        await until_taken(1)
        servers[1].kill()
        with pytest.raises(httpx.TransportError):
            async for _ in response.aiter_raw():
                pass
    assert await start(here, stream, CREATES, "lost") == 202  # nobody knows yet
    assert (await here.put("/graphql")).status_code == 429
    await let_pass(streams.LEASE_SECONDS)
    assert await start(here, stream, CREATES, "late") == 404
    await reserve(here)
    assert await streams.purge_streams() == 1
    assert await count("stream_operation") == 0
    assert await codes() == []


@db.transactional
async def let_pass(seconds: float) -> None:
    """So much time for the stream that is open."""
    ((until,),) = await db.fetch("SELECT max(expires_at) FROM event_stream WHERE is_open")
    assert str(until) > str(clock.now())
    await db.execute("UPDATE event_stream SET expires_at = ? WHERE is_open", (clock.now(),))
