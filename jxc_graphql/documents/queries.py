"""How what is kept is compared with what it follows from: the reports of `jxc verify`."""

from collections.abc import Iterable

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Fixed


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


class Comparison(msgspec.Struct, frozen=True):
    """A kept value and what it should be; both are selects of the grain's keys and a value, which is summed up."""

    what: str
    kind: type[Fixed]
    grain: Grain
    expected: str
    actual: str


async def compare(comparisons: Iterable[Comparison]) -> list[Difference]:
    """Every value that is not what it should be; one statement for each comparison."""
    return [difference for comparison in comparisons for difference in await _compare(comparison)]


async def _compare(comparison: Comparison) -> list[Difference]:
    keys = comparison.grain.keys
    rows = await db.fetch(
        f"""
        WITH expected_of ({keys}, value) AS ({comparison.expected}), actual_of ({keys}, value) AS ({comparison.actual}),
        joined ({keys}, expected, actual) AS (
            SELECT {keys}, value, 0 FROM expected_of UNION ALL SELECT {keys}, 0, value FROM actual_of),
        found AS (SELECT {keys}, SUM(expected) AS expected, SUM(actual) AS actual
            FROM joined GROUP BY {keys} HAVING SUM(expected) <> SUM(actual))
        SELECT {comparison.grain.name}, expected, actual FROM found {comparison.grain.joins} ORDER BY 1"""  # noqa: S608
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
