"""Tables of stock limits and the alerts they raise."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import QuantityField


class StockAlertStatus(StrEnum):
    """Where an alert stands."""

    OPEN = "OPEN"
    """Raised; nobody has taken it up."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    """Somebody has taken it up; the stock is still low."""
    RESOLVED = "RESOLVED"
    """The stock recovered above the limit."""


class StockAlertSeverity(StrEnum):
    """How bad it is."""

    LOW = "LOW"
    """Low (低库存): at or below the limit, but there is some."""
    OUT = "OUT"
    """Out of stock (缺货): nothing available."""


class StockLimit(Model):
    """When to warn (`limit`), when to calm down (above `clear_above`), and up to where to order (`target`)."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    limit = QuantityField()
    clear_above = QuantityField()
    target = QuantityField()

    class Meta:
        table = "stock_limit"
        unique_together = (("sku", "warehouse"),)


class StockAlert(Model):
    """At most one that is not resolved per SKU and warehouse."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    status = fields.CharEnumField(StockAlertStatus, max_length=15)
    severity = fields.CharEnumField(StockAlertSeverity, max_length=5)
    available = QuantityField()
    limit = QuantityField()
    suggested_quantity = QuantityField()
    raised_at = fields.DatetimeField()
    acknowledged_at = fields.DatetimeField(null=True)
    resolved_at = fields.DatetimeField(null=True)

    class Meta:
        table = "stock_alert"
        constraints = (
            UniqueConstraint(("sku", "warehouse"), "stock_alert_is_the_only_open_one", "status <> 'RESOLVED'"),
        )
        indexes = (("sku", "warehouse"),)
