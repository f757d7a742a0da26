"""Objects of a register: what it has of them comes from its own row, the rest by a statement per type that occurs."""

from collections.abc import Collection, Hashable, Sequence

from graphql import FieldNode

from jxc_graphql.gql.plan.collect import Groups
from jxc_graphql.gql.plan.level import Alias, Kinds, Level
from jxc_graphql.gql.plan.parts import Parts
from jxc_graphql.gql.schema.scalars import id_writer
from jxc_graphql.gql.schema.types import FromKey, ObjectType, Register


class KindPlanner:
    """Plans a register's row as an object of the type that it says."""

    def __init__(self, parts: Parts, level: Level, interface: ObjectType, alias: Alias) -> None:
        assert interface.register is not None
        assert interface.table is not None
        self._parts = parts
        self._level = level
        self._interface = interface
        self._register: Register = interface.register
        self._alias = alias
        self._kind = level.column(alias, self._register.kind.name)
        self._key = level.column(alias, interface.table.key)
        self._all_alike = False

    def expression(self, nodes: Sequence[FieldNode]) -> str:
        """The object that these nodes select; None for what the caller may not see."""
        kinds = self._register.kinds
        alike = self._alike([kind for kind, one in kinds.items() if self._parts.refusal_of(one) is None], nodes)
        known = self._alias is self._level.root or (self._register.complete and sum(map(len, alike)) == len(kinds))
        self._all_alike = known and len(alike) == 1
        cases = [self._case(some, nodes) for some in alike]
        return f"({' else '.join([*cases, 'None'])})"

    def _alike(self, kinds: Sequence[str], nodes: Sequence[FieldNode]) -> Collection[Sequence[str]]:
        """The kinds, those together of which the same is selected and known to the register."""
        found: dict[Hashable, list[str]] = {}
        for kind in kinds:
            groups = self._groups(kind, nodes)
            same = tuple((key, tuple(map(id, some))) for key, some in groups.items())
            found.setdefault(kind if self._own(kind, groups) else same, []).append(kind)
        return found.values()

    def _groups(self, kind: str, nodes: Sequence[FieldNode]) -> Groups:
        return self._parts.selections.below(self._register.kinds[kind], nodes)

    def _own(self, kind: str, groups: Groups) -> Groups:
        """What only the kind's own table knows."""
        known = self._register.shared.get(self._register.kinds[kind].name, {})
        return {key: some for key, some in groups.items() if some[0].name.value not in {*known, "__typename"}}

    def _case(self, kinds: Sequence[str], nodes: Sequence[FieldNode]) -> str:
        """The object for rows of some kinds."""
        level, outer = self._level, self._level.only
        level.only = outer if self._all_alike else Kinds(self._kind, frozenset(kinds))
        groups = self._groups(kinds[0], nodes)
        own = self._own(kinds[0], groups)
        if own:
            made, holds = self._with_own(self._register.kinds[kinds[0]], groups, own), f"== {kinds[0]!r}"
        else:
            typenames = level.constant({kind: self._register.kinds[kind].name for kind in kinds})
            made, holds = self._shared(kinds, typenames, groups), f"in {typenames}"
        level.only = outer
        return f"{made} if {self._kind} {holds}"

    def _shared(self, kinds: Sequence[str], typenames: str, groups: Groups) -> str:
        """Objects of which the register has all that is selected."""
        typename = f"{typenames}[{self._kind}]"
        parts = []
        for key, nodes in groups.items():
            name = nodes[0].name.value
            field = None if name == "__typename" else self._interface.fields[name]
            if field is None:
                parts.append((key, typename))
            elif isinstance(field.source, FromKey):
                writers = {kind: id_writer(self._register.kinds[kind].name) for kind in kinds}
                write = self._level.constant(writers, f"the ids of {', '.join(kinds)}")
                parts.append((key, f"{write}[{self._kind}]({self._key})"))
            else:
                parts.append((key, self._parts.part(self._level, self._interface, field, self._alias, nodes)))
        return f"Typed({typename}, {_object(parts)})"

    def _with_own(self, entity: ObjectType, groups: Groups, own: Groups) -> str:
        """Objects that also have what only their own table knows."""
        shared = self._register.shared.get(entity.name, {})
        found = self._level.extra([self._key], self._parts.own(entity, own))
        row = found.replace("x", "o")
        parts = []
        for key, nodes in groups.items():
            name = nodes[0].name.value
            if key in own:
                parts.append((key, f"{row}[{key!r}]"))
            elif name == "__typename":
                parts.append((key, repr(entity.name)))
            else:
                parts.append((key, self._parts.part(self._level, entity, shared[name], self._alias, nodes)))
        gone = self._level.failure(LookupError(f"{entity.name} is in the register and not in its own table"))
        made = f"Typed({entity.name!r}, {_object(parts)})"
        return f"({gone} if ({row} := {found}.get({self._key})) is None else {made})"


def _object(parts: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key!r}: {made}" for key, made in parts) + "}"
