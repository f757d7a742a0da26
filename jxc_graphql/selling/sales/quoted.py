"""Orders of what was quoted, approved with that: whoever agreed to the quote agreed to them."""

from collections.abc import Mapping, Sequence
from typing import Any

from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents.changing import made_out, moved_on, opened
from jxc_graphql.office.documents.facts import DocumentCreated
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.selling.credit import rules as credit
from jxc_graphql.selling.sales import exposure, rules
from jxc_graphql.selling.sales.facts import SalesOrderApproved
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine
from jxc_graphql.selling.sales.operations import draw


async def drawn(
    call: Call, lines: Sequence[AskedLine], *, in_currency: Mapping[str, Any], **of_order: Any
) -> tuple[SalesOrder, list[SalesOrderLine], list[Reason]]:
    """An order of what was quoted and its lines, not written yet, and everything that is wrong with them.

    `of_order`: what the quote says, by columns. Its customer is held, where he has a credit limit.
    """
    order = made_out(
        SalesOrder, call, business_date(call), discount=Money(0), external_number="", note="", **in_currency, **of_order
    )
    known, (made, problems) = await db.together(
        exposure.standing(call, order.customer_id), draw(call, order, order.currency, lines, line=SalesOrderLine)
    )
    problems = problems or amounts.settle(order, made)
    wrong = [*rules.check_customer(known.customer, ("id",)), *problems]
    return order, made, wrong or [*credit.check(known.standing, order.base_gross)]


async def approved(
    call: Call, order: SalesOrder, lines: Sequence[SalesOrderLine], level_ids: tuple[int, ...], *, out_of: int
) -> None:
    """Writes an order that is binding from now on, for whose lines the books keep goods at these levels."""
    order.approved_at = call.at
    await opened(order, lines, out_of=[out_of])
    moved_on(order, DocumentAction.APPROVE)
    fact = SalesOrderApproved(sales_order_id=order.id, stock_level_ids=level_ids)
    journal.record_all([DocumentCreated.of(order), fact], call)
