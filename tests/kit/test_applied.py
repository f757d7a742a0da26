"""Which text a database was migrated by is known, and whatever else made its tables is told."""

import signal
from pathlib import Path
from typing import Any

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.db.applied import HistoryDiffers
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.migrate import changes, migrate, pending
from jxc_graphql.wiring import MODEL_MODULES
from tests.shell import jxc

JOURNAL = ["jxc_graphql.kit.journal"]
FAMILY = """[
    ops.CreateModel("Parent", [
        ("id", fields.IntField(primary_key=True)),
        ("year", fields.IntField(db_index=True)),
        ("nickname", fields.CharField(max_length=10, null=True)),
        ("size", fields.IntField(null=True)),
    ], {"table": "parent", "constraints": (CheckConstraint("year > 0", "year_is_positive"),)}),
]"""
GUARDED = """[append_only("parent")]"""
NO_NICKNAME = """[ops.RemoveField("Parent", "nickname")]"""


@pytest.mark.parametrize(
    "at",
    [
        "EXISTS tortoise_migrations",
        "ADD COLUMN digest",
        'TABLE "warehouse"',
        "INSERT INTO tortoise_migrations",
        "INDEX place_level_there",
        "INSERT INTO place",
    ],
)
async def test_a_killed_migration_is_done_again(empty_url: str, tmp_path: Path, at: str) -> None:
    dying = f"from tests.kit.dying import die_at; die_at({at!r})"
    killed = jxc(tmp_path, "migrate", before=dying, JXC_DATABASE_URL=empty_url)
    assert killed.returncode == -signal.SIGKILL
    async with db.open(empty_url, MODEL_MODULES) as database:
        missing = await pending(database)
        assert missing
        assert await migrate(database) == missing
        assert await changes(MODEL_MODULES) == []
        assert await db.fetch("SELECT count(*) FROM place") == [(6,)]


async def test_a_migration_that_was_edited_after_it_was_applied_is_told(empty_url: str, package: Any) -> None:
    package("0001_family", FAMILY)
    package("0002_guarded", GUARDED)
    async with db.open(empty_url, JOURNAL) as database:
        await migrate(database, "family")
        package("0002_guarded", GUARDED + "  # twice")
        for ask in (pending, migrate):
            with pytest.raises(HistoryDiffers, match="0002_guarded differs") as told:
                await ask(database, "family")
            assert told.value.differences == ("0002_guarded differs",)
        package("0002_guarded", GUARDED.replace("\n", "\r\n"))
        assert await migrate(database, "family") == []


async def test_a_migration_that_was_renumbered_after_it_was_applied_is_told(empty_url: str, package: Any) -> None:
    package("0001_family", FAMILY)
    package("0002_guarded", GUARDED)
    async with db.open(empty_url, JOURNAL) as database:
        await migrate(database, "family")
        package("0003_guarded", GUARDED)
        package("0002_no_nickname", NO_NICKNAME, instead_of="0002_guarded")
        with pytest.raises(HistoryDiffers, match="0002_guarded is not known"):
            await migrate(database, "family")


WORDS = {
    "sqlite": {
        "trigger": "parent_refuses_update",
        "update": "BEFORE UPDATE",
        "refuse": "BEGIN SELECT 1; END",
    },
    "postgres": {
        "trigger": "parent_refuses_change ON parent",
        "update": "BEFORE UPDATE",
        "refuse": "FOR EACH ROW EXECUTE FUNCTION parent_refuse()",
    },
}
ALTERED = [
    "ALTER TABLE parent ADD COLUMN height INTEGER",
    "ALTER TABLE parent DROP COLUMN size",
    "ALTER TABLE parent RENAME COLUMN nickname TO petname",
    "ALTER TABLE parent RENAME TO parents",
    "CREATE UNIQUE INDEX only_one ON parent (nickname)",
    "DROP INDEX idx_parent_year_9648ba",
    "DROP TRIGGER {trigger}",
    "CREATE TRIGGER again {update} ON parent {refuse}",
]


async def script(text: str) -> None:
    async with current().client.transaction() as transaction:
        await transaction.execute_script(text)


@pytest.mark.parametrize("statement", ALTERED)
async def test_tables_that_no_digest_vouches_for_are_compared(empty_url: str, package: Any, statement: str) -> None:
    package("0001_family", FAMILY)
    package("0002_guarded", GUARDED)
    async with db.open(empty_url, JOURNAL) as database:
        await migrate(database, "family")
        await script("CREATE TABLE somebody_elses (id INTEGER)")
        await script("CREATE INDEX a_faster_way ON parent (year, nickname)")
        await script("UPDATE tortoise_migrations SET digest = NULL")
        assert await pending(database, "family") == ["0001_family", "0002_guarded"]
        assert await migrate(database, "family") == []
        assert await pending(database, "family") == []
        await script("ALTER TABLE tortoise_migrations DROP COLUMN digest")
        await script(statement.format_map(WORDS[database.dialect]))
        with pytest.raises(HistoryDiffers, match=r"parent (has:|lacks:|is missing)"):
            await migrate(database, "family")
        assert await pending(database, "family") == ["0001_family", "0002_guarded"]
