"""What is allowed in purchasing, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.buying.purchasing.models import PurchaseOrderLine, PurchaseOrderLineStatus
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import LIMIT, Quantity, UnitPrice, out_of_bounds
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.partners.queries import KnownSupplier, OfferedPrice, SupplierOffer
from jxc_graphql.office.documents.lines import AskedLine, LineToPrice
from jxc_graphql.office.documents.states import DocumentStatus

BINDING = frozenset({DocumentStatus.APPROVED, DocumentStatus.PARTIALLY_RECEIVED})
"""Orders that still bring goods."""


class SupplierInactive(Reason, frozen=True, kw_only=True):
    """We do not order from this supplier any more."""

    supplier: str


class SupplierOnHold(Reason, frozen=True, kw_only=True):
    """New orders to this supplier are blocked."""

    supplier: str


class PriceMissing(Reason, frozen=True, kw_only=True):
    """No price is given, and none is known that the supplier asks for so much of the SKU in this unit."""

    sku_id: int
    supplier_id: int
    sku: str
    supplier: str
    unit: str


class PriceDoesNotHold(Reason, frozen=True, kw_only=True):
    """No price is given, and the supplier asks one for another unit, in another currency, or for a larger quantity."""

    sku_id: int
    supplier_id: int
    sku: str
    supplier: str
    unit: str
    currency: str
    priced_unit: str
    priced_currency: str
    minimum_quantity: Quantity
    base_unit: str


class StillToReplace(Reason, frozen=True, kw_only=True):
    """Goods went back that the supplier is to replace: what is paid for already is not given up."""

    to_replace: Quantity


def agreed(
    asked: Sequence[LineToPrice], goods: Mapping[int, KnownSku], offer: SupplierOffer | None
) -> tuple[list[AskedLine], list[Reason]]:
    """The lines with the prices that the supplier asks where none is given, and what is wrong with those.

    Nothing is said of what else is wrong, such as a supplier whom nobody knows. Whoever may not see what the supplier
    asks does not learn from it either.
    """
    lines, reasons = list[AskedLine](), list[Reason]()
    for index, line in enumerate(asked):
        price: UnitPrice | Reason | None = line.unit_price
        sku = goods.get(line.sku_id)
        if price is None and sku is not None and offer is not None:
            price = _offered(line, sku, offer, ("lines", index, "unit_price"))
        if isinstance(price, Reason):
            reasons.append(price)
        known = price if isinstance(price, UnitPrice) else UnitPrice(0)
        lines.append(AskedLine(**msgspec.structs.asdict(line) | {"unit_price": known}))
    return lines, reasons


def _offered(line: LineToPrice, sku: KnownSku, offer: SupplierOffer, path: Path) -> UnitPrice | Reason | None:
    quantity, unit = sku.in_base(line.unit, line.quantity), line.unit or sku.unit
    if isinstance(quantity, Reason) or quantity <= 0:
        return None
    missing = PriceMissing(
        path=path, sku_id=sku.id, supplier_id=offer.supplier_id, sku=sku.code, supplier=offer.supplier, unit=unit
    )
    known = offer.prices.get(sku.id)
    if known is None:
        return missing
    price = _per_unit(known, sku.units.get(unit, (1, 1))) if known.currency == offer.currency else None
    if price is not None and quantity >= known.minimum_quantity:
        return price if price <= LIMIT else out_of_bounds(UnitPrice, path, least=0)
    if not offer.is_seen:
        return missing
    return PriceDoesNotHold(
        **msgspec.structs.asdict(missing),
        currency=offer.currency,
        priced_unit=known.unit or sku.unit,
        priced_currency=known.currency,
        base_unit=sku.unit,
        minimum_quantity=known.minimum_quantity,
    )


def _per_unit(price: OfferedPrice, ratio: tuple[int, int]) -> UnitPrice | None:
    """The price of a unit that is so many base units, if it is an exact one."""
    numerator, denominator = ratio
    steps, rest = divmod(price.unit_price * numerator * price.denominator, denominator * price.numerator)
    return None if rest else UnitPrice(steps)


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
    if quantity_outstanding(quantity, quantity_received, quantity_cancelled):
        return PurchaseOrderLineStatus.PARTIALLY_RECEIVED if quantity_received else PurchaseOrderLineStatus.OPEN
    if quantity_cancelled:
        return PurchaseOrderLineStatus.CLOSED if quantity_received else PurchaseOrderLineStatus.CANCELLED
    return PurchaseOrderLineStatus.RECEIVED


def check_nothing_to_replace(lines: Iterable[PurchaseOrderLine]) -> Iterator[Reason]:
    """Whether the rest of an order may be given up."""
    if to_replace := Quantity.total(one.quantity_to_replace for one in lines):
        yield StillToReplace(path=("id",), to_replace=to_replace)


def check_supplier(supplier: KnownSupplier | None, path: Path = ("supplier_id",)) -> Iterator[Reason]:
    """Whether one may order from a supplier."""
    if supplier is None:
        yield UnknownId(path=path, kind="Supplier")
    elif not supplier.is_active:
        yield SupplierInactive(path=path, supplier=supplier.name)
    elif supplier.on_hold:
        yield SupplierOnHold(path=path, supplier=supplier.name)


def status_of(progress: Iterable[tuple[Quantity, Quantity, Quantity]]) -> DocumentStatus:
    """Where a binding order stands, by what of each line was ordered, came, and was cancelled."""
    lines = [*progress]
    came, cancelled = any(one for _, one, _ in lines), any(one for *_, one in lines)
    if any(quantity_outstanding(*one) for one in lines):
        return DocumentStatus.PARTIALLY_RECEIVED if came else DocumentStatus.APPROVED
    if not came:
        return DocumentStatus.CANCELLED
    return DocumentStatus.CLOSED if cancelled else DocumentStatus.RECEIVED
