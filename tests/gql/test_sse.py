"""What a stream of events promises whoever has its headers."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from jxc_graphql.gql.wire import sse
from jxc_graphql.gql.wire.broadcast import Frame
from jxc_graphql.gql.wire.sse import SseResponse
from tests.patience import SECONDS, until


async def silence() -> AsyncGenerator[Frame, None]:
    await asyncio.Event().wait()
    yield Frame(None, "")


async def alone() -> Any:
    await asyncio.Event().wait()


async def test_headers_come_when_nothing_is_missed_any_more() -> None:
    sent: list[str] = []
    begun, stopping = asyncio.Event(), asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def both() -> bool:
        return sent == ["http.response.start", "http.response.body"]

    served = asyncio.create_task(SseResponse(silence(), stopping, {}, begun=begun)({"type": "http"}, alone, send))
    await asyncio.sleep(0.05)
    assert sent == []
    begun.set()
    await until(both)
    stopping.set()
    async with asyncio.timeout(SECONDS):
        await served
    assert sent == ["http.response.start", "http.response.body", "http.response.body"]


async def test_a_stream_that_is_stopped_before_it_began_ends_as_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", SECONDS)
    sent: list[str] = []
    stopping = asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message["type"])

    stopping.set()
    async with asyncio.timeout(SECONDS):
        await SseResponse(silence(), stopping, {}, begun=asyncio.Event())({"type": "http"}, alone, send)
    assert sent == ["http.response.start", "http.response.body"]
