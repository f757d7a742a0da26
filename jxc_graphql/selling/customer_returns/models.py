"""Tables of what customers bring back."""

from enum import StrEnum
from typing import ClassVar

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import Money, MoneyField, Quantity, QuantityField, UnitPriceField
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.models import (
    BASE,
    OF_DOCUMENTS,
    DocumentHeader,
    DocumentLine,
    InCurrency,
    PartOfOrder,
    Registered,
    adds_up,
    in_currency,
)
from jxc_graphql.office.documents.named import amounts
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is


class CustomerReturnReason(StrEnum):
    """Why a customer brings goods back (退货原因)."""

    DEFECTIVE = "DEFECTIVE"
    """They do not work as they should (质量问题)."""
    BROKEN = "BROKEN"
    """They were broken on their way (运输破损)."""
    WRONG_GOODS = "WRONG_GOODS"
    """Others were sent than he ordered, or too many (发错货)."""
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    """They are not what he was told (与描述不符)."""
    EXPIRED = "EXPIRED"
    """They expired, or are about to (临期过期)."""
    UNWANTED = "UNWANTED"
    """He does not want them any more (不想要了)."""
    OTHER = "OTHER"
    """Something else (其他), told in the note."""


class CustomerReturnResolution(StrEnum):
    """What a customer gets for what he brings back (处理方式)."""

    RETURN = "RETURN"
    """What he had paid for it (退货退款)."""
    EXCHANGE = "EXCHANGE"
    """Other goods, the same or others (换货), by an order of their own: the one is set off against the other."""
    REFUND_ONLY = "REFUND_ONLY"
    """What he had paid for it, and the goods stay with him (仅退款)."""


class CustomerReturnDisposition(StrEnum):
    """Where goods go that a customer brought back, as inspection finds them (验收结果)."""

    STOCK = "STOCK"
    """To what can be sold (入库)."""
    QUALITY = "QUALITY"
    """To what waits for a closer look (待检)."""
    DAMAGED = "DAMAGED"
    """To what is damaged (次品)."""
    SCRAP = "SCRAP"
    """Nowhere: they are of no use any more (报废)."""


class CustomerReturnFreight(StrEnum):
    """Who pays for the way back (运费承担)."""

    COMPANY = "COMPANY"
    """We do (我方)."""
    CUSTOMER = "CUSTOMER"
    """The customer does (客户)."""


EDIT_CUSTOMER_RETURNS = permission(
    "EDIT_CUSTOMER_RETURNS", "Draft, submit and cancel returns of customers.", "SELLER", "WAREHOUSE_KEEPER"
)
APPROVE_CUSTOMER_RETURNS = permission(
    "APPROVE_CUSTOMER_RETURNS",
    "Agree to returns of customers, and order what goes out in exchange.",
)
RECEIVE_CUSTOMER_RETURNS = permission(
    "RECEIVE_CUSTOMER_RETURNS", "Inspect what customers bring back and take it in.", "WAREHOUSE_KEEPER"
)

STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_CUSTOMER_RETURNS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=EDIT_CUSTOMER_RETURNS, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_CUSTOMER_RETURNS, ways={one: {Is.APPROVED} for one in (Is.DRAFT, Is.SUBMITTED)}),
        Do.REJECT: Action(by=APPROVE_CUSTOMER_RETURNS, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.WITHDRAW: Action(by=EDIT_CUSTOMER_RETURNS, ways={Is.SUBMITTED: {Is.DRAFT}}, by_author=True),
        Do.RECEIVE: Action(by=RECEIVE_CUSTOMER_RETURNS, ways={Is.APPROVED: {Is.RECEIVED, Is.CLOSED}}, moves_goods=True),
        Do.CANCEL: Action(
            by=EDIT_CUSTOMER_RETURNS, ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED, Is.APPROVED)}
        ),
    }
)
_FOLLOWS = frozenset({"net", "tax", *BASE})
_WHAT_IS_MORE = "CASE WHEN base_exchange_gross > base_gross THEN base_exchange_gross ELSE base_gross END"


