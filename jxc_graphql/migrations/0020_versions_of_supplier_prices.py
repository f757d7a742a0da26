"""Versions of supplier prices."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Versions of supplier prices."""

    operations = (
        ops.AddField(
            model_name="SupplierPrice",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="SupplierPrice",
            name="version",
            field=fields.IntField(default=1),
        ),
    )
