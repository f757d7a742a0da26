"""Taking in what purchase orders bring."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods import gathering
from jxc_graphql.books.trades import Trade
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import queries, reversals, rules
from jxc_graphql.buying.receiving.facts import GoodsReceiptReversed, GoodsReceived
from jxc_graphql.buying.receiving.models import GoodsReceipt, GoodsReceiptLine, GoodsReceiptReversal
from jxc_graphql.buying.receiving.rules import ReceivedLine
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.lots import labels
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import amounts, reversing
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction

__all__ = ["ReceivedLine", "count_returned", "receive_goods", "reverse_goods_receipt"]


@posting(Permission.RECEIVE_GOODS)
async def receive_goods(
    call: Call,
    *,
    purchase_order_id: Annotated[int, "An approved order."],
    lines: Annotated[Sequence[ReceivedLine], "What arrived; 1 to 500 lines."],
    note: str = "",
    expected_version: int | None = None,
) -> GoodsReceived:
    """Receives goods of an approved order (采购入库), in parts if need be; never more than is outstanding.

    Accepted ones go to stock, the others are set apart. Raises `Rejected` with what is wrong with its day, its lots and
    places, and an `OverReceipt` for every order line of which more came than is outstanding; or with what is wrong with
    its pieces.
    """
    _, order = await db.together(
        door.hold_open(),
        purchasing.order_to_receive(call, purchase_order_id=purchase_order_id, expected_version=expected_version),
    )
    labelled = rules.labels_of(order, lines)
    (day, problems), skus, places, warehouse, before = await db.together(
        door.posting_date(call),
        catalog.skus({sku_id for sku_id, _, _ in labelled}),
        warehouses.places_of({line.place_id for line in lines if line.place_id is not None}),
        warehouses.warehouse(order.warehouse_id),
        queries.came(order.id),
    )
    reject_if([
        *problems, *rules.check_receipt(order, lines, places), *labels.check(labelled, skus), *check_note(note),
    ])  # fmt: skip
    lot_ids = await lots.ensure(call, labelled, skus=skus) if any(line.lot for line in lines) else [None] * len(lines)
    assert warehouse
    arriving = rules.arrivals(order, lines, lot_ids, warehouse, before)
    of_order = {"supplier_id": order.row.supplier_id, "warehouse_id": order.warehouse_id}
    of_order |= amounts.currency_of(order.row)
    receipt = made_out(GoodsReceipt, call, day, purchase_order_id=order.id, note=note, **of_order)
    receipt_lines = rules.lines_of_receipt(receipt.id, arriving)
    receipt.total = Money.total(line.value for line in receipt_lines)
    receipt.update_from_dict(amounts.added_up(receipt_lines))
    moves = rules.moves_of_receipt(receipt_lines, arriving, warehouse)
    owed = {line.id: rules.owed(receipt, line, line) for line in receipt_lines}
    posted = await door.post(
        Posting(
            call=call,
            document_id=receipt.id,
            business_date=day,
            moves=moves,
            incoming=purchasing.count_arrivals(order, rules.arrived(arriving)),
            bought=Trade(
                partner_id=receipt.supplier_id,
                amounts={line_id: one.base for line_id, one in owed.items()},
                in_currency=(receipt.currency, Amounts.total(one.own for one in owed.values())),
                due_on=order.term.due_on(day),
            ),
        )
    )
    await opened(receipt, receipt_lines, out_of=[order.id])
    return GoodsReceived(
        purchase_order_id=order.id, goods_receipt_id=receipt.id, stock_level_ids=posted.stock_level_ids
    )


@posting(GoodsReceipt.states[DocumentAction.REVERSE])
async def reverse_goods_receipt(
    call: Call,
    *,
    goods_receipt_id: int,
    note: str,
    only_rest: Annotated[
        bool, "Whether only what is still there of it goes back, as far as nobody was promised it."
    ] = False,
    expected_version: int | None = None,
) -> GoodsReceiptReversed:
    """Takes a receipt back (入库冲销) at what its goods cost by now; its order expects them again.

    Raises `Rejected` with what is wrong with its day, `AlreadyReversed`, and an `OverReturn` or an `InsufficientStock`
    for every line of which something went back already, was sold, is promised or lies in another warehouse.
    """
    _, (receipt, of_receipt) = await db.together(
        door.hold_open(),
        reversing.to_reverse((GoodsReceipt, GoodsReceiptLine), call, goods_receipt_id, expected_version, note=note),
    )
    lines = [*of_receipt.values()]
    (day, problems), order, known, lying, pieces = await db.together(
        door.posting_date(call),
        purchasing.order_to_receive(call, purchase_order_id=receipt.purchase_order_id, action=DocumentAction.REOPEN),
        warehouses.warehouses([receipt.warehouse_id]),
        gathering.lying({(line.sku_id, line.lot_id) for line in lines}),
        gathering.pieces_brought(of_receipt),
    )
    warehouse = known[receipt.warehouse_id]
    back = reversals.going_back(receipt, lines, warehouse, lying, pieces, only_rest=only_rest)
    wrong = reversals.check(lines, back, only_rest=only_rest)
    reject_if([*problems, *reversing.check_day(receipt, day), *wrong])
    of_it = {"goods_receipt_id": receipt.id, "supplier_id": receipt.supplier_id, "warehouse_id": receipt.warehouse_id}
    of_it |= amounts.currency_of(receipt)
    reversal = made_out(GoodsReceiptReversal, call, day, note=note, **of_it)
    rows = reversals.lines_of_reversal(reversal.id, back)
    moves = reversals.moves_of_reversal(rows, back, warehouse)
    incoming = purchasing.count_back(order, reversals.told_of(back))
    owed = {row.id: rules.owed(receipt, row, one.line) for row, one in zip(rows, back, strict=True)}
    bought = Trade(
        partner_id=receipt.supplier_id,
        amounts={line_id: -one.base for line_id, one in owed.items()},
        in_currency=(receipt.currency, -Amounts.total(one.own for one in owed.values())),
    )
    posted = await door.post(
        Posting(call=call, document_id=reversal.id, business_date=day, moves=moves, incoming=incoming, bought=bought)
    )
    for row in rows:
        row.value = posted.of_lines[row.id]
    reversal.total = Money.total(posted.values)
    reversal.update_from_dict(amounts.added_up(rows))
    reversing.counted_back(GoodsReceiptLine, {one.line.id: one.quantity for one in back})
    await reversing.taken_back(receipt, reversal, rows)
    return GoodsReceiptReversed(
        goods_receipt_id=receipt.id,
        goods_receipt_reversal_id=reversal.id,
        purchase_order_id=order.id,
        stock_level_ids=posted.stock_level_ids,
        note=note,
    )


def count_returned(back: Mapping[int, Quantity]) -> None:
    """Counts what goes back to suppliers of lines of receipts, by their ids, which `received_goods` kept from others.

    Belongs into the same transaction; of no line may more go back than is left of it.
    """
    reversing.counted_back(GoodsReceiptLine, back)
