"""What can be done with amendments of purchase orders."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

from jxc_graphql.books.goods import ledger
from jxc_graphql.buying.purchase_amendments.facts import PurchaseOrderAmended
from jxc_graphql.buying.purchase_amendments.models import STATES, PurchaseAmendment, PurchaseAmendmentLine
from jxc_graphql.buying.purchase_amendments.rules import AMENDABLE, ChangedPurchaseLine
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.models import EDIT_PURCHASE_ORDERS, PurchaseOrder, PurchaseOrderLine
from jxc_graphql.buying.receiving import queries as receiving
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import applying
from jxc_graphql.office.documents.amending import Amended, LinesWanted
from jxc_graphql.office.documents.amendments import AskedAmendment
from jxc_graphql.office.documents.amounts import AmountsInBoth
from jxc_graphql.office.documents.changing import locked_with_lines, made_out, opened
from jxc_graphql.office.documents.facts import (
    DocumentCancelled,
    DocumentCreated,
    DocumentRejected,
    DocumentSubmitted,
    DocumentWithdrawn,
)
from jxc_graphql.office.documents.lines import LineToPrice, check_discount
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step

_ORDER = ("purchase_order_id",)


@posting(EDIT_PURCHASE_ORDERS)
async def amend_purchase_order(
    call: Call,
    *,
    purchase_order_id: Annotated[int, "A binding order."],
    add: Annotated[Sequence[LineToPrice], "Lines that come on."] = (),
    change: Annotated[Sequence[ChangedPurchaseLine], "Lines that are to say something else."] = (),
    cancel_rest_ids: Annotated[Sequence[int], "Lines of which the rest is given up (取消余量)."] = (),
    new_expected_on: date | None = None,
    new_discount: Money | None = None,
    new_note: str | None = None,
    note: str = "",
    expected_version: int | None = None,
) -> DocumentCreated[PurchaseAmendment]:
    """Drafts an amendment (变更采购订单) of a binding order, which stays as it is until that is applied.

    Raises `Rejected` with everything that is wrong with it.
    """
    (order, lines), others, _ = await db.together(
        purchasing.order_to_amend(call, purchase_order_id=purchase_order_id, expected_version=expected_version),
        applying.check_no_other(PurchaseOrder, purchase_order_id, _ORDER),
        company.settled(),
    )
    also = [
        *others,
        *check_discount(new_discount, ("new_discount",)),
        *check_note(note),
        *check_note(new_note, path=("new_note",)),
        *await company.check_not_before(new_expected_on=new_expected_on),
    ]
    asked = AskedAmendment(add=add, change=change, cancel_rest_ids=cancel_rest_ids, discount=new_discount)
    found, wishes = await _redrawn(
        call, order, lines, asked, also=also, expected_on=new_expected_on, note=new_note and new_note.strip()
    )
    amendment = made_out(
        PurchaseAmendment,
        call,
        business_date(call),
        purchase_order_id=order.id,
        supplier_id=order.supplier_id,
        warehouse_id=order.warehouse_id,
        new_expected_on=new_expected_on,
        new_discount=new_discount,
        new_note=new_note,
        note=note,
        **found.columns(order),
    )
    kept = applying.lines_of(AMENDABLE, PurchaseAmendmentLine, wishes, found, purchase_amendment_id=amendment.id)
    await opened(amendment, kept, out_of=[order.id], link=LinkKind.AMENDMENT)
    return DocumentCreated.of(amendment)


submit_purchase_amendment = step(DocumentSubmitted[PurchaseAmendment])


@posting(STATES[DocumentAction.APPROVE])
async def approve_purchase_amendment(
    call: Call, *, purchase_amendment_id: int, expected_version: int | None = None
) -> PurchaseOrderAmended:
    """Applies an amendment (审核采购订单变更): the order says it from now on, and what is incoming follows.

    Everything is checked again, by what came since. Raises `Rejected` with all that is wrong with it now.
    """
    kinds = (PurchaseAmendment, PurchaseAmendmentLine)
    amendment, said = await locked_with_lines(
        kinds, call, purchase_amendment_id, DocumentAction.APPROVE, expected_version
    )
    keys = {(one.sku_id, amendment.warehouse_id) for one in said.values()}
    (order, lines), _ = await db.together(
        purchasing.order_to_amend(call, purchase_order_id=amendment.purchase_order_id, path=("id",)),
        ledger.levels_at(keys),
    )
    asked = applying.asked_by(AMENDABLE, amendment, said.values())
    terms = {"expected_on": amendment.new_expected_on, "note": amendment.new_note}
    found, _ = await _redrawn(call, order, lines, asked, at=("id",), **terms)
    told = applying.applied(amendment, order, found)
    level_ids = await purchasing.amend(call, order, found)
    return PurchaseOrderAmended(
        purchase_order_id=order.id,
        purchase_amendment_id=amendment.id,
        stock_level_ids=level_ids,
        gives_back=order.gives_back,
        **told,
    )


reject_purchase_amendment = step(DocumentRejected[PurchaseAmendment], "Turns an amendment down (驳回采购订单变更).")
withdraw_purchase_amendment = step(DocumentWithdrawn[PurchaseAmendment])
cancel_purchase_amendment = step(DocumentCancelled[PurchaseAmendment])


async def _redrawn(
    call: Call, order: PurchaseOrder, lines: Mapping[int, PurchaseOrderLine], asked: AskedAmendment, **told: Any
) -> tuple[Amended[PurchaseOrderLine], LinesWanted]:
    there = {one.sku_id for one in lines.values()}
    return await applying.redrawn(
        AMENDABLE,
        order,
        lines,
        asked,
        draw=partial(purchasing.draw, call, order, order.currency, there=there),
        had=_had(order.id),
        **told,
    )


async def _had(order_id: int) -> dict[int, AmountsInBoth]:
    return {line_id: came.owed for line_id, came in (await receiving.came(order_id)).items()}
