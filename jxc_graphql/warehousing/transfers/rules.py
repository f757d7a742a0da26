"""What is allowed with transfers up to the moment in which the goods leave, and what follows from it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.ledger import Move
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity, UnitPrice, check_not_negative, check_positive
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace, KnownWarehouse
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES, AskedLine
from jxc_graphql.office.documents.rules import EmptyDocument, TooManyLines, check_line_count
from jxc_graphql.warehousing.transfers.models import TransferLine

MAX_PARTS = 2_000
"""Lines that one dispatch, receipt or account of what is missing may have: a transfer line once per lot and bin."""
MAX_SERIALS = 1_000
"""Serial numbers that one of these lines may have."""


class SameWarehouse(Reason, frozen=True, kw_only=True):
    """A transfer goes to another warehouse; within one, goods are moved from place to place."""


class LineNamedTwice(Reason, frozen=True, kw_only=True):
    """A line of the transfer stands in the list twice, and the second time may mean the same goods."""

    first: int


class MoreThanAsked(Reason, frozen=True, kw_only=True):
    """More is to be approved of a line than was asked for."""

    asked: Quantity
    """How much was asked for."""
    approved: Quantity
    """How much is to be approved."""


class TransferShortage(Reason, frozen=True, kw_only=True):
    """There is less at the source than is to be approved; both quantities are of all lines with the SKU."""

    transfer_line_id: int
    line_no: int
    sku_id: int
    sku: str
    available: Quantity
    requested: Quantity


class MoreThanApproved(Reason, frozen=True, kw_only=True):
    """More is to be sent of a line than was approved."""

    approved: Quantity
    """How much was approved."""
    requested: Quantity
    """How much is to be sent, over all lines of the input."""


class PlaceUnfit(Reason, frozen=True, kw_only=True):
    """Goods of a transfer leave places of their kind, and arrive at such; those to be sold may be inspected before."""

    place: str
    """The code of the place."""
    kind: PlaceKind
    """Its kind."""


class AskedGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What to move."""

    sku_id: int
    """What."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in `unit`; more than 0."""
    unit: str | None = None
    """A unit of the SKU, such as 箱; by default its base unit."""

    @property
    def line(self) -> AskedLine:
        """As a line of an order, which costs nothing."""
        return AskedLine(sku_id=self.sku_id, quantity=self.quantity, unit=self.unit, unit_price=UnitPrice(0))


