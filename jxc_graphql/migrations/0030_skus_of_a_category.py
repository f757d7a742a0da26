"""The SKUs of a category stand in the order of their list."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """SKUs of a category."""

    operations = (ops.AddIndex(model_name="Sku", index=Index(fields=["category", "code"])),)
