"""One subscription: what it follows, where it begins, and what it tells.

Its root function yields outcomes, each with a `cursor`, and a `Cursor` now and then: everything up to there was told.
Two arguments of a root field only say where it begins, `after` and `includeCurrent`. Subscriptions that differ in
nothing else follow the same.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any

import msgspec
from graphql import ArgumentNode, FieldNode, GraphQLError, VariableNode, located_error, print_ast
from graphql.execution.values import VariableValues
from graphql.language import REMOVE, Visitor, visit

from jxc_graphql.gql.plan.collect import Selections
from jxc_graphql.gql.plan.hidden import Hiding
from jxc_graphql.gql.plan.planner import ArgumentsOf, Planner, deciding_rights
from jxc_graphql.gql.plan.problems import formatted
from jxc_graphql.gql.plan.rows import question
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.sql import DIALECTS
from jxc_graphql.gql.run.complete import Completer
from jxc_graphql.gql.run.prepare import Prepared, Showing
from jxc_graphql.gql.run.result import Refused, Result
from jxc_graphql.gql.run.shown import shown, source_events
from jxc_graphql.gql.schema.types import Field, FromFunction, FromRoot, ObjectType, Types
from jxc_graphql.kit import db, rights
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError
from jxc_graphql.kit.journal import Cursor

BEGINNING = {"after", "includeCurrent"}


class Event(msgspec.Struct, frozen=True):
    """An answer and the cursor behind it; without an answer, the news that everything up to the cursor was told."""

    cursor: str | None
    result: Result | None = None


class Subscription:
    """A subscription as a client asks for it; raises `Refused` when its arguments cannot be used."""

    def __init__(
        self,
        prepared: Prepared,
        values: VariableValues,
        selections: Selections,
        root: ObjectType,
        arguments: ArgumentsOf,
        *,
        own: Mapping[str, frozenset[str]],
    ) -> None:
        self._prepared = prepared
        self._values = values
        self._selections = selections
        self._root = root
        self._arguments = arguments
        ((self._key, self._nodes),) = selections.of(root, [prepared.operation.selection_set]).items()
        self._field = root.fields[self._nodes[0].name.value]
        try:
            self._given = arguments(root, self._field, self._nodes[0]).of(self._run(Call()))
        except GraphQLError as error:
            raise Refused([formatted(error, Call())]) from None
        self._question = question(self._field.name, self._given)
        self._decided = tuple(values.coerced.get(name) for name in prepared.deciding)
        text, used, names = prepared.topics.get(self._decided, lambda: _without_beginning(prepared, self._nodes))
        self.topic = f"{text}\n{[(name, values.coerced.get(name)) for name in used]!r}"
        """What it follows: the same text, the same events, for callers with the same rights."""
        self._needed = frozenset().union(*(own.get(name, ()) for name in names))
        """The permissions without any of which callers with the same rights are told different things."""

    @property
    def begins_now(self) -> bool:
        """Whether it begins with what is yet to happen."""
        return self._given.get("after") is None and not self._given.get("includeCurrent")

    @property
    def begins_with_current(self) -> bool:
        """Whether it begins with what there is now."""
        return self._given.get("after") is None and bool(self._given.get("includeCurrent"))

    def of_whom(self, call: Call) -> int | None:
        """Whose it alone tells of; None where that does not matter."""
        return None if self._needed <= call.permissions else call.actor_id

    async def events(
        self, renew: Callable[[], Awaitable[Call]], beginning: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[Event, None]:
        """What happens, each answered for a caller looked up afresh; raises `Refused` when it cannot start.

        `beginning` replaces the arguments that say where to begin.
        """
        given = self._given
        if beginning is not None:
            given = {name: value for name, value in given.items() if name not in BEGINNING} | dict(beginning)
        call = await renew()
        try:
            self._showing(call).check(self._run(call))
            outcomes = source_events(self._field, call, given)
            outcome = await anext(outcomes, None)
        except DomainError as error:
            raise Refused([formatted(located_error(error, self._nodes, [self._key]), call)]) from None
        try:
            while outcome is not None:
                if isinstance(outcome, Cursor):
                    yield Event(outcome.encode())
                else:
                    yield Event(getattr(outcome, "cursor", None), await self._answer(await renew(), outcome))
                outcome = await anext(outcomes, None)
        finally:
            await outcomes.aclose()

    def _run(self, call: Call) -> Run:
        return Run(call, DIALECTS[db.dialect()], self._values)

    async def _answer(self, call: Call, outcome: Any) -> Result:
        run, showing = self._run(call), self._showing(call)
        run.hidden.update(showing.hidden)
        try:
            value = await run.at_once(lambda run: showing.shown.shape(run, outcome, self._question))
        except Exception as error:  # noqa: BLE001  (it becomes the error of the field)
            value = run.fail(error)
        extensions = run.extensions or msgspec.UNSET
        if not run.flawed:
            return Result({self._key: value}, extensions=extensions)
        completer = Completer(self._selections)
        completed = completer.root(self._root, {self._key: self._nodes}, {self._key: value})
        return Result(completed, [formatted(error, call) for error in completer.errors], extensions)

    def _showing(self, call: Call) -> Showing:
        def make() -> Showing:
            planner = Planner(self._selections, call, DIALECTS[db.dialect()], self._arguments)
            made = shown(planner, self._root, self._field, self._nodes)
            hidden = Hiding(self._selections, call).of_root(self._root, {self._key: self._nodes})
            return Showing(made, planner.checked_since(0), hidden)

        return self._prepared.shapes.get((self._decided, deciding_rights(call), db.dialect()), make)


def own_by_field(types: Types) -> dict[str, frozenset[str]]:
    """By the names of fields, the permissions without which everybody is shown his own there."""
    found: dict[str, set[str]] = {}
    for owner in types.objects.values():
        for field in owner.fields.values():
            if needed := _own(field):
                found.setdefault(field.name, set()).update(needed)
    return {name: frozenset(needed) for name, needed in found.items()}


def _own(field: Field) -> set[str]:
    table = field.type.of.table if isinstance(field.type.of, ObjectType) else None
    needed = rights.leave_own & (table.scopes.keys() if table else set())
    match field.source:
        case FromFunction(function=function) if rights.is_personal(function):
            return {*needed, rights.EACH}
        case FromRoot(own=str(own)):
            return {*needed, own}
    return needed


def _without_beginning(prepared: Prepared, nodes: list[FieldNode]) -> tuple[str, list[str], frozenset[str]]:
    """The text of an operation without the arguments that say where it begins, the variables left, and its fields."""
    stripper = _Stripper(nodes)
    parts = [prepared.operation.selection_set, *prepared.fragments.values()]
    text = "\n".join(print_ast(visit(part, stripper)) for part in parts)
    return text, sorted(stripper.used), frozenset(stripper.fields)


class _Stripper(Visitor):
    def __init__(self, nodes: list[FieldNode]) -> None:
        super().__init__()
        self._nodes = nodes
        self.used: set[str] = set()
        self.fields: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.fields.add(node.name.value)

    def enter_argument(self, node: ArgumentNode, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> Any:
        of_root = any(ancestors[-1] is one for one in self._nodes)
        return REMOVE if of_root and node.name.value in BEGINNING else None

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.used.add(node.name.value)
