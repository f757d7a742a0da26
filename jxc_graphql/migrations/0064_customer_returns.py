"""Customers bring back what left for them."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Customer returns."""

    operations = (
        ops.CreateModel(
            "CustomerReturn",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("currency", fields.CharField(max_length=3)),
                ("exchange_rate", columns.Steps()),
                ("currency_places", fields.SmallIntField()),
                ("base_places", fields.SmallIntField()),
                ("net", columns.Steps()),
                ("tax", columns.Steps()),
                ("gross", columns.Steps()),
                ("base_net", columns.Steps()),
                ("base_tax", columns.Steps()),
                ("base_gross", columns.Steps()),
                ("customer", columns.reference("Customer")),
                ("warehouse", columns.reference("Warehouse")),
                ("freight", fields.CharField(max_length=10)),
                ("exchange_gross", columns.Steps()),
                ("base_exchange_gross", columns.Steps()),
                ("cost", columns.Steps()),
            ],
            {
                "table": "customer_return",
                "constraints": [
                    CheckConstraint(
                        check="net >= 0 AND net % 100 = 0 AND tax >= 0 AND tax % 100 = 0 AND net + tax = gross",
                        name="customer_return_adds_up",
                    ),
                    CheckConstraint(
                        check="base_net >= 0 AND base_net % 100 = 0 AND base_tax >= 0 AND base_tax % 100 = 0 AND base_net + base_tax = base_gross",
                        name="customer_return_adds_up_in_base",
                    ),
                    CheckConstraint(
                        check="exchange_rate > 0 AND (exchange_rate <> 100000000 OR currency_places > base_places OR (base_net = net AND base_tax = tax AND base_gross = gross))",
                        name="customer_return_is_worth_itself_in_base",
                    ),
                ],
                "indexes": [
                    Index(fields=["status", "id"]),
                    Index(fields=["business_date", "id"]),
                    Index(fields=["created_at", "id"]),
                    Index(fields=["created_by", "id"]),
                    Index(fields=["warehouse", "id"]),
                    Index(fields=["customer", "id"]),
                    Index(fields=["cost", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "CustomerReturnLine",
            [
                ("id", columns.Id()),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                ("net", columns.Steps()),
                ("tax", columns.Steps()),
                ("gross", columns.Steps()),
                ("base_net", columns.Steps()),
                ("base_tax", columns.Steps()),
                ("base_gross", columns.Steps()),
                ("customer_return", columns.reference("CustomerReturn")),
                ("shipment_line", columns.reference("ShipmentLine")),
                ("unit", fields.CharField(max_length=20)),
                ("quantity_in_unit", columns.Steps()),
                ("quantity", columns.Steps()),
                ("reason", fields.CharField(max_length=20)),
                ("resolution", fields.CharField(max_length=15)),
                ("exchange_sku", columns.reference("Sku")),
                ("exchange_quantity", columns.Steps()),
                ("exchange_price", columns.Steps(null=True)),
                ("exchange_gross", columns.Steps()),
                ("quantity_accepted", columns.Steps()),
                ("quantity_uninspected", columns.Steps()),
                ("quantity_damaged", columns.Steps()),
                ("quantity_scrapped", columns.Steps()),
                ("quantity_credited", columns.Steps()),
                ("cost", columns.Steps()),
            ],
            {
                "table": "customer_return_line",
                "unique_together": (("customer_return", "line_no"),),
                "constraints": [
                    CheckConstraint(
                        check="quantity > 0 AND quantity_accepted >= 0 AND quantity_uninspected >= 0 AND quantity_damaged >= 0 AND quantity_scrapped >= 0 AND quantity_credited <= quantity AND quantity_credited = CASE resolution WHEN 'REFUND_ONLY' THEN quantity_credited ELSE quantity_accepted + quantity_uninspected + quantity_damaged + quantity_scrapped END",
                        name="customer_return_line_credits_what_came",
                    ),
                    CheckConstraint(
                        check="(resolution = 'EXCHANGE') = (exchange_quantity > 0) AND exchange_quantity >= 0 AND exchange_gross >= 0 AND exchange_gross % 100 = 0",
                        name="customer_return_line_exchanges_something",
                    ),
                    CheckConstraint(
                        check="net >= 0 AND net % 100 = 0 AND tax >= 0 AND tax % 100 = 0 AND net + tax = gross",
                        name="customer_return_line_adds_up",
                    ),
                    CheckConstraint(
                        check="base_net >= 0 AND base_net % 100 = 0 AND base_tax >= 0 AND base_tax % 100 = 0 AND base_net + base_tax = base_gross",
                        name="customer_return_line_adds_up_in_base",
                    ),
                ],
                "indexes": [
                    Index(fields=["shipment_line", "id"]),
                    Index(fields=["sku", "id"]),
                    Index(fields=["exchange_sku", "id"]),
                    Index(fields=["reason", "id"]),
                    Index(fields=["resolution", "id"]),
                    Index(fields=["cost", "id"]),
                ],
            },
        ),
        by_code_points(),
    )
