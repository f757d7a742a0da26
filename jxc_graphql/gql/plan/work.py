"""What statements look through to find what they show: rows times what is asked of each, reckoned before they are made.

A row that an index leads to costs nothing beyond what is counted for the answer. Where none does, the whole table is
looked through, because nobody knows beforehand how soon a condition holds. The sizes of tables are those of the last
look at them (`kit.db.sizes`); before the first one nothing is known and nothing costs.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jxc_graphql.gql.schema.listed import OWN, TREE
from jxc_graphql.gql.schema.types import ModelColumn, ObjectType, Table, ToMany
from jxc_graphql.kit import db
from jxc_graphql.kit.pages import DEFAULT_SIZE

A_ROW = 100
"""So many conditions looked at take about as long as one row of an answer."""
LOOK = 5
"""A row that is looked at takes as long as so many conditions that are asked of it; one that is counted, as one."""
SAY = 500
"""To say a condition in SQL takes as long as to look at it so many times."""
FIGURES = 4
"""What is added up of a number: its sum, its count, its least and its greatest value."""
MOST = 500_000
"""What may be looked through for one operation, in rows of an answer; a few seconds of the database's time."""
LISTED = 10
"""Rows we expect in a list that says nothing of its size."""
UNEVEN = 10
"""How many times the average one value may have."""

_GROUPS = {"and", "or", "not"}


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
        given: Mapping[str, Any],
        parent: Table | None,
        parents: float,
    ) -> None:
        """Of the lists of so many parents in a table, or of a list without any; `given` are its arguments."""
        assert entity.table is not None
        self._entity, self._source, self._given = entity, source, given
        self._table = entity.table
        self._size = db.size(self._table.name)
        where = given.get("where") or {}
        words = len((given.get("search") or "").split())
        self.asked = _conditions(entity, where) + words
        """How many conditions a client says."""
        self.beside = _along(entity, where) + words * sum(map(_looked_through, _texts(entity)))
        """What is looked through to find what is said of other things."""
        rows = float(self._size.rows)
        if source.by is not None and parent is not None:
            rows = min(rows, parents * _of_one(self._table, source.by, [parent]))
        self.rows = min(rows, _rows(entity, where))
        """Those among which the conditions must be looked for."""

    @property
    def page_size(self) -> int:
        """How many rows are shown of each parent."""
        return max(int(self._given.get("last") or self._given.get("first") or DEFAULT_SIZE), 0)

    def page(self, seen: int, joins: int, *, ranked: bool) -> float:
        """The rows of the page, of which so many conditions of the caller's scope must hold.

        `ranked`: those of several parents, which are all put in order.
        """
        asked = self.asked + seen
        if ranked or not self._is_in_order:
            return self.rows * (LOOK + 1 + asked + joins)
        if self.asked:
            return self.rows * (LOOK + asked)
        # Nobody chooses his own scope: what lies in it is spread among the rest.
        return min(self.rows, self.page_size * UNEVEN**2) * (LOOK + asked) if seen else 0

    def whole(self, seen: int, numbers: int = 0) -> float:
        """The count of a list, and so many numbers that are added up over it."""
        asked = self.asked + seen + FIGURES * numbers
        return self.rows * (LOOK + asked if asked else 1)

    @property
    def _is_in_order(self) -> bool:
        wishes = self._given.get("orderBy")
        if not wishes:
            return _leads(self._table, self._source.order[0][0])
        if wishes[0]["field"] == OWN:
            return False
        _, column, edge = self._entity.listed.orders[str(wishes[0]["field"])]
        if edge is None:
            return _leads(self._table, column)
        assert edge.target.table is not None
        return _leads(self._table, edge.column) and _leads(edge.target.table, column)


def _conditions(entity: ObjectType, where: Mapping[str, Any]) -> int:
    """How many are said in it, at whatever depth."""
    count = 0
    for name, told in where.items():
        if name in _GROUPS:
            count += sum(_conditions(entity, one) for one in _grouped(name, told))
        elif name in entity.listed.edges:
            count += 1 + _conditions(entity.listed.edges[name].target, told or {})
        else:
            count += len(told or ())
    return count


