"""Many operations over one event stream: the single-connection mode of the graphql-sse protocol.

PUT reserves a stream and answers its token, GET opens it, POST runs an operation whose answers it carries, DELETE ends
one. Each of these may reach another process: streams and operations are in the database (`streams`). The process that
answers a POST lets the operation in: document, budget, origin. The one that has the stream open takes it and runs it
(`carrier`); what is posted before the stream is opened waits for that.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from jxc_graphql.gql.run.result import Refused
from jxc_graphql.gql.wire import streams
from jxc_graphql.gql.wire.answers import answers
from jxc_graphql.gql.wire.body import parameters_of
from jxc_graphql.gql.wire.budget import RateLimited
from jxc_graphql.gql.wire.carrier import Carrier
from jxc_graphql.gql.wire.gate import Gate, address_of
from jxc_graphql.gql.wire.origins import Origins
from jxc_graphql.gql.wire.peers import Peers
from jxc_graphql.gql.wire.request import BadRequest, Parameters, bearer
from jxc_graphql.gql.wire.sse import SseResponse
from jxc_graphql.gql.wire.streams import PostedOperation
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated

TOKEN_HEADER = "x-graphql-event-stream-token"  # noqa: S105  (the name of a header)
NAME_LENGTH = 100


class SingleConnections:
    """The face of the streams that this process shows."""

    def __init__(self, gate: Gate, peers: Peers, origins: Origins, stopping: asyncio.Event) -> None:
        self._gate = gate
        self._peers = peers
        self._origins = origins
        self._stopping = stopping
        self._carrier = Carrier(lambda posted: answers(gate, peers, posted), gate.answering)

    async def respond(self, request: Request, request_id: str) -> ASGIApp:
        """Reserves, opens or ends something, or lets an operation in; raises `BadRequest` and `Unauthenticated`."""
        bearer_token, language = bearer(request.headers.get("authorization")), request.headers.get("accept-language")
        call = await self._peers.authenticate(bearer_token, language, request_id, address_of(request))
        if call.actor_id is None:
            raise Unauthenticated
        token = token_of(request) or ""
        match request.method:
            case "PUT":
                return PlainTextResponse(await streams.reserve(call.actor_id), 201)
            case "GET":
                # A stream that ends by itself was lost: without a farewell, its client opens another.
                return SseResponse(await self._carrier.open(token, call.actor_id), self._stopping, {}, b"")
            case "DELETE":
                await streams.stop(token, call.actor_id, _name(request.query_params.get("operationId")))
                return Response(status_code=200)
        parameters = await parameters_of(request)
        name = _name((parameters.extensions or {}).get("operationId"))
        posted = await self._let_in(parameters, call, request)
        await streams.post(token, call.actor_id, name, posted)
        return Response(status_code=202)

    async def _let_in(self, parameters: Parameters, call: Call, request: Request) -> PostedOperation:
        """The operation with its cost, or with why it is refused; raises `RateLimited` and `BadRequest`."""
        cost: Mapping[str, Any] = {}
        refusal = None
        try:
            admitted = await self._gate.admit(parameters, call, address_of(request))
            self._origins.check(admitted.kind, request)
            parameters, cost = admitted.parameters, admitted.told
        except RateLimited:
            raise
        except Refused as refused:
            refusal = refused.result
        locale = call.locale if request.headers.get("accept-language") else None
        return PostedOperation(
            parameters=parameters,
            token_id=call.token_id,
            locale=locale,
            address=call.address,
            request_id=call.request_id,
            cost=cost,
            refusal=refusal,
        )


def concerns(request: Request) -> bool:
    """Whether a request is about such a stream."""
    names_one = token_of(request) is not None and "query" not in request.query_params
    return request.method in {"PUT", "DELETE"} or (names_one and request.method in {"GET", "POST"})


def token_of(request: Request) -> str | None:
    """The token of the stream that a request is about."""
    return request.headers.get(TOKEN_HEADER) or request.query_params.get("token")


def _name(operation_id: Any) -> str:
    """The id that a client gave an operation; raises `BadRequest` without one."""
    if isinstance(operation_id, str) and 0 < len(operation_id) <= NAME_LENGTH and operation_id.isprintable():
        return operation_id
    raise BadRequest(400, "BAD_REQUEST", f"The operation has no `operationId` of 1 to {NAME_LENGTH} characters.")
