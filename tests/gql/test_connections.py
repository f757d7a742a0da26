"""What strangers may have a server wait for or keep, before anybody has signed in."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
import websockets
from graphql import get_introspection_query
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from jxc_graphql import serve
from jxc_graphql.gql.wire import body, connections
from jxc_graphql.kit.call import Call
from tests.gql.listening import Wire, listener, listening
from tests.gql.sockets import ACK, INIT, PROTOCOL, bearer, close_code, hear, say
from tests.patience import SECONDS, until

ASK = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
HALF = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 26\r\n"
BODY = '{"query": "{__typename}"} '
SOON = 0.05


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough to talk about connections."""
    return sqlite_url


@asynccontextmanager
async def wires(port: int, *addresses: str) -> AsyncIterator[list[Wire]]:
    opened = [await Wire.to(port, address) for address in addresses or ["127.0.0.1"]]
    yield opened
    for wire in opened:
        wire.close()


@asynccontextmanager
async def socket_of(port: int, *messages: Any, **options: Any) -> AsyncIterator[Any]:
    async with connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol(PROTOCOL)], **options) as one:
        for message in messages:
            await say(one, message)
            assert await hear(one) == ACK
        yield one


@pytest.mark.parametrize(
    "head",
    [
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: " + "x" * 2_000 + "\r\n\r\n",
        "GET /healthz?" + "x" * 2_000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\nA: "
        + "x" * 2_000 + "\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nA: " + "x" * 12_000,
        "GET /" + "x" * 12_000,
        ASK + "A: b\r\n" * 30 + "\r\n",
        ASK + "A: b\r\n" * 30,
    ],
    ids=["header", "url", "upgrade", "endless header", "endless url", "lines", "endless lines"],
)  # fmt: skip
async def test_a_head_has_so_many_bytes_and_lines(call: Call, head: str) -> None:
    async with listening(head_bytes=1_024, head_lines=20) as port, wires(port) as (wire,):
        await wire.say(head)
        assert await wire.code() == (431, "LIMIT_EXCEEDED")
        assert await wire.is_over()


async def test_a_head_that_fits_may_come_in_any_pieces(call: Call) -> None:
    async with listening(head_bytes=1_024, head_lines=20) as port, wires(port) as (wire,):
        for _ in range(3):
            for letter in ASK + "A: b\r\n" * 18 + "B: " + "x" * 800 + "\r\n\r\n":
                await wire.say(letter)
            assert (await wire.answer())[0] == 200
        await wire.say((ASK + "A: " + "x" * 900 + "\r\n\r\n") * 15)
        assert [(await wire.answer())[0] for _ in range(15)] == [200] * 15
        await wire.say(HALF.replace("26", "6000") + "\r\n" + BODY.ljust(6_000))
        assert (await wire.answer())[0] == 200


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("", []),
        ("\r\n" * 10, []),
        ("GET", [408]),
        (ASK, [408]),
        (f"{ASK}\r\nGET", [200, 408]),
        (HALF.replace("json", "xml") + "\r\n", [415]),
    ],
    ids=["nothing", "empty lines", "a word", "no end", "no end of the second", "no body after the answer"],
)
async def test_a_head_is_there_soon(call: Call, said: str, told: list[int]) -> None:
    async with listening(head_seconds=SOON) as port, wires(port) as (wire,):
        await wire.say(said)
        assert [(await wire.answer())[0] for _ in [*told, ""]] == [*told, 0]


async def test_whoever_goes_on_sending_what_nobody_reads_is_not_waited_for(call: Call) -> None:
    async with listener(head_seconds=SOON) as (port, server), wires(port) as (wire,):
        await wire.say(HALF.replace("/json", "/xml").replace("26", "100000") + "\r\n")
        assert (await wire.answer())[0] == 415

        async def hung_up() -> bool:
            await wire.say("x")
            return not server.server_state.connections

        await until(hung_up)


async def test_what_takes_long_after_its_head_is_not_cut_off(call: Call) -> None:
    async with listening(head_seconds=SOON) as port, wires(port) as (asking,):
        await asking.say(f"{HALF}\r\n")
        async with wires(port, "127.0.0.1") as (idle,):
            assert await idle.is_over()
        await asking.say(BODY)
        assert (await asking.answer())[0] == 200


