"""Whether what moves keep agrees with the book of goods."""

from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents.comparisons import Comparison, Difference, Grain, compare

_LINE = Grain(
    "id",
    "place_move.number || ' line ' || line.line_no",
    "JOIN place_move_line AS line ON line.id = found.id JOIN place_move ON place_move.id = line.place_move_id",
)

COMPARISONS = (
    Comparison(
        "place_move_line.quantity was moved from its place to the other", Quantity, _LINE,
        "SELECT movement.line_id, movement.quantity FROM stock_movement AS movement "
        "JOIN place_move ON place_move.id = movement.document_id "
        "JOIN place_move_line AS line ON line.id = movement.line_id AND line.from_place_id = movement.from_place_id "
        "AND line.to_place_id = movement.to_place_id",
        "SELECT id, quantity FROM place_move_line",
    ),
)  # fmt: skip


async def differences() -> list[Difference]:
    """Compares the lines of moves with the book of goods."""
    return await compare(COMPARISONS)
