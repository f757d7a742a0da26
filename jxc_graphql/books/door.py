"""The one door to the books: what a document did goes in here, whole, and what it was worth comes out.

A document says what moved and what is owed, in words of goods and trade; nobody above the books says debit or credit.
Entries in accounts follow from the legs (from which place, to which, worth how much: `accounts.roles.ROLE_OF_PLACE`)
and from what is traded, in here and in the same transaction.

Whoever writes to the books takes its locks in this order, each kind by ascending id, and nothing twice:

    documents, period (shared) → the day of the books (shared) → lots that come in (shared) → stock levels → pieces
    → virtual places → dues → accounts → the number of the document

so no two documents wait for one another in a circle. Documents and the period come in whatever order: nobody locks a
document while he holds a period alone. The rows of documents keep their lines, stock levels what lies at the places of
their warehouse, its layers and claims; these have no locks of their own.

An operation that posts reads four times, whatever the number of its lines: its document and the period are locked
(`hold_open`); the day (`posting_date`) is read together with master data; the levels are locked; and what hangs on
them is read. What posts a document is here; promises, which no day and no period has, are made through
`goods.ledger`, which keeps the same order: `hold`, `expect`, `claim`, `release`. Whatever frees or takes goods settles
the claims on them in the same transaction, so lines of other documents are never written: what is kept of them stands
in their claims.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from jxc_graphql.books.accounts import ledger as accounts
from jxc_graphql.books.accounts.ledger import EntryLine
from jxc_graphql.books.accounts.models import EntrySource
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.books.dues import ledger as dues
from jxc_graphql.books.dues.models import DueKind
from jxc_graphql.books.dues.rules import Counterparty, Owed
from jxc_graphql.books.goods import fitness, ledger
from jxc_graphql.books.goods.ledger import Charge, Incoming, LevelKey, Move, Posted, Revalued, ValueChange, Wish
from jxc_graphql.books.trade import entries as trade
from jxc_graphql.books.trade import operations as trading
from jxc_graphql.books.trades import Trade
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.periods import queries as periods


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """What a document does to the books, all of it.

    `moves`: goods that go from a place to a place, in their order.
    `incoming`: how much more, or less, is on its way to warehouses.
    `uses`: how much of whose claim this uses up (owner → quantity); None gives a claim up.
    `renews`: what is asked for again, in the turn that it had.
    `besides`: stock levels that it takes hold of without changing them.
    `bought`: of which supplier goods come, or to which they go back, and what they come to.
    `sold`: the same of a customer, and whose sale it is. Either is owed from then on (`dues`).
    `accrued`: what work cost that becomes part of what comes in, and is owed to nobody by name.
    """

    call: Call
    document_id: int
    business_date: date
    moves: Sequence[Move] = ()
    incoming: Sequence[Incoming] = ()
    uses: Mapping[int, Quantity | None] = ledger.NOTHING
    renews: Sequence[Wish] = ()
    besides: Collection[LevelKey] = ()
    bought: Trade | None = None
    sold: Trade | None = None
    accrued: Money = Money(0)


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier is owed for a service (费用); below zero where that is taken back."""

    supplier_id: int
    currency: str
    amounts: Amounts
    base: Amounts
    business_date: date
    due_on: date


async def hold_open() -> None:
    """Keeps periods, and the settings of the company, as they are until the transaction ends.

    To be asked together with the lock of the document: who waits for a close should keep nobody else waiting.
    """
    await db.hold(periods.LOCK, shared=True, ahead=True)


async def posting_date(
    call: Call, *, on: date | None = None, late: Permission = Permission.POST_LATE_DOCUMENTS
) -> tuple[date, list[Reason]]:
    """The day under which a call posts, and what is wrong with it, as `periods.posting_date` tells it.

    The day of the books, under whose locks it is posted, is read with it. Documents are locked before.
    """
    await hold_open()
    found, _ = await db.together(periods.posting_date(call, on=on, late=late), fitness.day(call))
    return found


