"""Server-sent events as the graphql-sse protocol has them."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from starlette.types import Receive, Scope, Send

from jxc_graphql.gql.wire.broadcast import Frame
from jxc_graphql.kit.uses import counted

HEARTBEAT_SECONDS = 12.0
"""A comment after so long a silence keeps proxies from closing the stream."""
SEND_SECONDS = 10.0
"""How long a peer may not read what we send."""
COMPLETE = b"event: complete\ndata:\n\n"
_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
}


class SseResponse:
    """A response that sends results as they come, until there are no more, the client leaves or the server stops."""

    def __init__(
        self,
        frames: AsyncGenerator[Frame, None],
        stopping: asyncio.Event,
        headers: Mapping[str, str],
        farewell: bytes = COMPLETE,
        begun: asyncio.Event | None = None,
    ) -> None:
        """`farewell` is said when there are no more results; until `begun` a client is not told that he is heard.

        Whoever has the headers of a subscription may rely on it that nothing is missed from then on.
        """
        self._frames = frames
        self._farewell = farewell
        self._begun = begun
        self._stopping = stopping
        self._is_started = False
        self._headers = [(k.encode(), v.encode()) for k, v in {**_HEADERS, **headers}.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  (ASGI)
        """Sends the stream; returns when it has ended, whoever ended it."""
        over = [asyncio.create_task(_disconnected(receive)), asyncio.create_task(self._stopping.wait())]
        sender = asyncio.create_task(counted(self._send(send)))
        try:
            await asyncio.wait([sender, *over], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sender, *over):
                task.cancel()
            await asyncio.gather(sender, *over, return_exceptions=True)
            await self._frames.aclose()
        if not sender.cancelled() and (failure := sender.exception()) and not isinstance(failure, TimeoutError):
            raise failure
        if self._stopping.is_set():
            await self._start(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self) -> Frame:
        return await anext(self._frames)

    async def _start(self, send: Send) -> None:
        if not self._is_started:
            self._is_started = True
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})

    async def _send(self, send: Send) -> None:
        async def write(text: bytes, *, more: bool = True) -> None:
            async with asyncio.timeout(SEND_SECONDS):
                await send({"type": "http.response.body", "body": text, "more_body": more})

        first: asyncio.Future[Frame] = asyncio.ensure_future(counted(self._next()))
        upcoming: asyncio.Future[Frame] | None = first
        try:
            if self._begun:
                await _either(first, self._begun)
            await self._start(send)
            await write(b":\n\n")
            while True:
                upcoming = upcoming or asyncio.ensure_future(counted(self._next()))
                done, _ = await asyncio.wait([upcoming], timeout=HEARTBEAT_SECONDS)
                if not done:
                    await write(b":\n\n")
                    continue
                try:
                    frame = upcoming.result()
                except StopAsyncIteration:
                    break
                upcoming = None
                await write(event(frame))
        finally:
            if upcoming and not upcoming.done():
                upcoming.cancel()
                await asyncio.gather(upcoming, return_exceptions=True)
        await write(self._farewell, more=False)


def event(frame: Frame) -> bytes:
    """One answer as an event; its id is the cursor from which a client that comes back goes on."""
    cursor = f"id: {frame.cursor}\n" if frame.cursor else ""
    return f"{cursor}event: {frame.kind}\ndata: {frame.payload}\n\n".encode()


async def _either(upcoming: asyncio.Future[Frame], begun: asyncio.Event) -> None:
    """Returns when a subscription has begun, or tells why not, or is too long about it."""
    beginning = asyncio.ensure_future(begun.wait())
    waited: list[asyncio.Future[Any]] = [upcoming, beginning]
    await asyncio.wait(waited, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    beginning.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
