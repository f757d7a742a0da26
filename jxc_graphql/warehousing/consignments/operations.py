"""Taking in goods on consignment, and what becomes of them otherwise than by a sale."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.lines import lines_of
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.warehousing.consignments import queries, rules
from jxc_graphql.warehousing.consignments.models import (
    KEEP_CONSIGNMENTS,
    ConsignmentEnd,
    ConsignmentIssue,
    ConsignmentIssueLine,
    ConsignmentPurpose,
    ConsignmentReceipt,
    ConsignmentReceiptLine,
)
from jxc_graphql.warehousing.consignments.rules import ConsignedLine, IssuedLine


@posting(KEEP_CONSIGNMENTS)
async def receive_consignment(
    call: Call,
    *,
    supplier_id: Annotated[int, "Whose goods they are (货主)."],
    warehouse_id: int,
    lines: Annotated[Sequence[ConsignedLine], "What he brings; 1 to 500 lines."],
    purpose: Annotated[ConsignmentPurpose, "What they are with us for (来货用途)."] = ConsignmentPurpose.CONSIGNMENT,
    due_on: Annotated[
        date | None, "By when what is borrowed goes back (应还日期); required for BORROWING alone."
    ] = None,
    note: str = "",
) -> DocumentPosted[ConsignmentReceipt]:
    """Takes in goods that stay the supplier's (代销入库, 借入), worth nothing to us until sold, used or taken over.

    Raises `NotFound`, or `Rejected` with what is wrong with the days, the supplier, the lines, their lots and pieces.
    """
    (day, problems), warehouse, owner, skus = await db.together(
        door.posting_date(call),
        warehouses.usable_warehouse(call, warehouse_id),
        partners.supplier(call, supplier_id),
        catalog.skus({line.sku_id for line in lines}),
    )
    wrong = [*rules.check_receipt(lines, owner, skus), *rules.check_due(purpose, due_on, day)]
    reject_if([*problems, *wrong, *check_note(note)])
    terms = {"supplier_id": supplier_id, "purpose": purpose, "due_on": due_on}
    receipt = made_out(ConsignmentReceipt, call, day, warehouse_id=warehouse_id, note=note, total=Money(0), **terms)
    made = lines_of(
        ConsignmentReceiptLine,
        lines,
        consignment_receipt_id=receipt.id,
        lot_id=await lots.ensure(call, rules.labelled(lines), skus=skus),
        amount=lambda line: line.amount,
    )
    receipt.total = Money.total(line.amount for line in lines)
    moves = rules.moves_in(made, lines, warehouse, supplier_id)
    posted = await door.post(Posting(call=call, document_id=receipt.id, business_date=day, moves=moves))
    await opened(receipt, made)
    return DocumentPosted.of(receipt, **posted.told)


@posting(KEEP_CONSIGNMENTS)
async def issue_consignment(
    call: Call,
    *,
    supplier_id: Annotated[int, "Whose goods they are (货主)."],
    warehouse_id: int,
    ending: Annotated[ConsignmentEnd, "What becomes of them."],
    lines: Annotated[Sequence[IssuedLine], "Of what; 1 to 500 lines."],
    note: str = "",
) -> DocumentPosted[ConsignmentIssue]:
    """Gives goods of a supplier back, makes them ours, or says that they are lost (代销处理).

    What goes back costs nothing, all else its price. Raises `NotFound`, or `Rejected` with what is wrong with the day
    and the lines, and an `InsufficientStock` for each of which less is left.
    """
    (day, problems), warehouse, brought, places = await db.together(
        door.posting_date(call),
        warehouses.usable_warehouse(call, warehouse_id),
        queries.brought(call, {line.consignment_receipt_line_id for line in lines}),
        warehouses.places_of({line.place_id for line in lines if line.place_id is not None}),
    )
    wrong = rules.check_issue(lines, brought, places, supplier_id=supplier_id, warehouse_id=warehouse_id)
    reject_if([*problems, *wrong, *check_note(note)])
    issue = made_out(
        ConsignmentIssue, call, day, supplier_id=supplier_id, warehouse_id=warehouse_id, ending=ending, note=note
    )
    made = lines_of(
        ConsignmentIssueLine,
        lines,
        consignment_issue_id=issue.id,
        sku_id=lambda line: brought[line.consignment_receipt_line_id].sku_id,
        value=Money(0),
    )
    moves = rules.moves_out(made, lines, warehouse, ending)
    posted = await door.post(Posting(call=call, document_id=issue.id, business_date=day, moves=moves))
    for row, value in zip(made, posted.values, strict=True):
        row.value = value
    issue.total = Money.total(posted.values)
    await opened(issue, made)
    return DocumentPosted.of(issue, **posted.told)
