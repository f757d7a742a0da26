"""Orders have the number that they have elsewhere; those there are have none."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """External numbers."""

    operations = tuple(
        one
        for model in ("PurchaseOrder", "SalesOrder")
        for one in (
            ops.AddField(model_name=model, name="external_number", field=fields.CharField(max_length=60, default="")),
            ops.AddIndex(model_name=model, index=Index(fields=["external_number", "id"])),
        )
    )
