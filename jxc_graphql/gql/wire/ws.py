"""GraphQL over WebSocket: the graphql-transport-ws protocol, for subscriptions and queries.

A socket that breaks the protocol is closed with the protocol's code and one line that says why; so is one whose token
dies, whose other end is gone, or whose other end does not read. For a token that is not good the code is one after
which graphql-ws does not try again. Every query asks afresh who its caller is; events are for the caller as known for
at most a second.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any, Literal

import msgspec
import structlog
from graphql.language import OperationType
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from jxc_graphql.gql.run.result import Refused, Result, error, failed
from jxc_graphql.gql.run.translated import text_in, translated
from jxc_graphql.gql.wire.broadcast import Frame
from jxc_graphql.gql.wire.gate import Gate, address_of
from jxc_graphql.gql.wire.origins import Origins, refused
from jxc_graphql.gql.wire.peers import Peer, Peers, TooManyPeers
from jxc_graphql.gql.wire.places import SPOKEN, place_of
from jxc_graphql.gql.wire.request import Parameters, bearer, strict_json
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.logging import bind_request, new_request_id
from jxc_graphql.kit.messages import choose_locale
from jxc_graphql.kit.uses import counted

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 5.0
OPERATIONS = 20
"""At a time, on one socket."""
PING_SECONDS = 25.0
"""A peer that is silent for so long is pinged."""
PONG_SECONDS = 10.0
"""How long it may take to answer."""
SEND_SECONDS = 10.0
"""How long a peer may not read what we send."""
CLOSE_SECONDS = 1.0
"""How long we try to tell a peer why; then we hang up."""
MESSAGE_BYTES = 64 * 1024
REASON_BYTES = 120
"""A close frame has room for no more."""

ABNORMAL, TOO_BIG, TRY_LATER = 1006, 1009, 1013
BAD_MESSAGE, UNAUTHORIZED, FORBIDDEN, NO_PROTOCOL, INIT_TIMEOUT, DUPLICATE, SECOND_INIT, TERMINATED = (
    4400,
    4401,
    4403,
    4406,
    4408,
    4409,
    4429,
    4499,
)

_log = structlog.get_logger(__name__)


class Message(msgspec.Struct, frozen=True):
    """What a client may send."""

    type: Literal["connection_init", "ping", "pong", "subscribe", "complete"]
    id: str = ""
    payload: dict[str, Any] | None = None


class _Close(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class GraphQLOverWebSocket:
    """The WebSocket face of one gate."""

    def __init__(self, gate: Gate, peers: Peers, origins: Origins) -> None:
        self.gate = gate
        self.peers = peers
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one socket."""
        socket = WebSocket(scope, receive, send)
        await socket.receive()
        if not self._origins.admit(socket):  # a page learns why a socket closes, not why it does not open
            await socket.accept()
            await socket.close(FORBIDDEN, reason_of(str(refused(socket.headers["origin"])), _asked(socket)))
        elif PROTOCOL not in scope["subprotocols"]:
            await socket.accept()
            await socket.close(NO_PROTOCOL, reason_of(f"Speak {PROTOCOL}", _asked(socket)))
        else:
            await socket.accept(PROTOCOL)
            await self.gate.answering(_Session(self, socket).run())


