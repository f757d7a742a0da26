"""What can be done with sales orders, claiming goods for them, and counting what left."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated

from jxc_graphql.books.goods import ledger
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
from jxc_graphql.office.documents.lines import AskedLine, lines_of
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step
from jxc_graphql.selling.sales import rules
from jxc_graphql.selling.sales.facts import SalesOrderApproved, SalesOrderCancelled
from jxc_graphql.selling.sales.models import STATES, SalesOrder, SalesOrderLine
from jxc_graphql.selling.sales.queries import LineToShip, OrderToShip


@posting(STATES[DocumentAction.UPDATE])
async def create_sales_order(
    call: Call,
    *,
    customer_id: int,
    warehouse_id: int,
    lines: Annotated[Sequence[AskedLine], "What; 1 to 500 lines."],
    note: str = "",
) -> DocumentCreated[SalesOrder]:
    """Drafts a sales order (新建销售订单); it reserves nothing until it is approved.

    Raises `Rejected` with everything that is wrong with it.
    """
    order = made_out(
        SalesOrder, call, business_date(call), customer_id=customer_id, warehouse_id=warehouse_id, note=note
    )
    customer, (drawn, problems), known, _ = await db.together(
        partners.customer(call, customer_id),
        _drawn(order, lines),
        warehouses.warehouses([warehouse_id]),
        company.settled(),
    )
    reject_if([*rules.check_customer(customer), *problems, *check_note(note)])
    warehouses.check_usable(call, known, [(warehouse_id, ("warehouse_id",))])
    order.total = Money.total(line.amount for line in drawn)
    await opened(order, drawn)
    return DocumentCreated.of(order)


@posting(STATES[DocumentAction.UPDATE])
async def update_sales_order(
    call: Call,
    *,
    sales_order_id: int,
    lines: Annotated[Change[Sequence[LineChange[AskedLine]]], EVERY_LINE] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[SalesOrder]:
    """Changes what is given of a draft (修改销售订单).

    Raises `Rejected` with everything that is wrong with it.
    """
    order, lines_before = await locked_with_lines(
        (SalesOrder, SalesOrderLine), call, sales_order_id, DocumentAction.UPDATE, expected_version
    )
    was = [(line, order_lines.asked_of(AskedLine, line)) for line in lines_before.values()]
    drawn = await redrawn(was, lines, partial(_drawn, order), also=check_note(note))
    return await redrafted(order, drawn, note=note, total=Money.total(line.amount for line in drawn.lines))


async def _wrong_with_customer(call: Call, sales_order_id: int) -> Iterable[Reason]:
    return rules.check_customer(await partners.customer_of(call, SalesOrder, sales_order_id), path=("id",))


submit_sales_order = step(DocumentSubmitted[SalesOrder], wrong=_wrong_with_customer)


@posting(STATES[DocumentAction.APPROVE])
async def approve_sales_order(
    call: Call, *, sales_order_id: int, expected_version: int | None = None
) -> SalesOrderApproved:
    """Makes an order binding (审核销售订单): what is available is reserved for it, the rest is a backorder (欠货)."""
    (order, lines), wrong, _ = await db.together(
        locked_with_lines((SalesOrder, SalesOrderLine), call, sales_order_id, DocumentAction.APPROVE, expected_version),
        _wrong_with_customer(call, sales_order_id),
        ledger.wishes_of(call, SalesOrder, sales_order_id),
    )
    reject_if(wrong)
    claimed = await ledger.claim(call, rules.wishes(order, lines.values()))
    order.approved_at = call.at
    moved_on(order, DocumentAction.APPROVE, "approved_at")
    return SalesOrderApproved(sales_order_id=order.id, stock_level_ids=claimed.stock_level_ids)


reject_sales_order = step(DocumentRejected[SalesOrder])


@posting(STATES[DocumentAction.CANCEL])
async def cancel_sales_order(
    call: Call, *, sales_order_id: int, expected_version: int | None = None
) -> SalesOrderCancelled:
    """Gives up what is outstanding (作废销售订单) and frees its reservations; once part was shipped it is closed."""
    (order, lines), level_ids = await db.together(
        locked_with_lines((SalesOrder, SalesOrderLine), call, sales_order_id, DocumentAction.CANCEL, expected_version),
        ledger.release(call, [sales_order_id], whose="document_id"),
    )
    for line in lines.values():
        line.quantity_cancelled = rules.outstanding(line)
    save_columns([*lines.values()], "quantity_cancelled")
    moved_on(order, DocumentAction.CANCEL)
    return SalesOrderCancelled(sales_order_id=order.id, stock_level_ids=level_ids)


async def order_to_ship(call: Call, *, sales_order_id: int, expected_version: int | None = None) -> OrderToShip:
    """An order that goods may leave for, and its lines, kept from others until the transaction ends.

    Belongs into the transaction of what leaves; raises as every change of an order does.
    """
    order, rows = await locked_with_lines(
        (SalesOrder, SalesOrderLine),
        call,
        sales_order_id,
        DocumentAction.SHIP,
        expected_version,
        path=("sales_order_id",),
    )
    lines = {
        line.id: LineToShip(id=line.id, sku_id=line.sku_id, outstanding=rules.outstanding(line))
        for line in rows.values()
    }
    return OrderToShip(id=order.id, warehouse_id=order.warehouse_id, row=order, lines=lines)


def count_departures(order: OrderToShip, left: Mapping[int, Quantity]) -> None:
    """Counts what left, by line, on an order that `order_to_ship` gave.

    Belongs into the same transaction; for no line may more have left than is outstanding. That the claims are used up
    the books are to be told with the moves.
    """
    counts = {line_id: (quantity,) for line_id, quantity in left.items()}
    add_to_columns(SalesOrderLine, counts, "quantity_shipped")
    still = [line.outstanding - left.get(line.id, Quantity(0)) for line in order.lines.values()]
    moved_on(order.row, DocumentAction.SHIP, to=rules.status_of(still))


async def _drawn(order: SalesOrder, asked: Sequence[AskedLine]) -> tuple[list[SalesOrderLine], list[Reason]]:
    """The lines of an order that asks for this, and everything that is wrong with them."""
    priced, problems = order_lines.price(asked, await catalog.skus({line.sku_id for line in asked}))
    nothing_yet = dict.fromkeys(("quantity_shipped", "quantity_cancelled"), Quantity(0))
    return lines_of(SalesOrderLine, priced, sales_order_id=order.id, **nothing_yet), problems