async def test_a_connection_is_kept_for_its_next_request(call: Call) -> None:
    async with listening(head_seconds=SOON, keep_alive_seconds=SECONDS) as port, wires(port) as (kept,):
        await kept.say(f"{ASK}\r\n")
        assert (await kept.answer())[0] == 200
        async with wires(port) as (silent,):  # since later, and for longer than the head of a request may take
            assert await silent.is_over()
        await kept.say(f"{ASK}\r\n")
        assert (await kept.answer())[0] == 200
    async with listening(keep_alive_seconds=SOON) as port, wires(port) as (kept,):
        await kept.say(f"{ASK}\r\n")
        assert (await kept.answer())[0] == 200
        assert await kept.is_over()


async def test_an_address_has_so_many_connections(call: Call) -> None:
    async with listening(connections_per_address=2) as port, wires(port, "127.0.0.1", "127.0.0.1") as (one, _):
        async with wires(port, "127.0.0.1", "127.0.0.2") as (third, neighbour):
            status, headers, _ = await third.answer()
            assert (status, headers["retry-after"], headers["connection"]) == (429, "2", "close")
            assert await third.is_over()
            await neighbour.say(f"{ASK}\r\n")
            assert (await neighbour.answer())[0] == 200
        with pytest.raises(websockets.InvalidStatus):
            async with socket_of(port):
                pass
        one.close()

        async def is_let_in() -> bool:
            async with wires(port) as (again,):
                await again.say(f"{ASK}\r\n")
                return (await again.answer())[0] == 200

        await until(is_let_in)


async def test_processes_share_the_connections(call: Call) -> None:
    places = connections.Places(serve.Settings(connections=40, connections_per_address=30, workers=2))
    taken = [places.take("192.0.2.1", lambda: None) for _ in range(15)]
    with pytest.raises(connections.Turned):
        places.take("192.0.2.1", lambda: None)
    taken += [places.take("192.0.2.2", taken[0].leave) for _ in range(15)]
    assert len(places.waiting) == 20


async def test_of_a_trusted_proxy_requests_count_by_whom_it_speaks_for(call: Call) -> None:
    def half(client: str) -> str:
        return f"{HALF}X-Forwarded-For: 192.0.2.9, {client}\r\n\r\n"

    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(listening(connections_per_address=2, trusted_proxies=("127.0.0.1",)))
        opened = await stack.enter_async_context(wires(port, *["127.0.0.1"] * 6))
        await opened[0].say(half("2001:db8::1"))
        await opened[1].say(half("2001:db8::2"))

        async def third_is_refused() -> bool:
            async with wires(port) as (third,):
                await third.say(half("2001:db8::3") + BODY)
                return await third.code() == (429, "LIMIT_EXCEEDED")

        await until(third_is_refused)
        with pytest.raises(websockets.InvalidStatus) as denied:
            async with socket_of(port, additional_headers={"X-Forwarded-For": "2001:db8::4"}):
                pass
        assert denied.value.response.status_code == 429
        await opened[2].say(half("2001:db8:0:1::1") + BODY)
        assert (await opened[2].answer())[0] == 200
        await opened[0].say(BODY)
        assert (await opened[0].answer())[0] == 200

        async def is_let_in() -> bool:
            await opened[0].say(half("2001:db8::3") + BODY)
            return (await opened[0].answer())[0] == 200

        await until(is_let_in)


async def test_whoever_says_nothing_makes_room_for_somebody_who_does(call: Call, token: str) -> None:
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(listening(connections=4))
        silent, halfway = await stack.enter_async_context(wires(port, "127.0.0.1", "127.0.0.1"))
        await halfway.say(f"{HALF}\r\n")
        nobody = await stack.enter_async_context(socket_of(port, INIT))
        somebody = await stack.enter_async_context(socket_of(port, bearer(token)))

        async def asks() -> Wire:
            (wire,) = await stack.enter_async_context(wires(port))
            await wire.say(f"{HALF}\r\n")
            return wire

        await asks()
        assert (await silent.answer())[0] == 0
        await asks()
        assert await halfway.code() == (503, "UNAVAILABLE")
        third = await asks()
        assert await close_code(nobody) == 1012
        await third.say(BODY)
        assert (await third.answer())[0] == 200
        await say(somebody, {"type": "ping"})
        assert await hear(somebody) == {"type": "pong"}