class _Session:
    """One socket, from its acceptance to its end; whatever it started ends with it."""

    def __init__(self, wire: GraphQLOverWebSocket, socket: WebSocket) -> None:
        self._wire = wire
        self._socket = socket
        self._address = address_of(socket)
        self._place = place_of(socket.scope)
        self._tasks = asyncio.TaskGroup()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._peer = Peer(self._attend)
        self._token: str | None = None
        self._language: str | None = None
        self._locale = _asked(socket)
        self._is_ending = False
        self._opened = self._heard = time.monotonic()
        self._stuck_since: float | None = None
        self._pinged = False
        self._is_initialised = False

    async def run(self) -> None:
        """Serves the socket until either side ends it."""
        try:
            with self._wire.peers.entered(self._attend) as self._peer:
                async with self._tasks:
                    await self._serve()
        except* _Close as closes:
            close = closes.exceptions[0]
            assert isinstance(close, _Close)
            await self._close(close.code, str(close))
        except* TooManyPeers:
            await self._close(TRY_LATER, "Too many sockets")
        except* (WebSocketDisconnect, WebSocketDisconnected):
            pass

    async def _close(self, code: int, reason: str) -> None:
        """Says why the socket ends, unless its other end does not read; to return is to hang up."""
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code, reason_of(reason, self._locale))

    def _attend(self) -> None:
        """Ends or pings the socket when it is time to; called every second."""
        now = time.monotonic()
        silence = now - self._heard
        if self._stuck_since is not None and now - self._stuck_since > SEND_SECONDS:
            self._end(TRY_LATER, "What was sent is not read")
        elif not self._is_initialised:
            if now - self._opened > INIT_SECONDS:
                self._end(INIT_TIMEOUT, "Connection initialisation timeout")
        elif not self._peer.is_known:
            self._end(UNAUTHORIZED, "The token is not good any more")
        elif silence > PING_SECONDS + PONG_SECONDS:
            self._end(TERMINATED, "Nothing was heard for long")
        elif silence > PING_SECONDS and not self._pinged:
            self._pinged = True
            self._tasks.create_task(self._send({"type": "ping"}))

    def _end(self, code: int, reason: str) -> None:
        if not self._is_ending:
            self._is_ending = True
            self._tasks.create_task(_raise(_Close(code, reason)))

    async def _serve(self) -> None:
        while True:
            message = await self._receive()
            match message.type:
                case "connection_init":
                    if self._is_initialised:
                        raise _Close(SECOND_INIT, "Too many initialisation requests")
                    await self._initialise(message.payload or {})
                case "ping":
                    await self._send({"type": "pong"})
                case "subscribe":
                    await self._start(message)
                case "complete" if message.id in self._operations:
                    task = self._operations.pop(message.id)
                    task.cancel()
                    await asyncio.wait([task])

    async def _receive(self) -> Message:
        frame = await self._socket.receive()
        self._heard, self._pinged = time.monotonic(), False
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1006))
        text = frame.get("text")
        if text is None:
            raise _Close(BAD_MESSAGE, "Only text frames are read")
        if len(text) > MESSAGE_BYTES:
            raise _Close(TOO_BIG, f"A message has at most {MESSAGE_BYTES} bytes")
        try:
            message: Message = strict_json(text, Message)
        except (msgspec.DecodeError, UnicodeError) as problem:
            raise _Close(BAD_MESSAGE, f"Invalid message: {problem}") from None
        return message

    async def _send(self, message: dict[str, Any]) -> None:
        await self._write(msgspec.json.encode(message).decode())

    async def _write(self, text: str) -> None:
        if self._stuck_since is None:
            self._stuck_since = time.monotonic()
        try:
            await self._socket.send({"type": "websocket.send", "text": text})
        except RuntimeError as gone:  # the server hung up meanwhile, over a frame that breaks the protocol
            raise WebSocketDisconnect(ABNORMAL) from gone
        self._stuck_since = None

    async def _initialise(self, payload: dict[str, Any]) -> None:
        headers = self._socket.headers
        given = {name.lower(): str(value) for name, value in payload.items()}
        try:
            self._token = bearer(given.get("authorization", headers.get("authorization")))
            self._language = given.get("accept-language", headers.get("accept-language"))
            call = await self._wire.peers.authenticate(self._token, self._language, new_request_id(), self._address)
            self._locale = self._socket.scope.setdefault("state", {})[SPOKEN] = call.locale
            self._wire.peers.introduce(self._peer, call, call.locale if self._language else None)
            if call.actor_id is not None and self._place:
                self._place.acts()
        except Unauthenticated as unknown:
            raise _Close(UNAUTHORIZED, unknown.code) from None
        except Exception as problem:
            if not db.unavailable(problem):
                raise
            raise _Close(TRY_LATER, "The database cannot be used right now.") from None
        self._is_initialised = True
        await self._send({"type": "connection_ack"})

    async def _start(self, message: Message) -> None:
        if not self._is_initialised:
            raise _Close(UNAUTHORIZED, "Unauthorized")
        if not message.id:
            raise _Close(BAD_MESSAGE, "Invalid message: an operation needs an id")
        if message.id in self._operations:
            raise _Close(DUPLICATE, f"Subscriber for {message.id} already exists")
        try:
            parameters = msgspec.convert(message.payload, Parameters)
        except msgspec.ValidationError as problem:
            raise _Close(BAD_MESSAGE, f"Invalid message: {problem}") from None
        if len(self._operations) >= OPERATIONS:
            too_many = error("LIMIT_EXCEEDED", f"A socket carries at most {OPERATIONS} operations.")
            refusal = translated(Result(errors=[too_many]), self._locale)
            errors = refusal.of_request(new_request_id()).errors
            await self._send({"id": message.id, "type": "error", "payload": errors})
        else:
            self._operations[message.id] = self._tasks.create_task(counted(self._operate(message.id, parameters)))

    async def _operate(self, id_: str, parameters: Parameters) -> None:
        request_id = new_request_id()
        bind_request(request_id)
        outcome: dict[str, Any] = {"type": "complete"}
        beginning = f'{{"id":{msgspec.json.encode(id_).decode()},"type":"next","payload":'
        try:
            async with aclosing(await self._frames(parameters, request_id)) as frames:
                async for frame in frames:
                    await self._write(f"{beginning}{frame.payload}}}")
        except Refused as refused:
            refusal = translated(refused.result, self._locale)
            outcome = {"type": "error", "payload": refusal.of_request(request_id).errors}
        except Unauthenticated as unknown:
            raise _Close(UNAUTHORIZED, unknown.code) from None
        except (WebSocketDisconnect, WebSocketDisconnected):
            raise
        except Exception as error:  # noqa: BLE001  (a client never sees a traceback)
            outcome = {"type": "error", "payload": failed(error, self._language).of_request(request_id).errors}
        self._operations.pop(id_, None)
        await self._send({"id": id_, **outcome})

    async def _frames(self, parameters: Parameters, request_id: str) -> AsyncGenerator[Frame, None]:
        call = await self._wire.peers.authenticate(self._token, self._language, request_id, self._address)
        admitted = await self._wire.gate.admit(parameters, call, self._address)
        if admitted.kind is OperationType.MUTATION:
            raise Refused([error("METHOD_NOT_ALLOWED", "Mutations are sent over HTTP.")])
        return self._wire.gate.frames(admitted, self._peer)


def reason_of(text: str, locale: str) -> str:
    """As much of a text as a close frame has room for, in a language; what the protocol has words for stays."""
    return text_in(locale, text).encode()[:REASON_BYTES].decode(errors="ignore")


def _asked(socket: WebSocket) -> str:
    return choose_locale(socket.headers.get("accept-language", ""))


async def _raise(close: _Close) -> None:
    raise close
