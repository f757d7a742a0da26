"""What is allowed in shipping, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.books.goods.serials import check_numbers
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity, check_positive
from jxc_graphql.masters.lots.queries import KnownLot
from jxc_graphql.masters.warehouses.places import KnownPlace, check_stock_place
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES
from jxc_graphql.office.documents.rules import check_line_count
from jxc_graphql.selling.sales.queries import LineToShip, OrderToShip
from jxc_graphql.selling.shipping.models import ShipmentLine


class OverShipment(Reason, frozen=True, kw_only=True):
    """More is to be shipped than the order line still asks for."""

    outstanding: Quantity
    """What is outstanding of the line (未发)."""
    requested: Quantity
    """What is to leave for it, over all lines of the input."""


class ShippedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is to leave for one order line; name it again for another lot or another place."""

    sales_order_line_id: int
    """The order line."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the base unit; more than 0."""
    lot_id: int | None = None
    """Only of this lot (批次); by default of those that expire first (先到期先出)."""
    place_id: int | None = None
    """Only from this stock place or bin (库位); by default from any of the warehouse."""
    serials: Sequence[str] = ()
    """The number of each piece (序列号), for a SKU that is tracked by serial number."""


class ShippedPart(msgspec.Struct, frozen=True, kw_only=True):
    """All that one shipment takes for one order line of one lot and from one place, or of and from any.

    `index` is where the shipment names it first.
    """

    index: int
    line: LineToShip
    lot_id: int | None = None
    place_id: int | None = None
    quantity: Quantity = Quantity(0)
    serials: tuple[str, ...] = ()


def check_shipment(
    order: OrderToShip,
    shipped: Sequence[ShippedLine],
    lots: Mapping[int, KnownLot],
    places: Mapping[int, KnownPlace],
) -> Iterator[Reason]:
    """Everything wrong with a shipment but the stock: the input line by line, then too much of an order line."""
    yield from check_line_count(len(shipped), MAX_ORDER_LINES)
    for index, wanted in enumerate(shipped):
        path = ("lines", index)
        line = order.lines.get(wanted.sales_order_line_id)
        if line is None:
            yield UnknownId(path=(*path, "sales_order_line_id"), kind="SalesOrderLine")
        yield from check_positive(wanted.quantity, (*path, "quantity"))
        if wanted.lot_id is not None:
            yield from _check_lot(lots.get(wanted.lot_id), line, (*path, "lot_id"))
        if wanted.place_id is not None:
            yield from check_stock_place(places.get(wanted.place_id), order.warehouse_id, (*path, "place_id"))
        yield from check_numbers(wanted.serials, (*path, "serials"))
    yield from _check_outstanding(order, shipped)


def _check_lot(lot: KnownLot | None, line: LineToShip | None, path: Path) -> Iterator[Reason]:
    if lot is None or (line is not None and lot.sku_id != line.sku_id):
        yield UnknownId(path=path, kind="Lot")


def _check_outstanding(order: OrderToShip, shipped: Sequence[ShippedLine]) -> Iterator[Reason]:
    """Whether more leaves for an order line than is outstanding, over all lots and places; told where first named."""
    first: dict[int, int] = {}
    for index, wanted in enumerate(shipped):
        first.setdefault(wanted.sales_order_line_id, index)
    for line_id, quantity in _totals((wanted.sales_order_line_id, wanted.quantity) for wanted in shipped).items():
        line = order.lines.get(line_id)
        if line and quantity > line.outstanding:
            path = ("lines", first[line_id], "quantity")
            yield OverShipment(path=path, outstanding=line.outstanding, requested=quantity)


def departures(order: OrderToShip, shipped: Sequence[ShippedLine]) -> list[ShippedPart]:
    """The shipment by order line, lot and place, in its order; what is named twice is one departure."""
    merged: dict[tuple[int, int | None, int | None], ShippedPart] = {}
    for index, wanted in enumerate(shipped):
        line = order.lines[wanted.sales_order_line_id]
        key = line.id, wanted.lot_id, wanted.place_id
        known = merged.get(key) or ShippedPart(index=index, line=line, lot_id=wanted.lot_id, place_id=wanted.place_id)
        merged[key] = msgspec.structs.replace(
            known,
            quantity=known.quantity + wanted.quantity,
            serials=(*known.serials, *(number.strip() for number in wanted.serials)),
        )
    return list(merged.values())


def left(departing: Sequence[ShippedPart]) -> dict[int, Quantity]:
    """How much leaves for each order line, over all lots and places."""
    return _totals((each.line.id, each.quantity) for each in departing)


def moves_of_shipment(
    departing: Sequence[ShippedPart], line_ids: Sequence[int], warehouse: KnownWarehouse
) -> list[Move]:
    """From where goods are sold from to the customer, at what they cost; one move per line of the shipment."""
    return [
        Move(
            sku_id=each.line.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=each.place_id or warehouse.stock_place_id,
            to_place_id=VirtualPlace.CUSTOMER,
            or_bins=each.place_id is None,
            quantity=each.quantity,
            line_id=line_id,
            lot_id=each.lot_id,
            serials=each.serials,
            path=("lines", each.index, "quantity"),
        )
        for each, line_id in zip(departing, line_ids, strict=True)
    ]


def lines_of_shipment(
    shipment_id: int,
    line_ids: Sequence[int],
    departing: Sequence[ShippedPart],
    costs: Sequence[Money],
    parts: Sequence[AmountsInBoth],
) -> list[ShipmentLine]:
    """The lines of a shipment, one per departure, at what the goods cost, with their part of the order's amounts."""
    return [
        ShipmentLine(
            id=line_id,
            shipment_id=shipment_id,
            line_no=line_no,
            sales_order_line_id=each.line.id,
            sku_id=each.line.sku_id,
            quantity=each.quantity,
            cost=cost,
            **part.columns,
        )
        for line_no, (line_id, each, cost, part) in enumerate(zip(line_ids, departing, costs, parts, strict=True), 1)
    ]


def parts(departing: Sequence[ShippedPart], before: Mapping[int, AmountsInBoth]) -> list[AmountsInBoth]:
    """What each has of what its order line comes to, one after the other."""
    gone = {each.line.id: each.line.shipped for each in departing}
    had = {each.line.id: before.get(each.line.id, AmountsInBoth()) for each in departing}
    found = []
    for each in departing:
        line = each.line
        gone[line.id] += each.quantity
        found.append(line.amounts.next_part(gone[line.id], line.quantity, had[line.id]))
        had[line.id] += found[-1]
    return found


def _totals(quantities: Iterable[tuple[int, Quantity]]) -> dict[int, Quantity]:
    sums: dict[int, Quantity] = {}
    for key, quantity in quantities:
        sums[key] = sums.get(key, Quantity(0)) + quantity
    return sums
