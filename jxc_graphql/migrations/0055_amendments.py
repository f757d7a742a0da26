"""Amendments of orders."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Amendments of orders."""

    operations = (
        ops.CreateModel(
            "PurchaseAmendment",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("new_discount", columns.Steps(null=True)),
                ("new_note", fields.CharField(null=True, max_length=500)),
                ("gross_before", columns.Steps()),
                ("gross_after", columns.Steps()),
                ("price_rise", columns.Steps()),
                ("price_cut", columns.Steps()),
                ("asks_anew", fields.BooleanField()),
                ("differences", fields.TextField()),
                ("purchase_order", columns.reference("PurchaseOrder")),
                ("supplier", columns.reference("Supplier")),
                ("warehouse", columns.reference("Warehouse")),
                ("new_expected_on", fields.DateField(null=True)),
            ],
            {
                "table": "purchase_amendment",
                "indexes": [
                    Index(fields=["status", "id"]),
                    Index(fields=["business_date", "id"]),
                    Index(fields=["created_at", "id"]),
                    Index(fields=["created_by", "id"]),
                    Index(fields=["warehouse", "id"]),
                    Index(fields=["supplier", "id"]),
                    Index(fields=["purchase_order", "id"]),
                    Index(fields=["gross_after", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "PurchaseAmendmentLine",
            [
                ("id", columns.Id()),
                ("purchase_amendment", columns.reference("PurchaseAmendment")),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                ("action", fields.CharField(max_length=12)),
                ("unit", fields.CharField(max_length=20)),
                ("quantity_in_unit", columns.Steps(null=True)),
                ("unit_price", columns.Steps(null=True)),
                ("discount", columns.Steps(null=True)),
                ("tax_code", columns.reference("TaxCode", null=True)),
                ("purchase_order_line", columns.reference("PurchaseOrderLine", null=True)),
            ],
            {
                "table": "purchase_amendment_line",
                "unique_together": (("purchase_amendment", "line_no"),),
                "indexes": [Index(fields=["purchase_order_line", "id"]), Index(fields=["sku", "id"])],
            },
        ),
        ops.CreateModel(
            "SalesAmendment",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("new_discount", columns.Steps(null=True)),
                ("new_note", fields.CharField(null=True, max_length=500)),
                ("gross_before", columns.Steps()),
                ("gross_after", columns.Steps()),
                ("price_rise", columns.Steps()),
                ("price_cut", columns.Steps()),
                ("asks_anew", fields.BooleanField()),
                ("differences", fields.TextField()),
                ("sales_order", columns.reference("SalesOrder")),
                ("customer", columns.reference("Customer")),
                ("warehouse", columns.reference("Warehouse")),
            ],
            {
                "table": "sales_amendment",
                "indexes": [
                    Index(fields=["status", "id"]),
                    Index(fields=["business_date", "id"]),
                    Index(fields=["created_at", "id"]),
                    Index(fields=["created_by", "id"]),
                    Index(fields=["warehouse", "id"]),
                    Index(fields=["customer", "id"]),
                    Index(fields=["sales_order", "id"]),
                    Index(fields=["gross_after", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "SalesAmendmentLine",
            [
                ("id", columns.Id()),
                ("sales_amendment", columns.reference("SalesAmendment")),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                ("action", fields.CharField(max_length=12)),
                ("unit", fields.CharField(max_length=20)),
                ("quantity_in_unit", columns.Steps(null=True)),
                ("unit_price", columns.Steps(null=True)),
                ("discount", columns.Steps(null=True)),
                ("tax_code", columns.reference("TaxCode", null=True)),
                ("sales_order_line", columns.reference("SalesOrderLine", null=True)),
            ],
            {
                "table": "sales_amendment_line",
                "unique_together": (("sales_amendment", "line_no"),),
                "indexes": [Index(fields=["sales_order_line", "id"]), Index(fields=["sku", "id"])],
            },
        ),
        by_code_points(),
    )
