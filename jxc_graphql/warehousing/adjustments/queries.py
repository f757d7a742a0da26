"""Whether adjustments agree with the book of goods."""
# ruff: noqa: S608  (statements are made of our own names)

from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import Comparison, of_lines, total_of_lines

_LINE = of_lines("adjustment")
_POSTED = "JOIN adjustment ON adjustment.id = line.adjustment_id WHERE status = 'POSTED'"


def _moved(column: str) -> str:
    return (
        f"SELECT line_id, CASE WHEN line.quantity > 0 THEN movement.{column} ELSE -movement.{column} END "
        "FROM stock_movement AS movement JOIN adjustment ON adjustment.id = movement.document_id "
        "JOIN adjustment_line AS line ON line.id = movement.line_id"
    )


COMPARISONS = (
    total_of_lines("adjustment"),
    Comparison(
        "adjustment_line.quantity is what was moved for it", Quantity, _LINE,
        _moved("quantity"), f"SELECT line.id, quantity FROM adjustment_line AS line {_POSTED}",
    ),
    Comparison(
        "adjustment_line.value is what was moved for it", Money, _LINE,
        _moved("value"), f"SELECT line.id, value FROM adjustment_line AS line {_POSTED}",
    ),
)  # fmt: skip
