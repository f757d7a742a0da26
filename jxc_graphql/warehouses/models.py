"""Tables of warehouses and places."""

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.warehouses.places import PlaceKind


class Warehouse(Model):
    """Its four places have ids of their own, known from here without a look-up."""

    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)
    address = fields.CharField(max_length=400, default="")
    is_active = fields.BooleanField(default=True)
    stock_place_id = fields.BigIntField()
    quality_place_id = fields.BigIntField()
    damaged_place_id = fields.BigIntField()
    transit_place_id = fields.BigIntField()
    search_text = fields.CharField(max_length=400, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "warehouse"


class Place(Model):
    """Where goods can be; a virtual one has no warehouse."""

    id = IdField()
    kind = fields.CharEnumField(PlaceKind, max_length=10)
    code = fields.CharField(max_length=40)
    is_active = fields.BooleanField(default=True)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT, null=True)

    class Meta:
        table = "place"
