"""Customers have levels; price lists, promotions and minimum prices say what goods are sold for.

Lines of sales orders say which list gave their price, and what promotions gave them; of those there are all was typed.
"""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, by_code_points

_FIRST = [
    """INSERT INTO customer_level (id, version, updated_at, code, name)
       VALUES (1, 1, '2026-12-01 00:00:00+00:00', 'STANDARD', '普通')"""
]
_USUAL = ["UPDATE customer SET level_id = 1"]
_TYPED = ["UPDATE sales_order_line SET list_price = unit_price"]
_VERSIONED = [("version", fields.IntField()), ("updated_at", fields.DatetimeField()), ("id", columns.Id())]
_HOLDS_FOR_SOME = [
    *_VERSIONED,
    ("code", fields.CharField(unique=True, max_length=40)),
    ("name", fields.CharField(max_length=100)),
    ("currency", fields.CharField(max_length=3)),
    ("prices_include_tax", fields.BooleanField()),
    ("level", columns.reference("CustomerLevel", null=True)),
    ("branch", columns.reference("Branch", null=True)),
    ("priority", fields.IntField()),
    ("starts_on", fields.DateField()),
    ("ends_on", fields.DateField(null=True)),
    ("is_active", fields.BooleanField()),
]


def _by(*names: str) -> list[Index]:
    return [Index(fields=[name, "id"]) for name in names]


class Migration(migrations.Migration):
    """Sales prices."""

    operations = (
        ops.CreateModel(
            "CustomerLevel",
            [
                *_VERSIONED,
                ("code", fields.CharField(unique=True, max_length=20)),
                ("name", fields.CharField(max_length=60)),
            ],
            {"table": "customer_level", "indexes": _by("name", "updated_at")},
        ),
        ops.CreateModel(
            "PriceList",
            [*_HOLDS_FOR_SOME, ("customer", columns.reference("Customer", null=True))],
            {
                "table": "price_list",
                "constraints": [CheckConstraint(check="starts_on <= ends_on", name="price_list_ends_after_it_starts")],
                "indexes": _by(
                    "name", "customer", "level", "branch", "starts_on", "ends_on", "is_active", "updated_at"
                ),
            },
        ),
        ops.CreateModel(
            "ListPrice",
            [
                *_VERSIONED,
                ("price_list", columns.reference("PriceList")),
                ("sku", columns.reference("Sku")),
                ("from_quantity", columns.Steps()),
                ("unit", columns.reference("SkuUnit", null=True)),
                ("unit_price", columns.Steps()),
            ],
            {
                "table": "list_price",
                "unique_together": (("price_list", "sku", "from_quantity"),),
                "constraints": [
                    CheckConstraint(
                        check="from_quantity >= 0 AND unit_price >= 0", name="list_price_is_none_below_zero"
                    )
                ],
                "indexes": [
                    *_by("sku"),
                    Index(fields=["unit"]),
                    *_by("unit_price", "from_quantity", "updated_at"),
                ],
            },
        ),
        ops.CreateModel(
            "Promotion",
            [
                *_HOLDS_FOR_SOME,
                ("step", fields.CharField(max_length=10)),
                ("kind", fields.CharField(max_length=10)),
                ("combines", fields.BooleanField()),
                ("sku", columns.reference("Sku", null=True)),
                ("category", columns.reference("Category", null=True)),
                ("percent", columns.Steps()),
                ("amount", columns.Steps()),
                ("minimum_quantity", columns.Steps()),
                ("minimum_amount", columns.Steps()),
                ("buy_quantity", columns.Steps()),
                ("free_quantity", columns.Steps()),
            ],
            {
                "table": "promotion",
                "constraints": [
                    CheckConstraint(check="starts_on <= ends_on", name="promotion_ends_after_it_starts"),
                    CheckConstraint(
                        check="percent BETWEEN 0 AND 10000 AND (percent > 0) = (kind = 'PERCENT')"
                        " AND amount >= 0 AND (amount > 0) = (kind = 'AMOUNT')"
                        " AND buy_quantity >= 0 AND free_quantity >= 0"
                        " AND (buy_quantity > 0) = (kind = 'FREE_GOODS') AND (free_quantity > 0) = (kind = 'FREE_GOODS')"
                        " AND minimum_quantity >= 0 AND minimum_amount >= 0"
                        " AND (step = 'LINE' OR (kind <> 'FREE_GOODS' AND minimum_quantity = 0))",
                        name="promotion_takes_off_what_its_kind_does",
                    ),
                ],
                "indexes": _by(
                    "name", "level", "branch", "sku", "category", "starts_on", "ends_on", "is_active", "updated_at"
                ),
            },
        ),
        ops.CreateModel(
            "MinimumPrice",
            [*_VERSIONED, ("sku", columns.reference("Sku", unique=True)), ("net_price", columns.Steps())],
            {
                "table": "minimum_price",
                "constraints": [CheckConstraint(check="net_price >= 0", name="minimum_price_is_not_below_zero")],
                "indexes": _by("net_price", "updated_at"),
            },
        ),
        by_code_points(),
        Statements(sqlite=_FIRST, postgres=_FIRST),
        ops.AddField(model_name="Customer", name="level", field=columns.reference("CustomerLevel", null=True)),
        Statements(sqlite=_USUAL, postgres=_USUAL),
        ops.AlterField(model_name="Customer", name="level", field=columns.reference("CustomerLevel")),
        ops.AddIndex(model_name="Customer", index=Index(fields=["level", "id"])),
        ops.AddField(model_name="SalesOrderLine", name="price_list", field=columns.reference("PriceList", null=True)),
        ops.AddField(model_name="SalesOrderLine", name="list_price", field=columns.Steps(null=True)),
        Statements(sqlite=_TYPED, postgres=_TYPED),
        ops.AlterField(model_name="SalesOrderLine", name="list_price", field=columns.Steps()),
        ops.AddField(model_name="SalesOrderLine", name="promotion_discount", field=columns.Steps(default=0)),
        ops.AddField(model_name="SalesOrderLine", name="given_promotions", field=fields.TextField(default="[]")),
        ops.AddConstraint(
            model_name="SalesOrderLine",
            constraint=CheckConstraint(
                check="promotion_discount >= 0 AND promotion_discount % 100 = 0 AND list_price >= 0",
                name="sales_order_line_has_a_price_by_rules",
            ),
        ),
        ops.AddIndex(model_name="SalesOrderLine", index=Index(fields=["price_list", "id"])),
    )
