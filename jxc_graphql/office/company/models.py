"""The tables of the company."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField
from jxc_graphql.office.company.settings import ConsignedTurn, ValuationMethod

ONLY = 1
"""The id of the one company that there is."""


class Company(Model):
    """What gives the rows of all other tables their meaning. One row, never deleted."""

    id = IdField()
    version = fields.IntField()
    currency = fields.CharField(max_length=3)
    valuation = fields.CharEnumField(ValuationMethod, max_length=14)
    adjustment_threshold = MoneyField()
    expiry_alert_days = fields.IntField()
    dead_stock_days = fields.IntField()
    books_open_on = fields.DateField()
    quantity_places = fields.SmallIntField()
    money_places = fields.SmallIntField()
    unit_price_places = fields.SmallIntField()
    set_up_at = fields.DatetimeField()
    name = fields.CharField(max_length=100, default="")
    address = fields.CharField(max_length=200, default="")
    phone = fields.CharField(max_length=40, default="")
    file_megabytes = fields.IntField(default=0)
    """How large a file may be that is attached, and all of them together; 0: as the installation has it."""
    files_megabytes = fields.IntField(default=0)
    consigned_turn = fields.CharEnumField(ConsignedTurn, max_length=5, default=ConsignedTurn.LAST)
    numbering = fields.IntField(default=0)
    """How often the rules changed by which documents are numbered."""

    class Meta:
        table = "company"
        constraints = (
            CheckConstraint("id = 1", "company_is_one"),
            CheckConstraint(
                "version > 0 AND adjustment_threshold >= 0 AND expiry_alert_days >= 0 AND dead_stock_days > 0",
                "company_has_settings_that_can_be",
            ),
        )


class CompanyTimeZone(Model):
    """The zone in which days are counted from one on; the first has no beginning."""

    id = IdField()
    company = fields.ForeignKeyField("models.Company", "time_zones", on_delete=fields.RESTRICT)
    company_id: int
    starts_on = fields.DateField(null=True)
    time_zone = fields.CharField(max_length=64)

    class Meta:
        table = "company_time_zone"
        unique_together = (("company", "starts_on"),)
        constraints = (UniqueConstraint(("company_id",), "company_has_one_first_time_zone", "starts_on IS NULL"),)
