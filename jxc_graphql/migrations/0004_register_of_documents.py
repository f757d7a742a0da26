"""Register of documents."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Register of documents."""

    operations = (
        ops.CreateModel(
            "Document",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("document_kind", fields.CharField(source_field="kind", max_length=30)),
                ("warehouse", columns.reference("Warehouse", null=True)),
                ("to_warehouse", columns.reference("Warehouse", null=True)),
                ("supplier", columns.reference("Supplier", null=True)),
                ("customer", columns.reference("Customer", null=True)),
                ("amount", columns.Steps(null=True)),
                ("search_text", fields.CharField(max_length=600)),
            ],
            {
                "table": "document",
                "indexes": [
                    Index(fields=["document_kind"]),
                    Index(fields=["status"]),
                    Index(fields=["warehouse"]),
                    Index(fields=["to_warehouse"]),
                    Index(fields=["supplier"]),
                    Index(fields=["customer"]),
                ],
            },
        ),
        ops.CreateModel(
            "DocumentLink",
            [
                ("id", columns.Id()),
                ("source", columns.reference("Document")),
                ("target", columns.reference("Document")),
                ("kind", fields.CharField(max_length=20)),
            ],
            {
                "table": "document_link",
                "unique_together": (("source", "target", "kind"),),
                "indexes": [Index(fields=["target"])],
            },
        ),
    )
