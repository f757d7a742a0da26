"""Who waits for goods, orders as what leaves needs them, and whether what sales keeps agrees with the book of goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Mapping

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import Comparison, Difference, Grain, compare
from jxc_graphql.selling.sales.models import SalesOrder


class Waiting(msgspec.Struct, frozen=True):
    """A line of an approved order that waits for goods of a stock level."""

    sales_order_id: int
    line_id: int
    stock_level_id: int


async def backorders(stock_level_ids: Collection[int]) -> list[Waiting]:
    """The lines that what is available of these levels would serve, the oldest approval first."""
    rows = await db.fetch(
        f"""
        SELECT sales_order_id, line_id, stock_level_id FROM (
            SELECT line.sales_order_id, line.id AS line_id, level.id AS stock_level_id, approved_at, line_no, available,
                line.quantity - quantity_shipped - quantity_cancelled - quantity_reserved AS wanted,
                SUM(line.quantity - quantity_shipped - quantity_cancelled - quantity_reserved) OVER (
                    PARTITION BY level.id ORDER BY approved_at, sales_order_id, line_no) AS wanted_so_far
            FROM {db.rows({"id": "bigint"})} AS asked
            JOIN stock_level AS level ON level.id = asked.id AND level.available > 0
            JOIN sales_order_line AS line ON line.sku_id = level.sku_id
            JOIN sales_order ON sales_order.id = line.sales_order_id AND sales_order.warehouse_id = level.warehouse_id
            WHERE status IN ('APPROVED', 'PARTIALLY_SHIPPED')
                AND line.quantity > quantity_shipped + quantity_cancelled + quantity_reserved) AS waiting
        WHERE wanted_so_far - wanted < available
        ORDER BY approved_at, sales_order_id, line_no""",
        (db.json((level_id,) for level_id in set(stock_level_ids)),),
    )
    return [Waiting(*row) for row in rows]


class LineToShip(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order that goods may leave for, before they do; quantities in the base unit."""

    id: int
    sku_id: int
    reserved: Quantity
    outstanding: Quantity

    def from_reservation(self, quantity: Quantity) -> Quantity:
        """How much of what leaves was kept for the line; the rest comes out of what is available."""
        return min(quantity, self.reserved)


class OrderToShip(msgspec.Struct, frozen=True, kw_only=True):
    """An order that goods may leave for, and its lines by id; `row` is the order itself, locked."""

    id: int
    warehouse_id: int
    row: SalesOrder
    lines: Mapping[int, LineToShip]


_ORDER = Grain("id", "sales_order.number", "JOIN sales_order ON sales_order.id = found.id")
_LINE = Grain(
    "id",
    "sales_order.number || ' line ' || line.line_no",
    "JOIN sales_order_line AS line ON line.id = found.id JOIN sales_order ON sales_order.id = line.sales_order_id",
)
_PROGRESS = """
    SELECT sales_order_id AS id, SUM(quantity) AS ordered, SUM(quantity_shipped) AS shipped,
        SUM(quantity_cancelled) AS cancelled
    FROM sales_order_line GROUP BY sales_order_id"""
_FITTING_STATUS = """CASE
    WHEN cancelled > 0 AND shipped > 0 THEN status = 'CLOSED'
    WHEN cancelled > 0 THEN status = 'CANCELLED'
    WHEN shipped = ordered THEN status = 'SHIPPED'
    WHEN shipped > 0 THEN status = 'PARTIALLY_SHIPPED'
    ELSE status IN ('DRAFT', 'SUBMITTED', 'APPROVED') END"""

COMPARISONS = (
    Comparison(
        "sales_order.total is the sum of its lines", Money, _ORDER,
        "SELECT sales_order_id, amount FROM sales_order_line", "SELECT id, total FROM sales_order",
    ),
    Comparison(
        "sales_order.status agrees with its lines", Quantity, _ORDER,
        "SELECT id, 0 FROM sales_order",
        f"SELECT sales_order.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM sales_order JOIN ({_PROGRESS}) AS progress ON progress.id = sales_order.id",
    ),
    Comparison(
        "sales_order_line.quantity is not less than shipped, cancelled and reserved", Quantity, _LINE,
        "SELECT id, 0 FROM sales_order_line",
        "SELECT id, quantity_shipped + quantity_cancelled + quantity_reserved - quantity FROM sales_order_line "
        "WHERE quantity_shipped + quantity_cancelled + quantity_reserved > quantity",
    ),
    Comparison(
        "sales_order_line.quantity_reserved is what its reservation holds", Quantity, _LINE,
        "SELECT owner_id, quantity FROM reservation WHERE kind = 'SALES_ORDER'",
        "SELECT id, quantity_reserved FROM sales_order_line",
        repairs="sales_order_line.quantity_reserved",
    ),
)  # fmt: skip


async def differences() -> list[Difference]:
    """Compares orders with their lines and reservations."""
    return await compare(COMPARISONS)
