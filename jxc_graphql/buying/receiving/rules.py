"""What is allowed in receiving, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.books.goods.serials import check_numbers
from jxc_graphql.buying.purchasing.queries import Arrived, LineToReceive, OrderToReceive
from jxc_graphql.buying.receiving.models import GoodsReceipt, GoodsReceiptLine
from jxc_graphql.buying.receiving.queries import Came
from jxc_graphql.kit.errors import Reason, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity, check_positive, share
from jxc_graphql.masters.lots.labels import Labelled, LotLabel
from jxc_graphql.masters.warehouses.places import KnownPlace, check_stock_place
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.amounts import AmountsInBoth, of_line
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES
from jxc_graphql.office.documents.models import PartOfOrder
from jxc_graphql.office.documents.rules import check_line_count

_NOTHING = Quantity(0)


class OverReceipt(Reason, frozen=True, kw_only=True):
    """More arrived than the order line still expects."""

    outstanding: Quantity
    """What is outstanding of the line (未到)."""
    received: Quantity
    """What is said to have arrived of it, over all lines of the input."""


class ReceivedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What arrived of one order line; name it again for another lot or another bin."""

    purchase_order_line_id: int
    """The order line."""
    quantity_accepted: Quantity
    """How much goes to stock (合格), in the base unit."""
    quantity_rejected: Quantity = _NOTHING
    """How much goes to the damaged place (不合格), in the base unit; by default 0."""
    quantity_uninspected: Quantity = _NOTHING
    """How much goes to the quality place, to be inspected later (待检), in the base unit; by default 0."""
    lot: LotLabel | None = None
    """Of which lot (批次) all of it is; needed for a SKU that is tracked by lot."""
    place_id: int | None = None
    """The bin (库位) that the accepted goods go to; by default the stock place of the warehouse."""
    serials: Sequence[str] = ()
    """The number of each accepted piece (序列号), for a SKU that is tracked by serial number."""
    rejected_serials: Sequence[str] = ()
    """The number of each rejected piece."""
    uninspected_serials: Sequence[str] = ()
    """The number of each piece that is to be inspected."""

    @property
    def quantity(self) -> Quantity:
        """Everything that came."""
        return self.quantity_accepted + self.quantity_rejected + self.quantity_uninspected


