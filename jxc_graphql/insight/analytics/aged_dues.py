"""How long what is owed has been due, on whatever day.

What was open on a day is what is open now, and what was set off since: so a day of the past takes as long as much was
open then, and moved since.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from jxc_graphql.books.dues.models import SEE_DUES, DueDirection
from jxc_graphql.insight.analytics import rules
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.office.auth.permissions import Dimension

_CREDIT = -1
"""Where what is owed the other way stands among the ages."""
_OF = {DueDirection.RECEIVABLE: (Dimension.CUSTOMER, 1), DueDirection.PAYABLE: (Dimension.SUPPLIER, -1)}


class Overdue(msgspec.Struct, frozen=True, kw_only=True):
    """What has been due for so many days."""

    from_days: int
    to_days: int | None
    amount: Money


class DebtAges(msgspec.Struct, frozen=True, kw_only=True):
    """What is open, and for how long it has been due."""

    balance: Money
    credits: Money
    not_due: Money
    overdue: Sequence[Overdue]


class AgedPartner(DebtAges, frozen=True, kw_only=True):
    """The same of one partner."""

    customer_id: int | None = None
    supplier_id: int | None = None


class AgedDues(DebtAges, frozen=True, kw_only=True):
    """The same of all partners that the caller sees, and how that divides."""

    as_of: date
    partners: Callable[[Slice], Awaitable[Page[AgedPartner]]]


async def aged(call: Call, direction: DueDirection, *, as_of: date | None, buckets: Sequence[int]) -> AgedDues:
    """How long what is owed in accounts of a kind had been due on a day, in the currency of the company.

    `buckets`: the last day of each age of what is overdue, but the oldest.
    """
    call.require(SEE_DUES)
    reject_if(rules.check_limits(buckets))
    day = as_of or clock.day_of(call.at)
    rows = await _ages(call, direction, day, buckets)
    sign = _OF[direction][1]
    sums: dict[int, dict[int, int]] = {}
    for partner_id, age, amount in rows:
        sums.setdefault(partner_id, {})[age] = sign * int(amount)
    order = sorted(sums, key=lambda one: (-sum(sums[one].values()), one))
    key = f"{_OF[direction][0].lower()}_id"

    async def page_of(page: Slice) -> Page[AgedPartner]:
        some = [AgedPartner(**_told(sums[one], buckets) | {key: one}) for one in page.cut(order)]
        return page.page(some, len(order))

    whole = {age: sum(of_one.get(age, 0) for of_one in sums.values()) for age in range(_CREDIT, len(buckets) + 2)}
    return AgedDues(as_of=day, partners=page_of, **_told(whole, buckets))


async def _ages(call: Call, direction: DueDirection, day: date, buckets: Sequence[int]) -> list[tuple[int, int, int]]:
    """Partner, age and amount: 0 is what is not due yet, then come the ages, and apart what is owed the other way."""
    dimension, sign = _OF[direction]
    partner, seen = f"{dimension.lower()}_id", call.within(dimension)
    limited = "" if seen is None else f"AND {partner} IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS seen)"
    scope = [] if seen is None else [db.json([one] for one in seen)]
    limits = [day, *(day - timedelta(days=limit) for limit in (*buckets,))]
    cases = " ".join(f"WHEN due_on >= ? THEN {age}" for age in range(len(limits)))
    since = f"FROM allocation JOIN due ON due.id = {{}}_due_id WHERE allocation.business_date > ? {limited}"
    return await db.fetch(
        f"""
        WITH part AS (
            SELECT id, base_open AS there FROM due WHERE {partner} IS NOT NULL AND open_amount <> 0 {limited}
            UNION ALL SELECT due.id, debit_base {since.format("debit")}
            UNION ALL SELECT due.id, -credit_base {since.format("credit")}),
        open_then AS (SELECT id, SUM(there) AS there FROM part GROUP BY id HAVING SUM(there) <> 0)
        SELECT {partner}, CASE WHEN {sign} * there < 0 THEN {_CREDIT} {cases} ELSE {len(limits)} END AS age, SUM(there)
        FROM open_then JOIN due ON due.id = open_then.id
        WHERE {partner} IS NOT NULL AND business_date <= ? GROUP BY 1, 2""",
        (*scope, day, *scope, day, *scope, *limits, day),
    )


def _told(sums: Mapping[int, int], buckets: Sequence[int]) -> dict[str, Any]:
    lasts: list[int | None] = [*buckets, None]
    ages = [
        Overdue(from_days=first, to_days=last, amount=Money(sums.get(age, 0)))
        for age, (first, last) in enumerate(zip([1, *(limit + 1 for limit in buckets)], lasts, strict=True), 1)
    ]
    return {
        "balance": Money(sum(sums.values())),
        "credits": Money(-sums.get(_CREDIT, 0)),
        "not_due": Money(sums.get(0, 0)),
        "overdue": ages,
    }
