"""Loans say what they are for, lines how much of them was used, and assemblies which processor made the goods."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Consignment and processing, beside loans."""

    operations = (
        ops.AddField(model_name="Loan", name="purpose", field=fields.CharField(max_length=12, default="LOAN")),
        ops.AddConstraint(
            model_name="Loan",
            constraint=CheckConstraint(
                check="(purpose <> 'CONSIGNMENT' OR customer_id IS NOT NULL)"
                " AND (purpose <> 'PROCESSING' OR supplier_id IS NOT NULL)",
                name="loan_has_a_partner_for_its_purpose",
            ),
        ),
        ops.AddField(model_name="LoanLine", name="quantity_used", field=columns.Steps(default=0)),
        ops.RemoveConstraint(model_name="LoanLine", name="loan_line_is_within_what_was_lent", fields=None),
        ops.AddConstraint(
            model_name="LoanLine",
            constraint=CheckConstraint(
                check="quantity > 0 AND quantity_lent IN (0, quantity) AND quantity_returned >= 0 AND quantity_sold >= 0"
                " AND quantity_used >= 0 AND quantity_lost >= 0"
                " AND quantity_returned + quantity_sold + quantity_used + quantity_lost <= quantity_lent"
                " AND cost >= 0",
                name="loan_line_is_within_what_was_lent",
            ),
        ),
        ops.AddField(model_name="Assembly", name="supplier", field=columns.reference("Supplier", null=True)),
        ops.AddConstraint(
            model_name="Assembly",
            constraint=CheckConstraint(
                check="(kind = 'PROCESS') = (supplier_id IS NOT NULL) AND (kind <> 'PROCESS' OR extra_cost % 100 = 0)",
                name="assembly_owes_a_processor_whole_fen",
            ),
        ),
        ops.AddIndex(model_name="Loan", index=Index(fields=["purpose", "id"])),
        ops.AddIndex(model_name="Assembly", index=Index(fields=["supplier", "id"])),
    )
