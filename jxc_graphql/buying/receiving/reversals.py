"""What of a receipt goes back when it is taken back, from where, and what that says of its order."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.books.goods.gathering import ANYWHERE, BroughtPiece, Gathering, TakenGoods, merged
from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.books.goods.valuation import shares
from jxc_graphql.buying.purchasing.queries import Arrived
from jxc_graphql.buying.receiving.models import GoodsReceipt, GoodsReceiptLine, GoodsReceiptReversalLine
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.office.documents.reversing import NothingLeft, check_left

_NOTHING = Quantity(0)


class LineBack(msgspec.Struct, frozen=True, kw_only=True):
    """What of a receipt line goes back, and from where."""

    receipt: GoodsReceipt
    line: GoodsReceiptLine
    taken: Sequence[TakenGoods]
    rejected: Quantity
    """How much of it had been rejected."""

    @property
    def quantity(self) -> Quantity:
        """All of it."""
        return Quantity.total(one.quantity for one in self.taken)

    @property
    def amounts(self) -> AmountsInBoth:
        """What it has of what the line comes to."""
        return amounts.part_back(self.receipt, self.line, self.quantity)

    @property
    def value_received(self) -> Money:
        """What it was worth when it came."""
        line, quantity = self.line, self.quantity
        rest = line.quantity - line.quantity_returned - quantity
        return shares(line.value, [line.quantity_returned, quantity, rest])[1]


def check(lines: Sequence[GoodsReceiptLine], back: Sequence[LineBack], *, only_rest: bool) -> Iterator[Reason]:
    """Whether all of it goes back, and something at all; what is not there any more the books tell."""
    for line in () if only_rest else lines:
        yield from check_left(line.quantity, line.quantity_returned, line.quantity, ("id",))
    if not back:
        yield NothingLeft(path=("id",))


def going_back(
    receipt: GoodsReceipt,
    lines: Sequence[GoodsReceiptLine],
    warehouse: KnownWarehouse,
    lying: Gathering,
    pieces: Mapping[int, Sequence[BroughtPiece]],
    *,
    only_rest: bool,
) -> list[LineBack]:
    """What of each line goes back: all of it, wherever in the warehouse it lies by now, or what is there of it."""
    found = []
    for line in lines:
        if line.id in pieces:
            back = _of_pieces(receipt, line, pieces[line.id], warehouse, only_rest=only_rest)
        else:
            back = _of_line(receipt, line, warehouse, lying, only_rest=only_rest)
        found.append(back)
    return [back for back in found if back.quantity]


def _of_line(
    receipt: GoodsReceipt, line: GoodsReceiptLine, warehouse: KnownWarehouse, lying: Gathering, *, only_rest: bool
) -> LineBack:
    parts = (
        (line.quantity_rejected, PlaceKind.DAMAGED, warehouse.damaged_place_id),
        (line.quantity_uninspected, PlaceKind.QUALITY, warehouse.quality_place_id),
        (line.quantity_accepted, PlaceKind.STOCK, line.place_id or warehouse.stock_place_id),
    )
    gone, taken, rejected = line.quantity_returned, list[TakenGoods](), _NOTHING
    for quantity, kind, place_id in parts:  # in the order in which they go back
        wanted, gone = max(quantity - gone, _NOTHING), max(gone - quantity, _NOTHING)
        turn = sorted(ANYWHERE, key=lambda one, kind=kind: one is not kind)  # type: ignore[misc]
        some = [*lying.take((line.sku_id, line.lot_id), warehouse.id, wanted, turn, place_id)]
        missing = wanted - Quantity.total(one.quantity for one in some)
        if missing and not only_rest:
            some.append(TakenGoods(place_id=place_id, quantity=missing))
        went = Quantity.total(one.quantity for one in some)
        rejected += went if kind is PlaceKind.DAMAGED else _NOTHING
        taken += some
    return LineBack(receipt=receipt, line=line, taken=merged(taken), rejected=rejected)


def _of_pieces(
    receipt: GoodsReceipt,
    line: GoodsReceiptLine,
    pieces: Sequence[BroughtPiece],
    warehouse: KnownWarehouse,
    *,
    only_rest: bool,
) -> LineBack:
    going = [one for one in pieces if not only_rest or one.lies_in(warehouse.id)]
    by_place: dict[int, list[str]] = {}
    for one in going:
        by_place.setdefault(one.place.id if one.lies_in(warehouse.id) else one.came_to, []).append(one.number)
    taken = [
        TakenGoods(place_id=place_id, quantity=Quantity.of(len(numbers)), serials=tuple(numbers))
        for place_id, numbers in by_place.items()
    ]
    rejected = Quantity.of(sum(one.came_as is PlaceKind.DAMAGED for one in going))
    return LineBack(receipt=receipt, line=line, taken=taken, rejected=rejected)


def told_of(back: Sequence[LineBack]) -> dict[int, Arrived]:
    """What did not come of each order line after all, over all lines of the receipt."""
    found: dict[int, Arrived] = {}
    for one in back:
        line_id = one.line.purchase_order_line_id
        replacing = one.quantity if one.line.is_replacement else _NOTHING
        back_of_it = Arrived(quantity=one.quantity, rejected=one.rejected, replacing=replacing)
        found[line_id] = found.get(line_id, Arrived()) + back_of_it
    return found


def lines_of_reversal(reversal_id: int, back: Sequence[LineBack]) -> list[GoodsReceiptReversalLine]:
    """The lines of a reversal, one per line of the receipt of which something goes back."""
    return [
        GoodsReceiptReversalLine(
            goods_receipt_reversal_id=reversal_id,
            line_no=line_no,
            goods_receipt_line_id=one.line.id,
            sku_id=one.line.sku_id,
            quantity=one.quantity,
            quantity_rejected=one.rejected,
            value=Money(0),
            value_received=one.value_received,
            **one.amounts.columns,
        )
        for line_no, one in enumerate(back, 1)
    ]


def moves_of_reversal(
    lines: Sequence[GoodsReceiptReversalLine], back: Sequence[LineBack], warehouse: KnownWarehouse
) -> list[Move]:
    """From where the goods lie to the supplier, at what their line costs by now."""
    return [
        Move(
            sku_id=line.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=taken.place_id,
            to_place_id=VirtualPlace.SUPPLIER,
            quantity=taken.quantity,
            line_id=line.id,
            lot_id=one.line.lot_id,
            serials=taken.serials,
            of_line_id=line.goods_receipt_line_id,
            path=("id",),
        )
        for line, one in zip(lines, back, strict=True)
        for taken in one.taken
    ]
