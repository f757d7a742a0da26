"""Tables of what we order."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField, UnitPriceField
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is


class PurchaseOrderLineStatus(StrEnum):
    """How far a line of a purchase order has come."""

    OPEN = "OPEN"
    """Nothing received yet."""
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    """Part received (部分入库), the rest outstanding."""
    RECEIVED = "RECEIVED"
    """All received (全部入库)."""
    CLOSED = "CLOSED"
    """Part received, the rest cancelled (关闭)."""
    CANCELLED = "CANCELLED"
    """All cancelled (作废)."""


EDIT_PURCHASE_ORDERS = permission("EDIT_PURCHASE_ORDERS", "Draft, submit and cancel purchase orders.", "BUYER")
APPROVE_PURCHASE_ORDERS = permission("APPROVE_PURCHASE_ORDERS", "Approve submitted purchase orders or send them back.")

STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_PURCHASE_ORDERS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=EDIT_PURCHASE_ORDERS, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_PURCHASE_ORDERS, ways={Is.SUBMITTED: {Is.APPROVED}}),
        Do.REJECT: Action(by=APPROVE_PURCHASE_ORDERS, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.RECEIVE: Action(
            by=Permission.RECEIVE_GOODS,
            ways={one: {Is.PARTIALLY_RECEIVED, Is.RECEIVED} for one in (Is.APPROVED, Is.PARTIALLY_RECEIVED)},
        ),
        Do.CANCEL: Action(
            by=EDIT_PURCHASE_ORDERS,
            ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED, Is.APPROVED)}
            | {Is.PARTIALLY_RECEIVED: {Is.CLOSED}},
        ),
    }
)


class PurchaseOrder(DocumentHeader):
    """Purchase order (采购订单)."""

    series = "PO"
    states = STATES
    registered = Registered(supplier_id="supplier_id", amount="total")

    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Who delivers."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where to."""
    warehouse_id: int
    expected_on = fields.DateField(null=True)
    """The day on which the goods are expected (预计到货日期); null while nobody said."""
    total = MoneyField()

    class Meta:
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("supplier", "id"), ("expected_on", "id"), ("total", "id"))


class PurchaseOrderLine(DocumentLine):
    """Quantities are in the base unit; `unit` and `quantity_in_unit` are what was typed."""

    purchase_order = fields.ForeignKeyField("models.PurchaseOrder", related_name=False, on_delete=fields.RESTRICT)
    """The order it stands in."""
    purchase_order_id: int
    unit = fields.CharField(max_length=20)
    """The unit in which it was ordered."""
    quantity_in_unit = QuantityField()
    """How much was ordered, in that unit."""
    quantity = QuantityField()
    """How much was ordered (订购数量)."""
    quantity_received = QuantityField()
    """How much came (已到), rejected goods included."""
    quantity_rejected = QuantityField()
    """How much of what came was rejected (不合格)."""
    quantity_cancelled = QuantityField()
    """How much will not come any more."""
    unit_price = UnitPriceField()
    amount = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity_rejected >= 0 AND quantity_received >= quantity_rejected AND quantity_cancelled >= 0"
                " AND quantity > 0 AND quantity_received + quantity_cancelled <= quantity",
                "purchase_order_line_is_within_what_was_ordered",
            ),
        )
        indexes = (
            ("sku", "id"),
            ("amount", "id"),
        )
