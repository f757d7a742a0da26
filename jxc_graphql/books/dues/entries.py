"""What dues say in the book of accounts: those that follow from no goods, and what setting off changes."""

from collections.abc import Sequence

from jxc_graphql.books.accounts import ledger as accounts
from jxc_graphql.books.accounts.ledger import EntryLine
from jxc_graphql.books.accounts.models import EntrySource
from jxc_graphql.books.accounts.roles import AccountRole as Role
from jxc_graphql.books.dues.models import Allocation, Due, DueDirection, DueKind
from jxc_graphql.books.dues.rules import OpenDue, Settled
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money

OF_DIRECTION = {DueDirection.RECEIVABLE: Role.RECEIVABLE, DueDirection.PAYABLE: Role.PAYABLE}
_IN, _OUT = DueDirection.RECEIVABLE, DueDirection.PAYABLE
COUNTER = {
    (_IN, DueKind.OPENING): Role.OPENING,
    (_OUT, DueKind.OPENING): Role.OPENING,
    (_IN, DueKind.PREPAYMENT): Role.BANK,
    (_OUT, DueKind.PREPAYMENT): Role.BANK,
    (_IN, DueKind.DEPOSIT): Role.BANK,
    (_OUT, DueKind.DEPOSIT): Role.BANK,
    (_IN, DueKind.FEE): Role.OTHER_REVENUE,
    (_OUT, DueKind.FEE): Role.SELLING,
    (_IN, DueKind.WRITE_OFF): Role.FINANCE,
    (_OUT, DueKind.WRITE_OFF): Role.FINANCE,
    (_IN, DueKind.OTHER): Role.NON_OPERATING_IN,
    (_OUT, DueKind.OTHER): Role.NON_OPERATING_OUT,
}
"""The other side of what is owed besides goods, by whose account it stands in and for what."""


def write_dues(call: Call, raised: Sequence[Due]) -> None:
    """Writes what is owed besides goods, or is waived; what is owed for goods is told by what moves them."""
    found = [due for due in raised if (due.direction, due.kind) in COUNTER]
    if found:
        day = found[0].business_date
        accounts.write({due.id: _of_due(due) for due in found}, EntrySource.DUE, business_date=day, at=call.at)


def _of_due(due: Due) -> list[EntryLine]:
    amount, of = Money(due.base_amount), {"customer_id": due.customer_id, "supplier_id": due.supplier_id}
    account, counter = OF_DIRECTION[due.direction], COUNTER[due.direction, due.kind]
    return [EntryLine(role=account, amount=amount, **of), EntryLine(role=counter, amount=-amount)]


def write_allocations(call: Call, made: Sequence[Allocation], settled: Sequence[Settled]) -> None:
    """Writes what setting off changes: accounts of a customer and a supplier, or what two rates make of one amount."""
    found = {
        one.id: _of_settled(part)
        for one, part in zip(made, settled, strict=True)
        if part.debit_base != part.credit_base or part.debit.counterparty != part.credit.counterparty
    }
    if found:
        first = made[0]
        accounts.write(
            found, EntrySource.ALLOCATION, business_date=first.business_date, at=call.at, document_id=first.document_id
        )


def _of_settled(part: Settled) -> list[EntryLine]:
    difference = part.debit_base - part.credit_base
    both = [_line(part.debit, -part.debit_base), _line(part.credit, part.credit_base)]
    return [*both, EntryLine(role=Role.EXCHANGE, amount=difference)]


def _line(due: OpenDue, amount: Money) -> EntryLine:
    role = OF_DIRECTION[due.counterparty.direction]
    return EntryLine(role=role, amount=amount, customer_id=due.customer_id, supplier_id=due.supplier_id)
