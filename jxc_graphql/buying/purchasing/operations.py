"""What can be done with purchase orders, and counting what they bring."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated

from jxc_graphql.books.goods import ledger
from jxc_graphql.buying.purchasing import rules
from jxc_graphql.buying.purchasing.facts import PurchaseOrderApproved, PurchaseOrderCancelled
from jxc_graphql.buying.purchasing.models import STATES, PurchaseOrder, PurchaseOrderLine
from jxc_graphql.buying.purchasing.queries import Arrived, LineToReceive, OrderToReceive
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import lines as order_lines
from jxc_graphql.office.documents.changing import (
    add_to_columns,
    locked_with_lines,
    made_out,
    moved_on,
    opened,
    save_columns,
)
from jxc_graphql.office.documents.facts import DocumentCreated, DocumentRejected, DocumentSubmitted, DocumentUpdated
from jxc_graphql.office.documents.lines import LineToPrice, lines_of
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step


@posting(STATES[DocumentAction.UPDATE])
async def create_purchase_order(
    call: Call,
    *,
    supplier_id: int,
    warehouse_id: int,
    lines: Annotated[Sequence[LineToPrice], "What; 1 to 500 lines."],
    expected_on: date | None = None,
    note: str = "",
) -> DocumentCreated[PurchaseOrder]:
    """Drafts a purchase order (新建采购订单); it binds nobody until it is approved.

    Raises `Rejected` with everything that is wrong with it.
    """
    order = made_out(
        PurchaseOrder,
        call,
        business_date(call),
        supplier_id=supplier_id,
        warehouse_id=warehouse_id,
        expected_on=expected_on,
        note=note,
    )
    supplier, (drawn, problems), known, _ = await db.together(
        partners.supplier(call, supplier_id),
        _drawn(call, order, lines),
        warehouses.warehouses([warehouse_id]),
        company.settled(),
    )
    problems += await company.check_not_before(expected_on=expected_on)
    reject_if([*rules.check_supplier(supplier), *problems, *check_note(note)])
    warehouses.check_usable(call, known, [(warehouse_id, ("warehouse_id",))])
    order.total = Money.total(line.amount for line in drawn)
    await opened(order, drawn)
    return DocumentCreated.of(order)


@posting(STATES[DocumentAction.UPDATE])
async def update_purchase_order(
    call: Call,
    *,
    purchase_order_id: int,
    lines: Annotated[Change[Sequence[LineChange[LineToPrice]]], EVERY_LINE] = UNSET,
    expected_on: Change[date | None] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[PurchaseOrder]:
    """Changes what is given of a draft (修改采购订单).

    Raises `Rejected` with everything that is wrong with it.
    """
    order, lines_before = await locked_with_lines(
        (PurchaseOrder, PurchaseOrderLine), call, purchase_order_id, DocumentAction.UPDATE, expected_version
    )
    was = [(line, order_lines.asked_of(LineToPrice, line)) for line in lines_before.values()]
    wrong = await company.check_not_before(expected_on=expected_on)
    drawn = await redrawn(was, lines, partial(_drawn, call, order), also=[*wrong, *check_note(note)])
    total = Money.total(line.amount for line in drawn.lines)
    return await redrafted(order, drawn, expected_on=expected_on, note=note, total=total)


async def _wrong_with_supplier(call: Call, purchase_order_id: int) -> Iterable[Reason]:
    supplier = await partners.supplier_of(call, PurchaseOrder, purchase_order_id)
    return rules.check_supplier(supplier, path=("id",))


submit_purchase_order = step(
    DocumentSubmitted[PurchaseOrder],
    "Hands a draft in for approval (提交采购订单); refused when orders to its supplier are blocked.",
    wrong=_wrong_with_supplier,
)


@posting(STATES[DocumentAction.APPROVE])
async def approve_purchase_order(
    call: Call, *, purchase_order_id: int, expected_version: int | None = None
) -> PurchaseOrderApproved:
    """Makes an order binding (审核采购订单), its goods incoming; refused when orders to its supplier are blocked."""
    kinds = (PurchaseOrder, PurchaseOrderLine)
    (order, lines), wrong, _ = await db.together(
        locked_with_lines(kinds, call, purchase_order_id, DocumentAction.APPROVE, expected_version),
        _wrong_with_supplier(call, purchase_order_id),
        ledger.levels_of(PurchaseOrder, purchase_order_id),
    )
    reject_if(wrong)
    coming = [_incoming(order, line, rules.outstanding(line)) for line in lines.values()]
    level_ids = await ledger.expect(coming, at=call.at)
    moved_on(order, DocumentAction.APPROVE)
    return PurchaseOrderApproved(purchase_order_id=order.id, stock_level_ids=level_ids)


reject_purchase_order = step(DocumentRejected[PurchaseOrder])


@posting(STATES[DocumentAction.CANCEL])
async def cancel_purchase_order(
    call: Call, *, purchase_order_id: int, expected_version: int | None = None
) -> PurchaseOrderCancelled:
    """Gives up what is outstanding (作废采购订单): the order is cancelled, or closed when part of it was received."""
    (order, lines), _ = await db.together(
        locked_with_lines(
            (PurchaseOrder, PurchaseOrderLine), call, purchase_order_id, DocumentAction.CANCEL, expected_version
        ),
        ledger.levels_of(PurchaseOrder, purchase_order_id),
    )
    given_up = [_incoming(order, line, -rules.outstanding(line)) for line in lines.values()]
    binding = order.status in rules.BINDING
    for line in lines.values():
        line.quantity_cancelled = rules.outstanding(line)
    save_columns([*lines.values()], "quantity_cancelled")
    moved_on(order, DocumentAction.CANCEL)
    level_ids = await ledger.expect(given_up, at=call.at) if binding else ()
    return PurchaseOrderCancelled(purchase_order_id=order.id, stock_level_ids=level_ids)


async def order_to_receive(
    call: Call, *, purchase_order_id: int, expected_version: int | None = None
) -> OrderToReceive:
    """An order that takes goods in, and its lines, kept from others until the transaction ends.

    Belongs into the transaction of what arrives; raises as every change of an order does.
    """
    order, rows = await locked_with_lines(
        (PurchaseOrder, PurchaseOrderLine),
        call,
        purchase_order_id,
        DocumentAction.RECEIVE,
        expected_version,
        path=("purchase_order_id",),
    )
    lines = {
        line.id: LineToReceive(
            id=line.id,
            sku_id=line.sku_id,
            quantity=line.quantity,
            amount=line.amount,
            received=line.quantity_received,
            outstanding=rules.outstanding(line),
        )
        for line in rows.values()
    }
    return OrderToReceive(id=order.id, warehouse_id=order.warehouse_id, row=order, lines=lines)


def count_arrivals(order: OrderToReceive, arrived: Mapping[int, Arrived]) -> list[ledger.Incoming]:
    """Counts what came, by line, on an order that `order_to_receive` gave; gives what is not incoming any more.

    Belongs into the same transaction; of no line may more have come than is outstanding.
    """
    counts = {line_id: (came.quantity, came.rejected) for line_id, came in arrived.items()}
    add_to_columns(PurchaseOrderLine, counts, "quantity_received", "quantity_rejected")
    nothing = Arrived(quantity=Quantity(0), rejected=Quantity(0))
    left = [line.outstanding - arrived.get(line.id, nothing).quantity for line in order.lines.values()]
    moved_on(order.row, DocumentAction.RECEIVE, to=rules.status_of(left))
    return [_incoming(order, order.lines[line_id], -came.quantity) for line_id, came in arrived.items()]


async def _drawn(
    call: Call, order: PurchaseOrder, asked: Sequence[LineToPrice]
) -> tuple[list[PurchaseOrderLine], list[Reason]]:
    """The lines of an order that asks for this, and everything that is wrong with them."""
    goods, offer = await db.together(
        catalog.skus({line.sku_id for line in asked}),
        partners.offer(call, order.supplier_id, {line.sku_id for line in asked if line.unit_price is None}),
    )
    agreed, missing = rules.agreed(asked, goods, offer)
    priced, problems = order_lines.price(agreed, goods)
    nothing_yet = dict.fromkeys(("quantity_received", "quantity_rejected", "quantity_cancelled"), Quantity(0))
    return lines_of(PurchaseOrderLine, priced, purchase_order_id=order.id, **nothing_yet), [*problems, *missing]


def _incoming(
    order: PurchaseOrder | OrderToReceive, line: PurchaseOrderLine | LineToReceive, quantity: Quantity
) -> ledger.Incoming:
    return ledger.Incoming(sku_id=line.sku_id, warehouse_id=order.warehouse_id, quantity=quantity)
