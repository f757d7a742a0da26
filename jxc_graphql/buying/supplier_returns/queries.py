"""Whether what returns keep agrees with the receipts, the orders and the books; what they trade."""

from jxc_graphql.books.dues.queries import DueKind, owed_for
from jxc_graphql.books.goods.queries import moved_for_lines
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import (
    Comparison,
    of_lines,
    reversed_by,
    total_of_lines,
    totals_of_parts,
)

_POSTED = "status IN ('POSTED', 'REVERSED')"
"""What left, whether it is here again or not."""

_LINES = (
    "SELECT line.id AS line_id, document.supplier_id AS partner_id, "
    "CASE document.resolution WHEN 'CREDIT' THEN -line.base_net ELSE 0 END AS net "
    "FROM supplier_return_line AS line JOIN supplier_return AS document ON document.id = line.supplier_return_id"
)
_HERE_AGAIN = (
    "SELECT line.id AS line_id, back.supplier_id AS partner_id, "
    "CASE document.resolution WHEN 'CREDIT' THEN line.base_net ELSE 0 END AS net "
    "FROM supplier_return_reversal_line AS line "
    "JOIN supplier_return_reversal AS back ON back.id = line.supplier_return_reversal_id "
    "JOIN supplier_return AS document ON document.id = back.supplier_return_id"
)
BOUGHT = (_LINES, _HERE_AGAIN)
"""To whom its lines went back, or were to, and what is given back for them, or not."""
_TO_REPLACE = (
    "JOIN supplier_return_reversal AS back ON back.id = line.supplier_return_reversal_id "
    "JOIN supplier_return AS document ON document.id = back.supplier_return_id WHERE document.resolution = 'REPLACE'"
)

COMPARISONS = (
    total_of_lines("supplier_return"),
    *totals_of_parts("supplier_return"),
    *owed_for("supplier_return", DueKind.RETURN, only=f"resolution = 'CREDIT' AND {_POSTED}"),
    moved_for_lines("supplier_return", "quantity", "was moved to the supplier", only=_POSTED),
    moved_for_lines("supplier_return", "value", "is what the goods cost that were moved"),
    Comparison(
        "supplier_return_line.goods_receipt is where its goods came", Quantity, of_lines("supplier_return"),
        "SELECT line.id, 10000 FROM supplier_return_line AS line "
        "JOIN goods_receipt_line AS came ON came.id = line.goods_receipt_line_id "
        "AND came.goods_receipt_id = line.goods_receipt_id AND came.sku_id = line.sku_id",
        "SELECT id, 10000 FROM supplier_return_line",
    ),
    reversed_by("supplier_return"),
    total_of_lines("supplier_return_reversal"),
    *totals_of_parts("supplier_return_reversal"),
    *owed_for("supplier_return_reversal", DueKind.PURCHASE, "-", less=_TO_REPLACE),
    moved_for_lines("supplier_return_reversal", "quantity", "was moved back from the supplier"),
    moved_for_lines("supplier_return_reversal", "value", "is what the goods cost that were moved"),
    Comparison(
        "supplier_return_line is here again at what it cost when it left", Money, of_lines("supplier_return"),
        "SELECT line.id, line.value FROM supplier_return_line AS line JOIN supplier_return_reversal AS back "
        "ON back.supplier_return_id = line.supplier_return_id",
        "SELECT supplier_return_line_id, value FROM supplier_return_reversal_line",
    ),
)  # fmt: skip
