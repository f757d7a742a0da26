"""Schema editors that create everything a model declares, and whose table rebuild on SQLite loses nothing.

Tortoise leaves out `Meta.constraints`. SQLite cannot change a table in place, so it is copied, dropped and renamed;
Tortoise's copy forgets indexes, triggers and uniqueness. (Rows of other tables stay because `migrate` connects with
foreign keys off: otherwise the drop would delete them.)
"""

# ruff: noqa: SLF001  (what Tortoise lets editors use has names with an underscore)

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tortoise.fields.base import DB_DEFAULT_NOT_SET, Field
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.schema_editor.asyncpg import AsyncpgSchemaEditor
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_editor.data import ModelSqlData
from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor
from tortoise.models import Model


class _Constrained(BaseSchemaEditor):
    """Creates the constraints of `Meta.constraints` with their table."""

    _creating: type[Model]

    def _get_model_sql_data(self, model: type[Model]) -> ModelSqlData:
        self._creating = model
        return super()._get_model_sql_data(model)

    def _get_inner_statements(self) -> list[str]:
        return [
            self.CHECK_CONSTRAINT_CREATE_TEMPLATE.format(name=constraint.name, check=constraint.check)
            for constraint in self._creating._meta.constraints or ()
            if isinstance(constraint, CheckConstraint)
        ]

    def _get_index_sql(self, model: type[Model], field_names: Sequence[str], *args: Any, **kwargs: Any) -> str:
        # An index on "supplier" means its column supplier_id; SQLite would index the text 'supplier' instead.
        columns = self._resolve_fields_to_columns(model, list(field_names))
        return super()._get_index_sql(model, columns, *args, **kwargs)

    def _index_name_for_model(self, model: type[Model], index: Index) -> str:
        # One that was made with its table has a name of its columns, and is removed by that.
        name = index.name or self._generate_index_name(
            "idx", model, self._resolve_fields_to_columns(model, list(index.field_names))
        )
        return str(name)

    async def add_field(self, model: type[Model], field_name: str) -> None:
        """Adds a column and its index; rows that are there get the default where it may not be empty."""
        field = model._meta.fields_map[field_name]
        if field.null or field.default is None or field.has_db_default():
            await super().add_field(model, field_name)
        else:
            await self._add_filled(model, field)
        if field.index and not field.unique:
            await self.add_index(model, Index(fields=(_column(field),)))

    async def _add_filled(self, model: type[Model], field: Field[Any]) -> None:
        raise NotImplementedError

    async def create_model(self, model: type[Model]) -> None:
        """Creates the table and everything on it."""
        await super().create_model(model)
        for constraint in model._meta.constraints or ():
            if isinstance(constraint, UniqueConstraint):
                await self.add_constraint(model, constraint)


class PostgresEditor(_Constrained, AsyncpgSchemaEditor):
    """PostgreSQL's editor."""

    async def _add_filled(self, model: type[Model], field: Field[Any]) -> None:
        field.db_default = field.default
        try:
            await AsyncpgSchemaEditor.add_field(self, model, field.model_field_name)
        finally:
            field.db_default = DB_DEFAULT_NOT_SET
        forget = self.ALTER_FIELD_DROP_DEFAULT_TEMPLATE.format(column=_column(field))
        await self._run_sql(self.ALTER_FIELD_TEMPLATE.format(table=f'"{model._meta.db_table}"', changes=forget))


class SqliteEditor(_Constrained, SqliteSchemaEditor):
    """SQLite's editor."""

    async def _add_filled(self, model: type[Model], field: Field[Any]) -> None:
        await self._remake_table(model, create_field=field)

    @staticmethod
    def _default_to_sql_literal(value: Any) -> str:
        """A default as it is spelt in SQL. Tortoise quotes no day: `2026-12-31` is 1983 then, and before every day."""
        if isinstance(value, date) and not isinstance(value, datetime):
            value = value.isoformat()
        if not isinstance(value, (str, int, Decimal)):
            raise TypeError(f"rows that are there cannot be given {value!r}")
        return str(SqliteSchemaEditor._default_to_sql_literal(value))

    async def _run_sql(self, sql: str) -> None:
        await self.client.execute_script(sql)

    async def add_constraint(self, model: type[Model], constraint: Any) -> None:
        """Adds a CHECK, or a uniqueness that may hold for part of the rows only."""
        if getattr(constraint, "condition", None) is None:
            await super().add_constraint(model, constraint)
            return
        columns = ", ".join(map(self.quote, self._resolve_fields_to_columns(model, constraint.fields)))
        await self._run_sql(
            f'CREATE UNIQUE INDEX "{constraint.name}" ON "{model._meta.db_table}" ({columns})'
            f" WHERE {constraint.condition}"
        )

    async def _remake_table(
        self,
        model: type[Model],
        create_field: Field[Any] | None = None,
        delete_field: Field[Any] | None = None,
        alter_fields: Sequence[tuple[Field[Any], Field[Any]]] | None = None,
    ) -> None:
        table = model._meta.db_table
        gone = {_column(old) for old, new in alter_fields or () if old.unique and not new.unique}
        if delete_field is not None:
            gone.add(_column(delete_field))
        objects = await self._query(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger')"
            " AND sql IS NOT NULL ORDER BY rowid",
            table,
        )
        columns_of_index = {name: await self._index_columns(name) for kind, name, _ in objects if kind == "index"}
        unique = await self._unique_columns(table)
        await super()._remake_table(model, create_field, delete_field, alter_fields)
        for _, name, sql in objects:
            if not gone.intersection(columns_of_index.get(name, ())):
                await self.client.execute_query(sql)
        for columns in sorted(unique - await self._unique_columns(table)):
            if not gone.intersection(columns):
                name = self._generate_index_name("uid", model, list(columns))
                quoted = ", ".join(map(self.quote, columns))
                await self._run_sql(f'CREATE UNIQUE INDEX "{name}" ON "{table}" ({quoted})')

    async def _query(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in (await self.client.execute_query(query, list(values)))[1]]

    async def _index_columns(self, index: str) -> tuple[str, ...]:
        return tuple(name for (name,) in await self._query("SELECT name FROM pragma_index_info(?)", index))

    async def _unique_columns(self, table: str) -> set[tuple[str, ...]]:
        """The column lists that are unique in every row, whatever makes them so."""
        query = 'SELECT name FROM pragma_index_list(?) WHERE "unique" AND NOT partial'
        return {await self._index_columns(name) for (name,) in await self._query(query, table)}


def _column(field: Field[Any]) -> str:
    return field.source_field or field.model_field_name
