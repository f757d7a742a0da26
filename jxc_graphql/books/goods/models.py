"""Tables of the book of goods."""

from datetime import date

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.books.goods.figures import StockFigures
from jxc_graphql.books.goods.rules import ClaimKind
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import Money, MoneyField, Quantity, QuantityField, UnitPriceField
from jxc_graphql.masters.catalog.tracking import ValuationMethod


class StockMovement(Model):
    """Goods went from a place to a place; `id` is the posting order. Never updated, never deleted.

    The warehouse is the one whose shelves changed. `consignment_id` is the line in whose name goods are away: that of
    a transfer in transit, below zero that of a loan, else 0. `origin_on` is the day on which the company first had
    goods that come in. `of_line_id` is the line with which the goods once came that go back, or come back.
    """

    id = fields.BigIntField(primary_key=True)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    from_place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    to_place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    quantity = QuantityField()
    value = MoneyField()
    business_date = fields.DateField()
    origin_on = fields.DateField()
    posted_at = fields.DatetimeField(db_index=True)
    document_id = fields.BigIntField(db_index=True)
    line_id = fields.BigIntField(db_index=True)
    consignment_id = fields.BigIntField(default=0)
    of_line_id = fields.BigIntField(null=True)
    reverses = fields.OneToOneField("models.StockMovement", related_name=False, on_delete=fields.RESTRICT, null=True)

    class Meta:
        table = "stock_movement"
        constraints = (
            CheckConstraint("quantity > 0 AND from_place_id <> to_place_id", "stock_movement_moves_something"),
        )
        indexes = (
            ("sku", "id"),
            ("warehouse", "id"),
            ("from_place", "id"),
            ("to_place", "id"),
            ("lot", "id"),
            ("quantity", "id"),
            ("value", "id"),
            ("business_date", "id"),
            ("warehouse", "sku", "business_date", "id"),
        )


class PlaceLevel(Model):
    """How much of a SKU, and of a lot, is at a place: the sum of its movements. Only virtual places go below zero."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    quantity = QuantityField()

    class Meta:
        table = "place_level"
        constraints = (
            CheckConstraint(
                "quantity >= 0 OR place_id BETWEEN 1 AND 6",
                "place_level_is_negative_at_virtual_places_only",
            ),
        )
        indexes = (("sku", "id"), ("place", "id"), ("lot", "id"))


class StockLevel(Model):
    """A SKU in a warehouse.

    `on_hand` is `sellable` + `quality` + `damaged`, the sums over the places of each kind; `unfit` what of `sellable`
    is of lots that are blocked, or expired on the day of the books; `reserved` what is kept for claims and `waiting`
    what they wait for; `available` is `sellable` − `unfit` − `reserved`; `incoming` what approved purchase orders still
    bring; `in_transit` what was sent here from other warehouses, at `in_transit_value`; `lent` what is with partners,
    at `lent_value`; `consigned` what is a supplier's, beside all of these; `value` what `on_hand` cost, `unit_cost`
    their quotient, or that of the last ones; `valuation` how they were valued when they last moved.
    """

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    on_hand = QuantityField()
    sellable = QuantityField()
    unfit = QuantityField(default=Quantity(0))
    quality = QuantityField()
    damaged = QuantityField()
    reserved = QuantityField()
    waiting = QuantityField(default=Quantity(0))
    available = QuantityField()
    incoming = QuantityField()
    in_transit = QuantityField()
    lent = QuantityField(default=0)
    consigned = QuantityField(default=0)
    value = MoneyField()
    in_transit_value = MoneyField()
    lent_value = MoneyField(default=0)
    unit_cost = UnitPriceField()
    valuation = fields.CharEnumField(ValuationMethod, max_length=14)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "stock_level"
        constraints = (
            CheckConstraint(
                "sellable >= 0 AND quality >= 0 AND damaged >= 0 AND on_hand = sellable + quality + damaged"
                " AND reserved >= 0 AND incoming >= 0 AND in_transit >= 0",
                "stock_level_is_not_negative",
            ),
            CheckConstraint(
                "available = sellable - unfit - reserved AND unfit >= 0 AND unfit <= sellable AND waiting >= 0",
                "stock_level_tells_what_is_available",
            ),
            CheckConstraint(
                "value >= 0 AND unit_cost >= 0 AND (on_hand > 0 OR value = 0)"
                " AND in_transit_value >= 0 AND (in_transit > 0 OR in_transit_value = 0)",
                "stock_level_has_value_with_goods_only",
            ),
            CheckConstraint(
                "lent >= 0 AND lent_value >= 0 AND (lent > 0 OR lent_value = 0)",
                "stock_level_has_lent_value_with_goods",
            ),
            CheckConstraint("consigned >= 0", "stock_level_has_goods_of_suppliers_or_none"),
        )
        unique_together = (("sku", "warehouse"),)
        indexes = (
            ("warehouse", "id"),
            ("on_hand", "id"),
            ("available", "id"),
            ("reserved", "id"),
            ("incoming", "id"),
            ("value", "id"),
            ("sellable", "id"),
            ("unit_cost", "id"),
            ("changed_at", "id"),
        )


class ConsignedStock(Model):
    """What is left of what a supplier's line, its id, brought on consignment, and what a unit costs once it is ours."""

    id = IdField()
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    unit_price = UnitPriceField()
    came_on = fields.DateField()
    quantity = QuantityField()

    class Meta:
        table = "consigned_stock"
        constraints = (CheckConstraint("quantity >= 0 AND unit_price >= 0", "consigned_stock_is_there"),)
        indexes = (
            ("stock_level", "id"), ("supplier", "id"), ("lot", "id"),
            ("came_on", "id"), ("quantity", "id"), ("unit_price", "id"),
        )  # fmt: skip