def _along(entity: ObjectType, where: Mapping[str, Any]) -> float:
    """What is looked through to find the things to which edges lead."""
    found = 0.0
    for name, told in where.items():
        if name in _GROUPS:
            found += sum(_along(entity, one) for one in _grouped(name, told))
        elif _is_coded(entity, name):
            found += len(told or ()) * _said_under_one(entity)
        elif (edge := entity.listed.edges.get(name)) is not None and told:
            rows = _rows(edge.target, told)
            found += rows * (LOOK + _conditions(edge.target, told)) + _along(edge.target, told)
    return found


def _texts(entity: ObjectType) -> set[str]:
    """The tables in which a word is looked for, each once however many ways lead there."""
    tables = (way[-1].target.table for way in entity.listed.search)
    return {table.name for table in tables if table is not None}


def _looked_through(table: str) -> float:
    """What is looked through for a word."""
    return db.size(table).rows * (LOOK + 1)


def _rows(entity: ObjectType, where: Mapping[str, Any]) -> float:
    """How many rows of a table indexes leave to be looked at, by what must hold whatever else is said."""
    table = entity.table
    assert table is not None
    return min([float(db.size(table.name).rows), *_narrowed(entity, table, where)])


def _narrowed(entity: ObjectType, table: Table, where: Mapping[str, Any]) -> Iterator[float]:
    for name, told in where.items():
        if name == "and":
            for one in told or ():
                yield from _narrowed(entity, table, one)
        elif not told or name in {"or", "not", TREE} or _is_coded(entity, name):
            continue
        elif (edge := entity.listed.edges.get(name)) is not None:
            assert edge.target.table is not None
            reached = _rows(edge.target, told)
            if edge.by is not None:
                yield reached
            elif _leads(table, edge.column):
                yield reached * _of_one(table, edge.column, [edge.target.table])
        else:
            yield from _of_values(entity, table, name, told)


def _of_values(entity: ObjectType, table: Table, name: str, told: Mapping[str, Any]) -> Iterator[float]:
    """How many rows an index leads to at most, by what is asked of one column."""
    _, column, target = entity.listed.filters[name]
    values = told.get("in") if told.get("eq") is None else [told["eq"]]
    if values is not None and _leads(table, column):
        others = [one.table for one in target.members if one.table is not None] if target is not None else []
        yield len(values) * _of_one(table, column, others)


def _leads(table: Table, column: ModelColumn) -> bool:
    """Whether an index leads to the rows by their values in a column."""
    return column.name == table.key or column.name in db.size(table.name).found_by


def _of_one(table: Table, column: ModelColumn, others: Sequence[Table]) -> float:
    """How many rows have the same value at most, which is the key of a row in one of the other tables."""
    size = db.size(table.name)
    if column.name == table.key or size.found_by.get(column.name):
        return 1
    if column.name not in size.found_by or not others:
        return size.rows
    if column.points_to is None:  # such as that of a document of any kind: how many there are nobody knows
        return LISTED * UNEVEN
    values = sum(db.size(one.name).rows for one in others)
    return LISTED + UNEVEN * size.rows / max(values, 1)


def _is_coded(entity: ObjectType, name: str) -> bool:
    return entity.listed.coded is not None and name == entity.listed.coded[0].name


def _said_under_one(entity: ObjectType) -> float:
    """What is looked through to find what is said under a code, which has its share of all that is said."""
    assert entity.listed.coded is not None
    _, rows = entity.listed.coded
    said = db.size(rows.table).rows
    return min(said, LISTED + UNEVEN * said / max(db.size(rows.codes).rows, 1)) * LOOK


def _grouped(name: str, told: Any) -> Sequence[Mapping[str, Any]]:
    return [told or {}] if name == "not" else told or ()
