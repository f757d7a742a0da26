"""A gate whose operations are counted, written down and traced: by name, outcome and duration, without what they say.

It stands in the place of the plain one only where somebody wants to see that.
"""

import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import Any

from graphql.language import OperationType
from msgspec import UNSET

from jxc_graphql.gql.run.result import Error, Refused, Result
from jxc_graphql.gql.wire.broadcast import Frame
from jxc_graphql.gql.wire.gate import Admitted, Gate
from jxc_graphql.gql.wire.peers import Peer
from jxc_graphql.gql.wire.request import Parameters
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.figures import CountedOperation, figures

OTHER = "other"
"""The name of all operations that nobody named to us: clients may think up as many as they like."""
Write = Callable[..., None]
Trace = Callable[[str, str], AbstractContextManager[Any]]

_NOTHING: Mapping[str, Any] = {}
_began: ContextVar[float | None] = ContextVar("began", default=None)


class WatchedGate(Gate):
    """The way to one executor, with somebody who looks on."""

    def __init__(self, *given: Any, names: Collection[str], write: Write | None, trace: Trace | None) -> None:
        """`names`: those that are shown; `write` takes a line of the access log, `trace` begins a span."""
        super().__init__(*given)
        self._names = names
        self._write = write
        self._trace = trace

    async def admit(self, parameters: Parameters, call: Call, address: str) -> Admitted:
        """As the plain gate does; whoever is refused here is counted."""
        began = time.monotonic()
        _began.set(began)
        try:
            return await super().admit(parameters, call, address)
        except Refused as refused:
            self._note(CountedOperation(OTHER, "", outcome_of(refused.result)), began, call)
            raise

    async def run(self, admitted: Admitted, *given: Any) -> Result:
        """As the plain gate does."""
        began, outcome = _began.get() or time.monotonic(), "CANCELLED"
        name, kind = self._name(admitted), admitted.kind.value
        with self._trace(name, kind) if self._trace else nullcontext():
            try:
                result = await super().run(admitted, *given)
                outcome = outcome_of(result)
            except Refused as refused:
                outcome = outcome_of(refused.result)
                raise
            except Exception:
                outcome = "INTERNAL"
                raise
            finally:
                figures.durations[name, kind].add(time.monotonic() - began)
                self._note(CountedOperation(name, kind, outcome), began, admitted.call, admitted.told)
        return result

    async def frames(self, admitted: Admitted, peer: Peer | None, *given: Any) -> AsyncGenerator[Frame, None]:
        """As the plain gate does; a subscription counts when it has ended."""
        if admitted.kind is not OperationType.SUBSCRIPTION:
            async for frame in super().frames(admitted, peer, *given):
                yield frame
            return
        began, outcome, told = time.monotonic(), "OK", 0
        figures.subscribers += 1
        try:
            async for frame in super().frames(admitted, peer, *given):
                told += 1
                yield frame
        except Refused as refused:
            outcome = outcome_of(refused.result)
            raise
        except Unauthenticated as unknown:
            outcome = unknown.code
            raise
        finally:
            figures.subscribers -= 1
            asked = CountedOperation(self._name(admitted), admitted.kind.value, outcome)
            self._note(asked, began, admitted.call, {"events": told})

    def _name(self, admitted: Admitted) -> str:
        name = admitted.prepared.operation.name
        return name.value if name and name.value in self._names else OTHER

    def _note(self, asked: CountedOperation, began: float, call: Call, told: Mapping[str, Any] = _NOTHING) -> None:
        figures.operations[asked] += 1
        if self._write:
            counts = {key: told[key] for key in ("requested", "events") if key in told}
            who = {"user": call.actor_id, "request_id": call.request_id}
            seconds = time.monotonic() - began
            self._write(event="operation", **asked._asdict(), **counts, **who, address=call.address, seconds=seconds)


def outcome_of(result: Result) -> str:
    """The code of the first thing that went wrong, or OK; refusals that a mutation answers with are answers."""
    errors: list[Error] = [] if result.errors is UNSET else result.errors
    return str(errors[0].get("extensions", {}).get("code", "INTERNAL")) if errors else "OK"
