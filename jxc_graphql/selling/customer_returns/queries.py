"""What was made of returns, and whether they agree with shipments, the books and what is owed."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterator, Sequence

from jxc_graphql.books.dues.queries import DueKind, owed_for
from jxc_graphql.books.goods.queries import moved_for_lines
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import (
    Comparison,
    of_document,
    of_lines,
    total_of_lines,
    totals_of_parts,
    went_back,
)
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.selling.customer_returns.rules import ExchangeOpen

MOST_RETURNS = 100
"""Returns that are listed beside a shipment; those of each of its lines are listed by page."""


async def exchange_open(_call: Call, customer_return_id: int) -> list[Reason]:
    """Whether what goes out in exchange for a return is ordered, and that order was not cancelled."""
    rows = await db.fetch(
        f"SELECT sales_order.id FROM document_link JOIN sales_order ON sales_order.id = target_id "
        f"WHERE source_id = ? AND kind = '{LinkKind.EXCHANGE}' AND status <> 'CANCELLED' ORDER BY sales_order.id",
        (customer_return_id,),
    )
    return [ExchangeOpen(path=("id",), sales_order_id=order_id) for (order_id,) in rows[:1]]


async def of_shipments(call: Call, shipment_ids: Sequence[int]) -> list[list[int]]:  # noqa: ARG001  (as `batched` asks)
    """The returns of goods of each shipment, the first `MOST_RETURNS`; one statement."""
    asked = db.ids(shipment_ids)
    rows = await db.fetch(
        f"""
        SELECT DISTINCT asked.id, line.customer_return_id FROM {asked.table} AS asked
        JOIN shipment_line AS sent ON sent.shipment_id = asked.id
        JOIN customer_return_line AS line ON line.shipment_line_id = sent.id
        ORDER BY asked.id, line.customer_return_id""",
        asked.params,
    )
    found: dict[int, list[int]] = {shipment_id: [] for shipment_id in shipment_ids}
    for shipment_id, return_id in rows:
        found[shipment_id].append(return_id)
    return [found[shipment_id][:MOST_RETURNS] for shipment_id in shipment_ids]


_IN_THE_BOOKS = "status IN ('RECEIVED', 'CLOSED')"
_OF_RETURN = "customer_return_line AS line JOIN customer_return AS document ON document.id = line.customer_return_id"
SOLD = (
    (
        "SELECT line.id AS line_id, document.customer_id AS partner_id, sales_order.seller_id, -line.base_net AS net "
        f"FROM {_OF_RETURN} JOIN shipment_line AS sent ON sent.id = line.shipment_line_id "
        "JOIN shipment ON shipment.id = sent.shipment_id JOIN sales_order ON sales_order.id = shipment.sales_order_id "
        f"WHERE document.{_IN_THE_BOOKS}"
    ),
)
"""Of whom its lines come back, who had sold them, and what they come to."""

_WHAT_IS_BACK = f"""
    SELECT line.shipment_line_id, line.{{0}} AS part FROM {_OF_RETURN} WHERE document.{_IN_THE_BOOKS}
    UNION ALL SELECT shipment_line_id, {{0}} FROM shipment_reversal_line"""
_PROGRESS = """
    SELECT customer_return_id AS id, SUM(quantity) AS agreed, SUM(quantity_credited) AS credited
    FROM customer_return_line GROUP BY customer_return_id"""
_FITTING_STATUS = f"""CASE
    WHEN credited = 0 THEN NOT {_IN_THE_BOOKS}
    WHEN credited < agreed THEN status = 'CLOSED'
    ELSE status = 'RECEIVED' END"""


def _sold_for() -> Iterator[Comparison]:
    """Whether lines of shipments are back for what they were sold for when all of them is, and never for more."""
    for one in ("net", "tax", "base_net", "base_tax"):
        back = (
            f"SELECT shipment_line_id AS id, SUM(part) AS part FROM ({_WHAT_IS_BACK.format(one)}) AS every GROUP BY 1"
        )
        yield Comparison(
            f"shipment_line.{one} is what came back of it when all is back, and more than that else", Money,
            of_lines("shipment"),
            f"SELECT sent.id, CASE WHEN sent.quantity_returned = sent.quantity OR back.part > sent.{one} "
            f"THEN sent.{one} ELSE back.part END FROM shipment_line AS sent JOIN ({back}) AS back ON back.id = sent.id",
            back,
        )  # fmt: skip


COMPARISONS = (
    went_back(
        "shipment",
        [
            "SELECT shipment_line_id, quantity FROM shipment_reversal_line",
            "SELECT shipment_line_id, quantity_credited FROM customer_return_line",
        ],
    ),
    *_sold_for(),
    Comparison(
        "customer_return.status agrees with its lines", Quantity, of_document("customer_return"),
        "SELECT id, 0 FROM customer_return",
        f"SELECT customer_return.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM customer_return JOIN ({_PROGRESS}) AS progress ON progress.id = customer_return.id",
    ),
    total_of_lines("customer_return", column="cost", of="cost"),
    total_of_lines("customer_return", column="exchange_gross", of="exchange_gross"),
    *totals_of_parts("customer_return"),
    *owed_for("customer_return", DueKind.RETURN, "-", only=_IN_THE_BOOKS),
    moved_for_lines("customer_return", "quantity_credited", "was moved from the customer", moved="quantity"),
    moved_for_lines("customer_return", "cost", "is what the goods cost that were moved", moved="value"),
)  # fmt: skip