async def post(posting: Posting) -> Posted:
    """Writes what a document did into the books, each level it touches once.

    Goods that are kept for others are out of reach of whoever takes by choice; what was counted, lost or set apart is a
    fact, for which the last in the order of claims give back. Where goods go says which it is
    (`goods.picking.BY_CHOICE`): to customers, suppliers, assembly, in transit or lent by choice. Raises `Rejected` with
    everything that is wrong: `PeriodClosed`, an `InsufficientStock` for every move that asks for what is not there,
    what is wrong with lots, pieces and places.
    """
    assert db.in_transaction()
    moved = {move.line_id for move in posting.moves}
    assert all(one is None or one.amounts.keys() <= moved for one in (posting.bought, posting.sold))
    await periods.check_open(posting.business_date)
    day, bought, sold = posting.business_date, posting.bought, posting.sold
    await dues.raise_(posting.call, _owed(posting, day), document_id=posting.document_id, business_date=day)
    posted = await ledger.post(
        posting.call,
        posting.moves,
        document_id=posting.document_id,
        business_date=posting.business_date,
        incoming=posting.incoming,
        uses=posting.uses,
        renews=posting.renews,
        besides=posting.besides,
        revenue=_revenue(posting),
        whom=ledger.TradedWith(
            customer_id=sold.partner_id if sold else None,
            supplier_id=bought.partner_id if bought else None,
            seller_id=sold.seller_id if sold else None,
        ),
    )
    trading.write(posted, posting.business_date, bought=bought, sold=sold)
    _enter(posting, posted)
    return posted


def _enter(posting: Posting, posted: Posted) -> None:
    """Writes into accounts what goods were traded for; what they cost is told by what moved."""
    bought, sold = posting.bought, posting.sold
    lines = [
        *(trade.of_sold(sold, posting.moves) if sold else ()),
        *(trade.of_bought(bought, posting.moves, posted) if bought else ()),
        *trade.of_accrued(posting.accrued, posting.moves),
    ]
    accounts.write(
        {posting.document_id: lines},
        EntrySource.TRADE,
        business_date=posting.business_date,
        at=posting.call.at,
        document_id=posting.document_id,
    )


def _revenue(posting: Posting) -> dict[LevelKey, Money]:
    """What the goods of each level are sold for."""
    found: dict[LevelKey, Money] = {}
    if posting.sold:
        level_of = {move.line_id: move.level_key for move in posting.moves}
        for line_id, amounts in posting.sold.amounts.items():
            key = level_of[line_id]
            found[key] = found.get(key, Money(0)) + amounts.net
    return found


def _owed(posting: Posting, day: date) -> Iterator[Owed]:
    """What is owed for what a document trades: to whom we buy from, and by whom we sell to; the reverse for returns."""
    for traded, sign, kind in ((posting.bought, -1, DueKind.PURCHASE), (posting.sold, 1, DueKind.SALE)):
        if traded is None or traded.partner_id is None:
            continue
        base = Amounts.total(traded.amounts.values())
        currency, total = traded.in_currency or (None, base)
        bought = kind is DueKind.PURCHASE
        yield Owed(
            counterparty=Counterparty(
                customer_id=None if bought else traded.partner_id, supplier_id=traded.partner_id if bought else None
            ),
            kind=kind if total.gross > 0 else DueKind.RETURN,
            amount=total.gross * sign,
            net=total.net * sign,
            currency=currency,
            base=base.gross * sign,
            due_on=traded.due_on or day,
        )


async def revalue(call: Call, changes: Sequence[ValueChange], *, document_id: int, business_date: date) -> Revalued:
    """Changes what the goods on hand of levels cost (成本调整); raises `PeriodClosed` and as `ledger.revalue` does."""
    assert db.in_transaction()
    await periods.check_open(business_date)
    return await ledger.revalue(call, changes, document_id=document_id, business_date=business_date)


async def charge(call: Call, charges: Sequence[Charge], *, document_id: int, fee: Fee | None = None) -> Revalued:
    """Adds costs to the goods that lines brought (运费, 关税), from the day of the books on; `fee`: who is owed them.

    Raises `PeriodClosed` and as `ledger.charge` does.
    """
    assert db.in_transaction()
    await periods.check_open(clock.day_of(call.at))
    if fee is not None:
        await _owe(call, fee, document_id)
    return await ledger.charge(call, charges, document_id=document_id)


async def _owe(call: Call, fee: Fee, document_id: int) -> None:
    """Writes that a supplier is owed what goods are charged with; its tax waits until it is certified (待认证)."""
    await periods.check_open(fee.business_date)
    owed = Owed(
        counterparty=Counterparty(supplier_id=fee.supplier_id),
        kind=DueKind.LANDED_COST,
        amount=-fee.amounts.gross,
        net=-fee.amounts.net,
        currency=fee.currency,
        base=-fee.base.gross,
        due_on=fee.due_on,
    )
    await dues.raise_(call, [owed], document_id=document_id, business_date=fee.business_date)
    lines = [
        EntryLine(role=role, amount=amount, supplier_id=fee.supplier_id)
        for role, amount in (
            (AccountRole.PAYABLE, -fee.base.gross),
            (AccountRole.ACCRUED, fee.base.net),
            (AccountRole.INPUT_TAX_PENDING, fee.base.tax),
        )
    ]
    day = fee.business_date
    accounts.write({document_id: lines}, EntrySource.TRADE, business_date=day, at=call.at, document_id=document_id)
