"""The company: settings that give rows their meaning. The row comes with the first process that opens the database."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

NEVER_DELETED = Statements(
    sqlite=[
        """CREATE TRIGGER company_refuses_delete BEFORE DELETE ON company
           BEGIN SELECT RAISE(ABORT, 'company is never deleted'); END"""
    ],
    postgres=[
        """CREATE FUNCTION company_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           RAISE EXCEPTION 'company is never deleted' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER company_refuses_delete BEFORE DELETE OR TRUNCATE ON company
           FOR EACH STATEMENT EXECUTE FUNCTION company_refuse()""",
    ],
)


class Migration(migrations.Migration):
    """Company."""

    operations = (
        ops.CreateModel(
            "Company",
            [
                ("id", columns.Id()),
                ("version", fields.IntField()),
                ("currency", fields.CharField(max_length=3)),
                ("valuation", fields.CharField(max_length=14)),
                ("adjustment_threshold", columns.Steps()),
                ("expiry_alert_days", fields.IntField()),
                ("dead_stock_days", fields.IntField()),
                ("books_open_on", fields.DateField()),
                ("quantity_places", fields.SmallIntField()),
                ("money_places", fields.SmallIntField()),
                ("unit_price_places", fields.SmallIntField()),
                ("set_up_at", fields.DatetimeField()),
            ],
            {
                "table": "company",
                "constraints": [
                    CheckConstraint(check="id = 1", name="company_is_one"),
                    CheckConstraint(
                        check="version > 0 AND adjustment_threshold >= 0 AND expiry_alert_days >= 0 AND dead_stock_days > 0",
                        name="company_has_settings_that_can_be",
                    ),
                ],
            },
        ),
        ops.CreateModel(
            "CompanyTimeZone",
            [
                ("id", columns.Id()),
                ("company", columns.reference("Company")),
                ("starts_on", fields.DateField(null=True)),
                ("time_zone", fields.CharField(max_length=64)),
            ],
            {
                "table": "company_time_zone",
                "unique_together": (("company", "starts_on"),),
                "constraints": [
                    UniqueConstraint(
                        fields=("company_id",), name="company_has_one_first_time_zone", condition="starts_on IS NULL"
                    )
                ],
            },
        ),
        NEVER_DELETED,
    )
