"""Movements of a SKU in a warehouse are found by their day: late documents ask what happened since."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The index of movements."""

    operations = (
        ops.RemoveIndex(model_name="StockMovement", name=None, fields=["warehouse", "sku"]),
        ops.AddIndex(model_name="StockMovement", index=Index(fields=["warehouse", "sku", "business_date", "id"])),
    )
