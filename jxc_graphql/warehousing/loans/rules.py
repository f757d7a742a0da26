"""What is allowed with loans, and what follows from it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Protocol

import msgspec

from jxc_graphql.books.goods.ledger import MAX_SERIALS, Move, VirtualPlace
from jxc_graphql.books.goods.named import KnownGoods, NamedGoods, check_named, moves_of
from jxc_graphql.books.goods.valuation import lent_by
from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity, check_positive
from jxc_graphql.masters.lots.queries import KnownLot
from jxc_graphql.masters.warehouses.places import KnownPlace, PlaceKind, check_shelf
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES, lines_of
from jxc_graphql.office.documents.rules import TooManyLines, check_line_count
from jxc_graphql.office.documents.states import DocumentStatus
from jxc_graphql.selling.sales.queries import OrderToShip
from jxc_graphql.warehousing.loans.models import Loan, LoanLine, LoanLossReason, LoanPurpose

OPEN = frozenset({DocumentStatus.LENT, DocumentStatus.PARTIALLY_RETURNED})
"""Where goods of a loan are still with the partner."""
_GONE = {LoanLossReason.LOST: VirtualPlace.VARIANCE, LoanLossReason.BROKEN: VirtualPlace.SCRAP}


class OnePartner(Reason, frozen=True, kw_only=True):
    """Goods are lent either to a customer or to a supplier."""


class WrongPartner(Reason, frozen=True, kw_only=True):
    """Goods on consignment are with a customer, goods to be processed with a supplier."""


class PartnerInactive(Reason, frozen=True, kw_only=True):
    """Nothing is lent to a partner who is out of use."""

    partner: str


class DueBeforeLent(Reason, frozen=True, kw_only=True):
    """Goods cannot be due before they are lent."""

    due_on: date


class BackBeforeLent(Reason, frozen=True, kw_only=True):
    """Goods cannot come back, be sold or be lost on a day before they were lent."""

    lent_on: date


class MoreThanLent(Reason, frozen=True, kw_only=True):
    """More is said to come back, to be sold or to be lost than the partner has, of the line or of the lot."""

    lent: Quantity
    """How much the partner has, of the line or of the lot."""
    given: Quantity
    """How much was said."""


class SerialNotLent(Reason, frozen=True, kw_only=True):
    """The partner does not have the piece with this serial number of this line."""

    number: str


class OrderOfAnother(Reason, frozen=True, kw_only=True):
    """Goods that are lent are sold by an order of the customer who has them, out of the warehouse that lent them."""


class OtherGoods(Reason, frozen=True, kw_only=True):
    """The line of the order asks for another SKU than was lent."""


class Borrower(Protocol):
    """A customer or supplier, as far as lending asks."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def is_active(self) -> bool:
        """Whether it is in use."""


class WantedLine(NamedGoods, frozen=True, kw_only=True):
    """What to lend."""


class ReturnedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What comes back of one line."""

    loan_line_id: int
    """Of which line of the loan."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the base unit; more than 0."""
    place_id: int | None = None
    """To which place or bin (库位) of the warehouse; by default to its stock."""
    lot_number: str | None = None
    """Of which lot (批号); by default of those that left, the first to expire first."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), for SKUs that are tracked by them."""


class SoldLine(msgspec.Struct, frozen=True, kw_only=True):
    """What of one line is sold by one line of the order."""

    loan_line_id: int
    """Of which line of the loan."""
    sales_order_line_id: int
    """By which line of the order; of the same SKU."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the base unit; more than 0."""
    lot_number: str | None = None
    """Of which lot (批号); by default of those that left, the first to expire first."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), for SKUs that are tracked by them."""


LoanPart = ReturnedLine | SoldLine
"""A part of one line that comes back or is sold."""


class LotLent(msgspec.Struct, frozen=True, kw_only=True):
    """What the partner has of a line and of one lot, or of none."""

    loan_line_id: int
    lot_id: int | None
    lot_number: str | None
    quantity: Quantity


def quantity_out(lent: Quantity, returned: Quantity, sold: Quantity, used: Quantity, lost: Quantity) -> Quantity:
    """What the partner has of so much."""
    return lent - returned - sold - used - lost


def out(line: LoanLine) -> Quantity:
    """What the partner has of a line."""
    return quantity_out(
        line.quantity_lent, line.quantity_returned, line.quantity_sold, line.quantity_used, line.quantity_lost
    )