class ApprovedLine(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a line is approved."""

    transfer_line_id: int
    """The line."""
    quantity: Quantity
    """How much, in the base unit; at most what was asked for, 0 turns the line down."""


class SentLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent of a line; a line that leaves from several bins or of several lots is named once for each."""

    transfer_line_id: int
    """The line."""
    quantity: Quantity
    """How much, in the base unit; all of a line together at most what was approved."""
    place_id: int | None = None
    """The bin (库位) it is taken from, or the stock place itself; by default from wherever it lies."""
    lot_number: str | None = None
    """The lot (批号) it is of; by default the one that expires first (先到期先出)."""
    serials: tuple[str, ...] = ()
    """The serial number (序列号) of each piece, for SKUs that are tracked by them; at most 1,000."""


class TransferDeparture(msgspec.Struct, frozen=True, kw_only=True):
    """What of a line leaves, with the path of the input that says so."""

    path: Path
    line: TransferLine
    quantity: Quantity
    place_id: int | None = None
    lot_id: int | None = None
    serials: tuple[str, ...] = ()


def asked_of(line: TransferLine) -> AskedGoods:
    """What was asked for a line that is there."""
    return AskedGoods(sku_id=line.sku_id, quantity=line.quantity_in_unit, unit=line.unit)


def in_transit(line: TransferLine) -> Quantity:
    """What of a line has neither arrived nor been found missing."""
    return quantity_in_transit(line.quantity_dispatched, line.quantity_received, line.quantity_missing)


def quantity_in_transit(
    quantity_dispatched: Quantity, quantity_received: Quantity, quantity_missing: Quantity
) -> Quantity:
    """What is in transit of so much."""
    return quantity_dispatched - quantity_received - quantity_missing


def check_route(from_warehouse_id: int, to_warehouse_id: int) -> Iterator[Reason]:
    """Whether a transfer leads from one warehouse to another."""
    if from_warehouse_id == to_warehouse_id:
        yield SameWarehouse(path=("to_warehouse_id",))


def check_approval(lines: Mapping[int, TransferLine], approved: Sequence[ApprovedLine]) -> Iterator[Reason]:
    """What is wrong with what is approved of the lines that are named, line by line."""
    if len(approved) > MAX_ORDER_LINES:
        yield TooManyLines(path=("lines",), lines=len(approved), limit=MAX_ORDER_LINES)
    first: dict[int, int] = {}
    for index, one in enumerate(approved[:MAX_ORDER_LINES]):
        path, line = ("lines", index), lines.get(one.transfer_line_id)
        if line is None:
            yield UnknownId(path=(*path, "transfer_line_id"), kind="TransferLine")
        elif first.setdefault(line.id, index) != index:
            yield LineNamedTwice(path=path, first=first[line.id])
        elif one.quantity > line.quantity:
            yield MoreThanAsked(path=(*path, "quantity"), asked=line.quantity, approved=one.quantity)
        yield from check_not_negative(one.quantity, (*path, "quantity"))
    if lines and not any(quantities_approved(lines, approved).values()):
        yield EmptyDocument(path=("lines",))


def quantities_approved(lines: Mapping[int, TransferLine], approved: Sequence[ApprovedLine]) -> dict[int, Quantity]:
    """How much of each line is approved: all that was asked for, unless it is named."""
    asked = {line.id: line.quantity for line in lines.values()}
    return asked | {one.transfer_line_id: one.quantity for one in approved if one.transfer_line_id in lines}


def shortages(
    lines: Mapping[int, TransferLine],
    got: Mapping[int, Quantity],
    approved: Sequence[ApprovedLine],
    codes: Mapping[int, str],
) -> Iterator[Reason]:
    """A shortage for every line of a SKU of which there is not enough for all of them; `got` is what there is."""
    wanted = quantities_approved(lines, approved)
    short = {line.sku_id for line in lines.values() if got.get(line.id, Quantity(0)) < wanted[line.id]}
    named = {one.transfer_line_id: ("lines", index) for index, one in enumerate(approved)}
    for line in sorted(lines.values(), key=lambda line: line.line_no):
        if line.sku_id in short and wanted[line.id]:
            same = [one.id for one in lines.values() if one.sku_id == line.sku_id]
            yield TransferShortage(
                path=named.get(line.id, ("id",)),
                transfer_line_id=line.id,
                line_no=line.line_no,
                sku_id=line.sku_id,
                sku=codes[line.sku_id],
                available=Quantity.total(got.get(line_id, Quantity(0)) for line_id in same),
                requested=Quantity.total(wanted[line_id] for line_id in same),
            )


def check_dispatch(
    lines: Mapping[int, TransferLine],
    sent: Sequence[SentLine],
    places: Mapping[int, KnownPlace],
    lots: Collection[tuple[int, str]],
    warehouse: KnownWarehouse,
    *,
    kind: PlaceKind,
) -> Iterator[Reason]:
    """Everything wrong with a dispatch but the stock: the input line by line, then too much of a transfer line."""
    yield from check_line_count(len(sent), MAX_PARTS)
    for index, one in enumerate(sent[:MAX_PARTS]):
        path, line = ("lines", index), lines.get(one.transfer_line_id)
        if line is None:
            yield UnknownId(path=(*path, "transfer_line_id"), kind="TransferLine")
        elif one.lot_number is not None and (line.sku_id, one.lot_number) not in lots:
            yield UnknownId(path=(*path, "lot_number"), kind="Lot")
        yield from check_positive(one.quantity, (*path, "quantity"))
        yield from check_serial_count(len(one.serials), (*path, "serials"))
        if one.place_id is not None:
            yield from check_place(places.get(one.place_id), warehouse, {kind}, (*path, "place_id"))
    yield from _check_overlaps(sent[:MAX_PARTS])
    totals: dict[int, Quantity] = {}
    for one in sent:
        totals[one.transfer_line_id] = totals.get(one.transfer_line_id, Quantity(0)) + one.quantity
    for line_id, requested in totals.items():
        if (line := lines.get(line_id)) and requested > line.quantity_approved:
            index = next(index for index, one in enumerate(sent) if one.transfer_line_id == line_id)
            yield MoreThanApproved(
                path=("lines", index, "quantity"), approved=line.quantity_approved, requested=requested
            )


def check_serial_count(given: int, path: Path) -> Iterator[Reason]:
    """Whether a line has not too many serial numbers."""
    if given > MAX_SERIALS:
        yield TooManyLines(path=path, lines=given, limit=MAX_SERIALS)


def check_place(
    place: KnownPlace | None, warehouse: KnownWarehouse, kinds: Collection[PlaceKind], path: Path
) -> Iterator[Reason]:
    """Whether a place is one of these kinds in a warehouse."""
    if place is None or place.warehouse_id != warehouse.id:
        yield UnknownId(path=path, kind="Place")
    elif place.kind not in kinds:
        yield PlaceUnfit(path=path, place=place.code, kind=place.kind)


def departures(
    lines: Mapping[int, TransferLine], sent: Sequence[SentLine] | None, lots: Mapping[tuple[int, str], int]
) -> list[TransferDeparture]:
    """What leaves: what the input names, or without it everything that was approved."""
    if sent is None:
        approved = sorted((line for line in lines.values() if line.quantity_approved), key=lambda line: line.line_no)
        return [TransferDeparture(path=("id",), line=line, quantity=line.quantity_approved) for line in approved]
    return [
        TransferDeparture(
            path=("lines", index),
            line=line,
            quantity=one.quantity,
            place_id=one.place_id,
            lot_id=None if one.lot_number is None else lots[line.sku_id, one.lot_number],
            serials=one.serials,
        )
        for index, one in enumerate(sent)
        for line in [lines[one.transfer_line_id]]
    ]


def moves_of_dispatch(
    leaving: Sequence[TransferDeparture], source: KnownWarehouse, destination: KnownWarehouse, kind: PlaceKind
) -> list[Move]:
    """From places of this kind to the transit place of the destination, at what the goods cost."""
    return [
        Move(
            sku_id=one.line.sku_id,
            warehouse_id=source.id,
            from_place_id=one.place_id or source.place_of(kind),
            to_place_id=destination.transit_place_id,
            or_bins=one.place_id is None,
            quantity=one.quantity,
            line_id=one.line.id,
            lot_id=one.lot_id,
            serials=one.serials,
            consignment_id=one.line.id,
            path=one.path,
        )
        for one in leaving
    ]


def _check_overlaps(sent: Sequence[SentLine]) -> Iterator[Reason]:
    """Whether a transfer line that is named twice names other goods each time: another place, or another lot."""
    earlier: dict[int, list[tuple[int, SentLine]]] = {}
    for index, one in enumerate(sent):
        for first, other in earlier.get(one.transfer_line_id, ()):
            if _may_meet(one.place_id, other.place_id) and _may_meet(one.lot_number, other.lot_number):
                yield LineNamedTwice(path=("lines", index), first=first)
                break
        earlier.setdefault(one.transfer_line_id, []).append((index, one))


def _may_meet(one: object, other: object) -> bool:
    return one is None or other is None or one == other
