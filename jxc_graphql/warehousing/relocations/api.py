"""What clients see of moves within a warehouse, and how they make them."""

from jxc_graphql.books.goods.api import SHORT_DOCUMENTS, StockLevel, StockMovement
from jxc_graphql.gql.declare import Connection, Node, connection, entity, many
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.warehousing.relocations import models, operations


@entity(models.PlaceMoveLine, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "place_move.warehouse_id"})
class PlaceMoveLine(Node):
    """A line of a place move (移库单行)."""

    place_move: "PlaceMove"
    """The move it stands in."""
    line_no: int
    """Position in the move, from 1."""
    sku: Sku
    """What was moved."""
    from_place: Place
    """From where."""
    to_place: Place
    """To where."""
    lot: Lot | None
    """The lot (批次) that was named; without a name the first to expire went, which the movements tell."""
    quantity: Quantity
    """How much, in the SKU's base unit."""


@entity(models.PlaceMove, requires=Permission.SEE_STOCK, scope={Dimension.WAREHOUSE: "warehouse_id"})
class PlaceMove(Document, Node):
    """Place move (移库单): goods went from place to place within one warehouse."""

    warehouse: Warehouse
    """Where."""
    lines: list[PlaceMoveLine] = many("place_move_id", order_by="line_no")
    """What was moved."""
    movements: Connection[StockMovement] = connection("document_id")
    """The movements (库存流水) it made."""


class Query:
    """Moves."""

    place_moves: Connection[PlaceMove] = connection(order_by="-id")
    """Place moves (移库单), newest first."""


move_places = document_action(
    operations.move_places, PlaceMove, StockLevel, SHORT_DOCUMENTS, lines="PlaceMoveLineInput"
)
