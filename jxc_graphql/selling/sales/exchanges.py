"""Orders for what goes out instead of goods that come back (换货), approved with what asks for them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from jxc_graphql.books.goods import ledger
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents.changing import made_out, moved_on, opened
from jxc_graphql.office.documents.facts import DocumentCreated
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.office.documents.models import LinkKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.selling.credit import rules as credit
from jxc_graphql.selling.sales import exposure, rules
from jxc_graphql.selling.sales.facts import SalesOrderApproved
from jxc_graphql.selling.sales.models import SalesOrder
from jxc_graphql.selling.sales.operations import draw


async def order_instead(
    call: Call, lines: Sequence[AskedLine], *, currency: str, out_of: int, credited: Money, path: Path, **of_order: Any
) -> SalesOrderApproved:
    """Makes an approved order for what a customer gets instead of what he brings back, at prices with tax.

    It is asked for by the document `out_of` which it comes, and belongs into the transaction of its approval: whoever
    agrees to that agrees to the order. What is available is reserved for it. `credited`: what he is to have back, so
    that he is trusted with the difference alone. `of_order`: customer, warehouse, seller and payment term, by columns.
    Raises `Rejected`, at this path, with everything that is wrong with it.
    """
    day = business_date(call)
    order = made_out(
        SalesOrder, call, day, prices_include_tax=True, discount=Money(0), external_number="", note="", **of_order
    )
    known, (drawn, problems), (in_currency, wrong) = await db.together(
        exposure.standing(call, order.customer_id),
        draw(call, order, currency, lines),
        currencies.asked_for(currency, None, day),
    )
    order.update_from_dict(in_currency)
    problems = [*problems, *wrong] or amounts.settle(order, drawn)
    wrong = [*rules.check_customer(known.customer), *problems]
    wrong += problems or credit.check(known.standing, order.base_gross - credited)
    reject_if(dict.fromkeys(msgspec.structs.replace(one, path=path) for one in wrong))
    order.approved_at = call.at
    claimed = await ledger.claim(call, rules.wishes(order, drawn))
    await opened(order, drawn, out_of=[out_of], link=LinkKind.EXCHANGE)
    moved_on(order, DocumentAction.APPROVE)
    fact = SalesOrderApproved(sales_order_id=order.id, stock_level_ids=claimed.stock_level_ids)
    journal.record_all([DocumentCreated.of(order), fact], call)
    return fact
