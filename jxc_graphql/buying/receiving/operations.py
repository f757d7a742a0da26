"""Taking in what purchase orders bring."""

from collections.abc import Sequence
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import queries, rules
from jxc_graphql.buying.receiving.facts import GoodsReceived
from jxc_graphql.buying.receiving.models import GoodsReceipt
from jxc_graphql.buying.receiving.rules import ReceivedLine
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.lots import labels
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note

__all__ = ["ReceivedLine", "receive_goods"]


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
    (day, problems), skus, places, warehouse, paid = await db.together(
        door.posting_date(call),
        catalog.skus({sku_id for sku_id, _, _ in labelled}),
        warehouses.places_of({line.place_id for line in lines if line.place_id is not None}),
        warehouses.warehouse(order.warehouse_id),
        queries.paid(order.id),
    )
    reject_if([
        *problems, *rules.check_receipt(order, lines, places), *labels.check(labelled, skus), *check_note(note),
    ])  # fmt: skip
    lot_ids = await lots.ensure(call, labelled, skus=skus) if any(line.lot for line in lines) else [None] * len(lines)
    assert warehouse
    arriving = rules.arrivals(order, lines, lot_ids, warehouse, paid)
    of_order = {"supplier_id": order.row.supplier_id, "warehouse_id": order.warehouse_id}
    receipt = made_out(GoodsReceipt, call, day, purchase_order_id=order.id, note=note, **of_order)
    receipt_lines = rules.lines_of_receipt(receipt.id, arriving)
    receipt.total = Money.total(line.value for line in receipt_lines)
    moves = rules.moves_of_receipt(receipt_lines, arriving, warehouse)
    posted = await door.post(
        Posting(
            call=call,
            document_id=receipt.id,
            business_date=day,
            moves=moves,
            incoming=purchasing.count_arrivals(order, rules.arrived(arriving)),
        )
    )
    await opened(receipt, receipt_lines, out_of=[order.id])
    return GoodsReceived(
        purchase_order_id=order.id, goods_receipt_id=receipt.id, stock_level_ids=posted.stock_level_ids
    )
