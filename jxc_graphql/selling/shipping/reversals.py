"""What of a shipment comes back when it is taken back, to where, and what that says of its order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from jxc_graphql.books.goods.delivered import DeliveredGoods
from jxc_graphql.books.goods.ledger import SHELVES, Move, VirtualPlace, totals
from jxc_graphql.books.goods.valuation import shares
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.places import KnownPlace
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents.reversing import NothingLeft, check_left
from jxc_graphql.selling.shipping.models import Shipment, ShipmentLine, ShipmentReversalLine


def check(lines: Sequence[ShipmentLine], *, only_rest: bool) -> Iterator[Reason]:
    """Whether all of it comes back, or something at all."""
    for line in () if only_rest else lines:
        yield from check_left(line.quantity, line.quantity_returned, line.quantity, ("id",))
    if all(line.quantity == line.quantity_returned for line in lines):
        yield NothingLeft(path=("id",))


def lines_of_reversal(
    reversal_id: int, shipment: Shipment, lines: Sequence[ShipmentLine]
) -> list[ShipmentReversalLine]:
    """The lines of a reversal, one per line of the shipment of which the customer has something, at what that cost."""
    back = [line for line in lines if line.quantity > line.quantity_returned]
    return [
        ShipmentReversalLine(
            shipment_reversal_id=reversal_id,
            line_no=line_no,
            shipment_line_id=line.id,
            sku_id=line.sku_id,
            quantity=quantity,
            cost=shares(line.cost, [line.quantity_returned, quantity])[1],
            **amounts.part_back(shipment, line, quantity).columns,
        )
        for line_no, line in enumerate(back, 1)
        for quantity in [line.quantity - line.quantity_returned]
    ]


def told_of(lines: Sequence[ShipmentLine], rows: Sequence[ShipmentReversalLine]) -> dict[int, Quantity]:
    """How much did not leave for each order line after all, over all lines of the shipment."""
    order_lines = {line.id: line.sales_order_line_id for line in lines}
    return totals((order_lines[row.shipment_line_id], row.quantity) for row in rows)


def moves_of_reversal(
    rows: Sequence[ShipmentReversalLine],
    gone: Sequence[DeliveredGoods],
    warehouse: KnownWarehouse,
    places: Mapping[int, KnownPlace],
    sent_on: date,
) -> list[Move]:
    """From the customer to where the goods left from, lot by lot and piece by piece, at their part of the cost."""
    moves = []
    for row in rows:
        parts = [one for one in gone if one.line_id == row.shipment_line_id]
        values = shares(row.cost, [one.quantity for one in parts])
        moves += [
            Move(
                sku_id=row.sku_id,
                warehouse_id=warehouse.id,
                from_place_id=VirtualPlace.CUSTOMER,
                to_place_id=_place_of(places[one.from_place_id], warehouse),
                quantity=one.quantity,
                line_id=row.id,
                value=value,
                lot_id=one.lot_id,
                serials=one.serials,
                origin_on=sent_on,
                of_line_id=row.shipment_line_id,
                path=("id",),
            )
            for one, value in zip(parts, values, strict=True)
        ]
    return moves


def _place_of(place: KnownPlace, warehouse: KnownWarehouse) -> int:
    lies_there = place.is_active and place.warehouse_id == warehouse.id and place.kind in SHELVES
    return place.id if lies_there else warehouse.stock_place_id
