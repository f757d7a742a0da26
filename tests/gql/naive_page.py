"""A page of a list the naive way: cut out of the sorted whole."""

from __future__ import annotations

import base64
import functools
import json
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.schema.types import (
    Field,
    FromColumn,
    FromKey,
    ModelColumn,
    ObjectType,
    Table,
    ToMany,
    ToOne,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Fixed
from tests.gql.naive_where import Choice

if TYPE_CHECKING:
    from tests.gql.naive import Naive


class Key(NamedTuple):
    """What rows are sorted by."""

    name: str
    of: Callable[[Any], Any]


class Page:
    """One page, cut out of the sorted whole."""

    def __init__(self, naive: Naive, entity: ObjectType, source: ToMany, arguments: Any, call: Call) -> None:
        self.naive, self.entity, self.call = naive, entity, call
        first, last = arguments.get("first"), arguments.get("last")
        self.backwards = last is not None
        self.size = last if last is not None else 20 if first is None else first
        if not 0 <= self.size <= 100 or (first is not None and last is not None):
            raise FieldError("INVALID_PAGE_SIZE", most=100)
        self.choice = Choice(naive, entity, arguments, call)
        self.order = self.read_order(source, arguments.get("orderBy") or [], arguments.get("where") or {})
        self.compare = comparison(self.order)
        self.mark = zlib.crc32(",".join([entity.name, *(f"{key.name} {d}" for key, d in self.order)]).encode())
        self.after, self.before = (self.row_at(arguments.get(name)) for name in ("after", "before"))
        self.choice.check(self.choice.where, entity)

    def read_order(self, source: ToMany, wishes: list[Any], where: dict[str, Any]) -> list[tuple[Key, bool]]:
        found = [(one, wish["direction"] == "DESC") for wish in wishes for one in self.wished(wish["field"])]
        found = found or [(key(self.spanned(source, where) or column), down) for column, down in source.order]
        last = key(key_of(self.entity.table))
        kept: list[tuple[Key, bool]] = []
        for one, down in [*found, (last, found[-1][1])]:
            if one.name not in [known.name for known, _ in kept] and last.name not in [known.name for known, _ in kept]:
                kept.append((one, down))
        return kept

    def spanned(self, source: ToMany, where: dict[str, Any]) -> ModelColumn | None:
        """The first column of which a span of all rows is asked for, where an index is in its order."""
        for name, told in where.items() if source.by is None else ():
            found = self.entity.fields.get(name)
            if found and isinstance(found.source, FromColumn) and {"gt", "gte", "lt", "lte"} & {*(told or {})}:
                column, table = found.source.column, self.entity.table
                if table and table.orders(column):
                    return column
        return None

    def wished(self, screaming: str) -> list[Key]:
        flat = screaming.replace("_", "")
        for field in self.entity.fields.values():
            if field.name.upper() == flat and isinstance(field.source, FromColumn | FromKey):
                self.naive.check_seen(self.entity, field, self.call)
                return [key(field.source.column)]
        for field in self.entity.fields.values():
            target = field.type.of
            if not flat.startswith(field.name.upper()) or not isinstance(field.source, ToOne):
                continue
            assert isinstance(target, ObjectType)
            for named in target.fields.values():
                if flat == field.name.upper() + named.name.upper():
                    self.naive.check_seen(self.entity, field, self.call)
                    return self.of_what_it_leads_to(field, named)
        raise AssertionError(screaming)

    def of_what_it_leads_to(self, field: Field, named: Field) -> list[Key]:
        assert isinstance(field.source, ToOne)
        assert isinstance(named.source, FromColumn)
        assert isinstance(field.type.of, ObjectType)

        def value(column: str, row: Any) -> Any:
            found = self.choice.leads_to(field, row)
            return getattr(found[0], column) if found else None

        columns = (named.source.column.name, key_of(field.type.of.table).name)
        return [Key(f"{field.name}.{column}", functools.partial(value, column)) for column in columns]

    def cursor(self, row: Any) -> str:
        keys = [raw(key.of(row)) for key, _ in self.order]
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
        rows = [row for row in rows if self.choice.has(row)]
        whole = sorted(rows, key=functools.cmp_to_key(self.compare))
        inside = [
            row
            for row in whole
            if (self.after is None or self.compare(row, self.after) > 0)
            and (self.before is None or self.compare(row, self.before) < 0)
        ]
        page = inside[-self.size :] if self.backwards else inside[: self.size]
        objects = [self.naive.object(self.entity, row, self.call) for row in page]
        return {
            "nodes": objects,
            "edges": [{"cursor": self.cursor(row), "node": one} for row, one in zip(page, objects, strict=True)],
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
                found[field.name] = figure(operation, field.source.column.leaf.type, values)
        return found


def figure(operation: str, kind: type[Fixed], values: list[Any]) -> str | None:
    if operation == "sum":
        return str(kind.total(values))
    if not values:
        return None
    if operation == "avg":
        mean = Decimal(str(kind.total(values))) / len(values)
        return f"{mean.quantize(Decimal('0.000001'), ROUND_HALF_EVEN).normalize():f}"
    return str({"min": min, "max": max}[operation](values))


def comparison(order: Any) -> Callable[[Any, Any], int]:
    def compare(one: Any, other: Any) -> int:
        for sorted_by, down in order:
            a, b = sorted_by.of(one), sorted_by.of(other)
            if a != b:
                greater = a is None or (b is not None and a > b)
                return 1 if greater != down else -1
        return 0

    return compare


def key(column: ModelColumn) -> Key:
    return Key(column.name, lambda row: getattr(row, column.name))


def key_of(table: Table | None) -> ModelColumn:
    assert table
    return table.columns[table.key]


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
