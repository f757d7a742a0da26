"""Tables of what it takes to have goods here."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField
from jxc_graphql.office.auth.permissions import Permission, permission
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


class LandedCostKind(StrEnum):
    """What a landed cost is for (费用类别)."""

    FREIGHT = "FREIGHT"
    """Freight (运费)."""
    DUTY = "DUTY"
    """Customs duty (关税)."""
    INSURANCE = "INSURANCE"
    """Insurance (保险费)."""
    HANDLING = "HANDLING"
    """Loading and unloading (装卸费)."""
    OTHER = "OTHER"
    """Something else (其他), which the note says."""


class LandedCostMethod(StrEnum):
    """By what a landed cost is shared over the goods (分摊方式)."""

    VALUE = "VALUE"
    """By what they cost when they came (按金额)."""
    QUANTITY = "QUANTITY"
    """By how much came, in base units (按数量)."""
    WEIGHT = "WEIGHT"
    """By what they weigh, as is told (按重量)."""
    VOLUME = "VOLUME"
    """By the room they take, as is told (按体积)."""


LAND_COSTS = permission("LAND_COSTS", "Charge freight, duty and the like on what receipts brought.", "ACCOUNTANT")


def _reference(model: str, **kwargs: Any) -> Any:
    return fields.ForeignKeyField(f"models.{model}", related_name=False, on_delete=fields.RESTRICT, **kwargs)


class LandedCost(DocumentHeader, InCurrency, PartOfOrder):
    """Landed cost (采购费用单): what it took to have the goods of receipts here."""

    series = "LC"
    seen_by = Permission.SEE_PURCHASING
    states = reversible()
    registered = Registered(supplier_id="supplier_id", amount="base_gross")

    supplier = _reference("Supplier")
    """Who is owed for it, such as a forwarder (承运商)."""
    supplier_id: int
    warehouse = _reference("Warehouse")
    """Where the goods came to."""
    warehouse_id: int
    kind = fields.CharEnumField(LandedCostKind, max_length=10)
    """What it is for (费用类别)."""
    method = fields.CharEnumField(LandedCostMethod, max_length=10)
    """By what it is shared (分摊方式)."""
    external_number = fields.CharField(max_length=60, default="")
    """The number of the bill (外部单号)."""
    value = MoneyField()
    sold_value = MoneyField()

    class Meta:
        constraints = (*adds_up("landed_cost", gross="gross"), in_currency("landed_cost", gross="gross"))
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("supplier", "id"), ("kind", "id"), ("external_number", "id"))


class LandedCostLine(DocumentLine):
    """What falls to one line of a receipt."""

    landed_cost = _reference("LandedCost")
    """The landed cost it stands in."""
    landed_cost_id: int
    goods_receipt = _reference("GoodsReceipt")
    """The receipt that brought the goods."""
    goods_receipt_id: int
    goods_receipt_line = _reference("GoodsReceiptLine")
    """The line of the receipt that brought them."""
    goods_receipt_line_id: int
    quantity = QuantityField()
    """How much of it had not gone back, in the base unit."""
    weight = QuantityField(null=True)
    """What that weighs, or the room it takes (重量, 体积), where it is shared by that; else null."""
    share = MoneyField()
    value = MoneyField()
    sold_value = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint("quantity >= 0 AND share >= 0 AND share % 100 = 0", "landed_cost_line_has_a_share"),
        )
        unique_together = (("landed_cost", "goods_receipt_line"),)
        indexes = (("goods_receipt", "id"), ("goods_receipt_line", "id"), ("sku", "id"), ("share", "id"))


class LandedCostReversal(DocumentHeader, InCurrency, PartOfOrder):
    """Landed cost reversal (采购费用冲销): a landed cost is taken back."""

    series = "LCR"
    seen_by = Permission.SEE_PURCHASING
    registered = Registered(supplier_id="supplier_id", amount="base_gross")

    landed_cost = fields.OneToOneField("models.LandedCost", related_name=False, on_delete=fields.RESTRICT)
    """The landed cost that it takes back."""
    landed_cost_id: int
    supplier = _reference("Supplier")
    """Who was owed for it."""
    supplier_id: int
    warehouse = _reference("Warehouse")
    """Where the goods came to."""
    warehouse_id: int
    value = MoneyField()
    sold_value = MoneyField()

    class Meta:
        constraints = (
            *adds_up("landed_cost_reversal", gross="gross"), in_currency("landed_cost_reversal", gross="gross"),
        )  # fmt: skip
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("supplier", "id"))


class LandedCostReversalLine(DocumentLine):
    """What of the cost of one line of a receipt is taken back; `value` and `sold_value` are below zero."""

    landed_cost_reversal = _reference("LandedCostReversal")
    """The reversal it stands in."""
    landed_cost_reversal_id: int
    landed_cost_line = _reference("LandedCostLine")
    """The line that it takes back."""
    landed_cost_line_id: int
    goods_receipt_line = _reference("GoodsReceiptLine")
    """The line of the receipt that brought the goods."""
    goods_receipt_line_id: int
    share = MoneyField()
    value = MoneyField()
    sold_value = MoneyField()

    class Meta:
        constraints = (CheckConstraint("share >= 0 AND share % 100 = 0", "landed_cost_reversal_line_has_a_share"),)
        indexes = (("landed_cost_line", "id"), ("goods_receipt_line", "id"), ("sku", "id"), ("share", "id"))
