"""Goods go back to suppliers, for credit or to be replaced."""

from collections.abc import Sequence

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns

_OWN = ("net", "tax", "gross")
_AMOUNTS = [(name, columns.Steps(default=0)) for name in (*_OWN, *(f"base_{one}" for one in _OWN))]
_ORDERED = "purchase_order_line_is_within_what_was_ordered"


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
    """Supplier returns."""

    operations = (
        ops.CreateModel(
            "SupplierReturn",
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
                ("resolution", fields.CharField(max_length=10)),
                ("authorization_number", fields.CharField(max_length=60)),
                ("carrier", fields.CharField(max_length=60)),
                ("tracking_number", fields.CharField(max_length=60)),
                ("total", columns.Steps()),
            ],
            {
                "table": "supplier_return",
                "constraints": [
                    *_adds_up("supplier_return"),
                    CheckConstraint(
                        check="exchange_rate > 0 AND (exchange_rate <> 100000000 OR currency_places > base_places"
                        " OR (base_net = net AND base_tax = tax AND base_gross = gross))",
                        name="supplier_return_is_worth_itself_in_base",
                    ),
                ],
                "indexes": _indexes(
                    ["status"], ["business_date"], ["created_at"], ["created_by"], ["warehouse"], ["supplier"],
                    ["resolution"], ["gross"], ["total"], ["tracking_number"],
                ),
            },
        ),
        ops.CreateModel(
            "SupplierReturnLine",
            [
                ("id", columns.Id()),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                *_AMOUNTS,
                ("supplier_return", columns.reference("SupplierReturn")),
                ("goods_receipt", columns.reference("GoodsReceipt")),
                ("goods_receipt_line", columns.reference("GoodsReceiptLine")),
                ("lot", columns.reference("Lot", null=True)),
                ("place", columns.reference("Place", null=True)),
                ("serials", fields.TextField()),
                ("unit", fields.CharField(max_length=20)),
                ("quantity_in_unit", columns.Steps()),
                ("quantity", columns.Steps()),
                ("quantity_rejected", columns.Steps()),
                ("value", columns.Steps()),
                ("value_received", columns.Steps()),
            ],
            {
                "table": "supplier_return_line",
                "unique_together": (("supplier_return", "line_no"),),
                "constraints": [
                    CheckConstraint(
                        check="quantity > 0 AND quantity_in_unit > 0 AND quantity_rejected >= 0"
                        " AND quantity_rejected <= quantity",
                        name="supplier_return_line_sends_something_back",
                    ),
                    *_adds_up("supplier_return_line"),
                ],
                "indexes": _indexes(
                    ["goods_receipt"], ["goods_receipt_line"], ["sku"], ["lot"], ["place"], ["value"],
                ),
            },
        ),
        ops.AddField(model_name="GoodsReceiptLine", name="is_replacement", field=fields.BooleanField(default=False)),
        ops.RemoveConstraint(model_name="PurchaseOrderLine", name=_ORDERED, fields=None),
        ops.AddField(model_name="PurchaseOrderLine", name="quantity_to_replace", field=columns.Steps(default=0)),
        ops.AddConstraint(
            model_name="PurchaseOrderLine",
            constraint=CheckConstraint(
                check="quantity_rejected >= 0 AND quantity_received >= quantity_rejected AND quantity_cancelled >= 0"
                " AND quantity_to_replace >= 0 AND quantity > 0"
                " AND quantity_received + quantity_to_replace + quantity_cancelled <= quantity",
                name=_ORDERED,
            ),
        ),
    )  # fmt: skip
