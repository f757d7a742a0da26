"""Whether revaluations agree with the book of goods."""

from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.documents.comparisons import Comparison, Difference, Grain, compare

_REVALUATION = Grain("id", "revaluation.number", "JOIN revaluation ON revaluation.id = found.id")
_LINE = Grain(
    "id",
    "revaluation.number || ' line ' || line.line_no",
    "JOIN revaluation_line AS line ON line.id = found.id JOIN revaluation ON revaluation.id = line.revaluation_id",
)

COMPARISONS = (
    Comparison(
        "revaluation.total is the sum of its lines", Money, _REVALUATION,
        "SELECT revaluation_id, value FROM revaluation_line WHERE value IS NOT NULL",
        "SELECT id, total FROM revaluation WHERE total IS NOT NULL",
    ),
    Comparison(
        "revaluation_line.value is what was revalued for it", Money, _LINE,
        "SELECT line_id, stock_revaluation.value FROM stock_revaluation "
        "JOIN revaluation ON revaluation.id = stock_revaluation.document_id",
        "SELECT id, value FROM revaluation_line WHERE value IS NOT NULL",
    ),
)  # fmt: skip


async def differences() -> list[Difference]:
    """Compares revaluations with what the book of goods has for them."""
    return await compare(COMPARISONS)
