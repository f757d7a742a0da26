"""Clients that follow something over a socket or an event stream, by the documents of schema/operations."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from jxc_graphql.kit.journal import Cursor
from tests.gql.sockets import ACK, PROTOCOL, bearer, hear, say
from tests.gql.streams import events
from tests.operations import documents
from tests.patience import SECONDS

E = TypeVar("E")


async def taken(stream: AsyncIterator[E | Cursor], count: int) -> list[E]:
    """The next so many events of a stream that is not on any wire; what says only how far it is, is passed over."""
    found: list[E] = []
    async with asyncio.timeout(SECONDS):
        while len(found) < count:
            event = await anext(stream)
            if not isinstance(event, Cursor):
                found.append(event)
    return found


async def all_so_far(stream: AsyncIterator[E | Cursor]) -> list[E]:
    """The events of a stream up to where it knows nothing more."""
    found: list[E] = []
    async with asyncio.timeout(SECONDS), aclosing(stream) as told:  # type: ignore[type-var]
        async for event in told:
            if isinstance(event, Cursor):
                break
            found.append(event)
    return found


class Follower:
    """What somebody hears."""

    def __init__(self, heard: AsyncIterator[Any]) -> None:
        self._heard = heard

    async def hears(self, count: int = 1) -> list[Any]:
        """The next so many events, as their field shows them."""
        found = []
        async with asyncio.timeout(SECONDS):
            for _ in range(count):
                answer = await anext(self._heard)
                assert "errors" not in answer, answer
                found.extend(answer["data"].values())
        return found


@asynccontextmanager
async def by_socket(port: int, token: str, operation: str, **variables: Any) -> AsyncIterator[Follower]:
    """Over a WebSocket."""
    address = f"ws://127.0.0.1:{port}/graphql"
    async with connect(address, subprotocols=[Subprotocol(PROTOCOL)]) as socket:
        await say(socket, bearer(token))
        assert await hear(socket) == ACK
        await say(socket, {"type": "subscribe", "id": "1", "payload": _asked(operation, variables)})
        async with aclosing(_frames(socket)) as frames:
            yield Follower(frames)


def _asked(operation: str, variables: Any) -> dict[str, Any]:
    """An operation of some file by its name, or a text."""
    named = {"operationName": operation} if operation in documents() else {}
    return {"query": documents().get(operation, operation), "variables": variables, **named}


async def _frames(socket: ClientConnection) -> AsyncGenerator[Any, None]:
    while True:
        message = await hear(socket)
        assert message["type"] == "next", message
        yield message["payload"]


@asynccontextmanager
async def by_stream(port: int, token: str, operation: str, **variables: Any) -> AsyncIterator[Follower]:
    """Over server-sent events."""
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    body = _asked(operation, variables)
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as client,
        client.stream("POST", "/graphql", json=body, headers=headers) as response,
        aclosing(_told(response)) as told,
    ):
        yield Follower(told)


async def _told(response: httpx.Response) -> AsyncGenerator[Any, None]:
    async for kind, answer in events(response):
        if kind == "next":
            yield answer


WIRES = {"WebSocket": by_socket, "SSE": by_stream}
