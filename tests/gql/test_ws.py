"""GraphQL over WebSocket: the graphql-transport-ws protocol, frame by frame."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from jxc_graphql.auth.operations import revoke_token
from jxc_graphql.auth.queries import call_of_token
from jxc_graphql.gql import ws
from jxc_graphql.kit.call import Call

PROTOCOL = "graphql-transport-ws"
INIT = {"type": "connection_init"}
ACK = {"type": "connection_ack"}
QUIET = "subscription { lowStockAlerts { cursor } }"
SECONDS = 5

Open = Callable[..., Awaitable[ClientConnection]]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database is enough to talk about sockets."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'jxc.sqlite3')}"


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


@pytest.mark.parametrize("init", [INIT, INIT | {"payload": None}, INIT | {"payload": {"locale": "en"}}])
async def test_opens_for_anybody_who_speaks_the_protocol(opened: Open, init: Any) -> None:
    socket = await opened(init)
    assert await hear(socket) == ACK
    assert socket.subprotocol == PROTOCOL


@pytest.mark.parametrize("protocol", [None, "graphql-ws"])
async def test_refuses_other_protocols(opened: Open, protocol: str | None) -> None:
    assert await close_code(await opened(protocol=protocol)) == 4406


async def test_refuses_pages_of_unknown_origins(opened: Open, port: int) -> None:
    with pytest.raises(websockets.InvalidStatus):
        await opened(origin="https://evil.example")
    for origin in ("https://spa.example", f"http://127.0.0.1:{port}"):
        assert await hear(await opened(INIT, origin=origin)) == ACK


@pytest.mark.parametrize("authorization", ["Bearer nobodys", "Basic YTpi", "", 5, None, ["Bearer x"]])
async def test_refuses_a_token_that_is_not_good(opened: Open, authorization: Any) -> None:
    socket = await opened({"type": "connection_init", "payload": {"Authorization": authorization}})
    assert await close_code(socket) == 4403


async def test_wants_to_be_initialised_once_and_soon(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await close_code(await opened(INIT, INIT)) == 4429
    assert await close_code(await opened(subscribe("{ __typename }"))) == 4401
    monkeypatch.setattr(ws, "INIT_SECONDS", 0.1)
    assert await close_code(await opened()) == 4408


MALFORMED = [
    "",
    "x",
    "[]",
    "null",
    "{}",
    '{"type": 1}',
    '{"type": "start", "id": "1"}',
    '{"type": "connection_ack"}',
    '{"type": "next", "id": "1", "payload": {}}',
    '{"type": "ping", "payload": []}',
    '{"type": "ping"} x',
    '{"type": "ping", "type": "ping"}',
    '{"type": "ping", "payload": {"a": NaN}}',
    '{"type": "ping", "payload": {"a": "\\ud800"}}',
    '{"type": "subscribe"}',
    '{"type": "subscribe", "id": "1"}',
    '{"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}}',
    '{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}',
    '{"type": "subscribe", "id": "1", "payload": null}',
    '{"type": "subscribe", "id": "1", "payload": {}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "operationName": 1}}',
    '{"type": "complete", "id": null}',
    '{"type": "complete", "id": 1}',
    '{"type": "subscribe", "id": "1", "payload": ' + "[" * 20_000,
    '{"type": "ping", "payload": ' + '{"a":' * 5_000,
    b"\x00\x01",
    json.dumps(INIT).encode(),
]


@pytest.mark.parametrize("frame", MALFORMED, ids=lambda frame: repr(frame[:60]))
async def test_closes_for_a_malformed_message(opened: Open, frame: str | bytes) -> None:
    assert await close_code(await opened(INIT, frame)) == 4400


async def test_closes_for_a_message_that_is_too_big(opened: Open) -> None:
    assert await close_code(await opened(INIT, "x" * (ws.MESSAGE_BYTES + 1))) == 1009


async def test_answers_pings_at_any_time(opened: Open) -> None:
    socket = await opened({"type": "ping"}, {"type": "ping", "payload": {"a": 1}}, {"type": "pong"}, INIT)
    assert [await hear(socket) for _ in range(3)] == [{"type": "pong"}, {"type": "pong"}, ACK]


async def test_answers_queries(opened: Open, token: str) -> None:
    socket = await opened(bearer(token), subscribe("{ viewer { user { name } } }", "a"))
    ack, answer, end = [await hear(socket) for _ in range(3)]
    assert (ack, end) == (ACK, {"id": "a", "type": "complete"})
    assert (answer["id"], answer["type"]) == ("a", "next")
    assert answer["payload"]["data"] == {"viewer": {"user": {"name": "Administrator"}}}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothingOfTheKind }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query Q($id: ID!) { node(id: $id) { id } }"}, "BAD_USER_INPUT"),
        ({"query": "query A { __typename } query B { __typename }"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "mutation { __typename }"}, "METHOD_NOT_ALLOWED"),
        ({"query": "{ me { " + "id " * 500 + "} }"}, "LIMIT_EXCEEDED"),
        ({"query": "subscription S($after: String!) { lowStockAlerts(after: $after) { cursor } }"}, "BAD_USER_INPUT"),
        ({"query": QUIET}, "UNAUTHENTICATED"),
    ],
)
async def test_refuses_an_operation_and_lives_on(opened: Open, payload: dict[str, Any], code: str) -> None:
    socket = await opened(INIT, {"type": "subscribe", "id": "1", "payload": payload})
    assert await hear(socket) == ACK
    refused = await hear(socket)
    assert (refused["id"], refused["type"]) == ("1", "error")
    assert [error["extensions"]["code"] for error in refused["payload"]] == [code]
    assert all(error["extensions"]["requestId"] for error in refused["payload"])
    await say(socket, subscribe("{ __typename }"))
    assert (await hear(socket))["payload"]["data"] == {"__typename": "Query"}


async def test_runs_an_id_once_at_a_time(opened: Open, token: str) -> None:
    socket = await opened(bearer(token), subscribe(QUIET), {"type": "complete", "id": "1"}, subscribe("{ __typename }"))
    assert [(await hear(socket))["type"] for _ in range(3)] == ["connection_ack", "next", "complete"]
    assert await close_code(await opened(bearer(token), subscribe(QUIET), subscribe(QUIET))) == 4409


async def test_carries_so_many_operations_and_no_more(opened: Open, token: str) -> None:
    socket = await opened(bearer(token), *(subscribe(QUIET, str(i)) for i in range(ws.OPERATIONS + 1)))
    assert await hear(socket) == ACK
    refused = await hear(socket)
    assert (refused["id"], refused["type"]) == (str(ws.OPERATIONS), "error")
    assert refused["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_closes_when_the_token_is_revoked(opened: Open, token: str, call: Call) -> None:
    socket = await opened(bearer(token))
    assert await hear(socket) == ACK
    shown = await call_of_token(token, locale=None, request_id="test")
    assert shown.token_id
    await revoke_token(call, token_id=shown.token_id)
    await say(socket, subscribe("{ __typename }"))
    assert await close_code(socket) == 4403


async def test_leaves_nothing_running_behind(opened: Open, token: str) -> None:
    before = asyncio.all_tasks()
    socket = await opened(bearer(token), *(subscribe(QUIET, str(i)) for i in range(5)))
    assert await hear(socket) == ACK
    await socket.close()
    for _ in range(50):
        await asyncio.sleep(0.02)
        if asyncio.all_tasks() <= before:
            return
    pytest.fail(f"left running: {asyncio.all_tasks() - before}")
