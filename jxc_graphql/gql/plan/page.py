"""A page of a list: its size, its order, its filter, and cursors that survive inserts.

A cursor holds the values of the sort keys and the id of the row it stands for, and a mark of the list and order that it
was made for; under another order it is refused.
"""

import base64
import dataclasses
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from jxc_graphql.gql.plan.coded import key_of
from jxc_graphql.gql.plan.filters import RANGES, Filter, check_seen
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.reading import clean
from jxc_graphql.gql.plan.seen import joined
from jxc_graphql.gql.plan.sql import Dialect, Key, Order, Sql, bound, own, turned
from jxc_graphql.gql.plan.ways import Way
from jxc_graphql.gql.plan.words import words
from jxc_graphql.gql.schema.listed import OWN
from jxc_graphql.gql.schema.types import ModelColumn, ObjectType, ToMany
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.pages import DEFAULT_SIZE, MAX_SIZE, Slice

MAX_SORT_KEYS = 5
_BIGGEST = 2**63
_FARTHEST = 2**31
"""Behind so many objects no cursor stands."""


@dataclasses.dataclass(frozen=True)
class Window:
    """What a connection's arguments ask for."""

    size: int
    backwards: bool
    order: Order
    """In the direction in which rows are read: turned round for `last`."""
    asked: Sequence[Sql]
    """where and search, without cursors: what totalCount and aggregates count."""
    ways: Sequence[Way]
    """The conditions among that to which an index leads."""
    start: tuple[Any, ...] | None
    """Where reading begins: `after`, for `last` it is `before`."""
    stop: tuple[Any, ...] | None
    """Where it ends at the latest."""
    mark: int

    def bounds(self, dialect: Dialect) -> list[Sql]:
        """Between which values of the first key it lies."""
        ends = ((self.order, self.start), (turned(self.order), self.stop))
        return [bound(dialect, order, values) for order, values in ends if values is not None]

    def cursor(self, keys: Sequence[Any]) -> str:
        """The cursor of a row with these sort keys."""
        return _encoded([self.mark, *map(_same_on_both, keys)])


class FoundPage(NamedTuple):
    """What was found of one list."""

    fail: Callable[[Exception], Exception]
    shaped: Sequence[list[Any]]
    """The rows in each wanted shape."""
    cursors: Sequence[str]
    before: bool
    """Whether there is something in front of the page."""
    after: bool
    figures: Sequence[Any]
    """The count of the whole list, then four figures for each number; empty where nobody asked or nothing is there."""


def read_window(
    dialect: Dialect, entity: ObjectType, source: ToMany, arguments: Mapping[str, Any], call: Call
) -> Window:
    """What arguments ask for; `FieldError` or a refusal where they ask for what cannot be."""
    backwards, size = _size(arguments)
    wishes = arguments.get("orderBy") or ()
    order = _order(dialect, entity, _usual(entity, source, arguments.get("where") or {}), wishes, call)
    mark = zlib.crc32(",".join([entity.name, *(f"{key.name} {down}" for key, down in order)]).encode())
    after, before = (_read_cursor(dialect, arguments.get(name), order, mark) for name in ("after", "before"))
    pieces, ways = [], []
    if arguments.get("where") is not None:
        told = Filter(dialect, entity, call)
        pieces.extend(told.pieces(arguments["where"]))
        ways.extend(told.ways)
    if arguments.get("search") is not None:
        assert entity.table is not None
        pieces.append(words(dialect, entity, arguments["search"], call))
        ways.append(Way(entity.table.key, is_equal=True, holds=pieces[-1]))
    if backwards:
        order = turned(order)
        after, before = before, after
    asked, ways = [one for one in pieces if one.text], [one for one in ways if one.holds.text]
    return Window(size, backwards, order, asked, ways, after, before, mark)


def read_slice(connection: ObjectType, arguments: Mapping[str, Any]) -> Slice:
    """What arguments ask for of a list without sort keys, whose cursors hold places in it."""
    backwards, size = _size(arguments)
    start = _place(connection, arguments.get("after")) or 0
    before = _place(connection, arguments.get("before"))
    if before is None:
        return Slice(start=start, size=size, from_end=backwards)
    room = max(before - 1 - start, 0)
    size = min(size, room)
    return Slice(start=start + room - size if backwards else start, size=size)


def _place(connection: ObjectType, cursor: str | None) -> int | None:
    if cursor is None:
        return None
    match _decoded(cursor):
        case [mark, int(place)] if mark == _mark_of(connection) and 0 < place < _FARTHEST:
            return place
    raise FieldError("INVALID_CURSOR")


def cursor_of_place(connection: ObjectType, place: int) -> str:
    """The cursor behind so many objects of such a list."""
    return _encoded([_mark_of(connection), place])


