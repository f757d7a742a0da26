"""`where` and `search` of a list as SQL conditions; what the caller may not see cannot be filtered by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.reading import at, own_id, typed
from jxc_graphql.gql.plan.seen import is_seen_with, pointed, refusal
from jxc_graphql.gql.plan.sql import NOTHING, Dialect, Sql, both, quoted
from jxc_graphql.gql.schema.scalars import Unreadable
from jxc_graphql.gql.schema.types import Field, ModelColumn, ObjectType
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason, Rejected
from jxc_graphql.kit.numbers import Fixed
from jxc_graphql.kit.spelling import sought

MAX_CONDITIONS = 100
MAX_VALUES = 500
MAX_WORDS = 10
_MADE_FOR_IT = "search_text"
"""The column that holds what `spelling.search_text` makes; another one is looked in as it is, in lower case."""

_COMPARISONS = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def check_seen(call: Call, field: Field) -> None:
    """Refuses a caller who may not see a field to learn about it in another way."""
    refused = refusal(call, field)
    if refused is not None:
        raise refused


def clean(text: str) -> str:
    """Text that both databases can compare; refuses the null character and halves of characters."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise FieldError("BAD_USER_INPUT")
    return text


def words(dialect: Dialect, entity: ObjectType, search: str) -> Sql:
    """The rows in whose search column each word can be found."""
    assert entity.table is not None
    assert entity.table.search is not None
    column = f"t0.{quoted(entity.table.columns[entity.table.search].name)}"
    if entity.table.search != _MADE_FOR_IT:
        column = f"lower({column})"
    wanted = sought(clean(search))
    if len(wanted) > MAX_WORDS:
        raise FieldError("LIMIT_EXCEEDED", most=MAX_WORDS, what="search words")
    return both(_any_of([both(dialect.contains(column, part) for part in parts) for parts in ways]) for ways in wanted)


def _any_of(pieces: Sequence[Sql]) -> Sql:
    found = both(pieces, " OR ")
    return Sql(f"({found.text})", found.params)


class Filter:
    """Turns one where input into a condition."""

    def __init__(self, dialect: Dialect, entity: ObjectType, call: Call) -> None:
        self._dialect = dialect
        self._entity = entity
        self._call = call
        self._left = MAX_CONDITIONS
        self._problems: list[Reason] = []

    def sql(self, where: Mapping[str, Any]) -> Sql:
        """All that is said in one object; the empty one says nothing and holds always.

        Raises `Rejected` with all values that are none of their kind.
        """
        found = both(self._pieces(where, ("where",)))
        if self._problems:
            raise Rejected(*self._problems)
        return found

    def _pieces(self, where: Mapping[str, Any], path: Path) -> Iterator[Sql]:
        for name, told in where.items():
            if told is None:
                continue
            self._left -= 1
            if self._left < 0:
                raise FieldError("LIMIT_EXCEEDED", most=MAX_CONDITIONS, what="conditions")
            if name == "not":
                inner = self._whole(told, (*path, name))
                yield Sql(f"({inner.text}) IS NOT TRUE", inner.params)
            elif name in {"and", "or"}:
                yield self._all_or_any(name, [self._whole(one, (*path, name, index)) for index, one in enumerate(told)])
            else:
                field, column, target = self._entity.listed.filters[name]
                check_seen(self._call, field)
                yield from self._operators(told, column, target, (*path, name))

    def _whole(self, where: Mapping[str, Any], path: Path) -> Sql:
        found = both(self._pieces(where, path))
        return Sql(f"({found.text})", found.params) if found.text else Sql("(1 = 1)")

    def _all_or_any(self, name: str, inner: Sequence[Sql]) -> Sql:
        if not inner:
            return Sql("(1 = 1)" if name == "and" else "(1 = 0)")
        found = both(inner, f" {name.upper()} ")
        return Sql(f"({found.text})", found.params)

    def _operators(
        self, told: Mapping[str, Any], column: ModelColumn, target: ObjectType | None, path: Path
    ) -> Iterator[Sql]:
        plain = f"t0.{quoted(column.name)}"
        name = plain if target is not None else self._dialect.sorted(plain, column.leaf)
        seen = self._seen(plain, column, target)
        for operator, value in told.items():
            if value is None:
                continue
            yield seen if operator != "isNull" else NOTHING
            if operator == "isNull" and seen.text:
                yield Sql(f"{seen.text} IS {'NOT ' if value else ''}TRUE", seen.params)
            elif operator == "isNull":
                yield Sql(f"{plain} IS {'' if value else 'NOT '}NULL")
            elif operator == "in":
                if len(value) > MAX_VALUES:
                    raise FieldError("LIMIT_EXCEEDED", most=MAX_VALUES, what="values")
                values = [self._value(one, column, target, (*path, operator, index)) for index, one in enumerate(value)]
                yield Sql(self._dialect.one_of(plain), (self._dialect.listed(values),))
            elif operator == "contains":
                yield self._dialect.contains(plain, clean(value))
            elif operator == "startsWith":
                yield self._dialect.starts_with(plain, clean(value))
            else:
                known = self._dialect.value(self._value(value, column, target, (*path, operator)))
                yield Sql(f"{plain if operator == 'eq' else name} {_COMPARISONS[operator]} ?", (known,))

    def _seen(self, plain: str, column: ModelColumn, target: ObjectType | None) -> Sql:
        """The rows of which that is seen which a column points to; empty where those that are listed are no others."""
        assert self._entity.table is not None
        if target in {None, self._entity} or is_seen_with(self._entity.table, column, target):
            return NOTHING
        return pointed(self._dialect, self._call, plain, target)

    def _value(self, value: Any, column: ModelColumn, target: ObjectType | None, path: Path) -> Any:
        try:
            found = own_id(value, target) if target is not None else typed(column.leaf, value)
        except Unreadable as error:
            self._problems.append(at(path, error))
            return None
        return clean(found) if isinstance(found, str) else int(found) if isinstance(found, Fixed) else found
