"""Tables of what customers order."""

from enum import StrEnum
from typing import Any, ClassVar

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.numbers import Money, MoneyField, QuantityField, UnitPriceField
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
from jxc_graphql.selling.credit import models as credit  # noqa: F401  (which names facts of credit)
from jxc_graphql.selling.sales.named import bargain, exceeded, overdue_days


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

number("DISCOUNT", "What is taken off its lines and the whole (优惠金额), promotions included, in the books' currency.")
number(
    "MARGIN",
    "How much is earned (毛利): without tax, less what such goods cost in its warehouse now.",
    better_more=True,
)
number(
    "BELOW_MINIMUM", "By how much its lines together are below the least that goods are to be sold for (低于最低售价)."
)
STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_SALES_ORDERS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=EDIT_SALES_ORDERS, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_SALES_ORDERS, ways={one: {Is.APPROVED} for one in (Is.DRAFT, Is.SUBMITTED)}),
        Do.REJECT: Action(by=APPROVE_SALES_ORDERS, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.AMEND: Action(
            by=EDIT_SALES_ORDERS,
            ways={
                Is.APPROVED: {Is.APPROVED, Is.CANCELLED},
                Is.PARTIALLY_SHIPPED: {Is.PARTIALLY_SHIPPED, Is.SHIPPED, Is.CLOSED},
            },
        ),
        Do.SHIP: Action(
            by=Permission.SHIP_GOODS,
            ways={one: {Is.PARTIALLY_SHIPPED, Is.SHIPPED, Is.CLOSED} for one in (Is.APPROVED, Is.PARTIALLY_SHIPPED)},
        ),
        Do.CANCEL: Action(
            by=EDIT_SALES_ORDERS,
            ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED, Is.APPROVED)}
            | {Is.PARTIALLY_SHIPPED: {Is.CLOSED}},
        ),
        Do.WITHDRAW: Action(by=EDIT_SALES_ORDERS, ways={Is.SUBMITTED: {Is.DRAFT}}, by_author=True),
        Do.UNAPPROVE: Action(
            by=Permission.UNAPPROVE_DOCUMENTS,
            ways={Is.APPROVED: {Is.DRAFT}},
            note=Note.OPTIONAL,
            forgets=("approved_at",),
        ),
        Do.CLOSE: Action(by=EDIT_SALES_ORDERS, ways={Is.PARTIALLY_SHIPPED: {Is.CLOSED}}, note=Note.REQUIRED),
        Do.REOPEN: Action(
            by=Permission.REVERSE_DOCUMENTS,
            ways={one: {Is.APPROVED, Is.PARTIALLY_SHIPPED} for one in (Is.PARTIALLY_SHIPPED, Is.SHIPPED, Is.CLOSED)},
        ),
    }
)


class SalesOrder(DocumentHeader, Priced, InCurrency):
    """Sales order (销售订单): `approved_at` decides who gets goods first when there are not enough for all."""

    series = "SO"
    seen_by = Permission.SEE_SALES
    states = STATES
    registered = Registered(customer_id="customer_id", amount="base_gross")
    named = amounts(
        AMOUNT="base_gross",
        **bargain("sales_order"),
        CREDIT_EXCEEDED=exceeded("sales_order.customer_id", "sales_order.base_gross"),
        OVERDUE_DAYS=overdue_days("sales_order.customer_id"),
    )

    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT)
    """Who asked."""
    customer_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where the goods leave from."""
    warehouse_id: int
    seller = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    """Whose sale it is (业务员)."""
    seller_id: int
    external_number = fields.CharField(max_length=60, default="")
    """Its number elsewhere (外部单号): with the customer, in a shop or in the system that it came from."""
    approved_at = fields.DatetimeField(null=True)
    """When it was approved, null before; goods that come free go to the oldest approval first."""
    gross_shipped = MoneyField(default=Money(0))
    """What of it left, as it is paid for, in the books' currency (已发金额)."""

    class Meta:
        constraints = (*adds_up("sales_order", "discount", gross="total"), in_currency("sales_order", gross="total"))
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("customer", "id"),
            ("seller", "id"),
            ("total", "id"),
            ("external_number", "id"),
            ("approved_at", "id"),
        )


class PricedByRules(Model):
    """The columns, beside those of every line that is paid for, of one whose price price lists and promotions give."""

    follows: ClassVar[frozenset[str]] = TaxedLine.follows | {
        "price_list_id", "list_price", "promotion_discount", "given_promotions",
    }  # fmt: skip
    """What of such a line nobody needs to be told as a change."""
    counts: ClassVar[tuple[str, ...]]
    """The columns that say how much was done of it."""

    price_list: Any = fields.ForeignKeyField(
        "models.PriceList", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    """The price list that gave `listPrice` (价目表); null where it was typed and no list was asked."""
    price_list_id: int | None
    list_price = UnitPriceField()
    """The price that the price list gave (标价); what was typed where none was asked."""
    promotion_discount = MoneyField(default=Money(0))
    """How much of its discount promotions gave when it was priced (促销优惠)."""
    given_promotions = fields.TextField(default="[]")  # ids with steps of money, in JSON: `promotions` shows them

    class Meta:
        abstract = True


class SalesOrderLine(DocumentLine, PricedByRules, TaxedLine):
    """Quantities are in the base unit; what is kept of them says the line's claim in the book of goods."""

    counts = ("quantity_shipped", "quantity_cancelled")

    sales_order = fields.ForeignKeyField("models.SalesOrder", related_name=False, on_delete=fields.RESTRICT)
    """The order it stands in."""
    sales_order_id: int
    quantity_shipped = QuantityField()
    """How much left (已发)."""
    quantity_cancelled = QuantityField()
    """How much will not be shipped any more (取消数量)."""

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity_shipped >= 0 AND quantity_cancelled >= 0 AND quantity > 0"
                " AND quantity_shipped + quantity_cancelled <= quantity",
                "sales_order_line_is_within_what_was_ordered",
            ),
            CheckConstraint(
                "promotion_discount >= 0 AND promotion_discount % 100 = 0 AND list_price >= 0",
                "sales_order_line_has_a_price_by_rules",
            ),
            *adds_up("sales_order_line", "discount", "discount_share", gross="gross"),
        )
        indexes = (
            ("sku", "id"),
            ("amount", "id"),
            ("price_list", "id"),
        )
