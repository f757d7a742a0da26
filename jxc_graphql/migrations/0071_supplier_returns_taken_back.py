"""Returns to suppliers are taken back."""

from collections.abc import Sequence

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns

_OWN = ("net", "tax", "gross")
_AMOUNTS = [(name, columns.Steps(default=0)) for name in (*_OWN, *(f"base_{one}" for one in _OWN))]


def _adds_up(table: str) -> list[CheckConstraint]:
    return [
        CheckConstraint(
            check=f"{base}net >= 0 AND {base}net % 100 = 0 AND {base}tax >= 0 AND {base}tax % 100 = 0"
            f" AND {base}net + {base}tax = {base}gross",
            name=f"{table}_adds_up{told}",
        )
        for base, told in (("", ""), ("base_", "_in_base"))
    ]


def _indexes(*of: Sequence[str]) -> list[Index]:
    return [Index(fields=[*one, "id"]) for one in of]


class Migration(migrations.Migration):
    """Reversals of supplier returns."""

    operations = (
        ops.CreateModel(
            "SupplierReturnReversal",
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
                ("supplier_return", columns.reference("SupplierReturn", unique=True)),
                ("supplier", columns.reference("Supplier")),
                ("warehouse", columns.reference("Warehouse")),
                ("total", columns.Steps()),
            ],
            {
                "table": "supplier_return_reversal",
                "constraints": [
                    *_adds_up("supplier_return_reversal"),
                    CheckConstraint(
                        check="exchange_rate > 0 AND (exchange_rate <> 100000000 OR currency_places > base_places"
                        " OR (base_net = net AND base_tax = tax AND base_gross = gross))",
                        name="supplier_return_reversal_is_worth_itself_in_base",
                    ),
                ],
                "indexes": _indexes(
                    ["status"], ["business_date"], ["created_at"], ["created_by"], ["warehouse"], ["supplier"],
                    ["total"],
                ),
            },
        ),
        ops.CreateModel(
            "SupplierReturnReversalLine",
            [
                ("id", columns.Id()),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                *_AMOUNTS,
                ("supplier_return_reversal", columns.reference("SupplierReturnReversal")),
                ("supplier_return_line", columns.reference("SupplierReturnLine")),
                ("quantity", columns.Steps()),
                ("quantity_rejected", columns.Steps()),
                ("value", columns.Steps()),
                ("value_received", columns.Steps()),
            ],
            {
                "table": "supplier_return_reversal_line",
                "unique_together": (("supplier_return_reversal", "line_no"),),
                "constraints": [
                    CheckConstraint(
                        check="quantity > 0 AND quantity_rejected >= 0 AND quantity_rejected <= quantity",
                        name="supplier_return_reversal_line_takes_something_back",
                    ),
                    *_adds_up("supplier_return_reversal_line"),
                ],
                "indexes": _indexes(["supplier_return_line"], ["sku"], ["value"]),
            },
        ),
    )  # fmt: skip
