"""What a migration may do that no model declares."""

from collections.abc import Sequence

from tortoise.migrations.operations import TortoiseOperation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State


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


def seed(table: str, columns: Sequence[str], rows: Sequence[Sequence[int | str]]) -> Statements:
    """Inserts rows that the program relies on."""
    values = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
    insert = [f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}"]  # noqa: S608  (of our own)
    return Statements(sqlite=insert, postgres=insert)


def _literal(value: int | str) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
