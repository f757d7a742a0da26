"""Databases without a table, and migrations of their own for them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import databases

HEAD = """
from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint
from jxc_graphql.kit.db.operations import Statements, append_only
from jxc_graphql.kit.numbers import QuantityField

class Migration(migrations.Migration):
    operations = """


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: databases.Postgres = request.getfixturevalue("postgres")
    with server.clone("template0") as url:
        yield url


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
