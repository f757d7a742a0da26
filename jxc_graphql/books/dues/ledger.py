"""The book of dues: the one way in which anything is raised in it, set off and taken back.

Dues are locked by ascending id, and nothing after them but the number of a document. All that is decided of what is
open is decided under these locks, so no two callers ever set off the same fen.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from jxc_graphql.books.dues import entries, queries, rules
from jxc_graphql.books.dues.models import Allocation, Due
from jxc_graphql.books.dues.rules import AskedPair, Counterparty, OpenDue, Owed, Settled
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, UnknownId, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import LIMIT, Money
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.office.company import queries as company

_LOCK = {"sqlite": "", "postgres": "FOR NO KEY UPDATE OF due"}
"""SQLite has one writer at a time."""
_SETTLE = """
UPDATE due SET open_amount = settled.open_amount, base_open = settled.base_open, version = due.version + 1,
    updated_at = ?
FROM {settled} AS settled WHERE due.id = settled.id"""
_OLDEST = """
SELECT id FROM (
    SELECT id, abs(open_amount) AS there, SUM(abs(open_amount)) OVER (ORDER BY due_on, business_date, id) AS so_far
    FROM due WHERE {partner} = ? AND open_amount <> 0 AND open_amount * ? > 0 AND currency = ? AND NOT is_disputed
    ORDER BY due_on, business_date, id LIMIT {most}) AS oldest
