"""Landed costs, and what takes them back."""

from collections.abc import Sequence

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import by_code_points

_OWN = ("net", "tax", "gross")
_AMOUNTS = [(name, columns.Steps(default=0)) for name in (*_OWN, *(f"base_{one}" for one in _OWN))]


def _adds_up(table: str) -> list[CheckConstraint]:
    return [
        *(
            CheckConstraint(
                check=f"{base}net >= 0 AND {base}net % 100 = 0 AND {base}tax >= 0 AND {base}tax % 100 = 0"
                f" AND {base}net + {base}tax = {base}gross",
                name=f"{table}_adds_up{told}",
            )
            for base, told in (("", ""), ("base_", "_in_base"))
        ),
        CheckConstraint(
            check="exchange_rate > 0 AND (exchange_rate <> 100000000 OR currency_places > base_places"
            " OR (base_net = net AND base_tax = tax AND base_gross = gross))",
            name=f"{table}_is_worth_itself_in_base",
        ),
    ]


def _indexes(*of: Sequence[str]) -> list[Index]:
    return [Index(fields=[*one, "id"]) for one in of]


class Migration(migrations.Migration):
    """Landed costs."""

    operations = (
        ops.CreateModel(
            "LandedCost",
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
                ("exchange_rate", columns.Steps(default=100_000_000)),
                ("currency_places", fields.SmallIntField(default=2)),
                ("base_places", fields.SmallIntField(default=2)),
                *_AMOUNTS,
                ("supplier", columns.reference("Supplier")),
                ("warehouse", columns.reference("Warehouse")),
                ("kind", fields.CharField(max_length=10)),
                ("method", fields.CharField(max_length=10)),
                ("external_number", fields.CharField(max_length=60)),
                ("value", columns.Steps()),
                ("sold_value", columns.Steps()),
            ],
            {
                "table": "landed_cost",
                "constraints": _adds_up("landed_cost"),
                "indexes": _indexes(
                    ["status"], ["business_date"], ["created_at"], ["created_by"], ["warehouse"], ["supplier"],
                    ["kind"], ["external_number"],
                ),
            },
        ),
        ops.CreateModel(
            "LandedCostLine",
            [
                ("id", columns.Id()),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                ("landed_cost", columns.reference("LandedCost")),
                ("goods_receipt", columns.reference("GoodsReceipt")),
                ("goods_receipt_line", columns.reference("GoodsReceiptLine")),
                ("quantity", columns.Steps()),
                ("weight", columns.Steps(null=True)),
                ("share", columns.Steps()),
                ("value", columns.Steps()),
                ("sold_value", columns.Steps()),
            ],
            {
                "table": "landed_cost_line",
                "unique_together": (("landed_cost", "line_no"), ("landed_cost", "goods_receipt_line")),
                "constraints": [
                    CheckConstraint(
                        check="quantity >= 0 AND share >= 0 AND share % 100 = 0", name="landed_cost_line_has_a_share"
                    )
                ],
                "indexes": _indexes(["goods_receipt"], ["goods_receipt_line"], ["sku"], ["share"]),
            },
        ),
        ops.CreateModel(
            "LandedCostReversal",
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
                ("exchange_rate", columns.Steps(default=100_000_000)),
                ("currency_places", fields.SmallIntField(default=2)),
                ("base_places", fields.SmallIntField(default=2)),
                *_AMOUNTS,
                ("landed_cost", columns.reference("LandedCost", unique=True)),
                ("supplier", columns.reference("Supplier")),
                ("warehouse", columns.reference("Warehouse")),
                ("value", columns.Steps()),
                ("sold_value", columns.Steps()),
            ],
            {
                "table": "landed_cost_reversal",
                "constraints": _adds_up("landed_cost_reversal"),
                "indexes": _indexes(
                    ["status"], ["business_date"], ["created_at"], ["created_by"], ["warehouse"], ["supplier"],
                ),
            },
        ),
        ops.CreateModel(
            "LandedCostReversalLine",
            [
                ("id", columns.Id()),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                ("landed_cost_reversal", columns.reference("LandedCostReversal")),
                ("landed_cost_line", columns.reference("LandedCostLine")),
                ("goods_receipt_line", columns.reference("GoodsReceiptLine")),
                ("share", columns.Steps()),
                ("value", columns.Steps()),
                ("sold_value", columns.Steps()),
            ],
            {
                "table": "landed_cost_reversal_line",
                "unique_together": (("landed_cost_reversal", "line_no"),),
                "constraints": [
                    CheckConstraint(
                        check="share >= 0 AND share % 100 = 0", name="landed_cost_reversal_line_has_a_share"
                    )
                ],
                "indexes": _indexes(["landed_cost_line"], ["goods_receipt_line"], ["sku"], ["share"]),
            },
        ),
        by_code_points(),
    )  # fmt: skip
