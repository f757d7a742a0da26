"""Tables of adjustments."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField, UnitPriceField
from jxc_graphql.office.auth.permissions import permission
from jxc_graphql.office.documents import corrections
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine


class AdjustmentReason(StrEnum):
    """Why goods came or went."""

    FOUND = "FOUND"
    """Found (盘盈): more was there than in the books; only gains."""
    LOST = "LOST"
    """Lost (盘亏): less was there than in the books; only losses."""
    DAMAGED = "DAMAGED"
    """Damaged (损坏): goods go to the damaged place, or are scrapped by a write-off; only losses."""
    EXPIRED = "EXPIRED"
    """Expired (过期): goods are scrapped; only losses."""
    THEFT = "THEFT"
    """Stolen (失窃); only losses."""
    SAMPLE = "SAMPLE"
    """Given away as a sample (样品), or come back from that."""
    INTERNAL_USE = "INTERNAL_USE"
    """Used by ourselves (内部领用), or come back from that."""
    DATA_CORRECTION = "DATA_CORRECTION"
    """The books were wrong (数据更正)."""
    WRITE_OFF = "WRITE_OFF"
    """Of no use any more (报废): goods are scrapped; only losses."""
    OTHER = "OTHER"
    """Something else (其他), told in the note."""


ADJUST_STOCK = permission(
    "ADJUST_STOCK", "Draft and post adjustments and write-offs up to the threshold.", "WAREHOUSE_KEEPER"
)

STATES = corrections.states(by=ADJUST_STOCK)


class Adjustment(DocumentHeader):
    """Adjustment (库存调整单).

    `estimated_value` is what it was worth when it was handed in; `total` what it changed, losses below zero.
    """

    series = "AD"
    states = STATES
    registered, named = corrections.REGISTERED, corrections.NAMED

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where."""
    warehouse_id: int
    reason = fields.CharEnumField(AdjustmentReason, max_length=15)
    """Why (原因)."""
    is_write_off = fields.BooleanField()
    """Whether its goods are scrapped (报废)."""
    estimated_value = MoneyField(null=True)
    total = MoneyField(null=True)

    class Meta:
        constraints = (
            CheckConstraint("(status = 'POSTED') = (total IS NOT NULL)", "adjustment_has_a_total_when_posted"),
        )
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("total", "id"),
            ("estimated_value", "id"),
        )


class AdjustmentLine(DocumentLine):
    """Without a place it is about the warehouse's stock; `serials` is a JSON list; a `value` is there once posted."""

    adjustment = fields.ForeignKeyField("models.Adjustment", related_name=False, on_delete=fields.RESTRICT)
    """The adjustment it stands in."""
    adjustment_id: int
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Where it is, or was (库位); null for the warehouse's stock, of which losses are taken from any bin."""
    place_id: int | None
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Of which lot (批次); null for goods without lots, and for losses of whichever lot expires first."""
    lot_id: int | None
    serials = fields.TextField()
    quantity = QuantityField()
    """How much, in the SKU's base unit: above 0 a gain (盘盈), below 0 a loss (盘亏)."""
    unit_cost = UnitPriceField(null=True)
    value = MoneyField(null=True)

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity <> 0 AND (unit_cost IS NULL OR (unit_cost >= 0 AND quantity > 0))",
                "adjustment_line_has_a_cost_for_gains_only",
            ),
        )
        indexes = (
            ("sku", "id"),
            ("lot", "id"),
            ("place", "id"),
            ("value", "id"),
        )
