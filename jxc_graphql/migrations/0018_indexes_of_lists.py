"""What lists are filtered and sorted by, an index leads to; on PostgreSQL texts are compared by code points.

A search looks for pairs of neighbouring characters: whatever is looked for, names of two characters included, is found by
the pairs in it.
"""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, by_code_points, pairs

GONE = {
    "Adjustment": "warehouse status",
    "AdjustmentLine": "sku",
    "Assembly": "warehouse sku",
    "Document": "document_kind status warehouse to_warehouse supplier customer",
    "GoodsReceipt": "purchase_order",
    "GoodsReceiptLine": "purchase_order_line lot",
    "Loan": "warehouse customer supplier",
    "LoanLine": "sku",
    "LoanReturn": "loan warehouse",
    "LoanReturnLine": "loan_line",
    "Lot": "number expires_on",
    "OpeningBalance": "warehouse",
    "PlaceLevel": "place lot",
    "PlaceMove": "warehouse",
    "PlaceMoveLine": "sku",
    "PurchaseOrder": "supplier warehouse status",
    "PurchaseOrderLine": "sku",
    "Revaluation": "warehouse status",
    "SalesOrder": "customer warehouse status",
    "SalesOrderLine": "sku",
    "SerialNumber": "number",
    "Shipment": "sales_order",
    "ShipmentLine": "sales_order_line",
    "StockAlert": "lot loan",
    "StockLevel": "warehouse",
    "StockLimit": "warehouse",
    "StockMovement": "lot",
    "SupplierPrice": "sku",
    "Transfer": "from_warehouse to_warehouse status",
    "TransferDiscrepancy": "transfer transfer_line",
    "TransferLine": "sku",
    "TransferReceipt": "transfer warehouse",
    "TransferReceiptLine": "transfer_line",
}
"""The indexes of one column that others take the place of, by model."""
LEADING = {
    "Warehouse": "name is_active",
    "Adjustment": "status business_date created_at created_by warehouse total",
    "AdjustmentLine": "sku lot place",
    "Assembly": "status business_date created_at created_by warehouse sku cost",
    "Barcode": "sku",
    "Category": "name parent",
    "ClosingBalance": "period sku warehouse quantity value",
    "CostLayer": "stock_level origin_on quantity value",
    "Customer": "name is_active created_at updated_at",
    "Document": "document_kind status business_date created_at created_by amount warehouse to_warehouse supplier customer",
    "GoodsReceipt": "status business_date created_at created_by warehouse supplier purchase_order total",
    "GoodsReceiptLine": "purchase_order_line sku lot place",
    "Loan": "status business_date created_at created_by warehouse supplier customer due_on cost",
    "LoanLine": "sku lot",
    "LoanReturn": "status business_date created_at created_by warehouse loan total",
    "LoanReturnLine": "loan_line sku",
    "Lot": "number produced_on expires_on is_blocked created_at updated_at",
    "OpeningBalance": "status business_date created_at created_by warehouse total",
    "OpeningBalanceLine": "sku lot place",
    "Period": "status ends_on",
    "Place": "kind",
    "PlaceLevel": "sku place lot quantity",
    "PlaceMove": "status business_date created_at created_by warehouse",
    "PlaceMoveLine": "sku lot from_place to_place",
    "Product": "name category is_active created_at updated_at",
    "PurchaseOrder": "status business_date created_at created_by warehouse supplier expected_on total",
    "PurchaseOrderLine": "sku",
    "Revaluation": "status business_date created_at created_by warehouse total",
    "SalesOrder": "status business_date created_at created_by warehouse customer total",
    "SalesOrderLine": "sku",
    "SerialNumber": "number place created_at",
    "Shipment": "status business_date created_at created_by warehouse customer sales_order cost",
    "ShipmentLine": "sales_order_line sku",
    "Sku": "name product is_active created_at updated_at",
    "StockAlert": "lot loan kind status severity warehouse stock_level supplier raised_at",
    "StockLevel": "warehouse on_hand available reserved waiting incoming in_transit lent value changed_at",
    "StockLimit": "sku warehouse",
    "StockMovement": "warehouse from_place to_place lot quantity value business_date",
    "StockRevaluation": "sku warehouse value business_date",
    "Stocktake": "status business_date created_at created_by warehouse",
    "Supplier": "name on_hold is_active created_at updated_at",
    "SupplierPrice": "is_preferred sku unit_price",
    "Transfer": "status business_date created_at created_by from_warehouse to_warehouse expected_on dispatched_on cost",
    "TransferDiscrepancy": "transfer transfer_line sku",
    "TransferLine": "sku",
    "TransferReceipt": "status business_date created_at created_by warehouse transfer total",
    "TransferReceiptLine": "transfer_line sku place",
    "User": "name is_active",
}
"""The columns that an index leads to, and then to what is equal in the order of ids."""
SEARCHED = ("branch", "category", "customer", "document", "lot", "place", "product", "sku", "supplier", "warehouse")
PARTNERS = [
    "UPDATE goods_receipt SET supplier_id = (SELECT o.supplier_id FROM purchase_order AS o WHERE o.id = purchase_order_id)",
    "UPDATE shipment SET customer_id = (SELECT o.customer_id FROM sales_order AS o WHERE o.id = sales_order_id)",
]


class Migration(migrations.Migration):
    """Indexes of lists."""

    operations = (
        ops.AddField("GoodsReceipt", "supplier", columns.reference("Supplier", null=True)),
        ops.AddField("Shipment", "customer", columns.reference("Customer", null=True)),
        Statements(sqlite=PARTNERS, postgres=PARTNERS),
        ops.AlterField("GoodsReceipt", "supplier", columns.reference("Supplier")),
        ops.AlterField("Shipment", "customer", columns.reference("Customer")),
        by_code_points(),
        *(
            ops.RemoveIndex(model_name=model, name=None, fields=[column])
            for model, gone in GONE.items()
            for column in gone.split()
        ),
        *(
            ops.AddIndex(model_name=model, index=Index(fields=[column, "id"]))
            for model, leading in LEADING.items()
            for column in leading.split()
        ),
        *(pairs(table, "search_text") for table in SEARCHED),
        pairs("serial_number", "number", "lower({})"),
    )
