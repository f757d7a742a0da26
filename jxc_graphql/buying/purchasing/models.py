"""Tables of what we order."""
# ruff: noqa: S608  (statements are made of our own table and column names)

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import Money, Quantity, QuantityField
from jxc_graphql.masters.partners.models import CreditGrade
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.models import (
    OF_DOCUMENTS,
    DocumentHeader,
    DocumentLine,
    InCurrency,
    Priced,
    Registered,
    TaxedLine,
    adds_up,
    in_currency,
)
from jxc_graphql.office.documents.named import amounts, number
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

number(
    "PRICE_RISE_PERCENT",
    "By how many percent the line that rises most is dearer than agreed (供货价), or where nothing is, than what was"
    " paid last for such goods (涨幅); 0 where none is dearer.",
)
number(
    "SUPPLIER_GRADE",
    "How far the supplier is trusted (信用等级): 4 for A, 3 for B, 2 for C, 1 for D, 0 where nobody has said.",
    better_more=True,
)
AGREED = (
    "(SELECT price.unit_price * 1.0 * coalesce(unit.denominator, 1) / coalesce(unit.numerator, 1) "
    "FROM supplier_price AS price LEFT JOIN sku_unit AS unit ON unit.id = price.unit_id "
    "WHERE price.supplier_id = purchase_order.supplier_id AND price.sku_id = line.sku_id "
    "AND price.currency = purchase_order.currency AND price.unit_price > 0)"
)
"""What was agreed for one base unit of the goods on a `line` of a `purchase_order`, as SQL."""
PAID_LAST = (
    "(SELECT paid.base_net * 1.0 / paid.quantity FROM purchase_order_line AS paid "
    "WHERE paid.sku_id = line.sku_id AND paid.purchase_order_id <> purchase_order.id "
    "AND paid.quantity_received > 0 AND paid.base_net > 0 ORDER BY paid.id DESC LIMIT 1)"
)
"""What was paid last for one base unit of them on another order, without tax and in the books' currency."""


def dearest(price: str, net: str, lines: str) -> str:
    """By how much the line that rises most is dearer, as SQL: by its price or its net, each of one base unit."""
    rise = f"coalesce({price} / {AGREED}, {net} / {PAID_LAST}) - 1"
    return (
        "(SELECT coalesce(MAX(CASE WHEN told.rise > 0 THEN ROUND(told.rise * 1000000) END), 0) "
        f"FROM (SELECT {rise} AS rise FROM {lines}) AS told)"
    )


_PRICE_RISE = dearest(
    "line.unit_price * 1.0 * line.quantity_in_unit / line.quantity",
    "line.base_net * 1.0 / line.quantity",
    "purchase_order_line AS line WHERE line.purchase_order_id = purchase_order.id",
)

STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_PURCHASE_ORDERS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=EDIT_PURCHASE_ORDERS, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_PURCHASE_ORDERS, ways={Is.SUBMITTED: {Is.APPROVED}}),
        Do.REJECT: Action(by=APPROVE_PURCHASE_ORDERS, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.AMEND: Action(
            by=EDIT_PURCHASE_ORDERS,
            ways={
                Is.APPROVED: {Is.APPROVED, Is.CANCELLED},
                Is.PARTIALLY_RECEIVED: {Is.PARTIALLY_RECEIVED, Is.RECEIVED, Is.CLOSED},
            },
        ),
        Do.RECEIVE: Action(
            by=Permission.RECEIVE_GOODS,
            ways={one: {Is.PARTIALLY_RECEIVED, Is.RECEIVED, Is.CLOSED} for one in (Is.APPROVED, Is.PARTIALLY_RECEIVED)},
        ),
        Do.CANCEL: Action(
            by=EDIT_PURCHASE_ORDERS,
            ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED, Is.APPROVED)}
            | {Is.PARTIALLY_RECEIVED: {Is.CLOSED}},
        ),
        Do.WITHDRAW: Action(by=EDIT_PURCHASE_ORDERS, ways={Is.SUBMITTED: {Is.DRAFT}}, by_author=True),
        Do.UNAPPROVE: Action(by=Permission.UNAPPROVE_DOCUMENTS, ways={Is.APPROVED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.CLOSE: Action(by=EDIT_PURCHASE_ORDERS, ways={Is.PARTIALLY_RECEIVED: {Is.CLOSED}}, note=Note.REQUIRED),
        Do.REOPEN: Action(
            by=Permission.REVERSE_DOCUMENTS,
            ways={one: {Is.APPROVED, Is.PARTIALLY_RECEIVED} for one in (Is.PARTIALLY_RECEIVED, Is.RECEIVED, Is.CLOSED)},
        ),
    }
)


