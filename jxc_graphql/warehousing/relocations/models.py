"""Tables of moves within a warehouse."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import QuantityField
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine


class PlaceMove(DocumentHeader):
    """Place move (移库单)."""

    series = "PM"
    posted_as = "PlacesMoved"

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where."""
    warehouse_id: int

    class Meta:
        indexes = (("warehouse",),)


class PlaceMoveLine(DocumentLine):
    place_move = fields.ForeignKeyField("models.PlaceMove", related_name=False, on_delete=fields.RESTRICT)
    """The move it stands in."""
    place_move_id: int
    from_place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    """From where."""
    from_place_id: int
    to_place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    """To where."""
    to_place_id: int
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    """The lot (批次) that was named; without a name the first to expire went, which the movements tell."""
    lot_id: int | None
    quantity = QuantityField()
    """How much, in the SKU's base unit."""

    class Meta:
        constraints = (
            CheckConstraint("quantity > 0 AND from_place_id <> to_place_id", "place_move_line_moves_something"),
        )
        indexes = (("sku",),)
