"""Tables of goods on consignment."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField, UnitPriceField
from jxc_graphql.office.auth.permissions import permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered

KEEP_CONSIGNMENTS = permission(
    "KEEP_CONSIGNMENTS", "Take in suppliers' goods on consignment, and give them back or take them over.",
    "WAREHOUSE_KEEPER", "BUYER",
)  # fmt: skip


class ConsignmentPurpose(StrEnum):
    """What a supplier's goods are with us for (来货用途)."""

    CONSIGNMENT = "CONSIGNMENT"
    """To be sold for him, and paid for then (代销)."""
    BORROWING = "BORROWING"
    """Lent to us until a day (借入): to be given back, or bought where we cannot."""


class ConsignmentEnd(StrEnum):
    """What becomes of goods on consignment otherwise than by a sale (代销处理方式)."""

    RETURN = "RETURN"
    """They go back to their owner (退还货主)."""
    TAKE_OVER = "TAKE_OVER"
    """They are ours from now on, at their price (转为自有)."""
    LOST = "LOST"
    """They got lost or broken with us, who owe for them (丢失损坏)."""


class ConsignmentReceipt(DocumentHeader):
    """Consignment receipt (代销入库单): what a supplier brought that stays his; `total` is what it would come to."""

    series = "CSR"
    registered = Registered(supplier_id="supplier_id", amount="total")

    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Whose goods they are (货主)."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where they lie."""
    warehouse_id: int
    purpose = fields.CharEnumField(
        ConsignmentPurpose, max_length=12, default=ConsignmentPurpose.CONSIGNMENT, db_default="CONSIGNMENT"
    )
    """What they are with us for (来货用途)."""
    due_on = fields.DateField(null=True)
    """By when what is borrowed is to be given back (应还日期); null for goods on consignment."""
    total = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "(purpose = 'BORROWING') = (due_on IS NOT NULL)", "consignment_receipt_is_due_if_it_is_borrowed"
            ),
        )
        indexes = (
            *OF_DOCUMENTS, ("warehouse", "id"), ("supplier", "id"), ("total", "id"), ("purpose", "id"),
            ("due_on", "id"),
        )  # fmt: skip


class ConsignmentReceiptLine(DocumentLine):
    consignment_receipt = fields.ForeignKeyField(
        "models.ConsignmentReceipt", related_name=False, on_delete=fields.RESTRICT
    )
    """The receipt it stands in."""
    consignment_receipt_id: int
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Of which lot (批次); null for goods that are kept without lots."""
    lot_id: int | None
    quantity = QuantityField()
    """How much came, in the base unit."""
    unit_price = UnitPriceField()
    amount = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND unit_price >= 0 AND amount >= 0 AND amount % 100 = 0",
                "consignment_receipt_line_is_positive",
            ),
        )
        indexes = (("sku", "id"), ("lot", "id"), ("amount", "id"))


class ConsignmentIssue(DocumentHeader):
    """Consignment issue (代销处理单): goods of one supplier went back, became ours or got lost."""

    series = "CSI"
    registered = Registered(supplier_id="supplier_id", amount="total")

    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Whose goods they were (货主)."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where they lay."""
    warehouse_id: int
    ending = fields.CharEnumField(ConsignmentEnd, max_length=10)
    """What became of them (处理方式)."""
    total = MoneyField()

    class Meta:
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("supplier", "id"), ("ending", "id"), ("total", "id"))


class ConsignmentIssueLine(DocumentLine):
    consignment_issue = fields.ForeignKeyField("models.ConsignmentIssue", related_name=False, on_delete=fields.RESTRICT)
    """The issue it stands in."""
    consignment_issue_id: int
    consignment_receipt_line = fields.ForeignKeyField(
        "models.ConsignmentReceiptLine", related_name=False, on_delete=fields.RESTRICT
    )
    """With which line they came."""
    consignment_receipt_line_id: int
    quantity = QuantityField()
    """How much, in the base unit."""
    value = MoneyField()

    class Meta:
        constraints = (CheckConstraint("quantity > 0 AND value >= 0", "consignment_issue_line_takes_something"),)
        indexes = (("sku", "id"), ("consignment_receipt_line", "id"), ("value", "id"))