def is_overdue(call: Call, status: DocumentStatus, due_on: date) -> bool:
    """Whether goods are with the partner after the day on which they were due."""
    return status in OPEN and due_on < clock.day_of(call.at)


def serials_of(serials: str) -> list[str]:
    """The serial numbers of a line, as they are kept."""
    return msgspec.json.decode(serials, type=list[str])


def asked_of(line: LoanLine, lots: Mapping[int, KnownLot]) -> WantedLine:
    """What was asked for a line that is there; `lots` are those that lines name."""
    return WantedLine(
        sku_id=line.sku_id,
        quantity=line.quantity,
        lot_number=None if line.lot_id is None else lots[line.lot_id].number,
        serials=tuple(serials_of(line.serials)),
    )


def check_partner(loan: Loan, customer: Borrower | None, supplier: Borrower | None) -> Iterator[Reason]:
    """Whether there is one partner to whom one may lend, for what the loan is for."""
    customer_id, supplier_id = loan.customer_id, loan.supplier_id
    if (customer_id is None) == (supplier_id is None):
        yield OnePartner(path=())
        return
    if loan.purpose is (LoanPurpose.CONSIGNMENT if customer_id is None else LoanPurpose.PROCESSING):
        yield WrongPartner(path=("purpose",))
    kind, partner = ("Customer", customer) if supplier_id is None else ("Supplier", supplier)
    if partner is None:
        yield UnknownId(path=(f"{kind.lower()}_id",), kind=kind)
    elif not partner.is_active:
        yield PartnerInactive(path=(f"{kind.lower()}_id",), partner=partner.name)


def check_lines(wanted: Sequence[WantedLine], known: KnownGoods) -> Iterator[Reason]:
    """What is wrong with what is to be lent, line by line."""
    yield from check_line_count(len(wanted), MAX_ORDER_LINES)
    for index, one in enumerate(wanted[:MAX_ORDER_LINES]):
        path = ("lines", index)
        yield from check_named(one, path, known)


def check_due(day: date, due_on: date, path: Path = ("due_on",)) -> Iterator[Reason]:
    """Whether goods are lent before they are due."""
    if due_on < day:
        yield DueBeforeLent(path=path, due_on=due_on)


def lines_of_loan(loan_id: int, wanted: Sequence[WantedLine], known: KnownGoods) -> list[LoanLine]:
    """The lines of a draft, one per line of the input."""
    zero = {f"quantity_{told}": Quantity(0) for told in ("lent", "returned", "sold", "used", "lost")}
    return lines_of(
        LoanLine,
        wanted,
        loan_id=loan_id,
        lot_id=known.lot_id,
        serials=lambda one: msgspec.json.encode(one.serials).decode(),
        cost=Money(0),
        **zero,
    )


def moves_of_loan(lines: Iterable[LoanLine], warehouse: KnownWarehouse) -> list[Move]:
    """From where goods are sold from to the lent place, at what they cost."""
    return moves_of(
        lines,
        warehouse_id=warehouse.id,
        from_place_id=warehouse.stock_place_id,
        to_place_id=warehouse.place_of(PlaceKind.LENT),
        or_bins=True,
        serials=lambda line: tuple(serials_of(line.serials)),
        consignment_id=lambda line: lent_by(line.id),
        path=("id",),
    )


def check_parts(
    loan: Loan,
    lines: Mapping[int, LoanLine],
    parts: Sequence[LoanPart],
    *,
    lots: Sequence[LotLent],
    pieces: Mapping[int, Collection[str]],
    day: date,
) -> Iterator[Reason]:
    """What is wrong with what comes back or is sold: the day, then line by line, too much of a line or lot included."""
    if loan.lent_on is not None and day < loan.lent_on:
        yield BackBeforeLent(path=("business_date",), lent_on=loan.lent_on)
    yield from check_line_count(len(parts), MAX_ORDER_LINES)
    left: dict[tuple[int, str | None], Quantity] = {(line.id, None): out(line) for line in lines.values()}
    left |= {(one.loan_line_id, one.lot_number): one.quantity for one in lots if one.lot_number is not None}
    for index, one in enumerate(parts[:MAX_ORDER_LINES]):
        path = ("lines", index)
        if one.loan_line_id not in lines:
            yield UnknownId(path=(*path, "loan_line_id"), kind="LoanLine")
            continue
        if (one.loan_line_id, one.lot_number) not in left:
            yield UnknownId(path=(*path, "lot_number"), kind="Lot")
        yield from check_positive(one.quantity, (*path, "quantity"))
        yield from _check_serials(one.serials, path)
        for number in set(one.serials).difference(pieces.get(one.loan_line_id, ())):
            yield SerialNotLent(path=(*path, "serials"), number=number)
        for key in {(one.loan_line_id, None), (one.loan_line_id, one.lot_number)} & left.keys():
            if one.quantity > left[key]:
                yield MoreThanLent(path=(*path, "quantity"), lent=left[key], given=one.quantity)
            left[key] -= one.quantity


