"""Print templates."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Print templates."""

    operations = (
        ops.CreateModel(
            "PrintTemplate",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("document_kind", fields.CharField(max_length=40)),
                ("paper", fields.CharField(max_length=20)),
                ("text", fields.TextField()),
                ("created_at", fields.DatetimeField()),
            ],
            {
                "table": "print_template",
                "indexes": [Index(fields=["document_kind", "id"]), Index(fields=["updated_at", "id"])],
            },
        ),
    )
