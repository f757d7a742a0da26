"""`search` of a list as a condition: each word is in the texts of a row or of what it leads to, or is its amount."""
# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

import msgspec

from jxc_graphql.gql.plan.filters import clean
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.seen import SeenRow, is_seen_with, refusal, refusal_of
from jxc_graphql.gql.plan.sql import Dialect, Sql, both, has_part, put, quoted
from jxc_graphql.gql.schema.types import Edge, FromColumn, ObjectType, Table
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import InvalidNumber, Money
from jxc_graphql.kit.spelling import sought

MAX_WORDS = 10
_AMOUNT = re.compile(r"[¥￥$€]?(-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)")
Ways = list[tuple[str, ...]]
"""The alternatives of a word, of which one must be there with all its parts."""


def words(dialect: Dialect, entity: ObjectType, search: str, call: Call) -> Sql:
    """The rows in whose texts, or in those of what they lead to, each word can be found."""
    wanted = sought(clean(search))
    if len(wanted) > MAX_WORDS:
        raise FieldError("LIMIT_EXCEEDED", most=MAX_WORDS, what="search words")
    return both(_of_word(dialect, entity, ways, call) for ways in wanted)


def _of_word(dialect: Dialect, entity: ObjectType, ways: Ways, call: Call) -> Sql:
    table = entity.table
    assert table is not None
    if not entity.listed.search and not entity.listed.amounts and not table.starts:
        return _in_text(dialect, table, "t0", ways)
    key, name = quoted(table.key), quoted(table.name)
    along = [way for way in entity.listed.search if _is_open(call, way)]
    several = Counter(map(_end_of, along))
    found = [_in_text(dialect, table, "w0", ways)] if table.search is not None else []
    found += _begun(dialect, entity, "w0", ways, call)
    found += [*_amounts(entity, "w0", ways, call)] or _along_kinds(dialect, entity, ways, call)
    shared: dict[str, Sql] = {}
    for way in along:
        end, keys = _end_of(way), _having(dialect, way, ways, call)
        if several[end] > 1:
            shared[end], keys = keys, Sql(f"SELECT k FROM {end}")
        found.append(_along(dialect, entity, way, keys, call, shared=end in shared))
    if not found:
        return Sql("(1 = 0)")
    if len(found) == 1:
        return Sql(found[0].text.replace("w0.", "t0."), found[0].params)
    either = both((Sql(f"SELECT w0.{key} FROM {name} w0 WHERE {one.text}", one.params) for one in found), " UNION ALL ")
    once = both((put(Sql(f"{end}(k) AS MATERIALIZED ("), one, Sql(")")) for end, one in shared.items()), ", ")
    return dialect.among(f"t0.{key}", put(Sql("WITH "), once, Sql(" "), either) if shared else either)


def _begun(dialect: Dialect, entity: ObjectType, alias: str, ways: Ways, call: Call) -> Iterator[Sql]:
    """The rows of which something begins with the word, for who may see that."""
    table = entity.table
    assert table is not None
    for field in entity.fields.values():
        match field.source:
            case FromColumn(one) if one.name in table.starts and refusal(call, field) is None:
                column = f"{alias}.{quoted(one.name)}"
                yield dialect.starts_with(dialect.lower(column) if table.few else column, ways[0][0])


def _amounts(entity: ObjectType, alias: str, ways: Ways, call: Call) -> Iterator[Sql]:
    """The rows that are about so much money, for who may see how much that is."""
    typed = _AMOUNT.fullmatch(ways[0][0])
    for field, column in entity.listed.amounts:
        if typed is not None and refusal(call, field) is None:
            with suppress(InvalidNumber):
                amount = int(Money.of(typed[1].replace(",", "")))
                yield Sql(f"{alias}.{quoted(column.name)} = ?", (amount,))


def _along_kinds(dialect: Dialect, entity: ObjectType, ways: Ways, call: Call) -> Iterator[Sql]:
    """The same between a register and its kinds, of which either may say an amount to those to whom others do not."""
    above = [one for one in entity.interfaces if one.register is not None]
    for other in (*above, *(entity.members if entity.register is not None else ())):
        if refusal_of(call, other) is None:
            for holds in _amounts(other, "w1", ways, call):
                assert entity.table is not None
                yield SeenRow(other, "w1").reached(dialect, call, f"w0.{quoted(entity.table.key)}", None, holds)


def _is_open(call: Call, way: Sequence[Edge]) -> bool:
    """Whether the caller may see what a way leads to."""
    return all(refusal(call, edge.field) is None for edge in way)


def _end_of(way: Sequence[Edge]) -> str:
    """What a way leads to, under the name that this has where it is found once for several ways."""
    last = way[-1]
    assert last.target.table is not None
    return "_".join(["found", last.target.table.name, *([last.by.name] if last.by else [])])


def _having(dialect: Dialect, way: Sequence[Edge], ways: Ways, call: Call) -> Sql:
    """The keys of that which has the word."""
    last, alias = way[-1], f"w{len(way)}"
    assert last.target.table is not None
    return SeenRow(last.target, alias).keys(dialect, call, last.by, _in_text(dialect, last.target.table, alias, ways))


def _along(dialect: Dialect, entity: ObjectType, way: Sequence[Edge], keys: Sql, call: Call, *, shared: bool) -> Sql:
    """The rows from which a way leads to something with one of these keys."""
    depth = len(way) - 1
    column = f"w{depth}.{quoted(way[depth].column.name)}"
    holds = dialect.among(column, keys) if shared else put(Sql(f"{column} IN ("), keys, Sql(")"))
    for at, edge in reversed(list(enumerate(way[:-1]))):
        row = SeenRow(edge.target, f"w{at + 1}")
        # What is in a thing is seen with it, and that is asked about already.
        call_of = msgspec.structs.replace(call, scopes={}) if at == 0 and _is_part(entity, edge) else call
        holds = row.reached(dialect, call_of, f"w{at}.{quoted(edge.column.name)}", edge.by, holds)
    return holds


def _is_part(entity: ObjectType, edge: Edge) -> bool:
    """Whether rows are in scope just where that is in which they stand, which may be one of a kind of a register."""
    by, table = edge.by, edge.target.table
    return by is not None and table is not None and any(is_seen_with(table, by, one) for one in entity.members)


def _in_text(dialect: Dialect, table: Table, alias: str, ways: Ways) -> Sql:
    assert table.search is not None
    found = both((both(has_part(dialect, table, alias, part) for part in parts) for parts in ways), " OR ")
    return Sql(f"({found.text})", found.params)
