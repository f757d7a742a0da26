"""What is allowed in sales, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.documents.lines import MAX_ORDER_LINES, check_positive
from jxc_graphql.documents.models import DocumentStatus
from jxc_graphql.documents.rules import DocumentAction, StateTable, UnknownId, check_line_count
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.partners.queries import KnownCustomer
from jxc_graphql.sales.models import SalesOrderLine, SalesOrderLineStatus, ShipmentLine
from jxc_graphql.stock.ledger import Move, VirtualPlace
from jxc_graphql.warehouses.queries import KnownWarehouse

STATES = StateTable(
    {
        DocumentStatus.DRAFT: {
            DocumentAction.UPDATE: DocumentStatus.DRAFT,
            DocumentAction.SUBMIT: DocumentStatus.SUBMITTED,
            DocumentAction.APPROVE: DocumentStatus.APPROVED,
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
        },
        DocumentStatus.SUBMITTED: {
            DocumentAction.APPROVE: DocumentStatus.APPROVED,
            DocumentAction.REJECT: DocumentStatus.DRAFT,
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
        },
        DocumentStatus.APPROVED: {
            DocumentAction.SHIP: DocumentStatus.PARTIALLY_SHIPPED,
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
        },
        DocumentStatus.PARTIALLY_SHIPPED: {
            DocumentAction.SHIP: DocumentStatus.PARTIALLY_SHIPPED,
            DocumentAction.CANCEL: DocumentStatus.CLOSED,
        },
    }
)

BINDING = frozenset({DocumentStatus.APPROVED, DocumentStatus.PARTIALLY_SHIPPED})
"""Orders that goods are kept for and that still take goods."""


class CustomerInactive(Reason, frozen=True, kw_only=True):
    """We do not sell to this customer any more."""

    customer: str


class OverShipment(Reason, frozen=True, kw_only=True):
    """More is to be shipped than the order line still asks for."""

    outstanding: Quantity
    requested: Quantity


class ShippedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is to leave for one order line, in its base unit."""

    sales_order_line_id: int
    quantity: Quantity


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """All that one shipment takes for one order line; `index` is where the shipment names the line first."""

    index: int
    line: SalesOrderLine
    quantity: Quantity

    @property
    def from_reservation(self) -> Quantity:
        """How much of it was kept for the line; the rest comes out of what is available."""
        reserved: Quantity = self.line.quantity_reserved
        return min(self.quantity, reserved)


def backorder(line: SalesOrderLine) -> Quantity:
    """What of a line is outstanding and not reserved (欠货)."""
    reserved: Quantity = line.quantity_reserved
    return outstanding(line) - reserved


def outstanding(line: SalesOrderLine) -> Quantity:
    """What of a line has neither left nor been cancelled."""
    return quantity_outstanding(line.quantity, line.quantity_shipped, line.quantity_cancelled)


def quantity_outstanding(quantity: Quantity, quantity_shipped: Quantity, quantity_cancelled: Quantity) -> Quantity:
    """What is outstanding of so much."""
    return quantity - quantity_shipped - quantity_cancelled


def line_status(quantity: Quantity, quantity_shipped: Quantity, quantity_cancelled: Quantity) -> SalesOrderLineStatus:
    """How far a line has come."""
    if quantity_cancelled:
        return SalesOrderLineStatus.CLOSED if quantity_shipped else SalesOrderLineStatus.CANCELLED
    if quantity_shipped == quantity:
        return SalesOrderLineStatus.SHIPPED
    return SalesOrderLineStatus.PARTIALLY_SHIPPED if quantity_shipped else SalesOrderLineStatus.OPEN


def check_customer(customer: KnownCustomer | None, path: Path = ("customer_id",)) -> Iterator[Reason]:
    """Whether one may sell to a customer."""
    if customer is None:
        yield UnknownId(path=path, kind="Customer")
    elif not customer.is_active:
        yield CustomerInactive(path=path, customer=customer.name)


def check_shipment(lines: Mapping[int, SalesOrderLine], shipped: Sequence[ShippedLine]) -> Iterator[Reason]:
    """Everything wrong with a shipment but the stock: the input line by line, then too much of an order line."""
    yield from check_line_count(len(shipped), MAX_ORDER_LINES)
    for index, line in enumerate(shipped):
        if line.sales_order_line_id not in lines:
            yield UnknownId(path=("lines", index, "sales_order_line_id"), kind="SalesOrderLine")
        yield from check_positive(line.quantity, ("lines", index, "quantity"))
    for departure in departures(lines, shipped):
        if departure.quantity > outstanding(departure.line):
            yield OverShipment(
                path=("lines", departure.index, "quantity"),
                outstanding=outstanding(departure.line),
                requested=departure.quantity,
            )


def departures(lines: Mapping[int, SalesOrderLine], shipped: Sequence[ShippedLine]) -> list[Departure]:
    """The shipment by order line, in its order; a line that is named twice is one departure."""
    merged: dict[int, Departure] = {}
    for index, wanted in enumerate(shipped):
        if line := lines.get(wanted.sales_order_line_id):
            known = merged.get(line.id, Departure(index=index, line=line, quantity=Quantity(0)))
            merged[line.id] = msgspec.structs.replace(known, quantity=known.quantity + wanted.quantity)
    return list(merged.values())


def status_of(lines: Iterable[SalesOrderLine]) -> DocumentStatus:
    """Where an order stands after a shipment."""
    return DocumentStatus.PARTIALLY_SHIPPED if any(map(outstanding, lines)) else DocumentStatus.SHIPPED


def moves_of_shipment(departing: Sequence[Departure], line_ids: Sequence[int], warehouse: KnownWarehouse) -> list[Move]:
    """From where goods are sold from to the customer, at what they cost; one move per line of the shipment."""
    return [
        Move(
            sku_id=departure.line.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=warehouse.stock_place_id,
            to_place_id=VirtualPlace.CUSTOMER,
            or_bins=True,
            quantity=departure.quantity,
            line_id=line_id,
            path=("lines", departure.index, "quantity"),
        )
        for departure, line_id in zip(departing, line_ids, strict=True)
    ]


def lines_of_shipment(
    shipment_id: int, line_ids: Sequence[int], departing: Sequence[Departure], costs: Sequence[Money]
) -> list[ShipmentLine]:
    """The lines of a shipment, one per departure, at what the goods cost."""
    return [
        ShipmentLine(
            id=line_id,
            shipment_id=shipment_id,
            line_no=line_no,
            sales_order_line_id=departure.line.id,
            sku_id=departure.line.sku_id,
            quantity=departure.quantity,
            cost=cost,
        )
        for line_no, (line_id, departure, cost) in enumerate(zip(line_ids, departing, costs, strict=True), 1)
    ]
