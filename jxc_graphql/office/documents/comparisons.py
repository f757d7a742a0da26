"""How what is kept is compared with what it follows from: the reports of `jxc verify`."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Iterable

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Fixed, Money


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is kept does not agree with what it was made from."""

    what: str
    """Which value, such as `stock_level.on_hand`."""
    key: str
    """Of which row."""
    expected: str
    actual: str


class Grain(msgspec.Struct, frozen=True):
    """What a kept value belongs to: its key columns, how to name it, and the joins of `found` that the name needs."""

    keys: str
    name: str
    joins: str


def of_document(table: str) -> Grain:
    """A document of a kind, by its number."""
    return Grain("id", f"{table}.number", f"JOIN {table} ON {table}.id = found.id")


def of_lines(table: str) -> Grain:
    """A line of a document of a kind."""
    joins = f"JOIN {table}_line AS line ON line.id = found.id JOIN {table} ON {table}.id = line.{table}_id"
    return Grain("id", f"{table}.number || ' line ' || line.line_no", joins)


class Comparison(msgspec.Struct, frozen=True):
    """A kept value and what it should be; both are selects of the grain's keys and a value, which is summed up."""

    what: str
    kind: type[Fixed]
    grain: Grain
    expected: str
    actual: str
    repairs: str | None = None
    """The column, as `table.column`, that may be overwritten with what it should be; its table has the grain's keys."""

    async def differences(self) -> list[Difference]:
        """Where the value is not what it should be, the first `MOST_DIFFERENCES`, in one statement."""
        return await _differences(self)

    async def repair(self) -> int:
        """Overwrites the value wherever it is not what it should be; how often that was."""
        return await _repair(self)


MOST_DIFFERENCES = 1_000
"""Differences that one comparison reports."""


def total_of_lines(table: str, *, column: str = "total", of: str = "value") -> Comparison:
    """Whether documents of a kind are worth what their lines are."""
    return Comparison(
        f"{table}.{column} is the sum of its lines", Money, of_document(table),
        f"SELECT {table}_id, {of} FROM {table}_line WHERE {of} IS NOT NULL",
        f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL",
    )  # fmt: skip


async def compare(comparisons: Iterable[Comparison]) -> list[Difference]:
    """Every value that is not what it should be; one statement for each comparison."""
    return [difference for comparison in comparisons for difference in await comparison.differences()]


async def _differences(comparison: Comparison) -> list[Difference]:
    keys = comparison.grain.keys
    rows = await db.fetch(
        f"""
        WITH expected_of ({keys}, value) AS ({comparison.expected}), actual_of ({keys}, value) AS ({comparison.actual}),
        joined ({keys}, expected, actual) AS (
            SELECT {keys}, value, 0 FROM expected_of UNION ALL SELECT {keys}, 0, value FROM actual_of),
        found AS (SELECT {keys}, SUM(expected) AS expected, SUM(actual) AS actual
            FROM joined GROUP BY {keys} HAVING SUM(expected) <> SUM(actual))
        SELECT {comparison.grain.name}, expected, actual FROM found {comparison.grain.joins}
        ORDER BY 1 LIMIT {MOST_DIFFERENCES}"""
    )
    return [
        Difference(
            what=comparison.what,
            key=key,
            expected=str(comparison.kind(expected)),
            actual=str(comparison.kind(actual)),
        )
        for key, expected, actual in rows
    ]


async def _repair(comparison: Comparison) -> int:
    assert comparison.repairs
    table, column = comparison.repairs.split(".")
    keys = comparison.grain.keys
    same = " AND ".join(f"{table}.{key} = wanted.{key}" for key in keys.split(", "))
    return await db.execute(
        f"""
        UPDATE {table} SET {column} = wanted.value FROM (
            WITH expected_of ({keys}, value) AS ({comparison.expected}),
            every ({keys}, value) AS (SELECT * FROM expected_of UNION ALL SELECT {keys}, 0 FROM {table})
            SELECT {keys}, CAST(SUM(value) AS BIGINT) AS value FROM every GROUP BY {keys}) AS wanted
        WHERE {same} AND {table}.{column} <> wanted.value"""
    )
