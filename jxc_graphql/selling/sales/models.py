"""Tables of what customers order."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField, UnitPriceField
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is


class SalesOrderLineStatus(StrEnum):
    """How far a line of a sales order has come."""

    OPEN = "OPEN"
    """Nothing shipped yet."""
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    """Part shipped (部分出库), the rest outstanding."""
    SHIPPED = "SHIPPED"
    """All shipped (全部出库)."""
    CLOSED = "CLOSED"
    """Part shipped, the rest cancelled (关闭)."""
    CANCELLED = "CANCELLED"
    """All cancelled (作废)."""


EDIT_SALES_ORDERS = permission("EDIT_SALES_ORDERS", "Draft, submit and cancel sales orders.", "SELLER")
APPROVE_SALES_ORDERS = permission(
    "APPROVE_SALES_ORDERS", "Approve sales orders, which reserves stock, or send them back."
)

STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_SALES_ORDERS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=EDIT_SALES_ORDERS, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_SALES_ORDERS, ways={one: {Is.APPROVED} for one in (Is.DRAFT, Is.SUBMITTED)}),
        Do.REJECT: Action(by=APPROVE_SALES_ORDERS, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.SHIP: Action(
            by=Permission.SHIP_GOODS,
            ways={one: {Is.PARTIALLY_SHIPPED, Is.SHIPPED} for one in (Is.APPROVED, Is.PARTIALLY_SHIPPED)},
        ),
        Do.CANCEL: Action(
            by=EDIT_SALES_ORDERS,
            ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED, Is.APPROVED)}
            | {Is.PARTIALLY_SHIPPED: {Is.CLOSED}},
        ),
    }
)


class SalesOrder(DocumentHeader):
    """Sales order (销售订单): `approved_at` decides who gets goods first when there are not enough for all."""

    series = "SO"
    states = STATES
    registered = Registered(customer_id="customer_id", amount="total")

    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT)
    """Who asked."""
    customer_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where the goods leave from."""
    warehouse_id: int
    total = MoneyField()
    """The sum of the lines' amounts (合计金额)."""
    approved_at = fields.DatetimeField(null=True)
    """When it was approved, null before; goods that come free go to the oldest approval first."""

    class Meta:
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("customer", "id"),
            ("total", "id"),
            ("approved_at", "id"),
        )


class SalesOrderLine(DocumentLine):
    """Quantities are in the base unit; what is kept of them says the line's claim in the book of goods."""

    sales_order = fields.ForeignKeyField("models.SalesOrder", related_name=False, on_delete=fields.RESTRICT)
    """The order it stands in."""
    sales_order_id: int
    unit = fields.CharField(max_length=20)
    """The unit in which it was ordered."""
    quantity_in_unit = QuantityField()
    """How much was ordered, in that unit."""
    quantity = QuantityField()
    """How much was ordered (订购数量)."""
    quantity_shipped = QuantityField()
    """How much left (已发)."""
    quantity_cancelled = QuantityField()
    """How much will not be shipped any more."""
    unit_price = UnitPriceField()
    """Price of one `unit` (单价); 0 for free goods (赠品)."""
    amount = MoneyField()
    """`quantityInUnit` times `unitPrice` (金额)."""

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity_shipped >= 0 AND quantity_cancelled >= 0 AND quantity > 0"
                " AND quantity_shipped + quantity_cancelled <= quantity",
                "sales_order_line_is_within_what_was_ordered",
            ),
        )
        indexes = (
            ("sku", "id"),
            ("amount", "id"),
        )
