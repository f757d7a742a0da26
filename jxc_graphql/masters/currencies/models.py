"""The tables of currencies and their rates."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import RateOfExchangeField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission

MANAGE_CURRENCIES = permission("MANAGE_CURRENCIES", "Make currencies and set exchange rates.", "ACCOUNTANT")


class Currency(SpeltModel, VersionedModel):
    """Currency (币种): what documents may be in."""

    id = IdField()
    code = fields.CharField(max_length=3, unique=True)
    name = fields.CharField(max_length=60)
    places = fields.SmallIntField()
    is_active = fields.BooleanField(default=True)

    class Meta:
        table = "currency"
        constraints = (CheckConstraint("places BETWEEN 0 AND 2", "currency_has_no_part_below_a_fen"),)
        indexes = (("name", "id"), ("is_active", "id"), ("updated_at", "id"))


class ExchangeRate(VersionedModel):
    """Exchange rate (汇率): what one unit of a currency is worth in the base currency from a day on."""

    id = IdField()
    currency = fields.ForeignKeyField("models.Currency", related_name=False, on_delete=fields.RESTRICT)
    currency_id: int
    base = fields.CharField(max_length=3)
    day = fields.DateField()
    rate = RateOfExchangeField()
    source = fields.CharField(max_length=100, default="")

    class Meta:
        table = "exchange_rate"
        unique_together = (("currency", "base", "day"),)
        constraints = (CheckConstraint("rate > 0", "exchange_rate_is_positive"),)
        indexes = (("currency", "id"), ("day", "id"), ("base", "id"), ("rate", "id"), ("updated_at", "id"))
