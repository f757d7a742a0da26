"""GraphQL over WebSocket: the graphql-transport-ws protocol, frame by frame."""

import asyncio
import json
import socket
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack, suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
import websockets
from graphql import get_introspection_query
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from jxc_graphql.app import authenticate
from jxc_graphql.gql.wire import peers, ws
from jxc_graphql.gql.wire.origins import Origins
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.operations import revoke_token
from jxc_graphql.office.auth.queries import call_of_token, calls_of_tokens, rights_version
from jxc_graphql.office.auth.rules import TOKEN_DAYS_MOST
from tests.gql.sockets import ACK, INIT, PROTOCOL, QUIET, Open, bearer, close_code, hear, say, subscribe
from tests.patience import SECONDS, until


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough to talk about sockets."""
    return sqlite_url


@pytest.mark.parametrize("init", [INIT, INIT | {"payload": None}, INIT | {"payload": {"locale": "en"}}])
async def test_opens_for_anybody_who_speaks_the_protocol(opened: Open, init: Any) -> None:
    socket = await opened(init)
    assert await hear(socket) == ACK
    assert socket.subprotocol == PROTOCOL


@pytest.mark.parametrize("protocol", [None, "graphql-ws"])
async def test_refuses_other_protocols(opened: Open, protocol: str | None) -> None:
    assert await close_code(await opened(protocol=protocol)) == 4406


@pytest.mark.parametrize("authorization", ["Bearer nobodys", "Basic YTpi", "", 5, None, ["Bearer x"]])
async def test_refuses_a_token_that_is_not_good(opened: Open, authorization: Any) -> None:
    socket = await opened({"type": "connection_init", "payload": {"Authorization": authorization}})
    assert await close_code(socket) == 4401


@pytest.fixture
def quick_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "ROUND_SECONDS", 0.02)


@pytest.fixture
def pass_seconds(monkeypatch: pytest.MonkeyPatch, quick_rounds: None) -> Callable[[float], None]:
    """Sets the clock by which sockets measure silence ahead by so many seconds."""
    ahead = 0.0

    def ahead_by(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds

    monkeypatch.setattr(ws, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + ahead))
    return ahead_by


async def test_wants_to_be_initialised_once_and_soon(opened: Open, pass_seconds: Callable[[float], None]) -> None:
    assert await close_code(await opened(INIT, INIT)) == 4429
    assert await close_code(await opened(subscribe("{ __typename }"))) == 4401
    late = await opened()
    pass_seconds(ws.INIT_SECONDS)
    assert await close_code(late) == 4408


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
    "true",
    "1e999",
    '"ping"',
    "{'type': 'ping'}",
    '{"type": "ping",}',
    '{"type": "ping"',
    '{"type": null}',
    '{"type": ["ping"]}',
    '{"type": "PING"}',
    '{"type": "connection_terminate"}',
    '{"type": "stop", "id": "1"}',
    '{"type": "error", "id": "1", "payload": []}',
    '{"type": "ping", "payload": "x"}',
    '{"type": "pong", "payload": 1}',
    '{"type": "complete", "id": {}}',
    '{"type": "subscribe", "id": "1", "payload": []}',
    '{"type": "subscribe", "id": "1", "payload": {"query": null}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "extensions": []}}',
    '{"type": "subscribe", "id": ["1"], "payload": {"query": "{ __typename }"}}',
    "\ufeff{}",
    "\x00",
]


@pytest.mark.parametrize("frame", MALFORMED, ids=lambda frame: repr(frame[:60]))
async def test_closes_for_a_malformed_message(opened: Open, frame: str | bytes) -> None:
    assert await close_code(await opened(INIT, frame)) == 4400


BROKEN = {
    "not masked": (b"\x81\x02{}", 1002),
    "reserved bit": (b"\xc1\x82\0\0\0\0{}", 1002),
    "reserved kind": (b"\x83\x82\0\0\0\0{}", 1002),
    "reserved control": (b"\x8b\x80\0\0\0\0", 1002),
    "parted ping": (b"\x09\x80\0\0\0\0", 1002),
    "long ping": (b"\x89\xfe\x00\x7e\0\0\0\0" + b"x" * 126, 1002),
    "part of nothing": (b"\x80\x82\0\0\0\0{}", 1002),
    "two at once": (b"\x01\x81\0\0\0\0{\x81\x81\0\0\0\0}", 1002),
    "huge": (b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 1009),
    "half a close": (b"\x88\x81\0\0\0\0\x03", 1002),
    "no such close": (b"\x88\x82\0\0\0\0\x00\x01", 1002),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_closes_for_a_broken_frame(port: int, case: str) -> None:
    frame, code = BROKEN[case]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    writer.write(frame)
    async with asyncio.timeout(SECONDS):
        answer = await reader.readexactly(4)
    assert (answer[0], int.from_bytes(answer[2:4], "big")) == (0x88, code)
    writer.close()


async def test_ends_quietly_when_the_server_has_hung_up_before_an_answer(call: Call) -> None:
    """uvicorn closes for a broken frame by itself, and says so to whoever still sends."""
    heard = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": json.dumps(INIT)}])

    async def receive() -> Any:
        return next(heard)

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            raise RuntimeError("Unexpected ASGI message 'websocket.send', after sending 'websocket.close'.")

    scope = {"type": "websocket", "path": "/graphql", "headers": [], "subprotocols": [PROTOCOL], "state": {}}
    everybody = peers.Peers(authenticate, calls_of_tokens, rights_version)
    gate = cast("Any", SimpleNamespace(answering=lambda work: work))
    wire = ws.GraphQLOverWebSocket(gate, everybody, Origins(()))
    await asyncio.wait_for(wire(scope, receive, send), SECONDS)


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
    assert await close_code(socket) == 4401


async def test_leaves_nothing_running_behind(opened: Open, token: str) -> None:
    before = asyncio.all_tasks()
    socket = await opened(bearer(token), *(subscribe(QUIET, str(i)) for i in range(5)))
    assert await hear(socket) == ACK
    await socket.close()

    async def nothing_is_left() -> bool:
        return asyncio.all_tasks() <= before

    await until(nothing_is_left)


async def id_of(token: str) -> int:
    shown = await call_of_token(token, locale=None, request_id="test")
    assert shown.token_id
    return shown.token_id


async def test_closes_a_silent_socket_whose_token_dies(
    opened: Open, token: str, call: Call, quick_rounds: None
) -> None:
    quiet, busy, nobody = await opened(bearer(token)), await opened(bearer(token), subscribe(QUIET)), await opened(INIT)
    for one in (quiet, busy, nobody):
        assert await hear(one) == ACK
    await revoke_token(call, token_id=await id_of(token))
    assert [await close_code(quiet), await close_code(busy)] == [4401, 4401]
    await say(nobody, {"type": "ping"})
    assert await hear(nobody) == {"type": "pong"}


async def test_sockets_and_streams_end_when_the_time_of_their_token_is_over(
    opened: Open, port: int, token: str, quick_rounds: None, pass_time: Callable[[float], None]
) -> None:
    quiet, busy = await opened(bearer(token)), await opened(bearer(token), subscribe(QUIET))
    assert [await hear(one) for one in (quiet, busy)] == [ACK, ACK]
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(headers=headers, timeout=SECONDS) as client,
        client.stream("GET", f"http://127.0.0.1:{port}/graphql", params={"query": QUIET}) as stream,
    ):
        told = stream.aiter_text()
        assert await anext(told) == ":\n\n"
        pass_time(timedelta(days=TOKEN_DAYS_MOST).total_seconds())
        assert [await close_code(one) for one in (quiet, busy)] == [4401, 4401]
        assert "UNAUTHENTICATED" in "".join([text async for text in told])


async def test_asks_for_all_tokens_at_once(call: Call, token: str, quick_rounds: None) -> None:
    rounds = 0

    async def counted(token_ids: Collection[int]) -> dict[int, Call]:
        nonlocal rounds
        found = await calls_of_tokens(token_ids)
        rounds += 1
        return found

    async def some_rounds_are_over() -> bool:
        return rounds >= 3

    everybody = peers.Peers(authenticate, counted, rights_version)
    with ExitStack() as stack, db.statements() as seen:
        for _ in range(10):
            everybody.introduce(stack.enter_context(everybody.entered()), await authenticate(token, None, "test"), None)
        signed_in, before = len(seen), rounds
        await until(some_rounds_are_over)
        assert rounds - before <= len(seen) - signed_in <= rounds - before + 1  # one may be under way


@pytest.mark.parametrize(("processes", "of_each"), [(1, 100), (4, 25), (10, 10), (64, 10)])
async def test_divides_the_sockets_of_a_user_among_processes(processes: int, of_each: int, call: Call) -> None:
    ours = peers.Peers(authenticate, calls_of_tokens, rights_version, processes)
    with ExitStack() as stack:
        for _ in range(of_each):
            ours.introduce(stack.enter_context(ours.entered()), call, None)
        with pytest.raises(peers.TooManyPeers):
            ours.introduce(stack.enter_context(ours.entered()), call, None)
        ours.introduce(stack.enter_context(ours.entered()), Call(), None)


async def test_pings_a_silent_peer_and_gives_up_on_a_dead_one(
    opened: Open, pass_seconds: Callable[[float], None]
) -> None:
    living, dead = await opened(INIT), await opened(INIT)
    assert [await hear(living), await hear(dead)] == [ACK, ACK]
    for _ in range(4):
        pass_seconds(ws.PING_SECONDS)
        assert await hear(living) == {"type": "ping"}
        await say(living, {"type": "pong"})
        await say(living, {"type": "ping"})
        assert await hear(living) == {"type": "pong"}  # so it was heard
    assert await close_code(dead) == 4499
    await say(living, {"type": "ping"})
    assert await hear(living) == {"type": "pong"}


async def test_carries_so_many_sockets_and_no_more(opened: Open, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "PEERS_OF_A_USER", 2)
    monkeypatch.setattr(peers, "PEERS", 4)
    first, second = await opened(bearer(token)), await opened(bearer(token))
    assert [await hear(first), await hear(second)] == [ACK, ACK]
    assert await close_code(await opened(bearer(token))) == 1013
    assert await hear(await opened(INIT)) == ACK
    assert await hear(await opened(INIT)) == ACK
    assert await close_code(await opened()) == 1013
    await first.close()

    async def there_is_room() -> bool:
        another = await opened(bearer(token))
        try:
            return bool(await hear(another) == ACK)
        except websockets.ConnectionClosed:
            return False

    await until(there_is_room)


async def test_hangs_up_on_a_peer_that_does_not_read(
    port: int, quick_rounds: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ws, "SEND_SECONDS", 0.3)
    monkeypatch.setattr(ws, "CLOSE_SECONDS", 0.1)
    before = asyncio.all_tasks()
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await asyncio.to_thread(raw.connect, ("127.0.0.1", port))
        deaf = await connect("ws://localhost/graphql", sock=raw, subprotocols=[Subprotocol(PROTOCOL)], max_queue=1)
        await say(deaf, INIT)
        deaf.transport.pause_reading()
        query = get_introspection_query()
        with suppress(websockets.ConnectionClosed):
            for number in range(200):
                await say(deaf, subscribe(query, str(number)))
                await asyncio.sleep(0.01)

        async def is_not_served() -> bool:
            return not {"peers", "stream"} & {task.get_name() for task in asyncio.all_tasks() - before}

        await until(is_not_served)
        deaf.transport.abort()
