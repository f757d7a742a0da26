"""The wire as clients meet it: in the test's own loop, over ASGI or over a port of its own."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from jxc_graphql.app import build_app
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_api_token
from tests.gql.listening import SPA, listening
from tests.gql.sockets import PROTOCOL, say

SETTINGS = Settings(introspection=True, graphiql=True, cors_origins=(SPA,), port=0, log_level="WARNING")


@pytest.fixture
async def token(call: Call) -> str:
    """A token of the administrator."""
    assert call.actor_id
    return (await create_api_token(call, user_id=call.actor_id, name="test")).token


@pytest.fixture
async def web(call: Call) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    transport = httpx.ASGITransport(build_app(SETTINGS))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
async def port(call: Call) -> AsyncIterator[int]:
    """The port of a server in this loop."""
    async with listening(**msgspec.structs.asdict(SETTINGS)) as port:
        yield port


@pytest.fixture
async def opened(port: int) -> Any:
    """Opens sockets, and closes them in the end."""
    sockets: list[ClientConnection] = []

    async def open_(*messages: Any, protocol: str | None = PROTOCOL, **options: Any) -> ClientConnection:
        url = f"ws://127.0.0.1:{port}/graphql"
        socket = await connect(
            url, subprotocols=[Subprotocol(protocol)] if protocol else None, max_size=None, **options
        )
        sockets.append(socket)
        for message in messages:
            await say(socket, message)
        return socket

    yield open_
    for socket in sockets:
        await socket.close()
