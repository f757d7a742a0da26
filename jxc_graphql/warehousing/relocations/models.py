"""Tables of moves within a warehouse."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import QuantityField
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine


class PlaceMove(DocumentHeader):
    """Place move (移库单)."""

    series = "PM"

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    warehouse_id: int

    class Meta:
        table = "place_move"
        indexes = (("warehouse",),)


class PlaceMoveLine(DocumentLine):
    """`lot` is the one that was named; which lots went without a name is told by the movements."""

    place_move = fields.ForeignKeyField("models.PlaceMove", related_name=False, on_delete=fields.RESTRICT)
    place_move_id: int
    from_place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    from_place_id: int
    to_place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    to_place_id: int
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    lot_id: int | None
    quantity = QuantityField()

    class Meta:
        table = "place_move_line"
        constraints = (
            CheckConstraint("quantity > 0 AND from_place_id <> to_place_id", "place_move_line_moves_something"),
        )
        unique_together = (("place_move", "line_no"),)
        indexes = (("sku",),)
