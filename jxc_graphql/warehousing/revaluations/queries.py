"""Whether revaluations agree with the book of goods."""

from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.documents.comparisons import Comparison, of_lines, total_of_lines

_LINE = of_lines("revaluation")

COMPARISONS = (
    total_of_lines("revaluation"),
    Comparison(
        "revaluation_line.value is what was revalued for it", Money, _LINE,
        "SELECT line_id, stock_revaluation.value FROM stock_revaluation "
        "JOIN revaluation ON revaluation.id = stock_revaluation.document_id",
        "SELECT id, value FROM revaluation_line WHERE value IS NOT NULL",
    ),
)  # fmt: skip
