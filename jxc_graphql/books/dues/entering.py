"""What is owed besides goods, as people enter it, and what they waive."""

from datetime import date
from typing import Annotated, Any

from jxc_graphql.books.dues import ledger, rules
from jxc_graphql.books.dues.facts import DueEntered, DueReversed, DueWrittenOff
from jxc_graphql.books.dues.models import ENTER_DUES, WRITE_OFF_DUES, DueKind, OwedBy
from jxc_graphql.books.dues.operations import DAY, of_day, told
from jxc_graphql.books.dues.rules import AskedPair, Counterparty, OpenDue, Owed
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Reason, Rejected, UnknownId, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import check_note
from jxc_graphql.office.periods import queries as periods

_WHY = "Why (原因), 1 to 500 characters."


@posting(ENTER_DUES)
async def enter_due(
    call: Call,
    *,
    customer_id: Annotated[int | None, "The customer whose it is; or a supplier."] = None,
    supplier_id: Annotated[int | None, "The supplier whose it is; or a customer."] = None,
    kind: Annotated[DueKind, "For what (往来类型): OPENING, PREPAYMENT, FEE, DEPOSIT or OTHER."],
    owed_by: Annotated[OwedBy, "Who owes it (欠款方)."],
    amount: Annotated[Money, "How much, in whole fen; more than 0."],
    due_on: Annotated[date | None, "By which day it has to be paid (到期日), by default on its day."] = None,
    reference: Annotated[str, "The number that it has elsewhere (外部单号), up to 60 characters."] = "",
    note: Annotated[str, "For what (事由), 1 to 500 characters."],
    business_date: Annotated[date | None, DAY] = None,
) -> DueEntered:
    """Enters what is owed besides goods (往来单): openings, what was paid ahead, fees, deposits.

    Raises `Rejected` with everything that is wrong with it.
    """
    counterparty = Counterparty(customer_id=customer_id, supplier_id=supplier_id)
    (day, problems), unknown = await db.together(
        periods.posting_date(of_day(call, business_date)), _unknown(call, counterparty)
    )
    reject_if([*problems, *unknown, *rules.check_entered(counterparty, kind, amount, reference, note)])
    owed = Owed(
        counterparty=counterparty,
        kind=kind,
        amount=amount if owed_by is OwedBy.COUNTERPARTY else -amount,
        due_on=due_on or day,
        reference=reference.strip(),
        note=note.strip(),
    )
    (due,) = await ledger.raise_(call, [owed], document_id=None, business_date=day)
    return DueEntered(due_id=due.id, note=note)


@posting(ENTER_DUES)
async def reverse_due(
    call: Call,
    *,
    due_id: Annotated[int, "What was entered, and is open as a whole."],
    note: Annotated[str, _WHY],
    expected_version: int | None = None,
    business_date: Annotated[date | None, DAY] = None,
) -> DueReversed:
    """Takes back what was entered (冲销往来单) by a due of its own, which settles it; once, and today or later.

    Raises `Rejected` with what is wrong with its day, and where part of it is set off.
    """
    day, problems, due = await _held(call, due_id, expected_version, business_date)
    is_entered = due.document_id is None and due.kind in rules.ENTERED and due.reverses_id is None
    wrong: list[Reason] = [] if is_entered else [rules.NotEntered(path=("due_id",))]
    if is_entered and due.open_amount != due.amount:
        wrong.append(rules.DueInUse(path=("due_id",)))
    wrong += [*rules.check_day(day, [due.business_date]), *check_note(note, required=True)]
    reject_if([*problems, *wrong])
    reversal_id, _ = await _settled_by(call, due, due.left, day, kind=due.kind, note=note, reverses_id=due.id)
    return DueReversed(due_id=due.id, reversal_id=reversal_id, due_ids=(due.id, reversal_id), note=note)


@posting(WRITE_OFF_DUES)
async def write_off_due(
    call: Call,
    *,
    due_id: Annotated[int, "What is waived."],
    amount: Annotated[Money | None, "How much, in whole fen; by default all that is open."] = None,
    note: Annotated[str, _WHY],
    expected_version: int | None = None,
    business_date: Annotated[date | None, DAY] = None,
) -> DueWrittenOff:
    """Waives what is open of a due (抹零, 核销差额); above the threshold of the company only by whoever may approve it.

    Taken back by reversing its allocation. Raises `Rejected` where more is waived than is open, or than one may.
    """
    day, problems, due = await _held(call, due_id, expected_version, business_date)
    asked = due.left if amount is None else amount
    settings = await company.settled()
    if await company.must_wait(call, asked):
        problems.append(rules.WriteOffTooLarge(path=("amount",), limit=settings.adjustment_threshold, asked=asked))
    reject_if([*problems, *rules.check_amount(asked, due.left), *check_note(note, required=True)])
    write_off_id, done = await _settled_by(call, due, asked, day, kind=DueKind.WRITE_OFF, note=note)
    return DueWrittenOff(write_off_id=write_off_id, note=note, **done)


async def _unknown(call: Call, counterparty: Counterparty) -> list[Reason]:
    if counterparty.customer_id is not None and await partners.customer(call, counterparty.customer_id) is None:
        return [UnknownId(path=("customer_id",), kind="Customer")]
    if counterparty.supplier_id is not None and await partners.supplier(call, counterparty.supplier_id) is None:
        return [UnknownId(path=("supplier_id",), kind="Supplier")]
    return []


async def _held(
    call: Call, due_id: int, expected_version: int | None, day: date | None
) -> tuple[date, list[Reason], OpenDue]:
    """A due that is kept from others, and the day under which something is done with it."""
    (posted_on, problems), dues = await db.together(
        periods.posting_date(of_day(call, day)), ledger.locked(call, [due_id])
    )
    if due_id not in dues:
        raise NotFound(UnknownId(path=("due_id",), kind="Due"))
    check_version(dues[due_id], expected_version)
    return posted_on, problems, dues[due_id]


async def _settled_by(
    call: Call, due: OpenDue, amount: Money, day: date, *, kind: DueKind, note: str, reverses_id: int | None = None
) -> tuple[int, dict[str, Any]]:
    """Raises a due the other way that settles so much of one; gives its id, and what is told of it."""
    if due.currency != (await company.settled()).currency:
        raise Rejected(rules.DuesDoNotMatch(path=("due_id",)))
    owed = Owed(
        counterparty=due.counterparty,
        kind=kind,
        amount=-amount if due.amount > 0 else amount,
        due_on=day,
        note=note.strip(),
        reverses_id=reverses_id,
    )
    raised = await ledger.raise_(call, [owed], document_id=None, business_date=day)
    dues = {due.id: due} | ledger.opened_now(raised)
    (other,) = raised
    debit, credit = (due.id, other.id) if due.amount > 0 else (other.id, due.id)
    pair = AskedPair(debit_due_id=debit, credit_due_id=credit, amount=amount)
    made = await ledger.allocate(call, [pair], dues, business_date=day)
    return other.id, told(made, dues) | {"due_id": due.id}
