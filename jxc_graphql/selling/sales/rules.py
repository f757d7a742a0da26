"""What is allowed in sales, and what follows from it."""

from collections.abc import Iterable, Iterator

from jxc_graphql.books.goods.ledger import ClaimKind, Wish
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.partners.queries import KnownCustomer
from jxc_graphql.office.documents.states import DocumentStatus
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine, SalesOrderLineStatus

BINDING = frozenset({DocumentStatus.APPROVED, DocumentStatus.PARTIALLY_SHIPPED})
"""Orders that goods are kept for and that still take goods."""


class CustomerInactive(Reason, frozen=True, kw_only=True):
    """We do not sell to this customer any more."""

    customer: str


def wishes(order: SalesOrder, lines: Iterable[SalesOrderLine]) -> list[Wish]:
    """What an order asks of the book of goods: whatever is outstanding."""
    return [
        Wish(
            owner_id=line.id,
            document_id=order.id,
            kind=ClaimKind.SALES_ORDER,
            sku_id=line.sku_id,
            warehouse_id=order.warehouse_id,
            quantity=outstanding(line),
        )
        for line in lines
    ]


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


def status_of(outstanding_of_lines: Iterable[Quantity]) -> DocumentStatus:
    """Where an order stands after a shipment that left so much of its lines outstanding."""
    return DocumentStatus.PARTIALLY_SHIPPED if any(outstanding_of_lines) else DocumentStatus.SHIPPED
