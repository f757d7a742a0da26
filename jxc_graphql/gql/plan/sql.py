"""SQL text: every difference between SQLite and PostgreSQL lives here.

A statement is put together from fragments, each with its parameters in the order of its question marks. Where a value
is only known when it is sent there is a hole, so that text need not be made again for each request. The table of a
level is always called `t0`, tables joined for to-one edges `t1`, `t2` …
"""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import dataclasses
import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from jxc_graphql.gql.schema.scalars import STRING, Leaf
from jxc_graphql.gql.schema.types import ModelColumn, Scope, Table

_SURROGATES, _AFTER_SURROGATES = 0xD800, 0xE000


class Sql(NamedTuple):
    """A piece of SQL and the values of its question marks, or holes for them."""

    text: str
    params: tuple[Any, ...] = ()


NOTHING = Sql("")


class Asked(Enum):
    """A hole for what a statement is asked for."""

    KEY = "the key"
    KEYS = "the keys"


@dataclasses.dataclass(frozen=True)
class ScopeHole:
    """A hole for the caller's scope in a dimension."""

    dimension: str


def put(*pieces: Sql) -> Sql:
    """One piece of several."""
    return Sql("".join(piece.text for piece in pieces), tuple(value for piece in pieces for value in piece.params))


def where(*conditions: Sql) -> Sql:
    """WHERE with all the conditions that say something."""
    found = both(conditions)
    return Sql(f" WHERE {found.text}", found.params) if found.text else found


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
    reads_together = False
    """Whether what is fetched side by side (`db.together`) is one statement."""

    def one_of(self, column: str) -> str:
        """The column is one of those in one parameter, however many they are."""
        return f"{column} IN (SELECT value FROM json_each(?))"

    def among(self, column: str, found: Sql) -> Sql:
        """The column is one of those that a statement finds, which are found first."""
        return Sql(f"{column} IN ({found.text})", found.params)

    def listed(self, values: Sequence[Any]) -> Any:
        """That parameter."""
        return json.dumps([self.value(one) for one in values])

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

    def has_pairs(self, table: str, alias: str, key: str, text: str, part: str) -> Sql:
        """The rows in whose text, told by its expression, the pairs of neighbouring characters of a part are.

        An index of pairs leads to them; it is called after the table.
        """
        _ = text
        name = f"{table}_pairs"
        spelt = [part[at : at + 2].encode().hex().upper() for at in range(max(len(part) - 1, 1))]
        phrase = f'"{" ".join(spelt)}"{"*" if len(part) == 1 else ""}'
        return Sql(f"{alias}.{quoted(key)} IN (SELECT rowid FROM {name} WHERE {name} MATCH ?)", (phrase,))

    def lower(self, column: str) -> str:
        """The column with the letters A to Z made small, and no others."""
        return f"lower({column})"

    def starts_with(self, column: str, text: str) -> Sql:
        """The column starts with the text: it is that, or lies between it and whatever comes next."""
        name = self.sorted(column, STRING)
        end = _end(text)
        least = Sql(f"{name} >= ?", (text,))
        return least if end is None else both([least, Sql(f"{name} < ?", (end,))])

    def sorted(self, column: str, leaf: Leaf) -> str:
        """The column as it is compared and sorted, the same on both databases: text by code points."""
        _ = leaf
        return column


class Postgres(Dialect):
    """How PostgreSQL wants it."""

    name = "postgres"
    reads_together = True

    def one_of(self, column: str) -> str:
        """As above."""
        return f"{column} = ANY(?)"

    def among(self, column: str, found: Sql) -> Sql:
        """As above; otherwise all rows may be looked at in the order of a page, as if those were spread among them."""
        return Sql(f"{column} = ANY(ARRAY({found.text}))", found.params)

    def listed(self, values: Sequence[Any]) -> Any:
        """As above."""
        return [self.value(one) for one in values]

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

    def has_pairs(self, table: str, alias: str, key: str, text: str, part: str) -> Sql:
        """As above; one character alone is in no pair that could be looked for."""
        _ = table, alias, key
        spelt = sorted({part[at : at + 2] for at in range(len(part) - 1)})
        return Sql(f"character_pairs({text}) @> ?", (spelt,)) if spelt else NOTHING

    def lower(self, column: str) -> str:
        """As above."""
        return f'lower({column} COLLATE "C")'

    def sorted(self, column: str, leaf: Leaf) -> str:
        """As above."""
        return f'{column} COLLATE "C"' if leaf is STRING or leaf.enum is not None else column


def _end(text: str) -> str | None:
    """The least text that is greater than all that start with this one; None where there is none."""
    for at in reversed(range(len(text))):
        code = ord(text[at]) + 1
        if code <= sys.maxunicode:
            return text[:at] + chr(_AFTER_SURROGATES if code == _SURROGATES else code)
    return None


DIALECTS: dict[str, Dialect] = {"sqlite": Dialect(), "postgres": Postgres()}


_MADE_FOR_IT = "search_text"
"""The column that holds what `spelling.search_text` makes; another one is looked in as it is, in lower case."""


def has_part(dialect: Dialect, table: Table, alias: str, part: str) -> Sql:
    """The rows in whose text a part can be found; those of which there are few are all looked at."""
    assert table.search is not None
    text = f"{alias}.{quoted(table.columns[table.search].name)}"
    if table.search != _MADE_FOR_IT:
        text = f"lower({text})"
    if table.few:
        return dialect.contains(text, part)
    return both([dialect.has_pairs(table.name, alias, table.key, text, part), dialect.contains(text, part)])


