"""Moving goods within a warehouse."""

from collections.abc import Sequence
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.books.goods.named import known_goods, moves_of
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.lines import lines_of
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.warehousing.relocations import rules
from jxc_graphql.warehousing.relocations.models import PlaceMove, PlaceMoveLine
from jxc_graphql.warehousing.relocations.rules import WantedMove


@posting(Permission.MOVE_GOODS)
async def move_places(
    call: Call,
    *,
    warehouse_id: int,
    lines: Annotated[Sequence[WantedMove], "What; 1 to 500 lines."],
    note: Annotated[str, "Remark (备注), such as what an inspection found."] = "",
) -> DocumentPosted[PlaceMove]:
    """Moves goods from place to place within a warehouse (移库), at once.

    Raises `Rejected` with what is wrong with its day and its lines, or with an `InsufficientStock` for every line that
    asks for more than lies at its place. What is set apart is not kept for anybody any more.
    """
    (day, problems), warehouse, places, known = await db.together(
        door.posting_date(call),
        warehouses.usable_warehouse(call, warehouse_id),
        warehouses.places_of({place for one in lines for place in (one.from_place_id, one.to_place_id)}),
        known_goods(lines),
    )
    problems += rules.check_moves(lines, known, places, warehouse.id)
    reject_if([*problems, *check_note(note)])
    move = made_out(PlaceMove, call, day, warehouse_id=warehouse.id, note=note)
    moved = lines_of(PlaceMoveLine, lines, place_move_id=move.id, lot_id=known.lot_id)
    moves = moves_of(moved, warehouse_id=warehouse.id, serials=[one.serials for one in lines])
    posted = await door.post(door.Posting(call=call, document_id=move.id, business_date=day, moves=moves))
    await opened(move, moved)
    return DocumentPosted.of(move, **posted.told)
