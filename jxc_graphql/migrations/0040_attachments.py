"""Attachments."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Attachments."""

    operations = (
        ops.CreateModel(
            "Attachment",
            [
                ("id", columns.Id()),
                ("document", columns.reference("Document", null=True)),
                ("product", columns.reference("Product", null=True)),
                ("sku", columns.reference("Sku", null=True)),
                ("supplier", columns.reference("Supplier", null=True)),
                ("customer", columns.reference("Customer", null=True)),
                ("position", fields.BigIntField()),
                ("name", fields.CharField(max_length=200)),
                ("media_type", fields.CharField(max_length=100)),
                ("size", fields.IntField()),
                ("hash", fields.CharField(max_length=64)),
                ("created_by", columns.reference("User")),
                ("created_at", fields.DatetimeField()),
                ("deleted_at", fields.DatetimeField(null=True)),
                ("deleted_by", columns.reference("User", null=True)),
            ],
            {
                "table": "attachment",
                "constraints": [
                    CheckConstraint(
                        check="(CASE WHEN document_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN product_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN sku_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN supplier_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN customer_id IS NULL THEN 0 ELSE 1 END) = 1",
                        name="attachment_is_of_one_thing",
                    ),
                    CheckConstraint(check="size > 0", name="attachment_has_bytes"),
                    CheckConstraint(
                        check="(deleted_by_id IS NULL) = (deleted_at IS NULL)", name="attachment_is_deleted_by_somebody"
                    ),
                ],
                "indexes": [
                    Index(fields=["document", "position"]),
                    Index(fields=["product", "position"]),
                    Index(fields=["sku", "position"]),
                    Index(fields=["supplier", "position"]),
                    Index(fields=["customer", "position"]),
                    Index(fields=["created_by", "id"]),
                    Index(fields=["created_at", "id"]),
                    Index(fields=["hash", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "Upload",
            [
                ("id", columns.Id()),
                ("owner_column", fields.CharField(max_length=40)),
                ("owner_id", fields.BigIntField()),
                ("name", fields.CharField(max_length=200)),
                ("user", columns.reference("User")),
                ("created_at", fields.DatetimeField(db_index=True)),
            ],
            {"table": "upload"},
        ),
        ops.AddField(
            model_name="Product",
            name="brand",
            field=fields.CharField(default="", max_length=100),
        ),
        ops.AddIndex(
            model_name="Product",
            index=Index(fields=["brand", "id"]),
        ),
    )
