"""Numbering rules."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, by_code_points

_RENAMED = (
    "UPDATE document_number SET series = "
    "substr(series, 1, length(series) - 4) || '-####-|' || substr(series, length(series) - 3)"
)
"""`PO2026` says how its numbers look: `PO-####-|2026`."""


class Migration(migrations.Migration):
    """Numbering rules."""

    operations = (
        ops.CreateModel(
            "NumberingRule",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("document_kind", fields.CharField(max_length=40)),
                ("branch", columns.reference("Branch", null=True)),
                ("prefix", fields.CharField(max_length=8)),
                ("date_part", fields.CharField(max_length=10)),
                ("separator", fields.CharField(max_length=8)),
                ("shows_branch", fields.BooleanField()),
                ("digits", fields.IntField()),
                ("reset", fields.CharField(max_length=10)),
            ],
            {
                "table": "numbering_rule",
                "unique_together": (("document_kind", "branch"),),
                "constraints": [
                    UniqueConstraint(
                        fields=("document_kind",),
                        name="numbering_rule_is_one_for_all_branches",
                        condition="branch_id IS NULL",
                    ),
                    CheckConstraint(check="digits BETWEEN 3 AND 8", name="numbering_rule_has_digits_that_can_be"),
                ],
                "indexes": [Index(fields=["branch"]), Index(fields=["updated_at", "id"])],
            },
        ),
        ops.AlterField(
            model_name="DocumentNumber",
            name="series",
            field=fields.CharField(primary_key=True, max_length=60),
        ),
        Statements(sqlite=[_RENAMED], postgres=[_RENAMED]),
        by_code_points(),
    )
