"""Tables of the book of dues."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField
from jxc_graphql.kit.rights import include
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import Permission, permission

SEE_DUES = permission("SEE_DUES", "See what is owed by and to partners; includes SEE_PARTNERS.", "ACCOUNTANT")
ALLOCATE_DUES = permission(
    "ALLOCATE_DUES", "Set what partners owe off against what they are owed, take that back, dispute dues.", "ACCOUNTANT"
)
OFFSET_PARTNERS = permission(
    "OFFSET_PARTNERS", "Set off what a company owes as customer against what it is owed as supplier.", "ACCOUNTANT"
)
ENTER_DUES = permission(
    "ENTER_DUES",
    "Enter what is owed besides goods, such as openings and what was paid ahead; take it back.",
    "ACCOUNTANT",
)
WRITE_OFF_DUES = permission(
    "WRITE_OFF_DUES", "Waive what is open of a due; above the threshold it takes APPROVE_ADJUSTMENTS.", "ACCOUNTANT"
)
include(SEE_DUES, Permission.SEE_PARTNERS)


class DueDirection(StrEnum):
    """Whose account a due stands in (往来方向)."""

    RECEIVABLE = "RECEIVABLE"
    """In that of a customer (应收): what he owes is above zero, what he is owed below, such as what he paid ahead."""
    PAYABLE = "PAYABLE"
    """In that of a supplier (应付): what he is owed is below zero, what he owes above, such as what we paid ahead."""


class OwedBy(StrEnum):
    """Who owes (欠款方)."""

    COUNTERPARTY = "COUNTERPARTY"
    """The customer or supplier (对方欠我方)."""
    COMPANY = "COMPANY"
    """We do (我方欠对方), also what was paid ahead to us."""


class DueKind(StrEnum):
    """What something is owed for (往来类型)."""

    SALE = "SALE"
    """Goods left for a customer (销售)."""
    PURCHASE = "PURCHASE"
    """Goods came from a supplier (采购)."""
    RETURN = "RETURN"
    """Goods went back, or what brought them was taken back (退货)."""
    OPENING = "OPENING"
    """It was owed before the books were opened (期初)."""
    PREPAYMENT = "PREPAYMENT"
    """It was paid ahead (预收预付)."""
    FEE = "FEE"
    """For a service, such as freight (费用)."""
    LANDED_COST = "LANDED_COST"
    """It was charged on goods that came, such as freight and duty (采购费用)."""
    DEPOSIT = "DEPOSIT"
    """It was left as a security, and goes back (押金)."""
    WRITE_OFF = "WRITE_OFF"
    """It is waived, such as the odd fen of a payment (抹零)."""
    OTHER = "OTHER"
    """For something else, which the note says (其他)."""


class Due(VersionedModel):
    """What is owed for one document, or was entered by hand. Never changes but in what is open of it, and disputed.

    `amount` is above zero where the partner owes it and below where he is owed it; `net` is its part without tax,
    where it is for goods. `base_amount` and `base_open` are the same in the company's currency.
    """

    id = IdField()
    direction = fields.CharEnumField(DueDirection, max_length=10)
    kind = fields.CharEnumField(DueKind, max_length=20)
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    customer_id: int | None
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    supplier_id: int | None
    document_id = fields.BigIntField(null=True)
    business_date = fields.DateField()
    due_on = fields.DateField()
    currency = fields.CharField(max_length=3)
    amount = MoneyField()
    open_amount = MoneyField()
    net = MoneyField(null=True)
    base_amount = MoneyField()
    base_open = MoneyField()
    is_disputed = fields.BooleanField(default=False)
    reference = fields.CharField(max_length=60, default="")
    note = fields.CharField(max_length=500, default="")
    search_text = fields.TextField(default="")
    reverses = fields.OneToOneField("models.Due", related_name=False, on_delete=fields.RESTRICT, null=True)
    reverses_id: int | None

    class Meta:
        table = "due"
        constraints = (
            CheckConstraint(
                "(direction = 'RECEIVABLE') = (customer_id IS NOT NULL) AND "
                "(direction = 'PAYABLE') = (supplier_id IS NOT NULL)",
                "due_is_of_one_partner",
            ),
            CheckConstraint(
                "amount <> 0 AND amount % 100 = 0 AND open_amount % 100 = 0 AND base_amount % 100 = 0"
                " AND base_open % 100 = 0",
                "due_is_whole_fen",
            ),
            CheckConstraint(
                "(amount > 0 AND open_amount BETWEEN 0 AND amount AND base_open BETWEEN 0 AND base_amount)"
                " OR (amount < 0 AND open_amount BETWEEN amount AND 0 AND base_open BETWEEN base_amount AND 0)",
                "due_is_open_within_its_amount",
            ),
            CheckConstraint("open_amount <> 0 OR base_open = 0", "due_that_is_settled_is_so_in_either_currency"),
        )
        indexes = (
            ("customer", "id"),
            ("supplier", "id"),
            ("document_id",),
            ("kind", "id"),
            ("direction", "id"),
            ("business_date", "id"),
            ("due_on", "id"),
            ("reference", "id"),
            ("amount", "id"),
            ("open_amount", "id"),
            ("updated_at", "id"),
        )


class Allocation(Model):
    """So much of what a partner owes is set off against what he is owed. Never updated, never deleted.

    What takes one back names it, and has its amounts below zero.
    """

    id = IdField()
    debit_due = fields.ForeignKeyField("models.Due", related_name=False, on_delete=fields.RESTRICT)
    debit_due_id: int
    credit_due = fields.ForeignKeyField("models.Due", related_name=False, on_delete=fields.RESTRICT)
    credit_due_id: int
    amount = MoneyField()
    debit_base = MoneyField()
    credit_base = MoneyField()
    document_id = fields.BigIntField(null=True)
    business_date = fields.DateField()
    posted_at = fields.DatetimeField()
    reverses = fields.OneToOneField("models.Allocation", related_name=False, on_delete=fields.RESTRICT, null=True)
    reverses_id: int | None

    class Meta:
        table = "allocation"
        constraints = (
            CheckConstraint(
                "debit_due_id <> credit_due_id AND amount <> 0 AND amount % 100 = 0"
                " AND (amount > 0) = (reverses_id IS NULL)",
                "allocation_sets_something_off_or_takes_it_back",
            ),
        )
        indexes = (
            ("debit_due", "id"),
            ("credit_due", "id"),
            ("document_id",),
            ("business_date", "id"),
            ("posted_at", "id"),
            ("amount", "id"),
        )
