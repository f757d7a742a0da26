"""What a migration may do that no model declares."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from tortoise.migrations.operations import TortoiseOperation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from jxc_graphql.kit import clock


class Statements(TortoiseOperation):
    """Statements of our own, for each of the two databases."""

    reversible = False

    def __init__(self, *, sqlite: Sequence[str], postgres: Sequence[str]) -> None:
        self.sqlite = sqlite
        self.postgres = postgres

    async def database_forward(
        self,
        app_label: str,  # noqa: ARG002  (Tortoise's signature)
        old_state: State,  # noqa: ARG002
        new_state: State,  # noqa: ARG002
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Sends them, in order."""
        assert state_editor is not None
        for statement in self.sqlite if state_editor.DIALECT == "sqlite" else self.postgres:
            await state_editor.client.execute_script(statement)


class ByCompanyDay(TortoiseOperation):
    """Statements that need to know on which day of the company moments were: `company_day` has a row for each."""

    reversible = False

    def __init__(self, *, moments: str, statements: Sequence[str]) -> None:
        self.moments = moments
        self.statements = statements

    async def database_forward(
        self,
        app_label: str,  # noqa: ARG002  (Tortoise's signature)
        old_state: State,  # noqa: ARG002
        new_state: State,  # noqa: ARG002
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Tells the days, and sends the statements, in order."""
        assert state_editor is not None
        client: Any = state_editor.client
        is_sqlite = state_editor.DIALECT == "sqlite"
        types = ("TEXT", "TEXT") if is_sqlite else ("TIMESTAMPTZ", "DATE")
        await client.execute_script("CREATE TEMPORARY TABLE company_day (moment {} PRIMARY KEY, day {})".format(*types))
        days = [
            (moment, _day_of(moment).isoformat() if is_sqlite else _day_of(moment))
            for (moment,) in await client.fetch(self.moments)
        ]
        if days:
            place = "(?, ?)" if is_sqlite else "($1, $2)"
            await client.execute_many(f"INSERT INTO company_day (moment, day) VALUES {place}", days)  # noqa: S608
        for statement in (*self.statements, "DROP TABLE company_day"):
            await client.execute_script(statement)


def _day_of(moment: datetime | str) -> date:
    return clock.day_of(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)


def append_only(table: str) -> Statements:
    """Refuses UPDATE and DELETE (and TRUNCATE) on a table, whoever asks."""
    refusal = f"{table} is append-only"
    return Statements(
        sqlite=[
            f"""CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
                BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""
            for verb in ("update", "delete")
        ],
        postgres=[
            f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            f"""CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
        ],
    )


def index(name: str, on: str, *, unique: bool = False) -> Statements:
    """An index of expressions, or of some rows only: `table (columns) WHERE …`."""
    create = [f"CREATE {'UNIQUE ' if unique else ''}INDEX {name} ON {on}"]
    return Statements(sqlite=create, postgres=create)


def by_code_points() -> Statements:
    """Has PostgreSQL compare and sort all texts by code points, in columns and their indexes, as SQLite does."""
    return Statements(
        sqlite=[],
        postgres=[
            """DO $$ DECLARE found record; BEGIN
                FOR found IN
                    SELECT c.oid::regclass AS of, a.attname, format_type(a.atttypid, a.atttypmod) AS kind
                    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                        JOIN pg_collation o ON o.oid = a.attcollation
                    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
                        AND NOT a.attisdropped AND o.collname <> 'C' AND c.relname <> 'tortoise_migrations'
                LOOP
                    EXECUTE format(
                        'ALTER TABLE %s ALTER COLUMN %I TYPE %s COLLATE "C"', found.of, found.attname, found.kind);
                END LOOP; END $$""",
        ],
    )


def pairs(table: str, column: str, of: str = "{}") -> Statements:
    """Has the rows of a table found by the pairs of neighbouring characters in a text of theirs.

    On SQLite the table `…_pairs` holds them, each spelt in hexadecimal digits, in their order; on PostgreSQL an index.
    """
    spelt = (
        "(WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < length({row}.{column})) "
        "SELECT group_concat(hex(substr({text} || ' ', n, 2)), ' ') FROM place)"
    )
    new, old = (spelt.format(row=row, column=column, text=of.format(f"{row}.{column}")) for row in ("new", "old"))
    name = f"{table}_pairs"
    put = f"INSERT INTO {name} (rowid, pairs) VALUES (new.id, {new})"  # noqa: S608  (names of our own)
    take = f"INSERT INTO {name} ({name}, rowid, pairs) VALUES ('delete', old.id, {old})"  # noqa: S608
    return Statements(
        sqlite=[
            f"CREATE VIRTUAL TABLE {name} USING fts5(pairs, content = '', tokenize = 'ascii')",
            f"INSERT INTO {name} (rowid, pairs) SELECT new.id, {new} FROM {table} AS new",  # noqa: S608
            f"CREATE TRIGGER {name}_of_new AFTER INSERT ON {table} BEGIN {put}; END",
            f"CREATE TRIGGER {name}_of_old AFTER DELETE ON {table} BEGIN {take}; END",
            f"CREATE TRIGGER {name}_of_changed AFTER UPDATE OF {column} ON {table} BEGIN {take}; {put}; END",
        ],
        postgres=[
            """CREATE OR REPLACE FUNCTION character_pairs(words text) RETURNS text[]
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
                SELECT coalesce(array_agg(DISTINCT substr(words || ' ', n, 2)), '{}')
                FROM generate_series(1, char_length(words)) AS n $$""",
            f"CREATE INDEX {name} ON {table} USING gin (character_pairs({of.format(column)}))",
        ],
    )


def seed(table: str, columns: Sequence[str], rows: Sequence[Sequence[int | str]]) -> Statements:
    """Inserts rows that the program relies on."""
    values = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
    insert = [f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}"]  # noqa: S608  (of our own)
    return Statements(sqlite=insert, postgres=insert)


def _literal(value: int | str) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
