"""What an operation passes before it is run, whichever way it came: trust, budget, deadline."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from graphql.language import OperationType
from msgspec.structs import replace
from starlette.requests import HTTPConnection

from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.run.prepare import Prepared
from jxc_graphql.gql.run.result import Refused, Result, error
from jxc_graphql.gql.wire.broadcast import Broadcasts, Frame
from jxc_graphql.gql.wire.budget import REFUSAL, Budgets
from jxc_graphql.gql.wire.peers import Peer
from jxc_graphql.gql.wire.request import Parameters
from jxc_graphql.gql.wire.trusted import Trusted
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.messages import render_code


class Gate:
    """The way to one executor."""

    def __init__(self, executor: Executor, trusted: Trusted, budgets: Budgets, deadline: float) -> None:
        """An operation may take so many seconds; 0 means as long as it likes."""
        self.executor = executor
        self._trusted = trusted
        self._budgets = budgets
        self._deadline = deadline or None
        self._broadcasts = Broadcasts()

    def resolve(self, parameters: Parameters) -> Parameters:
        """The parameters with the text that their id stands for; raises `Refused`."""
        return self._trusted.resolve(parameters)

    def prepare(self, parameters: Parameters, call: Call, address: str) -> Prepared:
        """The operation of resolved parameters, paid for; raises `Refused`, and `RateLimited` among it."""
        self._budgets.take(call, address, 0)
        try:
            prepared = self.executor.prepare(parameters.query, parameters.operation_name)
        except Refused:
            self._budgets.take(call, address, REFUSAL)
            raise
        self._budgets.take(call, address, prepared.cost)
        return prepared

    def told(self, prepared: Prepared, call: Call, address: str) -> dict[str, Any]:
        """What its sender learns about the cost of an operation."""
        return self._budgets.told(call, address, prepared.cost)

    async def run(
        self, prepared: Prepared, variables: Mapping[str, Any] | None, call: Call, told: Mapping[str, Any]
    ) -> Result:
        """The answer to a query or mutation, or the news that its time is over; raises `Refused`.

        What a mutation has begun ends as it would have ended without us: the client asks again with the same
        idempotency key.
        """
        result = _too_late(prepared, call)
        try:
            async with asyncio.timeout(self._deadline):
                result = await self.executor.run(prepared, variables, call)
        except TimeoutError:
            pass
        return replace(result, extensions={"cost": told})

    def follow(
        self, prepared: Prepared, variables: Mapping[str, Any] | None, peer: Peer
    ) -> AsyncGenerator[Frame, None]:
        """What a subscription tells a peer; raises `Refused`, and `Unauthenticated` when the peer's token dies."""
        return self._broadcasts.follow(self.executor.subscription(prepared, variables), peer)


def address_of(connection: HTTPConnection) -> str:
    """Where a request or a socket comes from; behind a proxy, uvicorn finds out."""
    return connection.client.host if connection.client else ""


def _too_late(prepared: Prepared, call: Call) -> Result:
    mutates = prepared.operation.operation is OperationType.MUTATION
    text = render_code("DEADLINE_EXCEEDED", call.locale)
    if mutates:
        text = f"{text} {render_code('MAY_HAVE_HAPPENED', call.locale)}"
    return Result(None, [error("DEADLINE_EXCEEDED", text)])
