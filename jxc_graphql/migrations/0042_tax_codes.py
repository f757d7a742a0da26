"""Tax codes, and those that every database begins with."""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, by_code_points

_FIRST = (
    (1, "NONE", "未指定", "OUT_OF_SCOPE", 0, "NULL", "NULL"),
    (2, "13", "增值税 13%", "STANDARD", 1300, "'2019-04-01'", "NULL"),
    (3, "9", "增值税 9%", "STANDARD", 900, "'2019-04-01'", "NULL"),
    (4, "6", "增值税 6%", "STANDARD", 600, "NULL", "NULL"),
    (5, "3", "征收率 3%", "SIMPLE", 300, "NULL", "NULL"),
    (6, "1", "征收率 3% 减按 1%", "SIMPLE", 100, "'2026-01-01'", "'2027-12-31'"),
    (7, "0", "零税率", "ZERO", 0, "NULL", "NULL"),
    (8, "EXEMPT", "免税", "EXEMPT", 0, "NULL", "NULL"),
    (9, "OUT_OF_SCOPE", "不征税", "OUT_OF_SCOPE", 0, "NULL", "NULL"),
)
_INSERT = [
    "INSERT INTO tax_code (id, version, updated_at, code, name, kind, rate, starts_on, ends_on) "
    f"VALUES ({number}, 1, '2026-11-30 00:00:00+00:00', '{code}', '{name}', '{kind}', {rate}, {starts_on}, {ends_on})"
    for number, code, name, kind, rate, starts_on, ends_on in _FIRST
]


class Migration(migrations.Migration):
    """Tax codes."""

    operations = (
        ops.CreateModel(
            "TaxCode",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("code", fields.CharField(unique=True, max_length=20)),
                ("name", fields.CharField(max_length=60)),
                ("kind", fields.CharField(max_length=12)),
                ("rate", columns.Steps()),
                ("starts_on", fields.DateField(null=True)),
                ("ends_on", fields.DateField(null=True)),
            ],
            {
                "table": "tax_code",
                "constraints": [
                    CheckConstraint(
                        check="rate >= 0 AND rate < 10000 AND (rate > 0) = (kind IN ('STANDARD', 'SIMPLE'))",
                        name="tax_code_has_a_rate_of_its_kind",
                    ),
                    CheckConstraint(check="starts_on <= ends_on", name="tax_code_ends_after_it_starts"),
                    CheckConstraint(
                        check="id <> 1 OR (starts_on IS NULL AND ends_on IS NULL)", name="tax_code_none_always_holds"
                    ),
                ],
                "indexes": [Index(fields=["name", "id"]), Index(fields=["updated_at", "id"])],
            },
        ),
        by_code_points(),
        Statements(sqlite=_INSERT, postgres=_INSERT),
    )
