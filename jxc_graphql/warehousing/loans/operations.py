"""What can be done with loans until the goods leave; `endings` has what follows."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods.named import known_goods
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.lots import queries as lots
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.documents.changing import locked_with_lines, made_out, moved_on, opened, save_columns
from jxc_graphql.office.documents.copying import copied_as
from jxc_graphql.office.documents.facts import DocumentCancelled, DocumentCreated, DocumentUpdated
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step
from jxc_graphql.warehousing.loans import rules
from jxc_graphql.warehousing.loans.facts import GoodsLent
from jxc_graphql.warehousing.loans.models import STATES, Loan, LoanLine, LoanPurpose
from jxc_graphql.warehousing.loans.rules import WantedLine


@posting(STATES[DocumentAction.UPDATE])
async def create_loan(
    call: Call,
    *,
    warehouse_id: int,
    customer_id: Annotated[int | None, "To which customer; either this or `supplierId`."] = None,
    supplier_id: Annotated[int | None, "To which supplier."] = None,
    purpose: Annotated[LoanPurpose, "What for; what nobody says is to be brought back."] = LoanPurpose.LOAN,
    due_on: date,
    lines: Annotated[Sequence[WantedLine], "What; 1 to 500 lines."],
    note: str = "",
) -> DocumentCreated[Loan]:
    """Drafts a loan (新建借出单、寄售单、委外单) to a customer or a supplier; nothing leaves before it is approved."""
    day = business_date(call)
    customer = None if customer_id is None else await partners.customer(call, customer_id)
    supplier = None if supplier_id is None else await partners.supplier(call, supplier_id)
    loan = made_out(
        Loan,
        call,
        day,
        warehouse_id=warehouse_id,
        customer_id=customer_id,
        supplier_id=supplier_id,
        purpose=purpose,
        due_on=due_on,
        note=note,
        cost=Money(0),
    )
    drawn, problems = await _drawn(loan, lines)
    problems += rules.check_partner(loan, customer, supplier)
    reject_if([*problems, *rules.check_due(day, due_on), *check_note(note)])
    await warehouses.usable_warehouse(call, warehouse_id)
    await opened(loan, drawn)
    return DocumentCreated.of(loan)


@copied_as(Loan)
async def _asked_again(_loan: Loan, lines: Sequence[LoanLine]) -> dict[str, Any]:
    named = await lots.lots({line.lot_id for line in lines if line.lot_id is not None})
    return {"lines": [rules.asked_of(line, named) for line in lines]}


@posting(STATES[DocumentAction.UPDATE])
async def update_loan(
    call: Call,
    *,
    loan_id: int,
    due_on: Change[date] = UNSET,
    lines: Annotated[Change[Sequence[LineChange[WantedLine]]], EVERY_LINE] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[Loan]:
    """Changes what is given of a draft (修改借出单)."""
    loan, lines_before = await locked_with_lines(
        (Loan, LoanLine), call, loan_id, DocumentAction.UPDATE, expected_version
    )
    before = lines_before.values()
    named = await lots.lots({line.lot_id for line in before if line.lot_id is not None})
    was = [(line, rules.asked_of(line, named)) for line in before]
    late = [] if due_on is UNSET else rules.check_due(loan.business_date, due_on)
    drawn = await redrawn(was, lines, partial(_drawn, loan), also=[*late, *check_note(note)])
    return await redrafted(loan, drawn, due_on=due_on, note=note)


@posting(STATES[DocumentAction.APPROVE])
async def approve_loan(call: Call, *, loan_id: int, expected_version: int | None = None) -> GoodsLent:
    """Lends the goods (审核借出单): they leave the shelves, and are ours still.

    Raises `Rejected` with what is wrong with its day, an `InsufficientStock` for every line that asks for more than is
    available, and what is wrong with lots and pieces.
    """
    _, (loan, of_loan) = await db.together(
        door.hold_open(), locked_with_lines((Loan, LoanLine), call, loan_id, DocumentAction.APPROVE, expected_version)
    )
    (day, problems), known = await db.together(door.posting_date(call), warehouses.warehouses([loan.warehouse_id]))
    reject_if([*problems, *rules.check_due(day, loan.due_on, ("id",))])
    lines, warehouse = [*of_loan.values()], known[loan.warehouse_id]
    moves = rules.moves_of_loan(lines, warehouse)
    posted = await door.post(Posting(call=call, document_id=loan.id, business_date=day, moves=moves))
    for line, value in zip(lines, posted.values, strict=True):
        line.quantity_lent, line.cost = line.quantity, value
    save_columns(lines, "quantity_lent", "cost")
    loan.lent_on, loan.cost = day, Money.total(posted.values)
    moved_on(loan, DocumentAction.APPROVE, "lent_on", "cost")
    return GoodsLent(loan_id=loan.id, stock_level_ids=posted.stock_level_ids)


cancel_loan = step(DocumentCancelled[Loan])


async def _drawn(loan: Loan, asked: Sequence[WantedLine]) -> tuple[list[LoanLine], list[Reason]]:
    """The lines of a loan of this, and everything that is wrong with them."""
    known = await known_goods(asked)
    return rules.lines_of_loan(loan.id, asked, known), [*rules.check_lines(asked, known)]
