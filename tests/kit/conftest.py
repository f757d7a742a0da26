"""Databases of SQLite alone, and migrations of their own for databases without a table."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

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
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated, empty file."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'jxc.sqlite3')}"


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
