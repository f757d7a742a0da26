"""Whether requests agree with what was ordered of them."""

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines

_PROGRESS = """
    SELECT purchase_request_id AS id, SUM(quantity) AS asked, SUM(quantity_ordered) AS ordered,
        SUM(quantity_cancelled) AS cancelled
    FROM purchase_request_line GROUP BY purchase_request_id"""
_FITTING_STATUS = """CASE
    WHEN asked > ordered + cancelled THEN status IN (
        CASE WHEN ordered > 0 THEN 'PARTIALLY_ORDERED' ELSE 'APPROVED' END,
        CASE WHEN ordered > 0 OR cancelled > 0 THEN '' ELSE 'DRAFT' END,
        CASE WHEN ordered > 0 OR cancelled > 0 THEN '' ELSE 'SUBMITTED' END)
    WHEN ordered = 0 THEN status = 'CANCELLED'
    WHEN cancelled > 0 THEN status = 'CLOSED'
    ELSE status = 'ORDERED' END"""

COMPARISONS = (
    Comparison(
        "purchase_request.status agrees with its lines", Quantity, of_document("purchase_request"),
        "SELECT id, 0 FROM purchase_request",
        f"SELECT purchase_request.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "  # noqa: S608  (our own names)
        f"FROM purchase_request JOIN ({_PROGRESS}) AS progress ON progress.id = purchase_request.id",
    ),
    Comparison(
        "purchase_request_line.quantity_ordered is what is on orders", Quantity, of_lines("purchase_request"),
        "SELECT purchase_request_line_id, part.quantity FROM purchase_request_order AS part "
        "JOIN purchase_order ON purchase_order.id = part.purchase_order_id AND status <> 'CANCELLED'",
        "SELECT id, quantity_ordered FROM purchase_request_line",
        repairs="purchase_request_line.quantity_ordered",
    ),
)  # fmt: skip
