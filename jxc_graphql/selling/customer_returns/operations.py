"""What can be done with returns of customers."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from jxc_graphql.books import door
from jxc_graphql.books.door import Posting
from jxc_graphql.books.goods import delivered
from jxc_graphql.books.trades import Trade
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.documents import amounts, register, reversing
from jxc_graphql.office.documents.amounts import COLUMNS, IN_CURRENCY
from jxc_graphql.office.documents.changing import locked_with_lines, made_out, moved_on, opened, save_columns
from jxc_graphql.office.documents.copying import copied_as
from jxc_graphql.office.documents.facts import (
    DocumentCancelled,
    DocumentCreated,
    DocumentRejected,
    DocumentSubmitted,
    DocumentUpdated,
    DocumentWithdrawn,
)
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, Redraft, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step
from jxc_graphql.selling.customer_returns import inspection, queries, rules
from jxc_graphql.selling.customer_returns.facts import CustomerReturnApproved, CustomerReturnReceived
from jxc_graphql.selling.customer_returns.inspection import AgreedReturn, InspectedLine
from jxc_graphql.selling.customer_returns.models import (
    STATES,
    CustomerReturn,
    CustomerReturnFreight,
    CustomerReturnLine,
)
from jxc_graphql.selling.customer_returns.rules import LineToReturn
from jxc_graphql.selling.sales import exchanges
from jxc_graphql.selling.shipping import sold
from jxc_graphql.selling.shipping.models import ShipmentLine
from jxc_graphql.selling.shipping.sold import DeliveredLine

_CAME = "What came, and where it goes; what is refunded only is refunded anyway."
_KINDS = (CustomerReturn, CustomerReturnLine)


@posting(STATES[DocumentAction.UPDATE])
async def create_customer_return(
    call: Call,
    *,
    warehouse_id: int,
    lines: Annotated[Sequence[LineToReturn], "What, of which lines of shipments; 1 to 500 lines."],
    freight: CustomerReturnFreight = CustomerReturnFreight.COMPANY,
    note: str = "",
) -> DocumentCreated[CustomerReturn]:
    """Drafts a return of goods that left (新建销售退货单), at what they were sold for.

    Nothing moves before it is received. Raises `Rejected` with everything that is wrong with it: an `OverReturn` for
    every line of a shipment of which more is to come back than is left.
    """
    found, known = await db.together(
        sold.lines({one.shipment_line_id for one in lines}), warehouses.warehouses([warehouse_id])
    )
    left = sold.seen(call, found)
    document = made_out(
        CustomerReturn, call, business_date(call), warehouse_id=warehouse_id, freight=freight, note=note, cost=Money(0)
    )
    drawn, problems = await _drawn(document, lines, left)
    reject_if([*problems, *check_note(note)])
    warehouses.check_usable(call, known, [(warehouse_id, ("warehouse_id",))])
    await opened(document, drawn)
    return DocumentCreated.of(document)


@copied_as(CustomerReturn)
async def _asked_again(_document: CustomerReturn, lines: Sequence[CustomerReturnLine]) -> Mapping[str, Any]:
    return {"lines": [rules.asked_of(line) for line in lines]}


@posting(STATES[DocumentAction.UPDATE])
async def update_customer_return(
    call: Call,
    *,
    customer_return_id: int,
    lines: Annotated[Change[Sequence[LineChange[LineToReturn]]], EVERY_LINE] = UNSET,
    freight: Change[CustomerReturnFreight] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[CustomerReturn]:
    """Changes what is given of a draft (修改销售退货单).

    Raises `Rejected` with everything that is wrong with it.
    """
    document, before = await locked_with_lines(
        _KINDS, call, customer_return_id, DocumentAction.UPDATE, expected_version
    )
    new, left = CustomerReturn(id=document.id), dict[int, DeliveredLine]()

    async def draw(asked: Sequence[LineToReturn]) -> tuple[list[CustomerReturnLine], list[Reason]]:
        left.update(sold.seen(call, await sold.lines({one.shipment_line_id for one in asked})))
        return await _drawn(new, asked, left)

    was = [(line, rules.asked_of(line)) for line in before.values()]
    redraft = await redrawn(was, lines, draw, also=check_note(note))
    if lines is UNSET:
        return await redrafted(document, redraft, freight=freight, note=note)
    counted = [amounts.copy_of(line) for line in redraft.lines]
    reject_if(rules.put_amounts(new, counted, left))
    followed = {name: getattr(new, name) for name in (*rules.AMOUNTS, *IN_CURRENCY, "customer_id")}
    return await redrafted(
        document, Redraft(before=redraft.before, lines=counted), freight=freight, note=note, **followed
    )


submit_customer_return = step(DocumentSubmitted[CustomerReturn])


@posting(STATES[DocumentAction.APPROVE])
async def approve_customer_return(
    call: Call, *, customer_return_id: int, expected_version: int | None = None
) -> CustomerReturnApproved:
    """Agrees to a return (审核销售退货单), and orders what goes out in exchange.

    Goods that are there are reserved for it. Raises `Rejected` with an `OverReturn` for every line of a shipment of
    which so much is not left any more, and with what is wrong with the order.
    """
    document, lines = await locked_with_lines(
        _KINDS, call, customer_return_id, DocumentAction.APPROVE, expected_version
    )
    left = await sold.lines({line.shipment_line_id for line in lines.values()})
    reject_if(rules.check_returned([*lines.values()], left, ("id",)))
    instead = rules.goods_instead(document, lines.values(), left)
    ordered = None
    if instead:
        first = next(iter(left.values()))
        ordered = await exchanges.order_instead(
            call,
            instead,
            currency=document.currency,
            out_of=document.id,
            credited=document.base_gross,
            path=("id",),
            customer_id=document.customer_id,
            warehouse_id=document.warehouse_id,
            seller_id=first.seller_id,
            payment_term_id=first.payment_term_id,
        )
    register.link({one.shipment_id for one in left.values()}, document.id, LinkKind.RETURN)
    moved_on(document, DocumentAction.APPROVE)
    return CustomerReturnApproved(
        customer_return_id=document.id,
        sales_order_id=ordered.sales_order_id if ordered else None,
        stock_level_ids=ordered.stock_level_ids if ordered else (),
    )


reject_customer_return = step(DocumentRejected[CustomerReturn])
withdraw_customer_return = step(DocumentWithdrawn[CustomerReturn])
cancel_customer_return = step(DocumentCancelled[CustomerReturn], wrong=queries.exchange_open)


@posting(STATES[DocumentAction.RECEIVE])
async def receive_customer_return(
    call: Call,
    *,
    customer_return_id: int,
    lines: Annotated[Sequence[InspectedLine], _CAME],
    expected_version: int | None = None,
) -> CustomerReturnReceived:
    """Takes in what a customer brought back (销售退货验收入库), and credits what he had paid for it.

    It comes at what it had cost when it left. Where less came than was agreed the return is closed. Raises `Rejected`
    with what is wrong with its day, its lots and pieces, a `MoreThanAgreed` for every line of which more came, and an
    `OverReturn` for every line of a shipment of which so much is not left any more.
    """
    _, (document, rows) = await db.together(
        door.hold_open(),
        locked_with_lines(_KINDS, call, customer_return_id, DocumentAction.RECEIVE, expected_version),
    )
    line_ids = {line.shipment_line_id for line in rows.values()}
    left = await sold.lines(line_ids, kept=True)
    (day, problems), known, there = await db.together(
        door.posting_date(call), warehouses.warehouses([document.warehouse_id]), delivered.still_there(line_ids)
    )
    agreed = AgreedReturn.of(rows, left, there)
    inspected = inspection.with_refunds(lines, agreed)
    reject_if([*problems, *inspection.check_day(agreed, day), *inspection.check(inspected, agreed)])
    back = inspection.count(inspected, agreed)
    credited = [line for line in rows.values() if line.quantity_credited]
    comes_to = {line.id: amounts.of_line(document, line) for line in credited}
    posted = await door.post(
        Posting(
            call=call,
            document_id=document.id,
            business_date=day,
            moves=inspection.moves(inspected, agreed, known[document.warehouse_id]),
            sold=Trade(
                partner_id=document.customer_id,
                seller_id=next(iter(left.values())).seller_id,
                amounts={line_id: -one.base for line_id, one in comes_to.items()},
                in_currency=(document.currency, -Amounts.total(one.own for one in comes_to.values())),
            ),
        )
    )
    reversing.counted_back(ShipmentLine, back)
    save_columns([*rows.values()], *inspection.COUNTS, *COLUMNS, "cost")
    document.update_from_dict(amounts.added_up(rows.values()))
    document.business_date, document.cost = day, Money.total(posted.values)
    told = ("business_date", *COLUMNS, "cost")
    moved_on(document, DocumentAction.RECEIVE, *told, to=inspection.status_of(rows.values()))
    return CustomerReturnReceived(customer_return_id=document.id, stock_level_ids=posted.stock_level_ids)


async def _drawn(
    document: CustomerReturn, asked: Sequence[LineToReturn], left: Mapping[int, DeliveredLine]
) -> tuple[list[CustomerReturnLine], list[Reason]]:
    """The lines of a return of this, in the money in which it was sold, and everything that is wrong with them."""
    goods = await catalog.skus(rules.skus_of(asked, left))
    first = next((left[one.shipment_line_id] for one in asked if one.shipment_line_id in left), None)
    if first is not None:
        document.update_from_dict({name: getattr(first, name) for name in (*IN_CURRENCY, "customer_id")})
    return rules.drawn(document, asked, left, goods)
