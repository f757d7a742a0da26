"""Tables of stock alerts, and of how far the review of the day has come."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import QuantityField


class StockAlertKind(StrEnum):
    """What is wrong."""

    LOW = "LOW"
    """Low stock (低库存): no more than the limit is available."""
    OVER = "OVER"
    """Too much stock (超储): more than the upper limit is available."""
    EXPIRING = "EXPIRING"
    """A lot that is there expires soon, or has expired (临期)."""
    DEAD_STOCK = "DEAD_STOCK"
    """Dead stock (呆滞): goods are there, and nothing was sold for long."""
    OVERDUE = "OVERDUE"
    """Goods that were lent are with the partner after the day on which they were due (逾期未还)."""


class StockAlertStatus(StrEnum):
    """Where an alert stands."""

    OPEN = "OPEN"
    """Raised; nobody has taken it up."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    """Somebody has taken it up; it is not right yet."""
    SNOOZED = "SNOOZED"
    """Somebody wants to hear of it again on a later day (稍后提醒), or when it gets worse."""
    RESOLVED = "RESOLVED"
    """It is right again: of low stock, it recovered above the limit."""


class StockAlertSeverity(StrEnum):
    """How bad it is."""

    LOW = "LOW"
    """Low (低库存): at or below the limit, but there is some."""
    OUT = "OUT"
    """Out of stock (缺货): nothing available."""
    OVER = "OVER"
    """Above the upper limit (超储)."""
    EXPIRING = "EXPIRING"
    """The lot expires soon (临期)."""
    EXPIRED = "EXPIRED"
    """The last day on which the lot is good is over (过期)."""
    DEAD = "DEAD"
    """Nothing was sold for long (呆滞)."""
    OVERDUE = "OVERDUE"
    """The day by which goods were to come back is over (逾期)."""


class StockAlert(Model):
    """At most one that is not resolved per SKU, warehouse and kind; of lots that expire one per lot and warehouse.

    Of goods that are overdue, one per SKU and loan, or per SKU and receipt of what we borrowed.
    """

    id = IdField()
    kind = fields.CharEnumField(StockAlertKind, max_length=10)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    loan = fields.ForeignKeyField("models.Loan", related_name=False, on_delete=fields.RESTRICT, null=True)
    consignment_receipt = fields.ForeignKeyField(
        "models.ConsignmentReceipt", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    status = fields.CharEnumField(StockAlertStatus, max_length=15)
    severity = fields.CharEnumField(StockAlertSeverity, max_length=10)
    available = QuantityField()
    limit = QuantityField()
    suggested_quantity = QuantityField()
    expires_on = fields.DateField(null=True)
    idle_since_on = fields.DateField(null=True)
    note = fields.CharField(max_length=500, default="")
    snoozed_until_on = fields.DateField(null=True)
    raised_at = fields.DatetimeField()
    acknowledged_at = fields.DatetimeField(null=True)
    resolved_at = fields.DatetimeField(null=True)

    class Meta:
        table = "stock_alert"
        constraints = (
            UniqueConstraint(
                ("sku", "warehouse", "kind"),
                "stock_alert_is_the_only_open_one",
                "status <> 'RESOLVED' AND lot_id IS NULL AND loan_id IS NULL AND consignment_receipt_id IS NULL",
            ),
            UniqueConstraint(("lot", "warehouse"), "stock_alert_is_the_only_open_one_of_a_lot", "status <> 'RESOLVED'"),
            UniqueConstraint(("loan", "sku"), "stock_alert_is_the_only_open_one_of_a_loan", "status <> 'RESOLVED'"),
            UniqueConstraint(
                ("consignment_receipt", "sku"),
                "stock_alert_is_the_only_open_one_of_what_is_borrowed",
                "status <> 'RESOLVED'",
            ),
            CheckConstraint("(kind = 'EXPIRING') = (lot_id IS NOT NULL)", "stock_alert_has_a_lot_if_it_expires"),
            CheckConstraint(
                "(kind = 'OVERDUE') = (loan_id IS NOT NULL OR consignment_receipt_id IS NOT NULL)",
                "stock_alert_says_what_is_overdue_if_it_is",
            ),
            CheckConstraint(
                "(status = 'SNOOZED') = (snoozed_until_on IS NOT NULL)", "stock_alert_is_snoozed_until_a_day"
            ),
        )
        indexes = (
            ("lot", "id"),
            ("loan", "id"),
            ("consignment_receipt", "id"),
            ("kind", "id"),
            ("status", "id"),
            ("severity", "id"),
            ("warehouse", "id"),
            ("stock_level", "id"),
            ("supplier", "id"),
            ("raised_at", "id"),
            ("expires_on", "id"),
            ("idle_since_on", "id"),
            ("snoozed_until_on", "id"),
            ("sku", "warehouse"),
            ("available", "id"),
            ("limit", "id"),
            ("suggested_quantity", "id"),
            ("acknowledged_at", "id"),
            ("resolved_at", "id"),
            ("note", "id"),
        )


class AlertReview(Model):
    """How far the review of a day has come: all levels up to one; there is one such row."""

    name = fields.CharField(max_length=20, primary_key=True)
    day = fields.DateField()
    stock_level_id = fields.BigIntField()
    completed_on = fields.DateField(null=True)

    class Meta:
        table = "alert_review"
