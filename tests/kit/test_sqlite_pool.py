"""SQLite: readers beside one writer."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError

from jxc_graphql.kit import db
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.wiring import MODEL_MODULES
from tests.patience import SECONDS


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def test_reads_do_not_wait_for_an_open_transaction(database: db.Database) -> None:
    written, release = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def write() -> None:
        await Category.create(code="a", name="a")
        assert await Category.all().count() == 1
        written.set()
        await release.wait()

    writer = asyncio.ensure_future(write())
    await written.wait()
    async with asyncio.timeout(SECONDS):
        assert await Category.all().count() == 0
        assert await Category.all().values("code") == []
        assert await db.fetch("SELECT count(*) FROM category") == [(0,)]
    release.set()
    await writer
    assert await Category.all().count() == 1
    assert database.dialect == "sqlite"


@pytest.mark.usefixtures("database")
async def test_nobody_writes_between_the_reads_and_the_writes_of_a_transaction(database_url: str) -> None:
    other = sqlite3.connect(str(db.sqlite_path(database_url)), isolation_level=None, timeout=0)

    @db.transactional
    async def read_and_write() -> None:
        await db.fetch("SELECT count(*) FROM category")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO document_number (series, last_number) VALUES ('T', 1)")
        await Category.create(code="a", name="a")

    await read_and_write()
    other.close()


@pytest.mark.usefixtures("database")
async def test_a_reader_cannot_write() -> None:
    with pytest.raises(OperationalError):
        await db.fetch("INSERT INTO document_number VALUES ('T', 1) RETURNING series")
    assert await db.fetch("SELECT * FROM document_number") == []


@pytest.mark.usefixtures("database")
async def test_a_single_write_is_a_transaction_of_its_own() -> None:
    await Category.create(code="a", name="a")
    await Category.bulk_create([Category(code="b", name="b"), Category(code="c", name="c")])
    assert await Category.filter(code__in=["a", "b"]).update(name="d") == 2
    assert await Category.filter(code="c").delete() == 1
    assert await db.fetch("SELECT code, name FROM category ORDER BY code") == [("a", "d"), ("b", "d")]


async def test_a_transaction_waits_for_another_process_and_can_be_cancelled(database_url: str) -> None:
    async with db.open(database_url, MODEL_MODULES) as database:
        database.client.patience = 10 * SECONDS  # who cannot be cancelled hangs
        other = sqlite3.connect(str(db.sqlite_path(database_url)), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await Category.create(code="a", name="a")
        waiting = asyncio.ensure_future(Category.create(code="b", name="b"))
        await asyncio.sleep(0.2)
        other.execute("COMMIT")
        other.close()
        await waiting
        assert await db.fetch("SELECT code FROM category") == [("b",)]


@pytest.mark.parametrize(("synchronous", "level"), [("FULL", 2), ("NORMAL", 1)])
async def test_commits_as_durably_as_the_settings_say(database_url: str, synchronous: str, level: int) -> None:
    settings = Settings(database_url=database_url, sqlite_synchronous=synchronous)  # type: ignore[arg-type]

    @db.transactional
    async def pragma(name: str) -> int:
        [(value,)] = await db.fetch(f"PRAGMA {name}")
        return int(value)

    async with db.open(settings, MODEL_MODULES):
        assert await pragma("synchronous") == level
        assert await pragma("foreign_keys") == 1


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite:///", "sqlite:///no/such/folder/jxc.sqlite3"])
async def test_says_in_one_line_what_cannot_be_opened(url: str) -> None:
    with pytest.raises(db.DatabaseUnavailable) as refusal:
        await db.connect(url, MODEL_MODULES)
    assert "\n" not in str(refusal.value)
    assert url in str(refusal.value)


async def test_a_connection_that_failed_can_be_tried_again(database_url: str, tmp_path: Path) -> None:
    not_a_database = tmp_path / "text"
    not_a_database.write_text("not a database" * 100)
    with pytest.raises(db.DatabaseUnavailable, match="not a database"):
        await db.connect(f"sqlite:///{not_a_database}", MODEL_MODULES)
    async with db.open(database_url, MODEL_MODULES):
        assert await Category.all().count() == 0


async def test_closing_empties_the_write_ahead_log(database_url: str) -> None:
    log = Path(f"{db.sqlite_path(database_url)}-wal")
    async with db.open(database_url, MODEL_MODULES):
        await Category.create(code="a", name="a")
        assert log.exists()  # noqa: ASYNC240
    assert not log.exists()  # noqa: ASYNC240


def rights(path: Path) -> list[int]:
    return [path.with_name(f"{path.name}{end}").stat().st_mode & 0o777 for end in ("", "-wal", "-shm")]


async def test_the_file_and_its_log_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite3"
    async with db.open(f"sqlite:///{path}", MODEL_MODULES):
        assert rights(path) == [0o600] * 3
        os.chmod(path, 0o644)  # noqa: PTH101  (a blocking method of Path may not be called here)
    async with db.open(f"sqlite:///{path}", MODEL_MODULES):
        assert rights(path) == [0o600] * 3
