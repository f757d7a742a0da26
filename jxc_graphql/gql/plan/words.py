"""`search` of a list as a condition: each word is in the texts of a row, or in those of what it leads to."""
# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

from collections.abc import Sequence

from jxc_graphql.gql.plan.filters import clean
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.seen import SeenRow, refusal
from jxc_graphql.gql.plan.sql import Dialect, Sql, both, has_part, quoted
from jxc_graphql.gql.schema.types import Edge, ObjectType, Table
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.spelling import sought

MAX_WORDS = 10
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
    if not entity.listed.search:
        return _in_text(dialect, table, "t0", ways)
    key, name = quoted(table.key), quoted(table.name)
    found = [_in_text(dialect, table, "w0", ways)] if table.search is not None else []
    found += [_along(dialect, way, ways, call) for way in entity.listed.search if _is_open(call, way)]
    if not found:
        return Sql("(1 = 0)")
    if len(found) == 1:
        return Sql(found[0].text.replace("w0.", "t0."), found[0].params)
    several = both(
        (Sql(f"SELECT w0.{key} FROM {name} w0 WHERE {one.text}", one.params) for one in found), " UNION ALL "
    )
    return dialect.among(f"t0.{key}", several)


def _is_open(call: Call, way: Sequence[Edge]) -> bool:
    """Whether the caller may see what a way leads to."""
    return all(refusal(call, edge.field) is None for edge in way)


def _along(dialect: Dialect, way: Sequence[Edge], ways: Ways, call: Call) -> Sql:
    """The rows from which a way leads to a text with the word."""
    *_, last = way
    assert last.target.table is not None
    holds = _in_text(dialect, last.target.table, f"w{len(way)}", ways)
    for depth, edge in reversed(list(enumerate(way))):
        row = SeenRow(edge.target, f"w{depth + 1}")
        holds = row.reached(dialect, call, f"w{depth}.{quoted(edge.column.name)}", edge.by, holds)
    return holds


def _in_text(dialect: Dialect, table: Table, alias: str, ways: Ways) -> Sql:
    assert table.search is not None
    found = both((both(has_part(dialect, table, alias, part) for part in parts) for parts in ways), " OR ")
    return Sql(f"({found.text})", found.params)
