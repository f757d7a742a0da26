"""GraphQL over WebSocket: the graphql-transport-ws protocol, for subscriptions and queries.

A socket that breaks the protocol is closed with the protocol's code and one line that says why. Every operation, and
every event of a subscription, has a `Call` of its own; a token that dies meanwhile closes the socket.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, Literal

import msgspec
import structlog
from graphql.language import OperationType
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from jxc_graphql.gql.gate import Gate, address_of
from jxc_graphql.gql.request import Authenticate, Parameters, bearer, origin_allowed, strict_json
from jxc_graphql.gql.result import INTERNAL, Refused, Result, error
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.logging import bind_request, new_request_id

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 5.0
OPERATIONS = 20
MESSAGE_BYTES = 64 * 1024
REASON_BYTES = 120
"""A close frame has room for no more."""

BAD_MESSAGE, UNAUTHORIZED, FORBIDDEN, NO_PROTOCOL, INIT_TIMEOUT, DUPLICATE, SECOND_INIT, TOO_BIG = (
    4400,
    4401,
    4403,
    4406,
    4408,
    4409,
    4429,
    1009,
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

    def __init__(self, gate: Gate, authenticate: Authenticate, origins: Collection[str]) -> None:
        self._gate = gate
        self._authenticate = authenticate
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one socket."""
        socket = WebSocket(scope, receive, send)
        await socket.receive()
        if not origin_allowed(socket.headers, self._origins):
            await socket.close(FORBIDDEN)
        elif PROTOCOL not in scope["subprotocols"]:
            await socket.accept()
            await socket.close(NO_PROTOCOL, f"Speak {PROTOCOL}")
        else:
            await socket.accept(PROTOCOL)
            await _Session(self._gate, self._authenticate, socket).run()


class _Session:
    """One socket, from its acceptance to its end; whatever it started ends with it."""

    def __init__(self, gate: Gate, authenticate: Authenticate, socket: WebSocket) -> None:
        self._gate = gate
        self._authenticate = authenticate
        self._socket = socket
        self._tasks = asyncio.TaskGroup()
        self._renew: Callable[[str], Awaitable[Call]] | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Serves the socket until either side ends it."""
        try:
            async with self._tasks:
                await self._serve()
        except* _Close as closes:
            close = closes.exceptions[0]
            assert isinstance(close, _Close)
            with suppress(RuntimeError, WebSocketDisconnect):
                await self._socket.close(close.code, str(close).encode()[:REASON_BYTES].decode(errors="ignore"))
        except* (WebSocketDisconnect, WebSocketDisconnected):
            pass

    async def _serve(self) -> None:
        timer = self._tasks.create_task(_close_unless_initialised())
        while True:
            message = await self._receive()
            match message.type:
                case "connection_init":
                    if self._renew is not None:
                        raise _Close(SECOND_INIT, "Too many initialisation requests")
                    timer.cancel()
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
        await self._socket.send_text(msgspec.json.encode(message).decode())

    async def _initialise(self, payload: dict[str, Any]) -> None:
        headers = self._socket.headers
        given = {name.lower(): str(value) for name, value in payload.items()}
        try:
            token = bearer(given.get("authorization", headers.get("authorization")))
            language = given.get("accept-language", headers.get("accept-language"))
            self._renew = partial(self._authenticate, token, language)
            await self._renew(new_request_id())
        except Unauthenticated:
            raise _Close(FORBIDDEN, "Forbidden") from None
        await self._send({"type": "connection_ack"})

    async def _start(self, message: Message) -> None:
        if self._renew is None:
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
            errors = Result(errors=[too_many]).of_request(new_request_id()).errors
            await self._send({"id": message.id, "type": "error", "payload": errors})
        else:
            operation = self._operate(message.id, parameters, self._renew)
            self._operations[message.id] = self._tasks.create_task(operation)

    async def _operate(self, id_: str, parameters: Parameters, renew: Callable[[str], Awaitable[Call]]) -> None:
        request_id = new_request_id()
        bind_request(request_id)
        outcome: dict[str, Any] = {"type": "complete"}
        try:
            async with aclosing(self._results(parameters, partial(renew, request_id))) as results:
                async for result in results:
                    await self._send({"id": id_, "type": "next", "payload": msgspec.Raw(result.encode(request_id))})
        except Refused as refused:
            outcome = {"type": "error", "payload": refused.result.of_request(request_id).errors}
        except Unauthenticated:
            raise _Close(FORBIDDEN, "Forbidden") from None
        except (WebSocketDisconnect, WebSocketDisconnected):
            raise
        except Exception:  # noqa: BLE001  (a client never sees a traceback)
            _log.exception("operation.failed")
            outcome = {"type": "error", "payload": INTERNAL.of_request(request_id).errors}
        self._operations.pop(id_, None)
        await self._send({"id": id_, **outcome})

    async def _results(
        self, parameters: Parameters, renew: Callable[[], Awaitable[Call]]
    ) -> AsyncGenerator[Result, None]:
        call, address = await renew(), address_of(self._socket)
        parameters = self._gate.resolve(parameters)
        prepared = self._gate.prepare(parameters, call, address)
        kind = prepared.operation.operation
        if kind is OperationType.MUTATION:
            raise Refused([error("METHOD_NOT_ALLOWED", "Mutations are sent over HTTP.")])
        if kind is OperationType.QUERY:
            result = await self._gate.run(prepared, parameters.variables, call, address)
            if not result.was_run:
                raise Refused(result.errors or [])
            yield result
            return
        async with aclosing(self._gate.executor.subscribe(prepared, parameters.variables, renew)) as results:
            async for result in results:
                yield result


async def _close_unless_initialised() -> None:
    await asyncio.sleep(INIT_SECONDS)
    raise _Close(INIT_TIMEOUT, "Connection initialisation timeout")