class ReceivedPart(msgspec.Struct, frozen=True):
    """Accepted, rejected or uninspected goods, and the numbers of their pieces."""

    quantity: Quantity = _NOTHING
    serials: tuple[str, ...] = ()

    def joined(self, quantity: Quantity, serials: Sequence[str]) -> "ReceivedPart":
        """With more goods of the same kind."""
        return ReceivedPart(self.quantity + quantity, (*self.serials, *(number.strip() for number in serials)))

    def split(self, quantity: Quantity) -> tuple["ReceivedPart", "ReceivedPart"]:
        """So much of it, or all, and the rest; pieces as they are named."""
        first = min(quantity, self.quantity)
        pieces = int(first) // 10**Quantity.places
        return ReceivedPart(first, self.serials[:pieces]), ReceivedPart(self.quantity - first, self.serials[pieces:])


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What one receipt brings of one order line, of one lot and to one place; `index` is where it is first named."""

    index: int
    line: LineToReceive
    lot_id: int | None
    place_id: int
    accepted: ReceivedPart = ReceivedPart()
    rejected: ReceivedPart = ReceivedPart()
    uninspected: ReceivedPart = ReceivedPart()
    is_replacement: bool = False
    """Whether it came for goods that had gone back."""
    amounts: AmountsInBoth = AmountsInBoth()
    """Its part of what the order line comes to."""
    value: Money = Money(0)
    """What these goods cost: their part of the line's net in the books' currency, for tax makes nothing worth more."""

    @property
    def quantity(self) -> Quantity:
        """Everything that came."""
        return self.accepted.quantity + self.rejected.quantity + self.uninspected.quantity


def labels_of(order: OrderToReceive, received: Sequence[ReceivedLine]) -> list[Labelled]:
    """Which lot each line of a receipt says its goods are of."""
    return [
        (line.sku_id if line else 0, came.lot, ("lines", index, "lot"))
        for index, came in enumerate(received)
        for line in [order.lines.get(came.purchase_order_line_id)]
    ]


def check_receipt(
    order: OrderToReceive, received: Sequence[ReceivedLine], places: Mapping[int, KnownPlace]
) -> Iterator[Reason]:
    """Everything that is wrong with a receipt but its lots: line by line, then too much of an order line."""
    yield from check_line_count(len(received), MAX_ORDER_LINES)
    for index, came in enumerate(received):
        path = ("lines", index)
        if came.purchase_order_line_id not in order.lines:
            yield UnknownId(path=(*path, "purchase_order_line_id"), kind="PurchaseOrderLine")
        if came.quantity_rejected:
            yield from check_positive(came.quantity_rejected, (*path, "quantity_rejected"))
        if came.quantity_uninspected:
            yield from check_positive(came.quantity_uninspected, (*path, "quantity_uninspected"))
        if came.quantity_accepted or not (came.quantity_rejected or came.quantity_uninspected):
            yield from check_positive(came.quantity_accepted, (*path, "quantity_accepted"))
        if came.place_id is not None:
            yield from check_stock_place(places.get(came.place_id), order.warehouse_id, (*path, "place_id"))
        yield from check_numbers(came.serials, (*path, "serials"))
        yield from check_numbers(came.rejected_serials, (*path, "rejected_serials"))
        yield from check_numbers(came.uninspected_serials, (*path, "uninspected_serials"))
    yield from _check_outstanding(order, received)


def _check_outstanding(order: OrderToReceive, received: Sequence[ReceivedLine]) -> Iterator[Reason]:
    """Whether more came of an order line than is outstanding, over all lots and places; told where first named."""
    first: dict[int, int] = {}
    quantities: dict[int, Quantity] = {}
    for index, came in enumerate(received):
        line_id = came.purchase_order_line_id
        first.setdefault(line_id, index)
        quantities[line_id] = quantities.get(line_id, _NOTHING) + came.quantity
    for line_id, quantity in quantities.items():
        line = order.lines.get(line_id)
        if line and quantity > line.outstanding:
            path = ("lines", first[line_id], "quantity_accepted")
            yield OverReceipt(path=path, outstanding=line.outstanding, received=quantity)


def arrivals(
    order: OrderToReceive,
    received: Sequence[ReceivedLine],
    lot_ids: Sequence[int | None],
    warehouse: KnownWarehouse,
    before: Mapping[int, Came],
) -> list[Arrival]:
    """The receipt by order line, lot and place, in its order; what is named twice is one arrival.

    What comes for goods that went back is one of its own, before the others. `before`: what had come of order lines
    already.
    """
    merged: dict[tuple[int, int | None, int], Arrival] = {}
    for index, (came, lot_id) in enumerate(zip(received, lot_ids, strict=True)):
        line = order.lines[came.purchase_order_line_id]
        place_id = came.place_id or warehouse.stock_place_id
        key = line.id, lot_id, place_id
        known = merged.get(key) or Arrival(index=index, line=line, lot_id=lot_id, place_id=place_id)
        merged[key] = msgspec.structs.replace(
            known,
            accepted=known.accepted.joined(came.quantity_accepted, came.serials),
            rejected=known.rejected.joined(came.quantity_rejected, came.rejected_serials),
            uninspected=known.uninspected.joined(came.quantity_uninspected, came.uninspected_serials),
        )
    return _valued([*_replacing(merged.values())], before)


def _replacing(arriving: Iterable[Arrival]) -> Iterator[Arrival]:
    """The arrivals, each in two where part of it replaces goods that went back, which is told first."""
    left: dict[int, Quantity] = {}
    for each in arriving:
        open_still = left.setdefault(each.line.id, each.line.to_replace)
        if not open_still:
            yield each
            continue
        first, rest = dict[str, ReceivedPart](), dict[str, ReceivedPart]()
        for name in ("accepted", "rejected", "uninspected"):
            first[name], rest[name] = getattr(each, name).split(open_still)
            open_still -= first[name].quantity
        left[each.line.id] = open_still
        yield msgspec.structs.replace(each, **first, is_replacement=True)
        if any(part.quantity or part.serials for part in rest.values()):
            yield msgspec.structs.replace(each, **rest)


def _valued(arriving: Sequence[Arrival], before: Mapping[int, Came]) -> list[Arrival]:
    """The arrivals, one after the other, each with what it costs beyond all that came of its order line before."""
    # What came before amounts were whole fen has values of smaller steps, which is made up for here.
    came = {each.line.id: each.line.received for each in arriving}
    had = {each.line.id: before.get(each.line.id, Came()) for each in arriving}
    valued = []
    for each in arriving:
        line, so_far = each.line, had[each.line.id]
        came[line.id] += each.quantity
        amounts = line.amounts.next_part(came[line.id], line.quantity, so_far.amounts)
        cost = line.amounts.part(came[line.id], line.quantity).base.net
        value = max(cost - so_far.value, Money(0))
        had[line.id] = Came(value=so_far.value + value, amounts=so_far.amounts + amounts)
        valued.append(msgspec.structs.replace(each, amounts=amounts, value=value))
    return valued


def arrived(arriving: Sequence[Arrival]) -> dict[int, Arrived]:
    """What came of each order line, over all its lots and places."""
    found: dict[int, Arrived] = {}
    for each in arriving:
        before = found.get(each.line.id, Arrived(quantity=_NOTHING, rejected=_NOTHING))
        found[each.line.id] = Arrived(
            quantity=before.quantity + each.quantity,
            rejected=before.rejected + each.rejected.quantity,
            replacing=before.replacing + (each.quantity if each.is_replacement else _NOTHING),
        )
    return found


def lines_of_receipt(goods_receipt_id: int, arriving: Sequence[Arrival]) -> list[GoodsReceiptLine]:
    """The lines of a receipt, one per arrival."""
    return [
        GoodsReceiptLine(
            goods_receipt_id=goods_receipt_id,
            line_no=line_no,
            purchase_order_line_id=each.line.id,
            sku_id=each.line.sku_id,
            lot_id=each.lot_id,
            place_id=each.place_id if each.accepted.quantity else None,
            quantity_accepted=each.accepted.quantity,
            quantity_rejected=each.rejected.quantity,
            quantity_uninspected=each.uninspected.quantity,
            is_replacement=each.is_replacement,
            value=each.value,
            **each.amounts.columns,
        )
        for line_no, each in enumerate(arriving, 1)
    ]


def owed(document: GoodsReceipt, line: PartOfOrder, came: GoodsReceiptLine) -> AmountsInBoth:
    """What is owed for a line of a receipt, or for what goes back of it: nothing where it is a replacement."""
    return AmountsInBoth() if came.is_replacement else of_line(document, line)


def moves_of_receipt(
    lines: Sequence[GoodsReceiptLine], arriving: Sequence[Arrival], warehouse: KnownWarehouse
) -> list[Move]:
    """From the supplier to where each part of an arrival goes, at the receipt line's value."""
    moves = []
    for line, each in zip(lines, arriving, strict=True):
        parts = (each.accepted, each.rejected, each.uninspected)
        places = (each.place_id, warehouse.damaged_place_id, warehouse.quality_place_id)
        values = share(line.value, [part.quantity for part in parts])
        moves += [
            Move(
                sku_id=line.sku_id,
                warehouse_id=warehouse.id,
                from_place_id=VirtualPlace.SUPPLIER,
                to_place_id=place_id,
                quantity=part.quantity,
                line_id=line.id,
                value=value,
                lot_id=each.lot_id,
                serials=part.serials,
                path=("lines", each.index),
            )
            for place_id, part, value in zip(places, parts, values, strict=True)
            if part.quantity or part.serials
        ]
    return moves