class Claim(Model):
    """What one owner, such as a line of a sales order, asks of a stock level, and how much of that is kept for it.

    Who has the lowest `priority`, `promised_on`, `approved_at` and `owner_id`, in this order, is served first.
    """

    owner_id = IdField()
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    document_id = fields.BigIntField(db_index=True)
    kind = fields.CharEnumField(ClaimKind, max_length=12)
    priority = fields.IntField()
    promised_on = fields.DateField()
    approved_at = fields.DatetimeField()
    lasts_through = fields.DateField(default=date.max)
    """The last day on which it asks for anything."""
    wanted = QuantityField()
    reserved = QuantityField()

    class Meta:
        table = "claim"
        constraints = (
            CheckConstraint("wanted > 0 AND reserved >= 0 AND reserved <= wanted", "claim_keeps_what_is_wanted"),
        )
        indexes = (("stock_level", "priority", "promised_on", "approved_at", "owner_id"),)


class BookDay(Model):
    """The one row that says for which day levels know what may be sold."""

    id = IdField()
    day = fields.DateField()

    class Meta:
        table = "book_day"


class CostLayer(Model):
    """What one line brought of a SKU and is still there; `id` rises as layers come into being.

    `value` is NULL under the moving average, where all goods of a level cost the same. `consignment_id` is 0 for goods
    on the shelves. A layer that is used up stays, with nothing in it.
    """

    id = fields.BigIntField(primary_key=True)
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    consignment_id = fields.BigIntField(default=0)
    origin_on = fields.DateField()
    line_id = fields.BigIntField(db_index=True)
    quantity = QuantityField()
    value = MoneyField(null=True)

    class Meta:
        table = "cost_layer"
        constraints = (
            CheckConstraint(
                "quantity >= 0 AND (value IS NULL OR value >= 0) AND (quantity > 0 OR coalesce(value, 0) = 0)",
                "cost_layer_has_value_with_goods_only",
            ),
        )
        indexes = (("stock_level", "id"), ("origin_on", "id"), ("quantity", "id"), ("value", "id"))


