"""A client of graphql-transport-ws that says and hears one message at a time."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from tests.patience import SECONDS

PROTOCOL = "graphql-transport-ws"
INIT = {"type": "connection_init"}
ACK = {"type": "connection_ack"}
QUIET = "subscription { lowStockAlerts { cursor } }"
Open = Callable[..., Awaitable[ClientConnection]]


async def say(socket: ClientConnection, message: Any) -> None:
    await socket.send(message if isinstance(message, str | bytes) else json.dumps(message))


async def hear(socket: ClientConnection) -> Any:
    async with asyncio.timeout(SECONDS):
        frame = await socket.recv()
    assert isinstance(frame, str)
    return json.loads(frame)


async def close_code(socket: ClientConnection) -> int | None:
    """The code that the server closes with; what it says before is passed over."""
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                await socket.recv()
            except websockets.ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else None


def subscribe(query: str, id_: str = "1", **parameters: Any) -> dict[str, Any]:
    return {"type": "subscribe", "id": id_, "payload": {"query": query, **parameters}}


def bearer(token: str) -> dict[str, Any]:
    return {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
