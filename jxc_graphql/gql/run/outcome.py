"""What functions return, as the schema shows it: attributes are copied, ids become objects, a level at a time."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Protocol

from graphql import FieldNode

from jxc_graphql.gql.plan.collect import Groups
from jxc_graphql.gql.plan.connection import Assembler
from jxc_graphql.gql.plan.fetch import Objects
from jxc_graphql.gql.plan.level import Typed, attempt, indented
from jxc_graphql.gql.plan.page import FoundPage, cursor_of_place, read_slice
from jxc_graphql.gql.plan.planner import Planner, missing_value
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.rows import row_id, within
from jxc_graphql.gql.plan.running import Run
from jxc_graphql.gql.plan.work import LISTED
from jxc_graphql.gql.schema.outcomes import names_of
from jxc_graphql.gql.schema.types import Built, Field, FromOutcome, ObjectType
from jxc_graphql.gql.words.entity import Attribute
from jxc_graphql.kit import db, messages
from jxc_graphql.kit.errors import Forbidden, Reason
from jxc_graphql.kit.pages import Page, Slice

SEVERAL = 2
"""More than one statement."""


class OutcomePart(Protocol):
    """One field of several outcomes."""

    @property
    def statements(self) -> int:
        """How many it takes: 0, 1 or `SEVERAL`."""

    async def load(self, run: Run, outcomes: Sequence[Any], asked: Sequence[str]) -> list[Any]:
        """Its values, in order; of each outcome, what was asked."""

    def work(self, run: Run, outcomes: float) -> float:
        """How much is looked through for so many outcomes."""

    def explain(self, run: Run) -> Iterator[str]:
        """What is asked for them, line by line."""


class Outcomes:
    """How outcomes of a kind are shown; a None among them has no objects, and empty lists."""

    def __init__(self, planner: Planner, kind: ObjectType, groups: Groups) -> None:
        self._planner = planner
        self._kind = kind
        self._parts = [(key, self._part(nodes)) for key, nodes in groups.items()]
        each = [part.statements for _, part in self._parts]
        together = planner.sight.dialect.reads_together and SEVERAL not in each
        self.statements = max(each, default=0) if together else min(sum(each), SEVERAL)
        """How many it takes to show them: 0, 1 or `SEVERAL`."""

    async def shape(self, run: Run, outcomes: Sequence[Any], asked: Sequence[str]) -> list[dict[str, Any]]:
        """The outcomes as responses, in order; of each, what was asked."""
        if self._kind.row_of:
            asked = [row_id(self._kind, *each) for each in zip(asked, outcomes, strict=True)]
        columns = await db.together(*(part.load(run, outcomes, asked) for _, part in self._parts))
        named = [(key, column) for (key, _), column in zip(self._parts, columns, strict=True)]
        return [{key: column[index] for key, column in named} for index in range(len(outcomes))]

    def work(self, run: Run, outcomes: float) -> float:
        """How much is looked through for the objects in so many."""
        return sum(part.work(run, outcomes) for _, part in self._parts)

    def explain(self, run: Run) -> Iterator[str]:
        """What is asked for the objects in them."""
        for key, part in self._parts:
            lines = list(part.explain(run))
            if lines:
                yield f"{key}:"
                yield from indented(lines)

    def _part(self, nodes: Sequence[FieldNode]) -> OutcomePart:
        name = nodes[0].name.value
        if name == "__typename":
            return _Copied(lambda _run, _outcome: self._kind.name)
        field = self._kind.fields[name]
        if isinstance(field.source, Built):
            return _RowId() if field.source.what == "row_id" else _Copied(_REASON[field.source.what])
        refusal = self._planner.refusal(field)
        if refusal is not None:
            return _refused(field, refusal)
        target = field.type.of
        if isinstance(target, ObjectType) and target.loaded:
            optional = field.type.many and self._kind.kind == "payload"
            missing = None if field.type.nullable else missing_value(self._kind, field)
            return _Loaded(self._planner.objects(field, nodes), names_of(field), optional, missing)
        attribute = _attribute(field)
        if isinstance(target, ObjectType):
            return self._inner(field, target, attribute, nodes)
        write = self._planner.writer(self._kind, field, nodes)
        return _Copied(
            lambda run, outcome: (
                None if outcome is None else attempt(run.fail, lambda: write(getattr(outcome, attribute)))
            )
        )

    def _inner(self, field: Field, target: ObjectType, attribute: str, nodes: Sequence[FieldNode]) -> OutcomePart:
        """Outcomes within outcomes, all of them or a page."""
        if target.kind == "connection":
            return _Connections(Connected(self._planner, self._kind, field, nodes), attribute, field.name)
        below = Outcomes(self._planner, target, self._planner.selections.below(target, nodes))
        return _Nested(below, attribute, field.name, field.type.many)


def _refused(field: Field, refusal: Exception) -> OutcomePart:
    """What stands for what is hidden: nothing, and for whoever is not signed in an error."""
    if isinstance(refusal, Forbidden):
        nothing: Any = None if field.type.nullable else ()
        return _Copied(lambda _run, _outcome: nothing)
    return _Copied(lambda run, outcome: None if outcome is None else run.fail(refusal))


@dataclasses.dataclass(frozen=True)
class _Copied:
    """A value that needs no statement."""

    one: Callable[[Run, Any], Any]
    statements = 0

    async def load(self, run: Run, outcomes: Sequence[Any], _asked: Sequence[str]) -> list[Any]:
        return [self.one(run, outcome) for outcome in outcomes]

    def work(self, _run: Run, _outcomes: float) -> float:
        return 0

    def explain(self, _run: Run) -> Iterator[str]:
        yield from ()


class _RowId:
    """What was asked for a row is its id."""

    statements = 0

    async def load(self, _run: Run, _outcomes: Sequence[Any], asked: Sequence[str]) -> list[Any]:
        return list(asked)

    def work(self, _run: Run, _outcomes: float) -> float:
        return 0

    def explain(self, _run: Run) -> Iterator[str]:
        yield from ()


@dataclasses.dataclass(frozen=True)
class _Loaded:
    """Objects by the ids in an attribute."""

    objects: Objects
    names: Sequence[str]
    optional: bool
    """Whether an outcome need not have it: of several facts that an operation may return, some tell of none."""
    missing: Exception | None
    """What is wrong where there is none."""

    @property
    def statements(self) -> int:
        """One, unless more is to be fetched for the objects."""
        return 1 if self.objects.rows.is_alone else SEVERAL

    async def load(self, run: Run, outcomes: Sequence[Any], _asked: Sequence[str]) -> list[Any]:
        found = await self.objects.shape(run, [self._ids(one) for one in outcomes])
        missing = self.missing
        return found if missing is None else [run.fail(missing) if one is None else one for one in found]

    def work(self, run: Run, outcomes: float) -> float:
        return self.objects.work(run, outcomes)

    def _ids(self, outcome: Any) -> Any:
        if outcome is None:
            return () if self.objects.many else None
        name = next((name for name in self.names if hasattr(outcome, name)), None)
        return () if name is None and self.optional else getattr(outcome, name or self.names[0])

    def explain(self, run: Run) -> Iterator[str]:
        return self.objects.explain(run)


@dataclasses.dataclass(frozen=True)
class _Nested:
    """Outcomes within outcomes."""

    below: Outcomes
    attribute: str
    name: str
    many: bool

    @property
    def statements(self) -> int:
        """As many as those."""
        return self.below.statements

    def work(self, run: Run, outcomes: float) -> float:
        return self.below.work(run, outcomes * (LISTED if self.many else 1))

    async def load(self, run: Run, outcomes: Sequence[Any], asked: Sequence[str]) -> list[Any]:
        known = [None if one is None else getattr(one, self.attribute) for one in outcomes]
        found = [() if some is None else some if self.many else (some,) for some in known]
        of_each = [within(one, self.name) for one, some in zip(asked, found, strict=True) for _ in some]
        shaped = iter(await self.below.shape(run, [one for some in found for one in some], of_each))
        if self.many:
            return [None if some is None else [next(shaped) for _ in some] for some in known]
        return [None if one is None else next(shaped) for one in known]

    def explain(self, run: Run) -> Iterator[str]:
        return self.below.explain(run)


class Connected:
    """How a page of values is shown."""

    def __init__(self, planner: Planner, owner: ObjectType, field: Field, nodes: Sequence[FieldNode]) -> None:
        connection = field.type.of
        assert isinstance(connection, ObjectType)
        assert connection.node is not None
        self._connection = connection
        self._arguments = planner.arguments(owner, field, nodes[0])
        assembly = Assembler(planner, connection)
        self._assemble = assembly.together(connection, nodes, assembly.part)
        self._wishes = assembly.wishes
        node, below = connection.node, planner.selections.below
        self._shapes = [Outcomes(planner, node, below(node, one)) for one in assembly.shapes]

    def wanted(self, run: Run) -> Slice:
        """Which part of the list is asked for."""
        return read_slice(self._connection, self._arguments.of(run))

    async def shape(self, run: Run, page: Page[Any] | None, asked: str) -> dict[str, Any] | None:
        """A page of what was asked as a response."""
        if page is None:
            return None
        shaped = [await one.shape(run, page.nodes, [asked] * len(page.nodes)) for one in self._shapes]
        places = range(page.start + 1, page.start + len(page.nodes) + 1) if self._wishes.keys else ()
        cursors = [cursor_of_place(self._connection, one) for one in places]
        figures = (await page.count(),) if self._wishes.counted else ()
        found: dict[str, Any] = self._assemble(
            FoundPage(run.fail, shaped, cursors, before=page.start > 0, after=page.goes_on, figures=figures)
        )
        return found

    def work(self, run: Run) -> float:
        """How much is looked through for the objects in it."""
        size = self.wanted(run).size
        return sum(one.work(run, size) for one in self._shapes)

    def explain(self, run: Run) -> Iterator[str]:
        """What is asked for the objects in it."""
        for one in self._shapes:
            yield from one.explain(run)


@dataclasses.dataclass(frozen=True)
class _Connections:
    """Pages of lists that outcomes have: an attribute gives the part of it that is asked for."""

    below: Connected
    attribute: str
    name: str
    statements = SEVERAL

    async def load(self, run: Run, outcomes: Sequence[Any], asked: Sequence[str]) -> list[Any]:
        try:
            wanted = self.below.wanted(run)
        except FieldError as error:
            return [run.fail(error) for _ in outcomes]
        pages = [None if one is None else await getattr(one, self.attribute)(wanted) for one in outcomes]
        return [
            await self.below.shape(run, page, within(one, self.name)) for page, one in zip(pages, asked, strict=True)
        ]

    def work(self, run: Run, outcomes: float) -> float:
        return self.below.work(run) * outcomes

    def explain(self, run: Run) -> Iterator[str]:
        return self.below.explain(run)


class UserErrors:
    """How reasons are shown: each in the shape that was declared for it, or in the plain one."""

    def __init__(self, planner: Planner, interface: ObjectType, nodes: Sequence[FieldNode]) -> None:
        self._planner = planner
        self._shapes = {reason: (one, told) for one in interface.possible for reason, told in one.reasons.items()}
        self._nodes = nodes
        self._plans: dict[str, Outcomes] = {}

    async def shape(self, run: Run, reasons: Sequence[Reason]) -> list[Typed]:
        """The reasons as responses, in order."""
        return [await self._one(run, reason) for reason in reasons]

    async def _one(self, run: Run, reason: Reason) -> Typed:
        kind, told = self._shapes.get(type(reason)) or self._shapes[Reason]
        if kind.name not in self._plans:
            self._plans[kind.name] = Outcomes(self._planner, kind, self._planner.selections.below(kind, self._nodes))
        (shaped,) = await self._plans[kind.name].shape(run, [_shown_in(kind, told, reason)], [""])
        return Typed(kind.name, shaped)


def _shown_in(kind: ObjectType, told: Mapping[str, Attribute], reason: Reason) -> SimpleNamespace:
    """A reason with its data under the names that a shape has for them."""
    data = {}
    for field in kind.fields.values():
        if isinstance(field.source, FromOutcome):
            name = names_of(field)[0]
            known = told.get(field.source.attribute, name)
            data[name] = known(reason) if callable(known) else getattr(reason, known, None)
    return SimpleNamespace(reason=reason, **data)


_REASON: dict[str, Callable[[Run, Any], Any]] = {
    "code": lambda _run, shown: shown.reason.code,
    "message": lambda run, shown: messages.render(shown.reason, run.call.locale),
    "path": lambda _run, shown: [str(one) for one in shown.reason.path],
}


def _attribute(field: Field) -> str:
    assert isinstance(field.source, FromOutcome)
    return field.source.attribute
