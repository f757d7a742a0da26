"""What is allowed in returns to suppliers, and what follows from it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.gathering import ANYWHERE, BroughtPiece, Gathering, TakenGoods, merged
from jxc_graphql.books.goods.ledger import MAX_SERIALS, Move, VirtualPlace, totals
from jxc_graphql.books.goods.serials import check_numbers
from jxc_graphql.buying.purchasing.queries import Arrived
from jxc_graphql.buying.receiving.queries import ReceivedGoods, WentBack
from jxc_graphql.buying.supplier_returns.models import SupplierReturn, SupplierReturnLine, SupplierReturnResolution
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity, check_positive
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.warehouses.places import KnownPlace, PlaceKind, check_shelf
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES
from jxc_graphql.office.documents.reversing import ReversedTooEarly, check_left
from jxc_graphql.office.documents.rules import TooManyLines, check_line_count

SHORT_TEXT = 60
"""Characters of an authorization, a carrier or a tracking number."""
_NOTHING = Quantity(0)


class OtherSupplier(Reason, frozen=True, kw_only=True):
    """The goods are of another supplier than the return is for."""


class OtherCurrency(Reason, frozen=True, kw_only=True):
    """The goods are paid for in another currency than those of the lines before, or at another rate."""


class OtherOrder(Reason, frozen=True, kw_only=True):
    """The goods came for another order than those of the lines before, of which one is open again."""


class LiesElsewhere(Reason, frozen=True, kw_only=True):
    """What is missing here lies in another warehouse."""

    sku: str
    warehouse: str
    quantity: Quantity


class NotOfReceiptLine(Reason, frozen=True, kw_only=True):
    """A piece did not come with the line of the receipt of which it is to go back."""

    number: str


class GoodsToReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What of a line of a receipt goes back."""

    goods_receipt_line_id: int
    """The line of the receipt that brought it."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in `unit`; more than 0."""
    unit: str | None = None
    """A unit of the SKU, such as 箱; by default its base unit."""
    place_id: int | None = None
    """From which place or bin (库位); by default from wherever it lies, damaged goods first, then uninspected ones."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), where the SKU is tracked by serial number; at most 1,000."""


class KnownReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a return and of all that its lines name."""

    id: int
    supplier_id: int
    resolution: SupplierReturnResolution
    warehouse: KnownWarehouse
    came: Mapping[int, ReceivedGoods]
    skus: Mapping[int, KnownSku]
    places: Mapping[int, KnownPlace]


class GoingBack(msgspec.Struct, frozen=True, kw_only=True):
    """What a line of a return takes, and from where; `missing`: how much of it lies nowhere in the warehouse."""

    line: SupplierReturnLine
    came: ReceivedGoods
    part: WentBack
    taken: Sequence[TakenGoods]
    missing: Quantity


def check_texts(**told: str | None) -> Iterator[Reason]:
    """Whether an authorization, a carrier and a tracking number can be kept."""
    for name, text in told.items():
        if text:
            yield from check_text((name,), text, limit=SHORT_TEXT)


def asked_of(line: SupplierReturnLine) -> GoodsToReturn:
    """What was asked for a line that is there."""
    return GoodsToReturn(
        goods_receipt_line_id=line.goods_receipt_line_id,
        quantity=line.quantity_in_unit,
        unit=line.unit,
        place_id=line.place_id,
        serials=tuple(serials_of(line.serials)),
    )


def serials_of(serials: str) -> list[str]:
    """The serial numbers of a line, as they are kept."""
    return msgspec.json.decode(serials, type=list[str])


def drawn(asked: Sequence[GoodsToReturn], known: KnownReturn) -> tuple[list[SupplierReturnLine], list[Reason]]:
    """The lines of a return, and everything that is wrong with them: line by line, then too much of a receipt line."""
    problems = [*check_line_count(len(asked), MAX_ORDER_LINES)]
    first: ReceivedGoods | None = None
    quantities: list[tuple[int, Quantity]] = []
    for index, line in enumerate(asked[:MAX_ORDER_LINES]):
        path: Path = ("lines", index)
        problems += check_positive(line.quantity, (*path, "quantity"))
        problems += _check_named(line, known, path)
        came = known.came.get(line.goods_receipt_line_id)
        if came is None:
            problems.append(UnknownId(path=(*path, "goods_receipt_line_id"), kind="GoodsReceiptLine"))
            continue
        first = first or came
        problems += _check_together(came, first, known, (*path, "goods_receipt_line_id"))
        quantity = known.skus[came.sku_id].in_base(
            line.unit, line.quantity, (*path, "unit" if line.unit else "quantity")
        )
        if isinstance(quantity, Reason):
            problems.append(quantity)
        else:
            quantities.append((index, quantity))
    problems += _check_left(asked, quantities, known)
    return ([], problems) if problems else ([_line(index, asked[index], one, known) for index, one in quantities], [])


def _check_named(line: GoodsToReturn, known: KnownReturn, path: Path) -> Iterator[Reason]:
    if line.place_id is not None:
        yield from check_shelf(known.places.get(line.place_id), known.warehouse.id, (*path, "place_id"))
    if len(line.serials) > MAX_SERIALS:
        yield TooManyLines(path=(*path, "serials"), lines=len(line.serials), limit=MAX_SERIALS)
    yield from check_numbers(line.serials[:MAX_SERIALS], (*path, "serials"))


def _check_together(came: ReceivedGoods, first: ReceivedGoods, known: KnownReturn, path: Path) -> Iterator[Reason]:
    if came.supplier_id != known.supplier_id:
        yield OtherSupplier(path=path)
    elif came.terms != first.terms:
        yield OtherCurrency(path=path)
    elif known.resolution is SupplierReturnResolution.REPLACE and came.purchase_order_id != first.purchase_order_id:
        yield OtherOrder(path=path)


def _check_left(
    asked: Sequence[GoodsToReturn], quantities: Sequence[tuple[int, Quantity]], known: KnownReturn
) -> Iterator[Reason]:
    """Whether so much is left of each line of a receipt, over all lines of the return; told where first named."""
    first: dict[int, int] = {}
    for index, _ in quantities:
        first.setdefault(asked[index].goods_receipt_line_id, index)
    for line_id, quantity in totals((asked[index].goods_receipt_line_id, one) for index, one in quantities).items():
        came = known.came[line_id]
        yield from check_left(came.quantity, came.returned, quantity, ("lines", first[line_id], "quantity"))


def _line(index: int, asked: GoodsToReturn, quantity: Quantity, known: KnownReturn) -> SupplierReturnLine:
    came = known.came[asked.goods_receipt_line_id]
    part = came.take(quantity)
    return SupplierReturnLine(
        supplier_return_id=known.id,
        line_no=index + 1,
        goods_receipt_id=came.goods_receipt_id,
        goods_receipt_line_id=came.id,
        sku_id=came.sku_id,
        lot_id=came.lot_id,
        place_id=asked.place_id,
        serials=msgspec.json.encode([one.strip() for one in asked.serials]).decode(),
        unit=asked.unit or known.skus[came.sku_id].unit,
        quantity_in_unit=asked.quantity,
        quantity=quantity,
        quantity_rejected=part.rejected,
        value_received=part.value_received,
        **part.amounts.columns,
    )


def check_posting(
    lines: Sequence[SupplierReturnLine], came: Mapping[int, ReceivedGoods], day: date
) -> Iterator[Reason]:
    """Whether so much is left of each line of a receipt by now, and whether it had come on the day of the return."""
    for line_id, quantity in totals((line.goods_receipt_line_id, line.quantity) for line in lines).items():
        one = came[line_id]
        yield from check_left(one.quantity, one.returned, quantity, ("id",))
    if day < (latest := max(one.business_date for one in came.values())):
        yield ReversedTooEarly(path=("business_date",), posted_on=latest)


def going_back(
    lines: Sequence[SupplierReturnLine],
    came: Mapping[int, ReceivedGoods],
    warehouse: KnownWarehouse,
    lying: Gathering,
    pieces: Mapping[int, Sequence[BroughtPiece]],
) -> list[GoingBack]:
    """What each line takes, and from where: what is told, else what nobody else can use first."""
    return [
        _pieces_back(line, came[line.goods_receipt_line_id], warehouse, pieces.get(line.goods_receipt_line_id, ()))
        if serials_of(line.serials)
        else _goods_back(line, came[line.goods_receipt_line_id], warehouse, lying)
        for line in lines
    ]


def _goods_back(
    line: SupplierReturnLine, came: ReceivedGoods, warehouse: KnownWarehouse, lying: Gathering
) -> GoingBack:
    kinds = ANYWHERE if line.place_id is None else ()
    taken = [*lying.take((line.sku_id, line.lot_id), warehouse.id, line.quantity, kinds, line.place_id)]
    if missing := line.quantity - Quantity.total(one.quantity for one in taken):
        taken.append(TakenGoods(place_id=line.place_id or warehouse.stock_place_id, quantity=missing))
    return GoingBack(line=line, came=came, part=came.take(line.quantity), taken=merged(taken), missing=missing)


def _pieces_back(
    line: SupplierReturnLine, came: ReceivedGoods, warehouse: KnownWarehouse, pieces: Sequence[BroughtPiece]
) -> GoingBack:
    by_number = {one.number: one for one in pieces}
    by_place: dict[int, list[str]] = {}
    for number in (numbers := serials_of(line.serials)):
        piece = by_number.get(number)
        here = piece.place.id if piece and piece.lies_in(warehouse.id) else warehouse.stock_place_id
        by_place.setdefault(line.place_id or here, []).append(number)
    counted = Quantity.of(len(numbers)) == line.quantity
    taken = [
        TakenGoods(
            place_id=place_id, quantity=Quantity.of(len(some)) if counted else line.quantity, serials=tuple(some)
        )
        for place_id, some in by_place.items()
    ]
    rejected = sum(by_number[one].came_as is PlaceKind.DAMAGED for one in {*numbers} & by_number.keys())
    part = msgspec.structs.replace(came.take(line.quantity), rejected=min(Quantity.of(rejected), line.quantity))
    return GoingBack(line=line, came=came, part=part, taken=taken, missing=_NOTHING)


def check_pieces(lines: Sequence[SupplierReturnLine], pieces: Mapping[int, Sequence[BroughtPiece]]) -> Iterator[Reason]:
    """Whether the pieces that are named came with the lines of which they go back."""
    for line in lines:
        brought = {one.number for one in pieces.get(line.goods_receipt_line_id, ())}
        for number in serials_of(line.serials):
            if number not in brought:
                yield NotOfReceiptLine(path=("id",), number=number)


def say(back: Sequence[GoingBack]) -> None:
    """Has lines say what they take of what those came to that brought it."""
    for one in back:
        one.line.update_from_dict(one.part.amounts.columns)
        one.line.quantity_rejected, one.line.value_received = one.part.rejected, one.part.value_received


def to_come_again(back: Sequence[GoingBack]) -> dict[int, Arrived]:
    """What is to be replaced of each line of the order."""
    found: dict[int, Arrived] = {}
    for one in back:
        line_id, quantity = one.came.purchase_order_line_id, one.line.quantity
        told = Arrived(quantity=quantity, rejected=one.part.rejected, replacing=quantity)
        found[line_id] = found.get(line_id, Arrived()) + told
    return found


def moves_of_return(document: SupplierReturn, back: Sequence[GoingBack]) -> list[Move]:
    """From where the goods lie to the supplier, at what the line costs by now that brought them."""
    return [
        Move(
            sku_id=one.line.sku_id,
            warehouse_id=document.warehouse_id,
            from_place_id=taken.place_id,
            to_place_id=VirtualPlace.SUPPLIER,
            quantity=taken.quantity,
            line_id=one.line.id,
            lot_id=one.line.lot_id,
            serials=taken.serials,
            of_line_id=one.came.id,
            path=("id",),
        )
        for one in back
        for taken in one.taken
    ]
