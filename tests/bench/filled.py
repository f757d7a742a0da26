"""Every table full of rows that only lists look at: made in the database, of each column's type.

    await filled.fill(url, 100_000, tables)

makes so many SKUs and as many rows of most other tables, twenty movements and four levels of each. Nothing of it fits
together as books do; what a column points to is there.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from tortoise import fields
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.db.connect import current

WAREHOUSES = 20
APART = 10**9
"""Ids of two tables are so far from each other."""
RARE = 1_000
"""One row of so many is of another kind than the others."""
SMALL = {
    "branch": 5, "warehouse": WAREHOUSES, "place": 200, "category": 300, "user": 50, "role": 0, "supplier": 2_000,
    "customer": 2_000, "period": 60, "company": 0, "company_time_zone": 0, "product_attribute": 500, "kit": 500,
    "attribute_value": 500, "stocktake": 300, "stocktake_sheet": 300, "approval_deputy": 50, "approval_policy": 50,
    "numbering_rule": 20, "payment_term": 30, "customer_level": 10, "price_list": 300, "promotion": 300,
    "account_chart": 0, "account": 300, "own_field": 50, "print_template": 20, "tax_code": 50,
    "currency": 0, "schedule": 0,
}  # fmt: skip
MANY = {"stock_movement": 20, "stock_level": 4}
PAIRED = {"stock_level", "stock_limit", "stock_alert"}
"""A SKU in a warehouse, once each."""
LEFT = {
    "journal", "id_node", "tortoise_migrations", "search_index", "alert_review", "book_day", "document_number",
    "idempotency_key", "user_role", "role_permission", "job",
}  # fmt: skip
_DAY = "(n * 7 + n / 1000) % 3000"
"""Each day has rows of all that others than days are told by."""
_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE %'",
    "postgres": """
        SELECT quote_ident(c.relname), pg_get_indexdef(i.indexrelid) FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        WHERE NOT i.indisunique AND c.relnamespace = current_schema()::regnamespace""",
}
"""What is faster made when the rows are there."""
_FAST = """
    PRAGMA ignore_check_constraints = 1; PRAGMA synchronous = 0; PRAGMA cache_size = -400000
"""
_CHECKS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype IN ('c', 'f') AND connamespace = current_schema()::regnamespace"""


def models() -> list[type[Model]]:
    """Those of the connected database."""
    apps = current().context.apps
    assert apps
    return list(apps.get_models_iterable())


def _around(indexes: Sequence[Sequence[str]], statements: Sequence[str]) -> Iterator[str]:
    """The statements without these indexes, which are there again afterwards."""
    yield from (f"DROP INDEX {name}" for name, _ in indexes)
    yield from statements
    yield from (made for _, made in indexes)


