"""Setting dues off against one another, taking that back, and disputing them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from jxc_graphql.books.dues import ledger, queries, rules
from jxc_graphql.books.dues.facts import AllocationsReversed, DueDisputeSet, DuesAllocated
from jxc_graphql.books.dues.models import ALLOCATE_DUES, OFFSET_PARTNERS, Allocation
from jxc_graphql.books.dues.rules import AskedPair, Counterparty, OpenDue
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Rejected, UnknownId, reject_if
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.versions import check_version
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.periods import queries as periods

DAY = "The day it counts for (业务日期), by default today; a past day needs a permission and an open period."
_AMOUNT = "How much, in whole fen; by default as much as is open."


@posting(ALLOCATE_DUES)
async def allocate_dues(
    call: Call,
    *,
    pairs: Annotated[Sequence[AskedPair], "What is set off against what; 1 to 500 pairs."],
    business_date: Annotated[date | None, DAY] = None,
) -> DuesAllocated:
    """Sets what partners owe off against what they are owed (核销), pair by pair: all of them or none.

    Raises `Rejected` with everything that is wrong with the pairs: dues of other partners or currencies, disputed ones,
    and an `AllocationTooLarge` where more is set off than is open.
    """
    (day, problems), dues = await db.together(
        periods.posting_date(of_day(call, business_date)),
        ledger.locked(call, {due_id for one in pairs for due_id in (one.debit_due_id, one.credit_due_id)}),
    )
    reject_if(problems)
    return _allocated(await ledger.allocate(call, pairs, dues, business_date=day), dues)


@posting(ALLOCATE_DUES)
async def settle_due(
    call: Call,
    *,
    due_id: Annotated[int, "What is set off, such as what was paid ahead."],
    amount: Annotated[Money | None, _AMOUNT] = None,
    expected_version: int | None = None,
    business_date: Annotated[date | None, DAY] = None,
) -> DuesAllocated:
    """Sets a due off against what its partner owes, or is owed (自动核销): what is due first comes first.

    What is left of it stays open. Raises `Rejected` where nothing can be set off, or more is asked for than is open.
    """
    found = await queries.due(call, due_id)
    if found is None:
        raise NotFound(UnknownId(path=("due_id",), kind="Due"))
    (day, problems), dues = await db.together(
        periods.posting_date(of_day(call, business_date)),
        ledger.locked_with_oldest(
            call,
            [(found.counterparty, -1 if found.amount > 0 else 1)],
            also=due_id,
            currency=found.currency,
            amount=found.left if amount is None else amount,
        ),
    )
    due = dues.pop(due_id)
    check_version(due, expected_version)
    reject_if([*problems, *rules.check_amount(amount, due.left)])
    others = [one for one in dues.values() if one.business_date <= day]
    owed, paid = ([due], others) if due.amount > 0 else (others, [due])
    return await _oldest_first(call, rules.oldest_first(owed, paid, amount), dues | {due.id: due}, day)


@posting(OFFSET_PARTNERS)
async def offset_partner(
    call: Call,
    *,
    customer_id: Annotated[int, "The company as a customer."],
    supplier_id: Annotated[int, "The same company as a supplier: both have the same tax number (税号)."],
    amount: Annotated[Money | None, _AMOUNT] = None,
    business_date: Annotated[date | None, DAY] = None,
) -> DuesAllocated:
    """Sets what a company owes as a customer off against what it is owed as a supplier (应收应付对冲), oldest first.

    Raises `Rejected` where the two are not one company, or nothing is open.
    """
    customer, supplier = Counterparty(customer_id=customer_id), Counterparty(supplier_id=supplier_id)
    (day, problems), unlike, dues = await db.together(
        periods.posting_date(of_day(call, business_date)),
        queries.unlike(call, customer_id, supplier_id),
        _open_of_both(call, customer, supplier, amount),
    )
    reject_if([*problems, *unlike, *rules.check_amount(amount, None)])
    there = [one for one in dues.values() if one.business_date <= day]
    owed = [one for one in there if one.amount > 0]
    paid = [one for one in there if one.amount < 0]
    pairs = rules.oldest_first(owed, paid, amount)
    if amount is not None and (set_off := Money.total(one.amount or Money(0) for one in pairs)) < amount:
        raise Rejected(rules.AllocationTooLarge(path=("amount",), open=set_off, asked=amount))
    return await _oldest_first(call, pairs, dues, day, of_one_company=True)


@posting(ALLOCATE_DUES)
async def reverse_allocations(
    call: Call,
    *,
    allocation_ids: Annotated[Sequence[int], "What is taken back; 1 to 500 of them."],
    note: Annotated[str, "Why (原因), 1 to 500 characters."],
    business_date: Annotated[date | None, DAY] = None,
) -> AllocationsReversed:
    """Takes back what was set off (反核销): the dues are open again, and what takes it back names it.

    Raises `Rejected` with what is wrong with its day, and for each that was taken back already.
    """
    (day, problems), _ = await db.together(periods.posting_date(of_day(call, business_date)), company.settled())
    reject_if([*problems, *rules.check_count(allocation_ids), *check_note(note, required=True)])
    made, dues = await ledger.reverse(call, allocation_ids, business_date=day)
    return AllocationsReversed(**told(made, dues), note=note)


@posting(ALLOCATE_DUES)
async def dispute_due(
    call: Call,
    *,
    due_id: int,
    is_disputed: Annotated[bool, "Whether it is disputed (有争议): nothing is set off against it then."],
    note: Annotated[str, "Why (原因), 1 to 500 characters."],
    expected_version: int | None = None,
) -> DueDisputeSet:
    """Says that a due is disputed, or is so no more (争议)."""
    due = (await ledger.locked(call, [due_id])).get(due_id)
    if due is None:
        raise NotFound(UnknownId(path=("due_id",), kind="Due"))
    check_version(due, expected_version)
    reject_if(check_note(note, required=True))
    about = () if due.document_id is None else (due.document_id,)
    fact = DueDisputeSet(due_id=due_id, document_ids=about, is_disputed=is_disputed, note=note)
    if due.is_disputed == is_disputed:
        raise Unchanged(fact)
    db.later(
        "UPDATE due SET is_disputed = ?, version = version + 1, updated_at = ? WHERE id = ?",
        (is_disputed, call.at, due_id),
        rows=1,
    )
    return fact


async def _open_of_both(
    call: Call, customer: Counterparty, supplier: Counterparty, amount: Money | None
) -> dict[int, OpenDue]:
    own = (await company.settled()).currency
    return await ledger.locked_with_oldest(call, [(customer, 1), (supplier, -1)], currency=own, amount=amount)


async def _oldest_first(
    call: Call, pairs: Sequence[AskedPair], dues: dict[int, OpenDue], day: date, *, of_one_company: bool = False
) -> DuesAllocated:
    if not pairs:
        raise Rejected(rules.NothingToAllocate(path=()))
    made = await ledger.allocate(call, pairs, dues, business_date=day, of_one_company=of_one_company)
    return _allocated(made, dues)


def _allocated(made: Sequence[Allocation], dues: dict[int, OpenDue]) -> DuesAllocated:
    return DuesAllocated(**told(made, dues))


def told(made: Sequence[Allocation], dues: Mapping[int, OpenDue]) -> dict[str, Any]:
    """What a fact says of what was set off, or taken back."""
    due_ids = tuple(dict.fromkeys(due_id for one in made for due_id in (one.debit_due_id, one.credit_due_id)))
    return {
        "due_id": due_ids[0],
        "due_ids": due_ids,
        "allocation_ids": tuple(one.id for one in made),
        "document_ids": tuple(dict.fromkeys(one for due_id in due_ids if (one := dues[due_id].document_id))),
    }


def of_day(call: Call, day: date | None) -> Call:
    """The call for a day, where one is said."""
    return msgspec.structs.replace(call, business_date=day or call.business_date)
