"""The table of payment terms."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission

MANAGE_PAYMENT_TERMS = permission("MANAGE_PAYMENT_TERMS", "Make payment terms and rename them.", "ACCOUNTANT")
USUAL = 3
"""The id of the term of partners of whom nobody said another: thirty days."""


class PaymentBasis(StrEnum):
    """From when the time to pay is counted (起算)."""

    DOCUMENT = "DOCUMENT"
    """From the day of the document (单据日); without months and days: on delivery (货到付款)."""
    MONTH_END = "MONTH_END"
    """From the last day of its month (月结)."""
    PREPAID = "PREPAID"
    """Before goods leave or come (预付): what is still open then is due at once."""


class PaymentTerm(SpeltModel, VersionedModel):
    """Payment term (付款条件): when what a document is about has to be paid."""

    id = IdField()
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=60)
    basis = fields.CharEnumField(PaymentBasis, max_length=10)
    months = fields.IntField(default=0)
    days = fields.IntField(default=0)

    class Meta:
        table = "payment_term"
        constraints = (
            CheckConstraint(
                "months BETWEEN 0 AND 24 AND days BETWEEN 0 AND 730 AND (basis <> 'PREPAID' OR months + days = 0)",
                "payment_term_is_a_time_that_can_be",
            ),
        )
        indexes = (("name", "id"), ("updated_at", "id"))
