"""The table of what customers are trusted with."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.books.dues.models import SEE_DUES
from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField
from jxc_graphql.kit.rights import include
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.named import number

SEE_CREDIT = permission(
    "SEE_CREDIT", "See how much customers are trusted with; includes SEE_PARTNERS.", "SELLER", "ACCOUNTANT"
)
MANAGE_CREDIT = permission("MANAGE_CREDIT", "Say how much customers are trusted with; includes SEE_CREDIT.")
include(SEE_CREDIT, Permission.SEE_PARTNERS)
include(SEE_DUES, Permission.SEE_PARTNERS, SEE_CREDIT)
include(MANAGE_CREDIT, SEE_CREDIT)

number("CREDIT_EXCEEDED", "By how much its customer would be trusted with more than his limit (超额), orders included.")
number("OVERDUE_DAYS", "For how many days its customer should have paid what is open longest (逾期天数); 0: nothing.")

OF_ALL = 1
"""The id of the limit of customers who have none of their own."""


class CreditAction(StrEnum):
    """What happens to an order of a customer who is trusted with too much, or pays too late (信用控制)."""

    REFUSE = "REFUSE"
    """It is refused (拒绝)."""
    ASK = "ASK"
    """It is approved once those agreed whom an approval policy names (须审批); refused where none does."""
    WARN = "WARN"
    """It goes on, and the customer's exposure tells of it (提醒)."""


class CreditLimit(VersionedModel):
    """How much a customer is trusted with at most; without a customer whoever has no limit of his own."""

    id = IdField()
    customer = fields.OneToOneField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    customer_id: int | None
    amount = MoneyField()
    when_exceeded = fields.CharEnumField(CreditAction, max_length=6)
    when_overdue = fields.CharEnumField(CreditAction, max_length=6)
    grace_days = fields.IntField()

    class Meta:
        table = "credit_limit"
        constraints = (
            CheckConstraint(
                "amount >= 0 AND amount % 100 = 0 AND grace_days BETWEEN 0 AND 3650"
                " AND (id = 1) = (customer_id IS NULL)",
                "credit_limit_can_be_kept",
            ),
        )
        indexes = (("amount", "id"), ("updated_at", "id"))
