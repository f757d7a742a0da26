"""The fields of Query, Mutation and Subscription: each gives the shaped value of its whole selection."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from graphql import FieldNode

from jxc_graphql.gql.plan.collect import Groups
from jxc_graphql.gql.plan.fetch import ByIds, rows_by_id
from jxc_graphql.gql.plan.filters import own_id
from jxc_graphql.gql.plan.level import Typed
from jxc_graphql.gql.plan.planner import Planner
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.run.inputs import Reader, input_path
from jxc_graphql.gql.run.outcome import Outcomes, UserErrors
from jxc_graphql.gql.schema.scalars import read_global_id
from jxc_graphql.gql.schema.types import Built, Field, FromRoot, ObjectType, ToMany
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, Rejected

MAX_NODES = 100

Loader = Callable[[Run], Awaitable[Any]]
Arguments = Callable[[Run], Mapping[str, Any]]


class RootFields:
    """All fields that one operation asks of a root type."""

    def __init__(self, planner: Planner, kind: ObjectType, groups: Groups) -> None:
        self._planner = planner
        self.kind = kind
        planner.introspects |= any(nodes[0].name.value in {"__schema", "__type"} for nodes in groups.values())
        self.fields = {
            key: self._loader(nodes)
            for key, nodes in groups.items()
            if nodes[0].name.value not in {"__schema", "__type"}
        }

    async def load(self, run: Run) -> dict[str, Any]:
        """The shaped value of each field, one after the other."""
        found = {}
        for key, loader in self.fields.items():
            try:
                found[key] = await loader(run)
            except Exception as error:  # noqa: BLE001  (it becomes the error of the field)
                found[key] = run.fail(error)
        return found

    def _loader(self, nodes: list[FieldNode]) -> Loader:  # noqa: PLR0911  (one per source)
        name = nodes[0].name.value
        if name == "__typename":
            return _constant(self.kind.name)
        field = self.kind.fields[name]
        refusal = self._planner.refusal(field)
        if refusal is not None:
            return _refused(refusal)
        arguments = self._planner.arguments(self.kind, field, nodes[0])
        match field.source:
            case ToMany():
                return self._planner.paged(self.kind, field, nodes).load_root
            case Built("by_id"):
                return self._by_id(field, nodes, arguments)
            case Built("node"):
                return self._node(field, nodes, arguments)
            case Built("nodes"):
                return self._nodes(field, nodes, arguments)
            case FromRoot(operation="mutation"):
                return self._mutation(field, nodes, arguments)
            case FromRoot():
                return self._query(field, nodes, arguments)
        raise AssertionError(f"{self.kind.name}.{name} has no source")

    def _by_id(self, field: Field, nodes: list[FieldNode], arguments: Arguments) -> Loader:
        entity = field.type.of
        assert isinstance(entity, ObjectType)
        rows = self._planner.by_ids(entity, nodes)

        async def load(run: Run) -> Any:
            text = arguments(run)["id"]
            key = own_id(text, entity)
            found = (await rows.load(run, [key])).get(key)
            of_another = isinstance(found, Typed) and found.typename != read_global_id(text)[0]
            return None if of_another else found

        return load

    def _node(self, field: Field, nodes: list[FieldNode], arguments: Arguments) -> Loader:
        finder = _NodeFinder(self._planner, field, nodes)

        async def load(run: Run) -> Any:
            (found,) = await finder.find(run, [arguments(run)["id"]])
            return found

        return load

    def _nodes(self, field: Field, nodes: list[FieldNode], arguments: Arguments) -> Loader:
        finder = _NodeFinder(self._planner, field, nodes)

        async def load(run: Run) -> Any:
            return await finder.find(run, arguments(run)["ids"])

        return load

    def _query(self, field: Field, nodes: list[FieldNode], arguments: Arguments) -> Loader:
        source = field.source
        assert isinstance(source, FromRoot)
        shape = shown(self._planner, self.kind, field, nodes)

        async def load(run: Run) -> Any:
            return await shape(run, await source.function(run.call, **read_arguments(field, arguments(run))))

        return load

    def _mutation(self, field: Field, nodes: list[FieldNode], arguments: Arguments) -> Loader:
        source = field.source
        assert isinstance(source, FromRoot)
        planned = Payload(self._planner, field, nodes)

        async def load(run: Run) -> Any:
            reader = Reader()
            given = reader.arguments(field.arguments, arguments(run))
            if reader.problems:
                return await planned.shape(run, None, reader.problems)
            call = self._planner.adopt(run.call, given.get("input"))
            try:
                # A client that hangs up must not stop it half-way.
                fact = await asyncio.shield(asyncio.ensure_future(source.function(call, **given)))
            except Rejected as refused:
                return await planned.shape(run, None, refused.reasons)
            if source.seen_by is not None:
                return await self._on_behalf(source.seen_by(fact), field, nodes, run, fact)
            return await planned.shape(run, fact, ())

        return load

    async def _on_behalf(self, call: Call, field: Field, nodes: list[FieldNode], run: Run, fact: Any) -> Any:
        """The payload as its new owner may see it: who signs in was nobody before."""
        other = self._planner.for_call(call)
        behalf = run.for_call(call)
        return await Payload(other, field, nodes).shape(behalf, fact, ())


class Payload:
    """What a mutation answers: objects by the ids of its fact, and what was wrong."""

    def __init__(self, planner: Planner, field: Field, nodes: list[FieldNode]) -> None:
        kind = field.type.of
        assert isinstance(kind, ObjectType)
        groups = planner.selections.below(kind, nodes)
        self._order = list(groups)
        self._errors: dict[str, UserErrors] = {}
        self._query: dict[str, RootFields] = {}
        facts: Groups = {}
        for key, below in groups.items():
            name = below[0].name.value
            target = kind.fields[name].type.of if name in kind.fields else None
            if name == "userErrors":
                assert isinstance(target, ObjectType)
                self._errors[key] = UserErrors(planner, target, below)
            elif name == "query":
                assert isinstance(target, ObjectType)
                self._query[key] = RootFields(planner, target, planner.selections.below(target, below))
            else:
                facts[key] = below
        self._facts = Outcomes(planner, kind, facts)

    async def shape(self, run: Run, fact: Any, reasons: Sequence[Reason]) -> dict[str, Any]:
        """The payload of a fact, or of the reasons why there is none."""
        placed = [msgspec.structs.replace(one, path=input_path(one.path)) if one.path else one for one in reasons]
        (found,) = await self._facts.shape(run, [fact])
        found |= {key: await errors.shape(run, placed) for key, errors in self._errors.items()}
        for key, root in self._query.items():
            found[key] = await root.load(run)
        return {key: found[key] for key in self._order}


class _NodeFinder:
    """Finds things of any kind by their ids, a statement per kind and level."""

    def __init__(self, planner: Planner, field: Field, nodes: list[FieldNode]) -> None:
        interface = field.type.of
        assert isinstance(interface, ObjectType)
        self._planner = planner
        self._possible = {one.name: one for one in interface.members}
        self._nodes = nodes
        self._many = field.type.many
        self._plans: dict[str, ByIds] = {}

    async def find(self, run: Run, ids: Sequence[str]) -> list[Any]:
        """What each id stands for; None, or an error in its place."""
        if len(ids) > MAX_NODES:
            raise FieldError("LIMIT_EXCEEDED", most=MAX_NODES, what="ids")
        wanted = [self._read(one) for one in ids]
        found: dict[tuple[str, int], Any] = {}
        for name in dict.fromkeys(one[0] for one in wanted if not isinstance(one, Exception)):
            keys = list(dict.fromkeys(one[1] for one in wanted if not isinstance(one, Exception) and one[0] == name))
            rows = await self._plan(name).load(run, keys)
            found |= {(name, key): rows[key] for key in rows}
        return [run.fail(one) if isinstance(one, Exception) else found.get(one) for one in wanted]

    def _read(self, text: str) -> tuple[str, int] | Exception:
        try:
            name, key = read_global_id(text)
        except ValueError:
            return FieldError("INVALID_ID")
        if name not in self._possible:
            return FieldError("INVALID_ID")
        return self._planner.refusal_of(self._possible[name]) or (name, key)

    def _plan(self, name: str) -> ByIds:
        if name not in self._plans:
            entity = self._possible[name]
            self._plans[name] = self._planner.by_ids(entity, self._nodes, typed=True)
        return self._plans[name]


def shown(
    planner: Planner, owner: ObjectType, field: Field, nodes: list[FieldNode]
) -> Callable[[Run, Any], Awaitable[Any]]:
    """How what a root function gave is shown: a leaf, a value type, or an entity by its id."""
    kind, many = field.type.of, field.type.many
    if not isinstance(kind, ObjectType):
        write = planner.writer(owner, field, nodes)

        async def leaf(_run: Run, outcome: Any) -> Any:
            return write(outcome)

        return leaf
    if kind.loaded:
        rows = planner.rows(kind, nodes)

        async def objects(run: Run, outcome: Any) -> Any:
            (found,) = await rows_by_id(run, rows, [outcome], many=many)
            return found

        return objects
    outcomes = Outcomes(planner, kind, planner.selections.below(kind, nodes))

    async def values(run: Run, outcome: Any) -> Any:
        if outcome is None:
            return None
        shaped = await outcomes.shape(run, outcome if many else [outcome])
        return shaped if many else shaped[0]

    return values


def read_arguments(field: Field, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a root function; `Rejected` where an id or a number in them is none."""
    reader = Reader()
    found = reader.arguments(field.arguments, given)
    if reader.problems:
        raise Rejected(*reader.problems)
    return found


def source_events(field: Field, call: Call, given: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
    """The outcomes that a subscription's function yields."""
    assert isinstance(field.source, FromRoot)
    events: AsyncGenerator[Any, None] = field.source.function(call, **read_arguments(field, given))
    return events


def _constant(value: Any) -> Loader:
    async def load(_run: Run) -> Any:
        return value

    return load


def _refused(error: Exception) -> Loader:
    async def load(run: Run) -> Any:
        return run.fail(error)

    return load
