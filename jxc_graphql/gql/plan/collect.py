"""Which fields a selection asks for, by response key: fragments spread, @skip and @include applied."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)

from jxc_graphql.gql.schema.types import ObjectType

Groups = dict[str, list[FieldNode]]


class Selections:
    """The selections of one document under one set of values for the variables that @skip and @include use."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self._fragments = fragments
        self._variables = variables

    def of(self, kind: ObjectType, sets: Iterable[SelectionSetNode | None]) -> Groups:
        """The fields that these selection sets together ask of an object of a type."""
        found: Groups = {}
        visited: set[str] = set()
        for one in sets:
            if one is not None:
                self._collect(kind, one, found, visited)
        return found

    def below(self, kind: ObjectType, nodes: Iterable[FieldNode]) -> Groups:
        """The same, for what stands below a field."""
        return self.of(kind, [node.selection_set for node in nodes])

    def _collect(self, kind: ObjectType, chosen: SelectionSetNode, found: Groups, visited: set[str]) -> None:
        for selection in chosen.selections:
            if selection.directives and not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                key = (selection.alias or selection.name).value
                found.setdefault(key, []).append(selection)
                continue
            if isinstance(selection, FragmentSpreadNode):
                if selection.name.value in visited:
                    continue
                visited.add(selection.name.value)
                fragment: Any = self._fragments[selection.name.value]
            else:
                fragment = selection
            condition = fragment.type_condition
            if condition is None or condition.name.value in kind.names:
                self._collect(kind, fragment.selection_set, found, visited)

    def _included(self, selection: SelectionNode) -> bool:
        for directive in selection.directives or ():
            if directive.name.value in {"skip", "include"} and self._condition(directive) == (
                directive.name.value == "skip"
            ):
                return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool:
        assert directive.arguments
        value = directive.arguments[0].value
        if isinstance(value, VariableNode):
            return bool(self._variables[value.name.value])
        assert isinstance(value, BooleanValueNode)
        return value.value


class _Deciders(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.names |= {one.value.name.value for one in node.arguments or () if isinstance(one.value, VariableNode)}


def deciding_variables(document: DocumentNode) -> tuple[str, ...]:
    """The variables on whose values the shape of the answer depends."""
    assert document.loc is not None
    if "@" not in document.loc.source.body:
        return ()
    visitor = _Deciders()
    visit(document, visitor)
    return tuple(sorted(visitor.names))
