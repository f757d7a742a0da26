"""Overdue alerts."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Overdue alerts."""

    operations = (
        ops.RemoveConstraint(
            model_name="StockAlert",
            name="stock_alert_is_the_only_open_one",
        ),
        ops.AddField(
            model_name="StockAlert",
            name="loan",
            field=columns.reference("Loan", null=True),
        ),
        ops.AddIndex(
            model_name="StockAlert",
            index=Index(fields=["loan"]),
        ),
        ops.AddConstraint(
            model_name="StockAlert",
            constraint=UniqueConstraint(
                fields=("sku", "warehouse", "kind"),
                name="stock_alert_is_the_only_open_one",
                condition="status <> 'RESOLVED' AND lot_id IS NULL AND loan_id IS NULL",
            ),
        ),
        ops.AddConstraint(
            model_name="StockAlert",
            constraint=UniqueConstraint(
                fields=("loan", "sku"),
                name="stock_alert_is_the_only_open_one_of_a_loan",
                condition="status <> 'RESOLVED'",
            ),
        ),
        ops.AddConstraint(
            model_name="StockAlert",
            constraint=CheckConstraint(
                check="(kind = 'OVERDUE') = (loan_id IS NOT NULL)", name="stock_alert_has_a_loan_if_it_is_overdue"
            ),
        ),
    )
