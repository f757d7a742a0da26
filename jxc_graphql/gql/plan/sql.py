"""SQL text: every difference between SQLite and PostgreSQL lives here.

A statement is put together from fragments, each with its parameters in the order of its question marks. The table of a
level is always called `t0`, tables joined for to-one edges `t1`, `t2` …
"""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from jxc_graphql.gql.schema.scalars import STRING, Leaf
from jxc_graphql.gql.schema.types import ModelColumn, Scope, Table
from jxc_graphql.kit.call import Call


class Sql(NamedTuple):
    """A piece of SQL and the values of its question marks."""

    text: str
    params: tuple[Any, ...] = ()


def both(pieces: Iterable[Sql], between: str = " AND ") -> Sql:
    """The pieces in a row; an empty one where there are none."""
    listed = [piece for piece in pieces if piece.text]
    return Sql(between.join(piece.text for piece in listed), tuple(value for piece in listed for value in piece.params))


def quoted(name: str) -> str:
    """A name of ours that may be a word of SQL."""
    return f'"{name}"'


class Dialect:
    """How SQLite wants it; `Postgres` says what differs."""

    name = "sqlite"

    def one_of(self, column: str, values: Sequence[Any]) -> Sql:
        """The column is one of these, in one parameter, however many they are."""
        return Sql(f"{column} IN (SELECT value FROM json_each(?))", (json.dumps([self.value(one) for one in values]),))

    def value(self, value: Any) -> Any:
        """A Python value as the database keeps it."""
        match value:
            case bool():
                return int(value)
            case int():
                return int(value)
            case datetime():
                return value.isoformat(" ")
            case date():
                return value.isoformat()
            case str():
                return str(value)
        return value

    def contains(self, column: str, text: str) -> Sql:
        """The column contains the text."""
        return Sql(f"instr({column}, ?) > 0", (text,))

    def starts_with(self, column: str, text: str) -> Sql:
        """The column starts with the text."""
        return Sql(f"substr({column}, 1, {len(text)}) = ?", (text,))

    def sorted(self, column: str, leaf: Leaf) -> str:
        """The column as it is compared and sorted, the same on both databases: text by code points."""
        _ = leaf
        return column


class Postgres(Dialect):
    """How PostgreSQL wants it."""

    name = "postgres"

    def one_of(self, column: str, values: Sequence[Any]) -> Sql:
        """As above."""
        return Sql(f"{column} = ANY(?)", ([self.value(one) for one in values],))

    def value(self, value: Any) -> Any:
        """As above."""
        match value:
            case bool() | datetime() | date():
                return value
            case int():
                return int(value)
            case str():
                return str(value)
        return value

    def contains(self, column: str, text: str) -> Sql:
        """As above."""
        return Sql(f"strpos({column}, ?) > 0", (text,))

    def sorted(self, column: str, leaf: Leaf) -> str:
        """As above."""
        return f'{column} COLLATE "C"' if leaf is STRING or leaf.enum is not None else column


DIALECTS: dict[str, Dialect] = {"sqlite": Dialect(), "postgres": Postgres()}


def in_scope(dialect: Dialect, table: Table, alias: str, call: Call) -> Sql:
    """The rows of a table that lie in the caller's scope; empty where nothing restricts them."""
    return both(
        _within(dialect, ways, alias, sorted(call.scopes[name]))
        for name, ways in table.scopes.items()
        if name in call.scopes
    )


def _within(dialect: Dialect, ways: Sequence[Scope], alias: str, places: Sequence[int]) -> Sql:
    """The rows that belong to one of these places by one way or another, or to none by all of them."""
    nowhere = all(way.nullable for way in ways)
    if len(ways) == 1:
        return _belongs(ways[0], alias, lambda last: _one_of(dialect, last, places, or_null=nowhere))
    found = [_belongs(way, alias, lambda last: dialect.one_of(last, places)) for way in ways]
    if nowhere:
        none = both(_belongs(way, alias, lambda last: Sql(f"{last} IS NULL")) for way in ways)
        found.append(Sql(f"({none.text})", none.params))
    either = both(found, " OR ")
    return Sql(f"({either.text})", either.params)


