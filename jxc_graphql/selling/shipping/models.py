"""Tables of what leaves."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.numbers import MoneyField, Quantity, QuantityField
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import (
    OF_DOCUMENTS,
    DocumentHeader,
    DocumentLine,
    InCurrency,
    PartOfOrder,
    Registered,
    adds_up,
    in_currency,
)
from jxc_graphql.office.documents.reversing import reversible


class Shipment(DocumentHeader, InCurrency, PartOfOrder):
    """Shipment (销售出库)."""

    series = "SH"
    seen_by = Permission.SEE_SALES
    states = reversible()
    registered = Registered(customer_id="customer_id", amount="cost")

    sales_order = fields.ForeignKeyField("models.SalesOrder", related_name=False, on_delete=fields.RESTRICT)
    """The order that it left for."""
    sales_order_id: int
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT)
    """Who gets it."""
    customer_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it left from."""
    warehouse_id: int
    cost = MoneyField()

    class Meta:
        constraints = (*adds_up("shipment", gross="gross"), in_currency("shipment", gross="gross"))
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("customer", "id"),
            ("sales_order", "id"),
            ("cost", "id"),
            ("gross", "id"),
        )


class ShipmentLine(DocumentLine, PartOfOrder):
    """What one order line sent out, and what those goods cost us; of which lots is told by its movements."""

    shipment = fields.ForeignKeyField("models.Shipment", related_name=False, on_delete=fields.RESTRICT)
    """The shipment it stands in."""
    shipment_id: int
    sales_order_line = fields.ForeignKeyField("models.SalesOrderLine", related_name=False, on_delete=fields.RESTRICT)
    """The order line that it left for."""
    sales_order_line_id: int
    quantity = QuantityField()
    """How much left."""
    quantity_returned = QuantityField(default=Quantity(0))
    """How much of it came back (已退), or was reversed."""
    cost = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint(
                "quantity_returned >= 0 AND quantity_returned <= quantity",
                "shipment_line_gets_back_what_it_sent",
            ),
            *adds_up("shipment_line", gross="gross"),
        )
        indexes = (
            ("sales_order_line", "id"),
            ("sku", "id"),
            ("cost", "id"),
        )


class ShipmentReversal(DocumentHeader, InCurrency, PartOfOrder):
    """Shipment reversal (出库冲销): a shipment is taken back, whole or what the customer still has of it."""

    series = "SHR"
    seen_by = Permission.SEE_SALES
    registered = Registered(customer_id="customer_id", amount="cost")

    shipment = fields.OneToOneField("models.Shipment", related_name=False, on_delete=fields.RESTRICT)
    """The shipment that it takes back."""
    shipment_id: int
    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT)
    """Who gives it back."""
    customer_id: int
    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where it comes back to."""
    warehouse_id: int
    cost = MoneyField()

    class Meta:
        constraints = (*adds_up("shipment_reversal", gross="gross"), in_currency("shipment_reversal", gross="gross"))
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("customer", "id"), ("cost", "id"), ("gross", "id"))


class ShipmentReversalLine(DocumentLine, PartOfOrder):
    """What of one shipment line comes back, at what it had cost us when it left."""

    shipment_reversal = fields.ForeignKeyField("models.ShipmentReversal", related_name=False, on_delete=fields.RESTRICT)
    """The reversal it stands in."""
    shipment_reversal_id: int
    shipment_line = fields.ForeignKeyField("models.ShipmentLine", related_name=False, on_delete=fields.RESTRICT)
    """The shipment line that it takes back."""
    shipment_line_id: int
    quantity = QuantityField()
    """How much comes back, in the base unit."""
    cost = MoneyField()

    class Meta:
        constraints = (
            CheckConstraint("quantity > 0", "shipment_reversal_line_takes_something_back"),
            *adds_up("shipment_reversal_line", gross="gross"),
        )
        indexes = (("shipment_line", "id"), ("sku", "id"), ("cost", "id"))
