"""GraphQL the naive way: graphql-core alone, a resolver per field over whole tables in memory."""

import dataclasses
import functools
from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeGuard

import graphql
from tortoise.models import Model

from jxc_graphql.gql.plan.rows import row_id
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.schema.types import (
    Built,
    Field,
    FromColumn,
    FromFunction,
    FromKey,
    FromOutcome,
    FromRegister,
    FromRoot,
    ObjectType,
    Scope,
    Table,
    ToMany,
    ToOne,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError, Forbidden, Path, Rejected, Unauthenticated, UnknownId
from jxc_graphql.kit.numbers import Fixed
from tests.gql.naive_look import Look
from tests.gql.naive_page import Page, comparison, key_of
from tests.gql.naive_page import key as key_to_sort_by
from tests.gql.naive_where import decoded, global_id, read_any_id


class Naive:
    """The same schema with resolvers of its own."""

    def __init__(self, schema: Schema) -> None:
        self.types = schema.types
        self.core = schema.core
        self.rows: dict[str, list[Any]] = {}
        self.batched: dict[Any, Any] = {}
        self.answers: dict[tuple[str, int], Any] = {}
        for kind in schema.core.type_map.values():
            if isinstance(kind, graphql.GraphQLObjectType) and kind.name in self.types.objects:
                for field in kind.fields.values():
                    field.resolve = self.resolve
            elif isinstance(kind, graphql.GraphQLInterfaceType | graphql.GraphQLUnionType):
                kind.resolve_type = lambda value, _info, _kind: self.entity_of(value).name

    async def read(self, calls: Sequence[Call]) -> None:
        """Takes in whole tables, and what asynchronous functions say about each row and caller."""
        models: dict[str, type[Model]] = {}
        left: list[type[Model]] = [Model]
        while left:
            children = left.pop().__subclasses__()
            models.update({one._meta.db_table: one for one in children if declared(one)})  # noqa: SLF001
            left.extend(children)
        tables = [one.table for one in self.types.objects.values() if one.table]
        names = {
            name
            for table in tables
            for name in [table.name, *(step[1] for scope in ways(table) for step in scope.steps)]
        }
        self.rows = {name: list(await models[name].all()) for name in names}
        for entity in self.types.objects.values():
            for field in entity.fields.values():
                if isinstance(field.source, FromFunction) and field.source.batched:
                    for call in {id(one): one for one in calls if self.may_ask(field, one)}.values():
                        await self._ask(entity, field.source, call)
                if entity.name == "Query" and isinstance(field.source, FromRoot) and not field.arguments:
                    for call in calls:
                        self.answers[field.name, id(call)] = await attempted(field.source.function(call))

    async def _ask(self, entity: ObjectType, source: FromFunction, call: Call) -> None:
        keys = [tuple(getattr(row, column.name) for column in source.columns) for row in self.table(entity)]
        values = await source.function(call, [key if len(key) > 1 else key[0] for key in keys])
        self.batched |= {(source.function, id(call), *key): value for key, value in zip(keys, values, strict=True)}

    def run(self, document: graphql.DocumentNode, variables: Mapping[str, Any], call: Call) -> graphql.ExecutionResult:
        self.document, self.given = document, variables
        answer = graphql.execute(
            self.core,
            document,
            context_value=call,
            variable_values=dict(variables),
            is_awaitable=never,
        )
        assert isinstance(answer, graphql.ExecutionResult)
        hidden = Look(self, document, variables, call).hidden()
        return graphql.ExecutionResult(answer.data, answer.errors, {"hidden": hidden} if hidden else {})

    def entity_of(self, row: Model) -> ObjectType:
        table = type(row)._meta.db_table  # noqa: SLF001
        return next(one for one in self.types.objects.values() if one.table and one.table.name == table)

    def resolve(self, owner: Any, info: graphql.GraphQLResolveInfo[Call], **arguments: Any) -> Any:  # noqa: C901, PLR0911
        kind = self.types.objects[info.parent_type.name]
        field = kind.fields[info.field_name]
        call: Call = info.context
        target = field.type.of
        if not self.is_shown(kind, field, info):
            return None
        if isinstance(owner, Mapping):
            value = owner[info.field_name]
            return value() if callable(value) else value
        if isinstance(field.source, FromRegister):
            owner = next(one for one in self.rows[field.source.table.name] if one.pk == owner.pk)
            field = dataclasses.replace(field, source=field.source.source)
        match field.source:
            case FromColumn(column):
                return shown(getattr(owner, column.name))
            case FromKey():
                return global_id(kind.name, owner.pk)
            case ToOne(column):
                assert isinstance(target, ObjectType)
                return self.find(target, getattr(owner, column.name), call)
            case ToMany():
                return self.listed(field, field.source, owner, arguments, call)
            case FromFunction():
                return self.function(field, field.source, owner, call)
            case FromOutcome(attribute):
                return self.outcome(field, owner, attribute, call)
            case Built(what):
                return self.built(what, field, arguments, call)
        answer = self.answers[info.field_name, id(call)]
        listed = isinstance(target, ObjectType) and target.loaded and isinstance(answer, list)
        return self.loaded(field, answer, call) if listed else answer

    def is_shown(self, kind: ObjectType, field: Field, info: graphql.GraphQLResolveInfo[Call]) -> bool:
        """Whether it is not hidden; of a root field raises what is refused for what is."""
        try:
            self.check_shown(field, info.context)
        except Forbidden:
            if kind.kind == "root":
                raise
            return False
        if kind.kind == "root":
            Look(self, self.document, self.given, info.context).refuse(field, info.field_nodes)
        return True

    def check_shown(self, field: Field, call: Call) -> None:
        """Refuses what the caller may not have, or what it leads to."""
        target = field.type.of
        if isinstance(target, ObjectType):
            entity = target.node if target.kind == "connection" else target
            if entity is not None and (entity.table is not None or entity.requires is not None):
                check(call, entity.requires)
        if field.requires is not None and field.requires not in call.permissions:
            raise Forbidden(field.requires)

    def may_ask(self, field: Field, call: Call) -> bool:
        """Whether rows are there for the caller, and the field is not hidden from it."""
        try:
            self.check_shown(field, call)
        except (Forbidden, Unauthenticated):
            return False
        return call.actor_id is not None

    def check_seen(self, owner: ObjectType, field: Field, call: Call) -> None:
        """Refuses to filter or sort by what is hidden."""
        try:
            self.check_shown(field, call)
        except Forbidden as refused:
            raise Forbidden(refused.permission, f"{owner.name}.{field.name}") from None

    def check_type(self, kind: ObjectType, call: Call) -> None:
        """Refuses objects of an entity."""
        if kind.table is not None or kind.requires is not None:
            check(call, kind.requires)

    def is_id(self, text: str) -> bool:
        """Whether it is an id as we give them out."""
        name, _, key = decoded(text).partition(":")
        return key.isdecimal() and global_id(name, int(key)) == text

    def function(self, field: Field, source: FromFunction, owner: Any, call: Call) -> Any:
        values = [getattr(owner, column.name) for column in source.columns]
        target = field.type.of
        if source.batched:
            value = self.batched[source.function, id(call), *values]
            asked = f"{self.entity_of(owner).name}.{field.name}.{tuple(values) if values[1:] else values[0]}"
        else:
            value = source.function(*([call] if source.with_call else []), *values)
            asked = f"{owner.pk}.{field.name}"
        if isinstance(target, ObjectType) and target.row_of:
            return [self.row(target, asked, one) for one in value]
        if not source.batched:
            return shown(value)
        return self.loaded(field, value, call) if isinstance(target, ObjectType) and target.loaded else shown(value)

    def row(self, kind: ObjectType, asked: str, value: Any) -> dict[str, Any]:
        """A value with an id, by the names of its fields, which are those of its attributes."""
        others = {name: shown(getattr(value, name)) for name in kind.fields if name != "id"}
        return {"id": row_id(kind, asked, value), **others}

    def loaded(self, field: Field, keys: Any, call: Call) -> Any:
        assert isinstance(field.type.of, ObjectType)
        if not field.type.many:
            return self.find(field.type.of, keys, call)
        if keys is None:
            return None
        found = [self.find(field.type.of, key, call) for key in keys]
        return [one for one in found if one is not None]

    def outcome(self, field: Field, owner: Any, attribute: str, call: Call) -> Any:
        if isinstance(field.type.of, ObjectType) and field.type.of.members:
            ids = attribute.removesuffix("s") + "_ids" if field.type.many else attribute + "_id"
            return self.loaded(field, getattr(owner, ids), call)
        return shown(getattr(owner, attribute))

    def built(self, what: str, field: Field, arguments: Any, call: Call) -> Any:
        if what == "by_id":
            assert isinstance(field.type.of, ObjectType)
            key = read_any_id(arguments["id"], field.type.of, ("id",))
            found = self.find(field.type.of, key, call)
            return found if found and global_id(self.entity_of(found).name, key) == arguments["id"] else None
        if call.actor_id is None:
            raise Unauthenticated
        if what == "node":
            return self.node(arguments["id"], ("id",), call)
        found = []
        for index, one in enumerate(arguments["ids"]):
            try:
                found.append(self.node(one, ("ids", index), call))
            except Exception as error:  # noqa: BLE001
                found.append(error)
        return found

    def node(self, text: str, path: Path, call: Call) -> Any:
        name, _, key = decoded(text).partition(":")
        entity = self.types.objects.get(name)
        good = key.isdecimal() and global_id(name, int(key)) == text
        if not good or entity is None or "Node" not in entity.names or entity.kind != "entity":
            raise Rejected(UnknownId(path=path, kind="Node"))
        return self.find(entity, int(key), call)

    def table(self, entity: ObjectType) -> list[Model]:
        assert entity.table
        return self.rows[entity.table.name]

    def find(self, kind: ObjectType, key: int | None, call: Call) -> Any:
        if kind.register is not None:
            found = [one for one in self.table(kind) if one.pk == key and self.listable(kind, one, call)]
            return self.object(kind, found[0], call) if found else None
        for entity in kind.members:
            for row in self.table(entity):
                if row.pk == key and self.visible(entity, row, call) and self.permitted(entity, call):
                    return row
        return None

    def object(self, kind: ObjectType, row: Any, call: Call) -> Any:
        """What a row of a list stands for: itself, or that which a register tells of."""
        if kind.register is None:
            return row
        entity = kind.register.kinds.get(getattr(row, kind.register.kind.name))
        if entity is None:
            return None
        if not self.permitted(entity, call):
            return None
        return next(one for one in self.table(entity) if one.pk == row.pk)

    def listable(self, kind: ObjectType, row: Any, call: Call) -> bool:
        if kind.register is not None and getattr(row, kind.register.kind.name) not in kind.register.kinds:
            return False
        if self.object(kind, row, call) is None:
            return False
        hiding = [field for field in kind.fields.values() if field.hides_row]
        return self.visible(kind, row, call) and all(
            self.sees(field.type.of, getattr(row, field.source.column.name), call)  # type: ignore[union-attr]
            for field in hiding
        )

    def sees(self, kind: Any, key: int | None, call: Call) -> bool:
        """Whether the caller sees what an id stands for."""
        return self.find(kind, key, call) is not None

    def permitted(self, entity: ObjectType, call: Call) -> bool:
        """Whether the caller may see any of them."""
        assert entity.table
        needed = entity.table.requires
        return call.actor_id is not None and (needed is None or needed in call.permissions)

    def visible(self, entity: ObjectType, row: Any, call: Call) -> bool:
        assert entity.table
        for name, scopes in entity.table.scopes.items():
            places = {self.place(scope, row) for scope in scopes} - {None}
            if name in call.scopes and places and not places & call.scopes[name]:
                return False
        return True

    def place(self, scope: Scope, row: Any) -> Any:
        for column, other, _ in scope.steps:
            row = next(one for one in self.rows[other] if one.pk == getattr(row, column))
        return getattr(row, scope.column)

    def listed(self, field: Field, source: ToMany, owner: Any, arguments: Any, call: Call) -> Any:
        target = field.type.of
        assert isinstance(target, ObjectType)
        entity = target.node or target
        rows: list[Any] = [row for row in self.table(entity) if self.listable(entity, row, call)]
        if source.by is not None and source.key is not None:
            rows = [row for row in rows if getattr(row, source.by.name) == getattr(owner, source.key.name)]
        if source.only is not None:
            rows = [row for row in rows if getattr(row, source.only.name) is not None]
        if not source.paged:
            order = [*source.order, (key_of(entity.table), False)]
            rows.sort(key=functools.cmp_to_key(comparison([(key_to_sort_by(one), down) for one, down in order])))
            return [self.object(entity, row, call) for row in rows]
        return Page(self, entity, source, arguments, call).answer(rows)


def never(_value: Any) -> TypeGuard[Awaitable[Any]]:
    """Rows of Tortoise can be awaited; nobody needs it."""
    return False


async def attempted(answer: Awaitable[Any]) -> Any:
    """The answer, or the refusal in its place."""
    try:
        return await answer
    except DomainError as refusal:
        return refusal


def declared(model: type[Model]) -> bool:
    """Whether it stands in our code; migrations make models of the past."""
    ours = model.__module__.startswith(("jxc_graphql.", "tests."))
    return ours and not model._meta.abstract  # noqa: SLF001


def ways(table: Table) -> list[Scope]:
    return [one for some in table.scopes.values() for one in some]


def check(call: Call, permission: str | None) -> None:
    if call.actor_id is None:
        raise Unauthenticated
    if permission is not None and permission not in call.permissions:
        raise Forbidden(permission)


def shown(value: Any) -> Any:
    match value:
        case StrEnum():
            return value.value
        case Fixed():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case list():
            return [shown(one) for one in value]
    return value
