"""Tables of what there was before the books."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, QuantityField, UnitPriceField
from jxc_graphql.office.auth.permissions import permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered

POST_OPENING_BALANCE = permission(
    "POST_OPENING_BALANCE", "Bring the stock of the day the books start into the ledger.", "ACCOUNTANT"
)


class OpeningBalance(DocumentHeader):
    """Opening balance (期初库存): the stock of a warehouse on the day the books start; posted at once."""

    series = "OB"
    registered = Registered(amount="total")

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where."""
    total = MoneyField()

    class Meta:
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("total", "id"))


class OpeningBalanceLine(DocumentLine):
    opening_balance = fields.ForeignKeyField("models.OpeningBalance", related_name=False, on_delete=fields.RESTRICT)
    """The opening balance it stands in."""
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    """Where it lay."""
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Of which lot (批次); null for goods that are kept without lots."""
    origin_on = fields.DateField()
    """The day on which the company first had it; by it the goods age (入库日期)."""
    quantity = QuantityField()
    """How much, in the SKU's base unit."""
    unit_cost = UnitPriceField()
    value = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint("quantity > 0 AND unit_cost >= 0 AND value >= 0", "opening_balance_line_is_positive"),
        )

        indexes = (
            ("sku", "id"),
            ("lot", "id"),
            ("place", "id"),
            ("origin_on", "id"),
            ("value", "id"),
        )
