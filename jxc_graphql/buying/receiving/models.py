"""Tables of what arrives."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered


class GoodsReceipt(DocumentHeader):
    """Goods receipt (采购入库)."""

    series = "GR"
    registered = Registered(supplier_id="supplier_id", amount="total")

    purchase_order = fields.ForeignKeyField("models.PurchaseOrder", related_name=False, on_delete=fields.RESTRICT)
    """The order that it came for."""
    purchase_order_id: int
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Who brought it."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it came to."""
    warehouse_id: int
    total = MoneyField()

    class Meta:
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("supplier", "id"), ("purchase_order", "id"), ("total", "id"))


class GoodsReceiptLine(DocumentLine):
    """What one order line brought of one lot; `place` is where accepted goods went, and null where none were."""

    goods_receipt = fields.ForeignKeyField("models.GoodsReceipt", related_name=False, on_delete=fields.RESTRICT)
    """The receipt it stands in."""
    goods_receipt_id: int
    purchase_order_line = fields.ForeignKeyField(
        "models.PurchaseOrderLine", related_name=False, on_delete=fields.RESTRICT
    )
    """The order line that it came for."""
    purchase_order_line_id: int
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Of which lot (批次); null for goods that are kept without lots."""
    lot_id: int | None
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Where the accepted goods went: the stock place or a bin (库位); null where none were accepted."""
    place_id: int | None
    quantity_accepted = QuantityField()
    """How much went to stock (合格)."""
    quantity_rejected = QuantityField()
    """How much went to the damaged place (不合格)."""
    quantity_uninspected = QuantityField()
    """How much went to the quality place, to be inspected (待检)."""
    value = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity_accepted >= 0 AND quantity_rejected >= 0 AND quantity_uninspected >= 0"
                " AND quantity_accepted + quantity_rejected + quantity_uninspected > 0",
                "goods_receipt_line_brings_something",
            ),
            CheckConstraint(
                "(quantity_accepted > 0) = (place_id IS NOT NULL)",
                "goods_receipt_line_has_a_place_for_accepted_goods_only",
            ),
        )
        indexes = (
            ("purchase_order_line", "id"),
            ("sku", "id"),
            ("lot", "id"),
            ("place", "id"),
            ("value", "id"),
        )
