"""Registers: which fields of an entity are those of an interface with a table, and what its rows are."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from jxc_graphql.gql.schema.sources import SourceFinder, columns_of
from jxc_graphql.gql.schema.types import (
    Built,
    Field,
    FromColumn,
    FromFunction,
    FromRegister,
    ObjectType,
    Ref,
    Register,
    Table,
    ToOne,
)
from jxc_graphql.gql.words.describe import DeclarationError, screaming
from jxc_graphql.gql.words.entity import Member, declaration


def register_of(name: str, table: Table, kind: str) -> Register:
    """What is known of a register before its types are."""
    if kind not in table.columns:
        raise DeclarationError(name, f"its kind is in the unknown column {kind!r}", "Name a column of the model")
    return Register(table.columns[kind])


def fill(interface: ObjectType) -> None:
    """Tells a register the entities that it has rows of."""
    register = interface.register
    assert register is not None
    assert interface.table is not None
    register.kinds = {screaming(one.name): one for one in interface.members}
    enum = register.kind.leaf.enum
    register.complete = enum is not None and set(enum) <= set(register.kinds)
    for kind, entity in register.kinds.items():
        assert entity.table is not None
        if enum is not None and kind not in enum.__members__:
            raise DeclarationError(entity.name, f"{enum.__name__} has no {kind}", "Add it: it names the type")
        for dimension in entity.table.scopes.keys() - interface.table.scopes.keys():
            raise DeclarationError(
                entity.name, f"{interface.name} does not keep to its scope {dimension}", "Scope both alike"
            )


class FieldFinder:
    """Finds the fields of one object type: those that a register has for it are shared with the register."""

    def __init__(self, cls: type, owner: ObjectType, ref: Callable[[Any, str], Ref]) -> None:
        self._cls = cls
        self._owner = owner
        self._own = SourceFinder(owner, ref)
        self._registers = {
            base: (above, SourceFinder(above, ref)) for base, above in _above(cls, owner) if owner.table is not None
        }

    def field(self, member: Member, of: type | None = None) -> Field:
        """The field that a member declares; `of`: the class that it was added to from outside."""
        for base, (above, finder) in self._registers.items():
            if of is base or (of is None and self._inherits(member, base)):
                there = finder.field(member)
                if not isinstance(there.source, Built):
                    return self._shared(above, there, member)
        return self._own.field(member)

    def _inherits(self, member: Member, base: type) -> bool:
        if member.name in vars(self._cls).get("__annotations__", ()):
            return False
        return any(member.name in vars(one).get("__annotations__", ()) for one in base.__mro__)

    def _shared(self, above: ObjectType, there: Field, member: Member) -> Field:
        assert above.table is not None
        assert above.register is not None
        assert self._owner.table is not None
        if set(columns_of(member, there.type)) <= set(self._owner.table.columns):
            field = self._own.field(member)
        else:
            assert isinstance(there.source, FromColumn | ToOne | FromFunction)
            field = dataclasses.replace(there, source=FromRegister(above.table, there.source))
        shared = above.register.shared.setdefault(self._owner.name, {})
        shared[field.name] = dataclasses.replace(field, source=there.source)
        return field


def _above(cls: type, owner: ObjectType) -> Iterator[tuple[type, ObjectType]]:
    interfaces = {one.name: one for one in owner.interfaces}
    for base in cls.__mro__[1:]:
        told = declaration(base)
        if told is not None and told.kind_column is not None:
            yield base, interfaces[base.__name__]
