"""What is right for dues and for what is set off between them, and what follows from it."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from jxc_graphql.books.dues.models import DueDirection, DueKind
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.fen import check_whole_fen, whole_fen
from jxc_graphql.kit.numbers import Money, check_positive
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.documents.rules import check_line_count, check_note

MOST_PAIRS = 500
"""Pairs that are set off at once."""
REFERENCE_LIMIT = 60
ENTERED = frozenset({DueKind.OPENING, DueKind.PREPAYMENT, DueKind.FEE, DueKind.DEPOSIT, DueKind.OTHER})
"""What is entered by hand."""
_NOTHING = Money(0)


class AllocationTooLarge(Reason, frozen=True, kw_only=True):
    """More is set off than is open, of one of the two, over all pairs of the input."""

    open: Money
    asked: Money


class DuesDoNotMatch(Reason, frozen=True, kw_only=True):
    """The two are not of one partner and one currency, or neither sets off the other."""


class DueDisputed(Reason, frozen=True, kw_only=True):
    """Nothing is set off against what is disputed."""


class AllocatedTooEarly(Reason, frozen=True, kw_only=True):
    """On that day there was nothing yet to be set off, or to be taken back."""

    first_day: date


class AllocationTakenBack(Reason, frozen=True, kw_only=True):
    """What was set off there was taken back already."""


class NothingToAllocate(Reason, frozen=True, kw_only=True):
    """Nothing is open that could be set off."""


class OtherCompany(Reason, frozen=True, kw_only=True):
    """They are one company only where both have the same tax number (税号)."""


class WriteOffTooLarge(Reason, frozen=True, kw_only=True):
    """More is waived than one may without the approval of others."""

    limit: Money
    asked: Money


class OneCounterparty(Reason, frozen=True, kw_only=True):
    """Something is owed either by or to a customer, or by or to a supplier."""


class OwedForGoods(Reason, frozen=True, kw_only=True):
    """What is owed for goods, or waived, is told by what moves them, or waives it, and is not entered."""


class DueInUse(Reason, frozen=True, kw_only=True):
    """Part of it is set off: take that back first."""


class NotEntered(Reason, frozen=True, kw_only=True):
    """Only what was entered by hand, and not taken back, is taken back like this."""


class Counterparty(msgspec.Struct, frozen=True):
    """Whose account something stands in: a customer's or a supplier's."""

    customer_id: int | None = None
    supplier_id: int | None = None

    @property
    def direction(self) -> DueDirection:
        """The kind of account."""
        return DueDirection.PAYABLE if self.customer_id is None else DueDirection.RECEIVABLE


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says is owed: above zero by the partner, below to him, in whole fen.

    `net` is its part without tax, where it is for goods; `base` the same in the currency of the company, where it is in
    another one.
    """

    counterparty: Counterparty
    kind: DueKind
    amount: Money
    due_on: date
    net: Money | None = None
    currency: str | None = None
    base: Money | None = None
    reference: str = ""
    note: str = ""
    reverses_id: int | None = None


class OpenDue(msgspec.Struct, kw_only=True):
    """A due that is locked, and what is open of it so far."""

    id: int
    customer_id: int | None
    supplier_id: int | None
    document_id: int | None
    business_date: date
    due_on: date
    currency: str
    amount: Money
    open_amount: Money
    base_amount: Money
    base_open: Money
    is_disputed: bool
    version: int
    kind: DueKind
    reverses_id: int | None

    @property
    def counterparty(self) -> Counterparty:
        """Whose it is."""
        return Counterparty(self.customer_id, self.supplier_id)

    @property
    def left(self) -> Money:
        """How much is open, whoever owes it."""
        return abs(self.open_amount)

    def settle(self, amount: Money, base: Money | None = None) -> Money:
        """Has so much less be open; gives how much that is in the currency of the company, neither with a sign.

        That is what the share of what is left falls by, so parts add up to the whole, unless `base` says it.
        """
        sign = 1 if self.amount > 0 else -1
        self.open_amount -= amount * sign
        if base is None:
            share = whole_fen(abs(int(self.base_amount)) * int(self.left), abs(int(self.amount)))
            base = abs(self.base_open) - share
        self.base_open -= base * sign
        return base


class AskedPair(msgspec.Struct, frozen=True, kw_only=True):
    """What is set off: so much of what the partner owes against what he is owed."""

    debit_due_id: int
    """What the partner owes (借方)."""
    credit_due_id: int
    """What he is owed (贷方)."""
    amount: Money | None = None
    """How much, in whole fen; by default as much as is open of both."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What is set off between two dues, in the currency of the dues and for each in that of the company."""

    debit: OpenDue
    credit: OpenDue
    amount: Money
    debit_base: Money
    credit_base: Money


