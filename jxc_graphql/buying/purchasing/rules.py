"""What is allowed in purchasing, and what follows from it."""

from collections.abc import Iterable, Iterator

from jxc_graphql.buying.purchasing.models import PurchaseOrderLine, PurchaseOrderLineStatus
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.partners.queries import KnownSupplier
from jxc_graphql.office.documents.states import DocumentStatus

BINDING = frozenset({DocumentStatus.APPROVED, DocumentStatus.PARTIALLY_RECEIVED})
"""Orders that still bring goods."""


class SupplierInactive(Reason, frozen=True, kw_only=True):
    """We do not order from this supplier any more."""

    supplier: str


class SupplierOnHold(Reason, frozen=True, kw_only=True):
    """New orders to this supplier are blocked."""

    supplier: str


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


def status_of(outstanding_of_lines: Iterable[Quantity]) -> DocumentStatus:
    """Where an order stands after a receipt that left so much of its lines outstanding."""
    return DocumentStatus.PARTIALLY_RECEIVED if any(outstanding_of_lines) else DocumentStatus.RECEIVED
