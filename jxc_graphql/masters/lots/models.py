"""The table of lots."""

from datetime import date

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.versions import VersionedModel


class Lot(VersionedModel):
    """Goods of a SKU that were made together; a date is null while it is not known, or where there is none."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    sku_id: int
    number = fields.CharField(max_length=60)
    produced_on: date | None = fields.DateField(null=True)
    expires_on: date | None = fields.DateField(null=True)
    is_blocked = fields.BooleanField(default=False)
    note = fields.CharField(max_length=500, default="")
    search_text = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "lot"
        constraints = (CheckConstraint("expires_on >= produced_on", "lot_does_not_expire_before_it_was_produced"),)
        unique_together = (("sku", "number"),)
        indexes = (
            ("number", "id"),
            ("produced_on", "id"),
            ("expires_on", "id"),
            ("is_blocked", "id"),
            ("created_at", "id"),
            ("updated_at", "id"),
        )
