"""Quotes."""

from datetime import date

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Quotes."""

    operations = (
        ops.CreateModel(
            "Quote",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("prices_include_tax", fields.BooleanField()),
                ("discount", columns.Steps()),
                ("net", columns.Steps()),
                ("tax", columns.Steps()),
                ("total", columns.Steps()),
                ("base_net", columns.Steps()),
                ("base_tax", columns.Steps()),
                ("base_gross", columns.Steps()),
                ("payment_term", columns.reference("PaymentTerm")),
                ("currency", fields.CharField(max_length=3)),
                ("exchange_rate", columns.Steps()),
                ("currency_places", fields.SmallIntField()),
                ("base_places", fields.SmallIntField()),
                ("customer", columns.reference("Customer")),
                ("warehouse", columns.reference("Warehouse")),
                ("seller", columns.reference("User")),
                ("valid_through", fields.DateField()),
                ("revision", fields.IntField()),
                ("external_number", fields.CharField(max_length=60)),
            ],
            {
                "table": "quote",
                "constraints": [
                    CheckConstraint(
                        check="net >= 0 AND net % 100 = 0 AND tax >= 0 AND tax % 100 = 0 AND discount >= 0 AND discount % 100 = 0 AND net + tax = total",
                        name="quote_adds_up",
                    ),
                    CheckConstraint(
                        check="base_net >= 0 AND base_net % 100 = 0 AND base_tax >= 0 AND base_tax % 100 = 0 AND base_net + base_tax = base_gross",
                        name="quote_adds_up_in_base",
                    ),
                    CheckConstraint(
                        check="exchange_rate > 0 AND (exchange_rate <> 100000000 OR currency_places > base_places OR (base_net = net AND base_tax = tax AND base_gross = total))",
                        name="quote_is_worth_itself_in_base",
                    ),
                    CheckConstraint(check="revision > 0", name="quote_has_a_revision"),
                ],
                "indexes": [
                    Index(fields=["status", "id"]),
                    Index(fields=["business_date", "id"]),
                    Index(fields=["created_at", "id"]),
                    Index(fields=["created_by", "id"]),
                    Index(fields=["warehouse", "id"]),
                    Index(fields=["customer", "id"]),
                    Index(fields=["seller", "id"]),
                    Index(fields=["total", "id"]),
                    Index(fields=["valid_through", "id"]),
                    Index(fields=["external_number", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "QuoteLine",
            [
                ("id", columns.Id()),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                ("unit", fields.CharField(max_length=20)),
                ("quantity_in_unit", columns.Steps()),
                ("quantity", columns.Steps()),
                ("unit_price", columns.Steps()),
                ("amount", columns.Steps()),
                ("tax_code", columns.reference("TaxCode")),
                ("tax_rate", columns.Steps()),
                ("discount", columns.Steps()),
                ("discount_share", columns.Steps()),
                ("net", columns.Steps()),
                ("tax", columns.Steps()),
                ("gross", columns.Steps()),
                ("base_net", columns.Steps()),
                ("base_tax", columns.Steps()),
                ("base_gross", columns.Steps()),
                ("price_list", columns.reference("PriceList", null=True)),
                ("list_price", columns.Steps()),
                ("promotion_discount", columns.Steps()),
                ("given_promotions", fields.TextField()),
                ("quote", columns.reference("Quote")),
                ("quantity_ordered", columns.Steps()),
            ],
            {
                "table": "quote_line",
                "unique_together": (("quote", "line_no"),),
                "constraints": [
                    CheckConstraint(
                        check="quantity > 0 AND quantity_ordered >= 0 AND quantity_ordered <= quantity",
                        name="quote_line_is_ordered_within_what_was_quoted",
                    ),
                    CheckConstraint(
                        check="promotion_discount >= 0 AND promotion_discount % 100 = 0 AND list_price >= 0",
                        name="quote_line_has_a_price_by_rules",
                    ),
                    CheckConstraint(
                        check="net >= 0 AND net % 100 = 0 AND tax >= 0 AND tax % 100 = 0 AND discount >= 0 AND discount % 100 = 0 AND discount_share >= 0 AND discount_share % 100 = 0 AND net + tax = gross",
                        name="quote_line_adds_up",
                    ),
                    CheckConstraint(
                        check="base_net >= 0 AND base_net % 100 = 0 AND base_tax >= 0 AND base_tax % 100 = 0 AND base_net + base_tax = base_gross",
                        name="quote_line_adds_up_in_base",
                    ),
                ],
                "indexes": [
                    Index(fields=["sku", "id"]),
                    Index(fields=["amount", "id"]),
                    Index(fields=["price_list", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "QuoteOrder",
            [
                ("id", columns.Id()),
                ("quote_line", columns.reference("QuoteLine")),
                ("sales_order", columns.reference("SalesOrder")),
                ("quantity", columns.Steps()),
            ],
            {
                "table": "quote_order",
                "unique_together": (("sales_order", "quote_line"),),
                "constraints": [CheckConstraint(check="quantity > 0", name="quote_order_orders_something")],
                "indexes": [Index(fields=["quote_line", "id"])],
            },
        ),
        ops.AddField(
            model_name="Claim",
            name="lasts_through",
            field=fields.DateField(default=date.fromisoformat("9999-12-31")),
        ),
        by_code_points(),
    )
