"""Tables of revaluations."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField, UnitPriceField
from jxc_graphql.office.auth.permissions import permission
from jxc_graphql.office.documents import corrections
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine, Registered

REVALUE_STOCK = permission("REVALUE_STOCK", "Change what goods cost without moving them.", "ACCOUNTANT")

STATES = corrections.states(by=REVALUE_STOCK)


class Revaluation(DocumentHeader):
    """Revaluation (成本调整单).

    `estimated_value` is by how much it changed values when it was handed in, `total` what it changed.
    """

    series = "RV"
    states = STATES
    registered = Registered(amount="coalesce(total, estimated_value)")

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    warehouse_id: int
    estimated_value = MoneyField(null=True)
    total = MoneyField(null=True)

    class Meta:
        table = "revaluation"
        constraints = (
            CheckConstraint("(status = 'POSTED') = (total IS NOT NULL)", "revaluation_has_a_total_when_posted"),
        )
        indexes = (("warehouse",), ("status",))


class RevaluationLine(DocumentLine):
    """A unit cost or a change of value is asked for; `quantity`, `value_before` and `value` are there once posted."""

    revaluation = fields.ForeignKeyField("models.Revaluation", related_name=False, on_delete=fields.RESTRICT)
    revaluation_id: int
    unit_cost = UnitPriceField(null=True)
    value_change = MoneyField(null=True)
    quantity = QuantityField(null=True)
    value_before = MoneyField(null=True)
    value = MoneyField(null=True)

    class Meta:
        table = "revaluation_line"
        constraints = (
            CheckConstraint(
                "(unit_cost IS NULL) <> (value_change IS NULL) AND coalesce(unit_cost, 0) >= 0",
                "revaluation_line_asks_for_one_thing",
            ),
        )
        unique_together = (("revaluation", "line_no"), ("revaluation", "sku"))
        indexes = (("sku",),)
