"""A page of a list the naive way: cut out of the sorted whole."""

from __future__ import annotations

import base64
import functools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

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
from jxc_graphql.kit.errors import Forbidden, Path, Reason, Rejected, UnknownId, WrongKindOfId
from jxc_graphql.kit.numbers import Fixed
from jxc_graphql.kit.spelling import sought

if TYPE_CHECKING:
    from tests.gql.naive import Naive

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
        if wrong := [*self.check(self.where)]:
            raise Rejected(*wrong)
        self.words = sought(arguments.get("search") or "")

    def is_sought(self, text: str) -> bool:
        return all(any(all(part in text for part in parts) for parts in ways) for ways in self.words)

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

    def check(self, where: Mapping[str, Any], path: Path = ("where",)) -> Iterator[Reason]:
        """Refuses what may not be filtered by, and tells what is no id, in the order in which it stands there."""
        for name, told in where.items():
            if told is None:
                continue
            if name == "not":
                yield from self.check(told, (*path, name))
            elif name in {"and", "or"}:
                for index, one in enumerate(told):
                    yield from self.check(one, (*path, name, index))
            else:
                field = self.entity.fields.get(name) or self.entity.fields[name.removesuffix("Id")]
                self.naive.check_shown(field, self.call)
                for operator, value in told.items():
                    many = isinstance(value, list)
                    for index, one in enumerate(value if many else [value]) if operator != "isNull" else ():
                        own = (*path, name, operator, index) if many else (*path, name, operator)
                        if one is not None:
                            try:
                                self.value(field, name, one)
                            except Rejected as error:
                                yield msgspec.structs.replace(error.reasons[0], path=own)

    def value(self, field: Field, name: str, value: Any) -> Any:
        if isinstance(field.source, ToOne):
            assert isinstance(field.type.of, ObjectType)
            return read_any_id(value, field.type.of)
        if name == "id":
            return read_any_id(value, self.entity)
        assert isinstance(field.source, FromColumn)
        kind = field.source.column.leaf.type
        if issubclass(kind, date) and isinstance(value, str):
            return kind.fromisoformat(value)
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
        if isinstance(field.source, ToOne) and not self.naive.sees(field.type.of, own, self.call):
            own = None
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
            rows = [row for row in rows if self.is_sought(getattr(row, table.search))]
        whole = sorted([row for row in rows if self.holds(self.where, row)], key=functools.cmp_to_key(self.compare))
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
                found[field.name] = figure(operation, values)
        return found


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


def global_id(name: str, key: int) -> str:
    return base64.urlsafe_b64encode(f"{name}:{key}".encode()).rstrip(b"=").decode()


def decoded(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return ":"


def read_any_id(text: str, kind: ObjectType, path: Path = ()) -> int:
    name, _, key = decoded(text).partition(":")
    if not key.isdecimal() or global_id(name, int(key)) != text:
        raise Rejected(UnknownId(path=path, kind=kind.name))
    if name not in {one.name for one in kind.members}:
        raise Rejected(WrongKindOfId(path=path, kind=kind.name))
    return int(key)


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
