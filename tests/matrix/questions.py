"""Questions drawn from the schema: whatever it shows, filters, sorts, adds up, refuses, does and tells of."""

import random
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from jxc_graphql.gql.schema.scalars import Leaf
from jxc_graphql.gql.schema.types import Field, FromRoot, IdOf, InputType, ObjectType, Ref, ToMany, Types
from tests.matrix.drawn import Drawn, id_of
from tests.matrix.veil import Rows

Kind = Literal[
    "list", "filter", "edge", "sort", "total", "cursor", "search", "node", "timeline", "report", "mutation", "event"
]
PAGE = 20
VALUES = 3
"""So many values of a column a filter is asked for, and of ids so many that are hidden and so many that are not."""
TRIES = 12
"""So many inputs of a mutation."""
ALIASES, MOST_IDS = 30, 100
WORDS = ("可乐", "草稿", "期初", "PO-", "2026", "A-01", "供应商", "†")
HISTORY = ("timeline", "sources", "targets")


class Question(msgspec.Struct, frozen=True):
    """One operation as a client sends it."""

    kind: Kind
    text: str
    variables: dict[str, Any] = {}


class Questions:
    """Draws questions about the rows of a database, of which some are hidden from whoever asks."""

    def __init__(self, types: Types, rows: Rows, hidden: set[int], today: date, chance: random.Random) -> None:
        self._types, self._rows, self._hidden, self._chance = types, rows, hidden, chance
        self._seed = chance.random()
        self._drawn = Drawn(types, rows, hidden, today, chance)

    def all(self) -> Iterator[Question]:
        """Every question there is; mutations, which change what is there, come last, and what is told of them."""
        assert self._types.subscription
        assert self._types.mutation
        for field in self._types.query.fields.values():
            if isinstance(field.source, ToMany):
                yield from self._of_list(field)
            elif isinstance(field.source, FromRoot):
                yield from self._of_function(field, "query", "report", TRIES // 2)
        for entity in self._types.objects.values():
            if entity.table is not None and "Node" in entity.names:
                yield from self._of_nodes(entity)
        events = [self._event(field) for field in self._types.subscription.fields.values()]
        yield from events
        for field in self._types.mutation.fields.values():
            yield from self._of_function(field, "mutation", "mutation", TRIES)
        yield from events

    def _event(self, field: Field) -> Question:
        assert isinstance(field.type.of, ObjectType)
        asked = f"{field.name}(after: $after) {_selection(field.type.of, 2)}"
        return Question("event", f"subscription($after: String) {{ {asked} }}")

    def _of_list(self, field: Field) -> Iterator[Question]:
        assert isinstance(field.type.of, ObjectType)
        entity = field.type.of.node
        assert entity is not None
        name, key = field.name, _short(entity)
        for part in _parts(entity):
            yield Question("list", f"{{ {name}(first: {PAGE}) {{ nodes {{ {part} }} }} }}")
        numbers = " ".join(entity.listed.numbers)
        figures = " ".join(f"{one} {{ {numbers} }}" for one in ("sum", "min", "max", "avg"))
        aggregates = f"aggregates {{ count {figures} }}" if numbers else ""
        yield Question("total", f"{{ {name} {{ totalCount {aggregates} }} }}")
        page = f"edges {{ cursor node {{ {key} }} }} pageInfo {{ hasNextPage hasPreviousPage endCursor }}"
        for order in entity.listed.orders:
            for way in ("ASC", "DESC"):
                told = f"orderBy: [{{ field: {order}, direction: {way} }}]"
                yield Question("sort", f"{{ {name}(first: 50, {told}) {{ {page} }} }}")
                text = f"query($after: String) {{ {name}(first: 7, after: $after, {told}) {{ totalCount {page} }} }}"
                yield Question("cursor", text)
        yield from self._filters(field, entity)
        if "search" in field.arguments:
            text = f"query($word: String) {{ {name}(search: $word) {{ totalCount nodes {{ {key} }} }} }}"
            yield from (Question("search", text, {"word": word}) for word in (*WORDS, *self._words(entity)))

    def _filters(self, field: Field, entity: ObjectType) -> Iterator[Question]:
        where = field.arguments["where"].type.of
        assert isinstance(where, InputType)
        assert entity.table is not None
        asked = f"{field.name}(where: $where) {{ totalCount nodes {{ {_short(entity)} }} }}"
        text = f"query($where: {where.name}) {{ {asked} }}"
        rows = self._rows.tables[entity.table.name]
        for name, (_, column, target) in entity.listed.filters.items():
            operators = where.fields[name].type.of
            assert isinstance(operators, InputType)
            for value in self._values({row[column.name] for row in rows} - {None}):
                said = self._said(value, column.leaf, target)
                for operator in ("eq", "in", "lt", "gte", "contains"):
                    if operator in operators.fields:
                        one = {name: {operator: [said] if operator == "in" else said}}
                        yield Question("filter", text, {"where": one})
                        yield Question("filter", text, {"where": {"not": one}})
            yield from (Question("filter", text, {"where": {name: {"isNull": flag}}}) for flag in (True, False))
        for name, edge in entity.listed.edges.items():
            for inner in self._of_what_it_leads_to(edge.target):
                for said in ({name: inner}, {"not": {name: inner}}, {name: {"not": inner}}):
                    yield Question("edge", text, {"where": said})

    def _of_what_it_leads_to(self, entity: ObjectType) -> Iterator[dict[str, Any]]:
        """Conditions of something else than what is listed."""
        assert entity.table is not None
        yield {}
        rows = self._rows.tables[entity.table.name]
        filters = sorted(entity.listed.filters)
        for name in self._chance.sample(filters, min(len(filters), VALUES)):
            _, column, target = entity.listed.filters[name]
            for value in self._values({row[column.name] for row in rows} - {None}):
                yield {name: {"eq": self._said(value, column.leaf, target)}}
        for name, edge in entity.listed.edges.items():
            yield {name: {}}
            assert edge.target.table is not None
            keys = {row["id"] for row in self._rows.tables[edge.target.table.name]}
            for key in self._values(keys)[-1:]:
                yield {name: {"id": {"eq": id_of(edge.target, key, self._rows)}}}

    def _values(self, values: Collection[Any]) -> list[Any]:
        drawn = self._chance.sample(sorted(values), len(values))
        shown = [value for value in drawn if value not in self._hidden]
        return [*shown[:VALUES], *[value for value in drawn if value in self._hidden][:VALUES]]

    def _said(self, value: Any, leaf: Leaf, target: ObjectType | None) -> Any:
        if target is not None:
            return id_of(target, value, self._rows)
        return bool(value) if leaf.type is bool else leaf.text(value) if leaf.text else value

    def _words(self, entity: ObjectType) -> list[str]:
        assert entity.table is not None
        rows = self._rows.tables[entity.table.name]
        texts = sorted({str(row[name]) for row in rows for name in ("number", "code", "name") if name in row})
        return self._chance.sample(texts, min(len(texts), 2 * VALUES))

    def _of_nodes(self, entity: ObjectType) -> Iterator[Question]:
        assert entity.table is not None
        keys = {row["id"] for row in self._rows.tables[entity.table.name]}
        some, everyone = ([id_of(entity, key, self._rows) for key in one] for one in (self._values(keys), sorted(keys)))
        for part in _parts(entity):
            text = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename ... on {entity.name} {{ {part} }} }} }}"
            if part.startswith(HISTORY):
                yield Question("timeline", text, {"ids": everyone[:MOST_IDS]})
            else:
                yield Question("node", text, {"ids": some})
        for one in some:
            yield Question("node", "query($id: ID!) { node(id: $id) { __typename id } }", {"id": one})

    def _of_function(self, field: Field, operation: str, kind: Kind, tries: int) -> Iterator[Question]:
        self._chance.seed(f"{self._seed}/{field.name}")  # whatever else there is to ask
        declared = ", ".join(f"${name}: {_spelt(one.type)}" for name, one in field.arguments.items())
        given = ", ".join(f"{name}: ${name}" for name in field.arguments)
        parts = [""]
        if isinstance(field.type.of, ObjectType):
            parts = [f" {{ {part} }}" for part in _shown(field.type.of)]
        for number in range(max(tries, len(parts)) if given else len(parts)):
            asked = f"{field.name}({given})" if given else field.name
            text = f"{operation}{f'({declared})' if declared else ''} {{ {asked}{parts[number % len(parts)]} }}"
            yield Question(kind, text, self._drawn.arguments(field.arguments))


