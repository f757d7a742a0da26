"""Lists are filtered and sorted by what an index leads to; what changes with each posting has few indexes."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

GONE = {
    "CostLayer": "value",
    "PlaceLevel": "quantity",
    "StockLevel": "waiting in_transit lent changed_at",
}
"""The columns that lists are not sorted by any more, by model."""
LEADING = {
    "Assembly": "kind value",
    "AttributeValue": "name",
    "JournalEntry": "at",
    "Loan": "lent_on",
    "Place": "code name is_active is_bin",
    "ProductAttribute": "name",
    "StockAlert": "expires_on idle_since_on snoozed_until_on",
    "StockLimit": "starts_on ends_on",
    "StocktakeLine": "is_found has_moved counted_quantity variance variance_value",
    "TransferDiscrepancy": "reason",
}
"""The columns that an index leads to, and then to what is equal in the order of ids."""


class Migration(migrations.Migration):
    """Lists by their indexes."""

    operations = (
        *(
            ops.RemoveIndex(model_name=model, name=None, fields=[column, "id"])
            for model, gone in GONE.items()
            for column in gone.split()
        ),
        *(
            ops.AddIndex(model_name=model, index=Index(fields=[column, "id"]))
            for model, leading in LEADING.items()
            for column in leading.split()
        ),
    )
