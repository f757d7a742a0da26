"""What rights may take away of a field, by what was declared: permissions, what they include, and scopes.

Nobody says of a field that it is never null: it follows from the permission and the scope of its owner, without which
there would be no owner.
"""

from collections.abc import Iterator, Mapping

from jxc_graphql.gql.schema.types import (
    Built,
    Field,
    FromRegister,
    ModelColumn,
    ObjectType,
    Scope,
    Table,
    ToMany,
    ToOne,
)
from jxc_graphql.kit import rights

_NULL = {
    "payload": "where it was refused",
    "numbers": "where there is nothing",
}


def takes(owner: ObjectType, field: Field) -> list[str]:
    """The permissions that a field takes beyond those that its owner takes, or includes."""
    own, target = (owner.node or owner).requires, _target(field)
    needed = [field.requires, None if target is None else target.requires]
    left = dict.fromkeys(one for one in needed if one is not None and not rights.includes(own, one))
    return [one for one in left if not any(rights.includes(other, one) for other in left if other != one)]


def may_be_hidden(owner: ObjectType, field: Field) -> bool:
    """Whether a field may be null because of the caller's rights; a list of a payload is empty then.

    Root fields may be, so that what is refused leaves its neighbours alone.
    """
    if owner.kind == "payload" and field.type.many:
        return False
    if owner.kind == "root":
        return True
    return bool(takes(owner, field)) or may_be_out_of_scope(owner, field)


def may_be_out_of_scope(owner: ObjectType, field: Field) -> bool:
    """Whether the one thing that a field leads to may be out of sight though its owner is not.

    What is of several types may be of one that the caller does not see. Lists leave out what is out of sight.
    """
    target = _target(field)
    if target is None or not target.loaded or field.hides_row or isinstance(field.source, ToMany) or field.type.many:
        return False
    if target.abstract:
        return True
    assert target.table is not None
    source = field.source.source if isinstance(field.source, FromRegister) else field.source
    if not isinstance(source, ToOne):
        return bool(target.table.scopes) and not isinstance(source, Built)
    known: Mapping[str, tuple[Scope, ...]] = owner.table.scopes if owner.table is not None else {}
    return not all(
        _leads_into(known.get(name, ()), {through(source.column, target.table, way) for way in ways})
        for name, ways in target.table.scopes.items()
    )


def _leads_into(own: tuple[Scope, ...], others: set[Scope]) -> bool:
    """Whether whatever lies in scope by its own ways does so by others: one place is enough, and none hides nothing."""
    return set(own) == others or (bool(own) and set(own) <= others and not any(one.nullable for one in own))


def through(column: ModelColumn, table: Table, way: Scope) -> Scope:
    """The way to a place by a column that points to a table."""
    if way == Scope((), table.key):
        return Scope((), column.name, column.nullable)
    return Scope(((column.name, table.name, table.key), *way.steps), way.column, way.nullable)


def when_null(owner: ObjectType, field: Field) -> str:
    """The sentence that says when a field is null, as far as that follows from what it is; empty for all others."""
    told = list(_reasons(owner, field)) if field.type.nullable else []
    return f" Null {', '.join(told)}." if told else ""


def _reasons(owner: ObjectType, field: Field) -> Iterator[str]:
    if owner.kind == "root":
        return  # which all of them are where they are refused, as their type says
    if owner.kind in _NULL:
        yield _NULL[owner.kind]
    yield from (f"without {one}" for one in takes(owner, field))
    if may_be_out_of_scope(owner, field):
        yield "out of sight"


def _target(field: Field) -> ObjectType | None:
    kind = field.type.of
    return (kind.node or kind) if isinstance(kind, ObjectType) else None
