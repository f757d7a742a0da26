"""Tables of what arrives."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, Quantity, QuantityField
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import (
    OF_DOCUMENTS,
    DocumentHeader,
    DocumentLine,
    InCurrency,
    PartOfOrder,
    Registered,
    adds_up,
    in_currency,
)
from jxc_graphql.office.documents.reversing import reversible


class GoodsReceipt(DocumentHeader, InCurrency, PartOfOrder):
    """Goods receipt (采购入库)."""

    series = "GR"
    seen_by = Permission.SEE_PURCHASING
    states = reversible()
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
        constraints = (*adds_up("goods_receipt", gross="gross"), in_currency("goods_receipt", gross="gross"))
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("supplier", "id"),
            ("purchase_order", "id"),
            ("total", "id"),
            ("gross", "id"),
        )


class GoodsReceiptLine(DocumentLine, PartOfOrder):
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
    quantity_returned = QuantityField(default=Quantity(0))
    """How much of it went back to the supplier (已退), or was reversed."""
    is_replacement = fields.BooleanField(default=False)
    """Whether it came for goods that had gone back (换货), so that nothing more is paid for it."""
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
            CheckConstraint(
                "quantity_returned >= 0"
                " AND quantity_returned <= quantity_accepted + quantity_rejected + quantity_uninspected",
                "goods_receipt_line_gives_back_what_it_brought",
            ),
            *adds_up("goods_receipt_line", gross="gross"),
        )
        indexes = (
            ("purchase_order_line", "id"),
            ("sku", "id"),
            ("lot", "id"),
            ("place", "id"),
            ("value", "id"),
        )

    @property
    def quantity(self) -> Quantity:
        """Everything that came."""
        return Quantity.total((self.quantity_accepted, self.quantity_rejected, self.quantity_uninspected))


class GoodsReceiptReversal(DocumentHeader, InCurrency, PartOfOrder):
    """Goods receipt reversal (入库冲销): a goods receipt is taken back, whole or what is left of it."""

    series = "GRR"
    seen_by = Permission.SEE_PURCHASING
    registered = Registered(supplier_id="supplier_id", amount="total")

    goods_receipt = fields.OneToOneField("models.GoodsReceipt", related_name=False, on_delete=fields.RESTRICT)
    """The receipt that it takes back."""
    goods_receipt_id: int
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Who gets it."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it leaves from."""
    warehouse_id: int
    total = MoneyField()

    class Meta:
        constraints = (
            *adds_up("goods_receipt_reversal", gross="gross"), in_currency("goods_receipt_reversal", gross="gross"),
        )  # fmt: skip
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("supplier", "id"), ("total", "id"), ("gross", "id"))


class GoodsReceiptReversalLine(DocumentLine, PartOfOrder):
    """What of one receipt line goes back, and how much of that had been rejected.

    `value` is what it costs now, `value_received` what it did when it came.
    """

    goods_receipt_reversal = fields.ForeignKeyField(
        "models.GoodsReceiptReversal", related_name=False, on_delete=fields.RESTRICT
    )
    """The reversal it stands in."""
    goods_receipt_reversal_id: int
    goods_receipt_line = fields.ForeignKeyField(
        "models.GoodsReceiptLine", related_name=False, on_delete=fields.RESTRICT
    )
    """The receipt line that it takes back."""
    goods_receipt_line_id: int
    quantity = QuantityField()
    """How much goes back, in the base unit."""
    quantity_rejected = QuantityField()
    value = MoneyField()
    value_received = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_rejected >= 0 AND quantity_rejected <= quantity",
                "goods_receipt_reversal_line_takes_something_back",
            ),
            *adds_up("goods_receipt_reversal_line", gross="gross"),
        )
        indexes = (("goods_receipt_line", "id"), ("sku", "id"), ("value", "id"))
