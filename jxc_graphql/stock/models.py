"""Tables of the book of goods."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.documents.models import Document
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField, QuantityField, UnitPriceField


class StockMovement(Model):
    """Goods went from a place to a place; `id` is the posting order. Never updated, never deleted.

    The warehouse is the one whose level changed: at least one of the places is in it, the other one may be virtual.
    """

    id = fields.BigIntField(primary_key=True)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    from_place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    to_place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    quantity = QuantityField()
    value = MoneyField()
    business_date = fields.DateField()
    posted_at = fields.DatetimeField()
    document_id = fields.BigIntField(db_index=True)
    line_id = fields.BigIntField(db_index=True)
    reverses = fields.OneToOneField("models.StockMovement", related_name=False, on_delete=fields.RESTRICT, null=True)

    class Meta:
        table = "stock_movement"
        constraints = (
            CheckConstraint("quantity > 0 AND from_place_id <> to_place_id", "stock_movement_moves_something"),
        )
        indexes = (("sku", "from_place"), ("sku", "to_place"), ("warehouse", "sku"))


class PlaceLevel(Model):
    """How much of a SKU is at a place: the sum of its movements. Only virtual places go below zero."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    quantity = QuantityField()

    class Meta:
        table = "place_level"
        constraints = (
            CheckConstraint(
                "quantity >= 0 OR place_id BETWEEN 1 AND 6",
                "place_level_is_negative_at_virtual_places_only",
            ),
        )
        unique_together = (("sku", "place"),)


class StockLevel(Model):
    """A SKU in a warehouse.

    `on_hand` is the sum over the warehouse's places, `sellable` that of its stock place; `reserved` the sum of the
    reservations; `available` is `sellable` − `reserved`; `incoming` what approved purchase orders still bring;
    `value` what `on_hand` cost, `unit_cost` their quotient (0 without goods).
    """

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    on_hand = QuantityField()
    sellable = QuantityField()
    reserved = QuantityField()
    available = QuantityField()
    incoming = QuantityField()
    value = MoneyField()
    unit_cost = UnitPriceField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "stock_level"
        constraints = (
            CheckConstraint(
                "sellable >= 0 AND on_hand >= sellable AND reserved >= 0 AND incoming >= 0",
                "stock_level_is_not_negative",
            ),
            CheckConstraint("available = sellable - reserved AND available >= 0", "stock_level_is_not_oversold"),
            CheckConstraint(
                "value >= 0 AND unit_cost >= 0 AND (on_hand > 0 OR value = 0)",
                "stock_level_has_value_with_goods_only",
            ),
        )
        unique_together = (("sku", "warehouse"),)
        indexes = (("warehouse",),)


class Reservation(Model):
    """So much of a stock level is kept for one owner, such as a sales order line."""

    id = IdField()
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    owner_id = fields.BigIntField(unique=True)
    quantity = QuantityField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "reservation"
        constraints = (CheckConstraint("quantity > 0", "reservation_is_positive"),)
        indexes = (("stock_level",),)


class OpeningBalance(Document):
    """The stock of a warehouse on the day the books start; posted at once."""

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    total = MoneyField()

    class Meta:
        table = "opening_balance"


class OpeningBalanceLine(Model):
    id = IdField()
    opening_balance = fields.ForeignKeyField("models.OpeningBalance", related_name=False, on_delete=fields.RESTRICT)
    line_no = fields.IntField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    quantity = QuantityField()
    unit_cost = UnitPriceField()
    value = MoneyField()

    class Meta:
        table = "opening_balance_line"
        unique_together = (("opening_balance", "line_no"),)
        constraints = (
            CheckConstraint("quantity > 0 AND unit_cost >= 0 AND value >= 0", "opening_balance_line_is_positive"),
        )
