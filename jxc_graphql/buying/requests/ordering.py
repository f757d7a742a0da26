"""Orders of what was asked for: drafts for each supplier and day, and what they give back when they are cancelled."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec

from jxc_graphql.buying.purchase_amendments.facts import PurchaseOrderAmended
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.facts import PurchaseOrderCancelled
from jxc_graphql.buying.requests import rules
from jxc_graphql.buying.requests.facts import PurchaseRequestOrdered, PurchaseRequestReopened
from jxc_graphql.buying.requests.models import (
    STATES,
    PurchaseRequest,
    PurchaseRequestLine,
    PurchaseRequestOrder,
)
from jxc_graphql.buying.requests.rules import PartToOrder, RequestedPart
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, Rejected, reject_if
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.changing import add_to_columns, locked_with_lines, moved_on, save_columns
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.states import DocumentAction

_KINDS = (PurchaseRequest, PurchaseRequestLine)


@posting(STATES[DocumentAction.ORDER])
async def order_purchase_request(
    call: Call,
    *,
    purchase_request_id: int,
    lines: Annotated[
        Sequence[RequestedPart], "How much of which lines, from whom; by default all that is left of each."
    ] = (),
    expected_version: int | None = None,
) -> PurchaseRequestOrdered:
    """Drafts purchase orders of a request (请购单转采购订单), or of a part of it: one for each supplier and day.

    They are for the warehouse of the request, expected on the day by which their goods are needed, and at the prices
    that are told, or that the supplier asks. Raises `Rejected` with a `MoreThanRequested` for every line of which less
    is left, a `SupplierMissing` where nobody is known, and with all that is wrong with the orders.
    """
    request, known = await locked_with_lines(_KINDS, call, purchase_request_id, DocumentAction.ORDER, expected_version)
    parts, wrong = rules.parts(known, lines)
    reject_if(wrong)
    parts, wrong = await _with_suppliers(call, parts)
    groups, too_many = rules.grouped(request, parts) if not wrong else ({}, [])
    reject_if([*wrong, *too_many])
    order_ids, problems = list[int](), list[Reason]()
    for (supplier_id, day), group in groups.items():
        try:
            order_ids.append(await _ordered(call, request, supplier_id, day, group))
        except Rejected as refused:
            problems += [rules.at_parts(one, group) for one in refused.reasons]
    reject_if(dict.fromkeys(problems))
    purchasing.made_of_request(order_ids)
    for part in parts:
        part.line.quantity_ordered += part.quantity
    save_columns([*{part.line.id: part.line for part in parts}.values()], "quantity_ordered")
    moved_on(request, DocumentAction.ORDER, to=rules.status_of(rules.progress_of(known.values())))
    return PurchaseRequestOrdered(purchase_request_id=request.id, purchase_order_ids=tuple(order_ids))


async def _with_suppliers(call: Call, parts: Sequence[PartToOrder]) -> tuple[list[PartToOrder], list[Reason]]:
    unnamed = {part.line.sku_id for part in parts if part.supplier_id is None}
    if not unnamed:
        return [*parts], []
    prices, skus = await db.together(partners.preferred_prices(unnamed), catalog.skus(unnamed))
    seen = {
        sku_id: price.supplier_id
        for sku_id, price in prices.items()
        if call.sees(Dimension.SUPPLIER, price.supplier_id)
    }
    return rules.with_suppliers(parts, seen, {sku_id: one.code for sku_id, one in skus.items()})


async def _ordered(
    call: Call, request: PurchaseRequest, supplier_id: int, day: date, parts: Sequence[PartToOrder]
) -> int:
    """Drafts the order of some parts; gives its id."""
    drafted = await purchasing.create_purchase_order(
        msgspec.structs.replace(call, idempotency_key=None, business_date=None, fields=()),
        supplier_id=supplier_id,
        warehouse_id=request.warehouse_id,
        expected_on=max(day, business_date(call)),
        lines=[part.to_price for part in parts],
    )
    order_id = drafted.subject_id
    register.link([request.id], order_id, LinkKind.FULFILMENT)
    of_lines: dict[int, Quantity] = {}
    for part in parts:
        of_lines[part.line.id] = of_lines.get(part.line.id, Quantity(0)) + part.quantity
    db.insert_later([
        PurchaseRequestOrder(purchase_request_line_id=line_id, purchase_order_id=order_id, quantity=quantity)
        for line_id, quantity in of_lines.items()
    ])  # fmt: skip
    return order_id


async def give_back(call: Call, fact: PurchaseOrderCancelled | PurchaseOrderAmended) -> None:
    """What requests handed over to an order that is cancelled now is to be ordered again, in its transaction."""
    if not fact.gives_back:
        return
    rows = await db.fetch(
        "SELECT line.purchase_request_id, line.id, part.quantity FROM purchase_request_order AS part "
        "JOIN purchase_request_line AS line ON line.id = part.purchase_request_line_id "
        "WHERE part.purchase_order_id = ? ORDER BY line.id",
        (fact.purchase_order_id,),
    )
    back = {line_id: Quantity(quantity) for _, line_id, quantity in rows}
    request_ids = sorted({request_id for request_id, _, _ in rows})
    requests = await PurchaseRequest.filter(id__in=request_ids).order_by("id").select_for_update()
    lines = await PurchaseRequestLine.filter(purchase_request_id__in=request_ids)
    for line in lines:
        line.quantity_ordered -= back.get(line.id, Quantity(0))
    for request in requests:
        of_it = [line for line in lines if line.purchase_request_id == request.id]
        moved_on(request, DocumentAction.REOPEN, to=rules.status_of(rules.progress_of(of_it)))
        told = PurchaseRequestReopened(purchase_request_id=request.id, purchase_order_id=fact.purchase_order_id)
        journal.record(told, call)
    add_to_columns(PurchaseRequestLine, {line_id: (-one,) for line_id, one in back.items()}, "quantity_ordered")