def in_scope(dialect: Dialect, table: Table, alias: str, dimensions: Collection[str]) -> Sql:
    """The rows of a table in the scope of a caller whom these dimensions restrict; empty where nothing does."""
    return both(
        _within(dialect, ways, alias, ScopeHole(name)) for name, ways in table.scopes.items() if name in dimensions
    )


def _within(dialect: Dialect, ways: Sequence[Scope], alias: str, places: ScopeHole) -> Sql:
    """The rows that belong to one of these places by one way or another, or to none by all of them."""
    nowhere = all(way.nullable for way in ways)
    if len(ways) == 1:
        return _belongs(ways[0], alias, lambda last: _one_of(dialect, last, places, or_null=nowhere))
    found = [_belongs(way, alias, lambda last: Sql(dialect.one_of(last), (places,))) for way in ways]
    if nowhere:
        none = both(_belongs(way, alias, lambda last: Sql(f"{last} IS NULL")) for way in ways)
        found.append(Sql(f"({none.text})", none.params))
    either = both(found, " OR ")
    return Sql(f"({either.text})", either.params)


def _one_of(dialect: Dialect, column: str, places: ScopeHole, *, or_null: bool) -> Sql:
    allowed = dialect.one_of(column)
    return Sql(f"({column} IS NULL OR {allowed})" if or_null else allowed, (places,))


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


class Key(NamedTuple):
    """What rows are sorted by: a column of theirs, or of what is joined to them."""

    name: str
    text: str
    column: ModelColumn
    nullable: bool
    join: Sql = NOTHING
    leads: str = ""
    """The table that is joined: those rows that have something in it can be read from there."""
    to: str = ""
    """How it is joined."""
    by: str = ""
    """The column that leads there."""

    def sorted(self, dialect: Dialect) -> str:
        """As it is compared and sorted."""
        return dialect.sorted(self.text, self.column.leaf)


Order = Sequence[tuple[Key, bool]]
"""Keys, each with whether it descends."""


def own(column: ModelColumn) -> Key:
    """A column of the rows themselves."""
    return Key(column.name, f"t0.{quoted(column.name)}", column, column.nullable)


def turned(order: Order) -> Order:
    """The opposite order."""
    return tuple((key, not descending) for key, descending in order)


def joins(order: Order) -> Sql:
    """What is joined for an order's sake, each once."""
    return put(*dict.fromkeys(key.join for key, _ in order))


def ordered(dialect: Dialect, order: Order) -> str:
    """ORDER BY: ascending with NULLs last, descending with NULLs first."""
    return ", ".join(
        f"{key.sorted(dialect)}{' DESC' if descending else ''}{_nulls(key, descending=descending)}"
        for key, descending in order
    )


def _nulls(key: Key, *, descending: bool) -> str:
    if not key.nullable:
        return ""
    return " NULLS FIRST" if descending else " NULLS LAST"


def beyond(dialect: Dialect, order: Order, values: Sequence[Any]) -> Sql:
    """The rows that come after a position in an order; the last key is never NULL and unique."""
    ways = []
    for position, ((key, descending), value) in enumerate(zip(order, values, strict=True)):
        same = [_equal(one, known) for (one, _), known in zip(order[:position], values[:position], strict=True)]
        further = _further(dialect, key, value, descending=descending)
        if further is not None:
            ways.append(both([*same, further]))
    found = both([Sql(f"({way.text})", way.params) for way in ways], " OR ")
    return both([bound(dialect, order, values), Sql(f"({found.text})", found.params)])


def bound(dialect: Dialect, order: Order, values: Sequence[Any]) -> Sql:
    """What follows from that for the first key: said once more for the sake of indexes."""
    (first, descending), value = order[0], values[0]
    if len(order) == 1 or first.nullable:
        return NOTHING
    return Sql(f"{first.sorted(dialect)} {'<=' if descending else '>='} ?", (value,))


def _equal(key: Key, value: Any) -> Sql:
    return Sql(f"{key.text} IS NULL") if value is None else Sql(f"{key.text} = ?", (value,))


def _further(dialect: Dialect, key: Key, value: Any, *, descending: bool) -> Sql | None:
    if value is None:
        return Sql(f"{key.text} IS NOT NULL") if descending else None
    compared = Sql(f"{key.sorted(dialect)} {'<' if descending else '>'} ?", (value,))
    if key.nullable and not descending:
        return Sql(f"({compared.text} OR {key.text} IS NULL)", compared.params)
    return compared


_CLAUSE = re.compile(r" (?=(?:FROM|LEFT JOIN|(?<!LEFT )JOIN|WHERE|GROUP BY|ORDER BY) )")


def told(statement: Sql) -> Iterator[str]:
    """A statement for people: a line per clause, and what its question marks stand for."""
    line = ""
    for part in _CLAUSE.split(statement.text):
        line += f" {part}" if line else part
        if line.count("(") == line.count(")"):
            yield line
            line = ""
    for number, value in enumerate(statement.params, start=1):
        match value:
            case Asked():
                yield f"? {number}: {value.value}"
            case ScopeHole(dimension):
                yield f"? {number}: the caller's scope {dimension}"
            case _:
                yield f"? {number}: {value!r}"
