"""Making payment terms and naming them."""

from typing import Annotated

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save, save_coded, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.masters.payment_terms import facts, rules
from jxc_graphql.masters.payment_terms.models import MANAGE_PAYMENT_TERMS, PaymentBasis, PaymentTerm
from jxc_graphql.office.documents.posting import posting


@posting(MANAGE_PAYMENT_TERMS)
async def create_payment_term(
    call: Call,
    *,
    code: Annotated[str, "Code (编码), unique, up to 20 characters."],
    name: Annotated[str, "Name (名称), up to 60 characters."],
    basis: PaymentBasis,
    months: Annotated[int, "Months (月) from there on, at most 24; they come before the days."] = 0,
    days: Annotated[int, "Days (天) from there on, at most 730."] = 0,
) -> facts.PaymentTermCreated:
    """Makes a payment term (新建付款条件): what it says never changes but its name.

    Raises `Rejected` with everything that is wrong with it.
    """
    reject_if([*rules.check_payment_term(code, basis, months, days), *rules.check_name(name)])
    made = PaymentTerm(basis=basis, months=months, days=days)
    await save_coded(made, call, changed(made, code=code, name=name), found_by=())
    return facts.PaymentTermCreated(payment_term_id=made.id)


@posting(MANAGE_PAYMENT_TERMS)
async def update_payment_term(
    call: Call, *, payment_term_id: int, name: Change[str] = UNSET, expected_version: int | None = None
) -> facts.PaymentTermUpdated:
    """Renames a payment term (修改付款条件); other days are another term."""
    known = await PaymentTerm.select_for_update(no_key=True).get_or_none(id=payment_term_id)
    if known is None:
        raise NotFound(UnknownId(path=("payment_term_id",), kind="PaymentTerm"))
    reject_if(rules.check_name(name))
    fact = facts.PaymentTermUpdated(payment_term_id=payment_term_id)
    await save(known, call, to_change(known, fact, expected_version, name=name))
    return fact
