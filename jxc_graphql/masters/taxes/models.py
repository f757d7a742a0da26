"""The table of tax codes."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import RatioField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission

MANAGE_TAXES = permission("MANAGE_TAXES", "Make tax codes, rename and end them.", "ACCOUNTANT")
NONE = 1
"""The id of the code of what nobody said a code for; there is no tax on it."""


class TaxKind(StrEnum):
    """How something is taxed (计税方式)."""

    STANDARD = "STANDARD"
    """At a rate of general taxation (一般计税)."""
    SIMPLE = "SIMPLE"
    """At a rate of simple taxation (简易计税), small-scale taxpayers included."""
    ZERO = "ZERO"
    """At the rate 0 (零税率)."""
    EXEMPT = "EXEMPT"
    """Exempt (免税)."""
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    """Not taxed at all (不征税)."""


class TaxCode(SpeltModel, VersionedModel):
    """Tax code (税码): how something is taxed, and at which rate, from one day to another."""

    id = IdField()
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=60)
    kind = fields.CharEnumField(TaxKind, max_length=12)
    rate = RatioField()
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)

    class Meta:
        table = "tax_code"
        constraints = (
            CheckConstraint(
                "rate >= 0 AND rate < 10000 AND (rate > 0) = (kind IN ('STANDARD', 'SIMPLE'))",
                "tax_code_has_a_rate_of_its_kind",
            ),
            CheckConstraint("starts_on <= ends_on", "tax_code_ends_after_it_starts"),
            CheckConstraint("id <> 1 OR (starts_on IS NULL AND ends_on IS NULL)", "tax_code_none_always_holds"),
        )
        indexes = (("name", "id"), ("updated_at", "id"))
