"""Purchase requests."""

from collections.abc import Sequence

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import by_code_points


def _indexes(*of: Sequence[str]) -> list[Index]:
    return [Index(fields=[*one, "id"]) for one in of]


class Migration(migrations.Migration):
    """Purchase requests, and what of them is on orders."""

    operations = (
        ops.CreateModel(
            "PurchaseRequest",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("warehouse", columns.reference("Warehouse")),
                ("source", fields.CharField(max_length=10)),
                ("needed_on", fields.DateField()),
            ],
            {
                "table": "purchase_request",
                "indexes": _indexes(
                    ["status"], ["business_date"], ["created_at"], ["created_by"], ["warehouse"], ["source"],
                    ["needed_on"],
                ),
            },
        ),
        ops.CreateModel(
            "PurchaseRequestLine",
            [
                ("id", columns.Id()),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                ("purchase_request", columns.reference("PurchaseRequest")),
                ("unit", fields.CharField(max_length=20)),
                ("quantity_in_unit", columns.Steps()),
                ("quantity", columns.Steps()),
                ("needed_on", fields.DateField(null=True)),
                ("supplier", columns.reference("Supplier", null=True)),
                ("quantity_ordered", columns.Steps()),
                ("quantity_cancelled", columns.Steps()),
            ],
            {
                "table": "purchase_request_line",
                "unique_together": (("purchase_request", "line_no"),),
                "constraints": [
                    CheckConstraint(
                        check="quantity > 0 AND quantity_in_unit > 0 AND quantity_ordered >= 0"
                        " AND quantity_cancelled >= 0 AND quantity_ordered + quantity_cancelled <= quantity",
                        name="purchase_request_line_is_ordered_within_what_is_needed",
                    ),
                ],
                "indexes": _indexes(["sku"], ["supplier"], ["needed_on"]),
            },
        ),
        ops.CreateModel(
            "PurchaseRequestOrder",
            [
                ("id", columns.Id()),
                ("purchase_request_line", columns.reference("PurchaseRequestLine")),
                ("purchase_order", columns.reference("PurchaseOrder")),
                ("quantity", columns.Steps()),
            ],
            {
                "table": "purchase_request_order",
                "unique_together": (("purchase_order", "purchase_request_line"),),
                "constraints": [CheckConstraint(check="quantity > 0", name="purchase_request_order_orders_something")],
                "indexes": _indexes(["purchase_request_line"]),
            },
        ),
        ops.AddField(model_name="PurchaseOrder", name="is_requested", field=fields.BooleanField(default=False)),
        by_code_points(),
    )  # fmt: skip
