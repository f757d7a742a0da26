"""`where` of a list as SQL conditions; what the caller may not see cannot be filtered by."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jxc_graphql.gql.plan.coded import MAX_VALUES, said
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.reading import ascii_lower, at, clean, own_id, typed
from jxc_graphql.gql.plan.seen import SeenRow, is_seen_with, pointed, refusal
from jxc_graphql.gql.plan.sql import NOTHING, Dialect, Sql, both
from jxc_graphql.gql.plan.ways import Way
from jxc_graphql.gql.schema.listed import TREE
from jxc_graphql.gql.schema.scalars import STRING, Unreadable
from jxc_graphql.gql.schema.types import Edge, Field, ModelColumn, ObjectType, Table
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, Path, Reason, Rejected
from jxc_graphql.kit.numbers import Fixed

MAX_CONDITIONS = 100
MAX_EDGES = 5
"""One after the other, from what is listed to what is said of something else."""
_OPPOSITE = {"not": "eq", "notIn": "in"}
RANGES = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_COMPARISONS = {"eq": "=", **RANGES}


def check_seen(call: Call, owner: ObjectType, field: Field) -> None:
    """Refuses a caller who may not see a field to learn about it in another way."""
    refused = refusal(call, field)
    if isinstance(refused, Forbidden):
        raise Forbidden(refused.permission, f"{owner.name}.{field.name}")
    if refused is not None:
        raise refused


class Filter:
    """Turns one where input into a condition."""

    def __init__(self, dialect: Dialect, entity: ObjectType, call: Call) -> None:
        self._dialect = dialect
        self._call = call
        self._left = MAX_CONDITIONS
        self._row = SeenRow(entity, "t0")
        self._depth = 0
        self._problems: list[Reason] = []
        self._inside = 0
        self.ways: list[Way] = []
        """Those of the pieces to which an index leads."""

    def pieces(self, where: Mapping[str, Any]) -> list[Sql]:
        """All that is said in one object, each of which must hold; the empty one says nothing.

        Raises `Rejected` with all values that are none of their kind.
        """
        found = list(self._pieces(where, ("where",)))
        if self._problems:
            raise Rejected(*self._problems)
        return found

    def _pieces(self, where: Mapping[str, Any], path: Path) -> Iterator[Sql]:
        listed = self._row.entity.listed
        for name, told in where.items():
            if told is None:
                raise FieldError("NULL_IN_FILTER", field=name)
            self._left -= 1
            own = (*path, name)
            if self._left < 0:
                raise FieldError("LIMIT_EXCEEDED", most=MAX_CONDITIONS, what="conditions")
            if name == "not":
                yield _is_not(self._whole(told, own))
            elif name in {"and", "or"}:
                yield self._all_or_any(name, [self._whole(one, (*own, index)) for index, one in enumerate(told)])
            elif name in listed.edges:
                yield self._along(listed.edges[name], told, own)
            elif listed.coded is not None and name == listed.coded[0].name:
                yield from (self._said(one) for one in told)
            elif name == TREE and listed.tree is not None:
                yield self._within(told, listed.tree, own)
            else:
                field, column, target = listed.filters[name]
                check_seen(self._call, self._row.entity, field)
                yield from self._operators(told, column, target, own)

    def _whole(self, where: Mapping[str, Any], path: Path) -> Sql:
        self._inside += 1
        found = both(self._pieces(where, path))
        self._inside -= 1
        return Sql(f"({found.text})", found.params) if found.text else Sql("(1 = 1)")

    def _all_or_any(self, name: str, inner: Sequence[Sql]) -> Sql:
        if not inner:
            return Sql("(1 = 1)" if name == "and" else "(1 = 0)")
        found = both(inner, f" {name.upper()} ")
        return Sql(f"({found.text})", found.params)

    def _along(self, edge: Edge, told: Mapping[str, Any], path: Path) -> Sql:
        """The rows of which that fulfils something to which an edge leads, as far as the caller sees it."""
        check_seen(self._call, self._row.entity, edge.field)
        if self._depth == MAX_EDGES:
            raise FieldError("LIMIT_EXCEEDED", most=MAX_EDGES, what="edges of a filter one after the other")
        row, self._depth = self._row, self._depth + 1
        self._row = SeenRow(edge.target, f"e{self._depth}")
        inner = both(self._pieces(told, path))
        keys = self._row.keys(self._dialect, self._call, edge.by, inner)
        found = self._row.reached(self._dialect, self._call, row.column(edge.column), edge.by, inner)
        self._row, self._depth = row, self._depth - 1
        return self._led(found, edge.column, each=keys if edge.by is None and _names(edge.target, told) else NOTHING)

    def _said(self, told: Mapping[str, Any]) -> Sql:
        """The rows of which something is said under a code."""
        entity = self._row.entity
        assert entity.listed.coded is not None
        self._left -= 1
        key = self._table.columns[self._table.key]
        holds, is_led = said(self._dialect, self._call, entity.listed.coded[1], self._row.column(key), told)
        return self._led(holds, key) if is_led else holds

    def _within(self, values: Sequence[str], above: ModelColumn, path: Path) -> Sql:
        entity = self._row.entity
        keys = [self._read((*path, index), own_id, one, entity) for index, one in enumerate(self._several(values))]
        found = self._row.below(self._dialect, above, Sql("", (self._dialect.listed(keys),)))
        return self._led(found, self._table.columns[self._table.key])

    def _led(
        self, holds: Sql, by: ModelColumn, *, is_equal: bool = False, is_range: bool = False, each: Sql = NOTHING
    ) -> Sql:
        """A condition to which an index of a column leads, noted where it must hold whatever else does."""
        if not self._depth and not self._inside and self._table.leads(by):
            self.ways.append(Way(by.name, is_equal or by.name == self._table.key, holds, each, is_range))
        return holds

    def _operators(
        self, told: Mapping[str, Any], column: ModelColumn, target: ObjectType | None, path: Path
    ) -> Iterator[Sql]:
        plain = self._row.column(column)
        seen = self._seen(plain, column, target)
        for operator, value in told.items():
            if value is None:
                raise FieldError("NULL_IN_FILTER", field=operator)
            if operator == "isNull" and seen.text:
                yield Sql(f"{seen.text} IS {'NOT ' if value else ''}TRUE", seen.params)
            elif operator == "isNull":
                yield self._is_null(plain, column) if value else Sql(f"{plain} IS NOT NULL")
            elif operator in {"not", "notIn"}:
                known = self._value(value, column, target, (*path, operator))
                yield _is_not(both([seen, self._compared(plain, _OPPOSITE[operator], known, column, target)]))
            else:
                known = self._value(value, column, target, (*path, operator))
                yield from (seen, self._found(plain, operator, known, column, target))

    def _is_null(self, plain: str, column: ModelColumn) -> Sql:
        return self._led(Sql(f"{plain} IS NULL"), column, is_equal=True)

    def _found(self, plain: str, operator: str, value: Any, column: ModelColumn, target: ObjectType | None) -> Sql:
        """As compared, and whether an index leads there: one of the column, or of what is spelt for searches."""
        holds = self._compared(plain, operator, value, column, target)
        if "pairs" in holds.text:
            return self._led(holds, self._table.columns[self._table.key])
        if operator == "contains":
            return holds
        return self._led(holds, column, is_equal=operator == "eq", is_range=operator in RANGES)

    def _compared(self, plain: str, operator: str, value: Any, column: ModelColumn, target: ObjectType | None) -> Sql:
        match operator:
            case "in":
                return Sql(self._dialect.one_of(plain), (self._dialect.listed(value),))
            case "contains":
                holds = self._dialect.contains(self._dialect.lower(plain), ascii_lower(value))
            case "startsWith":
                holds = self._dialect.starts_with(plain, value)
            case _:
                name = plain if target is not None or operator == "eq" else self._dialect.sorted(plain, column.leaf)
                holds = Sql(f"{name} {_COMPARISONS[operator]} ?", (self._dialect.value(value),))
        # An index of its own leads there faster than what is spelt for searches, of which each row must be looked at.
        is_led = column.name in self._table.led
        is_spelt = operator == "contains" or (operator in {"startsWith", "eq"} and target is None and not is_led)
        return both([self._row.spelt(self._dialect, column, value), holds]) if is_spelt else holds

    @property
    def _table(self) -> Table:
        assert self._row.entity.table is not None
        return self._row.entity.table

    def _several(self, values: Sequence[Any]) -> Sequence[Any]:
        if len(values) > MAX_VALUES:
            raise FieldError("LIMIT_EXCEEDED", most=MAX_VALUES, what="values")
        return values

    def _seen(self, plain: str, column: ModelColumn, target: ObjectType | None) -> Sql:
        """The rows of which that is seen which a column points to; empty where those that are listed are no others."""
        entity = self._row.entity
        assert entity.table is not None
        if target in {None, entity} or is_seen_with(entity.table, column, target):
            return NOTHING
        return pointed(self._dialect, self._call, plain, target)

    def _value(self, value: Any, column: ModelColumn, target: ObjectType | None, path: Path) -> Any:
        """What an operator compares with: one value, or each of several."""
        if isinstance(value, list):
            return [self._value(one, column, target, (*path, index)) for index, one in enumerate(self._several(value))]
        if target is not None:
            return self._read(path, own_id, value, target)
        found = self._read(path, typed, column.leaf, value)
        return clean(found) if isinstance(found, str) else int(found) if isinstance(found, Fixed) else found

    def _read(self, path: Path, how: Callable[..., Any], *given: Any) -> Any:
        try:
            return how(*given)
        except Unreadable as error:
            self._problems.append(at(path, error))
            return None


def _names(target: ObjectType, told: Mapping[str, Any]) -> bool:
    """Whether things are named by a text of theirs, such as a code, which is that of a few at most."""
    return any(
        name in target.listed.filters and target.listed.filters[name].column.leaf is STRING and "eq" in (one or {})
        for name, one in told.items()
    )


def _is_not(piece: Sql) -> Sql:
    return Sql(f"({piece.text}) IS NOT TRUE", piece.params)
