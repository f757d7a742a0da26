"""Orders as what arrives needs them, and whether what purchasing keeps agrees with itself and the book of goods."""
# ruff: noqa: S608  (statements are made of our own names)

from collections.abc import Mapping

import msgspec

from jxc_graphql.books.goods.queries import LEVEL
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.payment_terms.queries import KnownTerm
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines, totals_of_priced_lines


class LineToReceive(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order that takes goods in, before they come; quantities in the base unit."""

    id: int
    sku_id: int
    quantity: Quantity
    amounts: AmountsInBoth
    received: Quantity
    cancelled: Quantity
    to_replace: Quantity
    """How much of what is outstanding replaces goods that went back."""

    @property
    def outstanding(self) -> Quantity:
        """What has neither come nor been cancelled."""
        return self.quantity - self.received - self.cancelled


class OrderToReceive(msgspec.Struct, frozen=True, kw_only=True):
    """An order that takes goods in, and its lines by id; `row` is the order itself, locked, `term` when it is paid."""

    id: int
    warehouse_id: int
    row: PurchaseOrder
    lines: Mapping[int, LineToReceive]
    term: KnownTerm


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """How much came of a line, or went back of it, and how much of that was rejected.

    `replacing`: how much of it came for goods that had gone back, or goes back and is to be replaced.
    """

    quantity: Quantity = Quantity(0)
    rejected: Quantity = Quantity(0)
    replacing: Quantity = Quantity(0)

    def __add__(self, other: "Arrived") -> "Arrived":
        return Arrived(
            quantity=self.quantity + other.quantity,
            rejected=self.rejected + other.rejected,
            replacing=self.replacing + other.replacing,
        )

    def __neg__(self) -> "Arrived":
        return Arrived(quantity=-self.quantity, rejected=-self.rejected, replacing=-self.replacing)


_ORDER = of_document("purchase_order")
_LINE = of_lines("purchase_order")
_PROGRESS = """
    SELECT purchase_order_id AS id, SUM(quantity) AS ordered, SUM(quantity_received) AS received,
        SUM(quantity_cancelled) AS cancelled
    FROM purchase_order_line GROUP BY purchase_order_id"""
_FITTING_STATUS = """CASE
    WHEN ordered > received + cancelled THEN status IN (
        CASE WHEN received > 0 THEN 'PARTIALLY_RECEIVED' ELSE 'APPROVED' END,
        CASE WHEN received > 0 OR cancelled > 0 THEN '' ELSE 'DRAFT' END,
        CASE WHEN received > 0 OR cancelled > 0 THEN '' ELSE 'SUBMITTED' END)
    WHEN received = 0 THEN status = 'CANCELLED'
    WHEN cancelled > 0 THEN status = 'CLOSED'
    ELSE status = 'RECEIVED' END"""

COMPARISONS = (
    *totals_of_priced_lines("purchase_order"),
    Comparison(
        "purchase_order.status agrees with its lines", Quantity, _ORDER,
        "SELECT id, 0 FROM purchase_order",
        f"SELECT purchase_order.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM purchase_order JOIN ({_PROGRESS}) AS progress ON progress.id = purchase_order.id",
    ),
    Comparison(
        "purchase_order_line.quantity is not less than received, to be replaced and cancelled", Quantity, _LINE,
        "SELECT id, 0 FROM purchase_order_line",
        "SELECT id, quantity_received + quantity_to_replace + quantity_cancelled - quantity FROM purchase_order_line "
        "WHERE quantity_received + quantity_to_replace + quantity_cancelled > quantity",
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