class Filler:
    """Writes the rows of one table after the other."""

    def __init__(self, url: str, skus: int, entities: set[str]) -> None:
        """`entities`: the tables that lists are of."""
        self._url = url
        self._postgres = db.dialect() == "postgres"
        self._models = {model._meta.db_table: model for model in models()}  # noqa: SLF001
        names = sorted(name for name in self._models if name in entities - LEFT)
        self.base = {name: APART * (number + 1) for number, name in enumerate(names)}
        if "document" in names:  # which are the same things
            self.base["document"] = self.base.get("purchase_order", self.base["document"])
        self.rows = {name: SMALL.get(name, MANY.get(name, 1) * skus) for name in names}
        self._tables = {model.__name__: name for name, model in self._models.items()}

    async def fill(self) -> None:
        """All of them; what tables demand of their rows is not looked at."""
        statements = [self._statement(name, rows) for name, rows in self.rows.items() if rows]
        if not self._postgres:
            with closing(sqlite3.connect(urlsplit(self._url).path)) as connection:
                connection.executescript(_FAST)
                for statement in _around(connection.execute(_INDEXES["sqlite"]).fetchall(), statements):
                    connection.execute(statement)
                connection.commit()
            return
        import asyncpg  # noqa: PLC0415  (an extra: SQLite alone is measured without it)

        connection = await asyncpg.connect(self._url)
        for table, name in await connection.fetch(_CHECKS):
            await connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        indexes = await connection.fetch(_INDEXES["postgres"])
        for statement in [*_around(indexes, statements), "VACUUM ANALYZE"]:
            await connection.execute(statement)
        await connection.close()

    def _statement(self, name: str, rows: int) -> str:
        columns = dict(self._columns(name))
        into = f'INSERT INTO "{name}" ({", ".join(f"{chr(34)}{one}{chr(34)}" for one in columns)})'
        select = f"SELECT {', '.join(columns.values())}"
        if self._postgres:
            return f"{into} {select} FROM generate_series(1::bigint, {rows}) AS line(n) ON CONFLICT DO NOTHING"
        numbers = f"WITH RECURSIVE line(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM line WHERE n < {rows})"
        return f"{into} {numbers} {select} FROM line WHERE true ON CONFLICT DO NOTHING"

    def _columns(self, name: str) -> Iterator[tuple[str, str]]:
        model = self._models[name]
        for attribute, column in model._meta.fields_db_projection.items():  # noqa: SLF001
            yield column, self._expression(name, attribute, column, model)

    def _expression(self, table: str, attribute: str, column: str, model: type[Model]) -> str:  # noqa: C901, PLR0911
        field = model._meta.fields_map[attribute]  # noqa: SLF001
        if column == model._meta.pk_attr:  # noqa: SLF001
            return f"{self.base[table]} + n"
        owner = model._meta.fields_map.get(attribute.removesuffix("_id"))  # noqa: SLF001
        if isinstance(owner, ForeignKeyFieldInstance):
            found = self._points_to(table, column, owner)
            return f"CASE WHEN n % 3 = 0 THEN NULL ELSE {found} END" if owner.null and found != "NULL" else found
        if column == "document_id" and "document" in self.rows:  # of any kind: a number, which no key points by
            return self._some_of("document")
        if isinstance(field, CharEnumFieldInstance):
            first, *others = [str(one.value) for one in field.enum_type]
            return f"CASE WHEN n % {RARE} = 0 THEN '{(others or [first])[-1]}' ELSE '{first}' END"
        if isinstance(field, fields.BooleanField):
            return self._flag(f"n % {RARE} = 0")
        if isinstance(field, fields.DateField):
            if self._postgres:
                return f"date '2018-01-01' + CAST({_DAY} AS int)"
            return f"date('2018-01-01', '+' || ({_DAY}) || ' days')"
        if isinstance(field, fields.DatetimeField):
            if self._postgres:
                return "timestamptz '2026-01-01 00:00:00+00' + n * interval '1 second'"
            return "datetime('2026-01-01', '+' || n || ' seconds') || '+00:00'"
        if isinstance(field, fields.CharField | fields.TextField):
            return self._text(table, column, field)
        if column == "line_no":
            return "(n - 1) % 10 + 1"
        if isinstance(field, fields.SmallIntField):
            return "n % 3"
        return f"n * 7919 % 1000003 * {1 if isinstance(field, fields.IntField) else 100}"

    def _flag(self, condition: str) -> str:
        return condition if self._postgres else f"({condition})"

    def _points_to(self, table: str, column: str, field: ForeignKeyFieldInstance[Any]) -> str:
        named = field.model_name
        target = self._tables[(named if isinstance(named, str) else named.__name__).split(".")[-1]]
        count, base = self.rows.get(target, 0), self.base.get(target, 0)
        if not count:
            return "NULL" if field.null else "1"
        if table in PAIRED and column == "sku_id":
            each = MANY.get(table, 1)
            return f"{base} + (n - 1) / {each} + 1"
        if table in PAIRED and column == "warehouse_id":
            return f"{base} + (n - 1) % {min(MANY.get(table, 1), count)} * 5 + 1"
        if table.endswith("_line") and f"{target}_line" == table:
            return f"{base} + (n - 1) / 10 + 1"
        if table in {"closing_balance", "document_link", "supplier_price", "serial_movement"}:
            return f"{base} + (n - 1) % {count} + 1"
        return self._some_of(target)

    def _some_of(self, table: str) -> str:
        return f"{self.base[table]} + n * 7919 % {self.rows[table]} + 1"

    def _text(self, table: str, column: str, field: fields.Field[Any]) -> str:
        character = "chr" if self._postgres else "char"
        line = f"(n + {self.base[table] // APART * 977})"
        primes = (7919, 104729, 1299709)
        name = " || ".join(f"{character}(19968 + CAST({line} * {prime} % 5003 AS int))" for prime in primes)
        number = f"'{table[:3]}-' || n"
        if column == "search_text":
            return f"{number} || ' ' || {name}"
        if column in {"name", "description", "note"}:
            return name if column != "note" else f"CASE WHEN n % {RARE} = 0 THEN {name} ELSE '' END"
        limit = getattr(field, "max_length", 0) or 100
        return number if limit > 20 or field.unique or column == "number" else "'u' || (n % 50)"


async def fill(url: str, skus: int, entities: set[str]) -> Mapping[str, int]:
    """How many rows each of these tables has got."""
    filler = Filler(url, skus, entities)
    await filler.fill()
    return filler.rows
