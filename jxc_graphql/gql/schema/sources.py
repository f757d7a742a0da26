"""Where the value of each declared field comes from."""

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

from jxc_graphql.gql.schema.scalars import STRING, Leaf
from jxc_graphql.gql.schema.sight import may_be_hidden
from jxc_graphql.gql.schema.types import (
    Built,
    CodedRows,
    Field,
    FromColumn,
    FromFunction,
    FromKey,
    FromOutcome,
    IdOf,
    ModelColumn,
    NamedTarget,
    ObjectType,
    Ref,
    Source,
    Table,
    ToMany,
    ToOne,
)
from jxc_graphql.gql.words import describe, markers
from jxc_graphql.gql.words.describe import DeclarationError, camel
from jxc_graphql.gql.words.entity import NO_DEFAULT, Member, declaration


def members(cls: type) -> Iterator[Member]:
    """The annotated attributes of a class and its bases, the bases' first, each with its description."""
    hints = typing.get_type_hints(cls, include_extras=True)
    texts: dict[str, str] = {}
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        texts |= describe.of_attributes(base) if declaration(base) or base is cls else {}
        names |= dict.fromkeys(vars(base).get("__annotations__", ()))
    for name in names:
        if typing.get_origin(hints[name]) is typing.ClassVar:
            continue
        if name not in texts:
            raise DeclarationError(
                f"{cls.__name__}.{name}", "it has no description", "Put a string under the attribute"
            )
        yield Member(name, hints[name], texts[name], getattr(cls, name, NO_DEFAULT))


def columns_of(member: Member, kind: Ref) -> tuple[str, ...]:
    """The columns that a field of a row is made of, by the names that its declaration uses."""
    match member.marker:
        case markers.Computed(columns=columns) | markers.Batched(columns=columns):
            return columns
        case markers.Column() | markers.ByKind() | None:
            name = getattr(member.marker, "name", None) or member.name
        case _ if member.marker is NO_DEFAULT:
            name = member.name
        case _:
            return ()
    return (_key_name(name) if isinstance(kind.of, ObjectType) else name,)


def _key_name(name: str) -> str:
    return name if name.endswith("_id") else f"{name}_id"


