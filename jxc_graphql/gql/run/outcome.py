"""What functions return, as the schema shows it: attributes are copied, ids become objects, a level at a time."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from graphql import FieldNode

from jxc_graphql.gql.plan.collect import Groups
from jxc_graphql.gql.plan.fetch import rows_by_id
from jxc_graphql.gql.plan.level import Typed, attempt
from jxc_graphql.gql.plan.planner import Planner
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.schema.outcomes import names_of
from jxc_graphql.gql.schema.types import Built, Field, FromOutcome, ObjectType
from jxc_graphql.kit import messages
from jxc_graphql.kit.errors import Reason

Part = Callable[[Run, Sequence[Any]], Awaitable[list[Any]]]
"""One field of several outcomes."""


class Outcomes:
    """How outcomes of a kind are shown; a None among them has no objects, and empty lists."""

    def __init__(self, planner: Planner, kind: ObjectType, groups: Groups) -> None:
        self._planner = planner
        self._kind = kind
        self._parts = [(key, self._part(nodes)) for key, nodes in groups.items()]

    async def shape(self, run: Run, outcomes: Sequence[Any]) -> list[dict[str, Any]]:
        """The outcomes as responses, in order."""
        columns = [(key, await part(run, outcomes)) for key, part in self._parts]
        return [{key: column[index] for key, column in columns} for index in range(len(outcomes))]

    def _part(self, nodes: Sequence[FieldNode]) -> Part:
        name = nodes[0].name.value
        if name == "__typename":
            return _plain(lambda _run, _outcome: self._kind.name)
        field = self._kind.fields[name]
        if isinstance(field.source, Built):
            return _plain(_REASON[field.source.what])
        refusal = self._planner.refusal(field)
        if refusal is not None:
            nothing: Any = () if field.type.many else None
            return _plain(lambda run, outcome: nothing if outcome is None else run.fail(refusal))
        target = field.type.of
        if isinstance(target, ObjectType):
            return self._objects(field, target, nodes) if target.loaded else self._values(field, target, nodes)
        write = self._planner.writer(self._kind, field, nodes)
        attribute = _attribute(field)
        return _plain(
            lambda run, outcome: (
                None if outcome is None else attempt(run.fail, lambda: write(getattr(outcome, attribute)))
            )
        )

    def _objects(self, field: Field, target: ObjectType, nodes: Sequence[FieldNode]) -> Part:
        rows = self._planner.rows(target, nodes)
        many, names = field.type.many, names_of(field)
        told_by_another = many and self._kind.kind == "payload"

        async def load(run: Run, outcomes: Sequence[Any]) -> list[Any]:
            keys = [() if one is None and many else _first(one, names, told_by_another) for one in outcomes]
            return await rows_by_id(run, rows, keys, many=many)

        return load

    def _values(self, field: Field, target: ObjectType, nodes: Sequence[FieldNode]) -> Part:
        below = Outcomes(self._planner, target, self._planner.selections.below(target, nodes))
        attribute = _attribute(field)

        async def load(run: Run, outcomes: Sequence[Any]) -> list[Any]:
            known = [None if one is None else getattr(one, attribute) for one in outcomes]
            if field.type.many:
                shaped = iter(await below.shape(run, [one for some in known for one in some or ()]))
                return [None if some is None else [next(shaped) for _ in some] for some in known]
            shaped = iter(await below.shape(run, [one for one in known if one is not None]))
            return [None if one is None else next(shaped) for one in known]

        return load


class UserErrors:
    """How reasons are shown: each as the type that was declared for it, or as the plain one."""

    def __init__(self, planner: Planner, interface: ObjectType, nodes: Sequence[FieldNode]) -> None:
        self._planner = planner
        self._types = {one.reason: one for one in interface.possible}
        self._nodes = nodes
        self._plans: dict[str, Outcomes] = {}

    async def shape(self, run: Run, reasons: Sequence[Reason]) -> list[Typed]:
        """The reasons as responses, in order."""
        return [await self._one(run, reason) for reason in reasons]

    async def _one(self, run: Run, reason: Reason) -> Typed:
        kind = self._types.get(type(reason)) or self._types[Reason]
        if kind.name not in self._plans:
            self._plans[kind.name] = Outcomes(self._planner, kind, self._planner.selections.below(kind, self._nodes))
        (shaped,) = await self._plans[kind.name].shape(run, [reason])
        return Typed(kind.name, shaped)


_REASON: dict[str, Callable[[Run, Any], Any]] = {
    "code": lambda _run, reason: reason.code,
    "message": lambda run, reason: messages.render(reason, run.call.locale),
    "path": lambda _run, reason: [str(one) for one in reason.path] or None,
}


def _plain(one: Callable[[Run, Any], Any]) -> Part:
    async def all_of_them(run: Run, outcomes: Sequence[Any]) -> list[Any]:
        return [one(run, outcome) for outcome in outcomes]

    return all_of_them


def _attribute(field: Field) -> str:
    assert isinstance(field.source, FromOutcome)
    return field.source.attribute


def _first(outcome: Any, names: Sequence[str], told_by_another: bool) -> Any:
    """The ids in an outcome; of several facts that an operation may return, some tell of none."""
    if outcome is None:
        return None
    name = next((name for name in names if hasattr(outcome, name)), None)
    return () if name is None and told_by_another else getattr(outcome, name or names[0])
