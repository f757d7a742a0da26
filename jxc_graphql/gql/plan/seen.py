"""What a caller sees of what a column points to: conditions know no more of it than is shown."""
# ruff: noqa: S608  (statements are made of our own table and column names; every value is a parameter)

import re
from typing import NamedTuple

from jxc_graphql.gql.plan.problems import denied
from jxc_graphql.gql.plan.sql import NOTHING, Dialect, Key, Sql, both, has_part, in_scope, of_kinds, put, quoted, where
from jxc_graphql.gql.schema.sight import through
from jxc_graphql.gql.schema.types import Edge, Field, ModelColumn, ObjectType, Table
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.spelling import folded

_SPELT_ALWAYS_ALIKE = re.compile(r"[ -~\u4e00-\u9fff]{2,}")


def refusal_of(call: Call, entity: ObjectType) -> Exception | None:
    """Why a caller may not have objects of an entity at all."""
    needed = entity.requires
    if call.actor_id is None or (needed is not None and needed not in call.permissions):
        return denied(call, needed)
    return None


def refusal(call: Call, field: Field) -> Exception | None:
    """Why a caller may not have a field, or what it leads to; None when he may."""
    kind = field.type.of
    entity = (kind.node or kind) if isinstance(kind, ObjectType) else None
    guarded = entity is not None and (entity.table is not None or entity.requires is not None)
    found = refusal_of(call, entity) if entity is not None and guarded else None
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
    own = in_scope(dialect, entity.table, "seen", call.limits)
    select = f"{column} IN (SELECT seen.{quoted(entity.table.key)} FROM {quoted(entity.table.name)} seen"
    return put(Sql(select), where(kinds, own), Sql(")"))


def joined(dialect: Dialect, call: Call, owner: ObjectType, edge: Edge, column: ModelColumn) -> list[Key]:
    """What rows are sorted by in the order of what an edge leads to: a column of that, and its id where it is equal.

    NULL where that is hidden from the caller.
    """
    table, target = edge.target.table, edge.target
    assert table is not None
    assert owner.table is not None
    alias = f"o_{edge.field.name}"
    hidden = NOTHING
    if not is_seen_with(owner.table, edge.column, target):
        kinds = NOTHING if target.register is None else seen_kinds(call, target, alias)
        hidden = both([kinds, in_scope(dialect, table, alias, call.limits)])
    always = edge.is_sure and not edge.column.nullable and not hidden.text
    to = f"{alias}.{quoted(table.key)} = t0.{quoted(edge.column.name)}"
    named = f"{quoted(table.name)} {alias}"
    join = put(Sql(f" {'' if always else 'LEFT '}JOIN {named} ON "), both([Sql(to), hidden]))
    led = (named, to, edge.column.name) if edge.is_sure and not hidden.text else ("", "", "")
    return [
        Key(f"{edge.field.name}.{one.name}", f"{alias}.{quoted(one.name)}", one, one.nullable or not always, join, *led)
        for one in (column, table.columns[table.key])
    ]


class SeenRow(NamedTuple):
    """A row of an entity in a statement, as far as the caller sees it."""

    entity: ObjectType
    alias: str

    def column(self, column: ModelColumn) -> str:
        """One of its columns."""
        return f"{self.alias}.{quoted(column.name)}"

    def reached(self, dialect: Dialect, call: Call, from_column: str, by: ModelColumn | None, holds: Sql) -> Sql:
        """The rows whose column holds the key of such a row, or what stands in it `by` another column."""
        return put(Sql(f"{from_column} IN ("), self.keys(dialect, call, by, holds), Sql(")"))

    def keys(self, dialect: Dialect, call: Call, by: ModelColumn | None, holds: Sql) -> Sql:
        """These keys."""
        table = self.entity.table
        assert table is not None
        kinds = NOTHING
        if self.entity.register is not None:
            kinds = seen_kinds(call, self.entity, self.alias)
        shown = f"{self.alias}.{quoted(table.key if by is None else by.name)}"
        own = in_scope(dialect, table, self.alias, call.limits)
        return put(Sql(f"SELECT {shown} AS k FROM {quoted(table.name)} {self.alias}"), where(kinds, own, holds))

    def spelt(self, dialect: Dialect, column: ModelColumn, text: object) -> Sql:
        """What must hold, for the sake of indexes, of what is written for searches where a column contains a text.

        Empty where the column is not spelt there, or the text is of letters that may be spelt otherwise in a context.
        """
        is_alike = isinstance(text, str) and _SPELT_ALWAYS_ALIKE.fullmatch(text)
        part = folded(str(text)) if is_alike else ""
        for entity in (self.entity, *self.entity.interfaces):
            table = entity.table
            if part and table is not None and column.name in table.texts:
                if entity is self.entity:
                    return has_part(dialect, table, self.alias, part)
                holds = has_part(dialect, table, "spelt", part)
                key, name = quoted(table.key), quoted(table.name)
                chosen = f"{self.alias}.{key} IN (SELECT spelt.{key} FROM {name} spelt WHERE {holds.text})"
                return Sql(chosen, holds.params)
        return NOTHING

    def below(self, dialect: Dialect, above: ModelColumn, keys: Sql) -> Sql:
        """It is one of those with these keys, or lies below one in the tree that a column makes."""
        table = self.entity.table
        assert table is not None
        key, name = quoted(table.key), quoted(table.name)
        first = f"SELECT {key} FROM {name} WHERE {dialect.one_of(key)}"
        more = f"SELECT b.{key} FROM {name} b JOIN tree ON b.{quoted(above.name)} = tree.k"
        tree = f"WITH RECURSIVE tree(k) AS ({first} UNION {more}) SELECT k FROM tree"
        return Sql(f"{self.alias}.{key} IN ({tree})", keys.params)


def is_seen_with(owner: Table, column: ModelColumn, target: ObjectType) -> bool:
    """Whether a row is in scope just where that is to which a column of it points."""
    table = target.table
    if table is None or target.register is not None:
        return False
    return all(
        owner.scopes.get(name) == tuple(through(column, table, way) for way in ways)
        for name, ways in table.scopes.items()
    )
