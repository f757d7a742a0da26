"""Backups, and what is made of them: the same rows, going their own way."""

import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from jxc_graphql import wiring
from jxc_graphql.kit import db, ids, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.node import OF_A_COPY
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.journal import ResyncRequired
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_api_token, create_user, login, system_call
from jxc_graphql.wiring import MODEL_MODULES
from tests.make.settings import taken_up
from tests.patience import recorded
from tests.refusals import everything
from tests.shell import jxc
from tests.shelves import shelf

FAR = 10**15
"""Transactions of a server that is much older than the one to restore to."""
PASSWORD = "correct horse battery"


@pytest.fixture
async def original(database_url: str) -> str:
    """A database with a user who is signed in, and a program with a token."""
    async with db.open(database_url, MODEL_MODULES):
        await taken_up()
        await age()
        ann = await create_user(system_call(), username="ann", name="Ann", roles=["ADMIN"], password=PASSWORD)
        await create_api_token(system_call(), user_id=ann.user_id, name="till")
        await login(Call(), username="ann", password=PASSWORD)
    return database_url


@db.transactional
async def age() -> None:
    if db.dialect() == "postgres":
        await db.fetch(
            f"CREATE OR REPLACE FUNCTION journal_line() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT {FAR}'"
        )


@pytest.fixture
def place(original: str, empty_url: str) -> str:
    """Where nothing is."""
    assert original != empty_url
    return empty_url


