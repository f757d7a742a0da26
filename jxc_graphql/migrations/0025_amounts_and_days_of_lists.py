"""Amounts and days of lists."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Amounts and days of lists."""

    operations = (
        ops.AddIndex(
            model_name="Adjustment",
            index=Index(fields=["estimated_value", "id"]),
        ),
        ops.AddIndex(
            model_name="AdjustmentLine",
            index=Index(fields=["value", "id"]),
        ),
        ops.AddIndex(
            model_name="Assembly",
            index=Index(fields=["extra_cost", "id"]),
        ),
        ops.AddIndex(
            model_name="AssemblyLine",
            index=Index(fields=["value", "id"]),
        ),
        ops.AddIndex(
            model_name="Category",
            index=Index(fields=["updated_at", "id"]),
        ),
        ops.AddIndex(
            model_name="ClosingBalance",
            index=Index(fields=["in_transit_value", "id"]),
        ),
        ops.AddIndex(
            model_name="ClosingBalance",
            index=Index(fields=["lent_value", "id"]),
        ),
        ops.AddIndex(
            model_name="CostLayer",
            index=Index(fields=["value", "id"]),
        ),
        ops.AddIndex(
            model_name="GoodsReceiptLine",
            index=Index(fields=["value", "id"]),
        ),
        ops.AddIndex(
            model_name="Kit",
            index=Index(fields=["changed_at", "id"]),
        ),
        ops.AddIndex(
            model_name="LoanLine",
            index=Index(fields=["cost", "id"]),
        ),
        ops.AddIndex(
            model_name="LoanReturnLine",
            index=Index(fields=["value", "id"]),
        ),
        ops.AddIndex(
            model_name="OpeningBalanceLine",
            index=Index(fields=["origin_on", "id"]),
        ),
        ops.AddIndex(
            model_name="OpeningBalanceLine",
            index=Index(fields=["value", "id"]),
        ),
        ops.AddIndex(
            model_name="Place",
            index=Index(fields=["updated_at", "id"]),
        ),
        ops.AddIndex(
            model_name="PurchaseOrderLine",
            index=Index(fields=["amount", "id"]),
        ),
        ops.AddIndex(
            model_name="Revaluation",
            index=Index(fields=["estimated_value", "id"]),
        ),
        ops.AddIndex(
            model_name="RevaluationLine",
            index=Index(fields=["value_change", "id"]),
        ),
        ops.AddIndex(
            model_name="RevaluationLine",
            index=Index(fields=["value_before", "id"]),
        ),
        ops.AddIndex(
            model_name="RevaluationLine",
            index=Index(fields=["value", "id"]),
        ),
        ops.AddIndex(
            model_name="SalesOrder",
            index=Index(fields=["approved_at", "id"]),
        ),
        ops.AddIndex(
            model_name="SalesOrderLine",
            index=Index(fields=["amount", "id"]),
        ),
        ops.AddIndex(
            model_name="ShipmentLine",
            index=Index(fields=["cost", "id"]),
        ),
        ops.AddIndex(
            model_name="SkuUnit",
            index=Index(fields=["name", "id"]),
        ),
        ops.AddIndex(
            model_name="StockAlert",
            index=Index(fields=["available", "id"]),
        ),
        ops.AddIndex(
            model_name="StockAlert",
            index=Index(fields=["limit", "id"]),
        ),
        ops.AddIndex(
            model_name="StockAlert",
            index=Index(fields=["suggested_quantity", "id"]),
        ),
        ops.AddIndex(
            model_name="StockAlert",
            index=Index(fields=["acknowledged_at", "id"]),
        ),
        ops.AddIndex(
            model_name="StockAlert",
            index=Index(fields=["resolved_at", "id"]),
        ),
        ops.AddIndex(
            model_name="StockLevel",
            index=Index(fields=["sellable", "id"]),
        ),
        ops.AddIndex(
            model_name="StockLevel",
            index=Index(fields=["unit_cost", "id"]),
        ),
        ops.AddIndex(
            model_name="StockLevel",
            index=Index(fields=["changed_at", "id"]),
        ),
        ops.AddIndex(
            model_name="StockLimit",
            index=Index(fields=["limit", "id"]),
        ),
        ops.AddIndex(
            model_name="StockLimit",
            index=Index(fields=["clear_above", "id"]),
        ),
        ops.AddIndex(
            model_name="StockLimit",
            index=Index(fields=["target", "id"]),
        ),
        ops.AddIndex(
            model_name="StockLimit",
            index=Index(fields=["upper", "id"]),
        ),
        ops.AddIndex(
            model_name="StockRevaluation",
            index=Index(fields=["in_transit_value", "id"]),
        ),
        ops.AddIndex(
            model_name="StockRevaluation",
            index=Index(fields=["lent_value", "id"]),
        ),
        ops.AddIndex(
            model_name="StockRevaluation",
            index=Index(fields=["sold_value", "id"]),
        ),
        ops.AddIndex(
            model_name="StockRevaluation",
            index=Index(fields=["posted_at", "id"]),
        ),
        ops.AddIndex(
            model_name="Stocktake",
            index=Index(fields=["started_at", "id"]),
        ),
        ops.AddIndex(
            model_name="Stocktake",
            index=Index(fields=["approval_limit", "id"]),
        ),
        ops.AddIndex(
            model_name="Stocktake",
            index=Index(fields=["surplus_value", "id"]),
        ),
        ops.AddIndex(
            model_name="Stocktake",
            index=Index(fields=["shortage_value", "id"]),
        ),
        ops.AddIndex(
            model_name="StocktakeCount",
            index=Index(fields=["counted_at", "id"]),
        ),
        ops.AddIndex(
            model_name="StocktakePiece",
            index=Index(fields=["number", "id"]),
        ),
        ops.AddIndex(
            model_name="StocktakeScope",
            index=Index(fields=["category", "id"]),
        ),
        ops.AddIndex(
            model_name="StocktakeScope",
            index=Index(fields=["place", "id"]),
        ),
        ops.AddIndex(
            model_name="StocktakeScope",
            index=Index(fields=["sku", "id"]),
        ),
        ops.AddIndex(
            model_name="StocktakeSheet",
            index=Index(fields=["name", "id"]),
        ),
        ops.AddIndex(
            model_name="SupplierPrice",
            index=Index(fields=["minimum_quantity", "id"]),
        ),
        ops.AddIndex(
            model_name="SupplierPrice",
            index=Index(fields=["pack_quantity", "id"]),
        ),
        ops.AddIndex(
            model_name="SupplierPrice",
            index=Index(fields=["updated_at", "id"]),
        ),
        ops.AddIndex(
            model_name="Transfer",
            index=Index(fields=["dispatched_at", "id"]),
        ),
        ops.AddIndex(
            model_name="TransferDiscrepancy",
            index=Index(fields=["value", "id"]),
        ),
        ops.AddIndex(
            model_name="TransferLine",
            index=Index(fields=["cost", "id"]),
        ),
        ops.AddIndex(
            model_name="TransferReceiptLine",
            index=Index(fields=["value", "id"]),
        ),
    )
