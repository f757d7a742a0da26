"""What is kept for lines, orders as what leaves needs them, and whether sales agrees with the book of goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping, Sequence

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.payment_terms.queries import KnownTerm
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines, totals_of_priced_lines
from jxc_graphql.selling.sales.models import SalesOrder
from jxc_graphql.selling.sales.named import BINDING


async def reserved(call: Call, line_ids: Sequence[int]) -> list[Quantity]:  # noqa: ARG001  (as `batched` asks)
    """How much is kept for each line; one statement."""
    asked = db.ids(line_ids)
    rows = await db.fetch(
        f"SELECT owner_id, claim.reserved FROM {asked.table} AS asked JOIN claim ON claim.owner_id = asked.id",
        asked.params,
    )
    found = {owner_id: Quantity(quantity) for owner_id, quantity in rows}
    return [found.get(line_id, Quantity(0)) for line_id in line_ids]


class LinePromotion(msgspec.Struct, frozen=True, kw_only=True):
    """What a promotion gave a line."""

    sales_order_line_id: int
    promotion_id: int
    discount: Money


async def promotions_of_lines(call: Call, lines: Sequence[tuple[int, str]]) -> list[list[LinePromotion]]:  # noqa: ARG001  (as `batched` asks)
    """What promotions gave each line, by its id and what it keeps of them; no statement."""
    return [
        [
            LinePromotion(sales_order_line_id=line_id, promotion_id=promotion_id, discount=Money(steps))
            for promotion_id, steps in msgspec.json.decode(kept, type=list[tuple[int, int]])
        ]
        for line_id, kept in lines
    ]


class LineToShip(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order that goods may leave for, before they do; quantities in the base unit."""

    id: int
    sku_id: int
    quantity: Quantity
    amounts: AmountsInBoth
    shipped: Quantity
    cancelled: Quantity

    @property
    def outstanding(self) -> Quantity:
        """What has neither left nor been cancelled."""
        return self.quantity - self.shipped - self.cancelled


class OrderToShip(msgspec.Struct, frozen=True, kw_only=True):
    """An order that goods may leave for, its lines by id; `row` is the order itself, locked, `term` when it is paid."""

    id: int
    warehouse_id: int
    row: SalesOrder
    lines: Mapping[int, LineToShip]
    term: KnownTerm


CLAIMS = f"""
    SELECT line.id AS owner_id, sales_order_id AS document_id, 'SALES_ORDER' AS kind, line.sku_id, warehouse_id,
        approved_at, line.quantity - quantity_shipped - quantity_cancelled AS wanted, '9999-12-31' AS lasts_through
    FROM sales_order_line AS line JOIN sales_order ON sales_order.id = line.sales_order_id
    WHERE status IN {BINDING} AND line.quantity > quantity_shipped + quantity_cancelled"""
"""What sales orders ask of the book of goods."""

TOLD_OF_DAYS = """
    SELECT line.sku_id, warehouse_id, business_date, quantity_cancelled AS lost_demand,
        line.quantity AS ordered, line.amount - line.discount AS typed, line.tax_rate, prices_include_tax,
        exchange_rate, base_places
    FROM sales_order_line AS line JOIN sales_order ON sales_order.id = line.sales_order_id
    WHERE approved_at IS NOT NULL AND quantity_cancelled > 0"""
"""What customers asked for that nobody will ship, on the day on which they asked, and of which line it is the rest."""

_ORDER = of_document("sales_order")
_LINE = of_lines("sales_order")
_PROGRESS = """
    SELECT sales_order_id AS id, SUM(quantity) AS ordered, SUM(quantity_shipped) AS shipped,
        SUM(quantity_cancelled) AS cancelled
    FROM sales_order_line GROUP BY sales_order_id"""
_FITTING_STATUS = """CASE
    WHEN ordered > shipped + cancelled THEN status IN (
        CASE WHEN shipped > 0 THEN 'PARTIALLY_SHIPPED' ELSE 'APPROVED' END,
        CASE WHEN shipped > 0 OR cancelled > 0 THEN '' ELSE 'DRAFT' END,
        CASE WHEN shipped > 0 OR cancelled > 0 THEN '' ELSE 'SUBMITTED' END)
    WHEN shipped = 0 THEN status = 'CANCELLED'
    WHEN cancelled > 0 THEN status = 'CLOSED'
    ELSE status = 'SHIPPED' END"""

COMPARISONS = (
    *totals_of_priced_lines("sales_order"),
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
