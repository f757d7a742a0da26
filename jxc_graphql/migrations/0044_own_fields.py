"""Own fields."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Own fields."""

    operations = (
        ops.CreateModel(
            "OwnField",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("kind", fields.CharField(max_length=30)),
                ("code", fields.CharField(max_length=40)),
                ("name", fields.CharField(max_length=100)),
                ("value_type", fields.CharField(max_length=10)),
                ("decimals", fields.IntField()),
                ("choices", fields.TextField()),
                ("reference_kind", fields.CharField(null=True, max_length=10)),
                ("is_required", fields.BooleanField()),
                ("is_active", fields.BooleanField()),
                ("position", fields.IntField()),
            ],
            {
                "table": "own_field",
                "unique_together": (("kind", "code"),),
                "indexes": [Index(fields=["code", "kind"]), Index(fields=["position", "id"])],
            },
        ),
        ops.CreateModel(
            "OwnFieldValue",
            [
                ("id", columns.Id()),
                ("field", columns.reference("OwnField")),
                ("document", columns.reference("Document", null=True)),
                ("sku", columns.reference("Sku", null=True)),
                ("product", columns.reference("Product", null=True)),
                ("supplier", columns.reference("Supplier", null=True)),
                ("customer", columns.reference("Customer", null=True)),
                ("value", fields.CharField(max_length=500)),
                ("in_order", fields.CharField(max_length=501)),
                ("to_supplier", columns.reference("Supplier", null=True)),
                ("to_customer", columns.reference("Customer", null=True)),
                ("to_sku", columns.reference("Sku", null=True)),
                ("to_product", columns.reference("Product", null=True)),
                ("to_user", columns.reference("User", null=True)),
                ("to_warehouse", columns.reference("Warehouse", null=True)),
            ],
            {
                "table": "own_field_value",
                "unique_together": (
                    ("document", "field"),
                    ("sku", "field"),
                    ("product", "field"),
                    ("supplier", "field"),
                    ("customer", "field"),
                ),
                "constraints": [
                    CheckConstraint(
                        check="(CASE WHEN document_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN sku_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN product_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN supplier_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN customer_id IS NULL THEN 0 ELSE 1 END) = 1",
                        name="own_field_value_is_of_one_thing",
                    ),
                    CheckConstraint(
                        check="(CASE WHEN to_supplier_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN to_customer_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN to_sku_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN to_product_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN to_user_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN to_warehouse_id IS NULL THEN 0 ELSE 1 END) = (CASE WHEN in_order LIKE 'r%' THEN 1 ELSE 0 END)",
                        name="own_field_value_refers_to_one_thing_where_it_is_a_reference",
                    ),
                ],
                "indexes": [
                    Index(fields=["field", "in_order"]),
                    Index(fields=["to_supplier"]),
                    Index(fields=["to_customer"]),
                    Index(fields=["to_sku"]),
                    Index(fields=["to_product"]),
                    Index(fields=["to_user"]),
                    Index(fields=["to_warehouse"]),
                ],
            },
        ),
        by_code_points(),
    )