class StockRevaluation(Model):
    """What goods cost changed after the fact: by so much for what is left, and for what is gone. Append-only."""

    id = fields.BigIntField(primary_key=True)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    value = MoneyField()
    in_transit_value = MoneyField()
    lent_value = MoneyField(default=0)
    sold_value = MoneyField()
    business_date = fields.DateField()
    posted_at = fields.DatetimeField()
    document_id = fields.BigIntField(db_index=True)
    line_id = fields.BigIntField(db_index=True)

    class Meta:
        table = "stock_revaluation"
        indexes = (
            ("sku", "id"),
            ("warehouse", "id"),
            ("value", "id"),
            ("business_date", "id"),
            ("warehouse", "sku"),
            ("in_transit_value", "id"),
            ("lent_value", "id"),
            ("sold_value", "id"),
            ("posted_at", "id"),
        )


class StockDay(StockFigures):
    """By how much a level changed that the books learnt of on one day and that counts for another."""

    id = IdField()
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    """Of which level."""
    posted_on = fields.DateField()
    """On which day the books learnt of it (过账日)."""
    business_date = fields.DateField()
    """For which day it counts (业务日期); another one where a document was late."""

    class Meta:
        table = "stock_day"
        unique_together = (("stock_level", "posted_on", "business_date"),)
        indexes = (("business_date",), ("posted_on",))


class StockMonth(StockFigures):
    """The days of a level whose business dates lie in a month, added up, whenever the books learnt of them."""

    id = IdField()
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    """Of which level."""
    month = fields.DateField()
    """The first day of the month (月份) for which it counts."""

    class Meta:
        table = "stock_month"
        unique_together = (("stock_level", "month"),)
        indexes = (("month",),)


class StockOut(Model):
    """A level had nothing at its stock places, from one moment to another; NULL for one that lasts."""

    id = IdField()
    stock_level = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    """Of which level."""
    began_at = fields.DatetimeField()
    """When the last goods left (缺货起)."""
    ended_at = fields.DatetimeField(null=True)
    """When goods came again (缺货止); null while there are none."""

    class Meta:
        table = "stock_out"
        constraints = (CheckConstraint("ended_at >= began_at", "stock_out_ends_after_it_began"),)
        indexes = (("stock_level", "began_at"), ("began_at", "id"), ("ended_at", "id"))


class ClosingBalance(Model):
    """What a level held at the end of a closed period, and what that was worth: on hand, in transit to it, and lent."""

    id = IdField()
    period = fields.ForeignKeyField("models.Period", related_name=False, on_delete=fields.RESTRICT)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    quantity = QuantityField()
    value = MoneyField()
    in_transit = QuantityField(default=Quantity(0))
    in_transit_value = MoneyField(default=Money(0))
    lent = QuantityField(default=Quantity(0))
    lent_value = MoneyField(default=Money(0))

    class Meta:
        table = "closing_balance"
        unique_together = (("period", "sku", "warehouse"),)
        indexes = (
            ("period", "id"),
            ("sku", "id"),
            ("warehouse", "id"),
            ("quantity", "id"),
            ("value", "id"),
            ("in_transit_value", "id"),
            ("lent_value", "id"),
        )


class SerialNumber(Model):
    """A piece that has a number of its own, and where it is."""

    id = IdField()
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    number = fields.CharField(max_length=60)
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    created_at = fields.DatetimeField()

    class Meta:
        table = "serial_number"
        unique_together = (("sku", "number"),)
        indexes = (("number", "id"), ("place", "id"), ("place", "number"), ("created_at", "id"), ("place", "sku"))


class SerialMovement(Model):
    """A movement that a piece was part of. Append-only."""

    id = IdField()
    serial = fields.ForeignKeyField("models.SerialNumber", related_name=False, on_delete=fields.RESTRICT)
    movement = fields.ForeignKeyField("models.StockMovement", related_name=False, on_delete=fields.RESTRICT)

    class Meta:
        table = "serial_movement"
        unique_together = (("serial", "movement"),)
        indexes = (("movement",),)
