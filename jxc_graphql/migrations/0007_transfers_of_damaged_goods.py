"""Transfers of damaged goods."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Transfers of damaged goods."""

    operations = (
        ops.AddField(
            model_name="Transfer",
            name="goods",
            field=fields.CharField(default="STOCK", max_length=7),
        ),
    )
