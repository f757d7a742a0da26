"""What is kept for lines, orders as what leaves needs them, and whether sales agrees with the book of goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines, total_of_lines
from jxc_graphql.selling.sales.models import SalesOrder


async def reserved(call: Call, line_ids: Sequence[int]) -> list[Quantity]:  # noqa: ARG001  (as `batched` asks)
    """How much is kept for each line; one statement."""
    asked = db.ids(line_ids)
    rows = await db.fetch(
        f"SELECT owner_id, claim.reserved FROM {asked.table} AS asked JOIN claim ON claim.owner_id = asked.id",
        asked.params,
    )
    found = {owner_id: Quantity(quantity) for owner_id, quantity in rows}
    return [found.get(line_id, Quantity(0)) for line_id in line_ids]


class LineToShip(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order that goods may leave for, before they do; quantities in the base unit."""

    id: int
    sku_id: int
    outstanding: Quantity


class OrderToShip(msgspec.Struct, frozen=True, kw_only=True):
    """An order that goods may leave for, and its lines by id; `row` is the order itself, locked."""

    id: int
    warehouse_id: int
    row: SalesOrder
    lines: Mapping[int, LineToShip]


CLAIMS = """
    SELECT line.id AS owner_id, sales_order_id AS document_id, 'SALES_ORDER' AS kind, line.sku_id, warehouse_id,
        approved_at, line.quantity - quantity_shipped - quantity_cancelled AS wanted
    FROM sales_order_line AS line JOIN sales_order ON sales_order.id = line.sales_order_id
    WHERE status IN ('APPROVED', 'PARTIALLY_SHIPPED') AND line.quantity > quantity_shipped + quantity_cancelled"""
"""What sales orders ask of the book of goods."""

_ORDER = of_document("sales_order")
_LINE = of_lines("sales_order")
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
    total_of_lines("sales_order", of="amount"),
    Comparison(
        "sales_order.status agrees with its lines", Quantity, _ORDER,
        "SELECT id, 0 FROM sales_order",
        f"SELECT sales_order.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM sales_order JOIN ({_PROGRESS}) AS progress ON progress.id = sales_order.id",
    ),
    Comparison(
        "sales_order_line.quantity is not less than shipped and cancelled", Quantity, _LINE,
        "SELECT id, 0 FROM sales_order_line",
        "SELECT id, quantity_shipped + quantity_cancelled - quantity FROM sales_order_line "
        "WHERE quantity_shipped + quantity_cancelled > quantity",
    ),
    Comparison(
        "sales_order_line: what is outstanding is claimed", Quantity, _LINE,
        f"SELECT owner_id, wanted FROM ({CLAIMS}) AS due",
        "SELECT owner_id, wanted FROM claim WHERE kind = 'SALES_ORDER'",
    ),
)  # fmt: skip
