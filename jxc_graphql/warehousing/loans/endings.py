"""How loans end: what is done with goods that a partner has, until all of them are told of."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.changing import locked_with_lines, made_out, moved_on, opened, save_columns
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.operations import ShippedLine, VirtualPlace
from jxc_graphql.warehousing.loans import queries, rules
from jxc_graphql.warehousing.loans.facts import LoanClosed, LoanReturned, LoanSold
from jxc_graphql.warehousing.loans.models import STATES, Loan, LoanLine, LoanLossReason, LoanReturn, LoanReturnLine
from jxc_graphql.warehousing.loans.rules import LoanPart, LotLent, ReturnedLine, SoldLine

Lines = Mapping[int, LoanLine]


@posting(STATES[DocumentAction.RETURN])
async def return_loan(
    call: Call,
    *,
    loan_id: Annotated[int, "Of which loan."],
    lines: Annotated[Sequence[ReturnedLine], "What; 1 to 500 lines."],
    note: str = "",
    expected_version: int | None = None,
) -> LoanReturned:
    """Takes back what a partner brings (归还), in parts if need be, at the cost at which it left.

    Raises `Rejected` with what is wrong with its day and its lines: a `MoreThanLent` for each of which more comes than
    was lent, and what does not fit the lots and pieces that left.
    """
    _, (loan, lent) = await db.together(
        door.hold_open(),
        locked_with_lines((Loan, LoanLine), call, loan_id, DocumentAction.RETURN, expected_version, path=("loan_id",)),
    )
    (day, problems), (lots, pieces, warehouse), places = await db.together(
        door.posting_date(call),
        _lent(loan, lent),
        warehouses.places_of({one.place_id for one in lines if one.place_id is not None}),
    )
    problems += rules.check_parts(loan, lent, lines, lots=lots, pieces=pieces, day=day)
    reject_if([*problems, *rules.check_places(lines, places, warehouse.id), *check_note(note)])
    document = made_out(LoanReturn, call, day, loan_id=loan.id, warehouse_id=warehouse.id, note=note)
    brought = [
        LoanReturnLine(
            loan_return_id=document.id,
            line_no=line_no,
            loan_line_id=one.loan_line_id,
            sku_id=lent[one.loan_line_id].sku_id,
            place_id=one.place_id or warehouse.stock_place_id,
            quantity=one.quantity,
            value=Money(0),
        )
        for line_no, one in enumerate(lines, 1)
    ]
    parts = [(row.id, one, row.place_id) for row, one in zip(brought, lines, strict=True)]
    moves = rules.moves_back(lent, parts, lots, warehouse)
    posted = await door.post(Posting(call=call, document_id=document.id, business_date=day, moves=moves))
    values = posted.of_lines
    for row in brought:
        row.value = values[row.id]
    await _count(loan, DocumentAction.RETURN, lent, lines, "quantity_returned")
    document.total = Money.total(posted.values)
    await opened(document, brought, out_of=[loan.id])
    return LoanReturned(loan_id=loan.id, loan_return_id=document.id, stock_level_ids=posted.stock_level_ids)


@posting(STATES[DocumentAction.SELL])
async def sell_loan(
    call: Call,
    *,
    loan_id: Annotated[int, "Of which loan."],
    sales_order_id: Annotated[int, "By which approved order of the same customer and warehouse."],
    lines: Annotated[Sequence[SoldLine], "What; 1 to 500 lines."],
    note: Annotated[str, "Remark (备注) on the shipment."] = "",
    expected_version: int | None = None,
) -> LoanSold:
    """Sells goods to the customer who has them (借出转销售): by an approved order, with a shipment, at their cost.

    What was reserved for the order is free again. Raises `Rejected` as returns and shipments do, with `OrderOfAnother`
    for an order of another customer or warehouse, and with `OtherGoods`.
    """
    _, (loan, lent) = await db.together(
        door.hold_open(),
        locked_with_lines((Loan, LoanLine), call, loan_id, DocumentAction.SELL, expected_version, path=("loan_id",)),
    )
    order = await sales.order_to_ship(call, sales_order_id=sales_order_id)
    (day, problems), (lots, pieces, warehouse) = await db.together(door.posting_date(call), _lent(loan, lent))
    problems += rules.check_parts(loan, lent, lines, lots=lots, pieces=pieces, day=day)
    problems += rules.check_order(loan, lent, order, lines)
    shipped = [
        ShippedLine(sales_order_line_id=one.sales_order_line_id, quantity=one.quantity, serials=one.serials)
        for one in lines
    ]
    reject_if([*problems, *shipping.check_shipment(order, shipped, {}, {}), *check_note(note)])
    line_ids = [new_id() for _ in lines]
    parts = [(line_id, one, VirtualPlace.CUSTOMER) for line_id, one in zip(line_ids, lines, strict=True)]
    moves = rules.moves_back(lent, parts, lots, warehouse)
    sent = await shipping.send_out(call, order, shipped, moves, day=day, line_ids=line_ids, note=note, out_of=[loan.id])
    await _count(loan, DocumentAction.SELL, lent, lines, "quantity_sold")
    return LoanSold(
        loan_id=loan.id,
        sales_order_id=order.id,
        shipment_id=sent.shipment_id,
        stock_level_ids=sent.stock_level_ids,
    )


@posting(STATES[DocumentAction.CLOSE])
async def close_loan(
    call: Call,
    *,
    loan_id: int,
    reason: Annotated[LoanLossReason, "Why; it decides where the books put the goods."],
    note: Annotated[str, "What happened (原因); 1 to 500 characters."],
    expected_version: int | None = None,
) -> LoanClosed:
    """Ends a loan of which goods do not come back (借出损失): what is still out is lost or broken, at its cost.

    It goes where the reason puts it.
    """
    _, (loan, lent) = await db.together(
        door.hold_open(),
        locked_with_lines((Loan, LoanLine), call, loan_id, DocumentAction.CLOSE, expected_version, note=note),
    )
    (day, problems), (lots, pieces, warehouse) = await db.together(door.posting_date(call), _lent(loan, lent))
    lines = rules.everything_out(lent, pieces)
    reject_if([*problems, *rules.check_parts(loan, lent, lines, lots=lots, pieces=pieces, day=day)])
    parts = [(one.loan_line_id, one, rules.place_of_loss(reason)) for one in lines]
    moves = rules.moves_back(lent, parts, lots, warehouse)
    posted = await door.post(Posting(call=call, document_id=loan.id, business_date=day, moves=moves))
    for one in lines:
        lent[one.loan_line_id].quantity_lost = one.quantity
    save_columns([*lent.values()], "quantity_lost")
    loan.loss_reason = reason
    moved_on(loan, DocumentAction.CLOSE, "loss_reason")
    return LoanClosed(loan_id=loan.id, note=note, stock_level_ids=posted.stock_level_ids)


async def _lent(loan: Loan, lines: Lines) -> tuple[list[LotLent], dict[int, list[str]], KnownWarehouse]:
    """What the partner has, by lot and by piece; and where it is from."""
    lots, pieces, known = await db.together(
        queries.lots_lent(lines), queries.pieces_lent(lines), warehouses.warehouses([loan.warehouse_id])
    )
    return lots, pieces, known[loan.warehouse_id]


async def _count(loan: Loan, action: DocumentAction, lines: Lines, parts: Sequence[LoanPart], column: str) -> None:
    """Counts what came back or was sold on the lines of a loan, and moves it on."""
    for one in parts:
        line = lines[one.loan_line_id]
        setattr(line, column, getattr(line, column) + one.quantity)
    save_columns([*lines.values()], column)
    moved_on(loan, action, to=rules.status_of(lines.values()))
