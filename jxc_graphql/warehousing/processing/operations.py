"""Taking in what processors made."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from jxc_graphql.books import door
from jxc_graphql.kit import db, fen
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Quantity, UnitPrice, check_not_negative, check_total
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.documents.changing import locked_with_lines, moved_on, save_columns
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.assembly.models import AssemblyKind
from jxc_graphql.warehousing.assembly.rules import KitPart, UsedComponent
from jxc_graphql.warehousing.loans import queries as loans
from jxc_graphql.warehousing.loans.models import STATES, Loan, LoanLine
from jxc_graphql.warehousing.loans.rules import status_of
from jxc_graphql.warehousing.processing import rules
from jxc_graphql.warehousing.processing.facts import ProcessedReceived


@posting(STATES[DocumentAction.RECEIVE])
async def receive_processed(
    call: Call,
    *,
    loan_id: Annotated[int, "The loan by which the processor has the components (委外单)."],
    sku_id: Annotated[int, "What he made: a kit, made of what its recipe says."],
    quantity: Annotated[Quantity, "How many, in its base unit; more than 0."],
    fee: Annotated[UnitPrice, "What he is owed for each (加工费单价), without tax; all together to the fen."],
    lines: Annotated[
        Sequence[UsedComponent],
        "Components of which lot, pieces or quantity matters, at most 200 lines; the others go by the recipe.",
    ] = (),
    lot: Annotated[LotLabel | None, "The lot of what he made (批次标签), as `assembleKits` has it."] = None,
    serials: Annotated[Sequence[str], "The numbers of what he made (序列号), where it has serial numbers."] = (),
    place_id: Annotated[int | None, "To which stock place or bin (库位)."] = None,
    reason: Annotated[str, "Why it departs from the recipe (差异原因), at most 200 characters."] = "",
    note: str = "",
    expected_version: int | None = None,
) -> ProcessedReceived:
    """Takes in what a processor made (委外入库): it is worth the components that he used, and his fee.

    Components come out of the loan, first expired, first. Raises `Rejected` as `assemble_kits` does, with
    `NotForProcessing`, and with a `NotEnoughLent` for each component of which the processor has less.
    """
    _, (loan, lent) = await db.together(
        door.hold_open(),
        locked_with_lines((Loan, LoanLine), call, loan_id, DocumentAction.RECEIVE, expected_version),
    )
    kit = KitPart(
        sku_id=sku_id, quantity=quantity, expected=quantity, path=("quantity",),
        lot=lot, place_id=place_id, serials=tuple(serials),
    )  # fmt: skip
    owed = fen.worth(quantity, fee)
    reject_if([*check_not_negative(fee, ("fee",)), *check_total(owed, ("fee",))])
    job = await assembly.begin(
        call,
        AssemblyKind.PROCESS,
        warehouse_id=loan.warehouse_id,
        kit=kit,
        lines=[line.part for line in lines],
        heading={"supplier_id": loan.supplier_id, "extra_cost": owed, "reason": reason, "note": note},
    )
    lots, pieces, skus = await db.together(
        loans.lots_lent(lent), loans.pieces_lent(lent), catalog.skus({part.sku_id for part in job.parts})
    )
    codes = {sku.id: sku.code for sku in skus.values()}
    used, problems = rules.used(job.parts, lent, lots, pieces, codes)
    reject_if([*rules.check_loan(loan, job.document.business_date), *problems])
    job = msgspec.structs.replace(job, parts=[one.part for one in used])
    level_ids = await assembly.make(call, job, rules.moves_of(used, job.warehouse), out_of=[loan.id])
    for one in used:
        lent[one.loan_line_id].quantity_used += one.part.quantity
    save_columns([*lent.values()], "quantity_used")
    moved_on(loan, DocumentAction.RECEIVE, to=status_of(lent.values()))
    return ProcessedReceived(loan_id=loan.id, assembly_id=job.document.id, stock_level_ids=level_ids)
