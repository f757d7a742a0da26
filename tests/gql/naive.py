"""GraphQL the naive way: graphql-core alone, a resolver per field over whole tables in memory."""

# ruff: noqa: SLF001  (Tortoise keeps what a model is made of in _meta)

import base64
import functools
import json
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any, TypeGuard

import graphql
from tortoise.models import Model

from jxc_graphql.gql.build import Schema
from jxc_graphql.gql.problems import FieldError
from jxc_graphql.gql.types import (
    Built,
    Field,
    FromColumn,
    FromFunction,
    FromKey,
    FromOutcome,
    FromRoot,
    ModelColumn,
    ObjectType,
    Table,
    ToMany,
    ToOne,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError, Forbidden, Unauthenticated
from jxc_graphql.kit.numbers import Fixed
from jxc_graphql.kit.text import folded

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda own, other: own == other,
    "in": lambda own, other: own in other,
    "lt": lambda own, other: own < other,
    "lte": lambda own, other: own <= other,
    "gt": lambda own, other: own > other,
    "gte": lambda own, other: own >= other,
    "contains": lambda own, other: other in own,
    "startsWith": lambda own, other: own.startswith(other),
}


class Naive:
    """The same schema with resolvers of its own."""

    def __init__(self, schema: Schema) -> None:
        self.types = schema.types
        self.core = schema.core
        self.rows: dict[str, list[Any]] = {}
        self.batched: dict[Any, Any] = {}
        self.answers: dict[tuple[str, Call], Any] = {}
        for kind in schema.core.type_map.values():
            if isinstance(kind, graphql.GraphQLObjectType) and kind.name in self.types.objects:
                for field in kind.fields.values():
                    field.resolve = self.resolve
            elif isinstance(kind, graphql.GraphQLInterfaceType):
                kind.resolve_type = lambda value, _info, _kind: self.entity_of(value).name

    async def read(self, calls: Sequence[Call]) -> None:
        """Takes in whole tables, and what asynchronous functions say about each row and caller."""
        models: dict[str, type[Model]] = {}
        left: list[type[Model]] = [Model]
        while left:
            children = left.pop().__subclasses__()
            models.update({one._meta.db_table: one for one in children if declared(one)})
            left.extend(children)
        tables = [one.table for one in self.types.objects.values() if one.table]
        names = {name for table in tables for name in [table.name, *(step[1] for step in table.scope)]}
        self.rows = {name: list(await models[name].all()) for name in names}
        for entity in self.types.objects.values():
            for field in entity.fields.values():
                if isinstance(field.source, FromFunction) and field.source.batched:
                    await self._ask(entity, field.source, calls[0])
                if entity.name == "Query" and isinstance(field.source, FromRoot) and not field.arguments:
                    for call in calls:
                        self.answers[field.name, call] = await attempted(field.source.function(call))

    async def _ask(self, entity: ObjectType, source: FromFunction, call: Call) -> None:
        keys = [tuple(getattr(row, column.name) for column in source.columns) for row in self.table(entity)]
        values = await source.function(call, [key if len(key) > 1 else key[0] for key in keys])
        self.batched |= {(source.function, *key): value for key, value in zip(keys, values, strict=True)}

    def run(self, document: graphql.DocumentNode, variables: Mapping[str, Any], call: Call) -> graphql.ExecutionResult:
        answer = graphql.execute(
            self.core,
            document,
            context_value=call,
            variable_values=dict(variables),
            is_awaitable=never,
        )
        assert isinstance(answer, graphql.ExecutionResult)
        return answer

    def entity_of(self, row: Model) -> ObjectType:
        table = type(row)._meta.db_table
        return next(one for one in self.types.objects.values() if one.table and one.table.name == table)

    def resolve(  # noqa: C901, PLR0911  (one case per source)
        self, owner: Any, info: graphql.GraphQLResolveInfo[Call], **arguments: Any
    ) -> Any:
        kind = self.types.objects[info.parent_type.name]
        field = kind.fields[info.field_name]
        call: Call = info.context
        target = field.type.of
        if isinstance(target, ObjectType):
            entity = target.node if target.kind == "connection" else target
            if entity is not None and entity.table is not None and target.kind in {"entity", "connection"}:
                check(call, entity.table.requires)
        if field.requires is not None and field.requires not in call.permissions:
            raise Forbidden(field.requires)
        if isinstance(owner, Mapping):
            value = owner[info.field_name]
            return value() if callable(value) else value
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
        return self.answers[info.field_name, call]

    def function(self, field: Field, source: FromFunction, owner: Any, call: Call) -> Any:
        values = [getattr(owner, column.name) for column in source.columns]
        if not source.batched:
            return shown(source.function(*([call] if source.with_call else []), *values))
        value = self.batched[source.function, *values]
        return self.loaded(field, value, call) if isinstance(field.type.of, ObjectType) else shown(value)

    def loaded(self, field: Field, keys: Any, call: Call) -> Any:
        assert isinstance(field.type.of, ObjectType)
        if not field.type.many:
            return self.find(field.type.of, keys, call)
        found = [self.find(field.type.of, key, call) for key in keys]
        return [one for one in found if one is not None]

    def outcome(self, field: Field, owner: Any, attribute: str, call: Call) -> Any:
        if isinstance(field.type.of, ObjectType) and field.type.of.table:
            ids = attribute.removesuffix("s") + "_ids" if field.type.many else attribute + "_id"
            return self.loaded(field, getattr(owner, ids), call)
        return shown(getattr(owner, attribute))

    def built(self, what: str, field: Field, arguments: Any, call: Call) -> Any:
        if what == "by_id":
            assert isinstance(field.type.of, ObjectType)
            return self.find(field.type.of, read_id(arguments["id"], field.type.of.name), call)
        if what == "node":
            return self.node(arguments["id"], call)
        found = []
        for one in arguments["ids"]:
            try:
                found.append(self.node(one, call))
            except Exception as error:  # noqa: BLE001  (it stands in the list)
                found.append(error)
        return found

    def node(self, text: str, call: Call) -> Any:
        name, _, _ = _decoded(text).partition(":")
        entity = self.types.objects.get(name)
        if entity is None or "Node" not in entity.names or entity.kind != "entity":
            raise FieldError("INVALID_ID")
        key = read_id(text, name)
        assert entity.table
        check(call, entity.table.requires)
        return self.find(entity, key, call)

    def table(self, entity: ObjectType) -> list[Model]:
        assert entity.table
        return self.rows[entity.table.name]

    def find(self, entity: ObjectType, key: int | None, call: Call) -> Any:
        found = next((row for row in self.table(entity) if row.pk == key), None)
        return found if found is not None and self.visible(entity, found, call) else None

    def visible(self, entity: ObjectType, row: Any, call: Call) -> bool:
        table = entity.table
        assert table
        if call.scope is None or table.scope_column is None:
            return True
        for column, other, _ in table.scope:
            row = next(one for one in self.rows[other] if one.pk == getattr(row, column))
        return getattr(row, table.scope_column) in call.scope

    def listed(self, field: Field, source: ToMany, owner: Any, arguments: Any, call: Call) -> Any:
        target = field.type.of
        assert isinstance(target, ObjectType)
        entity = target.node or target
        rows: list[Any] = [row for row in self.table(entity) if self.visible(entity, row, call)]
        if source.by is not None and source.key is not None:
            rows = [row for row in rows if getattr(row, source.by.name) == getattr(owner, source.key.name)]
        if not source.paged:
            return sorted(rows, key=functools.cmp_to_key(comparison([*source.order, (key_of(entity.table), False)])))
        return Page(self, entity, source, arguments, call).answer(rows)


