"""From a selection to levels: which columns, which joins, which statements, and how the rows are shaped.

Pure: it reads the resolved types and the document and asks no database. A plan is made for a document, the values of
its deciding variables and the caller's permissions, and kept.
"""

import dataclasses
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from graphql import FieldNode

from jxc_graphql.gql.plan import seen
from jxc_graphql.gql.plan.collect import Groups, Selections
from jxc_graphql.gql.plan.connection import plan_connection
from jxc_graphql.gql.plan.fetch import Batch, ByIds, ByIdsOfAny, Children, Objects, Values, read_raw
from jxc_graphql.gql.plan.kinds import KindPlanner
from jxc_graphql.gql.plan.level import Alias, Level, Sight, Slot
from jxc_graphql.gql.plan.paged import Paged
from jxc_graphql.gql.plan.parts import Check
from jxc_graphql.gql.plan.rows import Write, row_id, within
from jxc_graphql.gql.plan.running import Arguments, Run
from jxc_graphql.gql.plan.sql import Dialect, Sql, both, quoted
from jxc_graphql.gql.schema.scalars import Leaf, global_id, id_writer
from jxc_graphql.gql.schema.types import (
    Built,
    Field,
    FromColumn,
    FromFunction,
    FromKey,
    FromOutcome,
    FromRegister,
    IdOf,
    InputType,
    ModelColumn,
    ObjectType,
    Ref,
    Scope,
    ToMany,
    ToOne,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden

ArgumentsOf = Callable[[ObjectType, Field, FieldNode], Arguments]
Adopt = Callable[[Call, Any], Call]
"""From a call and the input of its mutation to the call with what the input says of it."""


def as_it_is(call: Call, _given: Any) -> Call:
    """The call, whatever its input says."""
    return call


class Planner:
    """Plans the levels of one operation for callers with the same permissions."""

    def __init__(
        self, selections: Selections, call: Call, dialect: Dialect, arguments: ArgumentsOf, adopt: Adopt = as_it_is
    ) -> None:
        self.selections = selections
        self.call = call
        self.sight = Sight(dialect, frozenset(call.limits))
        self.arguments = arguments
        self.adopt = adopt
        self.introspects = False
        self.checks: list[Check] = []
        """Whether lists and their figures may be asked for as they are."""

    def checked_since(self, start: int) -> "Callable[[Run], None]":
        """Raises the refusal of whatever was planned since there were so many checks; of several the first by name."""
        checks = tuple(self.checks[start:])

        def check(run: Run) -> None:
            refused = [found for one in checks if (found := one(run)) is not None]
            if refused:
                raise min(refused, key=lambda found: found.field or "")

        return check

    def for_call(self, call: Call) -> "Planner":
        """Plans the same operation for another caller."""
        return Planner(self.selections, call, self.sight.dialect, self.arguments, self.adopt)

    def refusal(self, field: Field) -> Exception | None:
        """Why the caller may not have a field, or what it leads to; None when he may."""
        return seen.refusal(self.call, field)

    def refusal_of(self, entity: ObjectType) -> Exception | None:
        """Why the caller may not have objects of an entity at all."""
        return seen.refusal_of(self.call, entity)

    def _level(self, entity: ObjectType) -> Level:
        assert entity.table is not None
        level = Level(entity, Alias("t0", entity.table), self.sight)
        level.column(level.root, entity.table.key)
        hiding = [one for one in entity.fields.values() if one.hides_row]
        level.there = both([self._seen_with(one) for one in hiding])
        return level

    def _seen_with(self, field: Field) -> Sql:
        """The rows of which that is seen without which they are not shown."""
        assert isinstance(field.source, ToOne)
        assert isinstance(field.type.of, ObjectType)
        column = f"t0.{quoted(field.source.column.name)}"
        there = seen.pointed(self.sight.dialect, self.call, column, field.type.of)
        if there.text and field.source.column.nullable:
            return Sql(f"({column} IS NULL OR {there.text})", there.params)
        return there

    def level(self, entity: ObjectType, shapes: Sequence[Sequence[FieldNode]]) -> Level:
        """The level of the rows of an entity, or of a register, in one or more shapes; not compiled yet."""
        level = self._level(entity)
        if entity.register is not None:
            level.there = seen.seen_kinds(self.call, entity)
        level.outputs += [self._object(level, entity, level.root, nodes) for nodes in shapes]
        return level

    def by_ids(self, entity: ObjectType, nodes: Sequence[FieldNode], *, typed: bool = False) -> ByIds:
        """The level of rows found by their ids."""
        level = self.level(entity, [nodes])
        if typed:
            level.outputs = [f"Typed({entity.name!r}, {output})" for output in level.outputs]
        level.compile()
        return ByIds(level)

    def own(self, entity: ObjectType, groups: Groups) -> ByIds:
        """Some fields of an entity's rows, found by their ids."""
        level = self._level(entity)
        level.outputs.append(self._fields(level, entity, level.root, groups))
        level.compile()
        return ByIds(level)

    def rows(self, kind: ObjectType, nodes: Sequence[FieldNode]) -> ByIds | ByIdsOfAny:
        """The objects of a field found by their ids: of what has no table, by a statement per member."""
        if kind.table is not None:
            return self.by_ids(kind, nodes)
        seen_ones = [one for one in kind.members if self.refusal_of(one) is None]
        return ByIdsOfAny([self.by_ids(one, nodes, typed=True) for one in seen_ones])

    def objects(self, field: Field, nodes: Sequence[FieldNode]) -> Objects:
        """How ids are shown as the objects of a field."""
        assert isinstance(field.type.of, ObjectType)
        return Objects(self.rows(field.type.of, nodes), field.type.many)

    def paged(self, owner: ObjectType, field: Field, nodes: Sequence[FieldNode]) -> Paged:
        """The level of a connection."""
        assert isinstance(field.source, ToMany)
        keeps = _keeps_scope(owner, field, field.source)
        made = plan_connection(self, owner, field, self.arguments(owner, field, nodes[0]), nodes, seen_by_parent=keeps)
        self.checks.append(made.check)
        return made

    def _object(self, level: Level, entity: ObjectType, alias: Alias, nodes: Sequence[FieldNode]) -> str:
        if entity.register is not None:
            return KindPlanner(self, level, entity, alias).expression(nodes)
        return self._fields(level, entity, alias, self.selections.below(entity, nodes))

    def _fields(self, level: Level, entity: ObjectType, alias: Alias, groups: Groups) -> str:
        parts = []
        for key, nodes in groups.items():
            name = nodes[0].name.value
            made = repr(entity.name)
            if name != "__typename":
                made = self.part(level, entity, entity.fields[name], alias, nodes)
            parts.append(f"{key!r}: {made}")
        return "{" + ", ".join(parts) + "}"

    def part(  # noqa: PLR0911  (one per source)
        self, level: Level, entity: ObjectType, field: Field, alias: Alias, nodes: list[FieldNode]
    ) -> str:
        """The expression of one field of a row."""
        refusal = self.refusal(field)
        if refusal is not None:
            return "None" if isinstance(refusal, Forbidden) else level.failure(refusal)
        match field.source:
            case FromColumn(column):
                return _leaf(level, level.column(alias, column.name), column)
            case FromKey(column):
                write = level.constant(id_writer(entity.name), f"the id of a {entity.name}")
                return f"{write}({level.column(alias, column.name)})"
            case ToOne():
                return self._to_one(level, alias, entity, field, nodes)
            case ToMany():
                return self._to_many(level, alias, entity, field, nodes)
            case FromFunction(batched=True):
                return self._batched(level, alias, entity, field, nodes)
            case FromFunction():
                return self._computed(level, alias, entity, field, nodes)
            case FromRegister():
                return self._from_register(level, alias, entity, field, nodes)
        raise AssertionError(f"{entity.name}.{field.name} has no source for a row")

    def _from_register(
        self, level: Level, alias: Alias, owner: ObjectType, field: Field, nodes: list[FieldNode]
    ) -> str:
        source = field.source
        assert isinstance(source, FromRegister)
        key = alias.table.columns[alias.table.key]
        joined = level.join(alias, key, source.table, same=True)
        made = self.part(level, owner, dataclasses.replace(field, source=source.source), joined, nodes)
        missing = level.failure(missing_value(owner, field))
        return f"({missing} if {level.column(joined, source.table.key)} is None else {made})"

    def _to_one(self, level: Level, alias: Alias, owner: ObjectType, field: Field, nodes: list[FieldNode]) -> str:
        source, target = field.source, field.type.of
        assert isinstance(source, ToOne)
        assert isinstance(target, ObjectType)
        if target.table is None:
            return level.beside([level.column(alias, source.column.name)], self.rows(target, nodes), may_miss=True)
        joined = level.join(alias, source.column, target.table)
        if target.table.scopes.keys() & self.sight.dimensions:
            joined.use()
        inner = self._object(level, target, joined, nodes)
        present = level.column(joined, target.table.key)
        if field.type.nullable:
            return f"None if {present} is None else {inner}"
        return f"{level.failure(missing_value(owner, field))} if {present} is None else {inner}"

    def _to_many(self, level: Level, alias: Alias, owner: ObjectType, field: Field, nodes: list[FieldNode]) -> str:
        source = field.source
        assert isinstance(source, ToMany)
        assert source.key is not None
        assert source.by is not None
        if source.paged:
            return level.beside([level.column(alias, source.key.name)], self.paged(owner, field, nodes))
        target = field.type.of
        assert isinstance(target, ObjectType)
        below = self.level(target, [nodes])
        below.seen_by_parent = _keeps_scope(owner, field, source)
        group = below.column(below.root, source.by.name)
        below.compile()
        return level.beside([level.column(alias, source.key.name)], Children(below, source, group))

    def _computed(self, level: Level, alias: Alias, owner: ObjectType, field: Field, nodes: list[FieldNode]) -> str:
        source = field.source
        assert isinstance(source, FromFunction)
        function, readers = source.function, [column.leaf.python for column in source.columns]
        write = self.writer(owner, field, nodes)

        def value(call: Call, key: int, *raw: Any) -> Any:
            known = [read_raw(reader, one) for reader, one in zip(readers, raw, strict=True)]
            found = function(call, *known) if source.with_call else function(*known)
            return write(found, within(str(key), field.name))

        columns = [level.column(alias, name) for name in (alias.table.key, *(one.name for one in source.columns))]
        named = level.constant(value, f"{function.__module__}.{function.__qualname__}")
        return f"attempt(fail, {named}, call, {', '.join(map(str, columns))})"

    def _batched(self, level: Level, alias: Alias, owner: ObjectType, field: Field, nodes: list[FieldNode]) -> str:
        source = field.source
        assert isinstance(source, FromFunction)
        readers = tuple(column.leaf.python for column in source.columns)
        columns = [level.column(alias, column.name) for column in source.columns]
        target = field.type.of
        finish: Objects | Values
        if isinstance(target, ObjectType) and target.loaded:
            finish = self.objects(field, nodes)
        else:
            finish = Values(self.writer(owner, field, nodes), f"{owner.name}.{field.name}")
        return level.beside(columns, Batch(source.function, readers, finish, source.beside))

    def writer(self, owner: ObjectType, field: Field, nodes: Sequence[FieldNode]) -> Write:
        """From a Python value to the response, for leaves and value types."""
        write = self._writer_of(field.type, nodes)
        if field.type.nullable:
            return write
        missing = missing_value(owner, field)

        def checked(value: Any, asked: str = "") -> Any:
            if value is None:
                raise missing
            return write(value, asked)

        return checked

    def _writer_of(self, ref: Ref, nodes: Sequence[FieldNode]) -> Write:
        kind = ref.of
        one = self._writer_of_value(kind, nodes) if isinstance(kind, ObjectType) else _plain_writer(kind)
        if ref.many:
            return lambda values, asked="": None if values is None else [one(value, asked) for value in values]
        return lambda value, asked="": None if value is None else one(value, asked)

    def _writer_of_value(self, kind: ObjectType, nodes: Sequence[FieldNode]) -> Callable[[Any, str], Any]:
        groups = self.selections.below(kind, nodes)
        parts = [(key, self._part_of_value(kind, below)) for key, below in groups.items()]

        def write(value: Any, asked: str) -> Any:
            own = row_id(kind, asked, value) if kind.row_of else asked
            return {key: part(value, own) for key, part in parts}

        return write

    def _part_of_value(self, kind: ObjectType, nodes: Sequence[FieldNode]) -> Callable[[Any, str], Any]:
        name = nodes[0].name.value
        if name == "__typename":
            return lambda _value, _asked: kind.name
        field = kind.fields[name]
        if isinstance(field.source, Built):
            return lambda _value, asked: asked
        assert isinstance(field.source, FromOutcome)
        attribute, write = field.source.attribute, self.writer(kind, field, nodes)
        return lambda value, asked: write(getattr(value, attribute), within(asked, name))


def deciding_rights(call: Call) -> Hashable:
    """What of a caller his plans depend on."""
    return call.permissions, call.actor_id is None, frozenset(call.reach)


def missing_value(owner: ObjectType, field: Field) -> TypeError:
    """What graphql-core says where there is no value for a field that must have one."""
    return TypeError(f"Cannot return null for non-nullable field {owner.name}.{field.name}.")


def _leaf(level: Level, slot: Slot, column: ModelColumn) -> str:
    convert, variable = column.leaf.text, str(slot)
    if convert is None:
        return variable
    named = level.constant(convert, f"the text of a {column.leaf.graphql}")
    value = f"attempt(fail, {named}, {variable})" if column.leaf.graphql == "Int" else f"{named}({variable})"
    return f"None if {variable} is None else {value}" if column.nullable else value


def _keeps_scope(owner: ObjectType, field: Field, source: ToMany) -> bool:
    """Whether rows that point to a row in scope are in scope for that reason alone."""
    target = field.type.of
    assert isinstance(target, ObjectType)
    above, below = owner.table, (target.node or target).table
    if above is None or below is None or source.by is None or source.key is None:
        return False
    followed = (source.by.name, above.name, source.key.name)
    return all(
        ways == tuple(Scope((followed, *scope.steps), scope.column) for scope in above.scopes.get(name, ()))
        for name, ways in below.scopes.items()
    )


def _plain_writer(kind: Leaf | InputType | IdOf) -> Callable[[Any, str], Any]:
    if isinstance(kind, IdOf):
        write = _named if kind.entity is None else id_writer(kind.entity.name)
    else:
        assert isinstance(kind, Leaf)
        write = kind.write or _same
    return lambda value, _asked: write(value)


def _named(thing: tuple[str, int]) -> str:
    """The id of a thing of any type."""
    return global_id(*thing)


def _same(value: Any) -> Any:
    return value
