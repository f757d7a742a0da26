"""What is allowed with purchase requests, and what is ordered of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec

from jxc_graphql.buying.requests.models import PurchaseRequest, PurchaseRequestLine, PurchaseRequestSource
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity, UnitPrice, check_not_negative, check_positive
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES, AskedLine, LineToPrice
from jxc_graphql.office.documents.rules import TooManyLines, check_line_count
from jxc_graphql.office.documents.states import DocumentStatus

MOST_ORDERS = 50
"""Orders that are drafted at once."""
_NOTHING = Quantity(0)


class MoreThanRequested(Reason, frozen=True, kw_only=True):
    """More is ordered of a line than is left of what was asked for."""

    left: Quantity
    asked: Quantity


class NothingRequested(Reason, frozen=True, kw_only=True):
    """Nothing is left of the request that could be ordered."""


class SupplierMissing(Reason, frozen=True, kw_only=True):
    """Nobody said from whom it is to be bought, and no supplier is known for it."""

    sku: str


class NotForSalesOrder(Reason, frozen=True, kw_only=True):
    """A sales order is named for what one waits for, and for nothing else."""


class NeededGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed."""

    sku_id: int
    """What."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in `unit`; more than 0."""
    unit: str | None = None
    """A unit of the SKU, such as 箱; by default its base unit."""
    needed_on: date | None = None
    """The day by which it is needed (需求日期), by default that of the request."""
    supplier_id: int | None = None
    """From whom it might be bought (建议供应商)."""

    @property
    def line(self) -> AskedLine:
        """As a line of an order, which costs nothing."""
        return AskedLine(sku_id=self.sku_id, quantity=self.quantity, unit=self.unit, unit_price=UnitPrice(0))


