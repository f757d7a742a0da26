"""Migrations: one at a time, each whole or not at all, and a rebuilt table keeps everything."""

import asyncio
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError
from tortoise.migrations.executor import MigrationExecutor

from jxc_graphql.kit import db
from jxc_graphql.kit.db.applied import DatabaseTooNew
from jxc_graphql.kit.db.migrate import changes, migrate, pending
from jxc_graphql.kit.db.statements import statements
from jxc_graphql.wiring import MODEL_MODULES
from tests import shell
from tests.patience import SECONDS

JOURNAL = ["jxc_graphql.kit.journal"]
FAMILY = """[
    ops.CreateModel("Parent", [
        ("id", fields.IntField(primary_key=True)),
        ("name", fields.CharField(max_length=10)),
        ("year", fields.IntField()),
        ("nickname", fields.CharField(max_length=10, null=True)),
        ("size", QuantityField()),
        ("twin", fields.OneToOneField("models.Parent", related_name=False, null=True)),
    ], {"table": "parent", "unique_together": (("name", "year"),), "indexes": (Index(fields=["year"]),),
        "constraints": (CheckConstraint("year > 0", "year_is_positive"),)}),
    ops.CreateModel("Child", [
        ("id", fields.IntField(primary_key=True)),
        ("parent", fields.ForeignKeyField("models.Parent", related_name=False, on_delete=fields.CASCADE)),
    ], {"table": "child"}),
]"""
GUARDED = """[append_only("parent")]"""
NO_NICKNAME = """[ops.RemoveField("Parent", "nickname")]"""
RENAMED = """[
    ops.AddField("Child", "toys", fields.IntField(default=0)),
    ops.AddField("Child", "books", fields.IntField(null=True)),
    ops.RenameModel("Parent", "Elder"),
    ops.RemoveField("Child", "books"),
]"""
WEANED = """[
    ops.AddField("Child", "until", fields.DateField(default=date.fromisoformat("9999-12-31"))),
    ops.AddField("Child", "motto", fields.CharField(max_length=10, default="brave")),
]"""
FAILS = """[
    ops.CreateModel("Toy", [("id", fields.IntField(primary_key=True))], {"table": "toy"}),
    Statements(sqlite=["SELECT nothing"], postgres=["SELECT nothing"]),
]"""


async def test_the_migrations_lead_to_the_present_models() -> None:
    assert await changes(MODEL_MODULES) == []


async def test_a_second_time_does_nothing(database: db.Database) -> None:
    assert await pending(database) == []
    with statements() as sent:
        assert await migrate(database) == []
    assert len(sent) == 1  # which were applied


async def test_processes_that_start_together_migrate_once(empty_url: str, tmp_path: Path) -> None:
    done = [tmp_path / f"{number}.done" for number in range(3)]
    together = shell.forked.Barrier(len(done))
    processes = [shell.forked.Process(target=migrate_with_others, args=(empty_url, together, one)) for one in done]
    for process in processes:
        process.start()
    for process in processes:
        process.join(SECONDS)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    async with db.open(empty_url, MODEL_MODULES) as database:
        [(applied,)] = await db.fetch("SELECT count(*) FROM tortoise_migrations")
        assert sum(int(one.read_text()) for one in done) == applied
        assert await pending(database) == []


def migrate_with_others(url: str, together: Barrier, done: Path) -> None:
    """What each process does; it writes down how many migrations it applied."""

    async def run() -> int:
        async with db.open(url, MODEL_MODULES) as database:
            together.wait()
            return len(await migrate(database))

    done.write_text(str(asyncio.run(run())))


async def test_refuses_a_database_that_is_newer_than_the_code(database: db.Database) -> None:
    await db.transactional(db.execute)(
        "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '9999_future', CURRENT_TIMESTAMP)"
    )
    for ask in (pending, migrate):
        with pytest.raises(DatabaseTooNew, match="9999_future"):
            await ask(database)


async def test_a_migration_that_fails_leaves_nothing(empty_url: str, package: Any) -> None:
    package("0001_family", FAMILY)
    package("0002_fails", FAILS)
    async with db.open(empty_url, JOURNAL) as database:
        with pytest.raises(Exception, match="nothing"):
            await migrate(database, "family")
        assert await pending(database, "family") == ["0002_fails"]
        with pytest.raises(Exception, match="toy"):
            await db.fetch("SELECT * FROM toy")
        assert await db.fetch("SELECT * FROM child") == []


