"""Migrations are one row of files that name nothing of the program, and the next one is written from the models."""

import ast
from pathlib import Path
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

import jxc_graphql.migrations
from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate, write

HISTORY = Path(jxc_graphql.migrations.__file__).parent
JOURNAL = ["jxc_graphql.kit.journal"]
GUARDED = """[append_only("parent")]"""


def test_migrations_are_numbered_in_one_row() -> None:
    names = sorted(path.stem for path in HISTORY.glob("0*.py"))
    for number, name in enumerate(names, start=1):
        assert int(name.partition("_")[0]) == number, (
            f"{name} should have the number {number:04}. Where two branches wrote the same number, rename the migration"
            " that came to main last (git mv), and make the databases anew that it was applied to."
        )


@pytest.mark.parametrize("path", sorted(HISTORY.glob("0*.py")), ids=lambda path: path.stem)
def test_history_names_nothing_that_may_change(path: Path) -> None:
    imported = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("jxc_graphql")
        for alias in node.names
    }
    assert {
        name
        for name in imported
        if name != "jxc_graphql.kit.columns" and not name.startswith("jxc_graphql.kit.db.operations.")
    } == set()


MODELS = """
from enum import Enum
from tortoise import fields
from tortoise.models import Model
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import Money, MoneyField

class Temper(Enum):
    CALM = "CALM"
    LOUD = "LOUD"

class Parent(Model):
    id = IdField()
    name = fields.CharField(max_length=10, default="")
    year = fields.IntField()
    class Meta:
        table = "parent"
"""
MORE_MODELS = (
    MODELS.replace(
        "year = fields.IntField()\n    class",
        "year = fields.IntField()\n"
        "    temper = fields.CharEnumField(Temper, max_length=4, default=Temper.CALM, db_index=True)\n"
        "    debt = MoneyField(default=Money.of(2))\n    class",
    )
    + """
class Child(Model):
    id = IdField()
    parent = fields.ForeignKeyField("models.Parent", related_name="children", on_delete=fields.RESTRICT)
    friend = fields.ForeignKeyField("models.Child", related_name=False, null=True, on_delete=fields.SET_NULL)
    class Meta:
        table = "child"
        indexes = (("parent",),)
"""
)
WRITTEN = '''"""They have children."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from jxc_graphql.kit import columns
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    """They have children."""

    operations = (
        ops.CreateModel('Child', [
            ('id', columns.Id()),
            ('parent', columns.reference('Parent')),
            ('friend', columns.reference('Child', null=True, on_delete=OnDelete.SET_NULL)),
        ], {'table': 'child', 'indexes': [Index(fields=['parent'])]}),
        ops.AddField(
            model_name='Parent',
            name='debt',
            field=columns.Steps(default=20000),
        ),
        ops.AddField(
            model_name='Parent',
            name='temper',
            field=fields.CharField(default='CALM', db_index=True, max_length=4),
        ),
    )
'''


async def test_what_the_models_changed_is_written_and_applied(empty_url: str, package: Any, tmp_path: Path) -> None:
    for name, text in (("models_of_1", MODELS), ("models_of_2", MORE_MODELS)):
        (tmp_path / f"{name}.py").write_text(text)
    execute = db.transactional(db.execute)
    async with db.open(empty_url, JOURNAL) as database:
        first = await write("Family", ["models_of_1"], "family")
        assert first
        assert first.name == "0001_family.py"
        await migrate(database, "family")
        await execute("INSERT INTO parent (id, name, year) VALUES (1, 'a', 1)")
        package("0002_guarded", GUARDED)
        second = await write("they have children", ["models_of_2"], "family")
        assert second
        assert (second.name, second.read_text()) == ("0003_they_have_children.py", WRITTEN)
        assert await migrate(database, "family") == ["0002_guarded", "0003_they_have_children"]
        assert await db.fetch("SELECT id, name, year, debt, temper FROM parent") == [(1, "a", 1, 20000, "CALM")]
        assert await write("nothing", ["models_of_2"], "family") is None
        for statement in (
            "INSERT INTO parent (id, name, year, debt) VALUES (2, 'b', 2, 1)",  # who is neither calm nor loud
            "INSERT INTO parent (id, name, year, temper, debt) VALUES (2, 'b', 2, 'LOUD', 9000000000000000)",
            "UPDATE parent SET year = 9",
        ):
            with pytest.raises(IntegrityError):
                await execute(statement)
        indexes = {
            "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'idx_parent_temper_%'",
            "postgres": "SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'idx_parent_temper_%'",
        }
        assert len(await db.fetch(indexes[database.dialect])) == 1