def check_places(
    parts: Sequence[ReturnedLine], places: Mapping[int, KnownPlace], warehouse_id: int
) -> Iterator[Reason]:
    """Whether goods come back to places of the warehouse where goods lie."""
    for index, one in enumerate(parts[:MAX_ORDER_LINES]):
        if one.place_id is not None:
            yield from check_shelf(places.get(one.place_id), warehouse_id, ("lines", index, "place_id"))


def check_order(
    loan: Loan, lines: Mapping[int, LoanLine], order: OrderToShip, parts: Sequence[SoldLine]
) -> Iterator[Reason]:
    """Whether an order is of who has the goods, and its lines ask for what was lent."""
    if (order.row.customer_id, order.warehouse_id) != (loan.customer_id, loan.warehouse_id):
        yield OrderOfAnother(path=("sales_order_id",))
    for index, one in enumerate(parts[:MAX_ORDER_LINES]):
        wanted, lent = order.lines.get(one.sales_order_line_id), lines.get(one.loan_line_id)
        if wanted and lent and wanted.sku_id != lent.sku_id:
            yield OtherGoods(path=("lines", index, "sales_order_line_id"))


def everything_out(lines: Mapping[int, LoanLine], pieces: Mapping[int, Sequence[str]]) -> list[ReturnedLine]:
    """All that the partner has."""
    return [
        ReturnedLine(loan_line_id=line.id, quantity=out(line), serials=tuple(pieces.get(line.id, ())))
        for line in sorted(lines.values(), key=lambda line: line.line_no)
        if out(line)
    ]


def moves_back(
    lines: Mapping[int, LoanLine],
    parts: Sequence[tuple[int, LoanPart, int]],
    lots: Sequence[LotLent],
    warehouse: KnownWarehouse,
) -> list[Move]:
    """From the lent place to where each part goes, lot by lot; each part comes with its document line and target."""
    left = {(one.loan_line_id, one.lot_id): one.quantity for one in lots}
    numbered = sorted(enumerate(parts), key=lambda pair: pair[1][1].lot_number is None)
    return [
        Move(
            sku_id=lines[one.loan_line_id].sku_id,
            warehouse_id=warehouse.id,
            from_place_id=warehouse.place_of(PlaceKind.LENT),
            to_place_id=target,
            quantity=quantity,
            line_id=line_id,
            lot_id=lot_id,
            serials=one.serials,
            consignment_id=lent_by(one.loan_line_id),
            path=("lines", index),
        )
        for index, (line_id, one, target) in numbered
        for lot_id, quantity in _take(one, lots, left)
    ]


def place_of_loss(reason: LoanLossReason) -> VirtualPlace:
    """Where the books put what does not come back."""
    return _GONE[reason]


def status_of(lines: Iterable[LoanLine]) -> DocumentStatus:
    """Where a loan stands once something came back or was sold."""
    every = list(lines)
    if any(map(out, every)):
        return DocumentStatus.PARTIALLY_RETURNED
    all_back = all(line.quantity_returned == line.quantity_lent for line in every)
    return DocumentStatus.RETURNED if all_back else DocumentStatus.CLOSED


def _take(
    part: LoanPart, lots: Sequence[LotLent], left: dict[tuple[int, int | None], Quantity]
) -> Iterator[tuple[int | None, Quantity]]:
    """Takes a part out of its lots, of the one that is named or of any, first to expire first."""
    wanted = part.quantity
    for lot in lots:
        if lot.loan_line_id == part.loan_line_id and part.lot_number in (None, lot.lot_number):
            taken = min(wanted, left[lot.loan_line_id, lot.lot_id])
            if taken > 0:
                left[lot.loan_line_id, lot.lot_id] -= taken
                wanted -= taken
                yield lot.lot_id, taken


def _check_serials(serials: Sequence[str], path: Path) -> Iterator[Reason]:
    if len(serials) > MAX_SERIALS:
        yield TooManyLines(path=(*path, "serials"), lines=len(serials), limit=MAX_SERIALS)
