"""Goods that suppliers have with us, and a place for them in every warehouse: a bin with its code is renamed."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

_PLACES = [
    "UPDATE place SET code = 'CONSIGNED-' || id WHERE upper(code) = 'CONSIGNED'",
    """INSERT INTO place (id, kind, warehouse_id, code, name, is_active, is_bin, search_text, version, updated_at)
       SELECT (SELECT MAX(id) FROM place) + ROW_NUMBER() OVER (ORDER BY id), 'CONSIGNED', id, 'CONSIGNED', 'CONSIGNED',
           true, false, 'consigned', 1, updated_at FROM warehouse""",
    """UPDATE warehouse SET consigned_place_id = (
           SELECT id FROM place WHERE place.warehouse_id = warehouse.id AND kind = 'CONSIGNED' AND NOT is_bin)""",
]
_HEADER = [
    ("id", columns.Id()),
    ("number", fields.CharField(unique=True, max_length=30)),
    ("status", fields.CharField(max_length=20)),
    ("version", fields.IntField()),
    ("business_date", fields.DateField()),
    ("created_at", fields.DatetimeField()),
    ("created_by", columns.reference("User")),
    ("note", fields.CharField(max_length=500)),
    ("supplier", columns.reference("Supplier")),
    ("warehouse", columns.reference("Warehouse")),
]
_OF_HEADERS = ["status", "business_date", "created_at", "created_by", "warehouse", "supplier"]
_LINE = [("id", columns.Id()), ("line_no", fields.IntField()), ("sku", columns.reference("Sku"))]


def _by(*names: str) -> list[Index]:
    return [Index(fields=[name, "id"]) for name in names]


class Migration(migrations.Migration):
    """What is with us and not ours."""

    operations = (
        ops.AddField(model_name="Company", name="consigned_turn", field=fields.CharField(max_length=5, default="LAST")),
        ops.AddField(model_name="StockLevel", name="consigned", field=columns.Steps(default=0)),
        ops.AddConstraint(
            model_name="StockLevel",
            constraint=CheckConstraint(check="consigned >= 0", name="stock_level_has_goods_of_suppliers_or_none"),
        ),
        ops.CreateModel(
            "ConsignedStock",
            [
                ("id", columns.Id()),
                ("stock_level", columns.reference("StockLevel")),
                ("supplier", columns.reference("Supplier")),
                ("lot", columns.reference("Lot", null=True)),
                ("unit_price", columns.Steps()),
                ("came_on", fields.DateField()),
                ("quantity", columns.Steps()),
            ],
            {
                "table": "consigned_stock",
                "constraints": [
                    CheckConstraint(check="quantity >= 0 AND unit_price >= 0", name="consigned_stock_is_there")
                ],
                "indexes": _by("stock_level", "supplier", "lot", "came_on", "quantity", "unit_price"),
            },
        ),
        ops.CreateModel(
            "ConsignmentReceipt",
            [*_HEADER, ("total", columns.Steps())],
            {"table": "consignment_receipt", "indexes": _by(*_OF_HEADERS, "total")},
        ),
        ops.CreateModel(
            "ConsignmentReceiptLine",
            [
                *_LINE,
                ("consignment_receipt", columns.reference("ConsignmentReceipt")),
                ("lot", columns.reference("Lot", null=True)),
                ("quantity", columns.Steps()),
                ("unit_price", columns.Steps()),
                ("amount", columns.Steps()),
            ],
            {
                "table": "consignment_receipt_line",
                "unique_together": (("consignment_receipt", "line_no"),),
                "constraints": [
                    CheckConstraint(
                        check="quantity > 0 AND unit_price >= 0 AND amount >= 0 AND amount % 100 = 0",
                        name="consignment_receipt_line_is_positive",
                    )
                ],
                "indexes": _by("sku", "lot", "amount"),
            },
        ),
        ops.CreateModel(
            "ConsignmentIssue",
            [*_HEADER, ("ending", fields.CharField(max_length=10)), ("total", columns.Steps())],
            {"table": "consignment_issue", "indexes": _by(*_OF_HEADERS, "ending", "total")},
        ),
        ops.CreateModel(
            "ConsignmentIssueLine",
            [
                *_LINE,
                ("consignment_issue", columns.reference("ConsignmentIssue")),
                ("consignment_receipt_line", columns.reference("ConsignmentReceiptLine")),
                ("quantity", columns.Steps()),
                ("value", columns.Steps()),
            ],
            {
                "table": "consignment_issue_line",
                "unique_together": (("consignment_issue", "line_no"),),
                "constraints": [
                    CheckConstraint(check="quantity > 0 AND value >= 0", name="consignment_issue_line_takes_something")
                ],
                "indexes": _by("sku", "consignment_receipt_line", "value"),
            },
        ),
        ops.AddField(model_name="Warehouse", name="consigned_place_id", field=fields.BigIntField(default=0)),
        Statements(sqlite=_PLACES, postgres=_PLACES),
    )
