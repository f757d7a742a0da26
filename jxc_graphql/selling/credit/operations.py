"""Saying how much customers are trusted with."""

from typing import Annotated

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, given, save, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import OutOfScope
from jxc_graphql.selling.credit import facts, rules
from jxc_graphql.selling.credit.models import MANAGE_CREDIT, OF_ALL, CreditAction, CreditLimit

_WHOSE = "The customer whose it is; left out it is that of all who have none of their own."
_EXCEEDED = "What happens to orders with which he would be trusted with more (超额时); REFUSE in a new one."
_OVERDUE = "What happens to his orders while he is overdue (逾期时); WARN in a new one."
_GRACE = "After how many days beyond the due day that is (宽限天数), at most 3650; 0 in a new one."
_NEW = {"when_exceeded": CreditAction.REFUSE, "when_overdue": CreditAction.WARN, "grace_days": 0}


@posting(MANAGE_CREDIT)
async def set_credit_limit(
    call: Call,
    *,
    customer_id: Annotated[int | None, _WHOSE] = None,
    amount: Annotated[Money, "How much at most (信用额度), in whole fen; 0: only what he paid ahead."],
    when_exceeded: Annotated[Change[CreditAction], _EXCEEDED] = UNSET,
    when_overdue: Annotated[Change[CreditAction], _OVERDUE] = UNSET,
    grace_days: Annotated[Change[int], _GRACE] = UNSET,
    expected_version: int | None = None,
) -> facts.CreditLimitSet:
    """Sets how much a customer is trusted with (设置信用额度), whether he had a limit before or not.

    What is left out stays as it is, and so do orders that are binding. Raises `Rejected` with everything that is wrong
    with it.
    """
    is_seen = customer_id is None or await partners.customer(call, customer_id)
    reject_if([
        *rules.check_limit(amount, grace_days or 0),
        *([] if is_seen else [UnknownId(path=("customer_id",), kind="Customer")]),
        *([OutOfScope(path=())] if customer_id is None and call.within(Dimension.CUSTOMER) is not None else []),
    ])  # fmt: skip
    told = {
        "amount": amount, "when_exceeded": when_exceeded, "when_overdue": when_overdue, "grace_days": grace_days,
    }  # fmt: skip
    known = await CreditLimit.select_for_update(no_key=True).get_or_none(customer_id=customer_id)
    if known is None:
        key = {"id": OF_ALL} if customer_id is None else {"customer_id": customer_id}
        known = CreditLimit(**key, **_NEW | given(**told), updated_at=call.at)
        db.insert_later([known])
        return facts.CreditLimitSet(credit_limit_id=known.id)
    fact = facts.CreditLimitSet(credit_limit_id=known.id)
    await save(known, call, to_change(known, fact, expected_version, **told))
    return fact


@posting(MANAGE_CREDIT)
async def remove_credit_limit(
    call: Call, *, credit_limit_id: int, expected_version: int | None = None
) -> facts.CreditLimitRemoved:
    """Has a customer have no limit of his own any more (取消信用额度)."""
    known = await CreditLimit.select_for_update(no_key=True).get_or_none(id=credit_limit_id)
    is_seen = known is not None and (
        call.within(Dimension.CUSTOMER) is None
        if known.customer_id is None
        else call.sees(Dimension.CUSTOMER, known.customer_id)
    )
    if known is None or not is_seen:
        raise NotFound(UnknownId(path=("credit_limit_id",), kind="CreditLimit"))
    check_version(known, expected_version)
    await known.delete()
    return facts.CreditLimitRemoved(credit_limit_id=credit_limit_id)
