"""How what is kept is compared with what it follows from: the reports of `jxc verify`."""
# ruff: noqa: S608  (statements are made of our own names)

import re
from collections.abc import Collection, Iterable, Iterator

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Fixed, Money, Quantity
from jxc_graphql.office.documents.models import BASE


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is kept does not agree with what it was made from."""

    what: str
    """Which value, such as `stock_level.on_hand`."""
    key: str
    """Of which row."""
    expected: str
    actual: str


_JOINED = re.compile(r"(?<!LEFT )JOIN (\w+)")


class Grain(msgspec.Struct, frozen=True):
    """What a kept value belongs to: its key columns, how to name it, and the joins of `found` that the name needs."""

    keys: str
    name: str
    joins: str

    @property
    def tables(self) -> frozenset[str]:
        """Where a row must stand for anything to be told of it: that of an empty table is not looked for."""
        return frozenset(_JOINED.findall(self.joins))


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


def totals_of_priced_lines(table: str) -> list[Comparison]:
    """Whether priced documents come to what their lines do, in both currencies, with what is taken off."""
    columns = {"total": "gross", "net": "net", "tax": "tax", "discount": "discount_share"} | {one: one for one in BASE}
    return [
        *(total_of_lines(table, column=column, of=of) for column, of in columns.items()),
        *_worth_themselves(table),
    ]


def totals_of_parts(table: str) -> list[Comparison]:
    """Whether documents that have parts of what an order comes to have what their lines do, in both currencies."""
    columns = ("net", "tax", "gross", *BASE)
    return [*(total_of_lines(table, column=one, of=one) for one in columns), *_worth_themselves(table)]


def went_back(table: str, lines: Iterable[str]) -> Comparison:
    """Whether lines of a kind count what went back of them; `lines`: selects of their ids and how much did."""
    return Comparison(
        f"{table}_line.quantity_returned is what went back of it", Quantity, of_lines(table),
        " UNION ALL ".join(lines), f"SELECT id, quantity_returned FROM {table}_line",
    )  # fmt: skip


def reversed_by(table: str) -> Comparison:
    """Whether documents of a kind are reversed that a document of its own takes back, and no others."""
    return Comparison(
        f"{table}.status agrees with what takes it back", Quantity, of_document(table),
        f"SELECT {table}_id, 10000 FROM {table}_reversal",
        f"SELECT id, 10000 FROM {table} WHERE status = 'REVERSED'",
    )  # fmt: skip


def parts_of_orders(table: str, order: str, done: str, *, less: str = "") -> list[Comparison]:
    """Whether documents come to what their lines do, and what is `done` of order lines comes to what those do.

    `less`: what went `back` of what `came` besides and is to be done again, as SQL that begins with `FROM`.
    """
    again = (
        f" UNION ALL SELECT line.id, -back.{{0}} {less} JOIN {order}_line AS line ON line.id = came.{order}_line_id "
        f"WHERE line.{done} = line.quantity"
    )
    return [
        *totals_of_parts(table),
        *(
            Comparison(
                f"{order}_line.{one} is that of what carried it out when all is done", Money, of_lines(order),
                f"SELECT line.id, part.{one} - coalesce(back.{one}, 0) FROM {order}_line AS line "
                f"JOIN {table}_line AS part ON part.{order}_line_id = line.id "
                f"LEFT JOIN {table}_reversal_line AS back ON back.{table}_line_id = part.id "
                f"WHERE line.{done} = line.quantity{again.format(one) if less else ''}",
                f"SELECT id, {one} FROM {order}_line WHERE {done} = quantity",
            )
            for one in ("net", "tax", "base_net", "base_tax")
        ),
    ]  # fmt: skip


def _worth_themselves(table: str) -> Iterator[Comparison]:
    """Whether what is in the books' currency is worth itself there."""
    lines = (
        f"FROM {table}_line AS line JOIN {table} ON {table}.id = line.{table}_id "
        f"JOIN company ON company.currency = {table}.currency"
    )
    for one, base in zip(("net", "tax", "gross"), BASE, strict=True):
        yield Comparison(
            f"{table}_line.{base} is its {one} where that is in the books' currency", Money, of_lines(table),
            f"SELECT line.id, line.{one} {lines}", f"SELECT line.id, line.{base} {lines}",
        )  # fmt: skip


async def compare(comparisons: Iterable[Comparison]) -> list[Difference]:
    """Every value that is not what it should be; one statement for each comparison."""
    return [difference for comparison in comparisons for difference in await comparison.differences()]


async def empty(tables: Collection[str]) -> frozenset[str]:
    """Which of these have no row, in one statement."""
    if not tables:
        return frozenset()
    asked = (f"SELECT '{table}' WHERE NOT EXISTS (SELECT 1 FROM {table})" for table in sorted(tables))
    return frozenset(table for (table,) in await db.fetch(" UNION ALL ".join(asked)))


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
