"""Making tax codes, naming and ending them."""

from datetime import date
from typing import Annotated

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save, save_coded, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.numbers import Ratio
from jxc_graphql.masters.taxes import facts, rules
from jxc_graphql.masters.taxes.models import MANAGE_TAXES, TaxCode, TaxKind
from jxc_graphql.office.documents.posting import posting


@posting(MANAGE_TAXES)
async def create_tax_code(
    call: Call,
    *,
    code: Annotated[str, "Code (编码), unique, up to 20 characters."],
    name: Annotated[str, "Name (名称), up to 60 characters."],
    kind: TaxKind,
    rate: Annotated[Ratio, "Rate (税率), such as 0.13; 0 where there is no tax."],
    starts_on: Annotated[date | None, "The first day on which it holds (生效日期); by default it always did."] = None,
    ends_on: Annotated[date | None, "The last day on which it holds (失效日期); by default it has no end."] = None,
) -> facts.TaxCodeCreated:
    """Makes a tax code (新建税码): its kind, rate and first day never change.

    Raises `Rejected` with everything that is wrong with it.
    """
    reject_if(
        [
            *rules.check_tax_code(code, kind, rate),
            *rules.check_name(name),
            *rules.check_end(None, starts_on, ends_on),
        ]
    )
    made = TaxCode(kind=kind, rate=rate, starts_on=starts_on, ends_on=ends_on)
    await save_coded(made, call, changed(made, code=code, name=name), found_by=())
    return facts.TaxCodeCreated(tax_code_id=made.id)


@posting(MANAGE_TAXES)
async def update_tax_code(
    call: Call,
    *,
    tax_code_id: int,
    name: Change[str] = UNSET,
    ends_on: Change[date | None] = UNSET,
    expected_version: int | None = None,
) -> facts.TaxCodeUpdated:
    """Renames a tax code, or says on which day it ends (修改税码); documents keep the code that they have.

    Raises `Rejected` where it would end before it starts, or is the one of what nobody said a code for.
    """
    known = await TaxCode.select_for_update(no_key=True).get_or_none(id=tax_code_id)
    if known is None:
        raise NotFound(UnknownId(path=("tax_code_id",), kind="TaxCode"))
    reject_if([*rules.check_name(name), *rules.check_end(tax_code_id, known.starts_on, ends_on)])
    fact = facts.TaxCodeUpdated(tax_code_id=tax_code_id)
    await save(known, call, to_change(known, fact, expected_version, name=name, ends_on=ends_on))
    return fact
