"""Returns that are taken back: the goods are here again at what they left with, and nobody owes anything for them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods.ledger import SHELVES, Incoming, Move, VirtualPlace, totals
from jxc_graphql.books.trades import Trade
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.queries import Arrived, OrderToReceive
from jxc_graphql.buying.receiving import operations as receipts
from jxc_graphql.buying.receiving import queries as receiving
from jxc_graphql.buying.receiving.queries import ReceivedGoods
from jxc_graphql.buying.supplier_returns.facts import SupplierReturnReversed
from jxc_graphql.buying.supplier_returns.models import (
    STATES,
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnResolution,
    SupplierReturnReversal,
    SupplierReturnReversalLine,
)
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, Rejected, reject_if
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.queries import KnownPlace, KnownWarehouse
from jxc_graphql.office.documents import amounts, reversing
from jxc_graphql.office.documents.changing import made_out
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.states import DocumentAction


class ReplacementCame(Reason, frozen=True, kw_only=True):
    """Goods came in the place of those that went back: both are not kept."""

    sku: str
    replaced: Quantity
    """How much came since the return, and was not taken back."""


class GoneGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What left for a supplier with a line of a return: of one lot, from one place, at one cost."""

    line_id: int
    lot_id: int | None
    from_place_id: int
    quantity: Quantity
    value: Money
    serials: tuple[str, ...] = ()


