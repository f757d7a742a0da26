"""Null propagation: what an answer with errors in it looks like to the client, by the specification's rules.

Walks the answer in the order of the selection, as graphql-core does. Only answers in which
something went wrong come here.
"""

from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, GraphQLError, located_error

from jxc_graphql.gql.plan.collect import Groups, Selections
from jxc_graphql.gql.plan.planner import missing_value
from jxc_graphql.gql.schema.types import Field, ObjectType, Ref

Path = tuple[str | int, ...]


class Completer:
    """Completes one answer and collects its errors."""

    def __init__(self, selections: Selections) -> None:
        self._selections = selections
        self.errors: list[GraphQLError] = []

    def root(self, kind: ObjectType, groups: Groups, data: dict[str, Any]) -> dict[str, Any] | None:
        """The data of the answer; None where an error reached the top."""
        try:
            return self._object(kind, groups, data, ())
        except GraphQLError as error:
            self.errors.append(error)
            return None

    def _object(self, kind: ObjectType, groups: Groups, source: dict[str, Any], path: Path) -> dict[str, Any]:
        return {key: self._field(kind, nodes, source[key], (*path, key)) for key, nodes in groups.items()}

    def _field(self, owner: ObjectType, nodes: list[FieldNode], value: Any, path: Path) -> Any:
        name = nodes[0].name.value
        if name == "__typename":
            return value
        field = owner.fields[name]
        try:
            return self._non_null(owner, field, nodes, value, path)
        except Exception as raw:  # noqa: BLE001  (every error becomes that of its field)
            error = located_error(raw, nodes, list(path))
            if not field.type.nullable:
                raise error from None
            self.errors.append(error)
            return None

    def _non_null(self, owner: ObjectType, field: Field, nodes: list[FieldNode], value: Any, path: Path) -> Any:
        if isinstance(value, Exception):
            raise value
        completed = self._value(owner, field, nodes, value, path)
        if completed is None and not field.type.nullable:
            raise missing_value(owner, field)
        return completed

    def _value(self, owner: ObjectType, field: Field, nodes: list[FieldNode], value: Any, path: Path) -> Any:
        if value is None:
            return None
        if field.type.many:
            return self._items(owner, field, nodes, value, path)
        return self._one(field.type, nodes, value, path)

    def _items(
        self, owner: ObjectType, field: Field, nodes: list[FieldNode], values: Sequence[Any], path: Path
    ) -> list[Any]:
        completed = []
        for index, value in enumerate(values):
            here = (*path, index)
            try:
                if isinstance(value, Exception):
                    raise value  # noqa: TRY301  (it is this item's)
                one = None if value is None else self._one(field.type, nodes, value, here)
                if one is None and not field.type.item_nullable:
                    raise missing_value(owner, field)  # noqa: TRY301
            except Exception as raw:  # noqa: BLE001
                error = located_error(raw, nodes, list(here))
                if not field.type.item_nullable:
                    raise error from None
                self.errors.append(error)
                one = None
            completed.append(one)
        return completed

    def _one(self, ref: Ref, nodes: list[FieldNode], value: Any, path: Path) -> Any:
        kind = ref.of
        if not isinstance(kind, ObjectType):
            return value
        if kind.abstract:
            kind = next(one for one in kind.possible if one.name == value.typename)
        return self._object(kind, self._selections.below(kind, nodes), value, path)
