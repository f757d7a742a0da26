"""A row for every document there is, whatever its kind, and which document was made out of which."""
# ruff: noqa: S608  (statements are made of names of our own)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

_SUPPLIER = "(SELECT supplier_id FROM purchase_order AS o WHERE o.id = goods_receipt.purchase_order_id)"
_CUSTOMER = "(SELECT customer_id FROM sales_order AS o WHERE o.id = shipment.sales_order_id)"
_SOURCE = "(SELECT from_warehouse_id FROM transfer AS o WHERE o.id = transfer_receipt.transfer_id)"
_KINDS = (
    # table, warehouse, the other warehouse, supplier, customer, amount
    ("opening_balance", "warehouse_id", "NULL", "NULL", "NULL", "total"),
    ("purchase_order", "warehouse_id", "NULL", "supplier_id", "NULL", "total"),
    ("goods_receipt", "warehouse_id", "NULL", _SUPPLIER, "NULL", "total"),
    ("sales_order", "warehouse_id", "NULL", "NULL", "customer_id", "total"),
    ("shipment", "warehouse_id", "NULL", "NULL", _CUSTOMER, "cost"),
    ("transfer", "from_warehouse_id", "to_warehouse_id", "NULL", "NULL", "cost"),
    ("transfer_receipt", _SOURCE, "warehouse_id", "NULL", "NULL", "total"),
    ("place_move", "warehouse_id", "NULL", "NULL", "NULL", "NULL"),
    ("stocktake", "warehouse_id", "NULL", "NULL", "NULL", "surplus_value - shortage_value"),
    ("adjustment", "warehouse_id", "NULL", "NULL", "NULL", "coalesce(total, estimated_value)"),
    ("revaluation", "warehouse_id", "NULL", "NULL", "NULL", "coalesce(total, estimated_value)"),
    ("assembly", "warehouse_id", "NULL", "NULL", "NULL", "value"),
)
_FILL = [
    "INSERT INTO document (document_kind, id, number, status, version, business_date, created_at, created_by_id, note, "
    "warehouse_id, to_warehouse_id, supplier_id, customer_id, amount, search_text) "
    f"SELECT '{table.upper()}', id, number, status, version, business_date, created_at, created_by_id, note, "
    f"{', '.join(f'CAST({one} AS BIGINT)' for one in told)}, lower(number || ' ' || note) FROM {table}"
    for table, *told in _KINDS
]
_LINKS = [
    f"INSERT INTO document_link (id, source_id, target_id, kind) SELECT id, {key}, id, 'FULFILMENT' FROM {table}"
    for table, key in (
        ("goods_receipt", "purchase_order_id"),
        ("shipment", "sales_order_id"),
        ("transfer_receipt", "transfer_id"),
    )
]


class Migration(migrations.Migration):
    """The register of documents, and what makes it up for those there are."""

    operations = (
        ops.CreateModel(
            "Document",
            [
                ("id", columns.Id()),
                ("number", fields.CharField(unique=True, max_length=30)),
                ("status", fields.CharField(max_length=20)),
                ("version", fields.IntField()),
                ("business_date", fields.DateField()),
                ("created_at", fields.DatetimeField()),
                ("created_by", columns.reference("User")),
                ("note", fields.CharField(max_length=500)),
                ("document_kind", fields.CharField(max_length=30)),
                ("warehouse", columns.reference("Warehouse", null=True)),
                ("to_warehouse", columns.reference("Warehouse", null=True)),
                ("supplier", columns.reference("Supplier", null=True)),
                ("customer", columns.reference("Customer", null=True)),
                ("amount", columns.Steps(null=True)),
                ("search_text", fields.CharField(max_length=600)),
            ],
            {
                "table": "document",
                "indexes": [
                    Index(fields=["document_kind"]),
                    Index(fields=["status"]),
                    Index(fields=["warehouse"]),
                    Index(fields=["to_warehouse"]),
                    Index(fields=["supplier"]),
                    Index(fields=["customer"]),
                ],
            },
        ),
        ops.CreateModel(
            "DocumentLink",
            [
                ("id", columns.Id()),
                ("source", columns.reference("Document")),
                ("target", columns.reference("Document")),
                ("kind", fields.CharField(max_length=20)),
            ],
            {
                "table": "document_link",
                "unique_together": (("source", "target", "kind"),),
                "indexes": [Index(fields=["target"])],
            },
        ),
        Statements(sqlite=_FILL, postgres=_FILL),
        Statements(sqlite=_LINKS, postgres=_LINKS),
    )
