"""Tables of what arrives."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine, Registered


class GoodsReceipt(DocumentHeader):
    """Goods receipt (采购入库)."""

    series = "GR"
    registered = Registered(
        supplier_id="(SELECT supplier_id FROM purchase_order AS o WHERE o.id = goods_receipt.purchase_order_id)",
        amount="total",
    )

    purchase_order = fields.ForeignKeyField("models.PurchaseOrder", related_name=False, on_delete=fields.RESTRICT)
    purchase_order_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    warehouse_id: int
    total = MoneyField()

    class Meta:
        table = "goods_receipt"
        indexes = (("purchase_order",),)


class GoodsReceiptLine(DocumentLine):
    """What one order line brought of one lot; `place` is where accepted goods went, and null where none were."""

    goods_receipt = fields.ForeignKeyField("models.GoodsReceipt", related_name=False, on_delete=fields.RESTRICT)
    goods_receipt_id: int
    purchase_order_line = fields.ForeignKeyField(
        "models.PurchaseOrderLine", related_name=False, on_delete=fields.RESTRICT
    )
    purchase_order_line_id: int
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    lot_id: int | None
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT, null=True)
    place_id: int | None
    quantity_accepted = QuantityField()
    quantity_rejected = QuantityField()
    quantity_uninspected = QuantityField()
    value = MoneyField()

    class Meta:
        table = "goods_receipt_line"
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
        unique_together = (("goods_receipt", "line_no"),)
        indexes = (("purchase_order_line",), ("lot",))
