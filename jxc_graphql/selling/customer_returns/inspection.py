"""What came of a return (验收), where it goes, what it had cost, and what that moves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.delivered import DeliveredGoods
from jxc_graphql.books.goods.ledger import MAX_SERIALS, Move, SerialElsewhere, VirtualPlace, totals
from jxc_graphql.books.goods.valuation import shares
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity, check_positive
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES
from jxc_graphql.office.documents.reversing import ReversedTooEarly, check_left
from jxc_graphql.office.documents.rules import EmptyDocument, TooManyLines
from jxc_graphql.office.documents.states import DocumentStatus
from jxc_graphql.selling.customer_returns.models import (
    CustomerReturnDisposition,
    CustomerReturnLine,
    CustomerReturnResolution,
)
from jxc_graphql.selling.customer_returns.rules import NOTHING
from jxc_graphql.selling.shipping.sold import DeliveredLine

_COUNTED = {
    CustomerReturnDisposition.STOCK: "quantity_accepted",
    CustomerReturnDisposition.QUALITY: "quantity_uninspected",
    CustomerReturnDisposition.DAMAGED: "quantity_damaged",
    CustomerReturnDisposition.SCRAP: "quantity_scrapped",
}
COUNTS = (*_COUNTED.values(), "quantity_credited")
"""The columns of a line that inspection fills."""
MOST_INSPECTED = 2 * MAX_ORDER_LINES
"""Lines that one inspection may have."""
Bound = tuple[int, str | None]
"""A line of a shipment, and the number of a lot that left with it; without one all of it."""


class MoreThanAgreed(Reason, frozen=True, kw_only=True):
    """More is said to come of a line than was agreed."""

    agreed: Quantity
    given: Quantity


class NothingComesBack(Reason, frozen=True, kw_only=True):
    """A line is refunded only, so there is nothing of it that could be put anywhere."""


class InspectedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one line, and where it goes; name the line again for another place, lot or piece."""

    customer_return_line_id: int
    """Of which line of the return."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the base unit; more than 0."""
    disposition: CustomerReturnDisposition | None = None
    """Where it goes (验收结果), by default to stock; nothing of what is refunded only."""
    lot_number: str | None = None
    """Of which lot (批号); by default of those that left, the first to expire first."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), for SKUs that are tracked by them."""


class AgreedReturn(msgspec.Struct, frozen=True, kw_only=True):
    """A return that is about to be received: its lines, what they are of, and what of that the customer has."""

    lines: Mapping[int, CustomerReturnLine]
    sold: Mapping[int, DeliveredLine]
    there: Sequence[DeliveredGoods]
    pieces: Mapping[int, Sequence[str]]
    """The numbers of those that the customer has, by the line of a shipment."""
    left: Mapping[Bound, tuple[Quantity, Quantity]]
    """How much left with each line of a shipment, and is there of each lot of it; and how much of that is back."""

    @classmethod
    def of(
        cls, lines: Mapping[int, CustomerReturnLine], sold: Mapping[int, DeliveredLine], there: Sequence[DeliveredGoods]
    ) -> "AgreedReturn":
        """A return that is locked, as are the shipments of its lines."""
        left: dict[Bound, tuple[Quantity, Quantity]] = {
            (one.id, None): (one.quantity, one.quantity_returned) for one in sold.values()
        }
        pieces: dict[int, list[str]] = {}
        for gone in there:
            pieces.setdefault(gone.line_id, []).extend(gone.serials)
        lots = totals(((one.line_id, one.lot_number), one.quantity) for one in there if one.lot_number is not None)
        left |= {lot: (quantity, NOTHING) for lot, quantity in lots.items()}
        return cls(lines=lines, sold=sold, there=there, pieces=pieces, left=left)


def with_refunds(inspected: Sequence[InspectedLine], agreed: AgreedReturn) -> list[InspectedLine]:
    """What was inspected, and all of every line that is refunded only and not named, where it is clear which pieces."""
    named = {one.customer_return_line_id for one in inspected}
    return [
        *inspected,
        *(
            InspectedLine(
                customer_return_line_id=line.id,
                quantity=line.quantity,
                serials=tuple(pieces) if len(pieces) * 10**Quantity.places == int(line.quantity) else (),
            )
            for line in agreed.lines.values()
            if _stays(line) and line.id not in named
            for pieces in [agreed.pieces.get(line.shipment_line_id, ())]
        ),
    ]


def _stays(line: CustomerReturnLine) -> bool:
    return line.resolution is CustomerReturnResolution.REFUND_ONLY


def check(inspected: Sequence[InspectedLine], agreed: AgreedReturn) -> Iterator[Reason]:
    """What is wrong with what came: line by line, then too much of a line of the return, of a shipment, or of a lot."""
    if not inspected:
        yield EmptyDocument(path=("lines",))
    if len(inspected) > MOST_INSPECTED:
        yield TooManyLines(path=("lines",), lines=len(inspected), limit=MOST_INSPECTED)
        return
    for index, one in enumerate(inspected):
        yield from _check_line(one, agreed, ("lines", index))
    yield from _check_totals(inspected, agreed)


def _check_line(one: InspectedLine, agreed: AgreedReturn, path: Path) -> Iterator[Reason]:
    line = agreed.lines.get(one.customer_return_line_id)
    if line is None:
        yield UnknownId(path=(*path, "customer_return_line_id"), kind="CustomerReturnLine")
        return
    yield from check_positive(one.quantity, (*path, "quantity"))
    if _stays(line) and one.disposition is not None:
        yield NothingComesBack(path=(*path, "disposition"))
    if one.lot_number is not None and (line.shipment_line_id, one.lot_number) not in agreed.left:
        yield UnknownId(path=(*path, "lot_number"), kind="Lot")
    if len(one.serials) > MAX_SERIALS:
        yield TooManyLines(path=(*path, "serials"), lines=len(one.serials), limit=MAX_SERIALS)
    elif one.serials:
        for number in sorted({*one.serials}.difference(agreed.pieces.get(line.shipment_line_id, ()))):
            yield SerialElsewhere(path=(*path, "serials"), number=number)


