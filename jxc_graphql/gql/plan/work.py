"""What statements look through to find what they show: rows times what is asked of each, reckoned before they are sent.

A row that an index leads to costs nothing beyond what is counted for the answer. Where none does, the whole table is
looked through, because nobody knows beforehand how soon a condition holds. The sizes of tables are those of the last
look at them (`kit.db.sizes`); before the first one nothing is known and nothing costs.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jxc_graphql.gql.plan.page import Window
from jxc_graphql.gql.schema.types import ModelColumn, ObjectType, Table, ToMany
from jxc_graphql.kit import db

A_ROW = 100
"""So many conditions looked at take about as long as one row of an answer."""
LOOK = 5
"""A row that is looked at takes as long as so many conditions that are asked of it; one that is counted, as one."""
MOST = 500_000
"""What may be looked through for one operation, in rows of an answer; a few seconds of the database's time."""
LISTED = 10
"""Rows we expect in a list that says nothing of its size."""
UNEVEN = 10
"""How many times the average one value may have."""


def cost_of(work: float) -> int:
    """What looking through so much costs, in rows of an answer."""
    return int(work) // A_ROW


def reported(tables: Mapping[str, int]) -> float:
    """What a report looks through: tables, and conditions for each of their rows.

    A single report may always be asked for, however much the tables have grown; its deadline ends it.
    """
    return min(sum(each * db.size(table).rows for table, each in tables.items()), MOST * A_ROW)


class Reckoning:
    """How much the statements of a page look through."""

    def __init__(
        self,
        entity: ObjectType,
        source: ToMany,
        where: Mapping[str, Any] | None,
        parent: Table | None,
        parents: float,
    ) -> None:
        """Of the lists of so many parents in a table, or of a list without any."""
        assert entity.table is not None
        self._table = entity.table
        self._entity = entity
        self._size = db.size(self._table.name)
        self._found_by = self._size.found_by
        rows = float(self._size.rows)
        if source.by is not None and parent is not None:
            rows = min(rows, parents * self._of_one(source.by, [parent]))
        ways = (count for name, told in _told(where or {}) for count in self._narrowed(name, told))
        self.rows = min([rows, *ways])
        """Those among which the conditions must be looked for."""

    def page(self, window: Window, condition: str, *, scoped: bool, joins: int, ranked: bool) -> float:
        """The rows of the page; `ranked`: those of several parents, which are all put in order."""
        asked = condition.count("t0.")
        first = window.order[0][0].name
        if ranked or not (first == self._table.key or first in self._found_by):
            return self.rows * (LOOK + 2 + asked + joins)
        if window.condition.text:
            return self.rows * (LOOK + asked)
        # Nobody chooses his own scope: what lies in it is spread among the rest.
        return min(self.rows, window.size * UNEVEN**2) * (LOOK + asked) if scoped else 0

    def whole(self, condition: str, columns: int) -> float:
        """The count of a list, and what is added up over it."""
        asked = condition.count("t0.") + 4 * columns
        return self.rows * (LOOK + asked if asked else 1)

    def _narrowed(self, name: str, told: Mapping[str, Any]) -> Iterator[float]:
        """How many rows an index leads to at most, by what is asked of one column."""
        _, column, target = self._entity.listed.filters[name]
        if column.name == self._table.key or column.name in self._found_by:
            values = 1 if told.get("eq") is not None else told.get("in")
            count = len(values) if isinstance(values, list) else values
            if isinstance(count, int):
                others = [one.table for one in target.members if one.table is not None] if target is not None else []
                yield count * self._of_one(column, others)

    def _of_one(self, column: ModelColumn, others: Sequence[Table]) -> float:
        """How many rows have the same value at most, which is the key of a row in one of the other tables."""
        if column.name == self._table.key or self._found_by.get(column.name):
            return 1
        if column.name not in self._found_by or not others:
            return self._size.rows
        if column.points_to is None:  # such as that of a document of any kind: how many there are nobody knows
            return LISTED * UNEVEN
        values = sum(db.size(one.name).rows for one in others)
        return LISTED + UNEVEN * self._size.rows / max(values, 1)


def _told(where: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What must hold of single columns, whatever else is said."""
    for name, told in where.items():
        if name == "and" and told:
            for one in told:
                yield from _told(one)
        elif told and name not in {"and", "or", "not"}:
            yield name, told
