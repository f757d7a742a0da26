"""Functions of the caller and the arguments: how they are asked, and how what they give is shown."""

import dataclasses
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any, Protocol

from graphql import FieldNode

from jxc_graphql.gql.plan.fetch import Objects
from jxc_graphql.gql.plan.page import read_slice
from jxc_graphql.gql.plan.planner import Planner
from jxc_graphql.gql.plan.rows import PAGE, Write
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.work import LISTED
from jxc_graphql.gql.run.inputs import Reader
from jxc_graphql.gql.run.outcome import Connected, Outcomes
from jxc_graphql.gql.schema.types import Field, FromRoot, ObjectType
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected


class Shown(Protocol):
    """How what a function gave is shown."""

    async def shape(self, run: Run, outcome: Any, asked: str) -> Any:
        """The outcome of what was asked as a response."""

    def work(self, run: Run) -> float:
        """How much is looked through for the objects in it."""

    def explain(self, run: Run) -> Iterator[str]:
        """What is asked for the objects in it, line by line."""


def shown(planner: Planner, owner: ObjectType, field: Field, nodes: list[FieldNode]) -> Shown:
    """How what a root function gives is shown: a leaf, a value type, or an entity by its id."""
    kind = field.type.of
    if not isinstance(kind, ObjectType):
        return _Written(planner.writer(owner, field, nodes))
    if kind.loaded:
        return _Objects(planner.objects(field, nodes))
    if kind.kind == "connection":
        return Connected(planner, owner, field, nodes)
    return _Values(Outcomes(planner, kind, planner.selections.below(kind, nodes)), field.type.many)


@dataclasses.dataclass(frozen=True)
class _Written:
    write: Write

    async def shape(self, _run: Run, outcome: Any, asked: str) -> Any:
        return self.write(outcome, asked)

    def work(self, _run: Run) -> float:
        return 0

    def explain(self, _run: Run) -> Iterator[str]:
        yield from ()


@dataclasses.dataclass(frozen=True)
class _Objects:
    objects: Objects

    async def shape(self, run: Run, outcome: Any, _asked: str) -> Any:
        (found,) = await self.objects.shape(run, [outcome])
        return found

    def work(self, run: Run) -> float:
        return self.objects.work(run, 1)

    def explain(self, run: Run) -> Iterator[str]:
        return self.objects.explain(run)


@dataclasses.dataclass(frozen=True)
class _Values:
    outcomes: Outcomes
    many: bool

    async def shape(self, run: Run, outcome: Any, asked: str) -> Any:
        if outcome is None:
            return None
        outcomes = outcome if self.many else [outcome]
        shaped = await self.outcomes.shape(run, outcomes, [asked] * len(outcomes))
        return shaped if self.many else shaped[0]

    def work(self, run: Run) -> float:
        return self.outcomes.work(run, LISTED if self.many else 1)

    def explain(self, run: Run) -> Iterator[str]:
        return self.outcomes.explain(run)


def read_arguments(field: Field, call: Call, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a root function; `Rejected` where an id or a number in them is none, or a refusal."""
    reader = Reader(call)
    found = reader.arguments(field.arguments, given)
    if reader.problems:
        raise Rejected(*reader.problems)
    kind = field.type.of
    if not isinstance(kind, ObjectType) or kind.kind != "connection":
        return found
    return {name: value for name, value in found.items() if name not in PAGE} | {"page": read_slice(kind, given)}


def source_events(field: Field, call: Call, given: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
    """The outcomes that a subscription's function yields."""
    assert isinstance(field.source, FromRoot)
    events: AsyncGenerator[Any, None] = field.source.function(call, **read_arguments(field, call, given))
    return events
