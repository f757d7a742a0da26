"""GraphQL over HTTP: POST and GET with JSON answers, event streams, and a page for browsers.

Follows the GraphQL-over-HTTP specification as npm's `graphql-http` audits it: a client that accepts
`application/graphql-response+json` learns from the status that nothing was run, one that accepts `application/json`
gets 200 for every answer to a well-formed request. The first media type of `Accept` that we have wins.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog
from graphql.language import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from jxc_graphql.gql.run.result import Refused, Result, failed, unauthenticated
from jxc_graphql.gql.run.translated import translated
from jxc_graphql.gql.wire import single
from jxc_graphql.gql.wire.answers import answers
from jxc_graphql.gql.wire.body import JSON, parameters_of
from jxc_graphql.gql.wire.broadcast import once
from jxc_graphql.gql.wire.budget import RateLimited
from jxc_graphql.gql.wire.gate import Admitted, Gate, address_of
from jxc_graphql.gql.wire.origins import Origins
from jxc_graphql.gql.wire.peers import Peers
from jxc_graphql.gql.wire.request import URL_PARAMETERS, BadRequest, Parameters, bearer
from jxc_graphql.gql.wire.resume import resumed
from jxc_graphql.gql.wire.single import SingleConnections
from jxc_graphql.gql.wire.sse import SseResponse
from jxc_graphql.gql.wire.streams import PostedOperation
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.messages import choose_locale

RESPONSE_JSON = "application/graphql-response+json"
EVENTS = "text/event-stream"
PAGE = "text/html"
_WILDCARDS = {"*/*": (JSON, EVENTS), "application/*": (JSON,), "text/*": (EVENTS,)}
_OURS = {RESPONSE_JSON, JSON, EVENTS, PAGE}
RETRY_AFTER_SECONDS = 2
"""When to send again what found no database."""
WISHES = 20
"""Media types of `Accept` that are read."""
_ASKING = {"query", "documentId", "extensions"}
_VARY = {"vary": "Accept, Accept-Language, Authorization"}

_log = structlog.get_logger(__name__)


class GraphQLOverHTTP:
    """The HTTP face of one gate."""

    def __init__(
        self,
        gate: Gate,
        peers: Peers,
        origins: Origins,
        stopping: asyncio.Event,
        *,
        page: Callable[[], Response] | None = None,
    ) -> None:
        self._gate = gate
        self._peers = peers
        self._origins = origins
        self._stopping = stopping
        self._page = page
        self._single = SingleConnections(gate, peers, origins, stopping)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        with suppress(ClientDisconnect):
            await self._gate.answering(self._answer_it(request, send))

    async def _answer_it(self, request: Request, send: Send) -> None:
        response = await self._respond(request)
        await response(request.scope, request.receive, send)

    async def _respond(self, request: Request) -> ASGIApp:
        request_id: str = request.state.request_id
        accepted = media_types(request.headers.get("accept"))
        media = next((media for media in accepted if media in {RESPONSE_JSON, JSON}), JSON)
        try:
            return await self._operate(request, request_id, accepted)
        except BadRequest as bad:
            answer = translated(bad.result, choose_locale(request.headers.get("accept-language") or ""))
            return respond(answer, media, request_id, bad.status, bad.headers)
        except RateLimited as limited:
            return respond(limited.result, media, request_id, 429, {"Retry-After": str(limited.retry_after)})
        except Unauthenticated as unknown:
            answer = unauthenticated(unknown, request.headers.get("accept-language"))
            return respond(answer, media, request_id, 401, {"WWW-Authenticate": "Bearer"})
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001  (a client never sees a traceback)
            language = request.headers.get("accept-language")
            answer = translated(failed(error, language), choose_locale(language or ""))
            return respond(answer, media, request_id, 500)

    async def _operate(self, request: Request, request_id: str, accepted: list[str]) -> ASGIApp:
        if request.scope["query_string"].count(b"&") >= URL_PARAMETERS:
            raise BadRequest(400, "BAD_REQUEST", f"The URL has more than {URL_PARAMETERS} parameters.")
        if PAGE in accepted:
            if request.method == "GET" and not _ASKING & request.query_params.keys() and self._page:
                return self._page()
            accepted.remove(PAGE)
        if single.concerns(request):
            return await self._single.respond(request, request_id)
        parameters = await parameters_of(request)
        if not accepted:
            raise BadRequest(406, "NOT_ACCEPTABLE", f"This server answers as {RESPONSE_JSON}, {JSON} or {EVENTS}.")
        answer = await self._answer(request, request_id, parameters, accepted)
        if not isinstance(answer, Result):
            return answer
        result = answer
        if accepted[0] == EVENTS:
            return SseResponse(once(result, request_id), self._stopping, _VARY)
        status = 400 if accepted[0] == RESPONSE_JSON and not result.was_run else 200
        return respond(result, accepted[0], request_id, status)

    async def _answer(
        self, request: Request, request_id: str, parameters: Parameters, accepted: list[str]
    ) -> Result | SseResponse:
        """What an operation answers in its time, which begins before anybody has looked who asks."""
        until, language, address = self._gate.until(), request.headers.get("accept-language"), address_of(request)
        locale = choose_locale(language or "")
        try:
            async with asyncio.timeout_at(until):
                call = await self._caller(request, request_id, parameters, language, address)
                locale = call.locale
                admitted = await self._gate.admit(parameters, call, address)
            _check_kind(admitted.kind, request.method, accepted)
            self._origins.check(admitted.kind, request)
            if admitted.kind is OperationType.SUBSCRIPTION:
                return self._stream(admitted, request, call.locale if language else None)
            return await self._gate.run(admitted, until)
        except RateLimited:
            raise
        except Refused as refused:
            return translated(refused.result, locale)
        except TimeoutError:
            return self._gate.too_late(parameters, locale)
        except Exception as error:
            if not db.unavailable(error):
                raise
            return self._gate.advised(failed(error, language), parameters, locale)

    async def _caller(
        self, request: Request, request_id: str, parameters: Parameters, language: str | None, address: str
    ) -> Call:
        """Whoever asks; who signs in or out may show a token that is not good any more."""
        try:
            token = bearer(request.headers.get("authorization"))
            return await self._peers.authenticate(token, language, request_id, address)
        except Unauthenticated:
            if not self._gate.is_for_anybody(parameters):
                raise
        return await self._peers.authenticate(None, language, request_id, address)

    def _stream(self, admitted: Admitted, request: Request, locale: str | None) -> SseResponse:
        """What a subscription tells, from where its reader was when the stream before broke off."""
        operation, seen = admitted.prepared.operation, request.headers.get("last-event-id")
        posted = PostedOperation(
            parameters=resumed(admitted.parameters, operation, self._gate.executor.schema, seen),
            token_id=admitted.call.token_id,
            locale=locale,
            address=admitted.call.address,
            request_id=admitted.call.request_id,
        )
        begun = asyncio.Event()
        return SseResponse(answers(self._gate, self._peers, posted, begun), self._stopping, _VARY, begun=begun)


def media_types(accept: str | None) -> list[str]:
    """The media types we can answer with, in the order in which the client likes them."""
    wishes: list[tuple[float, str]] = []
    for wish in (accept or "*/*").split(",", WISHES)[:WISHES]:
        media, *options = (part.strip().lower() for part in wish.split(";"))
        weights = [option[2:] for option in options if option.startswith("q=")]
        try:
            weight = float(weights[0]) if weights else 1.0
        except ValueError:
            continue
        wishes += [(-weight, ours) for ours in _WILDCARDS.get(media, (media,)) if weight > 0]
    ordered = [media for _, media in sorted(wishes, key=lambda wish: wish[0])]
    return list(dict.fromkeys(media for media in ordered if media in _OURS))


def _check_kind(kind: OperationType, method: str, accepted: list[str]) -> None:
    if method == "GET" and kind is OperationType.MUTATION:
        raise BadRequest(405, "METHOD_NOT_ALLOWED", "Mutations are sent by POST.", allow="POST")
    if kind is OperationType.SUBSCRIPTION and EVENTS not in accepted:
        raise BadRequest(406, "NOT_ACCEPTABLE", f"Subscriptions are answered as {EVENTS}, or over WebSocket.")


def respond(
    result: Result, media: str, request_id: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A result as the body of a response."""
    if result.is_unavailable:
        status, headers = 503, {**(headers or {}), "Retry-After": str(RETRY_AFTER_SECONDS)}
    content_type = {"content-type": f"{media}; charset=utf-8", "cache-control": "no-store"}
    return Response(result.encode(request_id), status, {**_VARY, **content_type, **(headers or {})})
