"""What is allowed in purchasing, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.documents.lines import MAX_ORDER_LINES, check_positive
from jxc_graphql.documents.models import DocumentStatus
from jxc_graphql.documents.rules import DocumentAction, StateTable, UnknownId, check_line_count
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Money, Quantity, amount, share
from jxc_graphql.partners.queries import KnownSupplier
from jxc_graphql.purchasing.models import GoodsReceiptLine, PurchaseOrderLine, PurchaseOrderLineStatus
from jxc_graphql.stock.ledger import Move, VirtualPlace
from jxc_graphql.warehouses.queries import KnownWarehouse

STATES = StateTable(
    {
        DocumentStatus.DRAFT: {
            DocumentAction.UPDATE: DocumentStatus.DRAFT,
            DocumentAction.SUBMIT: DocumentStatus.SUBMITTED,
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
        },
        DocumentStatus.SUBMITTED: {
            DocumentAction.APPROVE: DocumentStatus.APPROVED,
            DocumentAction.REJECT: DocumentStatus.DRAFT,
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
        },
        DocumentStatus.APPROVED: {
            DocumentAction.RECEIVE: DocumentStatus.PARTIALLY_RECEIVED,
            DocumentAction.CANCEL: DocumentStatus.CANCELLED,
        },
        DocumentStatus.PARTIALLY_RECEIVED: {
            DocumentAction.RECEIVE: DocumentStatus.PARTIALLY_RECEIVED,
            DocumentAction.CANCEL: DocumentStatus.CLOSED,
        },
    }
)

BINDING = frozenset({DocumentStatus.APPROVED, DocumentStatus.PARTIALLY_RECEIVED})
"""Orders that still bring goods."""


class SupplierInactive(Reason, frozen=True, kw_only=True):
    """We do not order from this supplier any more."""

    supplier: str


class SupplierOnHold(Reason, frozen=True, kw_only=True):
    """New orders to this supplier are blocked."""

    supplier: str


class OverReceipt(Reason, frozen=True, kw_only=True):
    """More arrived than the order line still expects."""

    outstanding: Quantity
    received: Quantity


class ReceivedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What arrived of one order line, in its base unit."""

    purchase_order_line_id: int
    quantity_accepted: Quantity
    quantity_rejected: Quantity = Quantity(0)


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """All that one receipt brings of one order line; `index` is where the receipt names the line first."""

    index: int
    line: PurchaseOrderLine
    accepted: Quantity
    rejected: Quantity

    @property
    def quantity(self) -> Quantity:
        """Everything that came."""
        return self.accepted + self.rejected

    @property
    def value(self) -> Money:
        """What these goods cost: shares of one line add up to its amount without a rounding difference."""
        before = self.line.quantity_received
        return amount(before + self.quantity, self.line.unit_price) - amount(before, self.line.unit_price)


def outstanding(line: PurchaseOrderLine) -> Quantity:
    """What of a line has neither come nor been cancelled."""
    return quantity_outstanding(line.quantity, line.quantity_received, line.quantity_cancelled)


def quantity_outstanding(quantity: Quantity, quantity_received: Quantity, quantity_cancelled: Quantity) -> Quantity:
    """What is outstanding of so much."""
    return quantity - quantity_received - quantity_cancelled


def line_status(
    quantity: Quantity, quantity_received: Quantity, quantity_cancelled: Quantity
) -> PurchaseOrderLineStatus:
    """How far a line has come."""
    if quantity_cancelled:
        return PurchaseOrderLineStatus.CLOSED if quantity_received else PurchaseOrderLineStatus.CANCELLED
    if quantity_received == quantity:
        return PurchaseOrderLineStatus.RECEIVED
    return PurchaseOrderLineStatus.PARTIALLY_RECEIVED if quantity_received else PurchaseOrderLineStatus.OPEN


def check_supplier(supplier: KnownSupplier | None, path: Path = ("supplier_id",)) -> Iterator[Reason]:
    """Whether one may order from a supplier."""
    if supplier is None:
        yield UnknownId(path=path, kind="Supplier")
    elif not supplier.is_active:
        yield SupplierInactive(path=path, supplier=supplier.name)
    elif supplier.on_hold:
        yield SupplierOnHold(path=path, supplier=supplier.name)


def check_receipt(lines: Mapping[int, PurchaseOrderLine], received: Sequence[ReceivedLine]) -> Iterator[Reason]:
    """Everything that is wrong with a receipt: the input line by line, then too much of an order line."""
    yield from check_line_count(len(received), MAX_ORDER_LINES)
    for index, line in enumerate(received):
        path = ("lines", index)
        if line.purchase_order_line_id not in lines:
            yield UnknownId(path=(*path, "purchase_order_line_id"), kind="PurchaseOrderLine")
        if line.quantity_rejected:
            yield from check_positive(line.quantity_rejected, (*path, "quantity_rejected"))
        if line.quantity_accepted or not line.quantity_rejected:
            yield from check_positive(line.quantity_accepted, (*path, "quantity_accepted"))
    for arrival in arrivals(lines, received):
        if arrival.quantity > outstanding(arrival.line):
            yield OverReceipt(
                path=("lines", arrival.index), outstanding=outstanding(arrival.line), received=arrival.quantity
            )


def arrivals(lines: Mapping[int, PurchaseOrderLine], received: Sequence[ReceivedLine]) -> list[Arrival]:
    """The receipt by order line, in its order; a line that is named twice is one arrival."""
    merged: dict[int, Arrival] = {}
    for index, came in enumerate(received):
        if line := lines.get(came.purchase_order_line_id):
            known = merged.get(line.id, Arrival(index=index, line=line, accepted=Quantity(0), rejected=Quantity(0)))
            merged[line.id] = msgspec.structs.replace(
                known,
                accepted=known.accepted + came.quantity_accepted,
                rejected=known.rejected + came.quantity_rejected,
            )
    return list(merged.values())


def status_of(lines: Iterable[PurchaseOrderLine]) -> DocumentStatus:
    """Where an order stands after a receipt."""
    return DocumentStatus.PARTIALLY_RECEIVED if any(map(outstanding, lines)) else DocumentStatus.RECEIVED


def lines_of_receipt(goods_receipt_id: int, arriving: Sequence[Arrival]) -> list[GoodsReceiptLine]:
    """The lines of a receipt, one per arrival."""
    return [
        GoodsReceiptLine(
            goods_receipt_id=goods_receipt_id,
            line_no=line_no,
            purchase_order_line_id=arrival.line.id,
            sku_id=arrival.line.sku_id,
            quantity_accepted=arrival.accepted,
            quantity_rejected=arrival.rejected,
            value=arrival.value,
        )
        for line_no, arrival in enumerate(arriving, 1)
    ]


def moves_of_receipt(
    lines: Sequence[GoodsReceiptLine], arriving: Sequence[Arrival], warehouse: KnownWarehouse
) -> list[Move]:
    """From the supplier to the stock place, rejected goods to the damaged place, at the receipt line's value."""
    return [
        Move(
            sku_id=line.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=VirtualPlace.SUPPLIER,
            to_place_id=place_id,
            quantity=quantity,
            line_id=line.id,
            value=value,
            path=("lines", arrival.index),
        )
        for line, arrival in zip(lines, arriving, strict=True)
        for place_id, quantity, value in zip(
            (warehouse.stock_place_id, warehouse.damaged_place_id),
            (line.quantity_accepted, line.quantity_rejected),
            share(line.value, (line.quantity_accepted, line.quantity_rejected)),
            strict=True,
        )
        if quantity
    ]
