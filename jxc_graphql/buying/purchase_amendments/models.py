"""Tables of what is to be otherwise in purchase orders."""

from collections.abc import Mapping
from typing import ClassVar

from tortoise import fields

from jxc_graphql.buying.purchasing.models import (
    APPROVE_PURCHASE_ORDERS,
    EDIT_PURCHASE_ORDERS,
    PurchaseOrder,
    dearest,
    grade_of,
)
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.amendments import NAMED, Amendment, AmendmentLine, life
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered
from jxc_graphql.office.documents.named import DocumentFact, Sql, amounts

_UNITS = """coalesce(was.quantity_in_unit * 1.0 / was.quantity,
    (SELECT unit.denominator * 1.0 / unit.numerator FROM sku_unit AS unit
        WHERE unit.sku_id = line.sku_id AND unit.name = line.unit), 1)"""
"""How many of its units one base unit is."""
_RATE = """CASE WHEN purchase_order.prices_include_tax THEN
    coalesce((SELECT code.rate FROM tax_code AS code WHERE code.id = line.tax_code_id), was.tax_rate, 0) ELSE 0 END"""
_PRICE_RISE = dearest(
    f"line.unit_price * {_UNITS}",
    f"line.unit_price / 1000000.0 * {_UNITS} * purchase_order.exchange_rate / 100000000 / (1 + {_RATE} / 10000.0)",
    """purchase_amendment_line AS line
    JOIN purchase_order ON purchase_order.id = purchase_amendment.purchase_order_id
    LEFT JOIN purchase_order_line AS was ON was.id = line.purchase_order_line_id
    WHERE line.purchase_amendment_id = purchase_amendment.id AND line.unit_price IS NOT NULL""",
)
"""By how much what it adds, or gives another price, is dearer; what keeps its price was agreed to before."""

STATES = life(EDIT_PURCHASE_ORDERS, APPROVE_PURCHASE_ORDERS)


class PurchaseAmendment(DocumentHeader, Amendment):
    """Purchase amendment (采购订单变更): what is to be otherwise in a purchase order that is binding."""

    series = "PA"
    seen_by = Permission.SEE_PURCHASING
    states = STATES
    registered = Registered(supplier_id="supplier_id", amount="gross_after")
    named: ClassVar[Mapping[DocumentFact, Sql]] = {
        **NAMED,
        **amounts(PRICE_RISE_PERCENT=_PRICE_RISE, SUPPLIER_GRADE=grade_of("purchase_amendment")),
    }
    amends = PurchaseOrder

    purchase_order = fields.ForeignKeyField("models.PurchaseOrder", related_name=False, on_delete=fields.RESTRICT)
    """The order that it changes."""
    purchase_order_id: int
    supplier = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT)
    """Who delivers."""
    supplier_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where to."""
    warehouse_id: int
    new_expected_on = fields.DateField(null=True)
    """The day on which the goods are to be expected (预计到货日期); null where that stays."""

    class Meta:
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("supplier", "id"),
            ("purchase_order", "id"),
            ("gross_after", "id"),
        )


class PurchaseAmendmentLine(DocumentLine, AmendmentLine):
    """What becomes of a line of the order."""

    purchase_amendment = fields.ForeignKeyField(
        "models.PurchaseAmendment", related_name=False, on_delete=fields.RESTRICT
    )
    """The amendment it stands in."""
    purchase_amendment_id: int
    purchase_order_line = fields.ForeignKeyField(
        "models.PurchaseOrderLine", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    """The line of the order; null where it is new, or the order, once a draft again, has it no more."""
    purchase_order_line_id: int | None

    class Meta:
        indexes = (("purchase_order_line", "id"), ("sku", "id"))