def _one_of(dialect: Dialect, column: str, values: Sequence[Any], *, or_null: bool) -> Sql:
    allowed = dialect.one_of(column, values)
    return Sql(f"({column} IS NULL OR {allowed.text})", allowed.params) if or_null else allowed


def of_kinds(column: str, kinds: Iterable[str]) -> Sql:
    """The rows of a register that are of these kinds."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return Sql(f"{column} IN ({listed})" if listed else "(1 = 0)")


def _belongs(scope: Scope, alias: str, holds: Callable[[str], Sql]) -> Sql:
    """The rows for which something holds of the column that one way leads to."""
    allowed = holds(f"{f's{len(scope.steps)}' if scope.steps else alias}.{quoted(scope.column)}")
    if not scope.steps:
        return allowed
    first_column, first_table, first_key = scope.steps[0]
    chain = f"{quoted(first_table)} s1"
    for position, (column, other, key) in enumerate(scope.steps[1:], start=2):
        chain += f" JOIN {quoted(other)} s{position} ON s{position}.{quoted(key)} = s{position - 1}.{quoted(column)}"
    column = f"{alias}.{quoted(first_column)}"
    return Sql(f"{column} IN (SELECT s1.{quoted(first_key)} FROM {chain} WHERE {allowed.text})", allowed.params)


def ordered(dialect: Dialect, order: Sequence[tuple[ModelColumn, bool]]) -> str:
    """ORDER BY: ascending with NULLs last, descending with NULLs first."""
    return ", ".join(
        f"{dialect.sorted(f't0.{quoted(column.name)}', column.leaf)}"
        f"{' DESC' if descending else ''}{_nulls(column, descending=descending)}"
        for column, descending in order
    )


def _nulls(column: ModelColumn, *, descending: bool) -> str:
    if not column.nullable:
        return ""
    return " NULLS FIRST" if descending else " NULLS LAST"


def beyond(dialect: Dialect, order: Sequence[tuple[ModelColumn, bool]], values: Sequence[Any]) -> Sql:
    """The rows that come after a position in an order; the last key is never NULL and unique."""
    ways = []
    for position, ((column, descending), value) in enumerate(zip(order, values, strict=True)):
        same = [_equal(one, known) for (one, _), known in zip(order[:position], values[:position], strict=True)]
        further = _further(dialect, column, value, descending=descending)
        if further is not None:
            ways.append(both([*same, further]))
    found = both([Sql(f"({way.text})", way.params) for way in ways], " OR ")
    (first, descending), value = order[0], values[0]
    if len(order) > 1 and not first.nullable:
        # Says once more what follows from the rest, for the sake of indexes.
        name = dialect.sorted(f"t0.{quoted(first.name)}", first.leaf)
        bound = Sql(f"{name} {'<=' if descending else '>='} ?", (value,))
        return both([bound, Sql(f"({found.text})", found.params)])
    return Sql(f"({found.text})", found.params)


def _equal(column: ModelColumn, value: Any) -> Sql:
    name = f"t0.{quoted(column.name)}"
    return Sql(f"{name} IS NULL") if value is None else Sql(f"{name} = ?", (value,))


def _further(dialect: Dialect, column: ModelColumn, value: Any, *, descending: bool) -> Sql | None:
    name = f"t0.{quoted(column.name)}"
    if value is None:
        return Sql(f"{name} IS NOT NULL") if descending else None
    compared = Sql(f"{dialect.sorted(name, column.leaf)} {'<' if descending else '>'} ?", (value,))
    if column.nullable and not descending:
        return Sql(f"({compared.text} OR {name} IS NULL)", compared.params)
    return compared
