"""What can be done with quotes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

from jxc_graphql.books.goods import ledger
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason, UnknownId, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.masters.currencies.queries import AskedCurrency, AskedRate, OtherCurrency, OtherRate
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.payment_terms import queries as payment_terms
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.office.auth import queries as users
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents import lines as order_lines
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
    DocumentCreated,
    DocumentRejected,
    DocumentSubmitted,
    DocumentUpdated,
    DocumentWithdrawn,
)
from jxc_graphql.office.documents.lines import NO_DISCOUNT, LineToPrice
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.redrafting import EVERY_LINE, LineChange, redrafted, redrawn
from jxc_graphql.office.documents.rules import check_external_number, check_note
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.documents.steps import step
from jxc_graphql.selling.quotes import rules
from jxc_graphql.selling.quotes.facts import (
    QuoteApproved,
    QuoteCancelled,
    QuoteExpired,
    QuoteLost,
    QuoteOrdered,
    QuoteRevised,
)
from jxc_graphql.selling.quotes.models import STATES, Quote, QuoteLine, QuoteOrder
from jxc_graphql.selling.quotes.rules import QuotedPart
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales import quoted
from jxc_graphql.selling.sales import rules as order_rules

_KINDS = (Quote, QuoteLine)
_TERM = "When what is ordered has to be paid (付款条件), by default as is agreed with the customer."
_SELLER = "Whose sale it would be (业务员); by default the caller's."


@posting(STATES[DocumentAction.UPDATE])
async def create_quote(
    call: Call,
    *,
    customer_id: int,
    warehouse_id: int,
    valid_through: date,
    lines: Annotated[Sequence[LineToPrice], "What; 1 to 500 lines."],
    seller_id: Annotated[int | None, _SELLER] = None,
    prices_include_tax: bool = False,
    discount: Money = NO_DISCOUNT,
    currency: AskedCurrency = None,
    exchange_rate: AskedRate = None,
    payment_term_id: Annotated[int | None, _TERM] = None,
    external_number: str = "",
    note: str = "",
) -> DocumentCreated[Quote]:
    """Drafts a quote (新建报价单); nothing is kept for it until it is approved.

    Raises `Rejected` with everything that is wrong with it.
    """
    quote = made_out(
        Quote,
        call,
        business_date(call),
        customer_id=customer_id,
        warehouse_id=warehouse_id,
        seller_id=seller_id or call.actor_id,
        valid_through=valid_through,
        prices_include_tax=prices_include_tax,
        discount=discount,
        external_number=external_number,
        note=note,
    )
    customer, (drawn, problems), known, unknown, (in_currency, wrong) = await db.together(
        partners.customer(call, customer_id),
        sales.draw(call, quote, currency, lines, line=QuoteLine),
        warehouses.warehouses([warehouse_id]),
        _unknown(call, quote.seller_id, payment_term_id),
        currencies.asked_for(currency, exchange_rate, quote.business_date),
    )
    quote.update_from_dict(in_currency)
    problems += [*wrong, *order_lines.check_discount(discount)]
    problems = problems or amounts.settle(quote, drawn)
    problems += [*unknown, *rules.check_valid(valid_through, clock.day_of(call.at))]
    problems += [*check_external_number(external_number), *check_note(note)]
    reject_if([*order_rules.check_customer(customer), *problems])
    assert customer
    quote.payment_term_id = payment_term_id or customer.payment_term_id
    warehouses.check_usable(call, known, [(warehouse_id, ("warehouse_id",))])
    await opened(quote, drawn)
    return DocumentCreated.of(quote)


@posting(STATES[DocumentAction.UPDATE])
async def update_quote(
    call: Call,
    *,
    quote_id: int,
    lines: Annotated[Change[Sequence[LineChange[LineToPrice]]], EVERY_LINE] = UNSET,
    valid_through: Change[date] = UNSET,
    seller_id: Annotated[Change[int], "Whose sale it would be (业务员)."] = UNSET,
    prices_include_tax: Change[bool] = UNSET,
    discount: Change[Money | None] = UNSET,
    currency: OtherCurrency = UNSET,
    exchange_rate: OtherRate = UNSET,
    payment_term_id: Change[int] = UNSET,
    external_number: Change[str | None] = UNSET,
    note: Change[str | None] = UNSET,
    expected_version: int | None = None,
) -> DocumentUpdated[Quote]:
    """Changes what is given of a draft (修改报价单).

    Prices that price lists gave are those that they give now, wherever lines, the currency or the tax change.
    Raises `Rejected` with everything that is wrong with it.
    """
    quote, before = await locked_with_lines(_KINDS, call, quote_id, DocumentAction.UPDATE, expected_version)
    was = [(line, order_rules.asked_again(line)) for line in before.values()]
    follow = {line.id for line in before.values() if order_rules.is_by_rules(line)}
    in_currency, wrong = await currencies.changed(quote, quote.business_date, currency, exchange_rate)
    wrong += await _unknown(call, seller_id, payment_term_id)
    wrong += [*order_lines.check_discount(discount), *check_external_number(external_number), *check_note(note)]
    if valid_through is not UNSET:
        wrong += rules.check_valid(valid_through, clock.day_of(call.at))
    with_tax = quote.prices_include_tax if prices_include_tax is UNSET else prices_include_tax
    is_other = (in_currency["currency"], with_tax) != (quote.currency, quote.prices_include_tax)
    if follow and is_other and lines is UNSET:
        lines = order_rules.every_line(before.values())
    drawing = partial(sales.draw, call, quote, in_currency["currency"], prices_include_tax=with_tax, line=QuoteLine)
    drawn = await redrawn(was, lines, drawing, also=wrong, follow=follow)
    order_rules.remember(drawn.lines, before)
    terms: Any = {"prices_include_tax": prices_include_tax, "discount": discount}
    drawn, asked = amounts.resettled(quote, drawn, in_currency, **terms)
    asked |= {"seller_id": seller_id, "payment_term_id": payment_term_id, "external_number": external_number}
    return await redrafted(quote, drawn, note=note, valid_through=valid_through, **asked)


async def _unknown(call: Call, seller_id: Change[int], payment_term_id: Change[int | None]) -> list[Reason]:
    known = seller_id in {UNSET, call.actor_id} or await users.active([seller_id])
    stranger = [] if known else [UnknownId(path=("seller_id",), kind="User")]
    return [*stranger, *await payment_terms.unknown(payment_term_id)]


async def _wrong_with_customer(call: Call, quote_id: int) -> Iterable[Reason]:
    return order_rules.check_customer(await partners.customer_of(call, Quote, quote_id), path=("id",))


submit_quote = step(DocumentSubmitted[Quote], wrong=_wrong_with_customer)


@posting(STATES[DocumentAction.APPROVE])
async def approve_quote(call: Call, *, quote_id: int, expected_version: int | None = None) -> QuoteApproved:
    """Makes a quote binding (审核报价单): what is available is kept for it through its last day.

    Raises `Rejected` where that day is over.
    """
    (quote, lines), wrong, _ = await db.together(
        locked_with_lines(_KINDS, call, quote_id, DocumentAction.APPROVE, expected_version),
        _wrong_with_customer(call, quote_id),
        ledger.wishes_of(call, Quote, quote_id),
    )
    reject_if([*wrong, *rules.check_open(quote, await ledger.day(call))])
    claimed = await ledger.claim(call, rules.wishes(quote, lines.values()))
    moved_on(quote, DocumentAction.APPROVE)
    return QuoteApproved(quote_id=quote.id, stock_level_ids=claimed.stock_level_ids)


reject_quote = step(DocumentRejected[Quote])
withdraw_quote = step(DocumentWithdrawn[Quote])


@posting(STATES[DocumentAction.CANCEL])
async def cancel_quote(call: Call, *, quote_id: int, expected_version: int | None = None) -> QuoteCancelled:
    """Gives a quote up (作废报价单), or the rest of it, and frees what was kept for it."""
    level_ids = await _give_up(call, quote_id, DocumentAction.CANCEL, expected_version)
    return QuoteCancelled(quote_id=quote_id, stock_level_ids=level_ids)


@posting(STATES[DocumentAction.LOSE])
async def lose_quote(call: Call, *, quote_id: int, note: str, expected_version: int | None = None) -> QuoteLost:
    """Says why nobody wants what was quoted (丢单), or the rest of it, and frees what was kept for it."""
    level_ids = await _give_up(call, quote_id, DocumentAction.LOSE, expected_version, note=note)
    return QuoteLost(quote_id=quote_id, stock_level_ids=level_ids, note=note)


async def _give_up(
    call: Call, quote_id: int, action: DocumentAction, expected_version: int | None, *, note: str | None = None
) -> tuple[int, ...]:
    """Nothing of a quote is to be had any more; gives the levels of what was kept for it."""
    quote, level_ids = await db.together(
        locked(Quote, call, quote_id, action, expected_version, note=note),
        ledger.release(call, [quote_id], whose="document_id"),
    )
    moved_on(quote, action)
    return level_ids


@posting(STATES[DocumentAction.EXPIRE])
async def expire_quote(call: Call, *, quote_id: int, expected_version: int | None = None) -> QuoteExpired:
    """Writes down that the last day of a quote is over (报价单过期); what was kept for it is free since then.

    Raises `Rejected` as long as it is not.
    """
    quote = await locked(Quote, call, quote_id, DocumentAction.EXPIRE, expected_version)
    reject_if(rules.check_over(quote, await ledger.day(call)))
    moved_on(quote, DocumentAction.EXPIRE)
    return QuoteExpired(quote_id=quote.id)


@posting(STATES[DocumentAction.REVISE])
async def revise_quote(
    call: Call,
    *,
    quote_id: int,
    valid_through: Annotated[date, "The last day on which the newer version may be ordered (有效期至)."],
    expected_version: int | None = None,
) -> QuoteRevised:
    """Puts a newer version in the place of a quote (报价单改版): a draft that says the same until it is changed.

    What was kept for the old one is free. Raises `Rejected` with what is wrong with the day.
    """
    (quote, lines), level_ids = await db.together(
        locked_with_lines(_KINDS, call, quote_id, DocumentAction.REVISE, expected_version),
        ledger.release(call, [quote_id], whose="document_id"),
    )
    reject_if(rules.check_valid(valid_through, clock.day_of(call.at)))
    own = {"id", "number", "status", "version", "business_date", "created_at", "created_by_id"}
    told = {name: value for name, value in _columns(quote).items() if name not in own}
    told |= {"valid_through": valid_through, "revision": quote.revision + 1}
    newer = made_out(Quote, call, quote.business_date, **told)
    kept = [QuoteLine(**_columns(line) | {"id": new_id(), "quote_id": newer.id}) for line in lines.values()]
    await opened(newer, kept, out_of=[quote.id], link=LinkKind.REVISION)
    moved_on(quote, DocumentAction.REVISE)
    return QuoteRevised(quote_id=newer.id, superseded_id=quote.id, stock_level_ids=level_ids)


def _columns(row: Quote | QuoteLine) -> dict[str, Any]:
    return dict(zip(db.columns_of(type(row)), (getattr(row, name) for name in db.columns_of(type(row))), strict=True))


@posting(STATES[DocumentAction.ORDER])
async def order_quote(
    call: Call,
    *,
    quote_id: int,
    lines: Annotated[Sequence[QuotedPart], "How much of which lines; by default all that is left of each."] = (),
    expected_version: int | None = None,
) -> QuoteOrdered:
    """Makes an approved sales order of a quote (报价单转订单), or of a part of it, at its prices.

    What was kept for the quote is kept for the order. Raises `Rejected` where its last day is over, with a
    `MoreThanQuoted` for every line of which less is left, and with what is wrong with the order.
    """
    quote, known = await locked_with_lines(_KINDS, call, quote_id, DocumentAction.ORDER, expected_version)
    parts, wrong = rules.parts(known, lines)
    reject_if(wrong)
    order, drawn, wrong = await quoted.drawn(
        call,
        rules.asked_of(quote, parts),
        in_currency=amounts.currency_of(quote),
        **{name: getattr(quote, name) for name in _OF_ORDER},
    )
    wrong = wrong or [*rules.check_drawn(parts, drawn, ("id",))]
    reject_if([*rules.check_open(quote, await ledger.day(call)), *wrong])
    level_ids = await ledger.hand_over(
        call,
        {part.line.id: rules.wish_instead(order, line) for part, line in zip(parts, drawn, strict=True)},
    )
    await quoted.approved(call, order, drawn, level_ids, out_of=quote.id)
    for part, line in zip(parts, drawn, strict=True):
        part.line.quantity_ordered += line.quantity
    save_columns([part.line for part in parts], "quantity_ordered")
    db.insert_later([
        QuoteOrder(quote_line_id=part.line.id, sales_order_id=order.id, quantity=line.quantity)
        for part, line in zip(parts, drawn, strict=True)
    ])  # fmt: skip
    moved_on(quote, DocumentAction.ORDER, to=rules.status_of(known.values()))
    return QuoteOrdered(quote_id=quote.id, sales_order_id=order.id, stock_level_ids=level_ids)


_OF_ORDER = ("customer_id", "warehouse_id", "seller_id", "payment_term_id", "prices_include_tax")
"""What an order has of its quote."""


@copied_as(Quote)
async def _asked_again(quote: Quote, lines: Sequence[QuoteLine]) -> Mapping[str, Any]:  # noqa: ARG001
    return {**currencies.AT_THE_RATE_OF_THE_DAY, "lines": [order_rules.asked_again(line) for line in lines]}