class SourceFinder:
    """Finds the source of each field of one object type."""

    def __init__(self, owner: ObjectType, ref: Callable[[Any, str], Ref]) -> None:
        self._owner = owner
        self._ref = ref

    def field(self, member: Member) -> Field:
        """The field that a member declares."""
        place = f"{self._owner.name}.{member.name}"
        kind = self._ref(member.annotation, place)
        name, requires = camel(member.name), getattr(member.marker, "requires", None)
        source = self._source(place, member, kind)
        hides_row, always = (getattr(member.marker, said, False) for said in ("hides_row", "always"))
        found = Field(name, member.description, kind, source, requires, hides_row, always)
        # What rights may take away is null then, whatever the table says.
        found.type = kind.or_null(may_be_hidden(self._owner, found))
        return found

    def _source(self, place: str, member: Member, kind: Ref) -> Source:  # noqa: PLR0911  (one per marker)
        table = self._owner.table
        marker = NO_DEFAULT if isinstance(member.marker, markers.ByKind) else member.marker
        if self._owner.kind == "interface" and (table is None or marker is not member.marker):
            return Built("interface")
        match marker:
            case markers.Many():
                return self._to_many(place, marker, kind)
            case markers.Computed() | markers.Batched():
                return self._function(place, marker)
            case markers.Column() | None if table is None:
                return FromOutcome(member.name)
            case markers.Column():
                return self._column(place, marker.name or member.name, kind)
        if marker is not NO_DEFAULT:
            raise DeclarationError(
                place, "it has a value", "Write column(), many(), connection(), computed() or batched()"
            )
        if table is None:
            return FromOutcome(member.name)
        return self._column(place, member.name, kind)

    def _column(self, place: str, name: str, kind: Ref) -> Source:
        assert self._owner.table is not None
        found = self._owner.table.columns
        if isinstance(kind.of, ObjectType):
            if kind.many or not kind.of.loaded:
                raise DeclarationError(
                    place, "nothing says where its objects come from", "Write many(), connection() or batched()"
                )
            key = _key_name(name)
            if key not in found:
                raise DeclarationError(
                    place, f"the model has no column {key!r}", "Name it with column(), or write many()"
                )
            self._check_null(place, found[key], kind)
            return ToOne(found[key])
        if name not in found:
            raise DeclarationError(
                place,
                f"no column {name!r} answers it",
                "Name the column with column(), or write computed() or batched()",
            )
        column = found[name]
        if isinstance(kind.of, IdOf):
            if column.name != self._owner.table.key:
                raise DeclarationError(
                    place, "only the row's own id is published", "Annotate it with the entity it points to"
                )
            return FromKey(column)
        return self._leaf(place, column, kind)

    def _leaf(self, place: str, column: ModelColumn, kind: Ref) -> Source:
        leaf = kind.of
        if not isinstance(leaf, Leaf) or kind.many:
            raise DeclarationError(place, "a column holds one plain value", "Use a scalar or an enum")
        if leaf.type is not column.leaf.type and not (leaf.enum and column.leaf is STRING):
            raise DeclarationError(
                place,
                f"the column holds {column.leaf.type.__name__}, not {leaf.type.__name__}",
                "Correct the annotation",
            )
        self._check_null(place, column, kind)
        return FromColumn(ModelColumn(column.name, leaf if leaf.enum else column.leaf, column.nullable))

    def _check_null(self, place: str, column: ModelColumn, kind: Ref) -> None:
        if column.nullable and not kind.nullable:
            raise DeclarationError(place, f"the column {column.name!r} may be NULL", "Write `| None`")

    def _to_many(self, place: str, marker: markers.Many, kind: Ref) -> Source:
        target = kind.of.node if marker.paged and isinstance(kind.of, ObjectType) else kind.of
        if not isinstance(target, ObjectType) or target.table is None:
            wanted = "Connection[…] of an entity" if marker.paged else "list[…] of an entity"
            raise DeclarationError(place, f"its annotation is not a {wanted}", "Correct the annotation")
        by = key = None
        if marker.by is not None:
            by = self._named(place, target.table, marker.by)
            if self._owner.table is None:
                raise DeclarationError(place, "only a row can be pointed to", "Leave the column out in a root field")
            key = self._named(place, self._owner.table, marker.key)
            if key.nullable:
                raise DeclarationError(
                    place, f"the key {marker.key!r} may be NULL", "Choose a column that is never NULL"
                )
        elif self._owner.table is not None:
            raise DeclarationError(
                place, "it is an edge without key", f"Name the column of {target.name} that points here"
            )
        descending = marker.order_by.startswith("-")
        order = self._named(place, target.table, marker.order_by.lstrip("-"))
        only = None if marker.only is None else self._named(place, target.table, marker.only)
        if only is not None and not only.nullable:
            raise DeclarationError(place, f"the column {marker.only!r} is never NULL", "Leave `only` out")
        coded = None if marker.coded is None or by is None else self._coded(place, target.table, by, marker.coded)
        return ToMany(by, key, ((order, descending),), marker.paged, only, coded)

    def _coded(self, place: str, table: Table, by: ModelColumn, told: markers.Coded) -> CodedRows:
        meta = told.model._meta  # noqa: SLF001  (Tortoise's documented place for it)
        if told.code not in meta.fields_map:
            raise DeclarationError(place, f"{meta.db_table} has no column {told.code!r}", "Name a column of the model")
        field, in_order = self._named(place, table, told.by), self._named(place, table, told.in_order)
        to = tuple(self._led_to(place, table, name, entity) for name, entity in told.to)
        return CodedRows(table.name, by, field.name, meta.db_table, told.code, in_order, told.readings, to)

    def _led_to(self, place: str, table: Table, name: str, entity: Any) -> NamedTarget:
        target = self._ref(entity, place).of
        assert isinstance(target, ObjectType)
        assert target.table is not None
        return NamedTarget(self._named(place, table, name), target, self._named(place, target.table, "name"))

    def _function(self, place: str, marker: markers.Computed | markers.Batched) -> Source:
        if self._owner.table is None:
            raise DeclarationError(place, "it has no row to be computed from", "Use it in an entity")
        found = tuple(self._named(place, self._owner.table, name) for name in marker.columns)
        names = list(inspect.signature(marker.function).parameters)
        batched = isinstance(marker, markers.Batched)
        if batched != inspect.iscoroutinefunction(marker.function):
            mend = "Use batched() for async functions, computed() for pure ones"
            raise DeclarationError(place, f"{marker.function.__name__} is of the other kind", mend)
        with_call = not batched and bool(names) and names[0] == "call"
        if not found or (not batched and len(names) != len(found) + with_call):
            raise DeclarationError(place, "its function does not take these columns", "Name one column per parameter")
        beside = isinstance(marker, markers.Batched) and marker.beside
        if beside and [column.leaf.type for column in found] != [int]:
            raise DeclarationError(place, "it is not asked for by ids alone", "Name one column of ids")
        return FromFunction(marker.function, found, with_call, batched, beside)

    def _named(self, place: str, table: Table, name: str) -> ModelColumn:
        if name not in table.columns:
            raise DeclarationError(place, f"{table.name} has no column {name!r}", "Name a column of the model")
        return table.columns[name]
