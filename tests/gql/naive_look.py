"""What is hidden in an operation, and what is refused for it, found before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import graphql
from graphql import FieldNode, FragmentDefinitionNode, GraphQLError
from graphql.execution.values import VariableValues, get_variable_values

from jxc_graphql.gql.plan.collect import Groups, Selections
from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.schema.types import Built, Field, ObjectType, ToMany
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError, Forbidden, Rejected
from tests.gql.naive_page import Page
from tests.gql.naive_where import decoded

if TYPE_CHECKING:
    from tests.gql.naive import Naive

Path = tuple[str, ...]


class Look:
    """Goes through all that is asked of every type that there can be."""

    def __init__(self, naive: Naive, document: graphql.DocumentNode, given: Mapping[str, Any], call: Call) -> None:
        self.naive, self.call = naive, call
        (self.top,) = [one for one in document.definitions if isinstance(one, graphql.OperationDefinitionNode)]
        fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        values = get_variable_values(naive.core, self.top.variable_definitions or (), dict(given))
        assert isinstance(values, VariableValues)
        self.variables = values
        self.selections = Selections(fragments, values.coerced)
        self.found: dict[Path, str] = {}
        self.forbidden: list[Forbidden] = []
        self.only: set[str] | None = None

    def hidden(self) -> list[dict[str, Any]]:
        """The paths that are hidden, those of things named by their ids last."""
        root = self.naive.types.query
        asked = self.selections.of(root, [self.top.selection_set])
        self.fields(root, asked, ())
        for key, nodes in asked.items():
            field = root.fields.get(nodes[0].name.value)
            if field is not None and isinstance(field.source, Built):
                for one in self.named(field, nodes[0]):
                    with suppress(Forbidden):
                        self.naive.check_type(one, self.call)
                        continue
                    assert one.table
                    self.found.setdefault((key,), str(one.table.requires))
        return [{"path": list(path), "permission": str(one)} for path, one in self.found.items()]

    def refuse(self, field: Field, nodes: list[FieldNode]) -> None:
        """Raises what must not be filtered, sorted or added up by below a root field."""
        if field.source in {Built("node"), Built("nodes")}:
            self.only = {one.name for one in self.named(field, nodes[0])}
        self.below(field, nodes, ())
        if self.forbidden:
            raise min(self.forbidden, key=lambda one: one.field or "")

    def named(self, field: Field, node: FieldNode) -> list[ObjectType]:
        """The types of the things that `node` or `nodes` is asked for."""
        if field.source not in {Built("node"), Built("nodes")} or self.call.actor_id is None:
            return []
        try:
            told = graphql.get_argument_values(self.naive.core.query_type.fields[field.name], node, self.variables)  # type: ignore[union-attr]
        except GraphQLError:
            return []
        found = []
        for text in told.get("ids") or [told.get("id")]:
            with suppress(FieldError):
                kind = self.naive.types.objects.get(decoded(text).partition(":")[0])
                if kind is not None and kind.table is not None and "Node" in kind.names and self.naive.is_id(text):
                    found.append(kind)
        return found

    def fields(self, kind: ObjectType, asked: Groups, above: Path) -> None:
        for key, nodes in asked.items():
            field = kind.fields.get(nodes[0].name.value)
            if field is None:
                continue
            try:
                self.naive.check_shown(field, self.call)
            except Forbidden as refused:
                if kind.kind != "root":
                    self.found.setdefault((*above, key), refused.permission)
            except DomainError:
                continue
            else:
                self.below(field, nodes, (*above, key))

    def below(self, field: Field, nodes: list[FieldNode], path: Path) -> None:
        kind = field.type.of
        if not isinstance(kind, ObjectType):
            return
        if isinstance(field.source, ToMany) and field.source.paged:
            self.page(field.source, kind, nodes[0])
        for one in kind.possible if kind.abstract else [kind]:
            try:
                self.naive.check_type(one, self.call)
            except Forbidden as refused:
                if not field.type.many and field.source != Built("node"):
                    self.found.setdefault(path, refused.permission)
            except DomainError:
                continue
            else:
                if kind.name != "Node" or self.only is None or one.name in self.only:
                    self.inside(one, self.selections.below(one, nodes), path)

    def inside(self, kind: ObjectType, asked: Groups, path: Path) -> None:
        if kind.kind == "aggregates":
            self.figures(kind, asked)
        else:
            self.fields(kind, asked, path)

    def figures(self, kind: ObjectType, asked: Groups) -> None:
        for nodes in asked.values():
            numbers = kind.fields[nodes[0].name.value].type.of if nodes[0].name.value in kind.fields else None
            if isinstance(numbers, ObjectType) and kind.node:
                for one in self.selections.below(numbers, nodes).values():
                    field = numbers.fields.get(one[0].name.value)
                    if field is not None and field.requires and field.requires not in self.call.permissions:
                        self.forbidden.append(Forbidden(field.requires, f"{kind.node.name}.{field.name}"))

    def page(self, source: ToMany, kind: ObjectType, node: FieldNode) -> None:
        assert kind.node
        owner = next(
            owner.name
            for owner in self.naive.types.objects.values()
            for field in owner.fields.values()
            if field.source is source
        )
        core: Any = self.naive.core.type_map[owner]
        with suppress(FieldError, GraphQLError, Rejected):
            told = graphql.get_argument_values(core.fields[node.name.value], node, self.variables)
            try:
                Page(self.naive, kind.node, source, told, self.call)
            except Forbidden as refused:
                self.forbidden.append(refused)
