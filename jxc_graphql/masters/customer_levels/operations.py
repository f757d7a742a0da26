"""Making customer levels and naming them."""

from typing import Annotated

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save_coded, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.masters.customer_levels import facts, rules
from jxc_graphql.masters.customer_levels.models import CustomerLevel
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.posting import posting


@posting(Permission.MANAGE_PARTNERS)
async def create_customer_level(
    call: Call,
    *,
    code: Annotated[str, "Code (编码), unique, up to 20 characters."],
    name: Annotated[str, "Name (名称), up to 60 characters."],
) -> facts.CustomerLevelCreated:
    """Makes a customer level (新建客户等级).

    Raises `Rejected` with everything that is wrong with it.
    """
    reject_if(rules.check_customer_level(code, name))
    made = CustomerLevel()
    await save_coded(made, call, changed(made, code=code, name=name), found_by=())
    return facts.CustomerLevelCreated(customer_level_id=made.id)


@posting(Permission.MANAGE_PARTNERS)
async def update_customer_level(
    call: Call,
    *,
    customer_level_id: int,
    code: Annotated[Change[str], "Code (编码), unique, up to 20 characters."] = UNSET,
    name: Annotated[Change[str], "Name (名称), up to 60 characters."] = UNSET,
    expected_version: int | None = None,
) -> facts.CustomerLevelUpdated:
    """Changes code and name of a customer level (修改客户等级)."""
    reject_if(rules.check_customer_level(code, name))
    known = await CustomerLevel.select_for_update(no_key=True).get_or_none(id=customer_level_id)
    if known is None:
        raise NotFound(UnknownId(path=("customer_level_id",), kind="CustomerLevel"))
    fact = facts.CustomerLevelUpdated(customer_level_id=customer_level_id)
    await save_coded(known, call, to_change(known, fact, expected_version, code=code, name=name), found_by=())
    return fact
