"""Whether opening balances agree with the book of goods."""

from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.comparisons import Comparison, Difference, Grain, compare

_BALANCE = Grain("id", "opening_balance.number", "JOIN opening_balance ON opening_balance.id = found.id")
_LINE = Grain(
    "id",
    "opening_balance.number || ' line ' || line.line_no",
    "JOIN opening_balance_line AS line ON line.id = found.id "
    "JOIN opening_balance ON opening_balance.id = line.opening_balance_id",
)
_MOVED = "FROM stock_movement AS movement JOIN opening_balance ON opening_balance.id = movement.document_id"

COMPARISONS = (
    Comparison(
        "opening_balance.total is the sum of its lines", Money, _BALANCE,
        "SELECT opening_balance_id, value FROM opening_balance_line", "SELECT id, total FROM opening_balance",
    ),
    Comparison(
        "opening_balance_line.quantity is what was moved for it", Quantity, _LINE,
        f"SELECT line_id, movement.quantity {_MOVED}", "SELECT id, quantity FROM opening_balance_line",
    ),
    Comparison(
        "opening_balance_line.value is what was moved for it", Money, _LINE,
        f"SELECT line_id, movement.value {_MOVED}", "SELECT id, value FROM opening_balance_line",
    ),
)  # fmt: skip


async def differences() -> list[Difference]:
    """Compares opening balances with what they moved."""
    return await compare(COMPARISONS)
