"""What an operation passes before it is run, whichever way it came: trust, budget, deadline."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import aclosing, nullcontext, suppress
from typing import Any, NamedTuple, TypeVar

from graphql.execution.values import VariableValues
from graphql.language import OperationType
from msgspec import UNSET
from msgspec.structs import replace
from starlette.requests import HTTPConnection

from jxc_graphql.gql.plan.work import MOST
from jxc_graphql.gql.run.execute import DOCUMENT_BYTES, Executor
from jxc_graphql.gql.run.prepare import Prepared
from jxc_graphql.gql.run.result import UNAVAILABLE, Error, Refused, Result, error
from jxc_graphql.gql.run.subscription import Event
from jxc_graphql.gql.run.translated import translated
from jxc_graphql.gql.wire.broadcast import Broadcasts, Confirm, Frame
from jxc_graphql.gql.wire.budget import REFUSAL, TOO_MUCH, Budgets, RateLimited
from jxc_graphql.gql.wire.peers import Peer
from jxc_graphql.gql.wire.request import Parameters
from jxc_graphql.gql.wire.shares import Shares
from jxc_graphql.gql.wire.trusted import Trusted
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.messages import render_code
from jxc_graphql.kit.uses import Use

T = TypeVar("T")

LONG = 5_000
"""What looks through more than so many rows of an answer takes the database a twentieth of a second or longer."""


class Admitted(NamedTuple):
    """An operation that was let in."""

    parameters: Parameters
    prepared: Prepared
    call: Call
    told: Mapping[str, Any]
    """What its sender learns about its cost."""
    values: VariableValues | None = None
    """What was read of its variables."""

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.prepared.operation.operation

    @property
    def is_long(self) -> bool:
        """Whether much must be looked through for it."""
        return bool(self.told["scanned"] > LONG)


class Gate:
    """The way to one executor."""

    def __init__(
        self, executor: Executor, trusted: Trusted, budgets: Budgets, deadline: float, confirm: Confirm
    ) -> None:
        """An operation may take so many seconds; 0 means as long as it likes. `confirm` comes before each event."""
        self.executor = executor
        self._trusted = trusted
        self._budgets = budgets
        self._deadline = deadline or None
        self._broadcasts = Broadcasts(confirm)
        self._shares = Shares()
        self._checking = asyncio.Lock()

    def get_ready(self) -> None:
        """Checks what is trusted before anybody asks for it, as much of it as is kept."""
        left = DOCUMENT_BYTES
        for text in sorted(self._trusted.texts, key=len):
            left -= len(text)
            if left < 0:
                return
            with suppress(Refused):  # which whoever sends it is told
                self.executor.prepare(text)

    async def answering(self, request: Coroutine[Any, Any, T]) -> T:
        """What answering a request gives, or serving a socket, all of which counts as its caller's."""
        return await self._shares.whole(request)

    async def admit(self, parameters: Parameters, call: Call, address: str) -> Admitted:
        """Lets an operation in when its caller may have one more: its text is known, and it is paid for.

        Raises `Refused`, `RateLimited` among it.
        """
        try:
            async with self._shares.turn(call.actor_id) as use:
                with use.counted():
                    parameters = self._trusted.resolve(parameters)
                    self._budgets.take(call, address, 0)
                if not self.executor.knows(parameters.query):
                    await self._check(parameters.query, use)
                with use.counted():
                    return self._admit(parameters, call, address)
        except RateLimited:
            raise
        except Refused as refused:
            raise Refused(translated(refused.result, call.locale).errors or ()) from None

    async def _check(self, text: str, use: Use) -> None:
        """Checks a document that nobody sent lately beside the loop, one at a time: others do not wait for it."""
        beside = Use()

        def check() -> Callable[[], None]:
            with beside.counted():
                return self.executor.check(text)

        async with self._checking:
            if not self.executor.knows(text):
                keep = await asyncio.to_thread(check)
                keep()
        use.seconds += beside.seconds

    def _admit(self, parameters: Parameters, call: Call, address: str) -> Admitted:
        try:
            prepared = self.executor.prepare(parameters.query, parameters.operation_name)
            values = self._values(parameters, prepared)
            scanned = 0 if values is None else self.executor.scanned(prepared, values, call)
        except Refused:
            self._budgets.take(call, address, REFUSAL)
            raise
        if scanned > MOST:
            self._budgets.take(call, address, TOO_MUCH)
            text = render_code("TOO_MUCH_TO_LOOK_THROUGH", call.locale, cost=scanned, most=MOST)
            raise Refused([error("LIMIT_EXCEEDED", text, cost=scanned, maximum=MOST)])
        cost = prepared.cost + scanned
        self._budgets.take(call, address, cost)
        return Admitted(parameters, prepared, call, self._budgets.told(call, address, cost, scanned), values)

    def is_for_anybody(self, parameters: Parameters) -> bool:
        """Whether it does not matter who sends an operation, as of signing in."""
        try:
            parameters = self._trusted.resolve(parameters)
            prepared = self.executor.prepare(parameters.query, parameters.operation_name)
        except Refused:
            return False
        return self.executor.is_for_anybody(prepared)

    def _values(self, parameters: Parameters, prepared: Prepared) -> VariableValues | None:
        """Those of an operation's variables; a subscription reads its own, as only what it tells costs."""
        if prepared.operation.operation is OperationType.SUBSCRIPTION:
            return None
        return self.executor.read(prepared, parameters.variables)

    def readmit(self, parameters: Parameters, call: Call, told: Mapping[str, Any]) -> Admitted:
        """Lets in what was let in already, perhaps by another process; raises `Refused`."""
        return Admitted(parameters, self.executor.prepare(parameters.query, parameters.operation_name), call, told)

    async def frames(
        self, admitted: Admitted, peer: Peer | None, begun: asyncio.Event | None = None
    ) -> AsyncGenerator[Frame, None]:
        """What an operation answers: once, or to a peer what a subscription tells.

        `begun` is set when a subscription misses nothing any more. Raises `Refused`, and `Unauthenticated` when the
        peer's token dies.
        """
        if admitted.kind is not OperationType.SUBSCRIPTION:
            yield Frame.of(Event(None, await self.run(admitted)), admitted.call.request_id)
            return
        assert peer is not None
        subscription = self.executor.subscription(admitted.prepared, admitted.parameters.variables)
        async with aclosing(self._broadcasts.follow(subscription, peer, begun)) as frames:
            async for frame in frames:
                yield frame

    def until(self) -> float | None:
        """When the time of an operation is over that begins now, by the clock of the loop."""
        return None if self._deadline is None else asyncio.get_running_loop().time() + self._deadline

    async def run(self, admitted: Admitted, until: float | None = None) -> Result:
        """The answer to a query or mutation, or the news that its time is over; raises `Refused`.

        What a mutation has begun ends as it would have ended without us: the client asks again with the same
        idempotency key.
        """
        locale = admitted.call.locale
        try:
            async with asyncio.timeout_at(until or self.until()):
                result = await self._run(admitted)
        except TimeoutError:
            result = self.too_late(admitted.parameters, locale)
        else:
            result = self.advised(result, admitted.parameters, locale)
        told = {} if result.extensions is UNSET else result.extensions
        result = translated(result, locale)
        return replace(result, extensions={**told, "cost": admitted.told})

    def too_late(self, parameters: Parameters, locale: str) -> Result:
        """The news that the time of an operation is over: used up, or spent on a database that does not answer."""
        code = "DEADLINE_EXCEEDED" if db.answers() else UNAVAILABLE
        told = [code, *(["MAY_HAVE_HAPPENED"] if self.is_mutation(parameters) else [])]
        return Result(None, [error(code, " ".join(render_code(one, locale) for one in told))])

    def advised(self, result: Result, parameters: Parameters, locale: str) -> Result:
        """With the advice to repeat what a mutation could not do for want of a database."""
        if result.errors is UNSET or not result.is_unavailable or not self.is_mutation(parameters):
            return result
        may_have, repeat = (render_code(one, locale) for one in ("MAY_HAVE_HAPPENED", "REPEAT"))

        def told(each: Error) -> Error:
            is_told = each["extensions"]["code"] != UNAVAILABLE or may_have in each["message"]
            return each if is_told else {**each, "message": f"{each['message']} {repeat}"}

        return replace(result, errors=[told(each) for each in result.errors])

    def is_mutation(self, parameters: Parameters) -> bool:
        """Whether somebody asks to have something changed."""
        try:
            parameters = self._trusted.resolve(parameters)
            prepared = self.executor.prepare(parameters.query, parameters.operation_name)
        except Refused:
            return False
        return prepared.operation.operation is OperationType.MUTATION

    async def _run(self, admitted: Admitted) -> Result:
        caller = admitted.call.actor_id
        async with self._shares.long(caller) if admitted.is_long else nullcontext(), self._shares.turn(caller) as use:
            asked, values = admitted.parameters, admitted.values
            running = self.executor.run(
                admitted.prepared, asked.variables, admitted.call, values=values, since=asked.position
            )
            return await (running if use.is_counting else use.of(running))


def address_of(connection: HTTPConnection) -> str:
    """Where a request or a socket comes from; behind a proxy, uvicorn finds out."""
    return connection.client.host if connection.client else ""