class LineAgain(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a return that is taken back, and the part of the receipt's line that is not back after all."""

    line: SupplierReturnLine
    came: ReceivedGoods
    part: receiving.WentBack


@posting(STATES[DocumentAction.REVERSE])
async def reverse_supplier_return(
    call: Call, *, supplier_return_id: int, note: str, expected_version: int | None = None
) -> SupplierReturnReversed:
    """Takes a return back (采购退货冲销): its goods are here again, and are paid for, or not expected again.

    They lie where they had lain, or in stock where that place is no more. Raises `Rejected` with what is wrong with its
    day, `AlreadyReversed`, a `ReplacementCame` for every SKU of which others came, and whatever the ledger finds.
    """
    kinds = (SupplierReturn, SupplierReturnLine)
    _, (document, rows) = await db.together(
        door.hold_open(), reversing.to_reverse(kinds, call, supplier_return_id, expected_version, note=note)
    )
    lines = [*rows.values()]
    (day, problems), came, known, gone = await db.together(
        door.posting_date(call),
        receiving.received_goods({line.goods_receipt_line_id for line in lines}, held=True),
        warehouses.warehouses([document.warehouse_id]),
        _gone(rows),
    )
    reject_if([*problems, *reversing.check_day(document, day)])
    places = await warehouses.places_of({one.from_place_id for one in gone})
    again = [_again(line, came[line.goods_receipt_line_id]) for line in reversed(lines)][::-1]  # the last part first
    of_it = {"supplier_return_id": document.id, "supplier_id": document.supplier_id}
    of_it |= {"warehouse_id": document.warehouse_id, **amounts.currency_of(document)}
    reversal = made_out(SupplierReturnReversal, call, day, note=note, **of_it)
    written = _lines(reversal.id, again)
    moves = _moves(written, again, gone, known[document.warehouse_id], places)
    bought, incoming, order_ids = await _undone(call, document, again, written)
    posted = await door.post(
        Posting(call=call, document_id=reversal.id, business_date=day, moves=moves, incoming=incoming, bought=bought)
    )
    for row in written:
        row.value = posted.of_lines[row.id]
    reversal.total = Money.total(posted.values)
    reversal.update_from_dict(amounts.added_up(written))
    back = totals((line.goods_receipt_line_id, line.quantity) for line in lines)
    receipts.count_returned({line_id: -quantity for line_id, quantity in back.items()})
    await reversing.taken_back(document, reversal, written)
    return SupplierReturnReversed(
        supplier_return_id=document.id,
        supplier_return_reversal_id=reversal.id,
        goods_receipt_ids=tuple(sorted({line.goods_receipt_id for line in lines})),
        purchase_order_ids=order_ids,
        stock_level_ids=posted.stock_level_ids,
        note=note,
    )


async def _undone(
    call: Call, document: SupplierReturn, again: Sequence[LineAgain], written: Sequence[SupplierReturnReversalLine]
) -> tuple[Trade, list[Incoming], tuple[int, ...]]:
    """What is owed again for goods, or not expected of their order any more; and that order."""
    if document.resolution is SupplierReturnResolution.REPLACE:
        order = await _order_to_complete(call, document, again)
        nothing = Trade(partner_id=document.supplier_id, amounts={row.id: Amounts() for row in written})
        return nothing, purchasing.count_arrivals(order, _not_replaced(again)), (order.id,)
    told = [amounts.of_line(document, row) for row in written]
    bought = Trade(
        partner_id=document.supplier_id,
        amounts={row.id: one.base for row, one in zip(written, told, strict=True)},
        in_currency=(document.currency, Amounts.total(one.own for one in told)),
    )
    return bought, [], ()


async def _order_to_complete(call: Call, document: SupplierReturn, again: Sequence[LineAgain]) -> OrderToReceive:
    """The order that expects goods of a return again, locked; raises with those that came in their place."""
    order_id = again[0].came.purchase_order_id
    try:
        order = await purchasing.order_to_receive(call, purchase_order_id=order_id, path=("id",))
    except Rejected:  # all came that it expected
        reject_if(await _replaced(document.id))
        raise
    reject_if(await _replaced(document.id))
    return order


def _again(line: SupplierReturnLine, came: ReceivedGoods) -> LineAgain:
    return LineAgain(line=line, came=came, part=came.take_back(line.quantity))


def _not_replaced(again: Sequence[LineAgain]) -> dict[int, Arrived]:
    """What is not to come again of each line of the order, for it is here."""
    found: dict[int, Arrived] = {}
    for one in again:
        line_id, quantity = one.came.purchase_order_line_id, one.line.quantity
        told = Arrived(quantity=quantity, rejected=one.line.quantity_rejected, replacing=quantity)
        found[line_id] = found.get(line_id, Arrived()) + told
    return found


def _lines(reversal_id: int, again: Sequence[LineAgain]) -> list[SupplierReturnReversalLine]:
    return [
        SupplierReturnReversalLine(
            supplier_return_reversal_id=reversal_id,
            line_no=one.line.line_no,
            supplier_return_line_id=one.line.id,
            sku_id=one.line.sku_id,
            quantity=one.line.quantity,
            quantity_rejected=one.line.quantity_rejected,
            value=Money(0),
            value_received=one.part.value_received,
            **one.part.amounts.columns,
        )
        for one in again
    ]


def _moves(
    written: Sequence[SupplierReturnReversalLine],
    again: Sequence[LineAgain],
    gone: Collection[GoneGoods],
    warehouse: KnownWarehouse,
    places: Mapping[int, KnownPlace],
) -> list[Move]:
    """From the supplier to where the goods had lain, lot by lot and piece by piece, at what they left with."""
    of_line: dict[int, list[GoneGoods]] = {}
    for left in gone:
        of_line.setdefault(left.line_id, []).append(left)
    return [
        Move(
            sku_id=row.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=VirtualPlace.SUPPLIER,
            to_place_id=_place_of(places[left.from_place_id], warehouse),
            quantity=left.quantity,
            line_id=row.id,
            value=left.value,
            lot_id=left.lot_id,
            serials=left.serials,
            origin_on=one.came.business_date,
            of_line_id=one.came.id,
            path=("id",),
        )
        for row, one in zip(written, again, strict=True)
        for left in of_line[one.line.id]
    ]


def _place_of(place: KnownPlace, warehouse: KnownWarehouse) -> int:
    lies_there = place.is_active and place.warehouse_id == warehouse.id and place.kind in SHELVES
    return place.id if lies_there else warehouse.stock_place_id


async def _gone(line_ids: Collection[int]) -> list[GoneGoods]:
    """What left with lines of a return, in the order in which it did; two statements."""
    asked = db.ids(line_ids)
    of_lines = f"FROM {asked.table} AS asked JOIN stock_movement AS movement ON movement.line_id = asked.id"
    left, pieces = await db.together(
        db.fetch(
            f"SELECT movement.id, asked.id, lot_id, from_place_id, quantity, value {of_lines} ORDER BY movement.id",
            asked.params,
        ),
        db.fetch(
            f"SELECT movement.id, serial.number {of_lines} JOIN serial_movement AS step "
            "ON step.movement_id = movement.id JOIN serial_number AS serial ON serial.id = step.serial_id "
            "ORDER BY serial.number",
            asked.params,
        ),
    )
    numbers: dict[int, list[str]] = {}
    for movement_id, number in pieces:
        numbers.setdefault(movement_id, []).append(number)
    return [_left(row, numbers) for row in left]


def _left(row: Any, numbers: Mapping[int, Sequence[str]]) -> GoneGoods:
    movement_id, line_id, lot_id, place_id, quantity, value = row
    return GoneGoods(
        line_id=line_id,
        lot_id=lot_id,
        from_place_id=place_id,
        quantity=Quantity(quantity),
        value=Money(value),
        serials=tuple(numbers.get(movement_id, ())),
    )


async def _replaced(supplier_return_id: int) -> list[Reason]:
    """What came to replace goods of the lines of an order since a return of them, and was not taken back.

    Movements have ids in the order in which who holds the order writes them.
    """
    rows = await db.fetch(
        """
        SELECT sku.code, CAST(SUM(line.quantity_accepted + line.quantity_rejected + line.quantity_uninspected
            - coalesce(taken.quantity, 0)) AS BIGINT)
        FROM goods_receipt_line AS line JOIN sku ON sku.id = line.sku_id
        LEFT JOIN goods_receipt_reversal_line AS taken ON taken.goods_receipt_line_id = line.id
        WHERE line.is_replacement AND line.purchase_order_line_id IN (
            SELECT came.purchase_order_line_id FROM supplier_return_line AS back
            JOIN goods_receipt_line AS came ON came.id = back.goods_receipt_line_id WHERE back.supplier_return_id = ?)
        AND EXISTS (SELECT 1 FROM stock_movement AS movement WHERE movement.line_id = line.id AND movement.id > (
            SELECT MAX(id) FROM stock_movement AS sent WHERE sent.document_id = ?))
        GROUP BY sku.code ORDER BY sku.code""",
        (supplier_return_id, supplier_return_id),
    )
    return [*_came_since(rows)]


def _came_since(rows: Sequence[Any]) -> Iterator[Reason]:
    for code, quantity in rows:
        if quantity:
            yield ReplacementCame(path=("id",), sku=code, replaced=Quantity(quantity))
