"""Tables of loans."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, Quantity, QuantityField
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is
from jxc_graphql.warehousing.assembly.models import ASSEMBLE_GOODS


class LoanPurpose(StrEnum):
    """What goods of ours are with a partner for (借出用途)."""

    LOAN = "LOAN"
    """To be brought back (借出)."""
    CONSIGNMENT = "CONSIGNMENT"
    """To be sold by the customer who has them (寄售), and ours until then."""
    PROCESSING = "PROCESSING"
    """To be made into other goods by the processor who has them (委外加工), a supplier."""


class LoanLossReason(StrEnum):
    """Why goods that were lent do not come back (不归还原因); it decides where the books put them."""

    LOST = "LOST"
    """Lost by who had them (丢失): a count difference."""
    BROKEN = "BROKEN"
    """Broken or used up (损坏): scrapped."""


EDIT_LOANS = permission(
    "EDIT_LOANS", "Ask for goods to be lent to a partner, and give that up.", "SELLER", "WAREHOUSE_KEEPER"
)
APPROVE_LOANS = permission("APPROVE_LOANS", "Lend goods; say why what does not come back is lost.")

STATES = States(
    {
        Do.UPDATE: Action(by=EDIT_LOANS, ways={Is.DRAFT: {Is.DRAFT}}),
        Do.APPROVE: Action(by=APPROVE_LOANS, ways={Is.DRAFT: {Is.LENT}}),
        Do.RETURN: Action(
            by=Permission.MOVE_GOODS,
            ways={
                Is.LENT: {Is.PARTIALLY_RETURNED, Is.RETURNED},
                Is.PARTIALLY_RETURNED: {Is.PARTIALLY_RETURNED, Is.RETURNED, Is.CLOSED},
            },
            moves_goods=True,
        ),
        Do.SELL: Action(
            by=Permission.SHIP_GOODS,
            ways={one: {Is.PARTIALLY_RETURNED, Is.CLOSED} for one in (Is.LENT, Is.PARTIALLY_RETURNED)},
            moves_goods=True,
        ),
        Do.RECEIVE: Action(
            by=ASSEMBLE_GOODS,
            ways={one: {Is.PARTIALLY_RETURNED, Is.CLOSED} for one in (Is.LENT, Is.PARTIALLY_RETURNED)},
            moves_goods=True,
        ),
        Do.CLOSE: Action(
            by=APPROVE_LOANS,
            ways={one: {Is.CLOSED} for one in (Is.LENT, Is.PARTIALLY_RETURNED)},
            note=Note.REQUIRED,
            moves_goods=True,
        ),
        Do.CANCEL: Action(by=EDIT_LOANS, ways={Is.DRAFT: {Is.CANCELLED}}),
    }
)


class Loan(DocumentHeader):
    """Loan (借出单).

    To a customer or a supplier; `cost` is what the goods cost that were lent, `lent_on` the day they left.
    """

    series = "LN"
    states = STATES
    registered = Registered(supplier_id="supplier_id", customer_id="customer_id", amount="cost")

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Out of which warehouse."""
    warehouse_id: int
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    """To which customer; null where a supplier has the goods."""
    customer_id: int | None
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    """To which supplier; null where a customer has the goods."""
    supplier_id: int | None
    purpose = fields.CharEnumField(LoanPurpose, max_length=12, default=LoanPurpose.LOAN)
    """What for (借出用途)."""
    due_on = fields.DateField()
    """The day by which the goods are due (应还日期)."""
    lent_on = fields.DateField(null=True)
    """The day under which they left (借出日期); null before."""
    loss_reason = fields.CharEnumField(LoanLossReason, max_length=10, null=True)
    """Why the rest did not come back (未还原因), once it is closed for that; else null."""
    cost = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint("(customer_id IS NULL) <> (supplier_id IS NULL)", "loan_has_one_partner"),
            CheckConstraint(
                "(purpose <> 'CONSIGNMENT' OR customer_id IS NOT NULL)"
                " AND (purpose <> 'PROCESSING' OR supplier_id IS NOT NULL)",
                "loan_has_a_partner_for_its_purpose",
            ),
        )
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("supplier", "id"),
            ("customer", "id"),
            ("purpose", "id"),
            ("lent_on", "id"),
            ("due_on", "id"),
            ("cost", "id"),
            ("status", "due_on"),
        )


class LoanLine(DocumentLine):
    """`lot` is the one that was named; `serials` is a JSON list."""

    loan = fields.ForeignKeyField("models.Loan", related_name=False, on_delete=fields.RESTRICT)
    """The loan it stands in."""
    loan_id: int
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    """The lot (批次) that was named; null without a name, then the first to expire left."""
    lot_id: int | None
    serials = fields.TextField()
    quantity = QuantityField()
    """How much was asked for."""
    quantity_lent = QuantityField()
    """How much left (借出数量); 0 before the approval."""
    quantity_returned = QuantityField()
    """How much came back (归还数量)."""
    quantity_sold = QuantityField()
    """How much was sold to who had it (转销售数量)."""
    quantity_used = QuantityField(default=Quantity(0))
    """How much went into what was made of it (加工领用数量)."""
    quantity_lost = QuantityField()
    """How much does not come back (损失数量)."""
    cost = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_lent IN (0, quantity) AND quantity_returned >= 0 AND quantity_sold >= 0"
                " AND quantity_used >= 0 AND quantity_lost >= 0"
                " AND quantity_returned + quantity_sold + quantity_used + quantity_lost <= quantity_lent"
                " AND cost >= 0",
                "loan_line_is_within_what_was_lent",
            ),
        )
        indexes = (
            ("sku", "id"),
            ("lot", "id"),
            ("cost", "id"),
        )


class LoanReturn(DocumentHeader):
    """Loan return (借出归还单)."""

    series = "LNR"
    registered = Registered(
        supplier_id="(SELECT supplier_id FROM loan WHERE loan.id = loan_return.loan_id)",
        customer_id="(SELECT customer_id FROM loan WHERE loan.id = loan_return.loan_id)",
        amount="total",
    )

    loan = fields.ForeignKeyField("models.Loan", related_name=False, on_delete=fields.RESTRICT)
    """Of which loan."""
    loan_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where."""
    warehouse_id: int
    total = MoneyField()

    class Meta:
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("loan", "id"), ("total", "id"))


class LoanReturnLine(DocumentLine):
    """What came back of one line to one place; `value` is what it cost, now as when it left."""

    loan_return = fields.ForeignKeyField("models.LoanReturn", related_name=False, on_delete=fields.RESTRICT)
    """The return it stands in."""
    loan_return_id: int
    loan_line = fields.ForeignKeyField("models.LoanLine", related_name=False, on_delete=fields.RESTRICT)
    """Of which line of the loan."""
    loan_line_id: int
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    place_id: int
    quantity = QuantityField()
    """How much, in the base unit."""
    value = MoneyField()

    class Meta:
        constraints = (CheckConstraint("quantity > 0", "loan_return_line_brings_something"),)
        indexes = (
            ("loan_line", "id"),
            ("sku", "id"),
            ("value", "id"),
        )