def back_up(tmp_path: Path, url: str, name: str = "copy") -> Path:
    done = jxc(tmp_path, "backup", str(tmp_path / name), JXC_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    return tmp_path / name


def restore(tmp_path: Path, url: str, file: Path, *options: str) -> str:
    done = jxc(tmp_path, "restore", str(file), *options, JXC_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    return line


async def spans() -> dict[int, tuple[str, int]]:
    rows = await db.fetch("SELECT node, holder, through FROM id_node")
    return {node: (holder, through) for node, holder, through in rows}


OWN = {"id_node", "journal", "token", "rights_version", "reaction_cursor", "sqlite_sequence"}
"""What a copy has for itself."""


async def test_restores_all_that_a_backup_holds(original: str, place: str, tmp_path: Path) -> None:
    async with wiring.opened(Settings(database_url=original)):
        pass  # as a server does, which writes down what day it is
    told = restore(tmp_path, place, back_up(tmp_path, original))
    assert "Restored; 2 tokens ended: everybody signs in anew.\n" in told
    assert told.endswith("Everything agrees with the ledger.\n")
    found = []
    for url in (original, place):
        async with db.open(url, MODEL_MODULES):
            found.append({table: rows for table, rows in (await everything()).items() if table not in OWN})
    assert found[0] == found[1]


async def test_ends_sessions_and_beside_an_original_programs_too(original: str, place: str, tmp_path: Path) -> None:
    restore(tmp_path, place, back_up(tmp_path, original), "--in-its-place")
    async with db.open(place, MODEL_MODULES):
        assert await db.fetch("SELECT kind FROM token WHERE revoked_at IS NULL") == [("API",)]
    done = jxc(tmp_path, "restore", "--is-there", JXC_DATABASE_URL=place)
    assert done.returncode == 0, done.stderr
    async with db.open(place, MODEL_MODULES):
        assert await db.fetch("SELECT kind FROM token WHERE revoked_at IS NULL") == []


async def test_makes_no_id_that_its_original_makes(original: str, place: str, tmp_path: Path) -> None:
    restore(tmp_path, place, back_up(tmp_path, original))
    async with db.open(original, MODEL_MODULES):
        there = await spans()
    async with db.open(place, MODEL_MODULES):
        here = await spans()
    own = {node for node in range(ids.NODES) if here.get(node, ("", 0))[1] < ids.FOREVER}
    others = {node for node in range(ids.NODES) if there.get(node, ("", 0))[1] < ids.FOREVER}
    assert len(own) == OF_A_COPY
    assert not own & others


async def test_a_copy_of_a_copy_makes_other_ids_than_both(original: str, place: str, tmp_path: Path) -> None:
    restore(tmp_path, place, back_up(tmp_path, original))
    async with db.open(place, MODEL_MODULES):
        first = {node for node, (_, through) in (await spans()).items() if through < ids.FOREVER}
    assert jxc(tmp_path, "restore", "--is-there", JXC_DATABASE_URL=place).returncode == 0
    async with db.open(place, MODEL_MODULES):
        second = {node for node, (_, through) in (await spans()).items() if through < ids.FOREVER}
    assert (len(second), first & second) == (OF_A_COPY, set())


async def test_goes_on_behind_what_the_one_it_replaces_may_have_been_given(
    original: str, place: str, tmp_path: Path
) -> None:
    began = ids.present()
    restore(tmp_path, place, back_up(tmp_path, original), "--in-its-place")
    async with db.open(place, MODEL_MODULES):
        assert ids.new_id() >> 22 >= began + 600_000
        assert min(through for _, through in (await spans()).values()) >= began + 600_000


async def test_a_reader_of_the_original_resynchronises(original: str, place: str, tmp_path: Path) -> None:
    file = back_up(tmp_path, original)
    async with db.open(original, MODEL_MODULES):
        await create_user(system_call(), username="lost", name="Lost", roles=["ADMIN"])
        lost = (await recorded())[-1].cursor
    restore(tmp_path, place, file)
    async with db.open(place, MODEL_MODULES):
        await create_user(system_call(), username="bob", name="Bob", roles=["ADMIN"])
        entries = await recorded()
        assert [entry.name for entry in entries[-2:]] == ["CopyBegan", "UserCreated"]
        for before in (lost, entries[-3].cursor):
            with pytest.raises(Rejected) as refused:
                await journal.check_resumable(before)
            assert isinstance(refused.value.reasons[0], ResyncRequired)
        await journal.check_resumable(entries[-2].cursor)
        assert entries[-1].cursor <= await journal.head()


@pytest.fixture
def one_who_writes(original: str) -> Iterator[None]:
    """Somebody in the midst of it, on SQLite as its one writer."""
    if not original.startswith("sqlite"):
        yield
        return
    path = db.sqlite_path(original)
    assert path
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE company SET version = 99")
        yield
        with suppress(sqlite3.Error):
            writer.execute("ROLLBACK")


@pytest.mark.usefixtures("one_who_writes")
def test_waits_for_nobody_and_is_read_by_nobody_else(original: str, tmp_path: Path) -> None:
    file = back_up(tmp_path, original)
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    if original.startswith("sqlite"):
        with closing(sqlite3.connect(file)) as copy:
            assert copy.execute("SELECT version FROM company").fetchone() == (1,)
            assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert "already" in refusal(jxc(tmp_path, "backup", str(file), JXC_DATABASE_URL=original))
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy"]


def test_does_not_lay_a_copy_over_anything(original: str, tmp_path: Path) -> None:
    file = back_up(tmp_path, original)
    told = refusal(jxc(tmp_path, "restore", str(file), JXC_DATABASE_URL=original))
    assert "already" in told
    (tmp_path / "no").write_text("no copy at all" * 100)
    assert jxc(tmp_path, "restore", str(tmp_path / "no")).returncode == 1
    assert list((tmp_path / "data").iterdir()) == []


def test_migrates_nothing_when_it_backs_up(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / "jxc.sqlite3")) as old, old:
        old.execute("CREATE TABLE of_another_time (id INTEGER)")
    assert jxc(tmp_path, "backup", str(tmp_path / "copy")).returncode == 0
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT name FROM sqlite_master").fetchall() == [("of_another_time",)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_says_which_programs_of_postgresql_it_needs(original: str, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()

    def told() -> str:
        return refusal(jxc(tmp_path, "backup", str(tmp_path / "copy"), JXC_DATABASE_URL=original, PATH=str(programs)))

    assert "there is no pg_dump: it comes with" in told()
    (programs / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 12.3'\n")
    (programs / "pg_dump").chmod(0o755)
    assert "pg_dump is of version 12, the server of" in told()
    assert [path.name for path in tmp_path.glob("copy*")] == []


def test_says_which_files_it_does_not_hold_and_ends_well_when_they_are_in_a_bucket(
    original: str, tmp_path: Path
) -> None:
    with shelf("bucket", tmp_path / "files", "attachments") as place:
        told = {"JXC_DATABASE_URL": original, "JXC_FILES_DIR": str(tmp_path / "files"), "JXC_FILES_URL": place.url}
        done = jxc(tmp_path, "backup", str(tmp_path / "a copy"), **told)
        assert (done.returncode, f"The files in {place.url} are not in it" in done.stdout) == (0, True), done.stderr
        place.lay("ab" * 32, b"x", at=0.0)
        done = jxc(tmp_path, "verify", **told)
        assert "file is of an attachment" in done.stdout
        assert done.returncode == 1, done.stderr
        place.lose("ab" * 32)
        done = jxc(tmp_path, "verify", **told)
        assert done.returncode == 0, done.stderr
