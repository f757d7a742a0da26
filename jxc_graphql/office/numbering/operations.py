"""Setting the rules by which documents are numbered; each requires MANAGE_COMPANY and returns its fact."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, given, save
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.kit.versions import check_version
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import operations as company
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.numbers import DatePart, Numbering, NumberReset
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.numbering import facts, models, queries, rules


@posting(Permission.MANAGE_COMPANY)
async def set_numbering_rule(
    call: Call,
    *,
    document_kind: DocumentKind,
    branch_id: Annotated[int | None, "In this branch alone (门店)."] = None,
    prefix: str,
    date_part: Annotated[
        Change[DatePart], "What it shows of the business date (编号日期); the year in a new rule."
    ] = UNSET,
    separator: Annotated[Change[str], "What stands between its parts (分隔符); `-` in a new rule."] = UNSET,
    shows_branch: Annotated[
        Change[bool], "Whether it shows the code of the branch (门店编码); no in a new rule."
    ] = UNSET,
    digits: Annotated[
        Change[int | None], "How many digits its count has at least (位数), 3 to 8; 5 in a new rule."
    ] = UNSET,
    reset: Annotated[Change[NumberReset], "When counting begins anew (编号归零); each year in a new rule."] = UNSET,
    expected_version: int | None = None,
) -> facts.NumberingRuleSet:
    """Say how documents of a kind are numbered from now on (设置编号规则), everywhere or in a branch.

    What is left out stays as it is. Raises `Rejected` for a rule that cannot be, or by which a number might be given
    twice.
    """
    await company.hold_settings()
    there = await models.NumberingRule.get_or_none(document_kind=document_kind, branch_id=branch_id)
    known, new = queries.as_value(there) if there else Numbering(prefix=prefix), Numbering(prefix=prefix)
    told = given(date_part=date_part, separator=separator, shows_branch=shows_branch, digits=digits, reset=reset)
    cleared = {"digits": new.digits} if digits is None else {}
    rule = msgspec.structs.replace(known, prefix=prefix, **told | cleared)
    unknown = [] if await queries.is_branch(branch_id) else [UnknownId(path=("branch_id",), kind="Branch")]
    reject_if([*unknown, *rules.check_rule(rule)])
    row = there or models.NumberingRule(document_kind=document_kind, branch_id=branch_id, updated_at=call.at)
    if there is not None:
        check_version(there, expected_version)
    changes, before = _columns(rule), await queries.rule_of(document_kind, branch_id)
    fact = facts.NumberingRuleSet(numbering_rule_id=row.id, before=_shown(call, before), after=_shown(call, rule))
    if there is not None and not changed(there, **changes):
        raise Unchanged(fact)
    reject_if(await queries.clashes(rule, document_kind, branch_id))
    if there is None:
        await row.update_from_dict(dict(changes)).save(force_create=True)
    else:
        await save(row, call, changes)
    await company.renumber()
    return fact


@posting(Permission.MANAGE_COMPANY)
async def delete_numbering_rule(
    call: Call, *, numbering_rule_id: int, expected_version: int | None = None
) -> facts.NumberingRuleDeleted:
    """Has documents numbered as they were before there was a rule (删除编号规则).

    Raises `Rejected` where a number might be given twice then.
    """
    await company.hold_settings()
    row = await models.NumberingRule.get_or_none(id=numbering_rule_id)
    if row is None:
        raise NotFound(UnknownId(path=("numbering_rule_id",), kind="NumberingRule"))
    kind, before = row.document_kind, queries.as_value(row)
    await references.delete(
        call, models.NumberingRule, numbering_rule_id, ("numbering_rule_id",), expected_version=expected_version
    )
    after = await queries.rule_of(kind, row.branch_id)
    reject_if(await queries.clashes(after, kind, None))
    await company.renumber()
    return facts.NumberingRuleDeleted(
        numbering_rule_id=numbering_rule_id, before=_shown(call, before), after=_shown(call, after)
    )


def _columns(rule: Numbering) -> Mapping[str, Any]:
    return {name: getattr(rule, name) for name in rule.__struct_fields__}


def _shown(call: Call, rule: Numbering) -> str:
    return rule.number(clock.day_of(call.at), 1)
