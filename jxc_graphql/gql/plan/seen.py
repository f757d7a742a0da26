"""What a caller sees of what a column points to: conditions know no more of it than is shown."""
# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

from jxc_graphql.gql.plan.problems import denied
from jxc_graphql.gql.plan.sql import NOTHING, Dialect, Sql, both, in_scope, of_kinds, put, quoted, where
from jxc_graphql.gql.schema.types import Field, ModelColumn, ObjectType, Scope, Table
from jxc_graphql.kit.call import Call


def refusal_of(call: Call, entity: ObjectType) -> Exception | None:
    """Why a caller may not have objects of an entity at all."""
    assert entity.table is not None
    needed = entity.table.requires
    if call.actor_id is None or (needed is not None and needed not in call.permissions):
        return denied(call, needed)
    return None


def refusal(call: Call, field: Field) -> Exception | None:
    """Why a caller may not have a field, or what it leads to; None when he may."""
    kind = field.type.of
    entity = (kind.node or kind) if isinstance(kind, ObjectType) else None
    found = refusal_of(call, entity) if entity is not None and entity.table is not None else None
    if found is None and field.requires is not None and field.requires not in call.permissions:
        return denied(call, field.requires)
    return found


def seen_kinds(call: Call, interface: ObjectType, alias: str = "t0") -> Sql:
    """The rows of a register whose type the caller may see."""
    register = interface.register
    assert register is not None
    kinds = [kind for kind, one in register.kinds.items() if refusal_of(call, one) is None]
    if register.complete and len(kinds) == len(register.kinds):
        return NOTHING
    return of_kinds(f"{alias}.{quoted(register.kind.name)}", kinds)


def pointed(dialect: Dialect, call: Call, column: str, target: ObjectType) -> Sql:
    """The rows of which a caller sees what a column points to; empty where he sees all that it can be.

    What points into several tables may point to something else as well, which is shown to nobody.
    """
    entities = [target] if target.table is not None else target.members
    found = [_rows(dialect, call, column, one) for one in entities if refusal_of(call, one) is None]
    if len(found) == len(entities) == 1 and all(" WHERE " not in one.text for one in found):
        return NOTHING
    either = both(found, " OR ")
    return Sql(f"({either.text or '1 = 0'})", either.params)


def _rows(dialect: Dialect, call: Call, column: str, entity: ObjectType) -> Sql:
    assert entity.table is not None
    kinds = NOTHING if entity.register is None else seen_kinds(call, entity, "seen")
    own = in_scope(dialect, entity.table, "seen", call.scopes)
    select = f"{column} IN (SELECT seen.{quoted(entity.table.key)} FROM {quoted(entity.table.name)} seen"
    return put(Sql(select), where(kinds, own), Sql(")"))


def is_seen_with(owner: Table, column: ModelColumn, target: ObjectType) -> bool:
    """Whether a row is in scope just where that is to which a column of it points."""
    table = target.table
    if table is None or target.register is not None:
        return False
    return all(
        owner.scopes.get(name) == tuple(_through(column, table, way) for way in ways)
        for name, ways in table.scopes.items()
    )


def _through(column: ModelColumn, table: Table, way: Scope) -> Scope:
    """The way to a place by a column that points to a table."""
    if way == Scope((), table.key):
        return Scope((), column.name)
    return Scope(((column.name, table.name, table.key), *way.steps), way.column)
