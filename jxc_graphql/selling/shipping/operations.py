"""Sending out what sales orders ask for."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.door import Move, Posting
from jxc_graphql.books.goods.ledger import VirtualPlace
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.lots import queries as lots
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.queries import OrderToShip
from jxc_graphql.selling.shipping import rules
from jxc_graphql.selling.shipping.facts import GoodsShipped
from jxc_graphql.selling.shipping.models import Shipment
from jxc_graphql.selling.shipping.rules import ShippedLine, ShippedPart, check_shipment

__all__ = ["ShippedLine", "VirtualPlace", "check_shipment", "send_out", "ship_goods"]


@posting(Permission.SHIP_GOODS)
async def ship_goods(
    call: Call,
    *,
    sales_order_id: Annotated[int, "An approved order."],
    lines: Annotated[Sequence[ShippedLine], "What is to leave; 1 to 500 lines."],
    note: str = "",
    expected_version: int | None = None,
) -> GoodsShipped:
    """Ships goods of an approved order (销售出库), in parts if need be: those that are reserved for it.

    Raises `Rejected` with what is wrong with its day, its lots and places, and an `OverShipment` for every order line
    of which more is to leave than is outstanding; or with an `InsufficientStock` for every line that asks for more than
    there is for it, and what is wrong with lots and pieces.
    """
    _, order = await db.together(
        door.hold_open(),
        sales.order_to_ship(call, sales_order_id=sales_order_id, expected_version=expected_version),
    )
    (day, problems), known, places, warehouse = await db.together(
        door.posting_date(call),
        lots.lots({line.lot_id for line in lines if line.lot_id is not None}),
        warehouses.places_of({line.place_id for line in lines if line.place_id is not None}),
        warehouses.warehouse(order.warehouse_id),
    )
    reject_if([*problems, *check_shipment(order, lines, known, places), *check_note(note)])
    departing = rules.departures(order, lines)
    assert warehouse
    line_ids = [new_id() for _ in departing]
    moves = rules.moves_of_shipment(departing, line_ids, warehouse)
    return await _posted(call, order, departing, moves, day=day, line_ids=line_ids, note=note)


async def send_out(
    call: Call,
    order: OrderToShip,
    lines: Sequence[ShippedLine],
    moves: Sequence[Move],
    *,
    day: date,
    line_ids: Sequence[int],
    note: str,
    out_of: Iterable[int],
) -> GoodsShipped:
    """Ships what `moves` take to the customer from elsewhere than the shelves, such as goods that he has already.

    Belongs into the transaction of the operation that asks; `lines` were checked with `check_shipment`, each becomes
    the line of the shipment that its moves name, and the shipment comes `out_of` the order and these documents.
    """
    departing = [
        ShippedPart(index=index, line=order.lines[one.sales_order_line_id], quantity=one.quantity)
        for index, one in enumerate(lines)
    ]
    fact = await _posted(call, order, departing, moves, day=day, line_ids=line_ids, note=note, out_of=out_of)
    journal.record_all([fact], call)
    return fact


async def _posted(
    call: Call,
    order: OrderToShip,
    departing: Sequence[ShippedPart],
    moves: Sequence[Move],
    *,
    day: date,
    line_ids: Sequence[int],
    note: str,
    out_of: Iterable[int] = (),
) -> GoodsShipped:
    of_order = {"customer_id": order.row.customer_id, "warehouse_id": order.warehouse_id}
    shipment = made_out(Shipment, call, day, sales_order_id=order.id, note=note, **of_order)
    posted = await door.post(
        Posting(
            call=call,
            document_id=shipment.id,
            business_date=day,
            moves=moves,
            uses=rules.left(departing),
        )
    )
    sales.count_departures(order, rules.left(departing))
    shipment.cost = Money.total(posted.values)
    costs = dict.fromkeys(line_ids, Money(0))
    for move, value in zip(moves, posted.values, strict=True):
        costs[move.line_id] += value
    sent = rules.lines_of_shipment(shipment.id, line_ids, departing, [*costs.values()])
    await opened(shipment, sent, out_of=[order.id, *out_of])
    return GoodsShipped(sales_order_id=order.id, shipment_id=shipment.id, stock_level_ids=posted.stock_level_ids)
