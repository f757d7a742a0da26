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

from jxc_graphql.gql.plan.filters import Filter, check_seen, clean, words
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.sql import Dialect, Sql, both
from jxc_graphql.gql.schema.types import ModelColumn, ObjectType, ToMany
from jxc_graphql.kit.call import Call

DEFAULT_SIZE = 20
MAX_SIZE = 100
MAX_SORT_KEYS = 5
_BIGGEST = 2**63

Order = tuple[tuple[ModelColumn, bool], ...]


@dataclasses.dataclass(frozen=True)
class Window:
    """What a connection's arguments ask for."""

    size: int
    backwards: bool
    order: Order
    """In the direction in which rows are read: turned round for `last`."""
    condition: Sql
    """where and search, without cursors: what totalCount and aggregates count."""
    start: tuple[Any, ...] | None
    """Where reading begins: `after`, for `last` it is `before`."""
    stop: tuple[Any, ...] | None
    """Where it ends at the latest."""
    mark: int

    def cursor(self, keys: Sequence[Any]) -> str:
        """The cursor of a row with these sort keys."""
        text = json.dumps([self.mark, *map(_same_on_both, keys)], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


class Page(NamedTuple):
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
    backwards = arguments.get("last") is not None
    size = arguments.get("last") if backwards else arguments.get("first")
    if size is None:
        size = DEFAULT_SIZE
    if not 1 <= size <= MAX_SIZE or (backwards and arguments.get("first") is not None):
        raise FieldError("INVALID_PAGE_SIZE", most=MAX_SIZE)
    order = _order(entity, source, arguments.get("orderBy") or (), call)
    mark = zlib.crc32(",".join([entity.name, *(f"{column.name} {down}" for column, down in order)]).encode())
    after, before = (_read_cursor(dialect, arguments.get(name), order, mark) for name in ("after", "before"))
    pieces = []
    if arguments.get("where") is not None:
        pieces.append(Filter(dialect, entity, call).sql(arguments["where"]))
    if arguments.get("search") is not None:
        pieces.append(words(dialect, entity, arguments["search"]))
    if backwards:
        order = turned(order)
        after, before = before, after
    return Window(size, backwards, order, both(pieces), after, before, mark)


def turned(order: Order) -> Order:
    """The opposite order."""
    return tuple((column, not descending) for column, descending in order)


def _order(entity: ObjectType, source: ToMany, wishes: Sequence[Mapping[str, Any]], call: Call) -> Order:
    if len(wishes) > MAX_SORT_KEYS:
        raise FieldError("LIMIT_EXCEEDED", most=MAX_SORT_KEYS, what="sort keys")
    found: list[tuple[ModelColumn, bool]] = []
    possible = entity.listed.orders
    for wish in wishes:
        field, column = possible[str(wish["field"])]
        check_seen(call, entity, field)
        found.append((column, str(wish["direction"]) == "DESC"))
    assert entity.table is not None
    key = entity.table.columns[entity.table.key]
    kept: list[tuple[ModelColumn, bool]] = []
    for column, descending in [*(found or source.order), (key, False)]:
        if column.name not in {one.name for one, _ in kept}:
            kept.append((column, descending))
        if column.name == key.name:
            break
    return tuple(kept)


def _read_cursor(dialect: Dialect, text: str | None, order: Order, mark: int) -> tuple[Any, ...] | None:
    if text is None:
        return None
    try:
        known = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if not isinstance(known, list) or known[:1] != [mark]:
            known = []
        return tuple(_read_key(dialect, column, value) for (column, _), value in zip(order, known[1:], strict=True))
    except (ValueError, FieldError, RecursionError):
        raise FieldError("INVALID_CURSOR") from None


def _read_key(dialect: Dialect, column: ModelColumn, value: Any) -> Any:
    kind = column.leaf.type
    if value is None and column.nullable:
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
