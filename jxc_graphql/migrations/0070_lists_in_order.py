"""Lists in order."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Lists in order."""

    operations = (
        ops.AddIndex(
            model_name="ExchangeRate",
            index=Index(fields=["currency", "id"]),
        ),
        ops.AddIndex(
            model_name="ListPrice",
            index=Index(fields=["price_list", "id"]),
        ),
    )
