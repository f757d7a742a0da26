"""Receipts and shipments can be taken back."""

from collections.abc import Sequence
from typing import Any

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns

_HEADER = [
    ("id", columns.Id()),
    ("number", fields.CharField(unique=True, max_length=30)),
    ("status", fields.CharField(max_length=20)),
    ("version", fields.IntField()),
    ("business_date", fields.DateField()),
    ("created_at", fields.DatetimeField()),
    ("created_by", columns.reference("User")),
    ("note", fields.CharField(max_length=500)),
]
_OWN = ("net", "tax", "gross")
_AMOUNTS = [(name, columns.Steps(default=0)) for name in (*_OWN, *(f"base_{one}" for one in _OWN))]
_IN_CURRENCY = [
    ("currency", fields.CharField(max_length=3)),
    ("exchange_rate", columns.Steps(default=100_000_000)),
    ("currency_places", fields.SmallIntField(default=2)),
    ("base_places", fields.SmallIntField(default=2)),
]
_OF_DOCUMENTS = (["status", "id"], ["business_date", "id"], ["created_at", "id"], ["created_by", "id"])


def _adds_up(table: str) -> list[CheckConstraint]:
    return [
        CheckConstraint(
            check=f"{base}net >= 0 AND {base}net % 100 = 0 AND {base}tax >= 0 AND {base}tax % 100 = 0"
            f" AND {base}net + {base}tax = {base}gross",
            name=f"{table}_adds_up{told}",
        )
        for base, told in (("", ""), ("base_", "_in_base"))
    ]


def _worth_itself(table: str) -> CheckConstraint:
    same = "base_net = net AND base_tax = tax AND base_gross = gross"
    check = f"exchange_rate > 0 AND (exchange_rate <> 100000000 OR currency_places > base_places OR ({same}))"
    return CheckConstraint(check=check, name=f"{table}_is_worth_itself_in_base")


def _indexes(*of: Sequence[str]) -> list[Index]:
    return [Index(fields=list(one)) for one in of]


def _reversal(
    model: str, table: str, partner: str, worth: str, *of_line: tuple[str, Any], check: str
) -> Sequence[ops.Operation]:
    own, line = f"{table}_reversal", f"{table}_reversal_line"
    return (
        ops.CreateModel(
            f"{model}Reversal",
            [
                *_HEADER,
                (table, columns.reference(model, unique=True)),
                (partner, columns.reference(partner.capitalize())),
                ("warehouse", columns.reference("Warehouse")),
                (worth, columns.Steps()),
                *_IN_CURRENCY,
                *_AMOUNTS,
            ],
            {
                "table": own,
                "constraints": [*_adds_up(own), _worth_itself(own)],
                "indexes": _indexes(*_OF_DOCUMENTS, ["warehouse", "id"], [partner, "id"], [worth, "id"]),
            },
        ),
        ops.CreateModel(
            f"{model}ReversalLine",
            [
                ("id", columns.Id()),
                (own, columns.reference(f"{model}Reversal")),
                ("line_no", fields.IntField()),
                ("sku", columns.reference("Sku")),
                (f"{table}_line", columns.reference(f"{model}Line")),
                ("quantity", columns.Steps()),
                *of_line,
                *_AMOUNTS,
            ],
            {
                "table": line,
                "unique_together": ((own, "line_no"),),
                "constraints": [
                    CheckConstraint(check=check, name=f"{line}_takes_something_back"),
                    *_adds_up(line),
                ],
                "indexes": _indexes(
                    [f"{table}_line", "id"],
                    ["sku", "id"],
                    *([name, "id"] for name, _ in of_line if name in {"value", "cost"}),
                ),
            },
        ),
    )


_CAME = "quantity_accepted + quantity_rejected + quantity_uninspected"


class Migration(migrations.Migration):
    """Reversals."""

    operations = (
        ops.AddField(model_name="GoodsReceiptLine", name="quantity_returned", field=columns.Steps(default=0)),
        ops.AddConstraint(
            model_name="GoodsReceiptLine",
            constraint=CheckConstraint(
                check=f"quantity_returned >= 0 AND quantity_returned <= {_CAME}",
                name="goods_receipt_line_gives_back_what_it_brought",
            ),
        ),
        *_reversal(
            "GoodsReceipt", "goods_receipt", "supplier", "total",
            ("quantity_rejected", columns.Steps()),
            ("value", columns.Steps()),
            ("value_received", columns.Steps()),
            check="quantity > 0 AND quantity_rejected >= 0 AND quantity_rejected <= quantity",
        ),
        ops.AddField(model_name="ShipmentLine", name="quantity_returned", field=columns.Steps(default=0)),
        ops.AddConstraint(
            model_name="ShipmentLine",
            constraint=CheckConstraint(
                check="quantity_returned >= 0 AND quantity_returned <= quantity",
                name="shipment_line_gets_back_what_it_sent",
            ),
        ),
        *_reversal(
            "Shipment", "shipment", "customer", "cost",
            ("cost", columns.Steps()),
            check="quantity > 0",
        ),
    )  # fmt: skip
