"""Orders as what arrives needs them, and whether what purchasing keeps agrees with itself and the book of goods."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Mapping

import msgspec

from jxc_graphql.books.goods.queries import LEVEL
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines, total_of_lines


class LineToReceive(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order that takes goods in, before they come; quantities in the base unit."""

    id: int
    sku_id: int
    quantity: Quantity
    amount: Money
    received: Quantity
    outstanding: Quantity


class OrderToReceive(msgspec.Struct, frozen=True, kw_only=True):
    """An order that takes goods in, and its lines by id; `row` is the order itself, locked."""

    id: int
    warehouse_id: int
    row: PurchaseOrder
    lines: Mapping[int, LineToReceive]


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """How much came of a line, and how much of that was rejected."""

    quantity: Quantity
    rejected: Quantity


_ORDER = of_document("purchase_order")
_LINE = of_lines("purchase_order")
_PROGRESS = """
    SELECT purchase_order_id AS id, SUM(quantity) AS ordered, SUM(quantity_received) AS received,
        SUM(quantity_cancelled) AS cancelled
    FROM purchase_order_line GROUP BY purchase_order_id"""
_FITTING_STATUS = """CASE
    WHEN cancelled > 0 AND received > 0 THEN status = 'CLOSED'
    WHEN cancelled > 0 THEN status = 'CANCELLED'
    WHEN received = ordered THEN status = 'RECEIVED'
    WHEN received > 0 THEN status = 'PARTIALLY_RECEIVED'
    ELSE status IN ('DRAFT', 'SUBMITTED', 'APPROVED') END"""

COMPARISONS = (
    total_of_lines("purchase_order", of="amount"),
    Comparison(
        "purchase_order.status agrees with its lines", Quantity, _ORDER,
        "SELECT id, 0 FROM purchase_order",
        f"SELECT purchase_order.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM purchase_order JOIN ({_PROGRESS}) AS progress ON progress.id = purchase_order.id",
    ),
    Comparison(
        "purchase_order_line.quantity is not less than received and cancelled", Quantity, _LINE,
        "SELECT id, 0 FROM purchase_order_line",
        "SELECT id, quantity_received + quantity_cancelled - quantity FROM purchase_order_line "
        "WHERE quantity_received + quantity_cancelled > quantity",
    ),
    Comparison(
        "stock_level.incoming is what approved orders still bring", Quantity, LEVEL,
        "SELECT sku_id, warehouse_id, quantity - quantity_received - quantity_cancelled "
        "FROM purchase_order_line AS line JOIN purchase_order ON purchase_order.id = line.purchase_order_id "
        "WHERE status IN ('APPROVED', 'PARTIALLY_RECEIVED')",
        "SELECT sku_id, warehouse_id, incoming FROM stock_level",
        repairs="stock_level.incoming",
    ),
)  # fmt: skip
