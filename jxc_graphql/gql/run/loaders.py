"""How the fields of a root type are found: one loader for each kind of them that changes nothing."""

import dataclasses
from collections.abc import Iterator
from typing import Any, Protocol

from graphql import FieldNode

from jxc_graphql.gql.plan.fetch import ByIds
from jxc_graphql.gql.plan.level import Typed
from jxc_graphql.gql.plan.paged import Paged
from jxc_graphql.gql.plan.planner import Planner
from jxc_graphql.gql.plan.reading import own_id, refused
from jxc_graphql.gql.plan.rows import question
from jxc_graphql.gql.plan.running import Arguments, Run
from jxc_graphql.gql.plan.work import reported
from jxc_graphql.gql.run.shown import Shown, read_arguments, shown
from jxc_graphql.gql.schema.scalars import Unreadable, read_global_id
from jxc_graphql.gql.schema.types import Built, Field, FromRoot, ObjectType, ToMany


class Loader(Protocol):
    """One field of a root type."""

    def is_alone(self, run: Run) -> bool:
        """Whether one statement finds it."""

    async def load(self, run: Run) -> Any:
        """Its shaped value."""

    def work(self, run: Run) -> float:
        """How much is looked through for it."""

    def explain(self, run: Run) -> Iterator[str]:
        """How it is found, line by line."""


@dataclasses.dataclass(frozen=True)
class _Constant:
    value: Any

    def is_alone(self, _run: Run) -> bool:
        return True

    async def load(self, _run: Run) -> Any:
        return self.value

    def work(self, _run: Run) -> float:
        return 0

    def explain(self, _run: Run) -> Iterator[str]:
        yield repr(self.value)


@dataclasses.dataclass(frozen=True)
class _Refused:
    error: Exception
    arguments: Arguments

    def is_alone(self, _run: Run) -> bool:
        return True

    async def load(self, run: Run) -> Any:
        self.arguments.of(run)  # what is wrong with them is told first, as a field that is not refused would
        return run.fail(self.error)

    def work(self, _run: Run) -> float:
        return 0

    def explain(self, _run: Run) -> Iterator[str]:
        yield f"refused: {self.error!r}"


@dataclasses.dataclass(frozen=True)
class _List:
    paged: Paged

    def is_alone(self, run: Run) -> bool:
        return self.paged.is_alone(run)

    async def load(self, run: Run) -> Any:
        return await self.paged.load_root(run)

    def work(self, run: Run) -> float:
        return self.paged.work(run)

    def explain(self, run: Run) -> Iterator[str]:
        return self.paged.explain(run)


@dataclasses.dataclass(frozen=True)
class _ById:
    rows: ByIds
    entity: ObjectType
    arguments: Arguments

    def is_alone(self, _run: Run) -> bool:
        return self.rows.is_alone

    async def load(self, run: Run) -> Any:
        text = self.arguments.of(run)["id"]
        try:
            key = own_id(text, self.entity)
        except Unreadable as error:
            raise refused(("id",), error) from None
        found = (await self.rows.load(run, [key])).get(key)
        of_another = isinstance(found, Typed) and found.typename != read_global_id(text)[0]
        return None if of_another else found

    def work(self, run: Run) -> float:
        return self.rows.work(run, 1)

    def explain(self, run: Run) -> Iterator[str]:
        return self.rows.explain(run)


@dataclasses.dataclass(frozen=True)
class _Query:
    shown: Shown
    field: Field
    arguments: Arguments

    def is_alone(self, _run: Run) -> bool:
        return False

    async def load(self, run: Run) -> Any:
        assert isinstance(self.field.source, FromRoot)
        told = self.arguments.of(run)
        given = read_arguments(self.field, run.call, told)
        outcome = await self.field.source.function(run.call, **given)
        return await self.shown.shape(run, outcome, question(self.field.name, told))

    def work(self, run: Run) -> float:
        assert isinstance(self.field.source, FromRoot)
        work, adds_up = self.shown.work(run), self.field.source.adds_up
        if adds_up is None:
            return work
        return work + reported(adds_up(**read_arguments(self.field, run.call, self.arguments.of(run))))

    def explain(self, run: Run) -> Iterator[str]:
        yield function_name(self.field)
        yield from self.shown.explain(run)


def of_what_changes_nothing(
    planner: Planner, owner: ObjectType, field: Field, nodes: list[FieldNode], arguments: Arguments
) -> Loader:
    """What finds a list, a thing by its id, or what a function answers."""
    match field.source:
        case ToMany():
            return _List(planner.paged(owner, field, nodes))
        case Built("by_id"):
            assert isinstance(field.type.of, ObjectType)
            return _ById(planner.by_ids(field.type.of, nodes), field.type.of, arguments)
        case FromRoot():
            return _Query(shown(planner, owner, field, nodes), field, arguments)
    raise AssertionError(f"{owner.name}.{field.name} has no source")


def constant(value: Any) -> Loader:
    """What is known already."""
    return _Constant(value)


def refused_field(error: Exception, arguments: Arguments) -> Loader:
    """What the caller may not ask."""
    return _Refused(error, arguments)


def function_name(field: Field) -> str:
    """Where the function of a root field stands."""
    assert isinstance(field.source, FromRoot)
    return f"{field.source.function.__module__}.{field.source.function.__qualname__}"
