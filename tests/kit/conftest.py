"""Databases of SQLite alone, and migrations of their own for databases without a table."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.db import sqlite_commits
from jxc_graphql.kit.settings import Settings
from jxc_graphql.wiring import MODEL_MODULES
from tests.kit.queueing import Disk
from tests.make.settings import taken_up
from tests.patience import SECONDS

HEAD = """
from datetime import date
from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint
from jxc_graphql.kit.db.operations import Statements, append_only
from jxc_graphql.kit.numbers import QuantityField

class Migration(migrations.Migration):
    operations = """


@pytest.fixture
async def sharing(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[db.Database]:
    """A migrated file, connected, where transactions share commits for however long they take."""
    monkeypatch.setattr(sqlite_commits, "MOST_SECONDS", SECONDS)
    async with db.open(Settings(database_url=sqlite_url, deadline=SECONDS), MODEL_MODULES) as database:
        await taken_up()
        yield database


@pytest.fixture
def bounds(sharing: db.Database) -> list[str]:
    """What was sent to begin and to end."""
    seen: list[str] = []

    def look(statement: str) -> None:
        if statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    sharing.client.writer._conn.set_trace_callback(look)  # noqa: SLF001
    return seen


@pytest.fixture
def disk(sharing: db.Database) -> Disk:
    """What COMMIT waits for."""
    return Disk(sharing.client.writer)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes migrations into a package of their own; a call adds one."""
    folder = tmp_path / "family"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "family"]:
        monkeypatch.delitem(sys.modules, name)

    def add(name: str, operations: str, instead_of: str = "") -> None:
        (folder / f"{instead_of}.py").unlink(missing_ok=True)
        (folder / f"{name}.py").write_text(HEAD + operations, newline="")

    return add
