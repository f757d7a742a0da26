"""What clients ask about how long what is owed has been due."""

from datetime import date
from typing import Annotated

from jxc_graphql.books.dues.models import SEE_DUES, DueDirection
from jxc_graphql.gql.declare import Connection, query, value
from jxc_graphql.insight.analytics import aged_dues
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners.api import Customer, Supplier

DEFAULT_AGES = (30, 60, 90)
Day = Annotated[date | None, "As it was at the end of that day, by business dates; by default today."]
Ages = Annotated[
    list[int] | None, "The last day of each age of what is overdue, but the oldest; 30, 60, 90 by default."
]


@value(requires=SEE_DUES, row_of=("from_days",))
class OverdueAmount:
    """What has been overdue for so long (逾期账龄)."""

    from_days: int
    """At least so many days."""
    to_days: int | None
    """At most so many; null for the oldest."""
    amount: Money
    """How much."""


@value(requires=SEE_DUES, row_of=("customer_id", "supplier_id"))
class AgedPartner:
    """What is open with a partner, and for how long it has been due (账龄)."""

    customer: Customer | None
    """The customer, of receivables."""
    supplier: Supplier | None
    """The supplier, of payables."""
    balance: Money
    """What is owed, less what was paid ahead or credited (余额)."""
    credits: Money
    """What was paid ahead or credited, and is not set off (未核销预付)."""
    not_due: Money
    """What is owed and not due yet (未到期)."""
    overdue: list[OverdueAmount]
    """What is overdue, from the youngest to the oldest."""


@value(requires=SEE_DUES)
class AgedDues:
    """What was open on a day, and for how long it had been due (账龄分析), in the currency of the company."""

    as_of: date
    """The day."""
    balance: Money
    """What is owed, less what was paid ahead or credited (余额)."""
    credits: Money
    """What was paid ahead or credited, and is not set off (未核销预付)."""
    not_due: Money
    """What is owed and not due yet (未到期)."""
    overdue: list[OverdueAmount]
    """What is overdue, from the youngest to the oldest."""
    partners: Connection[AgedPartner]
    """Those with whom anything is open, the largest balance first."""


_COST = {"due": 2, "allocation": 2}


@query(AgedDues | None, adds_up=_COST)
async def aged_receivables(call: Call, as_of: Day = None, buckets: Ages = None) -> aged_dues.AgedDues:
    """For how long what customers owe has been due (应收账龄), exact on any day of the past."""
    ages = DEFAULT_AGES if buckets is None else buckets
    return await aged_dues.aged(call, DueDirection.RECEIVABLE, as_of=as_of, buckets=ages)


@query(AgedDues | None, adds_up=_COST)
async def aged_payables(call: Call, as_of: Day = None, buckets: Ages = None) -> aged_dues.AgedDues:
    """For how long what suppliers are owed has been due (应付账龄), exact on any day of the past."""
    ages = DEFAULT_AGES if buckets is None else buckets
    return await aged_dues.aged(call, DueDirection.PAYABLE, as_of=as_of, buckets=ages)
