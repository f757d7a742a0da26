"""What can be done with purchase orders, and counting what they bring."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.facts import DocumentClosed, DocumentUnapproved
from jxc_graphql.buying.purchasing import rules
from jxc_graphql.buying.purchasing.facts import PurchaseOrderApproved, PurchaseOrderCancelled
from jxc_graphql.buying.purchasing.models import STATES, PurchaseOrder, PurchaseOrderLine
from jxc_graphql.buying.purchasing.queries import Arrived, LineToReceive, OrderToReceive
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason, reject_if
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.masters.currencies.queries import AskedCurrency, AskedRate, OtherCurrency, OtherRate
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.payment_terms import queries as payment_terms
from jxc_graphql.masters.taxes import queries as taxes
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import amounts, applying, register
from jxc_graphql.office.documents import lines as order_lines
from jxc_graphql.office.documents.amending import Amended
from jxc_graphql.office.documents.changing import (
    add_to_columns,
    locked_with_lines,
    made_out,
    moved_on,
    opened,
    save_columns,
)
from jxc_graphql.office.documents.copying import copied_as
from jxc_graphql.office.documents.facts import (
    DocumentCreated,
    DocumentRejected,
    DocumentSubmitted,
    DocumentUpdated,
    DocumentWithdrawn,
)
from jxc_graphql.office.documents.lines import NO_DISCOUNT, LineToPrice, lines_of
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_external_number, check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step

_TERM = "When it has to be paid (付款条件), by default as is agreed with the supplier."


@posting(STATES[DocumentAction.UPDATE])
async def create_purchase_order(
    call: Call,
    *,
    supplier_id: int,
    warehouse_id: int,
    lines: Annotated[Sequence[LineToPrice], "What; 1 to 500 lines."],
    expected_on: date | None = None,
    prices_include_tax: bool = False,
    discount: Money = NO_DISCOUNT,
    currency: AskedCurrency = None,
    exchange_rate: AskedRate = None,
    payment_term_id: Annotated[int | None, _TERM] = None,
    external_number: str = "",
    note: str = "",
) -> DocumentCreated[PurchaseOrder]:
    """Drafts a purchase order (新建采购订单); it binds nobody until it is approved.

    Raises `Rejected` with everything that is wrong with it.
    """
    order = made_out(
        PurchaseOrder,
        call,
        business_date(call),
        supplier_id=supplier_id,
        warehouse_id=warehouse_id,
        expected_on=expected_on,
        prices_include_tax=prices_include_tax,
        discount=discount,
        external_number=external_number,
        note=note,
    )
    supplier, (drawn, problems), known, (in_currency, wrong), unknown = await db.together(
        partners.supplier(call, supplier_id),
        draw(call, order, currency, lines),
        warehouses.warehouses([warehouse_id]),
        currencies.asked_for(currency, exchange_rate, order.business_date),
        payment_terms.unknown(payment_term_id),
    )
    order.update_from_dict(in_currency)
    problems += [*wrong, *order_lines.check_discount(discount)]
    problems += await company.check_not_before(expected_on=expected_on)
    problems = problems or amounts.settle(order, drawn)
    problems += [*unknown, *check_external_number(external_number), *check_note(note)]
    reject_if([*rules.check_supplier(supplier), *problems])
    assert supplier
    order.payment_term_id = payment_term_id or supplier.payment_term_id
    warehouses.check_usable(call, known, [(warehouse_id, ("warehouse_id",))])
    await opened(order, drawn)
    return DocumentCreated.of(order)


@posting(STATES[DocumentAction.UPDATE])
async def update_purchase_order(
    call: Call,
    *,
    purchase_order_id: int,
    lines: Annotated[Change[Sequence[LineChange[LineToPrice]]], EVERY_LINE] = UNSET,
    expected_on: Change[date | None] = UNSET,
    prices_include_tax: Change[bool] = UNSET,
    discount: Change[Money | None] = UNSET,
    currency: OtherCurrency = UNSET,
    exchange_rate: OtherRate = UNSET,
    payment_term_id: Change[int] = UNSET,
    external_number: Change[str | None] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[PurchaseOrder]:
    """Changes what is given of a draft (修改采购订单).

    Raises `Rejected` with everything that is wrong with it.
    """
    order, lines_before = await locked_with_lines(
        (PurchaseOrder, PurchaseOrderLine), call, purchase_order_id, DocumentAction.UPDATE, expected_version
    )
    was = [(line, order_lines.asked_of(LineToPrice, line)) for line in lines_before.values()]
    in_currency, wrong = await currencies.changed(order, order.business_date, currency, exchange_rate)
    wrong += await company.check_not_before(expected_on=expected_on)
    wrong += await payment_terms.unknown(payment_term_id)
    wrong += [*order_lines.check_discount(discount), *check_external_number(external_number), *check_note(note)]
    drawn = await redrawn(was, lines, partial(draw, call, order, in_currency["currency"]), also=wrong)
    terms: Any = {"prices_include_tax": prices_include_tax, "discount": discount}
    drawn, asked = amounts.resettled(order, drawn, in_currency, **terms)
    asked |= {"payment_term_id": payment_term_id, "external_number": external_number}
    return await redrafted(order, drawn, expected_on=expected_on, note=note, **asked)


async def _wrong_with_supplier(call: Call, purchase_order_id: int) -> Iterable[Reason]:
    supplier = await partners.supplier_of(call, PurchaseOrder, purchase_order_id)
    return rules.check_supplier(supplier, path=("id",))


submit_purchase_order = step(
    DocumentSubmitted[PurchaseOrder],
    "Hands a draft in for approval (提交采购订单); refused when orders to its supplier are blocked.",
    wrong=_wrong_with_supplier,
)


@posting(STATES[DocumentAction.APPROVE])
async def approve_purchase_order(
    call: Call, *, purchase_order_id: int, expected_version: int | None = None
) -> PurchaseOrderApproved:
    """Makes an order binding (审核采购订单), its goods incoming; refused when orders to its supplier are blocked."""
    kinds = (PurchaseOrder, PurchaseOrderLine)
    (order, lines), wrong, _ = await db.together(
        locked_with_lines(kinds, call, purchase_order_id, DocumentAction.APPROVE, expected_version),
        _wrong_with_supplier(call, purchase_order_id),
        ledger.levels_of(PurchaseOrder, purchase_order_id),
    )
    reject_if(wrong)
    coming = [_incoming(order, line, rules.outstanding(line)) for line in lines.values()]
    level_ids = await ledger.expect(coming, at=call.at)
    moved_on(order, DocumentAction.APPROVE)
    return PurchaseOrderApproved(purchase_order_id=order.id, stock_level_ids=level_ids)


reject_purchase_order = step(DocumentRejected[PurchaseOrder])
withdraw_purchase_order = step(DocumentWithdrawn[PurchaseOrder])


@posting(STATES[DocumentAction.UNAPPROVE])
async def unapprove_purchase_order(
    call: Call, *, purchase_order_id: int, note: str = "", expected_version: int | None = None
) -> DocumentUnapproved[PurchaseOrder]:
    """Makes an order a draft again of which nothing ever came (反审核采购订单): its goods are not incoming any more."""
    (order, lines), wrong = await db.together(
        _held(call, purchase_order_id, DocumentAction.UNAPPROVE, expected_version, note=note),
        register.check_untouched(purchase_order_id),
    )
    reject_if(wrong)
    await applying.let_go(PurchaseOrder, order.id)
    not_coming = [_incoming(order, line, -rules.outstanding(line)) for line in lines.values()]
    moved_on(order, DocumentAction.UNAPPROVE)
    level_ids = await ledger.expect(not_coming, at=call.at)
    return DocumentUnapproved.of(order, stock_level_ids=level_ids, note=note)


@posting(STATES[DocumentAction.CANCEL])
async def cancel_purchase_order(
    call: Call, *, purchase_order_id: int, expected_version: int | None = None
) -> PurchaseOrderCancelled:
    """Gives up what is outstanding (作废采购订单): the order is cancelled, or closed when part of it was received."""
    order, lines = await _held(call, purchase_order_id, DocumentAction.CANCEL, expected_version)
    level_ids = await _give_up(call, order, lines, DocumentAction.CANCEL)
    return PurchaseOrderCancelled(purchase_order_id=order.id, stock_level_ids=level_ids, gives_back=order.gives_back)


@posting(STATES[DocumentAction.CLOSE])
async def close_purchase_order(
    call: Call, *, purchase_order_id: int, note: str, expected_version: int | None = None
) -> DocumentClosed[PurchaseOrder]:
    """Closes an order of which part came (关闭采购订单), and says why the rest will not come."""
    order, lines = await _held(call, purchase_order_id, DocumentAction.CLOSE, expected_version, note=note)
    level_ids = await _give_up(call, order, lines, DocumentAction.CLOSE)
    return DocumentClosed.of(order, stock_level_ids=level_ids, note=note)


async def _held(
    call: Call, order_id: int, action: DocumentAction, expected_version: int | None, *, note: str | None = None
) -> tuple[PurchaseOrder, Mapping[int, PurchaseOrderLine]]:
    """An order and its lines, and the levels of its goods, kept from others."""
    kinds = (PurchaseOrder, PurchaseOrderLine)
    found, _ = await db.together(
        locked_with_lines(kinds, call, order_id, action, expected_version, note=note),
        ledger.levels_of(PurchaseOrder, order_id),
    )
    return found


async def _give_up(
    call: Call, order: PurchaseOrder, lines: Mapping[int, PurchaseOrderLine], action: DocumentAction
) -> tuple[int, ...]:
    """Nothing that is outstanding of an order is to come any more; gives the levels of what was to come."""
    reject_if(rules.check_nothing_to_replace(lines.values()))
    given_up = [_incoming(order, line, -rules.outstanding(line)) for line in lines.values()]
    binding = order.status in rules.BINDING
    for line in lines.values():
        line.quantity_cancelled += rules.outstanding(line)
    save_columns([*lines.values()], "quantity_cancelled")
    moved_on(order, action)
    return await ledger.expect(given_up, at=call.at) if binding else ()


@copied_as(PurchaseOrder)
async def _asked_again(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> Mapping[str, Any]:  # noqa: ARG001
    return currencies.AT_THE_RATE_OF_THE_DAY


def made_of_request(purchase_order_ids: Sequence[int]) -> None:
    """Writes down that drafts were made of a purchase request, in the transaction that made them."""
    asked = db.ids(purchase_order_ids)
    db.later(
        f"UPDATE purchase_order SET is_requested = ? WHERE id IN (SELECT id FROM {asked.table} AS asked)",  # noqa: S608
        (True, *asked.params),
    )


async def order_to_receive(
    call: Call,
    *,
    purchase_order_id: int,
    expected_version: int | None = None,
    action: DocumentAction = DocumentAction.RECEIVE,
    path: Path = ("purchase_order_id",),
) -> OrderToReceive:
    """An order that takes goods in, or is reopened, and its lines, kept from others until the transaction ends.

    Belongs into the transaction of what arrives, or goes back; raises as every change of an order does.
    """
    kinds = (PurchaseOrder, PurchaseOrderLine)
    (order, rows), term = await db.together(
        locked_with_lines(kinds, call, purchase_order_id, action, expected_version, path=path),
        payment_terms.term_of(PurchaseOrder, purchase_order_id),
    )
    assert term
    lines = {
        line.id: LineToReceive(
            id=line.id,
            sku_id=line.sku_id,
            quantity=line.quantity,
            amounts=amounts.of_line(order, line),
            received=line.quantity_received,
            cancelled=line.quantity_cancelled,
            to_replace=line.quantity_to_replace,
        )
        for line in rows.values()
    }
    return OrderToReceive(id=order.id, warehouse_id=order.warehouse_id, row=order, lines=lines, term=term)


def count_arrivals(order: OrderToReceive, arrived: Mapping[int, Arrived]) -> list[ledger.Incoming]:
    """Counts what came, by line, on an order that `order_to_receive` gave; gives what is not incoming any more.

    Belongs into the same transaction; of no line may more have come than is outstanding.
    """
    return _counted(order, arrived, DocumentAction.RECEIVE)


def count_back(order: OrderToReceive, back: Mapping[int, Arrived]) -> list[ledger.Incoming]:
    """Counts what did not come after all, by line, on an order that was taken hold of to be reopened.

    It is to come again; gives what is incoming again. Belongs into the same transaction.
    """
    return _counted(order, {line_id: -gone for line_id, gone in back.items()}, DocumentAction.REOPEN)


def _counted(order: OrderToReceive, arrived: Mapping[int, Arrived], action: DocumentAction) -> list[ledger.Incoming]:
    counts = {line_id: (came.quantity, came.rejected, -came.replacing) for line_id, came in arrived.items()}
    add_to_columns(PurchaseOrderLine, counts, "quantity_received", "quantity_rejected", "quantity_to_replace")
    progress = (
        (line.quantity, line.received + arrived.get(line.id, Arrived()).quantity, line.cancelled)
        for line in order.lines.values()
    )
    moved_on(order.row, action, to=rules.status_of(progress))
    return [_incoming(order, order.lines[line_id], -came.quantity) for line_id, came in arrived.items()]


async def order_to_amend(
    call: Call, *, purchase_order_id: int, expected_version: int | None = None, path: Path = ("purchase_order_id",)
) -> tuple[PurchaseOrder, Mapping[int, PurchaseOrderLine]]:
    """A binding order and its lines by their ids, kept from others until the transaction ends.

    Belongs into the transaction of its amendment; raises as every change of an order does.
    """
    kinds = (PurchaseOrder, PurchaseOrderLine)
    return await locked_with_lines(kinds, call, purchase_order_id, DocumentAction.AMEND, expected_version, path=path)


async def amend(call: Call, order: PurchaseOrder, amended: Amended[PurchaseOrderLine]) -> tuple[int, ...]:
    """Has an order that `order_to_amend` gave say what it is to say; gives the levels of what is incoming otherwise."""
    lines, before = amended.lines, amended.before
    progress = ((one.quantity, one.quantity_received, one.quantity_cancelled) for one in lines)
    applying.saved(order, amended, rules.status_of(progress))
    now = {one.id: rules.outstanding(one) for one in lines}
    then = {one.id: rules.outstanding(one) for one in before.values()}
    changes = [_incoming(order, one, now[one.id] - then.get(one.id, Quantity(0))) for one in lines]
    return await ledger.expect([one for one in changes if one.quantity], at=call.at)


async def draw(
    call: Call, order: PurchaseOrder, currency: str | None, asked: Sequence[LineToPrice], *, there: Collection[int] = ()
) -> tuple[list[PurchaseOrderLine], list[Reason]]:
    """The lines of an order in a currency that asks for this, and everything that is wrong with them.

    `there`: the SKUs that the order has already, which may be in use no more.
    """
    unpriced = {line.sku_id for line in asked if line.unit_price is None}
    goods, offer, codes = await db.together(
        catalog.skus({line.sku_id for line in asked}),
        partners.offer(call, order.supplier_id, unpriced, currency),
        taxes.asked_for(asked),
    )
    goods = catalog.still_used(goods, there)
    agreed, missing = rules.agreed(asked, goods, offer)
    priced, problems = order_lines.price(agreed, goods)
    taxed, untaxable = taxes.applied(asked, goods, codes, order.business_date)
    of_order: dict[str, Any] = {"purchase_order_id": order.id, **taxed}
    of_order |= dict.fromkeys(("quantity_received", "quantity_rejected", "quantity_cancelled"), Quantity(0))
    return lines_of(PurchaseOrderLine, priced, **of_order), [*problems, *missing, *untaxable]


def _incoming(
    order: PurchaseOrder | OrderToReceive, line: PurchaseOrderLine | LineToReceive, quantity: Quantity
) -> ledger.Incoming:
    return ledger.Incoming(sku_id=line.sku_id, warehouse_id=order.warehouse_id, quantity=quantity)
