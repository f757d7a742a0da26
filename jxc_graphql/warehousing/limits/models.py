"""The table of stock limits."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import QuantityField

RISING = '"limit" >= 0 AND "limit" <= clear_above AND clear_above < target AND (upper IS NULL OR target <= upper)'
"""Ordering up to the target ends the alert, and is not too much."""


class StockLimit(Model):
    """When stock is low (`limit`), well (above `clear_above`) and too much (above `upper`), and what to fill it up to.

    Without dates it is the base limit; with dates it holds from `starts_on` to `ends_on`, both included.
    """

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    limit = QuantityField()
    clear_above = QuantityField()
    target = QuantityField()
    upper = QuantityField(null=True)
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    expiry_alert_days = fields.IntField(null=True)

    class Meta:
        table = "stock_limit"
        unique_together = (("sku", "warehouse", "starts_on"),)
        constraints = (
            UniqueConstraint(
                ("sku", "warehouse"), "stock_limit_is_the_only_base_limit", "starts_on IS NULL AND ends_on IS NULL"
            ),
            UniqueConstraint(
                ("sku", "warehouse"), "stock_limit_is_the_only_one_until", "starts_on IS NULL AND ends_on IS NOT NULL"
            ),
            CheckConstraint(RISING, "stock_limit_rises"),
            CheckConstraint("ends_on >= starts_on", "stock_limit_does_not_end_before_it_starts"),
        )
        indexes = (
            ("sku", "id"),
            ("warehouse", "id"),
            ("starts_on", "id"),
            ("ends_on", "id"),
            ("limit", "id"),
            ("clear_above", "id"),
            ("target", "id"),
            ("upper", "id"),
        )
