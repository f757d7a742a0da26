"""Versions of master data."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Versions of master data."""

    operations = (
        ops.AddField(
            model_name="Branch",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Branch",
            name="version",
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name="Category",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Category",
            name="version",
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name="Customer",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Customer",
            name="version",
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name="Lot",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Place",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Place",
            name="version",
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name="Product",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Product",
            name="version",
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name="Sku",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Sku",
            name="version",
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name="Supplier",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Supplier",
            name="version",
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name="Warehouse",
            name="updated_at",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Warehouse",
            name="version",
            field=fields.IntField(default=1),
        ),
    )
