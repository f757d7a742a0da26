"""The one door to the books: what a document did goes in here, whole, and what it was worth comes out.

A document says what moved and what is owed, in words of goods and trade; nobody above the books says debit or credit.
Entries of money, when there are any, follow from the legs (from which place, to which, worth how much), in here and in
the same transaction.

Whoever writes to the books takes its locks in this order, each kind by ascending id, and nothing twice:

    documents, period (shared) → the day of the books (shared) → lots that come in (shared) → stock levels → pieces
    → virtual places → accounts → the number of the document

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

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec

from jxc_graphql.books.goods import fitness, ledger
from jxc_graphql.books.goods.ledger import Charge, Incoming, LevelKey, Move, Posted, Revalued, ValueChange
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.periods import queries as periods


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """What a document does to the books, all of it.

    `moves`: goods that go from a place to a place, in their order.
    `incoming`: how much more, or less, is on its way to warehouses.
    `uses`: how much of whose claim this uses up (owner → quantity); None gives a claim up.
    `besides`: stock levels that it takes hold of without changing them.
    """

    call: Call
    document_id: int
    business_date: date
    moves: Sequence[Move] = ()
    incoming: Sequence[Incoming] = ()
    uses: Mapping[int, Quantity | None] = ledger.NOTHING
    besides: Collection[LevelKey] = ()


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
    await periods.check_open(posting.business_date)
    return await ledger.post(
        posting.call,
        posting.moves,
        document_id=posting.document_id,
        business_date=posting.business_date,
        incoming=posting.incoming,
        uses=posting.uses,
        besides=posting.besides,
    )


async def revalue(call: Call, changes: Sequence[ValueChange], *, document_id: int, business_date: date) -> Revalued:
    """Changes what the goods on hand of levels cost (成本调整); raises `PeriodClosed` and as `ledger.revalue` does."""
    assert db.in_transaction()
    await periods.check_open(business_date)
    return await ledger.revalue(call, changes, document_id=document_id, business_date=business_date)


async def charge(call: Call, charges: Sequence[Charge], *, document_id: int) -> Revalued:
    """Adds costs to the goods that lines brought (运费, 关税), from the day of the books on.

    Raises `PeriodClosed` and as `ledger.charge` does.
    """
    assert db.in_transaction()
    await periods.check_open(clock.day_of(call.at))
    return await ledger.charge(call, charges, document_id=document_id)