def check_pairs(
    pairs: Sequence[AskedPair], dues: Mapping[int, OpenDue], day: date, *, of_one_company: bool = False
) -> Iterator[Reason]:
    """Everything that is wrong with what is to be set off on a day, pair by pair, too much of a due over all of them.

    `dues` are those that the caller sees; `of_one_company`: a supplier's and a customer's may be set off.
    """
    yield from (msgspec.structs.replace(one, path=("pairs",)) for one in check_line_count(len(pairs), MOST_PAIRS))
    left = {due_id: due.left for due_id, due in dues.items()}
    for index, pair in enumerate(pairs[:MOST_PAIRS]):
        path: Path = ("pairs", index)
        found = [*_found(pair, dues)]
        yield from (UnknownId(path=(*path, name), kind="Due") for name, due in found if due is None)
        if pair.amount is not None:
            yield from (
                *check_positive(pair.amount, (*path, "amount")),
                *check_whole_fen(pair.amount, (*path, "amount")),
            )
        both = [due for _, due in found if due is not None]
        if len(both) < len(found):
            continue
        yield from _check_match(both[0], both[1], path, of_one_company=of_one_company)
        yield from (DueDisputed(path=(*path, name)) for name, due in found if due is not None and due.is_disputed)
        yield from check_day(day, [due.business_date for due in both])
        yield from _check_open(pair, left, path)


def check_amount(amount: Money | None, there: Money | None) -> Iterator[Reason]:
    """Whether so much may be set off of what is open."""
    if amount is None:
        return
    yield from (*check_positive(amount, ("amount",)), *check_whole_fen(amount, ("amount",)))
    if there is not None and amount > there:
        yield AllocationTooLarge(path=("amount",), open=there, asked=amount)


def check_entered(
    counterparty: Counterparty, kind: DueKind, amount: Money, reference: str, note: str
) -> Iterator[Reason]:
    """What is wrong with a due that is entered by hand, but for whose it is."""
    if (counterparty.customer_id is None) == (counterparty.supplier_id is None):
        yield OneCounterparty(path=())
    if kind not in ENTERED:
        yield OwedForGoods(path=("kind",))
    yield from (*check_positive(amount, ("amount",)), *check_whole_fen(amount, ("amount",)))
    yield from check_text(("reference",), reference, limit=REFERENCE_LIMIT)
    yield from check_note(note, required=True)


def check_count(allocation_ids: Sequence[int]) -> Iterator[Reason]:
    """Whether any are named, and not too many."""
    yield from (
        msgspec.structs.replace(one, path=("allocation_ids",))
        for one in check_line_count(len(allocation_ids), MOST_PAIRS)
    )


def check_day(day: date, days: Iterable[date]) -> Iterator[Reason]:
    """Whether there was something by then to be set off, or to be taken back."""
    first = max(days)
    if day < first:
        yield AllocatedTooEarly(path=("business_date",), first_day=first)


def settled(pairs: Sequence[AskedPair], dues: Mapping[int, OpenDue]) -> list[Settled]:
    """What is set off by pairs that are right; the dues have so much less open then."""
    made = []
    for pair in pairs:
        debit, credit = dues[pair.debit_due_id], dues[pair.credit_due_id]
        amount = pair.amount or min(debit.left, credit.left)
        made.append(
            Settled(
                debit=debit,
                credit=credit,
                amount=amount,
                debit_base=debit.settle(amount),
                credit_base=credit.settle(amount),
            )
        )
    return made


def oldest_first(owing: Iterable[OpenDue], paying: Iterable[OpenDue], amount: Money | None) -> list[AskedPair]:
    """So much of the ones set off against the others, or as far as they go; what is due first comes first."""
    pairs, left = list[AskedPair](), amount
    owed, paid = _in_order(owing), _in_order(paying)
    there = {due.id: due.left for due in (*owed, *paid)}
    while owed and paid and left != _NOTHING and len(pairs) < MOST_PAIRS:
        debit, credit = owed[0], paid[0]
        part = min(there[debit.id], there[credit.id], *([] if left is None else [left]))
        pairs.append(AskedPair(debit_due_id=debit.id, credit_due_id=credit.id, amount=part))
        left = None if left is None else left - part
        for queue, due in ((owed, debit), (paid, credit)):
            there[due.id] -= part
            if not there[due.id]:
                queue.popleft()
    return pairs


def _in_order(dues: Iterable[OpenDue]) -> deque[OpenDue]:
    some = (due for due in dues if due.open_amount and not due.is_disputed)
    return deque(sorted(some, key=lambda due: (due.due_on, due.business_date, due.id)))


def _found(pair: AskedPair, dues: Mapping[int, OpenDue]) -> Iterator[tuple[str, OpenDue | None]]:
    for name in ("debit_due_id", "credit_due_id"):
        yield name, dues.get(getattr(pair, name))


def _check_match(debit: OpenDue, credit: OpenDue, path: Path, *, of_one_company: bool) -> Iterator[Reason]:
    of_one = of_one_company or debit.counterparty == credit.counterparty
    if not of_one or debit.currency != credit.currency or not debit.amount > 0 > credit.amount:
        yield DuesDoNotMatch(path=path)


def _check_open(pair: AskedPair, left: dict[int, Money], path: Path) -> Iterator[Reason]:
    """Counts what a pair takes of what is left of its dues."""
    there = min(left[pair.debit_due_id], left[pair.credit_due_id])
    asked = there if pair.amount is None else pair.amount
    if pair.amount is None and there <= _NOTHING:
        yield NothingToAllocate(path=path)
    elif asked > there:
        yield AllocationTooLarge(path=(*path, "amount"), open=max(there, _NOTHING), asked=asked)
    for due_id in (pair.debit_due_id, pair.credit_due_id):
        left[due_id] -= asked
