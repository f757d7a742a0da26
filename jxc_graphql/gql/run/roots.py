"""The fields of Query, Mutation and Subscription: each gives the shaped value of its whole selection."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from graphql import FieldNode, GraphQLError

from jxc_graphql.gql.plan.collect import Groups
from jxc_graphql.gql.plan.hidden import Hiding, Path
from jxc_graphql.gql.plan.level import indented
from jxc_graphql.gql.plan.planner import Planner
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.running import Arguments, Run
from jxc_graphql.gql.plan.work import MOST, cost_of
from jxc_graphql.gql.run.inputs import Reader, input_path
from jxc_graphql.gql.run.loaders import Loader, constant, function_name, of_what_changes_nothing, refused_field
from jxc_graphql.gql.run.nodes import Nodes
from jxc_graphql.gql.run.outcome import Outcomes, UserErrors
from jxc_graphql.gql.run.result import failed
from jxc_graphql.gql.schema.types import Built, Field, FromRoot, InputType, ObjectType
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError, PartlyDone, Reason, Rejected
from jxc_graphql.kit.errors import Path as Place
from jxc_graphql.kit.rehearsal import rehearse, rehearsed
from jxc_graphql.kit.uses import counted


class RootFields:
    """All fields that one operation asks of a root type."""

    def __init__(self, planner: Planner, kind: ObjectType, groups: Groups, path: Path = ()) -> None:
        self._planner = planner
        self._path = path
        self.kind = kind
        self._checks: dict[str, Callable[[Run], None]] = {}
        self._arguments: dict[str, Arguments] = {}
        planner.introspects |= any(nodes[0].name.value in {"__schema", "__type"} for nodes in groups.values())
        self.fields = {
            key: self._checked(key, nodes)
            for key, nodes in groups.items()
            if nodes[0].name.value not in {"__schema", "__type"}
        }

    def is_alone(self, run: Run) -> bool:
        """Whether one statement finds all of it."""
        with suppress(DomainError, FieldError, GraphQLError):  # which the field tells when it is asked
            return len(self.fields) == 1 and all(loader.is_alone(run) for loader in self.fields.values())
        return False

    async def load(self, run: Run) -> dict[str, Any]:
        """The shaped value of each field, one after the other."""
        found = {}
        for key, loader in self.fields.items():
            try:
                self._check(key, run)
                found[key] = await loader.load(run)
            except Exception as error:  # noqa: BLE001  (it becomes the error of the field)
                found[key] = run.fail(error)
        return found

    def work(self, run: Run) -> float:
        """How much is looked through for all of them; where that is too much, for as many as make it so."""
        work = 0.0
        for loader in self.fields.values():
            if cost_of(work) > MOST:
                break
            with suppress(DomainError, FieldError, GraphQLError):  # which the field tells when it is asked
                work += loader.work(run)
        return work

    def explain(self, run: Run) -> Iterator[str]:
        """How each field is found."""
        for key, loader in self.fields.items():
            yield f"{key}:"
            try:
                yield from indented(loader.explain(run))
            except Exception as error:  # noqa: BLE001  (as it would become the error of the field)
                yield f"  fails: {error!r}"

    def _checked(self, key: str, nodes: list[FieldNode]) -> Loader:
        before = len(self._planner.checks)
        made = self._loader(key, nodes)
        self._checks[key] = self._planner.checked_since(before)
        return made

    def _check(self, key: str, run: Run) -> None:
        """Raises what refuses a field; what is wrong with its arguments is told first, as where nothing refuses it."""
        try:
            self._checks[key](run)
        except DomainError:
            self._arguments[key].of(run)
            raise

    def _loader(self, key: str, nodes: list[FieldNode]) -> Loader:
        name = nodes[0].name.value
        if name == "__typename":
            return constant(self.kind.name)
        field, planner = self.kind.fields[name], self._planner
        arguments = self._arguments[key] = planner.arguments(self.kind, field, nodes[0])
        refusal = planner.refusal(field)
        if refusal is not None:
            return refused_field(refusal, arguments)
        match field.source:
            case Built("node" | "nodes"):
                return Nodes(planner, field, nodes, arguments, (*self._path, key))
            case FromRoot(operation="mutation"):
                return _Mutation(planner, self.kind, field, nodes, arguments)
        return of_what_changes_nothing(planner, self.kind, field, nodes, arguments)


class _Mutation:
    """An operation, and what it answers; a client that hangs up does not stop it half-way."""

    def __init__(
        self, planner: Planner, owner: ObjectType, field: Field, nodes: list[FieldNode], arguments: Arguments
    ) -> None:
        assert isinstance(field.source, FromRoot)
        self._planner = planner
        self._owner = owner
        self._field = field
        self._source: FromRoot = field.source
        self._nodes = nodes
        self._arguments = arguments
        self._key = (nodes[0].alias or nodes[0].name).value
        self._payload = Payload(planner, field, nodes, self._key)

    def is_alone(self, _run: Run) -> bool:
        return False

    async def load(self, run: Run) -> Any:
        reader = Reader(run.call)
        given = reader.arguments(self._field.arguments, self._arguments.of(run))
        call = self._planner.adopt(run.call, given.get("input"))
        if reader.problems and self._source.does_without(given.get("input")):
            call = msgspec.structs.replace(call, unread=tuple(reader.problems))
        elif reader.problems:
            return await self._payload.load(run, None, await self._all_problems(call, given, reader.problems))
        try:
            if call.is_dry_run:
                return await self._payload.tried(run, *await _to_its_end(self._tried(run, call, given)))
            fact = await _to_its_end(self._source.function(call, **given))
        except Rejected as refused:
            return await self._payload.load(run, None, refused.reasons)
        if self._source.seen_by is None:
            return await self._payload.load(run, fact, _refused_of(fact))
        # Who signs in was nobody when the plan was made.
        other = self._source.seen_by(fact)
        planner = self._planner.for_call(other)
        payload = Payload(planner, self._field, self._nodes, self._key)
        run.hidden.update(Hiding(planner.selections, other).of_root(self._owner, {self._key: self._nodes}))
        return await payload.load(run.for_call(other), fact, ())

    async def _tried(self, run: Run, call: Call, given: Mapping[str, Any]) -> tuple[dict[str, Any], Sequence[Reason]]:
        """What it does, shown before it is taken back; no retry key is used for it."""
        once, noted = call.unkept(), run.noted

        async def work() -> tuple[dict[str, Any], Sequence[Reason]]:
            run.forget(noted)  # what a try before this one noted
            fact = await self._source.function(once, **given)
            await db.settle()
            return await self._payload.facts(run, fact), _refused_of(fact)

        return await rehearsed(work)

    async def _all_problems(self, call: Call, given: Mapping[str, Any], unread: Sequence[Reason]) -> list[Reason]:
        """What could not be read, and what else is wrong."""
        once = call.unkept()
        shown = self._payload.shown
        places = [shown(one.path) for one in unread]
        others = await _to_its_end(rehearse(lambda: self._source.function(once, **given), places, shown))
        return [*unread, *others]

    def work(self, run: Run) -> float:
        return self._payload.work(run)

    def explain(self, run: Run) -> Iterator[str]:
        yield function_name(self._field)
        yield from self._payload.explain(run)


async def _to_its_end(operation: Coroutine[Any, Any, Any]) -> Any:
    """What it gives; when nobody waits any more it goes on, and only what should not happen is told to the log."""
    task = asyncio.ensure_future(counted(operation))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_ended_alone)
        raise


def _refused_of(fact: object) -> Sequence[Reason]:
    """What is wrong with some of many things, where the others were done."""
    return fact.refused if isinstance(fact, PartlyDone) else ()


def _ended_alone(task: asyncio.Task[Any]) -> None:
    failure = None if task.cancelled() else task.exception()
    if isinstance(failure, Exception) and not isinstance(failure, DomainError):
        failed(failure, None)


class Payload:
    """What a mutation answers: objects by the ids of its fact, and what was wrong."""

    def __init__(self, planner: Planner, field: Field, nodes: list[FieldNode], key: str) -> None:
        """`key`: under which it stands in the answer."""
        kind = field.type.of
        assert isinstance(kind, ObjectType)
        self._asked = field.name
        told = field.arguments.get("input")
        self._input = told.type.of if told is not None and isinstance(told.type.of, InputType) else None
        groups = planner.selections.below(kind, nodes)
        self._order = list(groups)
        self._errors: dict[str, UserErrors] = {}
        self._query: dict[str, RootFields] = {}
        facts: Groups = {}
        for part, below in groups.items():
            name = below[0].name.value
            target = kind.fields[name].type.of if name in kind.fields else None
            if name == "userErrors":
                assert isinstance(target, ObjectType)
                self._errors[part] = UserErrors(planner, target, below)
            elif name == "query":
                assert isinstance(target, ObjectType)
                self._query[part] = RootFields(planner, target, planner.selections.below(target, below), (key, part))
            else:
                facts[part] = below
        self._facts = Outcomes(planner, kind, facts)

    async def load(self, run: Run, fact: Any, reasons: Sequence[Reason]) -> dict[str, Any]:
        """The payload of a fact, or of the reasons why there is none; it shows what was committed, all at one time."""
        alone = self._facts.statements <= 1 and not (reasons or self._query)
        return await run.at_once(lambda run: self._shape(run, fact, reasons), alone=alone)

    async def facts(self, run: Run, fact: Any) -> dict[str, Any]:
        """The objects of a fact, as whoever asks sees them now."""
        (found,) = await self._facts.shape(run, [fact], [self._asked])
        return found

    async def tried(self, run: Run, found: dict[str, Any], reasons: Sequence[Reason]) -> dict[str, Any]:
        """The payload with objects that were shown before they were taken back; what else is asked for is as it is."""
        if not (self._query or reasons):
            return self._ordered(found | {key: [] for key in self._errors})
        return await run.at_once(lambda run: self._around(run, found, reasons))

    def shown(self, path: Place) -> Place:
        """Where in the input a client finds what an operation says of a place."""
        return input_path(path, self._input)

    async def _shape(self, run: Run, fact: Any, reasons: Sequence[Reason]) -> dict[str, Any]:
        return await self._around(run, await self.facts(run, fact), reasons)

    async def _around(self, run: Run, found: Mapping[str, Any], reasons: Sequence[Reason]) -> dict[str, Any]:
        placed = [msgspec.structs.replace(one, path=self.shown(one.path)) if one.path else one for one in reasons]
        errors = {key: await errors.shape(run, placed) for key, errors in self._errors.items()}
        return self._ordered({**found, **errors, **{key: await root.load(run) for key, root in self._query.items()}})

    def _ordered(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {key: found[key] for key in self._order}

    def work(self, run: Run) -> float:
        """How much is looked through for what it shows; what a mutation itself does costs nothing."""
        return self._facts.work(run, 1) + sum(root.work(run) for root in self._query.values())

    def explain(self, run: Run) -> Iterator[str]:
        """What is asked for the objects in it, and for what is asked after the change."""
        yield from self._facts.explain(run)
        for root in self._query.values():
            yield from root.explain(run)
