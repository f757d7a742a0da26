"""What is allowed in adjustments, and what follows from it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar

import msgspec

from jxc_graphql.books.goods.ledger import MAX_SERIALS, BookLevel, LevelKey, Move, VirtualPlace
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import (
    LIMIT,
    Money,
    MustNotBeZero,
    Quantity,
    UnitPrice,
    amount,
    check_positive,
    out_of_bounds,
)
from jxc_graphql.kit.text import printable
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.lots.labels import Labelled, LotLabel, check
from jxc_graphql.masters.lots.queries import KnownLot
from jxc_graphql.masters.warehouses.places import KnownPlace, PlaceKind, check_shelf
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.rules import TooManyLines, check_line_count
from jxc_graphql.warehousing.adjustments.models import Adjustment, AdjustmentLine, AdjustmentReason

MAX_LINES = 1_000
"""Lines that one adjustment may have."""

WRITE_OFFS = frozenset({AdjustmentReason.WRITE_OFF, AdjustmentReason.EXPIRED, AdjustmentReason.DAMAGED})
"""Reasons for which goods may be scrapped."""
_SCRAPPED = WRITE_OFFS - {AdjustmentReason.DAMAGED}
"""Those for which they always are."""
_OUTSIDE = {
    AdjustmentReason.FOUND: VirtualPlace.VARIANCE,
    AdjustmentReason.LOST: VirtualPlace.VARIANCE,
    AdjustmentReason.THEFT: VirtualPlace.VARIANCE,
    AdjustmentReason.DATA_CORRECTION: VirtualPlace.VARIANCE,
    AdjustmentReason.OTHER: VirtualPlace.VARIANCE,
    AdjustmentReason.SAMPLE: VirtualPlace.SCRAP,
    AdjustmentReason.INTERNAL_USE: VirtualPlace.SCRAP,
}
"""Where goods go to, or come from, that are neither scrapped nor set apart."""
_GAINS_ONLY = frozenset({AdjustmentReason.FOUND})
_LOSSES_ONLY = WRITE_OFFS | {AdjustmentReason.LOST, AdjustmentReason.THEFT}

LotKey = tuple[int, str]
"""SKU and number of a lot."""


class WrongDirection(Reason, frozen=True, kw_only=True):
    """For this reason goods only come, or only go."""

    reason: AdjustmentReason
    """The reason."""


class CostOfLoss(Reason, frozen=True, kw_only=True):
    """Goods leave at what they cost: only goods that come have a unit cost."""


class LotGivenTwice(Reason, frozen=True, kw_only=True):
    """A lot is named by its id or by its label, not by both."""


class AlreadyDamaged(Reason, frozen=True, kw_only=True):
    """The goods are set apart as damaged already."""

    place: str


class NoWriteOff(Reason, frozen=True, kw_only=True):
    """For this reason goods are not scrapped."""

    reason: AdjustmentReason
    """The reason."""


class AskedAdjustment(msgspec.Struct, frozen=True, kw_only=True):
    """What came or went."""

    sku_id: int
    """What."""
    quantity: Quantity
    """How much, in the SKU's base unit: above 0 a gain, below 0 a loss."""
    place_id: int | None = None
    """A place or bin (库位) of the warehouse; by default its stock, of which losses are taken from any bin."""
    lot: LotLabel | None = None
    """The label of its lot (批次); gains of a SKU that is tracked by lot need this or `lotId`."""
    lot_id: int | None = None
    """Its lot, where that is known."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), where the SKU is tracked by serial number; at most 1,000."""
    unit_cost: UnitPrice | None = None
    """What one unit of a gain costs; by default what such goods cost at present, or cost last."""

    instead_of: ClassVar[Mapping[str, str]] = {"lot": "lot_id"}

    @property
    def lot_key(self) -> LotKey | None:
        """What the label says, if it can be looked for."""
        return (self.sku_id, self.lot.number.strip()) if self.lot and printable(self.lot.number) else None


class ScrappedGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What is scrapped."""

    sku_id: int
    """What."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the SKU's base unit; more than 0."""
    place_id: int | None = None
    """Where it is: stock, a bin, the quality or the damaged place; by default the warehouse's stock, with its bins."""
    lot_id: int | None = None
    """Of which lot (批次); by default of whichever expires first."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), where the SKU is tracked by serial number; at most 1,000."""

    @property
    def loss(self) -> AskedAdjustment:
        """The line of an adjustment that takes them out of the books."""
        return AskedAdjustment(**msgspec.structs.asdict(self) | {"quantity": -self.quantity})


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What exists of all that lines name."""

    warehouse: KnownWarehouse
    skus: Mapping[int, KnownSku]
    places: Mapping[int, KnownPlace]
    lots: Mapping[int, KnownLot]
    numbers: Collection[LotKey]


def scraps(reason: AdjustmentReason, *, write_off: bool) -> bool:
    """Whether goods are scrapped: for some reasons always, for some when it is asked for."""
    return reason in _SCRAPPED or (write_off and reason in WRITE_OFFS)


def check_write_off(reason: AdjustmentReason) -> Iterator[Reason]:
    """Whether goods may be scrapped for a reason."""
    if reason not in WRITE_OFFS:
        yield NoWriteOff(path=("reason",), reason=reason)


def asked_of(line: AdjustmentLine) -> AskedAdjustment:
    """What was asked for a line that is there."""
    return AskedAdjustment(
        sku_id=line.sku_id,
        quantity=line.quantity,
        place_id=line.place_id,
        lot_id=line.lot_id,
        serials=tuple(serials_of(line.serials)),
        unit_cost=line.unit_cost,
    )


def check_lines(
    lines: Sequence[AskedAdjustment], reason: AdjustmentReason, known: Known, *, is_write_off: bool
) -> Iterator[Reason]:
    """Everything that is wrong with the lines of an adjustment: how many, then line by line, then their labels."""
    yield from check_line_count(len(lines), MAX_LINES)
    for index, line in enumerate(lines[:MAX_LINES]):
        path: Path = ("lines", index)
        yield from _check_goods(line, reason, known, path)
        yield from _check_lot(line, known, path)
        if line.place_id is not None:
            place = known.places.get(line.place_id)
            yield from check_shelf(place, known.warehouse.id, (*path, "place_id"))
            if place and place.kind is PlaceKind.DAMAGED and reason is AdjustmentReason.DAMAGED and not is_write_off:
                yield AlreadyDamaged(path=(*path, "place_id"), place=place.code)
    yield from check([one for _, one in labelled(lines[:MAX_LINES])], known.skus)


def _check_goods(line: AskedAdjustment, reason: AdjustmentReason, known: Known, path: Path) -> Iterator[Reason]:
    if line.sku_id not in known.skus:
        yield UnknownId(path=(*path, "sku_id"), kind="Sku")
    if line.quantity == 0:
        yield MustNotBeZero(path=(*path, "quantity"))
    elif reason in (_LOSSES_ONLY if line.quantity > 0 else _GAINS_ONLY):
        yield WrongDirection(path=(*path, "quantity"), reason=reason)
    if line.unit_cost is not None and line.quantity < 0:
        yield CostOfLoss(path=(*path, "unit_cost"))
    elif line.unit_cost is not None and (line.unit_cost < 0 or amount(line.quantity, line.unit_cost) > LIMIT):
        yield out_of_bounds(UnitPrice, (*path, "unit_cost"), least=0)
    if len(line.serials) > MAX_SERIALS:
        yield TooManyLines(path=(*path, "serials"), lines=len(line.serials), limit=MAX_SERIALS)


def _check_lot(line: AskedAdjustment, known: Known, path: Path) -> Iterator[Reason]:
    if line.lot and line.lot_id is not None:
        yield LotGivenTwice(path=(*path, "lot"))
    if line.lot_id is not None:
        lot = known.lots.get(line.lot_id)
        if lot is None or lot.sku_id != line.sku_id:
            yield UnknownId(path=(*path, "lot_id"), kind="Lot")
    elif line.quantity < 0 and line.lot_key and line.lot_key not in known.numbers:
        yield UnknownId(path=(*path, "lot", "number"), kind="Lot")


def labelled(lines: Sequence[AskedAdjustment]) -> list[tuple[int, Labelled]]:
    """The lines whose lot is named by a label, or should be, as gains are; each with its position."""
    return [
        (index, (line.sku_id, line.lot, ("lines", index, "lot")))
        for index, line in enumerate(lines)
        if line.lot_id is None and (line.lot or line.quantity > 0)
    ]


def lines_of(
    adjustment: Adjustment, lines: Sequence[AskedAdjustment], lot_ids: Mapping[int, int | None]
) -> list[AdjustmentLine]:
    """The lines as they are kept; `lot_ids` are the lots of those that have a label, by position."""
    return [
        AdjustmentLine(
            adjustment_id=adjustment.id,
            line_no=index + 1,
            sku_id=line.sku_id,
            place_id=line.place_id,
            lot_id=lot_ids.get(index, line.lot_id),
            serials=msgspec.json.encode(line.serials).decode(),
            quantity=line.quantity,
            unit_cost=line.unit_cost,
        )
        for index, line in enumerate(lines)
    ]


def serials_of(serials: str) -> list[str]:
    """The serial numbers of a line, as they are kept."""
    return msgspec.json.decode(serials, type=list[str])


def worth(adjustment: Adjustment, lines: Sequence[AdjustmentLine], levels: Mapping[LevelKey, BookLevel]) -> Money:
    """What all goods that come and all goods that go are worth together, at what goods cost at present."""
    return Money.total(_worth(line, levels.get((line.sku_id, adjustment.warehouse_id))) for line in lines)


def _worth(line: AdjustmentLine, level: BookLevel | None) -> Money:
    if line.unit_cost is not None:
        return amount(line.quantity, line.unit_cost)
    return level.worth(abs(line.quantity)) if level else Money(0)


def moves(adjustment: Adjustment, lines: Sequence[AdjustmentLine], warehouse: KnownWarehouse) -> list[Move]:
    """Gains come from where the reason says, losses go there."""
    outside = _counterpart(adjustment, warehouse)
    return [_move(line, warehouse, outside, ("lines", index)) for index, line in enumerate(lines)]


def _counterpart(adjustment: Adjustment, warehouse: KnownWarehouse) -> int:
    if adjustment.is_write_off:
        return VirtualPlace.SCRAP
    return _OUTSIDE.get(adjustment.reason, warehouse.damaged_place_id)


def _move(line: AdjustmentLine, warehouse: KnownWarehouse, outside: int, path: Path) -> Move:
    shelf, gains = line.place_id or warehouse.stock_place_id, line.quantity > 0
    return Move(
        sku_id=line.sku_id,
        warehouse_id=warehouse.id,
        from_place_id=outside if gains else shelf,
        to_place_id=shelf if gains else outside,
        quantity=abs(line.quantity),
        or_bins=not gains and line.place_id is None,
        value=None if line.unit_cost is None else amount(line.quantity, line.unit_cost),
        lot_id=line.lot_id,
        serials=tuple(serials_of(line.serials)),
        line_id=line.id,
        path=(*path, "quantity"),
    )
