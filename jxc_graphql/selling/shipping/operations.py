"""Sending out what sales orders ask for."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.door import Move, Posting
from jxc_graphql.books.goods import delivered
from jxc_graphql.books.goods.ledger import VirtualPlace
from jxc_graphql.books.trades import Trade
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.lots import queries as lots
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import amounts, reversing
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.queries import OrderToShip
from jxc_graphql.selling.shipping import queries, reversals, rules
from jxc_graphql.selling.shipping.facts import GoodsShipped, ShipmentReversed
from jxc_graphql.selling.shipping.models import Shipment, ShipmentLine, ShipmentReversal
from jxc_graphql.selling.shipping.rules import ShippedLine, ShippedPart, check_shipment

__all__ = ["ShippedLine", "VirtualPlace", "check_shipment", "reverse_shipment", "send_out", "ship_goods"]


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
    of_order |= amounts.currency_of(order.row)
    shipment = made_out(Shipment, call, day, sales_order_id=order.id, note=note, **of_order)
    before = await queries.gone(order.id) if any(line.shipped for line in order.lines.values()) else {}
    parts = rules.parts(departing, before)
    posted = await door.post(
        Posting(
            call=call,
            document_id=shipment.id,
            business_date=day,
            moves=moves,
            uses=rules.left(departing),
            sold=Trade(
                partner_id=shipment.customer_id,
                seller_id=order.row.seller_id,
                amounts={line_id: part.base for line_id, part in zip(line_ids, parts, strict=True)},
                in_currency=(order.row.currency, Amounts.total(part.own for part in parts)),
                due_on=order.term.due_on(day),
            ),
        )
    )
    sales.count_departures(order, rules.left(departing), Amounts.total(part.base for part in parts).gross)
    shipment.cost = Money.total(posted.values)
    costs = [posted.of_lines[line_id] for line_id in line_ids]
    sent = rules.lines_of_shipment(shipment.id, line_ids, departing, costs, parts)
    shipment.update_from_dict(amounts.added_up(sent))
    await opened(shipment, sent, out_of=[order.id, *out_of])
    return GoodsShipped(sales_order_id=order.id, shipment_id=shipment.id, stock_level_ids=posted.stock_level_ids)


@posting(Shipment.states[DocumentAction.REVERSE])
async def reverse_shipment(
    call: Call,
    *,
    shipment_id: int,
    note: str,
    only_rest: Annotated[bool, "Whether only what the customer still has of it comes back."] = False,
    expected_version: int | None = None,
) -> ShipmentReversed:
    """Takes a shipment back (出库冲销): the goods come back at the cost at which they left, and are outstanding again.

    They come to where they left from, or to stock where goods no longer lie there, and are kept for the order again in
    its turn. Raises `Rejected` with what is wrong with its day, `AlreadyReversed`, and an `OverReturn` for every line
    of which something came back already.
    """
    _, (shipment, of_shipment) = await db.together(
        door.hold_open(),
        reversing.to_reverse((Shipment, ShipmentLine), call, shipment_id, expected_version, note=note),
    )
    lines = [*of_shipment.values()]
    (day, problems), order, known, gone = await db.together(
        door.posting_date(call),
        sales.order_to_ship(call, sales_order_id=shipment.sales_order_id, action=DocumentAction.REOPEN),
        warehouses.warehouses([shipment.warehouse_id]),
        delivered.still_there(of_shipment),
    )
    wrong = reversals.check(lines, only_rest=only_rest)
    reject_if([*problems, *reversing.check_day(shipment, day), *wrong])
    places = await warehouses.places_of({one.from_place_id for one in gone})
    of_it = {"shipment_id": shipment.id, "customer_id": shipment.customer_id, "warehouse_id": shipment.warehouse_id}
    of_it |= amounts.currency_of(shipment)
    reversal = made_out(ShipmentReversal, call, day, note=note, **of_it)
    rows = reversals.lines_of_reversal(reversal.id, shipment, lines)
    moves = reversals.moves_of_reversal(rows, gone, known[shipment.warehouse_id], places, shipment.business_date)
    renews = sales.count_back(order, reversals.told_of(lines, rows), Money.total(row.base_gross for row in rows))
    sold = Trade(
        partner_id=shipment.customer_id,
        seller_id=order.row.seller_id,
        amounts={row.id: -amounts.of_line(shipment, row).base for row in rows},
        in_currency=(shipment.currency, -Amounts.total(amounts.of_line(shipment, row).own for row in rows)),
    )
    posted = await door.post(
        Posting(call=call, document_id=reversal.id, business_date=day, moves=moves, renews=renews, sold=sold)
    )
    reversal.cost = Money.total(posted.values)
    reversal.update_from_dict(amounts.added_up(rows))
    reversing.counted_back(ShipmentLine, {row.shipment_line_id: row.quantity for row in rows})
    await reversing.taken_back(shipment, reversal, rows)
    return ShipmentReversed(
        shipment_id=shipment.id,
        shipment_reversal_id=reversal.id,
        sales_order_id=order.id,
        stock_level_ids=posted.stock_level_ids,
        note=note,
    )
