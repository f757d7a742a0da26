"""Whether what shipping keeps agrees with the orders and with the book of goods."""

from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import Comparison, Difference, Grain, compare

_ORDER_LINE = Grain(
    "id",
    "sales_order.number || ' line ' || line.line_no",
    "JOIN sales_order_line AS line ON line.id = found.id JOIN sales_order ON sales_order.id = line.sales_order_id",
)
_SHIPMENT = Grain("id", "shipment.number", "JOIN shipment ON shipment.id = found.id")
_LINE = Grain(
    "id",
    "shipment.number || ' line ' || line.line_no",
    "JOIN shipment_line AS line ON line.id = found.id JOIN shipment ON shipment.id = line.shipment_id",
)
_MOVED = "FROM stock_movement AS movement JOIN shipment ON shipment.id = movement.document_id"

COMPARISONS = (
    Comparison(
        "sales_order_line.quantity_shipped is what its shipments took", Quantity, _ORDER_LINE,
        "SELECT sales_order_line_id, quantity FROM shipment_line", "SELECT id, quantity_shipped FROM sales_order_line",
    ),
    Comparison(
        "shipment.cost is the sum of its lines", Money, _SHIPMENT,
        "SELECT shipment_id, cost FROM shipment_line", "SELECT id, cost FROM shipment",
    ),
    Comparison(
        "shipment_line.quantity was moved to the customer", Quantity, _LINE,
        f"SELECT line_id, movement.quantity {_MOVED}", "SELECT id, quantity FROM shipment_line",
    ),
    Comparison(
        "shipment_line.cost is what the goods cost that were moved", Money, _LINE,
        f"SELECT line_id, movement.value {_MOVED}", "SELECT id, cost FROM shipment_line",
    ),
)  # fmt: skip


async def differences() -> list[Difference]:
    """Compares orders with their shipments, and shipments with the book of goods."""
    return await compare(COMPARISONS)
