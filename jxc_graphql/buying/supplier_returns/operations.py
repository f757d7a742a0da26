"""What can be done with returns to suppliers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from jxc_graphql.books import door
from jxc_graphql.books.door import Posted, Posting
from jxc_graphql.books.goods import gathering
from jxc_graphql.books.goods.facts import DocumentUnapproved
from jxc_graphql.books.goods.gathering import Gathering
from jxc_graphql.books.goods.ledger import Incoming, totals
from jxc_graphql.books.trades import Trade
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receipts
from jxc_graphql.buying.receiving import queries as receiving
from jxc_graphql.buying.receiving.queries import ReceivedGoods
from jxc_graphql.buying.supplier_returns import rules
from jxc_graphql.buying.supplier_returns.facts import SupplierReturnPosted
from jxc_graphql.buying.supplier_returns.models import (
    STATES,
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnResolution,
)
from jxc_graphql.buying.supplier_returns.rules import GoingBack, GoodsToReturn, KnownReturn
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, Rejected, UnknownId, reject_if
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import amounts, register
from jxc_graphql.office.documents.changing import (
    locked,
    locked_with_lines,
    made_out,
    moved_on,
    opened,
    save_columns,
)
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
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step

_KINDS = (SupplierReturn, SupplierReturnLine)
_SAID = ("quantity_rejected", "value", "value_received", *amounts.COLUMNS)


@posting(STATES[DocumentAction.UPDATE])
async def create_supplier_return(
    call: Call,
    *,
    supplier_id: int,
    warehouse_id: int,
    lines: Annotated[Sequence[GoodsToReturn], "What goes back; 1 to 500 lines."],
    resolution: SupplierReturnResolution = SupplierReturnResolution.CREDIT,
    authorization_number: str = "",
    carrier: str = "",
    tracking_number: str = "",
    note: str = "",
) -> DocumentCreated[SupplierReturn]:
    """Drafts a return of goods to their supplier (新建采购退货单); nothing leaves, or is kept, until it is posted.

    Raises `Rejected` with everything that is wrong with it.
    """
    document = made_out(
        SupplierReturn,
        call,
        business_date(call),
        supplier_id=supplier_id,
        warehouse_id=warehouse_id,
        resolution=resolution,
        authorization_number=authorization_number.strip(),
        carrier=carrier.strip(),
        tracking_number=tracking_number.strip(),
        note=note,
    )
    supplier, warehouse, came, _ = await db.together(
        partners.supplier(call, supplier_id),
        warehouses.usable_warehouse(call, warehouse_id),
        _seen_goods(call, lines),
        company.settled(),
    )
    drawn, problems = await _drawn(document, warehouse, resolution, lines, came)
    if supplier is None:
        problems = [UnknownId(path=("supplier_id",), kind="Supplier"), *problems]
    problems += rules.check_texts(
        authorization_number=authorization_number, carrier=carrier, tracking_number=tracking_number
    )
    reject_if([*problems, *check_note(note)])
    document.update_from_dict({**_terms(drawn, came), **amounts.added_up(drawn)})
    await opened(document, drawn)
    return DocumentCreated.of(document)


@copied_as(SupplierReturn)
async def _asked_again(document: SupplierReturn, lines: Sequence[SupplierReturnLine]) -> dict[str, Any]:  # noqa: ARG001
    return {"lines": [rules.asked_of(line) for line in lines], "authorization_number": "", "tracking_number": ""}


@posting(STATES[DocumentAction.UPDATE])
async def update_supplier_return(
    call: Call,
    *,
    supplier_return_id: int,
    lines: Annotated[Change[Sequence[LineChange[GoodsToReturn]]], EVERY_LINE] = UNSET,
    resolution: Change[SupplierReturnResolution] = UNSET,
    authorization_number: Change[str | None] = UNSET,
    carrier: Change[str | None] = UNSET,
    tracking_number: Change[str | None] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[SupplierReturn]:
    """Changes what is given of a draft (修改采购退货单).

    Raises `Rejected` with everything that is wrong with it.
    """
    document, before = await locked_with_lines(
        _KINDS, call, supplier_return_id, DocumentAction.UPDATE, expected_version
    )
    warehouse = await _warehouse(document)
    seen: dict[int, ReceivedGoods] = {}

    async def draw(asked: Sequence[GoodsToReturn]) -> tuple[list[SupplierReturnLine], list[Reason]]:
        seen.update(await _seen_goods(call, asked))
        now = document.resolution if resolution is UNSET else resolution
        return await _drawn(document, warehouse, now, asked, seen)

    told = {"authorization_number": authorization_number, "carrier": carrier, "tracking_number": tracking_number}
    wrong = [*check_note(note), *rules.check_texts(**{name: text for name, text in told.items() if text is not UNSET})]
    was = [(line, rules.asked_of(line)) for line in before.values()]
    drawn = await redrawn(was, lines, draw, also=wrong, unless=("resolution",))
    terms = {} if lines is UNSET else {**_terms(drawn.lines, seen), **amounts.added_up(drawn.lines)}
    return await redrafted(document, drawn, resolution=resolution, note=note, **told, **terms)


submit_supplier_return = step(DocumentSubmitted[SupplierReturn])
approve_supplier_return = step(
    DocumentApproved[SupplierReturn],
    "Agrees to a return (审核采购退货单); its goods leave when it is posted.",
)
reject_supplier_return = step(DocumentRejected[SupplierReturn])
withdraw_supplier_return = step(DocumentWithdrawn[SupplierReturn])
cancel_supplier_return = step(DocumentCancelled[SupplierReturn])


@posting(STATES[DocumentAction.UNAPPROVE])
async def unapprove_supplier_return(
    call: Call, *, supplier_return_id: int, note: str = "", expected_version: int | None = None
) -> DocumentUnapproved[SupplierReturn]:
    """Makes a return a draft again whose goods are still here (反审核采购退货单)."""
    action = DocumentAction.UNAPPROVE
    document = await locked(SupplierReturn, call, supplier_return_id, action, expected_version, note=note)
    moved_on(document, action)
    return DocumentUnapproved.of(document, stock_level_ids=(), note=note)


@posting(STATES[DocumentAction.POST])
async def post_supplier_return(
    call: Call,
    *,
    supplier_return_id: int,
    carrier: str = "",
    tracking_number: str = "",
    expected_version: int | None = None,
) -> SupplierReturnPosted:
    """Sends goods back to their supplier (采购退货过账), who owes what they came to, or replaces them.

    They leave at what their line costs by now. Raises `Rejected` with what is wrong with its day, an `OverReturn` for
    every line of a receipt of which less is left, and whatever the ledger finds; where goods lie in another warehouse
    that is told as well.
    """
    _, (document, rows) = await db.together(
        door.hold_open(),
        locked_with_lines(_KINDS, call, supplier_return_id, DocumentAction.POST, expected_version),
    )
    lines = [*rows.values()]
    line_ids = {line.goods_receipt_line_id for line in lines}
    (day, problems), came, known, lying, pieces = await db.together(
        door.posting_date(call),
        receiving.received_goods(line_ids, held=True),
        warehouses.warehouses([document.warehouse_id]),
        gathering.lying({(line.sku_id, line.lot_id) for line in lines}),
        gathering.pieces_brought(line_ids),
    )
    sent = {"carrier": carrier.strip() or document.carrier}
    sent |= {"tracking_number": tracking_number.strip() or document.tracking_number}
    problems += rules.check_texts(carrier=carrier, tracking_number=tracking_number)
    reject_if([*problems, *rules.check_posting(lines, came, day), *rules.check_pieces(lines, pieces)])
    back = rules.going_back(lines, came, known[document.warehouse_id], lying, pieces)
    rules.say(back)
    document.update_from_dict({"business_date": day, **sent, **amounts.added_up(lines)})
    posted, order_ids = await _post(call, document, back, lying)
    for line in lines:
        line.value = posted.of_lines[line.id]
    document.total = Money.total(posted.values)
    save_columns(lines, *_SAID)
    receipts.count_returned(totals((line.goods_receipt_line_id, line.quantity) for line in lines))
    receipt_ids = sorted({line.goods_receipt_id for line in lines})
    register.link(receipt_ids, document.id, LinkKind.RETURN)
    moved_on(document, DocumentAction.POST, "business_date", *sent, "total", *amounts.COLUMNS)
    return SupplierReturnPosted(
        supplier_return_id=document.id,
        goods_receipt_ids=tuple(receipt_ids),
        purchase_order_ids=order_ids,
        stock_level_ids=posted.stock_level_ids,
    )


async def _post(
    call: Call, document: SupplierReturn, back: Sequence[GoingBack], lying: Gathering
) -> tuple[Posted, tuple[int, ...]]:
    """Has goods leave, and the supplier owe what they came to, or their order expect them again; gives that order."""
    bought = Trade(partner_id=document.supplier_id, amounts={one.line.id: Amounts() for one in back})
    incoming, order_ids = list[Incoming](), tuple[int, ...]()
    if document.resolution is SupplierReturnResolution.REPLACE:
        order = await purchasing.order_to_receive(
            call, purchase_order_id=back[0].came.purchase_order_id, action=DocumentAction.REOPEN, path=("id",)
        )
        incoming, order_ids = purchasing.count_back(order, rules.to_come_again(back)), (order.id,)
    else:
        bought = Trade(
            partner_id=document.supplier_id,
            amounts={one.line.id: -one.part.amounts.base for one in back},
            in_currency=(document.currency, -Amounts.total(one.part.amounts.own for one in back)),
        )
    moves = rules.moves_of_return(document, back)
    try:
        posted = await door.post(
            Posting(
                call=call,
                document_id=document.id,
                business_date=document.business_date,
                moves=moves,
                incoming=incoming,
                bought=bought,
            )
        )
    except Rejected as refused:
        raise Rejected(*refused.reasons, *await _elsewhere(call, document, back, lying)) from refused
    return posted, order_ids


async def _elsewhere(call: Call, document: SupplierReturn, back: Sequence[GoingBack], lying: Gathering) -> list[Reason]:
    """Where else, as far as the caller sees, goods lie that are missing in the warehouse of a return."""
    missing = {(one.line.sku_id, one.line.lot_id) for one in back if one.missing}
    found = [
        (sku_id, warehouse_id, quantity)
        for sku_id, lot_id in sorted(missing, key=lambda goods: (goods[0], goods[1] or 0))
        for warehouse_id, quantity in sorted(lying.elsewhere((sku_id, lot_id), document.warehouse_id).items())
        if call.sees(Dimension.WAREHOUSE, warehouse_id)
    ]
    known = await warehouses.warehouses({warehouse_id for _, warehouse_id, _ in found})
    skus = await catalog.skus({sku_id for sku_id, *_ in found})
    return [
        rules.LiesElsewhere(path=("id",), sku=skus[sku_id].code, warehouse=known[warehouse_id].name, quantity=quantity)
        for sku_id, warehouse_id, quantity in found
    ]


async def _seen_goods(call: Call, asked: Iterable[GoodsToReturn]) -> dict[int, ReceivedGoods]:
    """What came with the lines of receipts that are named, as far as the caller sees these."""
    found = await receiving.received_goods({line.goods_receipt_line_id for line in asked})
    return {
        line_id: one
        for line_id, one in found.items()
        if call.sees(Dimension.WAREHOUSE, one.warehouse_id) and call.sees(Dimension.SUPPLIER, one.supplier_id)
    }


async def _drawn(
    document: SupplierReturn,
    warehouse: KnownWarehouse,
    resolution: SupplierReturnResolution,
    asked: Sequence[GoodsToReturn],
    came: Mapping[int, ReceivedGoods],
) -> tuple[list[SupplierReturnLine], list[Reason]]:
    """The lines of a return that asks for this, and everything that is wrong with them."""
    skus, places = await db.together(
        catalog.skus({one.sku_id for one in came.values()}),
        warehouses.places_of({line.place_id for line in asked if line.place_id is not None}),
    )
    known = KnownReturn(
        id=document.id,
        supplier_id=document.supplier_id,
        resolution=resolution,
        warehouse=warehouse,
        came=came,
        skus=skus,
        places=places,
    )
    return rules.drawn(asked, known)


def _terms(lines: Sequence[SupplierReturnLine], came: Mapping[int, ReceivedGoods]) -> Mapping[str, Any]:
    """In which currency the lines of a return are, by columns."""
    return came[lines[0].goods_receipt_line_id].terms


async def _warehouse(document: SupplierReturn) -> KnownWarehouse:
    warehouse = await warehouses.warehouse(document.warehouse_id)
    assert warehouse
    return warehouse
