"""Lots and alerts are found by their notes."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit.db.operations import Statements

_ANEW = ("DELETE FROM search_index WHERE table_name = 'lot'",)
"""The search texts of lots are made anew when the program starts."""


class Migration(migrations.Migration):
    """Notes of lists."""

    operations = (
        ops.AddIndex(model_name="StockAlert", index=Index(fields=["note", "id"])),
        Statements(sqlite=_ANEW, postgres=_ANEW),
    )
