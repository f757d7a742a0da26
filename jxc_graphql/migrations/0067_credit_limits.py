"""Credit limits."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import by_code_points


class Migration(migrations.Migration):
    """Credit limits."""

    operations = (
        ops.CreateModel(
            "CreditLimit",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("customer", columns.reference("Customer", unique=True, null=True)),
                ("amount", columns.Steps()),
                ("when_exceeded", fields.CharField(max_length=6)),
                ("when_overdue", fields.CharField(max_length=6)),
                ("grace_days", fields.IntField()),
            ],
            {
                "table": "credit_limit",
                "constraints": [
                    CheckConstraint(
                        check="amount >= 0 AND amount % 100 = 0 AND grace_days BETWEEN 0 AND 3650 AND (id = 1) = (customer_id IS NULL)",
                        name="credit_limit_can_be_kept",
                    )
                ],
                "indexes": [Index(fields=["amount", "id"]), Index(fields=["updated_at", "id"])],
            },
        ),
        by_code_points(),
    )