async def test_whoever_is_signed_in_makes_no_room(call: Call, token: str) -> None:
    async with listening(connections=1) as port, socket_of(port, bearer(token)), wires(port) as (wire,):
        status, headers, text = await wire.answer()
        assert (status, headers["retry-after"]) == (503, "2")
        assert json.loads(text)["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_only_so_many_requests_are_sent_ahead(call: Call) -> None:
    async with listening() as port, wires(port, "127.0.0.1", "127.0.0.1") as (patient, hasty):
        await patient.say(f"{ASK}\r\n" * (connections.AHEAD + 1))
        assert [(await patient.answer())[0] for _ in range(connections.AHEAD + 1)] == [200] * (connections.AHEAD + 1)
        await hasty.say(f"{ASK}\r\n" * (connections.AHEAD + 2))
        assert (await hasty.answer())[0] == 0


async def test_an_answer_that_nobody_reads_is_given_up(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SEND_SECONDS", SOON)
    text = json.dumps({"query": get_introspection_query()})
    request = HALF.replace("26", str(len(text))) + f"\r\n{text}"
    async with listener(introspection=True) as (port, server):
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            deaf.connect(("127.0.0.1", port))
            deaf.sendall(request.encode() * (connections.AHEAD + 1))

            async def hung_up() -> bool:
                return server.server_state.total_requests > 0 and not server.server_state.connections

            await until(hung_up)


async def test_a_message_has_so_many_fragments(call: Call) -> None:
    async with listening() as port, socket_of(port, INIT) as one:
        await one.send(["", *[""] * (connections.FRAGMENTS - 3), '{"type": "ping"}'])
        assert await hear(one) == {"type": "pong"}
        with suppress(websockets.ConnectionClosed):
            await one.send(["", *[""] * 10 * connections.FRAGMENTS])
        assert await close_code(one) == 1009


@pytest.mark.parametrize("kind", ["HTTP", "Socket"])
async def test_reads_a_little_at_a_time(call: Call, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    pieces: list[int] = []
    reading = getattr(connections, f"Bounded{kind}")
    receive = reading.data_received

    def noted(self: Any, data: bytes) -> None:
        pieces.append(len(data))
        receive(self, data)

    monkeypatch.setattr(reading, "data_received", noted)
    async with listening() as port, wires(port) as (wire,), socket_of(port, INIT) as one:
        await wire.say(HALF.replace("26", "200000") + "\r\n" + BODY.ljust(200_000))
        assert (await wire.answer())[0] == 200
        await one.send('{"type": "ping"}'.ljust(60_000))
        assert await hear(one) == {"type": "pong"}
    assert max(pieces) == connections.READ_BYTES


async def test_whoever_pings_all_the_time_is_left_alone(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PINGS_PER_SECOND", 3)
    async with listening() as port, socket_of(port, INIT) as one, asyncio.timeout(SECONDS):
        with suppress(websockets.ConnectionClosed):
            while True:
                await (await one.ping())
        assert one.close_code == 1006


async def test_pings_of_somebody_who_reads_nothing_are_not_answered_for_ever(call: Call) -> None:
    upgrade = "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = f"Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Protocol: {PROTOCOL}\r\n"
    init = json.dumps(INIT).encode()
    async with listener() as (port, server), wires(port) as (deaf,):
        await deaf.say(f"GET /graphql HTTP/1.1\r\nHost: localhost\r\n{upgrade}{key}\r\n")
        await deaf.hear("\r\n\r\n")
        await deaf.say(bytes((0x81, 0x80 + len(init))) + bytes(4) + init)

        kept = [0]

        async def hung_up() -> bool:
            await deaf.say((b"\x89\xfd" + bytes(4) + bytes(125)) * 1_000)
            kept.extend(one.transport.get_write_buffer_size() for one in server.server_state.connections)
            return not server.server_state.connections

        await until(hung_up)
        assert max(kept) < 1_000_000


async def test_a_stop_does_not_wait_for_half_a_request(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "STOP_SECONDS", 3_600)
    monkeypatch.setattr(body, "BODY_SECONDS", 3_600.0)
    async with AsyncExitStack() as stack:
        opened = []
        async with asyncio.timeout(SECONDS), listener() as (port, server):
            for said in ("", ASK, f"{HALF}\r\n", f"{HALF}\r\n{BODY[:5]}"):
                (wire,) = await stack.enter_async_context(wires(port))
                await wire.say(said)
                opened.append(wire)

            async def are_heard() -> bool:
                return len(server.server_state.tasks) == 2

            await until(are_heard)
        assert [await wire.code() for wire in opened] == [(0, "")] * 2 + [(503, "UNAVAILABLE")] * 2
