"""One event stream, several operations, two processes: whichever is asked, the answer is the same."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from jxc_graphql.gql.wire import streams
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from tests.gql.streams import CREATES, SUBSCRIPTION, codes, count, events, reserve, start, tell, until_taken

SECONDS = 60


class Server:
    """A server in a process of its own."""

    def __init__(self, database_url: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = {name: value for name, value in os.environ.items() if not name.startswith("JXC_")}
        settings = {"JXC_DATABASE_URL": database_url, "JXC_LOG_LEVEL": "WARNING", "JXC_DATA_DIR": str(folder)}
        command = [sys.executable, "-m", "jxc_graphql", "serve", "--port", str(port)]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(command, env=own | settings)

    async def ready(self) -> None:
        """Returns when it answers."""
        async with asyncio.timeout(SECONDS), httpx.AsyncClient() as client:
            while True:
                assert self.process.poll() is None
                try:
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.1)

    def kill(self) -> None:
        """Ends it without a word."""
        self.process.kill()
        self.process.wait(SECONDS)


@pytest.fixture
async def servers(call: Call, database_url: str, tmp_path: Path) -> AsyncIterator[list[Server]]:
    both = [Server(database_url, tmp_path) for _ in range(2)]
    try:
        for one in both:
            await one.ready()
        yield both
    finally:
        for one in both:
            one.kill()


@pytest.fixture
async def clients(servers: list[Server], token: str) -> AsyncIterator[list[httpx.AsyncClient]]:
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

        waits = []
        for n in range(10):
            posted = time.monotonic()
            assert await start(here, stream, "{ __typename }", f"q{n}") == 202
            assert (await anext(heard))[1]["id"] == f"q{n}"
            waits.append(time.monotonic() - posted)
            assert await anext(heard) == ("complete", {"id": f"q{n}"})
        assert sorted(waits)[5] < 0.6  # far below the second after which everybody looks by himself

        assert await start(here, stream, SUBSCRIPTION, "s") == 202
        assert [await start(one, stream, SUBSCRIPTION, "s") for one in clients] == [409, 409]
        await until_taken(1)
        await asyncio.sleep(0.5)
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
    while await count("event_stream"):
        await asyncio.sleep(0.05)
    assert [await start(one, stream, "{ __typename }") for one in clients] == [404, 404]
    assert await codes() == ["ONE"]


async def test_a_dead_process_holds_nothing_for_long(clients: list[httpx.AsyncClient], servers: list[Server]) -> None:
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
