"""What can be done with amendments of sales orders."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from jxc_graphql.books.goods import ledger
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import applying
from jxc_graphql.office.documents.amending import Amended, LinesWanted
from jxc_graphql.office.documents.amendments import AskedAmendment
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
from jxc_graphql.selling.sales import exposure
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import EDIT_SALES_ORDERS, SalesOrder, SalesOrderLine
from jxc_graphql.selling.sales.named import bargain_of, measures_of
from jxc_graphql.selling.sales_amendments.facts import SalesOrderAmended
from jxc_graphql.selling.sales_amendments.models import STATES, SalesAmendment, SalesAmendmentLine
from jxc_graphql.selling.sales_amendments.rules import AMENDABLE, ChangedSalesLine
from jxc_graphql.selling.shipping import queries as shipping

_ORDER = ("sales_order_id",)


@posting(EDIT_SALES_ORDERS)
async def amend_sales_order(
    call: Call,
    *,
    sales_order_id: Annotated[int, "A binding order."],
    add: Annotated[Sequence[LineToPrice], "Lines that come on."] = (),
    change: Annotated[Sequence[ChangedSalesLine], "Lines that are to say something else."] = (),
    cancel_rest_ids: Annotated[Sequence[int], "Lines of which the rest is given up (取消余量)."] = (),
    new_discount: Money | None = None,
    new_note: str | None = None,
    note: str = "",
    expected_version: int | None = None,
) -> DocumentCreated[SalesAmendment]:
    """Drafts an amendment (变更销售订单) of a binding order, which stays as it is until that is applied.

    Raises `Rejected` with everything that is wrong with it.
    """
    (order, lines), others, _ = await db.together(
        sales.order_to_amend(call, sales_order_id=sales_order_id, expected_version=expected_version),
        applying.check_no_other(SalesOrder, sales_order_id, _ORDER),
        company.settled(),
    )
    also = [
        *others,
        *check_discount(new_discount, ("new_discount",)),
        *check_note(note),
        *check_note(new_note, path=("new_note",)),
    ]
    asked = AskedAmendment(add=add, change=change, cancel_rest_ids=cancel_rest_ids, discount=new_discount)
    sku_ids = {one.sku_id for one in lines.values()} | {one.sku_id for one in add}
    (found, wishes), known = await db.together(
        _redrawn(call, order, lines, asked, also=also, note=new_note and new_note.strip()),
        measures_of(order.warehouse_id, sku_ids),
    )
    bargain = bargain_of(order, found.lines, known)
    amendment = made_out(
        SalesAmendment,
        call,
        business_date(call),
        sales_order_id=order.id,
        customer_id=order.customer_id,
        warehouse_id=order.warehouse_id,
        new_discount=new_discount,
        new_note=new_note,
        note=note,
        **found.columns(order),
        discount_after=bargain.discount,
        margin_after=bargain.margin,
        below_minimum=bargain.below_minimum,
    )
    kept = applying.lines_of(AMENDABLE, SalesAmendmentLine, wishes, found, sales_amendment_id=amendment.id)
    await opened(amendment, kept, out_of=[order.id], link=LinkKind.AMENDMENT)
    return DocumentCreated.of(amendment)


submit_sales_amendment = step(DocumentSubmitted[SalesAmendment])


@posting(STATES[DocumentAction.APPROVE])
async def approve_sales_amendment(
    call: Call, *, sales_amendment_id: int, expected_version: int | None = None
) -> SalesOrderAmended:
    """Applies an amendment (审核销售订单变更): the order says it from now on, and what is kept for it follows.

    Everything is checked again, by what left since. Raises `Rejected` with all that is wrong with it now.
    """
    kinds = (SalesAmendment, SalesAmendmentLine)
    amendment, said = await locked_with_lines(kinds, call, sales_amendment_id, DocumentAction.APPROVE, expected_version)
    keys = {(one.sku_id, amendment.warehouse_id) for one in said.values()}
    (order, lines), known, _ = await db.together(
        sales.order_to_amend(call, sales_order_id=amendment.sales_order_id, path=("id",)),
        exposure.standing_of(call, SalesAmendment, amendment.id),
        ledger.wishes_at(call, keys),
    )
    asked = applying.asked_by(AMENDABLE, amendment, said.values())
    found, _ = await _redrawn(call, order, lines, asked, at=("id",), note=amendment.new_note)
    told = applying.applied(amendment, order, found)
    level_ids = await sales.amend(call, order, found, known.standing)
    return SalesOrderAmended(
        sales_order_id=order.id, sales_amendment_id=amendment.id, stock_level_ids=level_ids, **told
    )


reject_sales_amendment = step(DocumentRejected[SalesAmendment], "Turns an amendment down (驳回销售订单变更).")
withdraw_sales_amendment = step(DocumentWithdrawn[SalesAmendment])
cancel_sales_amendment = step(DocumentCancelled[SalesAmendment])


async def _redrawn(
    call: Call, order: SalesOrder, lines: Mapping[int, SalesOrderLine], asked: AskedAmendment, **told: Any
) -> tuple[Amended[SalesOrderLine], LinesWanted]:
    there = {one.sku_id for one in lines.values()}
    return await applying.redrawn(
        AMENDABLE,
        order,
        lines,
        asked,
        draw=partial(sales.draw, call, order, order.currency, there=there),
        had=shipping.gone(order.id),
        **told,
    )
