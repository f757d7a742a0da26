"""What is on its way with a line of a transfer, by lot and piece, and how what arrives or is missing is told apart.

Goods arrive, and are missed, of the lots with which they were sent: of the lot that is named, else of the one that
expires first (FEFO), as far as it is still on its way.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity, check_positive
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace, KnownWarehouse
from jxc_graphql.office.documents.rules import check_line_count, check_note
from jxc_graphql.warehousing.transfers.models import (
    TransferDiscrepancy,
    TransferDiscrepancyReason,
    TransferGoods,
    TransferLine,
    TransferReceiptLine,
)
from jxc_graphql.warehousing.transfers.rules import MAX_PARTS, check_place, check_serial_count, in_transit

_NOTHING = Quantity(0)
_ARRIVAL = frozenset({PlaceKind.STOCK, PlaceKind.QUALITY})
"""Kinds of places to which accepted goods come: to be sold, or to be inspected first."""


class MoreThanInTransit(Reason, frozen=True, kw_only=True):
    """More is said to have arrived, or to be missing, than is in transit of the line."""

    in_transit: Quantity
    """How much is in transit (在途)."""
    given: Quantity
    """How much is said to have arrived or to be missing, over all lines of the input."""


class LotNotInTransit(Reason, frozen=True, kw_only=True):
    """Of this lot there is less in transit of the line, or nothing."""

    lot: str
    """The number of the lot (批号)."""
    in_transit: Quantity
    """How much of it is in transit."""
    given: Quantity
    """How much is said to have arrived or to be missing."""


class SerialNotInTransit(Reason, frozen=True, kw_only=True):
    """The piece with this serial number is not on its way with this line."""

    number: str
    """The serial number (序列号)."""


class ArrivedBeforeDispatch(Reason, frozen=True, kw_only=True):
    """Goods cannot arrive, or be missed, on a day before they left."""

    dispatched_on: date


class LotInTransit(msgspec.Struct, frozen=True, kw_only=True):
    """What is on its way of a line and of one lot, or of none."""

    transfer_line_id: int
    lot_id: int | None
    lot_number: str | None
    expires_on: date | None
    quantity: Quantity

    @property
    def turn(self) -> tuple[date, int]:
        """When it is taken: sorts lots."""
        return self.expires_on or date.max, self.lot_id or 0


class ArrivedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What arrived of a line; a line that came to several places or of several lots is named once for each."""

    transfer_line_id: int
    """The line."""
    quantity_accepted: Quantity
    """How much is good (合格), in the base unit."""
    quantity_damaged: Quantity = _NOTHING
    """How much goes to the damaged place (破损), in the base unit; by default 0."""
    place_id: int | None = None
    """Where good goods are put: a stock or quality place or bin of the destination; by default its stock place."""
    lot_number: str | None = None
    """The lot (批号) it is of; by default, of the lots that were sent, the one that expires first."""
    serials: tuple[str, ...] = ()
    """The serial number (序列号) of each good piece, for SKUs that are tracked by them; at most 1,000."""
    damaged_serials: tuple[str, ...] = ()
    """The serial number of each damaged piece; at most 1,000."""

    @property
    def quantity(self) -> Quantity:
        """Everything that came."""
        return self.quantity_accepted + self.quantity_damaged

    @property
    def pieces(self) -> tuple[str, ...]:
        """The serial numbers of everything that came."""
        return self.serials + self.damaged_serials


class MissingLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing of a line for one reason."""

    transfer_line_id: int
    """The line."""
    quantity: Quantity
    """How much, in the base unit."""
    reason: TransferDiscrepancyReason
    """Why."""
    lot_number: str | None = None
    """The lot (批号) it is of; by default, of the lots that were sent, the one that expires first."""
    serials: tuple[str, ...] = ()
    """The serial number (序列号) of each missing piece, for SKUs that are tracked by them; at most 1,000."""

    @property
    def pieces(self) -> tuple[str, ...]:
        """The serial numbers of what is missing."""
        return self.serials


class Consignments:
    """What is on its way, while one document takes from it."""

    def __init__(self, lots: Collection[LotInTransit]) -> None:
        self._of_line: dict[int, list[LotInTransit]] = {}
        for one in sorted(lots, key=lambda one: one.turn):
            self._of_line.setdefault(one.transfer_line_id, []).append(one)
        self._left = {(one.transfer_line_id, one.lot_id): one.quantity for one in lots}

    def left(self, line_id: int, lot_number: str) -> Quantity:
        """What is left of a lot."""
        some = (one for one in self._of_line.get(line_id, ()) if one.lot_number == lot_number)
        return Quantity.total(self._left[line_id, one.lot_id] for one in some)

    def take(self, line_id: int, quantity: Quantity, lot_number: str | None) -> Iterator[tuple[int | None, Quantity]]:
        """Takes so much, of one lot or of any; gives less where there is less."""
        for one in self._of_line.get(line_id, ()):
            if lot_number is None or one.lot_number == lot_number:
                part = min(quantity, self._left[line_id, one.lot_id])
                if part > 0:
                    self._left[line_id, one.lot_id] -= part
                    quantity -= part
                    yield one.lot_id, part


Part = ArrivedLine | MissingLine


def check_receipt(
    lines: Mapping[int, TransferLine],
    arrived: Sequence[ArrivedLine],
    places: Mapping[int, KnownPlace],
    warehouse: KnownWarehouse,
) -> Iterator[Reason]:
    """What is wrong with a receipt before one looks at what is in transit: the input, line by line."""
    yield from check_line_count(len(arrived), MAX_PARTS)
    for index, one in enumerate(arrived[:MAX_PARTS]):
        path = ("lines", index)
        if one.transfer_line_id not in lines:
            yield UnknownId(path=(*path, "transfer_line_id"), kind="TransferLine")
        if one.quantity_damaged:
            yield from check_positive(one.quantity_damaged, (*path, "quantity_damaged"))
        if one.quantity_accepted or not one.quantity_damaged:
            yield from check_positive(one.quantity_accepted, (*path, "quantity_accepted"))
        yield from check_serial_count(len(one.serials), (*path, "serials"))
        yield from check_serial_count(len(one.damaged_serials), (*path, "damaged_serials"))
        if one.place_id is not None:
            yield from check_place(places.get(one.place_id), warehouse, _ARRIVAL, (*path, "place_id"))


def check_missing(
    lines: Mapping[int, TransferLine], missing: Sequence[MissingLine], reason: TransferDiscrepancyReason, note: str
) -> Iterator[Reason]:
    """What is wrong with an account of what is missing before one looks at what is in transit, and with its note."""
    if missing:
        yield from check_line_count(len(missing), MAX_PARTS)
    for index, one in enumerate(missing[:MAX_PARTS]):
        path = ("lines", index)
        if one.transfer_line_id not in lines:
            yield UnknownId(path=(*path, "transfer_line_id"), kind="TransferLine")
        yield from check_positive(one.quantity, (*path, "quantity"))
        yield from check_serial_count(len(one.serials), (*path, "serials"))
    told = TransferDiscrepancyReason.OTHER in {reason, *(one.reason for one in missing)}
    yield from check_note(note, required=told)


def check_day(day: date, dispatched_on: date | None) -> Iterator[Reason]:
    """Whether a day is not before the one on which the goods left."""
    if dispatched_on is not None and day < dispatched_on:
        yield ArrivedBeforeDispatch(path=("business_date",), dispatched_on=dispatched_on)


def check_in_transit(
    lines: Mapping[int, TransferLine],
    parts: Sequence[Part],
    lots: Collection[LotInTransit],
    pieces: Mapping[int, Collection[str]],
) -> Iterator[Reason]:
    """Whether all of it is on its way: too much of a line, then too much of a lot, then pieces that are elsewhere."""
    known = [(index, one) for index, one in enumerate(parts) if one.transfer_line_id in lines]
    given: dict[int, Quantity] = {}
    of_lot: dict[tuple[int, str], Quantity] = {}
    first: dict[int | tuple[int, str], Path] = {}
    for index, one in known:
        given[one.transfer_line_id] = given.get(one.transfer_line_id, _NOTHING) + one.quantity
        first.setdefault(one.transfer_line_id, ("lines", index))
        if one.lot_number is not None:
            key = one.transfer_line_id, one.lot_number
            of_lot[key] = of_lot.get(key, _NOTHING) + one.quantity
            first.setdefault(key, ("lines", index, "lot_number"))
    for line_id, quantity in given.items():
        if quantity > in_transit(lines[line_id]):
            yield MoreThanInTransit(path=first[line_id], in_transit=in_transit(lines[line_id]), given=quantity)
    consignments = Consignments(lots)
    for (line_id, number), quantity in of_lot.items():
        if quantity > (left := consignments.left(line_id, number)):
            yield LotNotInTransit(path=first[line_id, number], lot=number, in_transit=left, given=quantity)
    for index, one in known:
        for number in one.pieces:
            if number not in pieces.get(one.transfer_line_id, ()):
                yield SerialNotInTransit(path=("lines", index), number=number)


def all_missing(
    lines: Mapping[int, TransferLine],
    named: Sequence[MissingLine],
    reason: TransferDiscrepancyReason,
    pieces: Mapping[int, Sequence[str]],
) -> list[MissingLine]:
    """Everything that is in transit, as missing: what is named, and the rest of each line for one reason."""
    told: dict[int, Quantity] = {}
    for one in named:
        told[one.transfer_line_id] = told.get(one.transfer_line_id, _NOTHING) + one.quantity
    numbers = {(one.transfer_line_id, number) for one in named for number in one.serials}
    rest = [
        MissingLine(
            transfer_line_id=line.id,
            quantity=left,
            reason=reason,
            serials=tuple(number for number in pieces.get(line.id, ()) if (line.id, number) not in numbers),
        )
        for line in lines.values()
        if (left := in_transit(line) - told.get(line.id, _NOTHING)) > 0
    ]
    return [*named, *rest]


def as_they_are(arrived: Sequence[ArrivedLine], goods: TransferGoods) -> list[ArrivedLine]:
    """What arrived of goods that were damaged before is damaged, whatever else is said of it."""
    if goods is not TransferGoods.DAMAGED:
        return [*arrived]
    return [
        msgspec.structs.replace(
            one,
            quantity_accepted=_NOTHING,
            quantity_damaged=one.quantity,
            place_id=None,
            serials=(),
            damaged_serials=one.pieces,
        )
        for one in arrived
    ]


def lines_of_receipt(
    transfer_receipt_id: int, lines: Mapping[int, TransferLine], arrived: Sequence[ArrivedLine], place_id: int
) -> list[TransferReceiptLine]:
    """The lines of a receipt, one per line of the input, which came to `place_id` unless it says where.

    What they are worth is told by the ledger.
    """
    return [
        TransferReceiptLine(
            transfer_receipt_id=transfer_receipt_id,
            line_no=line_no,
            transfer_line_id=one.transfer_line_id,
            sku_id=lines[one.transfer_line_id].sku_id,
            place_id=one.place_id or place_id,
            quantity_accepted=one.quantity_accepted,
            quantity_damaged=one.quantity_damaged,
            value=Money(0),
        )
        for line_no, one in enumerate(arrived, 1)
    ]


def moves_of_receipt(
    receipt_lines: Sequence[TransferReceiptLine],
    arrived: Sequence[ArrivedLine],
    lots: Collection[LotInTransit],
    warehouse: KnownWarehouse,
) -> list[Move]:
    """Out of transit to the place of the line, damaged goods to the damaged place, lot by lot; named lots first."""
    consignments = Consignments(lots)
    pairs = sorted(enumerate(zip(receipt_lines, arrived, strict=True)), key=lambda pair: pair[1][1].lot_number is None)
    return [
        Move(
            sku_id=line.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=warehouse.transit_place_id,
            to_place_id=place_id,
            quantity=part,
            line_id=line.id,
            lot_id=lot_id,
            serials=serials,
            consignment_id=line.transfer_line_id,
            path=("lines", index),
        )
        for index, (line, one) in pairs
        for place_id, quantity, serials in (
            (line.place_id, one.quantity_accepted, one.serials),
            (warehouse.damaged_place_id, one.quantity_damaged, one.damaged_serials),
        )
        for lot_id, part in consignments.take(line.transfer_line_id, quantity, one.lot_number)
    ]


def discrepancies(
    transfer_id: int, lines: Mapping[int, TransferLine], missing: Sequence[MissingLine]
) -> list[TransferDiscrepancy]:
    """What is kept of what is missing; what it cost is told by the ledger."""
    return [
        TransferDiscrepancy(
            transfer_id=transfer_id,
            transfer_line_id=one.transfer_line_id,
            sku_id=lines[one.transfer_line_id].sku_id,
            reason=one.reason,
            quantity=one.quantity,
            value=Money(0),
        )
        for one in missing
    ]


def moves_of_discrepancies(
    kept: Sequence[TransferDiscrepancy],
    missing: Sequence[MissingLine],
    lots: Collection[LotInTransit],
    source: KnownWarehouse,
    destination: KnownWarehouse,
    *,
    kind: PlaceKind,
) -> list[Move]:
    """Out of transit to where each reason puts goods of this kind, lot by lot; named lots first."""
    consignments = Consignments(lots)
    targets = {
        TransferDiscrepancyReason.LOST: (destination.id, VirtualPlace.VARIANCE),
        TransferDiscrepancyReason.DAMAGED_IN_TRANSIT: (destination.id, VirtualPlace.SCRAP),
        TransferDiscrepancyReason.MISCOUNTED_AT_DISPATCH: (source.id, source.place_of(kind)),
        TransferDiscrepancyReason.OTHER: (destination.id, VirtualPlace.VARIANCE),
    }
    pairs = sorted(enumerate(zip(kept, missing, strict=True)), key=lambda pair: pair[1][1].lot_number is None)
    return [
        Move(
            sku_id=one.sku_id,
            warehouse_id=targets[one.reason][0],
            from_place_id=destination.transit_place_id,
            to_place_id=targets[one.reason][1],
            quantity=part,
            line_id=one.id,
            lot_id=lot_id,
            serials=told.serials,
            consignment_id=one.transfer_line_id,
            path=("lines", index),
        )
        for index, (one, told) in pairs
        for lot_id, part in consignments.take(one.transfer_line_id, one.quantity, told.lot_number)
    ]
