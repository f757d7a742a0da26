"""Tags."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Tags."""

    operations = (
        ops.CreateModel(
            "Tag",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("name", fields.CharField(unique=True, max_length=40)),
                ("color", fields.CharField(max_length=7)),
            ],
            {"table": "tag"},
        ),
        ops.CreateModel(
            "DocumentTag",
            [
                ("id", columns.Id()),
                ("document", columns.reference("Document")),
                ("tag", columns.reference("Tag")),
                ("added_by", columns.reference("User")),
                ("added_at", fields.DatetimeField()),
            ],
            {
                "table": "document_tag",
                "unique_together": (("document", "tag"),),
                "indexes": [Index(fields=["tag", "document"])],
            },
        ),
    )
