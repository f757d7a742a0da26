"""Tables of what leaves."""

from tortoise import fields

from jxc_graphql.kit.numbers import MoneyField, QuantityField
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, DocumentLine, Registered


class Shipment(DocumentHeader):
    """Shipment (销售出库)."""

    series = "SH"
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
        indexes = (*OF_DOCUMENTS, ("warehouse", "id"), ("customer", "id"), ("sales_order", "id"), ("cost", "id"))


class ShipmentLine(DocumentLine):
    """What one order line sent out, and what those goods cost us; of which lots is told by its movements."""

    shipment = fields.ForeignKeyField("models.Shipment", related_name=False, on_delete=fields.RESTRICT)
    """The shipment it stands in."""
    shipment_id: int
    sales_order_line = fields.ForeignKeyField("models.SalesOrderLine", related_name=False, on_delete=fields.RESTRICT)
    """The order line that it left for."""
    sales_order_line_id: int
    quantity = QuantityField()
    """How much left."""
    cost = MoneyField()

    class Meta:
        indexes = (
            ("sales_order_line", "id"),
            ("sku", "id"),
            ("cost", "id"),
        )
