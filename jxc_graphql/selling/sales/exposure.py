"""How much customers are trusted with by what they ordered and owe, and how they stand to their credit limits.

Nothing of it is kept, so nothing can be wrong with it: who decides by it locks the customer first.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.books.dues import queries as dues
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.masters.partners.queries import KnownCustomer
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.register import table_of
from jxc_graphql.selling.credit.models import CreditAction
from jxc_graphql.selling.credit.rules import CreditStanding, CreditTerms, Exposure
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine
from jxc_graphql.selling.sales.named import BINDING

_BINDING = f"status IN {BINDING}"


class CustomerStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A customer whom the caller sees, and how he stands to his credit limit; None where he has none."""

    customer: KnownCustomer | None
    standing: CreditStanding | None = None
    asked: Money = Money(0)
    """What the document comes to, in the books' currency."""


async def exposures(call: Call, customer_ids: Sequence[int]) -> list[Exposure]:
    """The exposure to each customer now, in whole fen: of the orders, less what is given up of them, and of dues."""
    asked = db.ids(customer_ids)
    binding = f"{asked.table} AS asked JOIN sales_order ON customer_id = asked.id AND {_BINDING}"
    rows, given_up, balances = await db.together(
        db.fetch(
            f"SELECT customer_id, CAST(SUM(base_gross - gross_shipped) AS BIGINT) FROM {binding} GROUP BY customer_id",
            asked.params,
        ),
        db.fetch(
            f"SELECT customer_id, line.base_net, line.base_tax, quantity, quantity_cancelled FROM {binding} "
            "JOIN sales_order_line AS line ON sales_order_id = sales_order.id AND quantity_cancelled > 0",
            asked.params,
        ),
        dues.of_customers(call, customer_ids),
    )
    orders = {customer_id: Money(outstanding) for customer_id, outstanding in rows}
    for customer_id, *part in given_up:
        orders[customer_id] -= _given_up([part])
    return [
        Exposure(orders=orders.get(customer_id, Money(0)), receivable=one.owing, credits=one.owed)
        for customer_id, one in zip(customer_ids, balances, strict=True)
    ]


_BEFORE = {
    "sqlite": "date(?, '-' || credit.grace_days || ' days')",
    "postgres": "CAST(? AS date) - credit.grace_days",
}
"""The first day after which nothing is overdue yet."""
_STANDING = """
WITH asked AS ({asked}),
    credit AS (SELECT * FROM credit_limit WHERE id = (
        SELECT MAX(mine.id) FROM credit_limit AS mine JOIN asked ON mine.customer_id = asked.id OR mine.id = 1)),
    ordered AS (SELECT CAST(SUM(base_gross - gross_shipped) AS BIGINT) AS outstanding
        FROM credit JOIN asked ON 1 = 1 JOIN sales_order ON sales_order.customer_id = asked.id AND {binding}),
    given_up AS (SELECT line.base_net, line.base_tax, line.quantity, line.quantity_cancelled
        FROM credit JOIN asked ON 1 = 1 JOIN sales_order ON sales_order.customer_id = asked.id AND {binding}
        JOIN sales_order_line AS line ON line.sales_order_id = sales_order.id AND line.quantity_cancelled > 0),
    owed AS (SELECT CAST(SUM(CASE WHEN base_open > 0 THEN base_open ELSE 0 END) AS BIGINT) AS owing,
            CAST(SUM(CASE WHEN base_open < 0 THEN -base_open ELSE 0 END) AS BIGINT) AS paid_ahead,
            CAST(SUM(CASE WHEN base_open > 0 AND due_on < {before} THEN base_open ELSE 0 END) AS BIGINT) AS overdue,
            MIN(CASE WHEN base_open > 0 THEN due_on END) AS since
        FROM credit JOIN asked ON 1 = 1 JOIN due ON due.customer_id = asked.id AND due.open_amount <> 0)
SELECT {customer}, asked.gross, agreed.facts, credit.amount, credit.when_exceeded, credit.when_overdue,
    ordered.outstanding, owed.owing, owed.paid_ahead, owed.overdue, owed.since,
    given_up.base_net, given_up.base_tax, given_up.quantity, given_up.quantity_cancelled
FROM asked JOIN customer ON customer.id = asked.id LEFT JOIN credit ON 1 = 1 LEFT JOIN ordered ON 1 = 1
LEFT JOIN owed ON 1 = 1 LEFT JOIN given_up ON 1 = 1
LEFT JOIN approval_request AS agreed ON agreed.document_id = asked.document_id AND agreed.status = 'PENDING'"""
_LIMITED = "EXISTS (SELECT 1 FROM credit_limit WHERE customer_id = customer.id OR id = 1)"
_HOLD = f"SELECT customer.id FROM customer WHERE customer.id = ({{which}}) AND {_LIMITED} FOR NO KEY UPDATE"


