"""SKUs are filtered by how they are tracked."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """SKUs are filtered by how they are tracked."""

    operations = (
        ops.AddIndex(
            model_name="Sku",
            index=Index(fields=["tracking", "id"]),
        ),
    )
