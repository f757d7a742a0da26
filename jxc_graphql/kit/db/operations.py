"""What a migration may do that no model declares."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import structlog
from tortoise.migrations.operations import TortoiseOperation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from jxc_graphql.kit import clock
from jxc_graphql.kit.clock import Calendar

_MOST_NAMES = 100
_log = structlog.get_logger(__name__)


class OwnOperation(TortoiseOperation):
    """What is done to a database, and to no model, and never undone."""

    reversible = False

    async def database_forward(
        self,
        app_label: str,  # noqa: ARG002  (Tortoise's signature)
        old_state: State,  # noqa: ARG002
        new_state: State,  # noqa: ARG002
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Does it."""
        assert state_editor is not None
        await self.change(state_editor)

    @abstractmethod
    async def change(self, editor: BaseSchemaEditor) -> None:
        """What is done."""


class Statements(OwnOperation):
    """Statements of our own, for each of the two databases."""

    def __init__(self, *, sqlite: Sequence[str], postgres: Sequence[str]) -> None:
        self.sqlite = sqlite
        self.postgres = postgres

    async def change(self, editor: BaseSchemaEditor) -> None:
        """Sends them, in order."""
        for statement in self.sqlite if editor.DIALECT == "sqlite" else self.postgres:
            await editor.client.execute_script(statement)


class RowsTold(OwnOperation):
    """What whoever migrates is told of rows that are found, each named by its first column; nothing is changed."""

    def __init__(self, *, what: str, of: str) -> None:
        self.what = what
        self.of = of

    async def change(self, editor: BaseSchemaEditor) -> None:
        """Logs them, the first hundred by name."""
        client: Any = editor.client
        names = [row[0] for row in await client.fetch(self.of)]
        if names:
            _log.warning(self.what, count=len(names), first=names[:_MOST_NAMES])


class ByCompanyDay(OwnOperation):
    """Statements that need to know on which day of the company moments were: `company_day` has a row for each."""

    def __init__(self, *, moments: str, statements: Sequence[str], zones: str | None = None) -> None:
        """`zones`: a select of the days from which the company has time zones, and of these, in their order.

        Without it, or where that finds none, days are those that the process was told.
        """
        self.moments = moments
        self.statements = statements
        self.zones = zones

    async def change(self, editor: BaseSchemaEditor) -> None:
        """Tells the days, and sends the statements, in order."""
        client: Any = editor.client
        is_sqlite = editor.DIALECT == "sqlite"
        types = ("TEXT", "TEXT") if is_sqlite else ("TIMESTAMPTZ", "DATE")
        await client.execute_script("CREATE TEMPORARY TABLE company_day (moment {} PRIMARY KEY, day {})".format(*types))
        zones = await client.fetch(self.zones) if self.zones else []
        calendar = Calendar(*map(_zone, zones)) if zones else clock.calendar()
        moments = [(moment, calendar.day_of(_moment(moment))) for (moment,) in await client.fetch(self.moments)]
        days = [(moment, day.isoformat() if is_sqlite else day) for moment, day in moments]
        if days:
            place = "(?, ?)" if is_sqlite else "($1, $2)"
            await client.execute_many(f"INSERT INTO company_day (moment, day) VALUES {place}", days)  # noqa: S608
        for statement in (*self.statements, "DROP TABLE company_day"):
            await client.execute_script(statement)


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _zone(row: Sequence[Any]) -> tuple[date, str]:
    first, name = row
    return date.min if first is None else date.fromisoformat(str(first)), name


def append_only(table: str, *columns: str) -> Statements:
    """Refuses UPDATE, of these columns if some are named, and DELETE (and TRUNCATE) on a table, whoever asks."""
    refusal, of = f"{table} is append-only", f" OF {', '.join(columns)}" if columns else ""
    return Statements(
        sqlite=[
            f"""CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb}{of if verb == "update" else ""} ON {table}
                BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""
            for verb in ("update", "delete")
        ],
        postgres=[
            f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            f"""CREATE TRIGGER {table}_refuses_change BEFORE UPDATE{of} OR DELETE OR TRUNCATE ON {table}
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
