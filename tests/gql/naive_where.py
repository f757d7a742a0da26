"""Which rows a list has the naive way: each is looked at, with all that its edges lead to."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.schema.types import Field, FromColumn, ObjectType, ToMany, ToOne
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError, Path, Reason, Rejected, UnknownId, WrongKindOfId
from jxc_graphql.kit.numbers import Fixed
from jxc_graphql.kit.spelling import sought

if TYPE_CHECKING:
    from tests.gql.naive import Naive

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda own, other: own == other,
    "not": lambda own, other: own != other,
    "in": lambda own, other: own in other,
    "notIn": lambda own, other: own not in other,
    "lt": lambda own, other: own < other,
    "lte": lambda own, other: own <= other,
    "gt": lambda own, other: own > other,
    "gte": lambda own, other: own >= other,
    "contains": lambda own, other: small(other) in small(own),
    "startsWith": lambda own, other: own.startswith(other),
}


NAMES = {"code", "number", "name"}
OPEN_TO_NOTHING = {"not", "notIn"}
MOST_EDGES = 5


def edges(entity: ObjectType) -> Iterator[tuple[Field, ObjectType]]:
    """The fields that lead to things, to a short list of them, or to the lines of a paper."""
    for field in entity.fields.values():
        target, source = field.type.of, field.source
        if isinstance(source, ToMany) and (source.by is None or (source.paged and field.name != "lines")):
            continue
        thing = (target.node or target) if isinstance(target, ObjectType) else None
        if isinstance(source, ToOne | ToMany) and thing and thing.table is not None and "id" in thing.fields:
            yield field, thing


def ends(entity: ObjectType) -> set[str]:
    """Where texts of a thing are written: beside it, or in the register."""
    return {one.name for one in (entity, *entity.interfaces) if one.table is not None and one.table.search is not None}


def is_aside(entity: ObjectType) -> bool:
    return entity.table is not None and entity.table.aside


class Choice:
    """What a list's `where` and `search` say."""

    def __init__(self, naive: Naive, entity: ObjectType, arguments: Any, call: Call) -> None:
        self.naive, self.entity, self.call = naive, entity, call
        self.where = arguments.get("where") or {}
        self.words = sought(arguments.get("search") or "")

    def has(self, row: Any) -> bool:
        return self.is_sought(row) and self.holds(self.where, row, self.entity)

    def is_sought(self, row: Any) -> bool:
        texts = list(self.texts(row)) if self.words else []
        begun = list(self.begun(row)) if self.words else []
        return all(
            any(all(part in text for part in parts) for parts in ways for text in texts)
            or any(text.startswith(ways[0][0]) for text in begun)
            for ways in self.words
        )

    def begun(self, row: Any) -> Iterator[str]:
        """What may begin with a word."""
        table = self.entity.table
        assert table
        for field in self.entity.fields.values():
            match field.source:
                case FromColumn(column) if column.name in table.starts and self.is_open([field]):
                    text = getattr(row, column.name)
                    yield small(text) if table.few else text

    def texts(self, row: Any) -> Iterator[str]:
        """Its own texts and its register's, else also those of what it is about, or of what its lines are about."""
        yield from self.texts_of(self.entity, row)
        table = self.entity.table
        assert table
        if self.entity.register is None and table.texts & NAMES and not table.goes_on:
            return
        found = [*self.about()]
        near = [one for one in found if not is_aside(one[1])] or found
        for way, last in near:
            for one in self.along(way, [row]) if self.is_open(way) else ():
                yield from self.texts_of(last, one)
        if self.entity.register is not None:
            yield from self.texts_of_goods(row)

    def about(self) -> Iterator[tuple[list[Field], ObjectType]]:
        """From a thing to what is named beside it, or beside what has no name and is beside it, and in its lists."""
        own = [(field, target) for field, target in edges(self.entity) if target is not self.entity]
        reached = {end for _, target in own for end in ends(target)}
        for field, target in own:
            if ends(target):
                yield [field], target
            for second, last in edges(target):
                if not isinstance(second.source, ToOne) or last in {self.entity, target}:
                    continue
                beyond = not ends(target) and not is_aside(last) and not ends(last) & reached
                if beyond or isinstance(field.source, ToMany):
                    yield [field, second], last

    def along(self, way: Sequence[Field], rows: list[Any]) -> list[Any]:
        for field in way:
            rows = [other for one in rows for other in self.leads_to(field, one)]
        return rows

    def texts_of_goods(self, row: Any) -> Iterator[str]:
        """Those of what papers of all kinds are about, and the register itself is not."""
        kinds = self.entity.members
        ends = [{last.name for *_, last in self.ways(kind)} for kind in kinds]
        own = {target.name for _, target in edges(self.entity)}
        common = set[str]().union(*ends).intersection(*filter(None, ends)) - own
        for kind in kinds:
            found = [one for one in self.naive.table(kind) if one.pk == row.pk]
            for way, last in self.ways(kind):
                if last.name in common and self.is_open(way):
                    for one in self.along(way, found):
                        yield from self.texts_of(last, one)

    def ways(self, kind: ObjectType) -> Iterator[tuple[list[Field], ObjectType]]:
        """From a paper to what is named in it and in its lists."""
        for field, target in edges(kind):
            if isinstance(field.source, ToOne):
                steps = [([field], target)]
            else:
                steps = [([field, one], last) for one, last in edges(target) if isinstance(one.source, ToOne)]
            for way, last in steps:
                if last is not kind and ends(last):
                    yield way, last

    def is_open(self, way: Sequence[Field]) -> bool:
        try:
            for field in way:
                self.naive.check_shown(field, self.call)
        except DomainError:
            return False
        return True

    def texts_of(self, entity: ObjectType, row: Any) -> Iterator[str]:
        for one in (entity, *entity.interfaces):
            if one.table is not None and one.table.search is not None:
                found = next((it for it in self.naive.table(one) if it.pk == row.pk), None)
                if found is not None and self.naive.listable(one, found, self.call):
                    yield getattr(found, one.table.search)

    def leads_to(self, field: Field, row: Any) -> list[Any]:
        """The rows of a table that an edge leads to, as far as they are seen."""
        target, source = field.type.of, field.source
        assert isinstance(target, ObjectType)
        target = target.node or target
        if isinstance(source, ToOne):
            found = [one for one in self.naive.table(target) if one.pk == getattr(row, source.column.name)]
        else:
            assert isinstance(source, ToMany)
            assert source.by
            assert source.key
            key_of_row = getattr(row, source.key.name)
            found = [one for one in self.naive.table(target) if getattr(one, source.by.name) == key_of_row]
        return [one for one in found if self.naive.listable(target, one, self.call)]

    def check(self, where: Mapping[str, Any], entity: ObjectType) -> None:
        """Refuses what may not be filtered by, then all values that are none of their kind."""
        if wrong := [*self.wrong(where, entity, ("where",))]:
            raise Rejected(*wrong)

    def wrong(self, where: Mapping[str, Any], entity: ObjectType, path: Path, depth: int = 0) -> Iterator[Reason]:
        for name, told in where.items():
            if told is None:
                raise FieldError("NULL_IN_FILTER", field=name)
            own = (*path, name)
            if name == "not":
                yield from self.wrong(told, entity, own, depth)
            for index, one in enumerate(told if name in {"and", "or"} else ()):
                yield from self.wrong(one, entity, (*own, index), depth)
            for index, one in enumerate(told if name == "within" else ()):
                yield from unread((*own, index), read_any_id, one, entity)
            if name in {"not", "and", "or", "within"}:
                continue
            field = self.edge(entity, name)
            if field is None:
                yield from self.wrong_values(entity, name, told, own)
                continue
            self.naive.check_seen(entity, field, self.call)
            if depth == MOST_EDGES:
                raise FieldError("LIMIT_EXCEEDED", most=MOST_EDGES, what="edges of a filter one after the other")
            assert isinstance(field.type.of, ObjectType)
            yield from self.wrong(told, field.type.of, own, depth + 1)

    def wrong_values(self, entity: ObjectType, name: str, told: Mapping[str, Any], path: Path) -> Iterator[Reason]:
        field = entity.fields.get(name) or entity.fields[name.removesuffix("Id")]
        self.naive.check_seen(entity, field, self.call)
        for operator, value in told.items():
            if value is None:
                raise FieldError("NULL_IN_FILTER", field=operator)
            many = isinstance(value, list)
            for index, one in enumerate(value if many else [value]) if operator != "isNull" else ():
                own = (*path, operator, index) if many else (*path, operator)
                yield from unread(own, self.value, entity, field, name, one)

    def edge(self, entity: ObjectType, name: str) -> Field | None:
        field = entity.fields.get(name)
        return field if field is not None and isinstance(field.type.of, ObjectType) else None

    def value(self, entity: ObjectType, field: Field, name: str, value: Any) -> Any:
        if isinstance(field.source, ToOne):
            assert isinstance(field.type.of, ObjectType)
            return read_any_id(value, field.type.of)
        if name == "id":
            return read_any_id(value, entity)
        assert isinstance(field.source, FromColumn)
        kind = field.source.column.leaf.type
        if issubclass(kind, date) and isinstance(value, str):
            return kind.fromisoformat(value)
        return kind.of(value) if issubclass(kind, Fixed) else value

    def holds(self, where: Mapping[str, Any], row: Any, entity: ObjectType) -> bool:
        for name, told in where.items():
            if name == "not":
                good = not self.holds(told, row, entity)
            elif name in {"and", "or"}:
                good = (all if name == "and" else any)(self.holds(one, row, entity) for one in told)
            elif name == "within":
                good = self.is_within(row, entity, {read_any_id(one, entity) for one in told})
            elif edge := self.edge(entity, name):
                target = edge.type.of
                assert isinstance(target, ObjectType)
                good = any(self.holds(told, one, target) for one in self.leads_to(edge, row))
            else:
                good = self.fits(name, told, row, entity)
            if not good:
                return False
        return True

    def is_within(self, row: Any, entity: ObjectType, keys: set[int]) -> bool:
        rows = {one.pk: one for one in self.naive.table(entity)}
        while row is not None and row.pk not in keys:
            row = rows.get(row.parent_id)
        return row is not None

    def fits(self, name: str, told: Mapping[str, Any], row: Any, entity: ObjectType) -> bool:
        field = entity.fields.get(name) or entity.fields[name.removesuffix("Id")]
        own = getattr(row, field.source.column.name)  # type: ignore[union-attr]
        if isinstance(field.source, ToOne) and not self.naive.sees(field.type.of, own, self.call):
            own = None
        for operator, value in told.items():
            if operator == "isNull":
                good = (own is None) == value
            else:
                many = isinstance(value, list)
                known = [self.value(entity, field, name, one) for one in (value if many else [value])]
                good = operator in OPEN_TO_NOTHING
                if own is not None:
                    good = OPERATORS[operator](own, known if many else known[0])
            if not good:
                return False
        return True


def small(text: str) -> str:
    return "".join(one.lower() if one.isascii() else one for one in text)


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


def unread(path: Path, read: Callable[..., object], *given: object) -> Iterator[Reason]:
    try:
        read(*given)
    except Rejected as error:
        yield msgspec.structs.replace(error.reasons[0], path=path)
