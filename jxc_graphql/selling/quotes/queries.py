"""What quotes ask of the book of goods, and whether they agree with it and with what was ordered of them."""
# ruff: noqa: S608  (statements are made of our own names)

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines, totals_of_priced_lines

CLAIMS = """
    SELECT line.id AS owner_id, quote_id AS document_id, 'QUOTE' AS kind, line.sku_id, warehouse_id,
        quote.created_at AS approved_at, line.quantity - quantity_ordered AS wanted,
        CAST(valid_through AS VARCHAR(10)) AS lasts_through
    FROM quote_line AS line JOIN quote ON quote.id = line.quote_id
    WHERE status IN ('APPROVED', 'PARTIALLY_ORDERED') AND line.quantity > quantity_ordered
        AND valid_through >= (SELECT day FROM book_day)"""
"""What quotes ask of the book of goods; of one whose claim was lost it is only known when it was drafted."""

_LINE = of_lines("quote")
_PROGRESS = """
    SELECT quote_id AS id, SUM(quantity) AS quoted, SUM(quantity_ordered) AS ordered
    FROM quote_line GROUP BY quote_id"""
_FITTING_STATUS = """CASE
    WHEN ordered = 0 THEN status IN (
        'DRAFT', 'SUBMITTED', 'APPROVED', 'CANCELLED', 'LOST', 'EXPIRED', 'SUPERSEDED')
    WHEN ordered < quoted THEN status IN ('PARTIALLY_ORDERED', 'CLOSED')
    ELSE status = 'ORDERED' END"""

COMPARISONS = (
    *totals_of_priced_lines("quote"),
    Comparison(
        "quote.status agrees with its lines", Quantity, of_document("quote"),
        "SELECT id, 0 FROM quote",
        f"SELECT quote.id, CASE WHEN {_FITTING_STATUS} THEN 0 ELSE 1 END "
        f"FROM quote JOIN ({_PROGRESS}) AS progress ON progress.id = quote.id",
    ),
    Comparison(
        "quote_line.quantity_ordered is what is on orders", Quantity, _LINE,
        "SELECT quote_line_id, quantity FROM quote_order", "SELECT id, quantity_ordered FROM quote_line",
    ),
    Comparison(
        "quote_line: what may still be ordered is claimed", Quantity, _LINE,
        f"SELECT owner_id, wanted FROM ({CLAIMS}) AS due", "SELECT owner_id, wanted FROM claim WHERE kind = 'QUOTE'",
    ),
)  # fmt: skip
