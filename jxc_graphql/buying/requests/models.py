"""Tables of what is needed."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.buying.purchasing.models import EDIT_PURCHASE_ORDERS
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import Quantity, QuantityField
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is


class PurchaseRequestSource(StrEnum):
    """Why something is needed (请购来源)."""

    MANUAL = "MANUAL"
    """Somebody says so (手工)."""
    LOW_STOCK = "LOW_STOCK"
    """Stock runs low (低库存)."""
    PLANNING = "PLANNING"
    """A plan says so (计划)."""
    BACKORDER = "BACKORDER"
    """A sales order waits for it (缺货)."""


EDIT_PURCHASE_REQUESTS = permission(
    "EDIT_PURCHASE_REQUESTS", "Draft, submit, close and cancel purchase requests.", "BUYER", "WAREHOUSE_KEEPER"
)
APPROVE_PURCHASE_REQUESTS = permission(
    "APPROVE_PURCHASE_REQUESTS", "Approve submitted purchase requests or send them back."
)

STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_PURCHASE_REQUESTS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=EDIT_PURCHASE_REQUESTS, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_PURCHASE_REQUESTS, ways={Is.SUBMITTED: {Is.APPROVED}}),
        Do.REJECT: Action(by=APPROVE_PURCHASE_REQUESTS, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.ORDER: Action(
            by=EDIT_PURCHASE_ORDERS,
            ways={one: {Is.PARTIALLY_ORDERED, Is.ORDERED} for one in (Is.APPROVED, Is.PARTIALLY_ORDERED)},
        ),
        Do.CANCEL: Action(
            by=EDIT_PURCHASE_REQUESTS,
            ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED, Is.APPROVED)}
            | {Is.PARTIALLY_ORDERED: {Is.CLOSED}},
        ),
        Do.WITHDRAW: Action(by=EDIT_PURCHASE_REQUESTS, ways={Is.SUBMITTED: {Is.DRAFT}}, by_author=True),
        Do.UNAPPROVE: Action(by=Permission.UNAPPROVE_DOCUMENTS, ways={Is.APPROVED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.CLOSE: Action(by=EDIT_PURCHASE_REQUESTS, ways={Is.PARTIALLY_ORDERED: {Is.CLOSED}}, note=Note.REQUIRED),
        Do.REOPEN: Action(
            by=EDIT_PURCHASE_ORDERS,
            ways={one: {Is.APPROVED, Is.PARTIALLY_ORDERED} for one in (Is.PARTIALLY_ORDERED, Is.ORDERED, Is.CLOSED)},
        ),
    }
)


class PurchaseRequest(DocumentHeader):
    """Purchase request (请购单): what a warehouse needs, by which day and why."""

    series = "PQ"
    seen_by = Permission.SEE_PURCHASING
    states = STATES

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it is needed."""
    warehouse_id: int
    source = fields.CharEnumField(PurchaseRequestSource, max_length=10)
    """Why it is needed (请购来源)."""
    needed_on = fields.DateField()
    """The day by which it is needed (需求日期), where a line does not say otherwise."""

    class Meta:
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("source", "id"), ("needed_on", "id"))


class PurchaseRequestLine(DocumentLine):
    """Quantities are in the base unit; `unit` and `quantity_in_unit` are what was typed."""

    counts = ("quantity_ordered", "quantity_cancelled")

    purchase_request = fields.ForeignKeyField("models.PurchaseRequest", related_name=False, on_delete=fields.RESTRICT)
    """The request it stands in."""
    purchase_request_id: int
    unit = fields.CharField(max_length=20)
    """The unit in which it was asked for (单位)."""
    quantity_in_unit = QuantityField()
    """How much is needed, in that unit (请购数量)."""
    quantity = QuantityField()
    """How much is needed, in the base unit (请购数量)."""
    needed_on = fields.DateField(null=True)
    """The day by which it is needed (需求日期); null for that of the request."""
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    """From whom it might be bought (建议供应商); null where nobody said."""
    supplier_id: int | None
    quantity_ordered = QuantityField(default=Quantity(0))
    """How much of it is on purchase orders (已下单)."""
    quantity_cancelled = QuantityField(default=Quantity(0))
    """How much of it is not needed any more (取消数量)."""

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_in_unit > 0 AND quantity_ordered >= 0 AND quantity_cancelled >= 0"
                " AND quantity_ordered + quantity_cancelled <= quantity",
                "purchase_request_line_is_ordered_within_what_is_needed",
            ),
        )
        indexes = (("sku", "id"), ("supplier", "id"), ("needed_on", "id"))


class PurchaseRequestOrder(Model):
    """So much of a line of a request is on a purchase order. Never updated, never deleted."""

    id = IdField()
    purchase_request_line = fields.ForeignKeyField(
        "models.PurchaseRequestLine", related_name=False, on_delete=fields.RESTRICT
    )
    purchase_request_line_id: int
    purchase_order = fields.ForeignKeyField("models.PurchaseOrder", related_name=False, on_delete=fields.RESTRICT)
    purchase_order_id: int
    quantity = QuantityField()

    class Meta:
        table = "purchase_request_order"
        unique_together = (("purchase_order", "purchase_request_line"),)
        constraints = (CheckConstraint("quantity > 0", "purchase_request_order_orders_something"),)
        indexes = (("purchase_request_line", "id"),)