class Page:
    """One page, cut out of the sorted whole."""

    def __init__(self, naive: Naive, entity: ObjectType, source: ToMany, arguments: Any, call: Call) -> None:
        self.naive, self.entity, self.call = naive, entity, call
        first, last = arguments.get("first"), arguments.get("last")
        self.backwards = last is not None
        self.size = last if last is not None else 20 if first is None else first
        if not 1 <= self.size <= 100 or (first is not None and last is not None):
            raise FieldError("INVALID_PAGE_SIZE", most=100)
        self.order = self.read_order(source, arguments.get("orderBy") or [])
        self.compare = comparison(self.order)
        self.mark = zlib.crc32(",".join([entity.name, *(f"{c.name} {d}" for c, d in self.order)]).encode())
        self.after, self.before = (self.row_at(arguments.get(name)) for name in ("after", "before"))
        self.where = arguments.get("where") or {}
        self.check(self.where)
        self.words = folded(arguments.get("search") or "").split()

    def read_order(self, source: ToMany, wishes: list[Any]) -> list[tuple[ModelColumn, bool]]:
        found: list[tuple[ModelColumn, bool]] = []
        for wish in wishes:
            field = self.field(wish["field"])
            if field.requires is not None and field.requires not in self.call.permissions:
                raise Forbidden(field.requires)
            assert isinstance(field.source, FromColumn | FromKey)
            found.append((field.source.column, wish["direction"] == "DESC"))
        key = key_of(self.entity.table)
        kept: list[tuple[ModelColumn, bool]] = []
        for column, down in [*(found or source.order), (key, False)]:
            if column.name not in [one.name for one, _ in kept] and key.name not in [one.name for one, _ in kept]:
                kept.append((column, down))
        return kept

    def field(self, screaming: str) -> Field:
        return next(one for one in self.entity.fields.values() if one.name.upper() == screaming.replace("_", ""))

    def check(self, where: Mapping[str, Any]) -> None:
        """Refuses what may not be filtered by, and what is no id, in the order in which it stands there."""
        for name, told in where.items():
            if told is None:
                continue
            if name == "not":
                self.check(told)
            elif name in {"and", "or"}:
                for one in told:
                    self.check(one)
            else:
                field = self.entity.fields.get(name) or self.entity.fields[name.removesuffix("Id")]
                if field.requires is not None and field.requires not in self.call.permissions:
                    raise Forbidden(field.requires)
                for operator, value in told.items():
                    for one in (value if isinstance(value, list) else [value]) if operator != "isNull" else ():
                        if one is not None:
                            self.value(field, name, one)

    def value(self, field: Field, name: str, value: Any) -> Any:
        if isinstance(field.source, ToOne):
            assert isinstance(field.type.of, ObjectType)
            return read_id(value, field.type.of.name)
        if name == "id":
            return read_id(value, self.entity.name)
        assert isinstance(field.source, FromColumn)
        kind = field.source.column.leaf.type
        return kind.of(value) if issubclass(kind, Fixed) else value

    def holds(self, where: Mapping[str, Any], row: Any) -> bool:
        for name, told in where.items():
            if told is None:
                continue
            if name == "not":
                good = not self.holds(told, row)
            elif name in {"and", "or"}:
                good = (all if name == "and" else any)(self.holds(one, row) for one in told)
            else:
                good = self.fits(name, told, row)
            if not good:
                return False
        return True

    def fits(self, name: str, told: Mapping[str, Any], row: Any) -> bool:
        field = self.entity.fields.get(name) or self.entity.fields[name.removesuffix("Id")]
        own = getattr(row, field.source.column.name)  # type: ignore[union-attr]
        for operator, value in told.items():
            if value is None:
                continue
            if operator == "isNull":
                good = (own is None) == value
            else:
                many = isinstance(value, list)
                known = [self.value(field, name, one) for one in (value if many else [value])]
                good = own is not None and OPERATORS[operator](own, known if many else known[0])
            if not good:
                return False
        return True

    def cursor(self, row: Any) -> str:
        keys = [raw(getattr(row, column.name)) for column, _ in self.order]
        text = json.dumps([self.mark, *keys], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    def row_at(self, cursor: str | None) -> Any:
        if cursor is None:
            return None
        for row in self.naive.table(self.entity):
            if self.cursor(row) == cursor:
                return row
        raise FieldError("INVALID_CURSOR")

    def answer(self, rows: list[Any]) -> dict[str, Any]:
        table = self.entity.table
        assert table
        if self.words:
            assert table.search
            rows = [row for row in rows if all(word in getattr(row, table.search) for word in self.words)]
        whole = sorted([row for row in rows if self.holds(self.where, row)], key=functools.cmp_to_key(self.compare))
        inside = [
            row
            for row in whole
            if (self.after is None or self.compare(row, self.after) > 0)
            and (self.before is None or self.compare(row, self.before) < 0)
        ]
        page = inside[-self.size :] if self.backwards else inside[: self.size]
        return {
            "nodes": page,
            "edges": [{"cursor": self.cursor(row), "node": row} for row in page],
            "totalCount": len(whole),
            "pageInfo": self.page_info(whole, inside, page),
            "aggregates": {"count": len(whole)}
            | {name: self.numbers(name, whole) for name in ("sum", "min", "max", "avg")},
        }

    def page_info(self, whole: list[Any], inside: list[Any], page: list[Any]) -> dict[str, Any]:
        before = self.backwards and len(inside) > len(page)
        after = not self.backwards and len(inside) > len(page)
        return {
            "hasPreviousPage": before
            or any(self.after is not None and self.compare(row, self.after) <= 0 for row in whole),
            "hasNextPage": after
            or any(self.before is not None and self.compare(row, self.before) >= 0 for row in whole),
            "startCursor": self.cursor(page[0]) if page else None,
            "endCursor": self.cursor(page[-1]) if page else None,
        }

    def numbers(self, operation: str, rows: list[Any]) -> dict[str, Any]:
        found = {}
        for field in self.entity.fields.values():
            if isinstance(field.source, FromColumn) and issubclass(field.source.column.leaf.type, Fixed):
                values = [value for row in rows if (value := getattr(row, field.source.column.name)) is not None]
                found[field.name] = figure(operation, values)
        return found


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
    return model.__module__.startswith("jxc_graphql.") and not model._meta.abstract


def figure(operation: str, values: list[Any]) -> str | None:
    if not values:
        return None
    if operation == "avg":
        mean = Decimal(str(type(values[0]).total(values))) / len(values)
        return f"{mean.quantize(Decimal('0.000001'), ROUND_HALF_EVEN).normalize():f}"
    return str({"sum": type(values[0]).total, "min": min, "max": max}[operation](values))


def comparison(order: Any) -> Callable[[Any, Any], int]:
    def compare(one: Any, other: Any) -> int:
        for column, down in order:
            a, b = getattr(one, column.name), getattr(other, column.name)
            if a != b:
                greater = a is None or (b is not None and a > b)
                return 1 if greater != down else -1
        return 0

    return compare


def key_of(table: Table | None) -> ModelColumn:
    assert table
    return table.columns[table.key]


def check(call: Call, permission: str | None) -> None:
    if call.actor_id is None:
        raise Unauthenticated
    if permission is not None and permission not in call.permissions:
        raise Forbidden(permission)


def global_id(name: str, key: int) -> str:
    return base64.urlsafe_b64encode(f"{name}:{key}".encode()).rstrip(b"=").decode()


def _decoded(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        raise FieldError("INVALID_ID") from None


def read_id(text: str, name: str) -> int:
    found, _, key = _decoded(text).partition(":")
    if found != name or not key.isdecimal() or global_id(name, int(key)) != text:
        raise FieldError("INVALID_ID")
    return int(key)


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


def raw(value: Any) -> Any:
    match value:
        case StrEnum():
            return value.value
        case bool() | int():
            return int(value)
        case datetime():
            return value.astimezone(UTC).isoformat(" ")
        case date():
            return value.isoformat()
    return value
