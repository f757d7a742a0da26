"""What clients see of moves within a warehouse, and how they make them."""

from jxc_graphql.books.goods.api import SHORT_DOCUMENTS, StockLevel, StockMovement
from jxc_graphql.gql.declare import Connection, Node, connection, many
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, document, document_line
from jxc_graphql.office.documents.several import several
from jxc_graphql.warehousing.relocations import models, operations


@document_line(models.PlaceMoveLine)
class PlaceMoveLine(Node):
    """A line of a place move (移库单行)."""


@document(models.PlaceMove)
class PlaceMove(Document, Node):
    """Place move (移库单): goods went from place to place within one warehouse."""

    lines: list[PlaceMoveLine] = many("place_move_id", order_by="line_no")
    """What was moved."""
    movements: Connection[StockMovement] = connection("document_id")
    """The movements (库存流水) it made."""


Query = lists(PlaceMove, PlaceMoveLine)

move_places = document_action(
    operations.move_places, PlaceMove, StockLevel, SHORT_DOCUMENTS, lines="PlaceMoveLineInput"
)
move_many_places = several(move_places, PlaceMove, "move_many_places")