def _shown(kind: ObjectType) -> list[str]:
    """All that a function's outcome shows, in pieces; of a payload also what was wrong, and all that errors say."""
    if kind.kind != "payload":
        return list(_parts(kind, depth=2))
    errors = kind.fields["userErrors"].type.of
    assert isinstance(errors, ObjectType)
    told = [f"userErrors {{ __typename code message path {some} }}" for some in _all_told(errors.possible)]
    whole = list(_parts(kind, depth=2, but={"userErrors", "query"}))
    return [f"{whole[at % len(whole)]} {told[at % len(told)]}" for at in range(max(len(whole), len(told)))]


def _all_told(kinds: Sequence[ObjectType]) -> Iterator[str]:
    """What errors say beside their code, as much of it at a time as one document may ask for."""
    parts: list[str] = []
    for kind in kinds:
        leaves = [f"{kind.name}_{name}: {name}" for name in _leaves(kind) if name not in {"code", "message", "path"}]
        if sum(part.count(":") for part in parts) + len(leaves) > ALIASES:
            yield " ".join(parts)
            parts = []
        parts += [f"... on {kind.name} {{ {' '.join(leaves)} }}"] if leaves else []
    yield " ".join(parts)


def _spelt(ref: Ref) -> str:
    kind = ref.of
    name = "ID" if isinstance(kind, IdOf) else kind.graphql if isinstance(kind, Leaf) else kind.name
    text = f"[{name}!]" if ref.many else name
    return text if ref.nullable else f"{text}!"