class CustomerReturn(DocumentHeader, InCurrency, PartOfOrder):
    """Customer return (销售退货).

    Until it is received its amounts are what all that was agreed would come to, and its cost is 0.
    """

    series = "CR"
    seen_by = Permission.SEE_SALES
    states = STATES
    registered = Registered(customer_id="customer_id", amount="base_gross")
    named = amounts(AMOUNT=_WHAT_IS_MORE)
    follows: ClassVar[frozenset[str]] = _FOLLOWS | {"currency_places", "base_places", "base_exchange_gross"}
    """What of it nobody needs to be told as a change, since it follows from what is told."""

    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT)
    """Who brings it back."""
    customer_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it comes to, and what goes out in exchange leaves from."""
    warehouse_id: int
    freight = fields.CharEnumField(CustomerReturnFreight, max_length=10)
    """Who pays for the way back (运费承担)."""
    exchange_gross = MoneyField(default=Money(0))
    """What is paid for what goes out in exchange (换货金额), with tax."""
    base_exchange_gross = MoneyField(default=Money(0))
    cost = MoneyField()

    class Meta:
        constraints = (*adds_up("customer_return", gross="gross"), in_currency("customer_return", gross="gross"))
        indexes = (
            *OF_DOCUMENTS, ("warehouse", "id"), ("customer", "id"), ("cost", "id"), ("gross", "id"),
            ("exchange_gross", "id"),
        )  # fmt: skip


class CustomerReturnLine(DocumentLine, PartOfOrder):
    """What of one line of a shipment comes back, and what is given for it."""

    follows: ClassVar[frozenset[str]] = _FOLLOWS | {"quantity", "gross", "exchange_gross"}
    """As of a document."""

    customer_return = fields.ForeignKeyField("models.CustomerReturn", related_name=False, on_delete=fields.RESTRICT)
    """The return it stands in."""
    customer_return_id: int
    shipment_line = fields.ForeignKeyField("models.ShipmentLine", related_name=False, on_delete=fields.RESTRICT)
    """The shipment line that it is of."""
    shipment_line_id: int
    unit = fields.CharField(max_length=20)
    """The unit in which it was asked for (单位)."""
    quantity_in_unit = QuantityField()
    """How much was agreed, in that unit (退货数量)."""
    quantity = QuantityField()
    """How much was agreed, in the base unit (基本数量)."""
    reason = fields.CharEnumField(CustomerReturnReason, max_length=20)
    """Why (退货原因)."""
    resolution = fields.CharEnumField(CustomerReturnResolution, max_length=15)
    """What the customer gets for it (处理方式)."""
    exchange_sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    """What goes out in exchange (换出商品): the same SKU, where nobody says another."""
    exchange_sku_id: int
    exchange_quantity = QuantityField(default=Quantity(0))
    """How much of that, in its base unit (换出数量); 0 where nothing goes out."""
    exchange_price = UnitPriceField(null=True)
    """Price of one unit of that, with tax (换出单价); null where that follows from what comes back, or is none."""
    exchange_gross = MoneyField(default=Money(0))
    """What is paid for that (换货金额), with tax."""
    quantity_accepted = QuantityField(default=Quantity(0))
    """How much came into stock (入库数量)."""
    quantity_uninspected = QuantityField(default=Quantity(0))
    """How much waits for a closer look (待检数量)."""
    quantity_damaged = QuantityField(default=Quantity(0))
    """How much is damaged (次品数量)."""
    quantity_scrapped = QuantityField(default=Quantity(0))
    """How much is of no use any more (报废数量)."""
    quantity_credited = QuantityField(default=Quantity(0))
    """How much of it is credited (已退数量): all that came, or was refunded without coming."""
    cost = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_accepted >= 0 AND quantity_uninspected >= 0 AND quantity_damaged >= 0"
                " AND quantity_scrapped >= 0 AND quantity_credited <= quantity AND quantity_credited ="
                " CASE resolution WHEN 'REFUND_ONLY' THEN quantity_credited"
                " ELSE quantity_accepted + quantity_uninspected + quantity_damaged + quantity_scrapped END",
                "customer_return_line_credits_what_came",
            ),
            CheckConstraint(
                "(resolution = 'EXCHANGE') = (exchange_quantity > 0) AND exchange_quantity >= 0"
                " AND exchange_gross >= 0 AND exchange_gross % 100 = 0",
                "customer_return_line_exchanges_something",
            ),
            *adds_up("customer_return_line", gross="gross"),
        )
        indexes = (
            ("shipment_line", "id"),
            ("sku", "id"),
            ("exchange_sku", "id"),
            ("reason", "id"),
            ("resolution", "id"),
            ("cost", "id"),
            ("gross", "id"),
        )
