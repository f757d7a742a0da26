"""What clients see of moves within a warehouse, and how they make them."""

from datetime import date

from jxc_graphql.books.goods.api import StockLevel, StockMovement
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import Lot
from jxc_graphql.masters.warehouses.api import Place, Warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.api import Document
from jxc_graphql.warehousing.relocations import facts, models, operations


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


@input_type
class PlaceMoveLineInput:
    """What to move from where to where."""

    sku_id: Id[Sku]
    """What."""
    quantity: Quantity
    """How much, in the base unit; more than 0."""
    from_place_id: Id[Place]
    """From which place or bin (库位) of the warehouse."""
    to_place_id: Id[Place]
    """To which other one; from quality (待检) to stock releases goods that were inspected."""
    lot_number: str | None = None
    """The lot (批号); by default the one at that place that expires first (先到期先出)."""
    serials: list[str] | None = None
    """The serial number (序列号) of each piece, for SKUs that are tracked by them; at most 1,000."""

    def wanted(self) -> operations.WantedMove:
        """The line as the operation takes it."""
        return operations.WantedMove(**vars(self) | {"serials": tuple(self.serials or ())})


@input_type
class MovePlacesInput:
    """What to move within a warehouse."""

    warehouse_id: Id[Warehouse]
    """Where."""
    lines: list[PlaceMoveLineInput]
    """What; 1 to 500 lines."""
    business_date: date | None = None
    """The day it counts for (业务日期), today by default; a past day needs a permission and an open period."""
    note: str = ""
    """Remark (备注), such as what an inspection found."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the goods are moved once (幂等键)."""


@payload
class MovePlacesPayload:
    """What was moved, and what it changed."""

    place_move: PlaceMove | None
    """The move."""
    stock_levels: list[StockLevel]
    """The levels of which more or less can be sold now."""
    short_documents: list[Document]
    """Orders and transfers for which less is kept than before, since the goods are not there or not good (欠货)."""


@mutation(MovePlacesPayload)
async def move_places(call: Call, input: MovePlacesInput) -> facts.PlacesMoved:
    """Moves goods from place to place within a warehouse (移库), at once."""
    return await operations.move_places(
        call, warehouse_id=input.warehouse_id, lines=[line.wanted() for line in input.lines], note=input.note
    )