async def standing_of(
    call: Call, kind: type[DocumentHeader], document_id: int, *, held: bool = True
) -> CustomerStanding:
    """How the customer of an order, or of its amendment, stands; one statement, whether he has a limit or not.

    `held`: he is kept from others until the transaction ends, where he has one. That goes behind the document, and
    before the levels.
    """
    of_it = f"FROM {table_of(kind)} WHERE id = ?"
    gross = "base_gross" if kind is SalesOrder else "CAST(0 AS BIGINT)"
    asked = f"SELECT customer_id AS id, id AS document_id, {gross} AS gross {of_it}"
    if held:
        await db.lock(_HOLD.format(which=f"SELECT customer_id {of_it}"), (document_id,))
    return await _standing(call, asked, document_id)


async def standing(call: Call, customer_id: int) -> CustomerStanding:
    """The same of a customer of whom something is ordered, and approved at once."""
    await db.lock(_HOLD.format(which="?"), (customer_id,))
    return await _standing(
        call, "SELECT id, CAST(0 AS BIGINT) AS document_id, CAST(0 AS BIGINT) AS gross FROM customer WHERE id = ?",
        customer_id,
    )  # fmt: skip


async def _standing(call: Call, asked: str, asked_id: int) -> CustomerStanding:
    names = KnownCustomer.__struct_fields__
    before = _BEFORE[db.dialect()]
    rows = await db.fetch(
        _STANDING.format(
            asked=asked, binding=f"sales_order.{_BINDING}", before=before,
            customer=", ".join(f"customer.{name}" for name in names),
        ),
        (asked_id, clock.day_of(call.at)),
    )  # fmt: skip
    if not rows:
        return CustomerStanding(customer=None)
    first = rows[0]
    customer = partners.seen_customer(call, first[: len(names)])
    gross, facts, *terms = first[len(names) : -4]
    told = None if terms[0] is None else _told(call, facts, terms, [row[-4:] for row in rows if row[-4] is not None])
    return CustomerStanding(customer=customer, standing=told, asked=Money(gross))


def _told(call: Call, facts: str | None, terms: Sequence[Any], given_up: Iterable[Sequence[int]]) -> CreditStanding:
    limit, when_exceeded, when_overdue, *figures, since = terms
    outstanding, owing, paid_ahead, overdue = (Money(figure or 0) for figure in figures)
    return CreditStanding(
        terms=CreditTerms(
            limit=Money(limit), when_exceeded=CreditAction(when_exceeded), when_overdue=CreditAction(when_overdue)
        ),
        exposure=Exposure(orders=outstanding - _given_up(given_up), receivable=owing, credits=paid_ahead),
        overdue=max(overdue - paid_ahead, Money(0)),
        overdue_days=0 if since is None else max((clock.day_of(call.at) - db.day(since)).days, 0),
        agreed=None if facts is None else msgspec.json.decode(facts, type=dict[str, object]),
    )


def _given_up(parts: Iterable[Sequence[int]]) -> Money:
    """What is not to be paid of lines of which something was given up."""
    return Money.total(_lost(*part) for part in parts)


def _lost(net: int, tax: int, quantity: int, cancelled: int) -> Money:
    whole = Amounts(net=Money(net), tax=Money(tax), gross=Money(net + tax))
    return whole.gross - whole.next_part(Quantity(quantity - cancelled), Quantity(quantity), Amounts()).gross


def increase(
    order: SalesOrder, lines: Iterable[SalesOrderLine], gross_before: Money, before: Mapping[int, SalesOrderLine]
) -> Money:
    """How much more a customer is trusted with by an order that says something else now."""
    after: Money = order.base_gross - _cancelled(lines)
    return after - (gross_before - _cancelled(before.values()))


def _cancelled(lines: Iterable[SalesOrderLine]) -> Money:
    return _given_up(
        (line.base_net, line.base_tax, line.quantity, line.quantity_cancelled)
        for line in lines
        if line.quantity_cancelled
    )


async def exposures_seen(call: Call, customer_ids: Sequence[int]) -> Sequence[Exposure | None]:
    """The exposures for whoever sees the orders of all warehouses; None for others."""
    limited = call.within(Dimension.WAREHOUSE) is not None
    return [None] * len(customer_ids) if limited else await exposures(call, customer_ids)
