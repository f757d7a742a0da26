"""What left for an order so far, and whether what shipping keeps agrees with the orders and with the book of goods."""

from jxc_graphql.books.dues.queries import DueKind, owed_for
from jxc_graphql.books.goods.queries import moved_for_lines
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.amounts import COLUMNS, AmountsInBoth
from jxc_graphql.office.documents.comparisons import (
    Comparison,
    of_document,
    of_lines,
    parts_of_orders,
    reversed_by,
    total_of_lines,
    totals_of_parts,
)

_ORDER_LINE = of_lines("sales_order")


async def gone(sales_order_id: int) -> dict[int, AmountsInBoth]:
    """What those parts of the lines of an order come to that left and were not taken back; the order is locked."""
    sums = ", ".join(f"CAST(SUM(gone.{one} - coalesce(back.{one}, 0)) AS BIGINT)" for one in COLUMNS)
    rows = await db.fetch(
        f"SELECT line.id, {sums} "  # noqa: S608  (names of our own)
        "FROM sales_order_line AS line JOIN shipment_line AS gone ON gone.sales_order_line_id = line.id "
        "LEFT JOIN shipment_reversal_line AS back ON back.shipment_line_id = gone.id "
        "WHERE line.sales_order_id = ? GROUP BY line.id",
        (sales_order_id,),
    )
    return {line_id: AmountsInBoth.read(amounts) for line_id, *amounts in rows}


_OF_ORDER = "JOIN sales_order ON sales_order.id = shipment.sales_order_id"
_WHOSE = "shipment.customer_id AS partner_id, sales_order.seller_id"
_SHIPPED = f"shipment_line AS line JOIN shipment ON shipment.id = line.shipment_id {_OF_ORDER}"
_CAME_BACK = f"""
    shipment_reversal_line AS line JOIN shipment_reversal AS back ON back.id = line.shipment_reversal_id
    JOIN shipment ON shipment.id = back.shipment_id {_OF_ORDER}"""
SOLD = tuple(
    f"SELECT line.id AS line_id, {_WHOSE}, {sign}line.base_net AS net FROM {lines}"  # noqa: S608  (names of our own)
    for lines, sign in ((_SHIPPED, ""), (_CAME_BACK, "-"))
)
"""To whom its lines were sold, by whom, and what they come to."""

COMPARISONS = (
    Comparison(
        "sales_order_line.quantity_shipped is what its shipments took", Quantity, _ORDER_LINE,
        "SELECT sales_order_line_id, quantity FROM shipment_line UNION ALL "
        "SELECT line.sales_order_line_id, -back.quantity FROM shipment_reversal_line AS back "
        "JOIN shipment_line AS line ON line.id = back.shipment_line_id",
        "SELECT id, quantity_shipped FROM sales_order_line",
    ),
    Comparison(
        "sales_order.gross_shipped is what its shipments come to in base", Money, of_document("sales_order"),
        "SELECT sales_order_id, base_gross FROM shipment UNION ALL SELECT sales_order_id, -back.base_gross "
        "FROM shipment_reversal AS back JOIN shipment ON shipment.id = back.shipment_id",
        "SELECT id, gross_shipped FROM sales_order",
        repairs="sales_order.gross_shipped",
    ),
    *owed_for("shipment", DueKind.SALE),
    total_of_lines("shipment", column="cost", of="cost"),
    *parts_of_orders("shipment", "sales_order", "quantity_shipped"),
    moved_for_lines("shipment", "quantity", "was moved to the customer"),
    moved_for_lines("shipment", "cost", "is what the goods cost that were moved", moved="value"),
    reversed_by("shipment"),
    *owed_for("shipment_reversal", DueKind.RETURN, "-"),
    total_of_lines("shipment_reversal", column="cost", of="cost"),
    *totals_of_parts("shipment_reversal"),
    moved_for_lines("shipment_reversal", "quantity", "was moved back from the customer"),
    moved_for_lines("shipment_reversal", "cost", "is what the goods cost that were moved", moved="value"),
)  # fmt: skip
