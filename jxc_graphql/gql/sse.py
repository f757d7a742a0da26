"""Server-sent events, one stream for one operation (graphql-sse, distinct connections)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from starlette.types import Receive, Scope, Send

from jxc_graphql.gql.result import Result

HEARTBEAT_SECONDS = 12.0
"""A comment after so long a silence keeps proxies from closing the stream."""
_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
}


class EventStream:
    """A response that sends results as they come, until there are no more, the client leaves or the server stops."""

    def __init__(
        self,
        results: AsyncGenerator[Result, None],
        request_id: str,
        stopping: asyncio.Event,
        headers: Mapping[str, str],
    ) -> None:
        self._results = results
        self._request_id = request_id
        self._stopping = stopping
        self._headers = [(k.encode(), v.encode()) for k, v in {**_HEADERS, **headers}.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  (ASGI)
        """Sends the stream; returns when it has ended, whoever ended it."""
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        over = [asyncio.create_task(_disconnected(receive)), asyncio.create_task(self._stopping.wait())]
        sender = asyncio.create_task(self._send(send))
        try:
            await asyncio.wait([sender, *over], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sender, *over):
                task.cancel()
            await asyncio.gather(sender, *over, return_exceptions=True)
            await self._results.aclose()
        if not sender.cancelled() and (failure := sender.exception()):
            raise failure
        if self._stopping.is_set():
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send) -> None:
        async def write(text: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": text, "more_body": more})

        await write(b":\n\n")
        upcoming: asyncio.Future[Result] | None = None
        try:
            while True:
                upcoming = upcoming or asyncio.ensure_future(anext(self._results))
                done, _ = await asyncio.wait([upcoming], timeout=HEARTBEAT_SECONDS)
                if not done:
                    await write(b":\n\n")
                    continue
                try:
                    result = upcoming.result()
                except StopAsyncIteration:
                    break
                upcoming = None
                await write(event(result, self._request_id))
        finally:
            if upcoming and not upcoming.done():
                upcoming.cancel()
                await asyncio.gather(upcoming, return_exceptions=True)
        await write(b"event: complete\ndata:\n\n", more=False)


def event(result: Result, request_id: str) -> bytes:
    """One result as an event; its id is the cursor from which a client that comes back goes on."""
    cursor = _cursor(result.data)
    return b"".join(
        (f"id: {cursor}\n".encode() if cursor else b"", b"event: next\ndata: ", result.encode(request_id), b"\n\n")
    )


def _cursor(data: Any) -> str | None:
    """The `cursor` of the one root field of a subscription, if it has one that fits on a line."""
    payloads = list(data.values()) if isinstance(data, dict) else []
    cursor = payloads[0].get("cursor") if len(payloads) == 1 and isinstance(payloads[0], dict) else None
    return cursor if isinstance(cursor, str) and cursor.isprintable() else None


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
