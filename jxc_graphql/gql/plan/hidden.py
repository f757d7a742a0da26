"""What of a selection a caller may not see: it is null without an error, and named once, whatever rows there are."""

from collections.abc import Sequence

from graphql import FieldNode

from jxc_graphql.gql.plan.collect import Groups, Selections
from jxc_graphql.gql.plan.seen import refusal, refusal_of
from jxc_graphql.gql.schema.types import Built, Field, ObjectType
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden

Path = tuple[str, ...]
"""Response keys from the top, without positions in lists."""
Hidden = dict[Path, str]
"""By path, the permission that it takes; of several the first one that is missing."""


class Hiding:
    """Finds the paths of an operation that are hidden from one caller."""

    def __init__(self, selections: Selections, call: Call) -> None:
        self._selections = selections
        self._call = call
        self._found: Hidden = {}

    def of_root(self, kind: ObjectType, groups: Groups, above: Path = ()) -> Hidden:
        """Those below the fields of a root type; a root field itself is refused with an error."""
        for key, nodes in groups.items():
            field = kind.fields.get(nodes[0].name.value)
            if field is not None and refusal(self._call, field) is None:
                self._seen(field, nodes, (*above, key))
        return self._found

    def _fields(self, kind: ObjectType, groups: Groups, above: Path) -> None:
        for key, nodes in groups.items():
            field, path = kind.fields.get(nodes[0].name.value), (*above, key)
            if field is None:
                continue
            refused = refusal(self._call, field)
            if refused is None:
                self._seen(field, nodes, path)
            elif isinstance(refused, Forbidden):
                self._found.setdefault(path, refused.permission)

    def _seen(self, field: Field, nodes: Sequence[FieldNode], path: Path) -> None:
        """What is hidden of a field that is not: objects of some types, and what lies below the others."""
        kind = field.type.of
        if not isinstance(kind, ObjectType) or kind.kind == "numbers":
            return
        if kind.kind == "root":
            self.of_root(kind, self._selections.below(kind, nodes), path)
            return
        for one in kind.possible if kind.abstract else [kind]:
            refused = refusal_of(self._call, one) if one.table is not None else None
            if refused is None:
                self._fields(one, self._selections.below(one, nodes), path)
            elif isinstance(refused, Forbidden) and not field.type.many and field.source != Built("node"):
                self._found.setdefault(path, refused.permission)
