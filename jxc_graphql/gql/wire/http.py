"""GraphQL over HTTP: POST and GET with JSON answers, event streams, and a page for browsers.

Follows the GraphQL-over-HTTP specification as npm's `graphql-http` audits it: a client that accepts
`application/graphql-response+json` learns from the status that nothing was run, one that accepts `application/json`
gets 200 for every answer to a well-formed request. The first media type of `Accept` that we have wins.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

import structlog
from graphql.language import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from jxc_graphql.gql.broadcast import Frame, once
from jxc_graphql.gql.result import INTERNAL, Refused, Result, unauthenticated
from jxc_graphql.gql.subscription import Event
from jxc_graphql.gql.wire import single
from jxc_graphql.gql.wire.budget import RateLimited
from jxc_graphql.gql.wire.gate import Gate, address_of
from jxc_graphql.gql.wire.peers import Peers
from jxc_graphql.gql.wire.request import (
    BadRequest,
    Parameters,
    bearer,
    origin_allowed,
    parameters_of_body,
    parameters_of_url,
)
from jxc_graphql.gql.wire.resume import resumed
from jxc_graphql.gql.wire.single import Reservations
from jxc_graphql.gql.wire.sse import EventStream
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated

if TYPE_CHECKING:
    from jxc_graphql.gql.execute import Prepared

BODY_BYTES = 256 * 1024
BODY_SECONDS = 30.0
"""How long a client may take to send its body."""

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"
PAGE = "text/html"
_WILDCARDS = {"*/*": (JSON, EVENTS), "application/*": (JSON,), "text/*": (EVENTS,)}
_OURS = {RESPONSE_JSON, JSON, EVENTS, PAGE}
_ASKING = {"query", "documentId", "extensions"}
_VARY = {"vary": "Accept, Accept-Language, Authorization"}

_log = structlog.get_logger(__name__)


class GraphQLOverHTTP:
    """The HTTP face of one gate."""

    def __init__(
        self,
        gate: Gate,
        peers: Peers,
        origins: Collection[str],
        stopping: asyncio.Event,
        *,
        page: Response | None = None,
        is_alone: bool = True,
    ) -> None:
        """Only a process that is alone can carry several operations over one event stream."""
        self._gate = gate
        self._peers = peers
        self._origins = origins
        self._stopping = stopping
        self._page = page
        self._reservations = Reservations() if is_alone else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> ASGIApp:
        request_id: str = request.state.request_id
        accepted = media_types(request.headers.get("accept"))
        media = next((media for media in accepted if media in {RESPONSE_JSON, JSON}), JSON)
        try:
            if (
                request.method == "GET"
                and not _ASKING & request.query_params.keys()
                and PAGE in accepted
                and self._page
            ):
                return self._page
            return await self._operate(request, request_id, [media for media in accepted if media != PAGE])
        except BadRequest as bad:
            return _response(bad.result, media, request_id, bad.status, bad.headers)
        except RateLimited as limited:
            return _response(limited.result, media, request_id, 429, {"Retry-After": str(limited.retry_after)})
        except Unauthenticated:
            answer = unauthenticated(request.headers.get("accept-language"))
            return _response(answer, media, request_id, 401, {"WWW-Authenticate": "Bearer"})
        except ClientDisconnect:
            raise
        except Exception:  # noqa: BLE001  (a client never sees a traceback)
            _log.exception("request.failed")
            return _response(INTERNAL, media, request_id, 500)

    async def _operate(self, request: Request, request_id: str, accepted: list[str]) -> ASGIApp:
        if self._reservations and single.concerns(request):
            return await self._carry(request, request_id, self._reservations)
        parameters = await _parameters(request)
        if not accepted:
            raise BadRequest(406, "NOT_ACCEPTABLE", f"This server answers as {RESPONSE_JSON}, {JSON} or {EVENTS}.")
        token = bearer(request.headers.get("authorization"))
        language = request.headers.get("accept-language")
        call = await self._peers.authenticate(token, language, request_id)
        try:
            address = address_of(request)
            parameters = self._gate.resolve(parameters)
            prepared = self._gate.prepare(parameters, call, address)
            kind = prepared.operation.operation
            _check_kind(kind, request.method, accepted)
            self._check_origin(prepared, request)
            if kind is OperationType.SUBSCRIPTION:
                parameters = resumed(
                    parameters, prepared.operation, self._gate.executor.schema, request.headers.get("last-event-id")
                )
                frames = self._subscribe(parameters, request_id, token, language)
                return EventStream(frames, self._stopping, _VARY)
            result = await self._gate.run(prepared, parameters.variables, call, address)
        except RateLimited:
            raise
        except Refused as refused:
            result = refused.result
        if accepted[0] == EVENTS:
            return EventStream(once(result, request_id), self._stopping, _VARY)
        status = 400 if accepted[0] == RESPONSE_JSON and not result.was_run else 200
        return _response(result, accepted[0], request_id, status)

    async def _carry(self, request: Request, request_id: str, reservations: Reservations) -> ASGIApp:
        """Reserves, opens or ends something of an event stream that carries several operations, or gives it one."""
        token, language = bearer(request.headers.get("authorization")), request.headers.get("accept-language")
        call = await self._peers.authenticate(token, language, request_id)
        if call.actor_id is None:
            raise Unauthenticated
        stream = single.token_of(request)
        match request.method:
            case "PUT":
                return PlainTextResponse(reservations.reserve(call.actor_id), 201)
            case "GET":
                return EventStream(reservations.open(stream, call.actor_id), self._stopping, _VARY)
            case "DELETE":
                operation_id = request.query_params.get("operationId")
                reservations.find(stream, call.actor_id).stop(single.checked(operation_id))
                return Response(status_code=200)
        parameters = await _parameters(request)
        operation_id = single.checked((parameters.extensions or {}).get("operationId"))
        reservation = reservations.find(stream, call.actor_id)
        try:
            parameters = self._gate.resolve(parameters)
            prepared = self._gate.prepare(parameters, call, address_of(request))
            if prepared.operation.operation is OperationType.SUBSCRIPTION:
                frames = self._subscribe(parameters, request_id, token, language)
            else:
                self._check_origin(prepared, request)
                frames = self._answered(prepared, parameters, call, address_of(request))
        except Refused as refused:
            frames = once(refused.result, request_id)
        reservation.start(operation_id, frames)
        return Response(status_code=202)

    async def _answered(
        self, prepared: "Prepared", parameters: Parameters, call: Call, address: str
    ) -> AsyncGenerator[Frame, None]:
        try:
            result = await self._gate.run(prepared, parameters.variables, call, address)
        except Refused as refused:
            result = refused.result
        except Exception:  # noqa: BLE001  (a client never sees a traceback)
            _log.exception("request.failed")
            result = INTERNAL
        yield Frame.of(Event(None, result), call.request_id)

    def _check_origin(self, prepared: "Prepared", request: Request) -> None:
        mutates = prepared.operation.operation is OperationType.MUTATION
        if mutates and not origin_allowed(request.headers, self._origins):
            raise BadRequest(403, "ORIGIN_NOT_ALLOWED", "Pages of this origin may not change anything here.")

    async def _subscribe(
        self, parameters: Parameters, request_id: str, token: str | None, language: str | None
    ) -> AsyncGenerator[Frame, None]:
        try:
            prepared = self._gate.executor.prepare(parameters.query, parameters.operation_name)
            with self._peers.entered() as peer:
                await self._peers.sign_in(peer, token, language, request_id)
                async with aclosing(self._gate.follow(prepared, parameters.variables, peer)) as frames:
                    async for frame in frames:
                        yield frame
        except Refused as refused:
            yield Frame.of(Event(None, refused.result), request_id)
        except Unauthenticated:
            yield Frame.of(Event(None, unauthenticated(language)), request_id)
        except Exception:  # noqa: BLE001
            _log.exception("subscription.failed")
            yield Frame.of(Event(None, INTERNAL), request_id)


def media_types(accept: str | None) -> list[str]:
    """The media types we can answer with, in the order in which the client likes them."""
    wishes: list[tuple[float, str]] = []
    for wish in (accept or "*/*").split(","):
        media, *options = (part.strip().lower() for part in wish.split(";"))
        weights = [option[2:] for option in options if option.startswith("q=")]
        try:
            weight = float(weights[0]) if weights else 1.0
        except ValueError:
            continue
        wishes += [(-weight, ours) for ours in _WILDCARDS.get(media, (media,)) if weight > 0]
    ordered = [media for _, media in sorted(wishes, key=lambda wish: wish[0])]
    return list(dict.fromkeys(media for media in ordered if media in _OURS))


async def _parameters(request: Request) -> Parameters:
    if request.method == "GET":
        return parameters_of_url(request.query_params)
    if request.method != "POST":
        raise BadRequest(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", allow="GET, POST, PUT, DELETE")
    media, *options = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charsets = [option[8:].strip('"') for option in options if option.startswith("charset=")]
    if (
        media != JSON
        or charsets not in ([], ["utf-8"])
        or request.headers.get("content-encoding", "identity") != "identity"
    ):
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", f"Send {JSON} in UTF-8, not compressed.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return parameters_of_body(await _body(request))
    except TimeoutError:
        raise BadRequest(408, "REQUEST_TIMEOUT", f"The body took longer than {BODY_SECONDS:g} seconds.") from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) <= BODY_BYTES:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES:
                break
        else:
            return bytes(body)
    raise BadRequest(413, "PAYLOAD_TOO_LARGE", f"The body has more than {BODY_BYTES:,} bytes.", connection="close")


def _check_kind(kind: OperationType, method: str, accepted: list[str]) -> None:
    if method == "GET" and kind is OperationType.MUTATION:
        raise BadRequest(405, "METHOD_NOT_ALLOWED", "Mutations are sent by POST.", allow="POST")
    if kind is OperationType.SUBSCRIPTION and EVENTS not in accepted:
        raise BadRequest(406, "NOT_ACCEPTABLE", f"Subscriptions are answered as {EVENTS}, or over WebSocket.")


def _response(
    result: Result, media: str, request_id: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    content_type = {"content-type": f"{media}; charset=utf-8", "cache-control": "no-store"}
    return Response(result.encode(request_id), status, {**_VARY, **content_type, **(headers or {})})
