"""What is owed besides goods: raised in the book of dues as its documents do, in plain decimals."""

from datetime import date

from jxc_graphql.books.dues import ledger
from jxc_graphql.books.dues.models import Due, DueKind
from jxc_graphql.books.dues.rules import Counterparty, Owed
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money


async def owe(
    call: Call,
    amount: str,
    *,
    due_on: date | None = None,
    on: date | None = None,
    currency: str | None = None,
    base: str | None = None,
    **partner: int,
) -> int:
    """A due of a partner, who owes so much, or below zero is owed it; today, and due at once."""
    day = on or clock.day_of(call.at)
    owed = Owed(
        counterparty=Counterparty(**partner),
        kind=DueKind.OTHER,
        amount=Money.of(amount),
        due_on=due_on or day,
        currency=currency,
        base=None if base is None else Money.of(base),
    )
    (due,) = await db.transactional(ledger.raise_)(call, [owed], document_id=new_id(), business_date=day)
    return int(due.id)


async def still_open(*due_ids: int) -> list[str]:
    """What is open of dues, in their order."""
    found = {due.id: due for due in await Due.filter(id__in=due_ids)}
    return [str(found[due_id].open_amount) for due_id in due_ids]