def _leaves(kind: ObjectType) -> list[str]:
    return [name for name, field in kind.fields.items() if not isinstance(field.type.of, ObjectType)]


def _short(entity: ObjectType) -> str:
    return " ".join(_leaves(entity)[:4]) or "__typename"


def _parts(kind: ObjectType, depth: int = 1, but: Collection[str] = ()) -> Iterator[str]:
    """All that an object shows, in pieces that may each be asked for."""
    if kind.abstract and kind.table is None:
        yield "__typename"
        yield from (f"... on {one.name} {{ {' '.join(_leaves(one)) or '__typename'} }}" for one in kind.possible)
        return
    yield " ".join(_leaves(kind)) or "__typename"
    for field in kind.fields.values():
        if field.name not in but and isinstance(field.type.of, ObjectType):
            page = "(first: 10)" if field.type.of.kind == "connection" else ""
            yield f"{field.name}{page} {_selection(field.type.of, depth)}"


def _selection(kind: ObjectType, depth: int) -> str:
    """What is asked of an object below: its leaves, and of those below it theirs."""
    if kind.kind == "connection":
        assert kind.node is not None
        return f"{{ totalCount nodes {_selection(kind.node, depth)} }}"
    if kind.abstract and kind.table is None:
        return "{ __typename }"
    below = [
        f"{field.name} {_selection(field.type.of, depth - 1)}"
        for field in kind.fields.values()
        if depth > 1 and isinstance(field.type.of, ObjectType) and field.type.of.kind != "connection"
    ]
    return f"{{ {' '.join(_leaves(kind)) or '__typename'} {' '.join(below)} }}"
