"""What is hidden from somebody, and a copy of a database in which nothing else is different.

In the copy whatever is hidden has other ids, and they are in another order; its texts, numbers and days are others, and
there is more of it. What is seen is untouched, except for what it says of what is hidden.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from jxc_graphql.gql.schema.types import Field, FromColumn, FromFunction, FromRegister, ObjectType, Table, ToOne, Types
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.numbers import Fixed, FixedField, Money, Quantity, UnitPrice
from jxc_graphql.office.auth.permissions import Dimension, Permission

Row = dict[str, Any]
_LEAST = 10**12
"""Of the ids that are made; those of a table alone, and of places that no warehouse has, are less."""
_OF_OTHERS = {"document_link", "journal"}
_LEVEL = (
    *("on_hand", "available", "sellable", "unfit", "reserved", "waiting", "incoming", "in_transit", "lent"),
    *("quality", "damaged", "value", "unit_cost", "in_transit_value", "lent_value"),
)
_TERMS = {("supplier_price", "minimum_quantity"), ("supplier_price", "pack_quantity")}
_LAYER = {("cost_layer", "quantity"), ("cost_layer", "origin_on")}
_PERIOD = {("period", "starts_on"), ("period", "ends_on")}
_SHOWN: dict[str, set[tuple[str, str]]] = {
    Dimension.WAREHOUSE: _LAYER,
    Permission.SEE_STOCK: {
        ("cost_layer", "value"),
        *_LAYER,
        *_PERIOD,
        ("place_level", "quantity"),
        *(("stock_level", name) for name in _LEVEL),
    },
    Permission.SEE_COST: {*_TERMS, *_LAYER},
    Permission.SEE_CATALOG: {("sku", "code")},
}
"""By what is hidden, what of it is shown on purpose, in another place: what is on its way there; how much there is, how
old, by alerts and reports, and what it is worth, by its revaluation; what is closed, by who posts; how much to order of
who sells by the box; by which code a message speaks of goods that one handles.
"""
_ONCE = {"place", "place_level", "cost_layer", "supplier_price"}
"""One more would be seen by what is seen, as those columns are."""
_TEXTS = {"number", "code", "name", "note", "search_text", "text", "title", "username"}
_ID = re.compile(r"\d{12,}")
_COSTS = re.compile(r'("(?:value|cost|total|amount|unit_cost|unit_price|worth)": ?)"?(-?\d+)(?:\.\d+)?"?')
_NOTE = re.compile(r'("note": ?")([^"]+)"')


class Rows(msgspec.Struct, frozen=True):
    """All rows of a database by table, and which columns are amounts of what kind."""

    tables: dict[str, list[Row]]
    amounts: dict[str, dict[str, type[Fixed]]]


async def read() -> Rows:
    """Everything in the connected database."""
    apps = current().context.apps
    assert apps
    tables, amounts = {}, {}
    for meta in (model._meta for model in apps.get_models_iterable()):  # noqa: SLF001
        columns = sorted(meta.db_fields)
        names = ", ".join(f'"{name}"' for name in columns)
        rows = await db.fetch(f'SELECT {names} FROM "{meta.db_table}"')
        tables[meta.db_table] = [dict(zip(columns, row, strict=True)) for row in rows]
        fixed = {field.source_field or name: field for name, field in meta.fields_map.items()}
        amounts[meta.db_table] = {name: one.kind for name, one in fixed.items() if isinstance(one, FixedField)}
    tables.pop("id_node", None)
    return Rows(tables, amounts)


_SAME = {"journal", "company", "company_time_zone"}
"""In which all copies have the same beginning, for good."""


@db.transactional
async def write(rows: Rows) -> None:
    """Has the connected database, whose tables are those of a migrated one, hold these rows alone."""
    postgres = db.dialect() == "postgres"
    unchecked = "SELECT set_config('session_replication_role', 'replica', true)"
    await db.fetch(unchecked if postgres else "PRAGMA defer_foreign_keys = 1")
    for table in rows.tables.keys() - _SAME:
        await db.execute(f'DELETE FROM "{table}"')
    for table, some in rows.tables.items():
        for row in some:
            names, holes = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
            into = f'INSERT INTO "{table}" ({names}) VALUES ({holes}) ON CONFLICT DO NOTHING'
            await db.execute(into, tuple(row.values()))
    counted = {table for table, some in rows.tables.items() if any(0 < row.get("id", 0) < _LEAST for row in some)}
    for table in counted - {"place", "company"} if postgres else ():
        await db.fetch(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


class Sight:
    """What one caller may see of some rows, as the schema declares it."""

    def __init__(self, types: Types, rows: Rows, call: Call) -> None:
        self._rows = rows
        self._call = call
        self._entities: dict[str, list[ObjectType]] = defaultdict(list)
        for one in types.objects.values():
            if one.table is not None:
                self._entities[one.table.name].append(one)
        self._found = {(table, row.get("id")): row for table, some in rows.tables.items() for row in some}
        self._ids = {row["id"] for some in rows.tables.values() for row in some if row.get("id", 0) > _LEAST}
        self.hidden: set[int] = set()
        self._hidden()
        self.columns = {table: set(self._hidden_columns(some)) for table, some in self._entities.items()}

    def hides(self, table: str, row: Row) -> bool:
        """Whether he sees a row in no way: nor what it is about, where it is reached from that alone."""
        if table in self._entities and table not in _OF_OTHERS:
            return not any(self._sees(one, row) for one in self._entities[table])
        about = ids_in(row) & self._ids - {row.get("id")}
        return bool(self.hidden & about) if table in self._entities else bool(about) and about <= self.hidden

    def is_told(self, row: Row) -> bool:
        """Whether it is of a document that he sees, which tells how much was moved, and is moved still."""
        return row.get("document_id") in self._ids - self.hidden

    def _hidden(self) -> None:
        """Finds the ids of what is hidden, and of what nobody looks at and is about that."""
        hiding = {one for one, some in self._entities.items() if any(map(_is_hidden_with_another, some))}
        tables = sorted(self._rows.tables.items(), key=lambda one: (one[0] not in self._entities, one[0] in hiding))
        for table, some in tables:
            if table not in _OF_OTHERS:
                self.hidden |= {row["id"] for row in some if row.get("id", 0) > _LEAST and self.hides(table, row)}

    def _sees(self, entity: ObjectType, row: Row) -> bool:
        table = entity.table
        assert table is not None
        if not self._may(table.requires) or self.hidden & set(self._without_which_not_shown(entity, row)):
            return False
        if entity.register is not None:
            kind = entity.register.kinds.get(row[entity.register.kind.name])
            if kind is None or kind.table is None or not self._may(kind.table.requires):
                return False
        return all(self._within(table, row, name, places) for name, places in self._call.limits.items())

    def _without_which_not_shown(self, entity: ObjectType, row: Row) -> Iterator[int]:
        """The ids of that without which a row is not shown."""
        for field in entity.fields.values():
            if field.hides_row and isinstance(field.source, ToOne) and row[field.source.column.name] is not None:
                yield row[field.source.column.name]

    def _within(self, table: Table, row: Row, dimension: str, places: Collection[int]) -> bool:
        found, ways = [], table.scopes.get(dimension, ())
        for way in ways:
            at: Row | None = row
            for column, other, _ in way.steps:
                at = None if at is None else self._found.get((other, at[column]))
            found.append(None if at is None else at[way.column])
        known = [one for one in found if one is not None]
        nowhere = not known and all(way.nullable for way in ways)
        return nowhere or any(one in places for one in known)

    def _may(self, permission: str | None) -> bool:
        return permission is None or permission in self._call.permissions

    def _hidden_columns(self, entities: Iterable[ObjectType]) -> Iterator[str]:
        """The columns that are shown with a permission that he lacks, and in no other way."""
        seen: set[str] = set()
        hidden: set[str] = set()
        for entity in entities:
            for field in entity.fields.values():
                (seen if self._may(field.requires) else hidden).update(_columns(field))
        yield from hidden - seen
        yield from {f"base_{name}" for name in hidden - seen} - seen  # nobody need show both


def _is_hidden_with_another(entity: ObjectType) -> bool:
    return any(field.hides_row for field in entity.fields.values())


def _columns(field: Field) -> Iterator[str]:
    match field.source:
        case FromColumn(column):
            yield column.name
        case FromFunction(columns=columns):
            yield from (one.name for one in columns)
        case FromRegister():
            return


def ids_in(row: Row) -> set[int]:
    """The ids of whatever a row is about, its own among them."""
    return {value for name, value in row.items() if isinstance(value, int) and value > _LEAST and name != "xid"}


def veiled(rows: Rows, sight: Sight, call: Call) -> Rows:
    """The same rows but for what is hidden."""
    ids = sorted(sight.hidden)
    lowest = min(ids, default=0)
    names = {key: lowest - 2 * number - 2 for number, key in enumerate(ids)}
    lacking = {*call.reach, *(one for one in Permission if one not in call.permissions)}
    shown = {one for name, some in _SHOWN.items() if name in lacking for one in some}
    changed = _Changed(rows, sight, names, shown, costs=Permission.SEE_COST in lacking)
    return Rows({table: list(changed.table(table)) for table in rows.tables}, rows.amounts)


class _Changed:
    def __init__(
        self, rows: Rows, sight: Sight, names: dict[int, int], shown: set[tuple[str, str]], *, costs: bool
    ) -> None:
        self._rows, self._sight, self._names, self._shown, self._costs = rows, sight, names, shown, costs
        self._first_day = min(row["business_date"] for row in rows.tables["document"])

    def table(self, table: str) -> Iterator[Row]:
        for row in self._rows.tables[table]:
            hidden = self._sight.hides(table, row)
            if hidden and table == "document_link":
                continue
            moved = {name for name, kind in self._rows.amounts[table].items() if kind is Quantity}
            told = moved if hidden and self._sight.is_told(row) else set()
            kept = {"code"} if table == "place" and not row["is_bin"] else set()  # it is that of its kind
            if table == "journal" and '"stock_level_ids"' in row["body"]:
                kept = {"name"}  # that they changed is told to whoever sees these levels
            made = {
                name: value if name in told | kept else self._value(table, name, value, hidden=hidden)
                for name, value in row.items()
            }
            yield made
            if hidden and made.get("id", 0) > _LEAST and table not in _ONCE:
                yield {name: _more(name, value, row[name]) for name, value in made.items()}

    def _value(self, table: str, name: str, value: Any, *, hidden: bool) -> Any:
        kind = self._rows.amounts[table].get(name)
        internal = table not in self._sight.columns and self._costs and kind in {Money, UnitPrice}
        if isinstance(value, bool) or value is None or (table, name) in self._shown:
            return value
        if name == "business_date" and value == self._first_day:
            return value  # whoever may open the books is told that they cannot open later
        if isinstance(value, int) and value in self._names:
            return self._names[value]
        if isinstance(value, str) and table == "journal" and name == "body":
            return self._body(value, hidden=hidden)
        if hidden or internal or name in self._sight.columns.get(table, ()):
            return _other(name, value, kind)
        return value

    def _body(self, body: str, *, hidden: bool) -> str:
        body = _ID.sub(lambda found: str(self._names.get(int(found[0]), found[0])), body)
        if self._costs:
            body = _COSTS.sub(lambda found: found[0].replace(found[2], str(int(found[2]) * 2)), body)
        return _NOTE.sub(r'\1\2 †"', body) if hidden else body


def _other(name: str, value: Any, kind: type[Fixed] | None) -> Any:
    """Another value that a column may hold; whatever steers the program stays as it is."""
    if kind is not None:
        return value * 2
    if isinstance(value, datetime):
        return value + timedelta(days=1)
    if isinstance(value, date):
        return value - timedelta(days=1)
    if isinstance(value, str) and name in _TEXTS:
        return f"{value} †"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return str(date.fromisoformat(value) - timedelta(days=1))
    return value


def _more(name: str, value: Any, before: Any) -> Any:
    """A value of one row more, of the same things as another; what code is taken everybody hears, so it stays taken."""
    if name == "id":
        return value - 1
    if isinstance(value, str) and name == "number":
        return f"{value}‡"
    return before if name == "code" else value