def _mark_of(connection: ObjectType) -> int:
    return zlib.crc32(connection.name.encode())


def _size(arguments: Mapping[str, Any]) -> tuple[bool, int]:
    """Whether a page is counted from the end, and how many objects it has at most."""
    first, last = arguments.get("first"), arguments.get("last")
    given = first if last is None else last
    size = DEFAULT_SIZE if given is None else given
    if not 0 <= size <= MAX_SIZE or (last is not None and first is not None):
        raise FieldError("INVALID_PAGE_SIZE", most=MAX_SIZE)
    return last is not None, int(size)


def _encoded(told: list[Any]) -> str:
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _decoded(text: str) -> list[Any]:
    """What a cursor holds; nothing where it is none."""
    try:
        known = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return []
    return known if isinstance(known, list) else []


def _usual(entity: ObjectType, source: ToMany, where: Mapping[str, Any]) -> Sequence[tuple[ModelColumn, bool]]:
    """The order of a list for which none is asked; that of all rows follows the span asked for, of moments or amounts.

    Its index leads to the first of them, wherever they lie in the usual order.
    """
    if source.by is not None:
        return source.order
    assert entity.table is not None
    asked = [entity.listed.filters[name].column for name, told in where.items() if _is_span(entity, name, told)]
    column = next(filter(entity.table.orders, asked), None)
    return [(column, descending) for _, descending in source.order] if column else source.order


def _is_span(entity: ObjectType, name: str, told: Any) -> bool:
    return bool(told) and name in entity.listed.filters and not RANGES.keys().isdisjoint(told)


def _order(
    dialect: Dialect,
    entity: ObjectType,
    usual: Sequence[tuple[ModelColumn, bool]],
    wishes: Sequence[Mapping[str, Any]],
    call: Call,
) -> Order:
    """What is equal so far is sorted by id, in the direction of what was last sorted by."""
    if len(wishes) > MAX_SORT_KEYS:
        raise FieldError("LIMIT_EXCEEDED", most=MAX_SORT_KEYS, what="sort keys")
    found = [key for wish in wishes for key in _wished(dialect, entity, wish, call)]
    found = found or [(own(column), descending) for column, descending in usual]
    assert entity.table is not None
    last = own(entity.table.columns[entity.table.key])
    kept: dict[Key, bool] = {}
    for key, descending in [*found, (last, found[-1][1])]:
        kept.setdefault(key, descending)
        if key == last:
            break
    return tuple(kept.items())


def _wished(dialect: Dialect, entity: ObjectType, wish: Mapping[str, Any], call: Call) -> list[tuple[Key, bool]]:
    descending = str(wish["direction"]) == "DESC"
    if wish["field"] == OWN:
        assert entity.listed.coded is not None
        assert entity.table is not None
        key, rows = entity.table.columns[entity.table.key], entity.listed.coded[1]
        return [(key_of(dialect, call, rows, key, wish.get("code")), descending)]
    field, column, edge = entity.listed.orders[str(wish["field"])]
    if edge is None:
        check_seen(call, entity, field)
        return [(own(column), descending)]
    check_seen(call, entity, edge.field)
    check_seen(call, edge.target, field)
    return [(key, descending) for key in joined(dialect, call, entity, edge, column)]


def _read_cursor(dialect: Dialect, text: str | None, order: Order, mark: int) -> tuple[Any, ...] | None:
    if text is None:
        return None
    known = _decoded(text)
    try:
        if known[:1] != [mark]:
            known = []
        return tuple(_read_key(dialect, key, value) for (key, _), value in zip(order, known[1:], strict=True))
    except (ValueError, FieldError):
        raise FieldError("INVALID_CURSOR") from None


def _read_key(dialect: Dialect, key: Key, value: Any) -> Any:
    kind = key.column.leaf.type
    if value is None and key.nullable:
        return None
    if issubclass(kind, datetime) and isinstance(value, str):
        return dialect.value(datetime.fromisoformat(value))
    if issubclass(kind, date) and isinstance(value, str):
        return dialect.value(date.fromisoformat(value))
    if issubclass(kind, str) and isinstance(value, str):
        return clean(value)
    if issubclass(kind, bool) and value in (0, 1):
        return dialect.value(bool(value))
    if issubclass(kind, int) and type(value) is int and abs(value) < _BIGGEST:
        return value
    raise FieldError("INVALID_CURSOR")


def _same_on_both(key: Any) -> Any:
    """A raw sort key as SQLite has it, so that cursors do not depend on the database."""
    match key:
        case bool():
            return int(key)
        case datetime():
            return key.astimezone(UTC).isoformat(" ")
        case date():
            return key.isoformat()
    return key