async def fill() -> None:
    execute = db.transactional(db.execute)
    await execute("INSERT INTO parent (id, name, year, size, twin_id) VALUES (1, 'a', 1, 1, NULL), (2, 'b', 2, 1, 1)")
    await execute("INSERT INTO child (id, parent_id) VALUES (1, 1), (2, 2)")


async def objects() -> set[tuple[Any, ...]]:
    return {*await db.fetch("SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')")}


async def test_a_rebuilt_table_keeps_children_indexes_triggers_and_checks(empty_url: str, package: Any) -> None:
    package("0001_family", FAMILY)
    async with db.open(empty_url, JOURNAL) as database:
        await migrate(database, "family")
        await fill()
        package("0002_guarded", GUARDED)
        await migrate(database, "family")
        before = await objects() if database.dialect == "sqlite" else set()
        package("0003_no_nickname", NO_NICKNAME)
        assert await migrate(database, "family") == ["0003_no_nickname"]
        if database.dialect == "sqlite":
            assert {kept for kept in before if kept[2]} <= await objects()
        assert await db.fetch("SELECT id, parent_id FROM child ORDER BY id") == [(1, 1), (2, 2)]
        for statement in (
            "INSERT INTO parent (name, year, size) VALUES ('a', 1, 1)",  # name and year again
            "INSERT INTO parent (name, year, size, twin_id) VALUES ('c', 3, 1, 1)",  # a second twin
            "INSERT INTO parent (name, year, size) VALUES ('d', 0, 1)",
            "INSERT INTO parent (name, year, size) VALUES ('d', 4, 9000000000000000)",
            "INSERT INTO child (id, parent_id) VALUES (3, 9)",
            "UPDATE parent SET year = 9",
            "DELETE FROM parent",
        ):
            with pytest.raises(IntegrityError):
                await db.transactional(db.execute)(statement)
        assert len(await db.fetch("SELECT id, name, year, size, twin_id FROM parent")) == 2


async def test_rows_that_are_there_get_defaults_as_they_are(empty_url: str, package: Any) -> None:
    package("0001_family", FAMILY)
    async with db.open(empty_url, JOURNAL) as database:
        await migrate(database, "family")
        await fill()
        package("0002_weaned", WEANED)
        await migrate(database, "family")
        told = await db.fetch("SELECT CAST(until AS TEXT), motto FROM child")
        assert told == [("9999-12-31", "brave")] * 2


async def test_a_renamed_table_keeps_its_children(empty_url: str, package: Any) -> None:
    package("0001_family", FAMILY)
    package("0002_elders", RENAMED)
    async with db.open(empty_url, JOURNAL) as database:
        await migrate(database, "family")
        await db.transactional(db.execute)("INSERT INTO elder (id, name, year, size) VALUES (1, 'a', 1, 1)")
        for statement in (
            "INSERT INTO child (id, parent_id, toys) VALUES (1, 9, 0)",
            "INSERT INTO child (id, parent_id) VALUES (1, 1)",
        ):
            with pytest.raises(IntegrityError):
                await db.transactional(db.execute)(statement)
        await db.transactional(db.execute)("INSERT INTO child (id, parent_id, toys) VALUES (1, 1, 0)")


async def test_tortoise_alone_loses_the_children_of_a_rebuilt_table(tmp_path: Path, package: Any) -> None:
    url = f"sqlite:///{tmp_path / 'stock.sqlite3'}"
    package("0001_family", FAMILY)
    async with db.open(url, JOURNAL) as database:
        await migrate(database, "family")
        await fill()
    package("0002_no_nickname", NO_NICKNAME)
    connection = {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": str(tmp_path / "stock.sqlite3")}}
    apps = {"models": {"models": JOURNAL, "default_connection": "stock", "migrations": "family"}}
    async with TortoiseContext() as context:
        await context.init(config={"connections": {"stock": connection}, "apps": apps})
        await MigrationExecutor(context.connections.get("stock"), apps).migrate()
    async with db.open(url, JOURNAL):
        assert await db.fetch("SELECT * FROM child") == []
        assert not any(name.startswith("idx_parent") for _, name, _ in await objects())