_GRADES = {CreditGrade.A: 4, CreditGrade.B: 3, CreditGrade.C: 2, CreditGrade.D: 1}


def grade_of(table: str) -> str:
    """How far the supplier of a document of a table is trusted, as SQL; in the steps of an amount."""
    known = " ".join(f"WHEN '{grade}' THEN {points * 10**Money.places}" for grade, points in _GRADES.items())
    return f"(SELECT CASE credit_grade {known} ELSE 0 END FROM supplier WHERE supplier.id = {table}.supplier_id)"


class PurchaseOrder(DocumentHeader, Priced, InCurrency):
    """Purchase order (采购订单)."""

    series = "PO"
    seen_by = Permission.SEE_PURCHASING
    states = STATES
    registered = Registered(supplier_id="supplier_id", amount="base_gross")
    named = amounts(AMOUNT="base_gross", PRICE_RISE_PERCENT=_PRICE_RISE, SUPPLIER_GRADE=grade_of("purchase_order"))

    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Who delivers."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where to."""
    warehouse_id: int
    external_number = fields.CharField(max_length=60, default="")
    """Its number elsewhere (外部单号): with the supplier, in a shop or in the system that it came from."""
    expected_on = fields.DateField(null=True)
    """The day on which the goods are expected (预计到货日期); null while nobody said."""
    is_requested = fields.BooleanField(default=False)
    """Whether it was made of a purchase request (请购单), which has back what it took when it is cancelled."""

    class Meta:
        constraints = (
            *adds_up("purchase_order", "discount", gross="total"),
            in_currency("purchase_order", gross="total"),
        )
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("supplier", "id"),
            ("expected_on", "id"),
            ("total", "id"),
            ("external_number", "id"),
        )

    @property
    def gives_back(self) -> bool:
        """Whether requests have back what it took: it is cancelled, so nothing of it came."""
        return self.is_requested and self.status is Is.CANCELLED


class PurchaseOrderLine(DocumentLine, TaxedLine):
    """Quantities are in the base unit; `unit` and `quantity_in_unit` are what was typed."""

    purchase_order = fields.ForeignKeyField("models.PurchaseOrder", related_name=False, on_delete=fields.RESTRICT)
    """The order it stands in."""
    purchase_order_id: int
    quantity_received = QuantityField()
    """How much came (已到), rejected goods included."""
    quantity_rejected = QuantityField()
    """How much of what came was rejected (不合格)."""
    quantity_cancelled = QuantityField()
    """How much will not come any more (取消数量)."""
    quantity_to_replace = QuantityField(default=Quantity(0))
    """How much of what is still to come replaces goods that went back (待换), so that it is paid for already."""

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity_rejected >= 0 AND quantity_received >= quantity_rejected AND quantity_cancelled >= 0"
                " AND quantity_to_replace >= 0 AND quantity > 0"
                " AND quantity_received + quantity_to_replace + quantity_cancelled <= quantity",
                "purchase_order_line_is_within_what_was_ordered",
            ),
            *adds_up("purchase_order_line", "discount", "discount_share", gross="gross"),
        )
        indexes = (
            ("sku", "id"),
            ("amount", "id"),
        )

    @property
    def quantity_paid_for(self) -> Quantity:
        """What came, and what is to come again for what went back."""
        return Quantity.total((self.quantity_received, self.quantity_to_replace))
