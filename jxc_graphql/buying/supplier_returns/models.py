"""Tables of what goes back to suppliers."""

from enum import StrEnum
from typing import ClassVar

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import Money, MoneyField, Quantity, QuantityField
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
from jxc_graphql.office.documents.reversing import reverse
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is


class SupplierReturnResolution(StrEnum):
    """What a supplier does for goods that go back to him (退货处理方式)."""

    CREDIT = "CREDIT"
    """He gives back what they came to (退款): it is owed to us."""
    REPLACE = "REPLACE"
    """He sends others (换货): the order expects them, and nothing more is paid for them."""


EDIT_SUPPLIER_RETURNS = permission(
    "EDIT_SUPPLIER_RETURNS", "Draft, submit and cancel returns to suppliers.", "BUYER", "WAREHOUSE_KEEPER"
)
APPROVE_SUPPLIER_RETURNS = permission(
    "APPROVE_SUPPLIER_RETURNS", "Approve submitted returns to suppliers or send them back."
)

STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_SUPPLIER_RETURNS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.SUBMIT: Action(by=EDIT_SUPPLIER_RETURNS, ways={Is.DRAFT: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_SUPPLIER_RETURNS, ways={Is.SUBMITTED: {Is.APPROVED}}),
        Do.REJECT: Action(by=APPROVE_SUPPLIER_RETURNS, ways={Is.SUBMITTED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.POST: Action(by=Permission.SHIP_GOODS, ways={Is.APPROVED: {Is.POSTED}}),
        Do.CANCEL: Action(
            by=EDIT_SUPPLIER_RETURNS, ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.SUBMITTED, Is.APPROVED)}
        ),
        Do.WITHDRAW: Action(by=EDIT_SUPPLIER_RETURNS, ways={Is.SUBMITTED: {Is.DRAFT}}, by_author=True),
        Do.UNAPPROVE: Action(by=Permission.UNAPPROVE_DOCUMENTS, ways={Is.APPROVED: {Is.DRAFT}}, note=Note.OPTIONAL),
        Do.REVERSE: reverse(),
    }
)

_AMOUNTS = frozenset({"net", "tax", "gross", *BASE})


class SupplierReturn(DocumentHeader, InCurrency, PartOfOrder):
    """Supplier return (采购退货).

    `total` is what the goods cost when they left; what they came to is that of a draft before it is posted.
    """

    follows: ClassVar[frozenset[str]] = _AMOUNTS | {"currency_places", "base_places"}
    """What of it nobody needs to be told as a change, since it follows from what is told."""

    series = "PR"
    seen_by = Permission.SEE_PURCHASING
    states = STATES
    registered = Registered(supplier_id="supplier_id", amount="base_gross")
    named = amounts(AMOUNT="base_gross")

    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Who gets it."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it leaves from."""
    warehouse_id: int
    resolution = fields.CharEnumField(SupplierReturnResolution, max_length=10)
    """What the supplier does for it (处理方式)."""
    authorization_number = fields.CharField(max_length=60, default="")
    """The number under which the supplier takes it back (退货授权号)."""
    carrier = fields.CharField(max_length=60, default="")
    """With whom it is sent (承运商)."""
    tracking_number = fields.CharField(max_length=60, default="")
    """Under which number that can be followed (运单号)."""
    total = MoneyField(default=Money(0))

    class Meta:
        constraints = (*adds_up("supplier_return", gross="gross"), in_currency("supplier_return", gross="gross"))
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("supplier", "id"),
            ("resolution", "id"),
            ("gross", "id"),
            ("total", "id"),
            ("tracking_number", "id"),
        )


class SupplierReturnLine(DocumentLine, PartOfOrder):
    """What of a line of a receipt goes back; `unit` and `quantity_in_unit` are what was typed.

    `serials` is a JSON list. `value` is what the goods cost when they left, `value_received` when they came.
    """

    follows: ClassVar[frozenset[str]] = _AMOUNTS | {"goods_receipt_id", "lot_id", "quantity_rejected", "value_received"}
    """As of a document."""

    supplier_return = fields.ForeignKeyField("models.SupplierReturn", related_name=False, on_delete=fields.RESTRICT)
    """The return it stands in."""
    supplier_return_id: int
    goods_receipt = fields.ForeignKeyField("models.GoodsReceipt", related_name=False, on_delete=fields.RESTRICT)
    """The receipt that brought it."""
    goods_receipt_id: int
    goods_receipt_line = fields.ForeignKeyField(
        "models.GoodsReceiptLine", related_name=False, on_delete=fields.RESTRICT
    )
    """The line of the receipt that brought it."""
    goods_receipt_line_id: int
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    lot_id: int | None
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Where it is taken from (库位); null for wherever it lies, what may not be sold first."""
    place_id: int | None
    serials = fields.TextField()
    unit = fields.CharField(max_length=20)
    """The unit in which it was told (单位)."""
    quantity_in_unit = QuantityField()
    """How much, in that unit (退货数量)."""
    quantity = QuantityField()
    """How much goes back, in the base unit (退货数量)."""
    quantity_rejected = QuantityField(default=Quantity(0))
    """How much of it was rejected when it came (不合格)."""
    value = MoneyField(default=Money(0))
    value_received = MoneyField(default=Money(0))

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_in_unit > 0 AND quantity_rejected >= 0 AND quantity_rejected <= quantity",
                "supplier_return_line_sends_something_back",
            ),
            *adds_up("supplier_return_line", gross="gross"),
        )
        indexes = (
            ("goods_receipt", "id"),
            ("goods_receipt_line", "id"),
            ("sku", "id"),
            ("lot", "id"),
            ("place", "id"),
            ("value", "id"),
        )


class SupplierReturnReversal(DocumentHeader, InCurrency, PartOfOrder):
    """Supplier return reversal (采购退货冲销): what went back to a supplier is here again."""

    series = "PRR"
    seen_by = Permission.SEE_PURCHASING
    registered = Registered(supplier_id="supplier_id", amount="base_gross")

    supplier_return = fields.OneToOneField("models.SupplierReturn", related_name=False, on_delete=fields.RESTRICT)
    """The return that it takes back."""
    supplier_return_id: int
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Who had got it."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it comes back to."""
    warehouse_id: int
    total = MoneyField()

    class Meta:
        constraints = (
            *adds_up("supplier_return_reversal", gross="gross"),
            in_currency("supplier_return_reversal", gross="gross"),
        )
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("supplier", "id"), ("total", "id"))


class SupplierReturnReversalLine(DocumentLine, PartOfOrder):
    """What of one line of a return is here again, and how much of that had been rejected.

    `value` is what it cost when it left, `value_received` what it did when it first came.
    """

    supplier_return_reversal = fields.ForeignKeyField(
        "models.SupplierReturnReversal", related_name=False, on_delete=fields.RESTRICT
    )
    """The reversal it stands in."""
    supplier_return_reversal_id: int
    supplier_return_line = fields.ForeignKeyField(
        "models.SupplierReturnLine", related_name=False, on_delete=fields.RESTRICT
    )
    """The line of the return that it takes back."""
    supplier_return_line_id: int
    quantity = QuantityField()
    """How much is here again, in the base unit."""
    quantity_rejected = QuantityField()
    value = MoneyField()
    value_received = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_rejected >= 0 AND quantity_rejected <= quantity",
                "supplier_return_reversal_line_takes_something_back",
            ),
            *adds_up("supplier_return_reversal_line", gross="gross"),
        )
        indexes = (("supplier_return_line", "id"), ("sku", "id"), ("value", "id"))
