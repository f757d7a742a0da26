"""Bringing a database to the state of the code.

The migrations are Tortoise's; each is one transaction, and one process at a time applies them.
"""

import inspect
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tortoise.apps import Apps
from tortoise.context import TortoiseContext
from tortoise.migrations.loader import MigrationLoader
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import Operation
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.writer import format_migration_name

from jxc_graphql.kit.db import applied
from jxc_graphql.kit.db.catalog import catalog, differences
from jxc_graphql.kit.db.connect import APP, Database, configuration
from jxc_graphql.kit.db.editor import PostgresEditor, SqliteEditor
from jxc_graphql.kit.db.history import Writer, difference
from jxc_graphql.kit.db.past import Past
from jxc_graphql.kit.db.sqlite_pool import SqlitePool
from jxc_graphql.kit.settings import Settings

PACKAGE = "jxc_graphql.migrations"
_LOCK = (0x4A5843, -1)
"""The advisory lock key of a process that migrates, on PostgreSQL."""
_SCRATCH = "jxc_scratch"
_MAY_MAKE_A_SCHEMA = """
    SELECT current_schema(), current_database(), current_user, has_database_privilege(current_database(), 'CREATE')"""
_PATIENCE_SECONDS = 600.0
"""How long to wait for another process that migrates the same database."""


async def migrate(database: Database, package: str = PACKAGE) -> list[str]:
    """Applies what is missing and gives its names; raises `DatabaseTooNew`, `HistoryDiffers`, `TakeoverForbidden`."""
    if not await pending(database, package):
        return []
    known = _known(package)
    done: list[str] = []
    state = Past.empty(database.dialect)
    async with _migrating(database) as client:
        async with _alone(client) as transaction:
            await applied.prepare(transaction)
            await _recognise(transaction, known)
        for migration in known:
            async with _alone(client) as transaction:
                if migration.name in await applied.applied(transaction):
                    await state.apply(migration)
                    continue
                await state.apply(migration, _editor(transaction))
                await _check_references(transaction)
                await applied.record(transaction, migration.name, _digest(migration))
                done.append(migration.name)
    return done


async def pending(database: Database, package: str = PACKAGE) -> list[str]:
    """The names of the migrations that are missing, or that 0.1.0 applied; raises as `migrate` does."""
    known = {migration.name: _digest(migration) for migration in _known(package)}
    return applied.missing(await applied.applied(database.client), known)


async def _recognise(transaction: Any, known: Sequence[Migration]) -> None:
    """Takes over what was applied before digests were kept, when it made the tables that it makes today."""
    present = await applied.applied(transaction)
    applied.missing(present, {migration.name: _digest(migration) for migration in known})
    undigested = [migration for migration in known if present.get(migration.name, "") is None]
    if not undigested:
        return
    found = await catalog(transaction)
    async with _scratch(transaction) as scratch:
        state = Past.empty(transaction.capabilities.dialect)
        for migration in undigested:
            await state.apply(migration, _editor(scratch))
        expected = await catalog(scratch)
    different = list(differences(expected, found))
    if different:
        raise applied.HistoryDiffers(different)
    for migration in undigested:
        await applied.record(transaction, migration.name, _digest(migration))


async def changes(model_modules: Sequence[str], package: str = PACKAGE) -> list[Operation]:
    """What the migrations still lack of the present models."""
    past = Past.empty()
    for migration in _known(package):
        await past.apply(migration)
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


def _digest(migration: Migration) -> str:
    return applied.digest(Path(inspect.getfile(type(migration))).read_bytes())


def _known(package: str) -> list[Migration]:
    loader = MigrationLoader({APP: {"migrations": package}}, MigrationRecorder(None))
    loader.load_disk()
    return [loader.disk_migrations[key] for key in sorted(loader.disk_migrations)]


@asynccontextmanager
async def _migrating(database: Database) -> AsyncIterator[Any]:
    """The engine to migrate with, without a deadline; on SQLite dropping a table does not touch its children there."""
    client = _patient(database)
    token = database.context.connections.set(database.dialect, client)
    try:
        await client.create_connection(with_db=True)
        yield client
    finally:
        database.context.connections.reset(token)
        await client.close()


def _patient(database: Database) -> Any:
    if database.dialect == "postgres":
        from jxc_graphql.kit.db.asyncpg_safe import AsyncpgSafe  # noqa: PLC0415  (needs the extra)

        return AsyncpgSafe(database.client.direct, deadline=0, connection_name=database.dialect)
    path = database.client.filename
    return SqlitePool(path, foreign_keys="OFF", patience=_PATIENCE_SECONDS, connection_name=database.dialect)


@asynccontextmanager
async def _alone(client: Any) -> AsyncIterator[Any]:
    """A transaction that no other migrating process has at the same time."""
    async with client.transaction() as transaction:
        if transaction.capabilities.dialect == "postgres":
            await transaction.fetch("SELECT pg_advisory_xact_lock(?, ?)", _LOCK)
        yield transaction


@asynccontextmanager
async def _scratch(transaction: Any) -> AsyncIterator[Any]:
    """A place without tables, to see what migrations make: a file on SQLite, a schema within this transaction else."""
    if transaction.capabilities.dialect == "postgres":
        ((schema, database, role, may),) = await transaction.fetch(_MAY_MAKE_A_SCHEMA)
        if not may:
            raise applied.TakeoverForbidden(database, role)
        await transaction.execute_script(f"CREATE SCHEMA {_SCRATCH}; SET LOCAL search_path = {_SCRATCH}")
        yield transaction
        await transaction.execute_script(f'DROP SCHEMA {_SCRATCH} CASCADE; SET LOCAL search_path = "{schema}"')
        return
    with tempfile.TemporaryDirectory() as folder:
        client = SqlitePool(str(Path(folder) / "scratch"), connection_name=transaction.connection_name)
        try:
            await client.create_connection(with_db=True)
            async with client.transaction() as scratch:
                yield scratch
        finally:
            await client.close()


def _editor(transaction: Any) -> SqliteEditor | PostgresEditor:
    return (SqliteEditor if transaction.capabilities.dialect == "sqlite" else PostgresEditor)(transaction)


async def _check_references(transaction: Any) -> None:
    if transaction.capabilities.dialect == "sqlite":
        broken = await transaction.fetch("PRAGMA foreign_key_check")
        assert not broken, f"the migration broke {len(broken)} references, first {broken[0]}"