class RequestedPart(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a line of a request, from whom and at which price."""

    purchase_request_line_id: int
    """Of which line; name one again for another supplier."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the unit of the line; more than 0."""
    supplier_id: int | None = None
    """From whom (供应商), by default who is suggested, else who is preferred for the SKU (首选)."""
    unit_price: Annotated[UnitPrice | None, check_not_negative] = None
    """Price of one unit of the line (单价), by default what the supplier asks for it (供货价)."""


class PartToOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered of a line: in its unit and in the base unit; `path`: where that was asked for."""

    line: PurchaseRequestLine
    in_unit: Quantity
    quantity: Quantity
    path: Path
    supplier_id: int | None = None
    unit_price: UnitPrice | None = None

    @property
    def to_price(self) -> LineToPrice:
        """As a line of an order."""
        line = self.line
        return LineToPrice(sku_id=line.sku_id, quantity=self.in_unit, unit=line.unit, unit_price=self.unit_price)


def asked_of(line: PurchaseRequestLine) -> NeededGoods:
    """What was asked for a line that is there."""
    return NeededGoods(
        sku_id=line.sku_id,
        quantity=line.quantity_in_unit,
        unit=line.unit,
        needed_on=line.needed_on,
        supplier_id=line.supplier_id,
    )


def quantity_left(quantity: Quantity, quantity_ordered: Quantity, quantity_cancelled: Quantity) -> Quantity:
    """How much may still be ordered of so much."""
    return quantity - quantity_ordered - quantity_cancelled


def left(line: PurchaseRequestLine) -> Quantity:
    """How much of a line may still be ordered, in the base unit."""
    return quantity_left(line.quantity, line.quantity_ordered, line.quantity_cancelled)


def check_source(source: PurchaseRequestSource, sales_order_id: int | None) -> Iterator[Reason]:
    """Whether a sales order is named where one waits for goods, and nowhere else."""
    if (source is PurchaseRequestSource.BACKORDER) != (sales_order_id is not None):
        yield NotForSalesOrder(path=("sales_order_id",))


def check_suppliers(asked: Sequence[NeededGoods], known: Collection[int]) -> Iterator[Reason]:
    """Whether there are the suppliers that are suggested."""
    for index, line in enumerate(asked[:MAX_ORDER_LINES]):
        if line.supplier_id is not None and line.supplier_id not in known:
            yield UnknownId(path=("lines", index, "supplier_id"), kind="Supplier")


def parts(
    lines: Mapping[int, PurchaseRequestLine], asked: Sequence[RequestedPart]
) -> tuple[list[PartToOrder], list[Reason]]:
    """What is ordered of which line, all that is left where nothing is named; and what is wrong with that."""
    if not asked:
        rest = [_rest(line) for line in lines.values() if left(line)]
        return rest, [] if rest else [NothingRequested(path=("id",))]
    wrong, found = [*check_line_count(len(asked), MAX_ORDER_LINES)], list[PartToOrder]()
    taken: dict[int, Quantity] = {}
    for index, one in enumerate(asked[:MAX_ORDER_LINES]):
        path, line = ("lines", index), lines.get(one.purchase_request_line_id)
        wrong += check_positive(one.quantity, (*path, "quantity"))
        if one.unit_price is not None:
            wrong += check_not_negative(one.unit_price, (*path, "unit_price"))
        if line is None:
            wrong.append(UnknownId(path=(*path, "purchase_request_line_id"), kind="PurchaseRequestLine"))
            continue
        whole = taken[line.id] = taken.get(line.id, _NOTHING) + one.quantity
        if whole > (most := _in_unit(line, left(line))):
            wrong.append(MoreThanRequested(path=(*path, "quantity"), left=most, asked=whole))
        found.append(
            PartToOrder(
                line=line,
                in_unit=one.quantity,
                quantity=Quantity(int(one.quantity) * int(line.quantity) // int(line.quantity_in_unit)),
                path=path,
                supplier_id=one.supplier_id or line.supplier_id,
                unit_price=one.unit_price,
            )
        )
    return found, wrong


def _rest(line: PurchaseRequestLine) -> PartToOrder:
    quantity = left(line)
    in_unit = _in_unit(line, quantity)
    return PartToOrder(line=line, in_unit=in_unit, quantity=quantity, path=("id",), supplier_id=line.supplier_id)


def _in_unit(line: PurchaseRequestLine, quantity: Quantity) -> Quantity:
    """A quantity of a line in its unit; whole for what was asked for in it."""
    return Quantity(int(quantity) * int(line.quantity_in_unit) // int(line.quantity))


def with_suppliers(
    found: Iterable[PartToOrder], preferred: Mapping[int, int], codes: Mapping[int, str]
) -> tuple[list[PartToOrder], list[Reason]]:
    """The parts with who is preferred for a SKU where nobody is named, and those for which nobody is known."""
    named, wrong = list[PartToOrder](), list[Reason]()
    for one in found:
        supplier_id = one.supplier_id or preferred.get(one.line.sku_id)
        if supplier_id is None:
            at = one.path if one.path == ("id",) else (*one.path, "supplier_id")
            wrong.append(SupplierMissing(path=at, sku=codes[one.line.sku_id]))
        named.append(msgspec.structs.replace(one, supplier_id=supplier_id))
    return named, wrong


def grouped(
    request: PurchaseRequest, found: Iterable[PartToOrder]
) -> tuple[dict[tuple[int, date], list[PartToOrder]], list[Reason]]:
    """The parts by supplier and day, in the order of days, and whether these are not too many orders."""
    groups: dict[tuple[int, date], list[PartToOrder]] = {}
    for one in sorted(found, key=lambda part: part.line.needed_on or request.needed_on):
        assert one.supplier_id is not None
        groups.setdefault((one.supplier_id, one.line.needed_on or request.needed_on), []).append(one)
    if len(groups) > MOST_ORDERS:
        return {}, [TooManyLines(path=("id",), lines=len(groups), limit=MOST_ORDERS)]
    return groups, []


def at_parts(reason: Reason, of_order: Sequence[PartToOrder]) -> Reason:
    """What is wrong with an order, at the part of the request that it is about."""
    match reason.path:
        case ("lines", int(index), *rest) if of_order[index].path != ("id",):
            return msgspec.structs.replace(reason, path=(*of_order[index].path, *rest))
        case ("supplier_id",) if of_order[0].path != ("id",):
            return msgspec.structs.replace(reason, path=(*of_order[0].path, "supplier_id"))
    return msgspec.structs.replace(reason, path=("id",))


def status_of(progress: Iterable[tuple[Quantity, Quantity, Quantity]]) -> DocumentStatus:
    """Where a binding request stands, by what of each line was asked for, is ordered and was cancelled."""
    lines = [*progress]
    some = any(ordered for _, ordered, _ in lines)
    if any(quantity_left(*line) for line in lines):
        return DocumentStatus.PARTIALLY_ORDERED if some else DocumentStatus.APPROVED
    if not some:
        return DocumentStatus.CANCELLED
    return DocumentStatus.CLOSED if any(cancelled for *_, cancelled in lines) else DocumentStatus.ORDERED


def progress_of(lines: Iterable[PurchaseRequestLine]) -> Iterator[tuple[Quantity, Quantity, Quantity]]:
    """What of each line was asked for, is ordered and was cancelled."""
    return ((line.quantity, line.quantity_ordered, line.quantity_cancelled) for line in lines)
