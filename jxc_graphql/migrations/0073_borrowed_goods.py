"""Borrowed goods."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Borrowed goods."""

    operations = (
        ops.AddField(
            model_name="ConsignmentReceipt",
            name="due_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="ConsignmentReceipt",
            name="purpose",
            field=fields.CharField(default="CONSIGNMENT", db_default="CONSIGNMENT", max_length=12),
        ),
        ops.AddIndex(
            model_name="ConsignmentReceipt",
            index=Index(fields=["purpose", "id"]),
        ),
        ops.AddIndex(
            model_name="ConsignmentReceipt",
            index=Index(fields=["due_on", "id"]),
        ),
        ops.AddConstraint(
            model_name="ConsignmentReceipt",
            constraint=CheckConstraint(
                check="(purpose = 'BORROWING') = (due_on IS NOT NULL)",
                name="consignment_receipt_is_due_if_it_is_borrowed",
            ),
        ),
        ops.RemoveConstraint(
            model_name="StockAlert",
            name="stock_alert_is_the_only_open_one",
            fields=None,
        ),
        ops.RemoveConstraint(
            model_name="StockAlert",
            name="stock_alert_has_a_loan_if_it_is_overdue",
            fields=None,
        ),
        ops.AddField(
            model_name="StockAlert",
            name="consignment_receipt",
            field=columns.reference("ConsignmentReceipt", null=True),
        ),
        ops.AddIndex(
            model_name="StockAlert",
            index=Index(fields=["consignment_receipt", "id"]),
        ),
        ops.AddConstraint(
            model_name="StockAlert",
            constraint=UniqueConstraint(
                fields=("sku", "warehouse", "kind"),
                name="stock_alert_is_the_only_open_one",
                condition="status <> 'RESOLVED' AND lot_id IS NULL AND loan_id IS NULL AND consignment_receipt_id IS NULL",
            ),
        ),
        ops.AddConstraint(
            model_name="StockAlert",
            constraint=UniqueConstraint(
                fields=("consignment_receipt", "sku"),
                name="stock_alert_is_the_only_open_one_of_what_is_borrowed",
                condition="status <> 'RESOLVED'",
            ),
        ),
        ops.AddConstraint(
            model_name="StockAlert",
            constraint=CheckConstraint(
                check="(kind = 'OVERDUE') = (loan_id IS NOT NULL OR consignment_receipt_id IS NOT NULL)",
                name="stock_alert_says_what_is_overdue_if_it_is",
            ),
        ),
    )
