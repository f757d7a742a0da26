"""Objects of a register: what it has of them comes from its own row, the rest by a statement per type that occurs."""

from collections.abc import Iterator, Mapping, Sequence

from graphql import FieldNode

from jxc_graphql.gql.plan.collect import Groups
from jxc_graphql.gql.plan.fetch import OfKind
from jxc_graphql.gql.plan.level import Alias, Level
from jxc_graphql.gql.plan.parts import Parts
from jxc_graphql.gql.plan.sql import Sql, of_kinds, quoted
from jxc_graphql.gql.schema.scalars import id_writer
from jxc_graphql.gql.schema.types import FromKey, ObjectType, Register


def seen_kinds(parts: Parts, interface: ObjectType, *, refused: bool) -> Sql:
    """The rows of a register whose type the caller may see, or with those that are `refused` to him."""
    register = interface.register
    assert register is not None
    kinds = [kind for kind, one in register.kinds.items() if refused or parts.refusal_of(one) is None]
    if register.complete and len(kinds) == len(register.kinds):
        return Sql("")
    return of_kinds(f"t0.{quoted(register.kind.name)}", kinds)


class Kinds:
    """The expression of a register's row as an object of the type that it says."""

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

    def expression(self, nodes: Sequence[FieldNode]) -> str:
        """The object that these nodes select; what the caller may not see is refused."""
        kinds = self._register.kinds
        refused = {kind: found for kind, one in kinds.items() if (found := self._parts.refusal_of(one)) is not None}
        cases = list(self._cases({kind: one for kind, one in kinds.items() if kind not in refused}, nodes))
        if refused:
            named = self._level.constant(refused)
            cases.insert(0, (f"{self._kind} in {named}", f"fail({named}[{self._kind}])"))
        return "(" + "".join(f"{made} if {holds} else " for holds, made in cases) + "None)"

    def _cases(self, kinds: Mapping[str, ObjectType], nodes: Sequence[FieldNode]) -> Iterator[tuple[str, str]]:
        alike: dict[tuple[tuple[str, tuple[int, ...]], ...], list[str]] = {}
        for kind, entity in kinds.items():
            groups = self._parts.selections.below(entity, nodes)
            shared = self._register.shared.get(entity.name, {})
            own = {key: some for key, some in groups.items() if some[0].name.value not in {*shared, "__typename"}}
            if own:
                yield f"{self._kind} == {kind!r}", self._with_own(kind, entity, groups, own)
            else:
                mark = tuple((key, tuple(id(one) for one in some)) for key, some in groups.items())
                alike.setdefault(mark, []).append(kind)
        for some in alike.values():
            typenames = {kind: kinds[kind].name for kind in some}
            groups = self._parts.selections.below(kinds[some[0]], nodes)
            yield self._shared(typenames, groups)

    def _shared(self, typenames: Mapping[str, str], groups: Groups) -> tuple[str, str]:
        """Objects of which the register has all that is selected."""
        names = self._level.constant(typenames)
        typename = f"{names}[{self._kind}]"
        parts = []
        for key, nodes in groups.items():
            name = nodes[0].name.value
            field = None if name == "__typename" else self._interface.fields[name]
            if field is None:
                parts.append((key, typename))
            elif isinstance(field.source, FromKey):
                writers = self._level.constant({kind: id_writer(title) for kind, title in typenames.items()})
                parts.append((key, f"{writers}[{self._kind}]({self._key})"))
            else:
                parts.append((key, self._parts.part(self._level, self._interface, field, self._alias, nodes)))
        return f"{self._kind} in {names}", f"Typed({typename}, {_object(parts)})"

    def _with_own(self, kind: str, entity: ObjectType, groups: Groups, own: Groups) -> str:
        """Objects that also have what only their own table knows."""
        rows = OfKind(kind, self._parts.own(entity, own))
        shared = self._register.shared.get(entity.name, {})
        found = self._level.extra([self._kind, self._key], rows)
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
        gone = self._level.constant(LookupError(f"{entity.name} is in the register and not in its own table"))
        made = f"Typed({entity.name!r}, {_object(parts)})"
        return f"(fail({gone}) if ({row} := {found}.get({self._key})) is None else {made})"


def _object(parts: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key!r}: {made}" for key, made in parts) + "}"
