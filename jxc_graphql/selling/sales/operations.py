"""What can be done with sales orders, claiming goods for them, and counting what left."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar

from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.facts import DocumentClosed, DocumentUnapproved
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason, UnknownId, reject_if
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.masters.currencies.queries import AskedCurrency, AskedRate, OtherCurrency, OtherRate
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.payment_terms import queries as payment_terms
from jxc_graphql.masters.taxes import queries as taxes
from jxc_graphql.masters.taxes.queries import KnownTaxCode
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth import queries as users
from jxc_graphql.office.documents import amounts, applying, register
from jxc_graphql.office.documents import lines as order_lines
from jxc_graphql.office.documents.amending import Amended
from jxc_graphql.office.documents.changing import (
    add_to_columns,
    locked,
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
from jxc_graphql.selling.credit import rules as credit
from jxc_graphql.selling.credit.rules import CreditStanding
from jxc_graphql.selling.pricing import queries as pricing
from jxc_graphql.selling.pricing import rules as prices
from jxc_graphql.selling.pricing.queries import Deal
from jxc_graphql.selling.sales import exposure, rules
from jxc_graphql.selling.sales.facts import SalesOrderApproved, SalesOrderCancelled
from jxc_graphql.selling.sales.models import STATES, PricedByRules, SalesOrder, SalesOrderLine
from jxc_graphql.selling.sales.queries import LineToShip, OrderToShip

L = TypeVar("L", bound=PricedByRules)
_TERM = "When it has to be paid (付款条件), by default as is agreed with the customer."


@posting(STATES[DocumentAction.UPDATE])
async def create_sales_order(
    call: Call,
    *,
    customer_id: int,
    warehouse_id: int,
    lines: Annotated[Sequence[LineToPrice], "What; 1 to 500 lines."],
    seller_id: Annotated[int | None, "Whose sale it is (业务员); by default the caller's."] = None,
    prices_include_tax: bool = False,
    discount: Money = NO_DISCOUNT,
    currency: AskedCurrency = None,
    exchange_rate: AskedRate = None,
    payment_term_id: Annotated[int | None, _TERM] = None,
    external_number: str = "",
    note: str = "",
) -> DocumentCreated[SalesOrder]:
    """Drafts a sales order (新建销售订单); it reserves nothing until it is approved.

    Raises `Rejected` with everything that is wrong with it.
    """
    order = made_out(
        SalesOrder,
        call,
        business_date(call),
        customer_id=customer_id,
        warehouse_id=warehouse_id,
        seller_id=seller_id or call.actor_id,
        prices_include_tax=prices_include_tax,
        discount=discount,
        external_number=external_number,
        note=note,
    )
    customer, (drawn, problems), known, unknown, (in_currency, wrong) = await db.together(
        partners.customer(call, customer_id),
        draw(call, order, currency, lines),
        warehouses.warehouses([warehouse_id]),
        _unknown(call, order.seller_id, payment_term_id),
        currencies.asked_for(currency, exchange_rate, order.business_date),
    )
    order.update_from_dict(in_currency)
    problems += [*wrong, *order_lines.check_discount(discount)]
    problems = problems or amounts.settle(order, drawn)
    problems += [*unknown, *check_external_number(external_number), *check_note(note)]
    reject_if([*rules.check_customer(customer), *problems])
    assert customer
    order.payment_term_id = payment_term_id or customer.payment_term_id
    warehouses.check_usable(call, known, [(warehouse_id, ("warehouse_id",))])
    await opened(order, drawn)
    return DocumentCreated.of(order)


@posting(STATES[DocumentAction.UPDATE])
async def update_sales_order(
    call: Call,
    *,
    sales_order_id: int,
    lines: Annotated[Change[Sequence[LineChange[LineToPrice]]], EVERY_LINE] = UNSET,
    seller_id: Annotated[Change[int], "Whose sale it is (业务员)."] = UNSET,
    prices_include_tax: Change[bool] = UNSET,
    discount: Change[Money | None] = UNSET,
    currency: OtherCurrency = UNSET,
    exchange_rate: OtherRate = UNSET,
    payment_term_id: Change[int] = UNSET,
    external_number: Change[str | None] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[SalesOrder]:
    """Changes what is given of a draft (修改销售订单).

    Prices that price lists gave are those that they give now, wherever lines, the currency or the tax change.
    Raises `Rejected` with everything that is wrong with it.
    """
    order, lines_before = await locked_with_lines(
        (SalesOrder, SalesOrderLine), call, sales_order_id, DocumentAction.UPDATE, expected_version
    )
    was = [(line, rules.asked_again(line)) for line in lines_before.values()]
    follow = {line.id for line in lines_before.values() if rules.is_by_rules(line)}
    in_currency, wrong = await currencies.changed(order, order.business_date, currency, exchange_rate)
    wrong += await _unknown(call, seller_id, payment_term_id)
    wrong += [*order_lines.check_discount(discount), *check_external_number(external_number), *check_note(note)]
    with_tax = order.prices_include_tax if prices_include_tax is UNSET else prices_include_tax
    is_other = (in_currency["currency"], with_tax) != (order.currency, order.prices_include_tax)
    if follow and is_other and lines is UNSET:
        lines = rules.every_line(lines_before.values())
    drawing = partial(draw, call, order, in_currency["currency"], prices_include_tax=with_tax)
    drawn = await redrawn(was, lines, drawing, also=wrong, follow=follow)
    rules.remember(drawn.lines, lines_before)
    terms: Any = {"prices_include_tax": prices_include_tax, "discount": discount}
    drawn, asked = amounts.resettled(order, drawn, in_currency, **terms)
    asked |= {"seller_id": seller_id, "payment_term_id": payment_term_id, "external_number": external_number}
    return await redrafted(order, drawn, note=note, **asked)


async def _unknown(call: Call, seller_id: Change[int], payment_term_id: Change[int | None]) -> list[Reason]:
    known = seller_id in {UNSET, call.actor_id} or await users.active([seller_id])
    stranger = [] if known else [UnknownId(path=("seller_id",), kind="User")]
    return [*stranger, *await payment_terms.unknown(payment_term_id)]


async def _wrong_when_handed_in(call: Call, sales_order_id: int) -> Iterable[Reason]:
    return await _wrong_with_customer(call, sales_order_id, is_handed_in=True)


async def _wrong_with_customer(call: Call, sales_order_id: int, *, is_handed_in: bool = False) -> Iterable[Reason]:
    known = await exposure.standing_of(call, SalesOrder, sales_order_id, held=not is_handed_in)
    trusted = credit.check(known.standing, known.asked, is_handed_in=is_handed_in)
    return [*rules.check_customer(known.customer, path=("id",)), *trusted]


submit_sales_order = step(DocumentSubmitted[SalesOrder], wrong=_wrong_when_handed_in)


@posting(STATES[DocumentAction.APPROVE])
async def approve_sales_order(
    call: Call, *, sales_order_id: int, expected_version: int | None = None
) -> SalesOrderApproved:
    """Makes an order binding (审核销售订单): what is available is reserved for it, the rest is a backorder (欠货).

    Raises `Rejected` where its customer is trusted with no more, or pays too late.
    """
    (order, lines), wrong, _ = await db.together(
        locked_with_lines((SalesOrder, SalesOrderLine), call, sales_order_id, DocumentAction.APPROVE, expected_version),
        _wrong_with_customer(call, sales_order_id),
        ledger.wishes_of(call, SalesOrder, sales_order_id),
    )
    reject_if(wrong)
    claimed = await ledger.claim(call, rules.wishes(order, lines.values()))
    order.approved_at = call.at
    moved_on(order, DocumentAction.APPROVE, "approved_at")
    return SalesOrderApproved(sales_order_id=order.id, stock_level_ids=claimed.stock_level_ids)


reject_sales_order = step(DocumentRejected[SalesOrder])
withdraw_sales_order = step(DocumentWithdrawn[SalesOrder])


@posting(STATES[DocumentAction.UNAPPROVE])
async def unapprove_sales_order(
    call: Call, *, sales_order_id: int, note: str = "", expected_version: int | None = None
) -> DocumentUnapproved[SalesOrder]:
    """Makes an order a draft again for which nothing ever left (反审核销售订单), and frees what was kept for it."""
    order, level_ids, wrong = await db.together(
        locked(SalesOrder, call, sales_order_id, DocumentAction.UNAPPROVE, expected_version, note=note),
        ledger.release(call, [sales_order_id], whose="document_id"),
        register.check_untouched(sales_order_id),
    )
    reject_if(wrong)
    await applying.let_go(SalesOrder, order.id)
    moved_on(order, DocumentAction.UNAPPROVE)
    return DocumentUnapproved.of(order, stock_level_ids=level_ids, note=note)


@posting(STATES[DocumentAction.CANCEL])
async def cancel_sales_order(
    call: Call, *, sales_order_id: int, expected_version: int | None = None
) -> SalesOrderCancelled:
    """Gives up what is outstanding (作废销售订单) and frees its reservations; once part was shipped it is closed."""
    level_ids = await _give_up(call, sales_order_id, DocumentAction.CANCEL, expected_version)
    return SalesOrderCancelled(sales_order_id=sales_order_id, stock_level_ids=level_ids)


@posting(STATES[DocumentAction.CLOSE])
async def close_sales_order(
    call: Call, *, sales_order_id: int, note: str, expected_version: int | None = None
) -> DocumentClosed[SalesOrder]:
    """Closes an order of which part left (关闭销售订单), and says why the rest will not; its reservations are free."""
    level_ids = await _give_up(call, sales_order_id, DocumentAction.CLOSE, expected_version, note=note)
    return DocumentClosed[SalesOrder](sales_order_id=sales_order_id, stock_level_ids=level_ids, note=note)  # type: ignore[call-arg]


async def _give_up(
    call: Call, order_id: int, action: DocumentAction, expected_version: int | None, *, note: str | None = None
) -> tuple[int, ...]:
    """Nothing that is outstanding of an order is to leave any more; gives the levels of what was kept for it."""
    (order, lines), level_ids = await db.together(
        locked_with_lines((SalesOrder, SalesOrderLine), call, order_id, action, expected_version, note=note),
        ledger.release(call, [order_id], whose="document_id"),
    )
    given_up = {line.id: rules.outstanding(line) for line in lines.values()}
    for line in lines.values():
        line.quantity_cancelled += given_up[line.id]
    await ledger.miss(rules.missed(order, lines.values(), given_up), business_date=order.business_date, at=call.at)
    save_columns([*lines.values()], "quantity_cancelled")
    moved_on(order, action)
    return level_ids


@copied_as(SalesOrder)
async def _asked_again(order: SalesOrder, lines: Sequence[SalesOrderLine]) -> Mapping[str, Any]:  # noqa: ARG001
    return {**currencies.AT_THE_RATE_OF_THE_DAY, "lines": [rules.asked_again(line) for line in lines]}


async def order_to_ship(
    call: Call,
    *,
    sales_order_id: int,
    expected_version: int | None = None,
    action: DocumentAction = DocumentAction.SHIP,
) -> OrderToShip:
    """An order that goods may leave for, or that is reopened, and its lines, kept from others until the end.

    Belongs into the transaction of what leaves, or comes back; raises as every change of an order does.
    """
    kinds, path = (SalesOrder, SalesOrderLine), ("sales_order_id",)
    (order, rows), term = await db.together(
        locked_with_lines(kinds, call, sales_order_id, action, expected_version, path=path),
        payment_terms.term_of(SalesOrder, sales_order_id),
    )
    assert term
    lines = {
        line.id: LineToShip(
            id=line.id,
            sku_id=line.sku_id,
            quantity=line.quantity,
            amounts=amounts.of_line(order, line),
            shipped=line.quantity_shipped,
            cancelled=line.quantity_cancelled,
        )
        for line in rows.values()
    }
    return OrderToShip(id=order.id, warehouse_id=order.warehouse_id, row=order, lines=lines, term=term)


def count_departures(order: OrderToShip, left: Mapping[int, Quantity], gross: Money) -> None:
    """Counts what left, by line, and what it comes to, on an order that `order_to_ship` gave.

    Belongs into the same transaction; for no line may more have left than is outstanding. That the claims are used up
    the books are to be told with the moves.
    """
    _count(order, left, gross, DocumentAction.SHIP)


def count_back(order: OrderToShip, back: Mapping[int, Quantity], gross: Money) -> list[ledger.Wish]:
    """Counts what did not leave after all, by line, on an order that was taken hold of to be reopened.

    It is to leave again; gives what is asked for again. Belongs into the same transaction.
    """
    _count(order, {line_id: -quantity for line_id, quantity in back.items()}, -gross, DocumentAction.REOPEN)
    return [rules.wish(order.row, order.lines[line_id], quantity) for line_id, quantity in back.items()]


def _count(order: OrderToShip, left: Mapping[int, Quantity], gross: Money, action: DocumentAction) -> None:
    add_to_columns(SalesOrderLine, {line_id: (quantity,) for line_id, quantity in left.items()}, "quantity_shipped")
    progress = (
        (line.quantity, line.shipped + left.get(line.id, Quantity(0)), line.cancelled) for line in order.lines.values()
    )
    order.row.gross_shipped += gross
    moved_on(order.row, action, "gross_shipped", to=rules.status_of(progress))


async def order_to_amend(
    call: Call, *, sales_order_id: int, expected_version: int | None = None, path: Path = ("sales_order_id",)
) -> tuple[SalesOrder, Mapping[int, SalesOrderLine]]:
    """A binding order and its lines by their ids, kept from others until the transaction ends.

    Belongs into the transaction of its amendment; raises as every change of an order does.
    """
    kinds = (SalesOrder, SalesOrderLine)
    return await locked_with_lines(kinds, call, sales_order_id, DocumentAction.AMEND, expected_version, path=path)


async def amend(
    call: Call, order: SalesOrder, amended: Amended[SalesOrderLine], standing: CreditStanding | None
) -> tuple[int, ...]:
    """Has an order that `order_to_amend` gave say what it is to say, and ask the books for that; gives the levels.

    `standing`: of its customer, who is held. Raises `Rejected` where he is trusted with no more, or pays too late.
    """
    lines, before, gross = amended.lines, amended.before, order.base_gross
    progress = ((one.quantity, one.quantity_shipped, one.quantity_cancelled) for one in lines)
    applying.saved(order, amended, rules.status_of(progress))
    reject_if(credit.check(standing, exposure.increase(order, lines, gross, before)))
    then = {one.id: rules.outstanding(one) for one in before.values()}
    changed = [one for one in lines if rules.outstanding(one) != then.get(one.id, Quantity(0))]
    claimed = await ledger.claim_anew(call, rules.wishes(order, changed))
    given_up = {one.id: one.quantity_cancelled - before[one.id].quantity_cancelled for one in lines if one.id in before}
    await ledger.miss(rules.missed(order, lines, given_up), business_date=order.business_date, at=call.at)
    return claimed


async def draw(
    call: Call,
    order: Any,
    currency: str | None,
    asked: Sequence[LineToPrice],
    *,
    there: Collection[int] = (),
    prices_include_tax: bool | None = None,
    line: type[L] = SalesOrderLine,  # type: ignore[assignment]
) -> tuple[list[L], list[Reason]]:
    """The lines of an order in a currency that asks for this, and everything that is wrong with them.

    Price lists and promotions are read where a price is left out. `there`: the SKUs that the order has already, which
    may be in use no more; `prices_include_tax`: where that is not as the order says. `line`: of what is priced so, such
    as a quote.
    """
    with_tax = order.prices_include_tax if prices_include_tax is None else prices_include_tax
    deal = Deal(
        customer_id=order.customer_id, warehouse_id=order.warehouse_id, day=order.business_date, currency=currency
    )
    goods, codes, known = await db.together(
        catalog.skus({line.sku_id for line in asked}),
        taxes.asked_for(asked),
        pricing.prices_and_promotions(call, deal, prices.sku_ids_without_price(asked)),
    )
    goods = catalog.still_used(goods, there)
    agreed = rules.agreed(asked, goods, known, prices_include_tax=with_tax)
    lines, problems = lines_agreed(order, asked, agreed, goods, codes, line=line)
    return lines, [*problems, *agreed.wrong]


def lines_agreed(
    order: Any,
    asked: Sequence[LineToPrice],
    agreed: rules.Agreed,
    goods: Mapping[int, KnownSku],
    codes: Mapping[int, KnownTaxCode],
    *,
    line: type[L] = SalesOrderLine,  # type: ignore[assignment]
) -> tuple[list[L], list[Reason]]:
    """The lines of an order at the prices that are agreed, and what is wrong with them beside those."""
    priced, problems = order_lines.price(agreed.lines, goods)
    taxed, untaxable = taxes.applied(asked, goods, codes, order.business_date)
    of_order: dict[str, Any] = {f"{register.table_of(type(order))}_id": order.id, **taxed, **agreed.kept}
    of_order |= dict.fromkeys(line.counts, Quantity(0))
    return lines_of(line, priced, **of_order), [*problems, *untaxable]
