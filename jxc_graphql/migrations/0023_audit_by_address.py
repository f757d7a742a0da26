"""The audit log is filtered by address."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The audit log is filtered by address."""

    operations = (
        ops.AddIndex(
            model_name="JournalEntry",
            index=Index(fields=["address", "id"]),
        ),
    )