def _check_totals(inspected: Sequence[InspectedLine], agreed: AgreedReturn) -> Iterator[Reason]:
    left, taken = agreed.left, dict[int | Bound, tuple[Quantity, Path]]()
    for index, one in enumerate(inspected):
        line = agreed.lines.get(one.customer_return_line_id)
        if line is None:
            continue
        bounds = {(line.shipment_line_id, None), (line.shipment_line_id, one.lot_number)} & left.keys()
        for key in (line.id, *sorted(bounds, key=str)):
            before, where = taken.get(key, (NOTHING, ("lines", index, "quantity")))
            taken[key] = before + one.quantity, where
    for key, (given, where) in taken.items():
        if not isinstance(key, int):
            yield from check_left(*left[key], given, where)
        elif given > (most := agreed.lines[key].quantity):
            yield MoreThanAgreed(path=where, agreed=most, given=given)


def check_day(agreed: AgreedReturn, day: date) -> Iterator[Reason]:
    """Whether goods come back on the day on which they left or later."""
    last = max(one.left_on for one in agreed.sold.values())
    if day < last:
        yield ReversedTooEarly(path=("business_date",), posted_on=last)


def count(inspected: Sequence[InspectedLine], agreed: AgreedReturn) -> dict[int, Quantity]:
    """Writes into the lines what came of them, what that comes to and had cost; gives how much is back of what left.

    What is refunded only brings no cost back.
    """
    for one in inspected:
        line = agreed.lines[one.customer_return_line_id]
        came = () if _stays(line) else (_COUNTED[one.disposition or CustomerReturnDisposition.STOCK],)
        for name in ("quantity_credited", *came):
            setattr(line, name, getattr(line, name) + one.quantity)
    back: dict[int, Quantity] = {}
    for line in agreed.lines.values():
        left, quantity = agreed.sold[line.shipment_line_id], line.quantity_credited
        line.update_from_dict(left.comes_to(quantity).columns)
        line.cost = Money(0) if _stays(line) else left.costs(quantity)
        left.quantity_returned += quantity
        if quantity:
            back[left.id] = back.get(left.id, NOTHING) + quantity
    return back


def moves(inspected: Sequence[InspectedLine], agreed: AgreedReturn, warehouse: KnownWarehouse) -> list[Move]:
    """From the customer to where inspection puts them, lot by lot, at their part of what they had cost.

    What is refunded only is written off. A line has one move for each lot and place.
    """
    found: dict[tuple[int, int, int | None], Move] = {}
    left: dict[int, dict[int | None, Quantity]] = {}
    for gone in agreed.there:
        of_line = left.setdefault(gone.line_id, {})
        of_line[gone.lot_id] = of_line.get(gone.lot_id, NOTHING) + gone.quantity
    numbers = {gone.lot_id: gone.lot_number for gone in agreed.there}
    for index, one in sorted(enumerate(inspected), key=lambda pair: pair[1].lot_number is None):
        line, wanted = agreed.lines[one.customer_return_line_id], one.quantity
        target = VirtualPlace.SCRAP if _stays(line) else _place_of(one.disposition, warehouse)
        lots = left[line.shipment_line_id]
        for lot_id in lots:
            part = min(wanted, lots[lot_id])
            if one.lot_number not in {None, numbers[lot_id]} or not part:
                continue
            lots[lot_id] -= part
            wanted -= part
            move = found.get((line.id, target, lot_id)) or Move(
                sku_id=line.sku_id,
                warehouse_id=warehouse.id,
                from_place_id=VirtualPlace.CUSTOMER,
                to_place_id=target,
                quantity=NOTHING,
                line_id=line.id,
                lot_id=lot_id,
                origin_on=agreed.sold[line.shipment_line_id].left_on,
                of_line_id=line.shipment_line_id,
                path=("lines", index),
            )
            found[line.id, target, lot_id] = msgspec.structs.replace(
                move, quantity=move.quantity + part, serials=(*move.serials, *one.serials)
            )
        assert not wanted
    return _valued([*found.values()], agreed.lines)


def _place_of(disposition: CustomerReturnDisposition | None, warehouse: KnownWarehouse) -> int:
    if disposition is CustomerReturnDisposition.SCRAP:
        return VirtualPlace.SCRAP
    return warehouse.place_of(PlaceKind((disposition or CustomerReturnDisposition.STOCK).value))


def _valued(moves: Sequence[Move], lines: Mapping[int, CustomerReturnLine]) -> list[Move]:
    by_line: dict[int, list[Move]] = {}
    for move in moves:
        by_line.setdefault(move.line_id, []).append(move)
    return [
        msgspec.structs.replace(move, value=value)
        for line_id, of_line in by_line.items()
        for move, value in zip(of_line, shares(lines[line_id].cost, [one.quantity for one in of_line]), strict=True)
    ]


def status_of(lines: Iterable[CustomerReturnLine]) -> DocumentStatus:
    """Where a return stands once it was received: closed where less came than was agreed."""
    all_came = all(line.quantity_credited == line.quantity for line in lines)
    return DocumentStatus.RECEIVED if all_came else DocumentStatus.CLOSED