WHERE so_far - there < ?"""
"""Those of a partner that make up an amount."""


async def raise_(call: Call, owed: Iterable[Owed], *, document_id: int | None, business_date: date) -> list[Due]:
    """Writes what a document says is owed, with its other writes; of nothing there is no due."""
    own = (await company.settled()).currency
    raised = [
        Due(
            direction=one.counterparty.direction,
            kind=one.kind,
            customer_id=one.counterparty.customer_id,
            supplier_id=one.counterparty.supplier_id,
            document_id=document_id,
            business_date=business_date,
            due_on=one.due_on,
            currency=one.currency or own,
            amount=one.amount,
            open_amount=one.amount,
            net=one.net,
            base_amount=base,
            base_open=base,
            reference=one.reference,
            note=one.note,
            search_text=search_text(one.reference, one.note),
            reverses_id=one.reverses_id,
            updated_at=call.at,
        )
        for one in owed
        for base in [one.amount if one.base is None else one.base]
        if one.amount
    ]
    db.insert_later(raised)
    entries.write_dues(call, raised)
    return raised


def opened_now(raised: Iterable[Due]) -> dict[int, OpenDue]:
    """Dues that are being raised, to be set off at once."""
    return {one.id: OpenDue(**{name: getattr(one, name) for name in queries.NAMES}) for one in raised}


async def locked(call: Call, due_ids: Collection[int]) -> dict[int, OpenDue]:
    """Those of these dues that the caller sees, kept from others until the transaction ends, by their ids."""
    asked = db.ids(due_ids)
    rows = await db.fetch(
        f"SELECT {queries.COLUMNS} FROM due WHERE id IN (SELECT id FROM {asked.table} AS asked) ORDER BY id "
        f"{_LOCK[db.dialect()]}",
        asked.params,
    )
    return queries.read(call, rows)


async def locked_with_oldest(
    call: Call,
    sides: Sequence[tuple[Counterparty, int]],
    *,
    also: int = 0,
    currency: str,
    amount: Money | None,
) -> dict[int, OpenDue]:
    """What is open of partners and due first, as far as it takes to make up an amount, each kept from others.

    `sides`: of whom, and whether what they owe (1) or what they are owed (-1). `also`: a due of which nobody asks that.
    """
    selects, params = [f"id = {also:d}"], list[Any]()
    for partner, sign in sides:
        column = "supplier_id" if partner.customer_id is None else "customer_id"
        selects.append(f"id IN ({_OLDEST.format(partner=column, most=rules.MOST_PAIRS)})")
        params += [partner.customer_id or partner.supplier_id, sign, currency, LIMIT if amount is None else amount]
    rows = await db.fetch(
        f"SELECT {queries.COLUMNS} FROM due WHERE {' OR '.join(selects)} ORDER BY id {_LOCK[db.dialect()]}", params
    )
    return queries.read(call, rows)


async def allocate(
    call: Call,
    pairs: Sequence[AskedPair],
    dues: dict[int, OpenDue],
    *,
    business_date: date,
    document_id: int | None = None,
    of_one_company: bool = False,
) -> list[Allocation]:
    """Sets dues off that are `locked`; raises `Rejected` with everything that is wrong with the pairs.

    `document_id`: what does it, such as a payment. `of_one_company`: a customer who is a supplier too.
    """
    assert db.in_transaction()
    reject_if(rules.check_pairs(pairs, dues, business_date, of_one_company=of_one_company))
    done = rules.settled(pairs, dues)
    return _written(call, done, business_date, [None] * len(done), document_id)


async def reverse(
    call: Call, allocation_ids: Sequence[int], *, business_date: date, document_id: int | None = None
) -> tuple[list[Allocation], dict[int, OpenDue]]:
    """Takes allocations back, under the locks of their dues; gives what takes them back, and the dues.

    Raises `Rejected` where the caller does not see one, or where it takes another back or was taken back itself.
    """
    found = {one.id: one for one in await Allocation.filter(id__in=[*allocation_ids])}
    dues = await locked(call, {due_id for one in found.values() for due_id in _dues_of(one)})
    reversed_ids = set(await Allocation.filter(reverses_id__in=[*found]).values_list("reverses_id", flat=True))
    wrong = list[Reason]()
    for index, one in enumerate(map(found.get, allocation_ids)):
        path = ("allocation_ids", index)
        if one is None or not dues.keys() >= {*_dues_of(one)}:
            wrong.append(UnknownId(path=path, kind="Allocation"))
        elif one.reverses_id or one.id in reversed_ids or one.id in allocation_ids[:index]:
            wrong.append(rules.AllocationTakenBack(path=path))
        else:
            wrong += rules.check_day(business_date, [one.business_date])
    reject_if(wrong)
    done = [_taken_back(found[one], dues) for one in allocation_ids]
    return _written(call, done, business_date, allocation_ids, document_id), dues


def _taken_back(one: Allocation, dues: dict[int, OpenDue]) -> Settled:
    debit, credit = (dues[due_id] for due_id in _dues_of(one))
    for due, base in ((debit, one.debit_base), (credit, one.credit_base)):
        due.settle(-one.amount, -base)
    return Settled(
        debit=debit, credit=credit, amount=-one.amount, debit_base=-one.debit_base, credit_base=-one.credit_base
    )


def _dues_of(one: Allocation) -> tuple[int, int]:
    return one.debit_due_id, one.credit_due_id


def _written(
    call: Call, done: Sequence[Settled], day: date, reversed_ids: Sequence[int | None], document_id: int | None
) -> list[Allocation]:
    """Writes what is set off, and what is open of the dues since."""
    changed = {due.id: due for one in done for due in (one.debit, one.credit)}
    columns = ("id", "open_amount", "base_open")
    db.later(
        _SETTLE.format(settled=db.rows(dict.fromkeys(columns, "bigint"))),
        (call.at, db.json([due.id, due.open_amount, due.base_open] for due in changed.values())),
        rows=len(changed),
    )
    made = [
        Allocation(
            id=new_id(),
            debit_due_id=one.debit.id,
            credit_due_id=one.credit.id,
            amount=one.amount,
            debit_base=one.debit_base,
            credit_base=one.credit_base,
            document_id=document_id,
            business_date=day,
            posted_at=call.at,
            reverses_id=reverses_id,
        )
        for one, reverses_id in zip(done, reversed_ids, strict=True)
    ]
    db.insert_later(made)
    entries.write_allocations(call, made, done)
    return made
