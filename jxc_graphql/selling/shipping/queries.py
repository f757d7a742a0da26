"""Whether what shipping keeps agrees with the orders and with the book of goods."""

from jxc_graphql.books.goods.queries import moved_for_lines
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.comparisons import Comparison, of_lines, total_of_lines

_ORDER_LINE = of_lines("sales_order")

COMPARISONS = (
    Comparison(
        "sales_order_line.quantity_shipped is what its shipments took", Quantity, _ORDER_LINE,
        "SELECT sales_order_line_id, quantity FROM shipment_line", "SELECT id, quantity_shipped FROM sales_order_line",
    ),
    total_of_lines("shipment", column="cost", of="cost"),
    moved_for_lines("shipment", "quantity", "was moved to the customer"),
    moved_for_lines("shipment", "cost", "is what the goods cost that were moved", moved="value"),
)  # fmt: skip
