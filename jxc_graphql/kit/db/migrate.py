"""Bringing a database to the state of the code.

The migrations are Tortoise's; each is one transaction, and one process at a time applies them.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from tortoise.apps import Apps
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.migrations.loader import MigrationLoader
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import CreateModel, Operation
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.migrations.writer import format_migration_name

from jxc_graphql.kit.db.connect import APP, Database, configuration
from jxc_graphql.kit.db.editor import PostgresEditor, SqliteEditor
from jxc_graphql.kit.db.history import Writer, difference
from jxc_graphql.kit.db.operations import Statements
from jxc_graphql.kit.db.sqlite_pool import SqlitePool
from jxc_graphql.kit.settings import Settings

PACKAGE = "jxc_graphql.migrations"
_LOCK = (0x4A5843, -1)
"""The advisory lock key of a process that migrates, on PostgreSQL."""
_PATIENCE_SECONDS = 600.0
"""How long to wait for another process that migrates the same database."""


class DatabaseTooNew(Exception):
    """The database was migrated by a newer version of this program."""

    def __init__(self, unknown: Sequence[str]) -> None:
        super().__init__(f"the database is newer than this program: it has {', '.join(unknown)}")
        self.unknown = tuple(unknown)


async def migrate(database: Database, package: str = PACKAGE) -> list[str]:
    """Applies what is missing and gives its names; raises `DatabaseTooNew`."""
    await pending(database, package)
    done: list[str] = []
    state = State(models={}, apps=StateApps(default_connections={APP: database.dialect}))
    async with _migrating(database) as client:
        async with _alone(client) as transaction:
            await MigrationRecorder(transaction).ensure_schema(_editor(transaction))
        for migration in _known(package):
            async with _alone(client) as transaction:
                if migration.name in await _applied(transaction):
                    await _apply(migration, state)
                    continue
                await _apply(migration, state, _editor(transaction))
                await _check_references(transaction)
                await MigrationRecorder(transaction).record_applied(APP, migration.name)
                done.append(migration.name)
    return done


async def pending(database: Database, package: str = PACKAGE) -> list[str]:
    """The names of the migrations that are missing; raises `DatabaseTooNew`."""
    known = [migration.name for migration in _known(package)]
    try:
        applied = await _applied(database.client)
    except OperationalError:
        applied = []
    unknown = [name for name in applied if name not in known]
    if unknown:
        raise DatabaseTooNew(unknown)
    return [name for name in known if name not in applied]


async def changes(model_modules: Sequence[str], package: str = PACKAGE) -> list[Operation]:
    """What the migrations still lack of the present models."""
    past = State(models={}, apps=StateApps())
    for migration in _known(package):
        await _apply(migration, past)
    async with _models(model_modules) as models:
        return difference(past, models)


async def write(name: str, model_modules: Sequence[str], package: str = PACKAGE) -> Path | None:
    """Writes the next migration, for a person to review; None where nothing changed."""
    operations = await changes(model_modules, package)
    last = [migration.name for migration in _known(package)][-1:]
    number = 1 + int(last[0].partition("_")[0]) if last else 1
    writer = Writer(format_migration_name(number, name), APP, operations, migrations_module=package)
    return writer.write() if operations else None


@asynccontextmanager
async def _models(model_modules: Sequence[str]) -> AsyncIterator[Apps]:
    """The models as Tortoise knows them, without a database."""
    with TortoiseContext() as context:
        await context.init(config=configuration(Settings(), model_modules), init_connections=False)
        assert context.apps is not None
        yield context.apps
        await context.close_connections()


async def _apply(migration: Migration, state: State, editor: SqliteEditor | PostgresEditor | None = None) -> None:
    """Brings the state, and with an editor the database, behind a migration.

    Tortoise's own way copies the whole state before every operation and links all models after it: with a hundred
    tables that takes fifteen seconds. Tables that are made in a row need no copy, and are linked once.
    """
    for is_creation, run in groupby(migration.operations, lambda operation: isinstance(operation, CreateModel)):
        operations = list(run)
        made = {(APP, one.name): one for one in operations if isinstance(one, CreateModel)}
        state.models |= {key: ModelState.make_from_model(APP, one.model) for key, one in made.items()}
        state.reload_models(made)
        for operation in operations:
            before = state
            if not is_creation:
                before = state if editor is None or isinstance(operation, Statements) else state.clone()
                operation.state_forward(APP, state)
            if editor is not None:
                await operation.database_forward(APP, before, state, editor)
    state.validate_relations_initialized()


def _known(package: str) -> list[Migration]:
    loader = MigrationLoader({APP: {"migrations": package}}, MigrationRecorder(None))
    loader.load_disk()
    return [loader.disk_migrations[key] for key in sorted(loader.disk_migrations)]


async def _applied(client: Any) -> list[str]:
    rows = await client.fetch("SELECT name FROM tortoise_migrations WHERE app = ? ORDER BY name", [APP])
    return [name for (name,) in rows]


@asynccontextmanager
async def _migrating(database: Database) -> AsyncIterator[Any]:
    """The engine to migrate with; on SQLite a second one, where dropping a table does not touch its children."""
    if database.dialect == "postgres":
        yield database.client
        return
    path = database.client.filename
    client = SqlitePool(path, foreign_keys="OFF", patience=_PATIENCE_SECONDS, connection_name=database.dialect)
    token = database.context.connections.set(database.dialect, client)
    try:
        await client.create_connection(with_db=True)
        yield client
    finally:
        database.context.connections.reset(token)
        await client.close()


@asynccontextmanager
async def _alone(client: Any) -> AsyncIterator[Any]:
    """A transaction that no other migrating process has at the same time."""
    async with client.transaction() as transaction:
        if transaction.capabilities.dialect == "postgres":
            await transaction.fetch("SET LOCAL statement_timeout = 0")
            await transaction.fetch("SELECT pg_advisory_xact_lock(?, ?)", _LOCK)
        yield transaction


def _editor(transaction: Any) -> SqliteEditor | PostgresEditor:
    return (SqliteEditor if transaction.capabilities.dialect == "sqlite" else PostgresEditor)(transaction)


async def _check_references(transaction: Any) -> None:
    if transaction.capabilities.dialect == "sqlite":
        broken = await transaction.fetch("PRAGMA foreign_key_check")
        assert not broken, f"the migration broke {len(broken)} references, first {broken[0]}"
