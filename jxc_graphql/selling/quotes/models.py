"""Tables of what goods would cost customers."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import Quantity, QuantityField
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
from jxc_graphql.office.documents.named import amounts
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is
from jxc_graphql.selling.sales.models import EDIT_SALES_ORDERS, PricedByRules
from jxc_graphql.selling.sales.named import bargain

EDIT_QUOTES = permission("EDIT_QUOTES", "Draft, submit, revise and give up quotes.", "SELLER")
APPROVE_QUOTES = permission(
    "APPROVE_QUOTES", "Approve quotes, which reserves stock and agrees to what is ordered of them, or send them back."
)


def _ended(alone: Is) -> dict[Is, set[Is]]:
    """Where a binding quote goes of which nothing more is to be had, by whether something was ordered of it."""
    return {Is.APPROVED: {alone}, Is.PARTIALLY_ORDERED: {Is.CLOSED}}


STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_QUOTES, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=EDIT_QUOTES, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_QUOTES, ways={one: {Is.APPROVED} for one in (Is.DRAFT, Is.SUBMITTED)}),
        Do.REJECT: Action(by=APPROVE_QUOTES, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.WITHDRAW: Action(by=EDIT_QUOTES, ways={Is.SUBMITTED: {Is.DRAFT}}, by_author=True),
        Do.ORDER: Action(
            by=EDIT_SALES_ORDERS,
            ways={one: {Is.PARTIALLY_ORDERED, Is.ORDERED} for one in (Is.APPROVED, Is.PARTIALLY_ORDERED)},
        ),
        Do.REVISE: Action(by=EDIT_QUOTES, ways={one: {Is.SUPERSEDED} for one in (Is.APPROVED, Is.EXPIRED)}),
        Do.LOSE: Action(by=EDIT_QUOTES, ways=_ended(Is.LOST), note=Note.REQUIRED),
        Do.EXPIRE: Action(by=EDIT_QUOTES, ways=_ended(Is.EXPIRED)),
        Do.CANCEL: Action(
            by=EDIT_QUOTES,
            ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED)} | _ended(Is.CANCELLED),
        ),
    }
)


class Quote(DocumentHeader, Priced, InCurrency):
    """Quote (报价单): what goods would cost a customer, and through which day they are kept for him."""

    series = "QT"
    seen_by = Permission.SEE_SALES
    states = STATES
    registered = Registered(customer_id="customer_id", amount="base_gross")
    named = amounts(AMOUNT="base_gross", **bargain("quote"))

    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT)
    """Who asked."""
    customer_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where the goods would leave from, and are kept."""
    warehouse_id: int
    seller = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    """Whose sale it would be (业务员)."""
    seller_id: int
    valid_through = fields.DateField()
    """The last day on which it may be ordered (有效期至)."""
    revision = fields.IntField(default=1)
    """Which version of it this is (版本), from 1."""
    external_number = fields.CharField(max_length=60, default="")
    """The number of the customer's inquiry (外部单号)."""

    class Meta:
        constraints = (
            *adds_up("quote", "discount", gross="total"),
            in_currency("quote", gross="total"),
            CheckConstraint("revision > 0", "quote_has_a_revision"),
        )
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("customer", "id"),
            ("seller", "id"),
            ("total", "id"),
            ("valid_through", "id"),
            ("external_number", "id"),
        )


class QuoteLine(DocumentLine, PricedByRules, TaxedLine):
    """Quantities are in the base unit; what is kept of them says the line's claim in the book of goods."""

    counts = ("quantity_ordered",)

    quote = fields.ForeignKeyField("models.Quote", related_name=False, on_delete=fields.RESTRICT)
    """The quote it stands in."""
    quote_id: int
    quantity_ordered = QuantityField(default=Quantity(0))
    """How much of it is on sales orders (已下单)."""

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_ordered >= 0 AND quantity_ordered <= quantity",
                "quote_line_is_ordered_within_what_was_quoted",
            ),
            CheckConstraint(
                "promotion_discount >= 0 AND promotion_discount % 100 = 0 AND list_price >= 0",
                "quote_line_has_a_price_by_rules",
            ),
            *adds_up("quote_line", "discount", "discount_share", gross="gross"),
        )
        indexes = (("sku", "id"), ("amount", "id"), ("price_list", "id"))


class QuoteOrder(Model):
    """So much of a line of a quote is on a sales order. Never updated, never deleted."""

    id = IdField()
    quote_line = fields.ForeignKeyField("models.QuoteLine", related_name=False, on_delete=fields.RESTRICT)
    quote_line_id: int
    sales_order = fields.ForeignKeyField("models.SalesOrder", related_name=False, on_delete=fields.RESTRICT)
    sales_order_id: int
    quantity = QuantityField()

    class Meta:
        table = "quote_order"
        unique_together = (("sales_order", "quote_line"),)
        constraints = (CheckConstraint("quantity > 0", "quote_order_orders_something"),)
        indexes = (("quote_line", "id"),)
