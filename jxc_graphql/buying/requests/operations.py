"""What can be done with purchase requests; `ordering` has what is made of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

from jxc_graphql.books.goods.facts import DocumentUnapproved
from jxc_graphql.buying.requests import rules
from jxc_graphql.buying.requests.facts import PurchaseRequestClosed
from jxc_graphql.buying.requests.models import STATES, PurchaseRequest, PurchaseRequestLine, PurchaseRequestSource
from jxc_graphql.buying.requests.rules import NeededGoods
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import NotFound, Reason, UnknownId, reject_if
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import lines as order_lines
from jxc_graphql.office.documents import register, sight
from jxc_graphql.office.documents.changing import locked, locked_with_lines, made_out, moved_on, opened, save_columns
from jxc_graphql.office.documents.copying import copied_as
from jxc_graphql.office.documents.facts import (
    DocumentApproved,
    DocumentCancelled,
    DocumentCreated,
    DocumentRejected,
    DocumentSubmitted,
    DocumentUpdated,
    DocumentWithdrawn,
)
from jxc_graphql.office.documents.lines import lines_of
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step

_KINDS = (PurchaseRequest, PurchaseRequestLine)
_WAITS = "The sales order that waits for it (缺货订单), where that is its source, and nowhere else."
_SALES_ORDER = "SALES_ORDER"


@posting(STATES[DocumentAction.UPDATE])
async def create_purchase_request(
    call: Call,
    *,
    warehouse_id: int,
    needed_on: date,
    lines: Annotated[Sequence[NeededGoods], "What; 1 to 500 lines."],
    source: PurchaseRequestSource = PurchaseRequestSource.MANUAL,
    sales_order_id: Annotated[int | None, _WAITS] = None,
    note: str = "",
) -> DocumentCreated[PurchaseRequest]:
    """Drafts a purchase request (新建请购单); nothing is ordered before it is approved.

    Raises `Rejected` with everything that is wrong with it.
    """
    request = made_out(
        PurchaseRequest,
        call,
        business_date(call),
        warehouse_id=warehouse_id,
        source=source,
        needed_on=needed_on,
        note=note,
    )
    (drawn, problems), known, early = await db.together(
        _drawn(request, call, lines),
        warehouses.warehouses([warehouse_id]),
        company.check_not_before(needed_on=needed_on),
    )
    problems += [*early, *rules.check_source(source, sales_order_id), *check_note(note)]
    if sales_order_id is not None:
        problems += await _unknown_order(call, sales_order_id)
    reject_if(problems)
    warehouses.check_usable(call, known, [(warehouse_id, ("warehouse_id",))])
    waits = [] if sales_order_id is None else [sales_order_id]
    await opened(request, drawn, out_of=waits, link=LinkKind.NEED)
    return DocumentCreated.of(request)


@posting(STATES[DocumentAction.UPDATE])
async def update_purchase_request(
    call: Call,
    *,
    purchase_request_id: int,
    lines: Annotated[Change[Sequence[LineChange[NeededGoods]]], EVERY_LINE] = UNSET,
    needed_on: Change[date] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[PurchaseRequest]:
    """Changes what is given of a draft (修改请购单).

    Raises `Rejected` with everything that is wrong with it.
    """
    request, before = await locked_with_lines(
        _KINDS, call, purchase_request_id, DocumentAction.UPDATE, expected_version
    )
    was = [(line, rules.asked_of(line)) for line in before.values()]
    wrong = [*check_note(note), *await company.check_not_before(needed_on=needed_on)]
    drawn = await redrawn(was, lines, partial(_drawn, request, call), also=wrong)
    return await redrafted(request, drawn, needed_on=needed_on, note=note)


@copied_as(PurchaseRequest)
async def _asked_again(request: PurchaseRequest, lines: Sequence[PurchaseRequestLine]) -> Mapping[str, Any]:  # noqa: ARG001
    """Another one is not for the order that waited; its lines are needed when it is."""
    goods = [rules.asked_of(line) for line in lines]
    again = [NeededGoods(**{name: getattr(one, name) for name in _AGAIN}) for one in goods]
    return {"lines": again, "source": PurchaseRequestSource.MANUAL, "sales_order_id": None}


_AGAIN = ("sku_id", "quantity", "unit", "supplier_id")

submit_purchase_request = step(DocumentSubmitted[PurchaseRequest])
approve_purchase_request = step(
    DocumentApproved[PurchaseRequest], "Agrees that something is needed (审核请购单): from then on it may be ordered."
)
reject_purchase_request = step(DocumentRejected[PurchaseRequest])
withdraw_purchase_request = step(DocumentWithdrawn[PurchaseRequest])


@posting(STATES[DocumentAction.UNAPPROVE])
async def unapprove_purchase_request(
    call: Call, *, purchase_request_id: int, note: str = "", expected_version: int | None = None
) -> DocumentUnapproved[PurchaseRequest]:
    """Makes a request a draft again of which nothing was ever ordered (反审核请购单)."""
    action = DocumentAction.UNAPPROVE
    request, wrong = await db.together(
        locked(PurchaseRequest, call, purchase_request_id, action, expected_version, note=note),
        register.check_untouched(purchase_request_id),
    )
    reject_if(wrong)
    moved_on(request, action)
    return DocumentUnapproved.of(request, stock_level_ids=(), note=note)


@posting(STATES[DocumentAction.CANCEL])
async def cancel_purchase_request(
    call: Call, *, purchase_request_id: int, expected_version: int | None = None
) -> DocumentCancelled[PurchaseRequest]:
    """Gives up what is not ordered yet (作废请购单): the request is cancelled, or closed when part of it is ordered."""
    request = await _give_up(call, purchase_request_id, DocumentAction.CANCEL, expected_version)
    return DocumentCancelled.of(request)


@posting(STATES[DocumentAction.CLOSE])
async def close_purchase_request(
    call: Call, *, purchase_request_id: int, note: str, expected_version: int | None = None
) -> PurchaseRequestClosed:
    """Closes a request of which part is ordered (关闭请购单), and says why the rest is not needed."""
    request = await _give_up(call, purchase_request_id, DocumentAction.CLOSE, expected_version, note=note)
    return PurchaseRequestClosed(purchase_request_id=request.id, note=note)


async def _give_up(
    call: Call, request_id: int, action: DocumentAction, expected_version: int | None, *, note: str | None = None
) -> PurchaseRequest:
    request, lines = await locked_with_lines(_KINDS, call, request_id, action, expected_version, note=note)
    for line in lines.values():
        line.quantity_cancelled += rules.left(line)
    save_columns([*lines.values()], "quantity_cancelled")
    moved_on(request, action)
    return request


async def _drawn(
    request: PurchaseRequest, call: Call, asked: Sequence[NeededGoods]
) -> tuple[list[PurchaseRequestLine], list[Reason]]:
    """The lines of a request that asks for this, and everything that is wrong with them."""
    skus, suppliers = await db.together(
        catalog.skus({line.sku_id for line in asked}),
        partners.seen_suppliers(call, {line.supplier_id for line in asked if line.supplier_id is not None}),
    )
    counted, problems = order_lines.price([line.line for line in asked], skus)
    nothing = dict.fromkeys(("quantity_ordered", "quantity_cancelled"), Quantity(0))
    wanted: dict[str, Any] = {name: [getattr(line, name) for line in asked] for name in ("needed_on", "supplier_id")}
    problems += rules.check_suppliers(asked, suppliers)
    if problems:
        return [], problems
    return lines_of(PurchaseRequestLine, counted, purchase_request_id=request.id, **wanted, **nothing), []


async def _unknown_order(call: Call, document_id: int) -> list[Reason]:
    """Whether the caller sees a sales order with this id."""
    unknown = UnknownId(path=("sales_order_id",), kind="SalesOrder")
    try:
        found = await sight.seen(call, document_id, ("sales_order_id",))
    except NotFound:
        return [unknown]
    return [] if found.kind == _SALES_ORDER else [unknown]
