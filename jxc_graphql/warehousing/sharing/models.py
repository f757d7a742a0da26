"""The table of how far warehouses are from each other."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField


class TransferTime(Model):
    """How many days goods travel from a warehouse to another, and back, unless the way back has a row of its own."""

    id = IdField()
    from_warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    to_warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    days = fields.IntField()

    class Meta:
        table = "transfer_time"
        unique_together = (("from_warehouse", "to_warehouse"),)
        constraints = (
            CheckConstraint("days >= 0 AND from_warehouse_id <> to_warehouse_id", "transfer_time_is_between_two"),
        )
        indexes = (("to_warehouse",),)
