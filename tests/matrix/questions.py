"""Questions drawn from the schema: whatever it shows, filters, sorts, adds up, refuses, does and tells of."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from jxc_graphql.gql.schema.scalars import Leaf, global_id
from jxc_graphql.gql.schema.types import Argument, Field, FromRoot, IdOf, InputType, ObjectType, Ref, ToMany, Types
from jxc_graphql.gql.words.entity import NO_DEFAULT
from tests.matrix.veil import Row, Rows

Kind = Literal["list", "filter", "sort", "total", "cursor", "search", "node", "timeline", "report", "mutation", "event"]
PAGE = 20
VALUES = 3
"""So many values of a column a filter is asked for."""
ALIASES = 30
TRIES = 12
"""So many inputs of a mutation."""
WORDS = ("可乐", "草稿", "期初", "PO-", "2026", "A-01", "供应商", "†")


class Question(msgspec.Struct, frozen=True):
    """One operation as a client sends it."""

    kind: Kind
    text: str
    variables: dict[str, Any] = {}


class Questions:
    """Draws questions about the rows of a database, of which some are hidden from whoever asks."""

    def __init__(self, types: Types, rows: Rows, hidden: set[int], today: date, seed: int) -> None:
        self._types, self._rows, self._hidden, self._today = types, rows, hidden, today
        self._chance = random.Random(seed)
        self._lists = [
            (field, field.type.of.node)
            for field in types.query.fields.values()
            if isinstance(field.source, ToMany) and isinstance(field.type.of, ObjectType) and field.type.of.node
        ]

    def all(self) -> Iterator[Question]:
        """Every question there is; mutations, which change what is there, come last."""
        for field, entity in self._lists:
            yield from self._of_list(field, entity)
        for entity in self._types.objects.values():
            if entity.table is not None and "Node" in entity.names:
                yield from self._of_nodes(entity)
        for field in self._types.query.fields.values():
            if isinstance(field.source, FromRoot):
                yield from self._of_function(field, "query", "report", TRIES // 2)
        assert self._types.subscription
        assert self._types.mutation
        events = [self._event(field) for field in self._types.subscription.fields.values()]
        yield from events
        for field in self._types.mutation.fields.values():
            yield from self._of_function(field, "mutation", "mutation", TRIES)
        yield from events

    def _event(self, field: Field) -> Question:
        assert isinstance(field.type.of, ObjectType)
        text = f"subscription($after: String) {{ {field.name}(after: $after) {_selection(field.type.of, 2)} }}"
        return Question("event", text)

    def _of_list(self, field: Field, entity: ObjectType) -> Iterator[Question]:
        name, key = field.name, _short(entity)
        for part in _parts(entity):
            yield Question("list", f"{{ {name}(first: {PAGE}) {{ nodes {{ {part} }} }} }}")
        numbers = " ".join(entity.listed.numbers)
        figures = f" sum {{ {numbers} }} min {{ {numbers} }} max {{ {numbers} }} avg {{ {numbers} }}" if numbers else ""
        yield Question("total", f"{{ {name} {{ totalCount aggregates {{ count{figures} }} }} }}")
        orders = list(entity.listed.orders)
        for order in orders:
            for way in ("ASC", "DESC"):
                told = f"orderBy: [{{ field: {order}, direction: {way} }}]"
                page = f"edges {{ cursor node {{ {key} }} }} pageInfo {{ hasNextPage hasPreviousPage endCursor }}"
                yield Question("sort", f"{{ {name}(first: 50, {told}) {{ {page} }} }}")
                text = f"query($after: String) {{ {name}(first: 7, after: $after, {told}) {{ totalCount {page} }} }}"
                yield Question("cursor", text)
        yield from self._filters(field, entity)
        if "search" in field.arguments:
            for word in (*WORDS, *self._words(entity)):
                text = f"query($word: String) {{ {name}(search: $word) {{ totalCount nodes {{ {key} }} }} }}"
                yield Question("search", text, {"word": word})

    def _filters(self, field: Field, entity: ObjectType) -> Iterator[Question]:
        where = next(argument.type.of for name, argument in field.arguments.items() if name == "where")
        assert isinstance(where, InputType)
        text = f"query($where: {where.name}) {{ {field.name}(where: $where) {{ totalCount nodes {{ {_short(entity)} }} }} }}"
        for name, (_, column, target) in entity.listed.filters.items():
            operators = where.fields[name].type.of
            assert isinstance(operators, InputType)
            assert entity.table is not None
            rows = self._rows.tables[entity.table.name]
            values = list({row[column.name] for row in rows if row.get(column.name) is not None})
            self._chance.shuffle(values)
            if target is not None:  # half of them hidden
                values.sort(key=lambda value: value not in self._hidden)
                values = [*values[:VALUES], *values[-VALUES:]]
            for value in values[: 2 * VALUES]:
                said = self._said(value, column.leaf, target)
                for operator in operators.fields:
                    if operator in {"eq", "in", "lt", "gte", "contains"}:
                        one = {operator: [said] if operator == "in" else said}
                        yield Question("filter", text, {"where": {name: one}})
                yield Question(
                    "filter", text, {"where": {"not": {name: {"in" if target else "eq": [said] if target else said}}}}
                )
            for flag in (True, False):
                yield Question("filter", text, {"where": {name: {"isNull": flag}}})

    def _said(self, value: Any, leaf: Leaf, target: ObjectType | None) -> Any:
        if target is not None:
            return self._global_id(target, value)
        return bool(value) if leaf.type is bool else leaf.text(value) if leaf.text else value

    def _global_id(self, kind: ObjectType, key: int) -> str:
        if kind.register is not None and kind.table is not None:
            row = next((row for row in self._rows.tables[kind.table.name] if row["id"] == key), None)
            found = kind.register.kinds.get(row[kind.register.kind.name]) if row else None
            return global_id(found.name if found else kind.name, key)
        return global_id(kind.name, key)

    def _words(self, entity: ObjectType) -> list[str]:
        assert entity.table is not None
        texts = {
            str(row.get(name)) for row in self._rows.tables[entity.table.name] for name in ("number", "code", "name")
        }
        return self._chance.sample(sorted(texts), min(len(texts), 6))

    def _of_nodes(self, entity: ObjectType) -> Iterator[Question]:
        assert entity.table is not None
        ids = self._some_ids(entity, 4, 4)
        for part in _parts(entity):
            kind: Kind = (
                "timeline" if part.partition("(")[0].partition(" ")[0] in {"timeline", "sources", "targets"} else "node"
            )
            text = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename ... on {entity.name} {{ {part} }} }} }}"
            yield Question(kind, text, {"ids": ids})
        for one in ids:
            yield Question("node", "query($id: ID!) { node(id: $id) { __typename id } }", {"id": one})

    def _some_ids(self, entity: ObjectType, seen: int, hidden: int) -> list[str]:
        assert entity.table is not None
        keys = sorted(row["id"] for row in self._rows.tables[entity.table.name])
        if entity.register is None:
            self._chance.shuffle(keys)
        kept = [key for key in keys if key not in self._hidden][:seen] + [key for key in keys if key in self._hidden][
            :hidden
        ]
        return [self._global_id(entity, key) for key in kept]

    def _of_function(self, field: Field, operation: str, kind: Kind, tries: int) -> Iterator[Question]:
        declared = ", ".join(f"${name}: {_spelt(one.type)}" for name, one in field.arguments.items())
        given = ", ".join(f"{name}: ${name}" for name in field.arguments)
        parts = [""]
        if isinstance(field.type.of, ObjectType):
            parts = [f" {{ {part} }}" for part in self._shown(field.type.of)]
        for number in range(max(tries, len(parts)) if field.arguments else len(parts)):
            part = parts[number % len(parts)]
            text = f"{operation}{f'({declared})' if declared else ''} {{ {field.name}{f'({given})' if given else ''}{part} }}"
            yield Question(kind, text, _Drawn(self, self._chance).arguments(field.arguments))

    def _shown(self, kind: ObjectType) -> list[str]:
        if kind.kind != "payload":
            return list(_parts(kind, depth=2))
        errors = kind.fields["userErrors"].type.of
        assert isinstance(errors, ObjectType)
        told = [f"userErrors {{ __typename code message path {some} }}" for some in _all_told(errors.possible)]
        whole = [part for part in _parts(kind, depth=2, but={"userErrors", "query"})]
        return [
            f"{whole[at % len(whole)] if whole else ''} {told[at % len(told)]}"
            for at in range(max(len(whole), len(told)))
        ]


class _Drawn:
    """The variables of one question: ids that belong together as often as not, hidden ones among them."""

    def __init__(self, questions: Questions, chance: random.Random) -> None:
        self._questions, self._chance = questions, chance
        self._context: set[int] = set()

    def arguments(self, told: dict[str, Argument]) -> dict[str, Any]:
        return {
            name: self._value(one.type, name, 0)
            for name, one in told.items()
            if not _is_optional(one) or self._chance.random() < 0.3
        }

    def _value(self, ref: Ref, name: str, depth: int) -> Any:
        if ref.many:
            return [self._one(ref.of, name, depth) for _ in range(1 if depth else self._chance.randint(1, 2))]
        return self._one(ref.of, name, depth)

    def _one(self, kind: Any, name: str, depth: int) -> Any:
        match kind:
            case InputType() if kind.cls is None:
                return {}
            case InputType():
                return {
                    key: self._value(one.type, key, depth + 1)
                    for key, one in kind.fields.items()
                    if not _is_optional(one) or (key != "expectedVersion" and self._chance.random() < 0.15)
                }
            case IdOf():
                return self._id(kind.entity, name)
            case Leaf(enum=enum) if enum is not None:
                return self._chance.choice(list(enum)).value
            case Leaf():
                return self._plain(kind, name)
        raise AssertionError(kind)

    def _plain(self, leaf: Leaf, name: str) -> Any:
        questions = self._questions
        match leaf.graphql:
            case "Boolean":
                return self._chance.random() < 0.5
            case "Int":
                return self._chance.choice((1, 2, 30))
            case "Decimal":
                return self._chance.choice(("1", "2", "1", "0.5", "1000000"))
            case "Date":
                return str(questions._today - timedelta(days=self._chance.choice((-7, 0, 0, 1))))  # noqa: SLF001
            case "DateTime":
                return f"{questions._today - timedelta(days=1)}T12:00:00Z"  # noqa: SLF001
        texts = [
            row[column]
            for column in ("number", "code")
            for some in questions._rows.tables.values()  # noqa: SLF001
            for row in some[:3]
            if row.get(column)
        ]
        return self._chance.choice([*texts, "x", "stock_level.on_hand is the sum of its places"])

    def _id(self, entity: ObjectType | None, name: str) -> str:
        questions = self._questions
        possible = [
            one
            for one in ([entity] if entity else questions._types.objects.values())
            if one.table and one.kind != "register"
        ]  # noqa: SLF001
        chosen = self._chance.choice(possible)
        rows = questions._rows.tables[chosen.table.name]  # type: ignore[union-attr]  # noqa: SLF001
        dice = self._chance.random()
        hidden = [row for row in rows if row["id"] in questions._hidden]  # noqa: SLF001
        seen = [row for row in rows if row["id"] not in questions._hidden]  # noqa: SLF001
        if dice < 0.04 or not rows:
            return global_id(chosen.name, 1)
        some = hidden if hidden and (dice < 0.25 or not seen) else seen
        related = [row for row in some if self._context & _values(row)]
        row = self._chance.choice(related or some)
        self._context |= _values(row)
        return questions._global_id(chosen, row["id"])  # noqa: SLF001


def _values(row: Row) -> set[int]:
    return {value for value in row.values() if isinstance(value, int) and value > 10**12}


def _is_optional(argument: Argument) -> bool:
    return argument.type.nullable or argument.default is not NO_DEFAULT


def _spelt(ref: Ref) -> str:
    kind = ref.of
    name = "ID" if isinstance(kind, IdOf) else kind.graphql if isinstance(kind, Leaf) else kind.name
    text = f"[{name}!]" if ref.many else name
    return text if ref.nullable else f"{text}!"


def _leaves(kind: ObjectType, prefix: str = "") -> list[str]:
    return [
        f"{prefix}_{name}: {name}" if prefix else name
        for name, field in kind.fields.items()
        if not isinstance(field.type.of, ObjectType) and (not prefix or name not in {"code", "message", "path"})
    ]


def _all_told(kinds: Sequence[ObjectType]) -> Iterator[str]:
    """What errors say beside their code, as much of it at a time as one document may ask for."""
    parts: list[str] = []
    for kind in kinds:
        leaves = _leaves(kind, prefix=kind.name)
        if sum(part.count(":") for part in parts) + len(leaves) > ALIASES:
            yield " ".join(parts)
            parts = []
        parts += [f"... on {kind.name} {{ {' '.join(leaves)} }}"] if leaves else []
    yield " ".join(parts)


def _short(entity: ObjectType) -> str:
    return " ".join(_leaves(entity)[:4]) or "__typename"


def _parts(kind: ObjectType, depth: int = 1, but: set[str] = frozenset()) -> Iterator[str]:  # type: ignore[assignment]
    """All that an object shows, in pieces that may each be asked for."""
    if kind.abstract and kind.table is None:
        yield "__typename"
        for one in kind.possible:
            yield f"... on {one.name} {{ {' '.join(_leaves(one)) or '__typename'} }}"
        return
    yield " ".join(_leaves(kind)) or "__typename"
    for field in kind.fields.values():
        if field.name not in but and isinstance(field.type.of, ObjectType):
            yield f"{field.name}{' ' if field.type.of.kind != 'connection' else '(first: 10) '}{_selection(field.type.of, depth)}"


def _selection(kind: ObjectType, depth: int) -> str:
    """What is asked of an object below: its leaves, and of those below it theirs."""
    if kind.kind == "connection":
        assert kind.node is not None
        return f"{{ totalCount nodes {_selection(kind.node, depth)} }}"
    if kind.abstract and kind.table is None:
        inner = " ".join(f"... on {one.name} {{ {one.name}: __typename }}" for one in kind.possible[:20])
        return f"{{ __typename {inner} }}"
    below = [
        f"{field.name} {_selection(field.type.of, depth - 1)}"
        for field in kind.fields.values()
        if depth > 1 and isinstance(field.type.of, ObjectType) and field.type.of.kind != "connection"
    ]
    return f"{{ {' '.join(_leaves(kind)) or '__typename'} {' '.join(below)} }}"
