"""Filters and orders by what rows of another table say of a thing under codes, such as own fields.

    where: {fields: [{code: "project", op: EQ, value: "A"}]}     orderBy: [{field: OWN, code: "project"}]

Values stand in one column whose order is that of values of each type, told apart by their first letters. So a text is
looked for as whatever it may say (`readings`), and nobody needs to know of which type a code is: a plan stays good
whatever becomes of it. A code that nothing has is said by nothing.
"""

# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.reading import ascii_lower, clean
from jxc_graphql.gql.plan.seen import refusal_of
from jxc_graphql.gql.plan.sql import Dialect, Key, Sql, both, in_scope, put, quoted
from jxc_graphql.gql.schema.generated import ValueOperator
from jxc_graphql.gql.schema.scalars import STRING
from jxc_graphql.gql.schema.types import CodedRows, ModelColumn, NamedTarget
from jxc_graphql.kit.call import Call

MAX_VALUES = 500

_CODE = re.compile(r"\w{1,60}", re.ASCII)
_RANGES = {
    ValueOperator.LT: ("<", False), ValueOperator.LTE: ("<=", False), ValueOperator.GT: (">", True),
    ValueOperator.GTE: (">=", True),
}  # fmt: skip
_NEGATED = {
    ValueOperator.NOT: ValueOperator.EQ, ValueOperator.NOT_IN: ValueOperator.IN,
    ValueOperator.EMPTY: ValueOperator.NOT_EMPTY,
}  # fmt: skip
_OF_SEVERAL = {ValueOperator.IN, ValueOperator.NOT_IN}
_OF_NONE = {ValueOperator.EMPTY, ValueOperator.NOT_EMPTY}


def said(dialect: Dialect, call: Call, rows: CodedRows, key: str, told: Mapping[str, Any]) -> tuple[Sql, bool]:
    """The things of which something is said under a code, by the column of their keys; and whether an index leads.

    Raises `FieldError` where values are missing, too many, or none that a database may be asked for.
    """
    op = ValueOperator(str(told["op"]))
    column, values = f"v.{quoted(rows.in_order.name)}", _values(call, rows, op, told)
    ways = list(_compared(dialect, column, _NEGATED.get(op, op), values))
    found = both((_by(rows, told["code"], way) for way in ways), " UNION ALL ")
    things = Sql(f"{key} IN ({found.text})" if ways else "(1 = 0)", found.params)
    return (Sql(f"({things.text}) IS NOT TRUE", things.params), False) if op in _NEGATED else (things, True)


def _by(rows: CodedRows, code: str, way: Sql) -> Sql:
    """The things of which something is said under a code in one way, to which an index leads."""
    by, field = quoted(rows.by.name), quoted(rows.field)
    return put(
        Sql(f"SELECT v.{by} FROM {quoted(rows.table)} v WHERE v.{field} IN ("), _codes(rows, code),
        Sql(f") AND v.{by} IS NOT NULL AND "), way,
    )  # fmt: skip


def _values(call: Call, rows: CodedRows, op: ValueOperator, told: Mapping[str, Any]) -> list[list[str]]:
    """Of each value that is asked for, all that it may say."""
    if op in _OF_NONE:
        return []
    name = "values" if op in _OF_SEVERAL else "value"
    asked = told.get(name)
    if asked is None:
        raise FieldError("NULL_IN_FILTER", field=name)
    values: list[str] = [asked] if isinstance(asked, str) else asked
    if len(values) > MAX_VALUES:
        raise FieldError("LIMIT_EXCEEDED", most=MAX_VALUES, what="values")
    return [rows.readings(call, clean(one)) for one in values]


def _compared(dialect: Dialect, column: str, op: ValueOperator, values: list[list[str]]) -> Iterator[Sql]:
    """The ways in which a value may fulfil what is asked."""
    name = dialect.sorted(column, STRING)
    match op:
        case ValueOperator.EQ | ValueOperator.IN:
            yield Sql(dialect.one_of(column), (dialect.listed([one for each in values for one in each]),))
        case ValueOperator.STARTS_WITH:
            yield from (dialect.starts_with(column, each[0]) for each in values)
        case ValueOperator.CONTAINS:
            for text, *_ in values:
                texts = dialect.starts_with(column, text[0])
                yield both([texts, dialect.contains(dialect.lower(column), ascii_lower(text[1:]))])
        case ValueOperator.NOT_EMPTY:
            yield Sql("(1 = 1)")
        case _:
            sign, is_above = _RANGES[op]
            for one in (one for each in values for one in each):
                end = Sql(f"{name} < ?", (chr(ord(one[0]) + 1),)) if is_above else Sql(f"{name} >= ?", (one[0],))
                yield both([Sql(f"{name} {sign} ?", (one,)), end])


def key_of(dialect: Dialect, call: Call, rows: CodedRows, key: ModelColumn, code: str | None) -> Key:
    """What rows are sorted by in the order of what is said of them under a code: nothing is said of some.

    What leads to something else is in the order of its name, and as if nothing were said where that is hidden.
    """
    if code is None or not _CODE.fullmatch(code):
        raise FieldError("BAD_USER_INPUT")
    alias = f"o_{hashlib.sha256(f'{rows.table}.{code}'.encode()).hexdigest()[:20]}"
    said_in = quoted(alias)
    join = put(
        Sql(f" LEFT JOIN {quoted(rows.table)} {said_in} ON {said_in}.{quoted(rows.by.name)} = t0.{quoted(key.name)} "
            f"AND {said_in}.{quoted(rows.field)} IN ("), _codes(rows, code), Sql(")"),
    )  # fmt: skip
    seen = [(f"{alias}_{n}", one) for n, one in enumerate(rows.to) if refusal_of(call, one.target) is None]
    joins = put(join, *(_led_to(dialect, call, said_in, quoted(name), one) for name, one in seen))
    names = ", ".join(("NULL", *(f"{quoted(name)}.{quoted(one.name.name)}" for name, one in seen)))
    value = f"{said_in}.{quoted(rows.in_order.name)}"
    if rows.to:
        leads_on = " AND ".join(f"{said_in}.{quoted(one.column.name)} IS NULL" for one in rows.to)
        value = f"(CASE WHEN {leads_on} THEN {value} ELSE coalesce({names}, NULL) END)"
    return Key(f"{rows.table}.{code}", value, rows.in_order, nullable=True, join=joins)


def _led_to(dialect: Dialect, call: Call, said_in: str, alias: str, one: NamedTarget) -> Sql:
    """That to which a value leads, as far as the caller sees it."""
    table = one.target.table
    assert table is not None
    to = Sql(f"{alias}.{quoted(table.key)} = {said_in}.{quoted(one.column.name)}")
    seen = both([to, in_scope(dialect, table, alias, call.limits)])
    return put(Sql(f" LEFT JOIN {quoted(table.name)} {alias} ON "), seen)


def _codes(rows: CodedRows, code: str) -> Sql:
    return Sql(f"SELECT c.id FROM {quoted(rows.codes)} c WHERE c.{quoted(rows.code)} = ?", (code,))
