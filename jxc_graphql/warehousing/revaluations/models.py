"""Tables of revaluations."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField, UnitPriceField
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents import corrections
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine

REVALUE_STOCK = permission("REVALUE_STOCK", "Change what goods cost without moving them.", "ACCOUNTANT")

STATES = corrections.states(by=REVALUE_STOCK)


class Revaluation(DocumentHeader):
    """Revaluation (成本调整单)."""

    series = "RV"
    seen_by = Permission.SEE_COST
    states = STATES
    registered, named = corrections.REGISTERED, corrections.NAMED

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where the goods are."""
    warehouse_id: int
    estimated_value = MoneyField(null=True)
    """By how much values changed when it was handed in or posted, up and down alike (审批金额); null before."""
    total = MoneyField(null=True)
    """The sum of what its lines changed (合计金额); null until it is posted."""

    class Meta:
        constraints = (
            CheckConstraint("(status = 'POSTED') = (total IS NOT NULL)", "revaluation_has_a_total_when_posted"),
        )
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("total", "id"), ("estimated_value", "id"))


class RevaluationLine(DocumentLine):
    """A unit cost or a change of value is asked for; `quantity`, `value_before` and `value` are there once posted."""

    revaluation = fields.ForeignKeyField("models.Revaluation", related_name=False, on_delete=fields.RESTRICT)
    """The revaluation it stands in."""
    revaluation_id: int
    unit_cost = UnitPriceField(null=True)
    """What one unit is to cost (单位成本), if that was said; else null."""
    value_change = MoneyField(null=True)
    """By how much more, or below 0 less, all of them are to cost (金额调整), if that was said; else null."""
    quantity = QuantityField(null=True)
    """How much was on hand when it was posted; null before."""
    value_before = MoneyField(null=True)
    """What that cost before; null until it is posted."""
    value = MoneyField(null=True)
    """By how much that changed; null until it is posted."""

    class Meta:
        constraints = (
            CheckConstraint(
                "(unit_cost IS NULL) <> (value_change IS NULL) AND coalesce(unit_cost, 0) >= 0",
                "revaluation_line_asks_for_one_thing",
            ),
        )
        unique_together = (("revaluation", "sku"),)
        indexes = (("sku",), ("value_change", "id"), ("value_before", "id"), ("value", "id"))
