"""Making accounts below those of the chart, naming them, and choosing the standard."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from typing import Annotated

from jxc_graphql.books.accounts import facts, rules
from jxc_graphql.books.accounts.chart import codes
from jxc_graphql.books.accounts.models import MANAGE_ACCOUNTS, ONLY, Account, AccountChart, AccountingStandard
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save, save_coded, to_change
from jxc_graphql.kit.errors import NotFound, Rejected, UnknownId, reject_if
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.kit.versions import check_version
from jxc_graphql.office.documents.posting import posting

_FOUND_BY = ("code", "name", "name_en")
_LOCK = {"sqlite": "", "postgres": "LOCK TABLE account_entry IN SHARE MODE"}


@posting(MANAGE_ACCOUNTS)
async def create_account(
    call: Call,
    *,
    parent_id: Annotated[int, "The account below which it stands (上级科目)."],
    code: Annotated[str, "Code (科目编码), unique, up to 20 characters; it begins with that of the account above."],
    name: Annotated[str, "Name (科目名称), up to 60 characters."],
    name_en: Annotated[str, "Its name in English, up to 60 characters."] = "",
) -> facts.AccountCreated:
    """Makes an account of the company's own below another one (新建科目); it is of the same kind.

    Raises `Rejected` with everything that is wrong with it.
    """
    parent = await _account(parent_id, "parent_id")
    problems = [*rules.check_code(code, parent.code), *rules.check_names(name, name_en)]
    reject_if(problems if parent.is_active else [*problems, rules.AccountClosed(path=("parent_id",))])
    made = Account(parent_id=parent_id, kind=parent.kind)
    wanted = changed(made, code=code, name=name, name_en=name_en)
    await save_coded(made, call, wanted, found_by=_FOUND_BY)
    return facts.AccountCreated(account_id=made.id)


@posting(MANAGE_ACCOUNTS)
async def update_account(
    call: Call,
    *,
    account_id: int,
    name: Change[str] = UNSET,
    name_en: Change[str] = UNSET,
    is_active: Annotated[Change[bool], "Whether it is used (启用); those of the chart always are."] = UNSET,
    expected_version: int | None = None,
) -> facts.AccountUpdated:
    """Renames an account, or says whether it is used (修改科目); its code and its kind never change."""
    known, fact = await _account(account_id, "account_id"), facts.AccountUpdated(account_id=account_id)
    problems = [*rules.check_names(name, name_en)]
    if known.role is not None and is_active is False:
        problems.append(rules.AccountOfChart(path=("is_active",)))
    reject_if(problems)
    wanted = to_change(known, fact, expected_version, name=name, name_en=name_en, is_active=is_active)
    await save_coded(known, call, wanted, found_by=_FOUND_BY)
    return fact


@posting(MANAGE_ACCOUNTS)
async def choose_accounting_standard(
    call: Call,
    *,
    standard: Annotated[AccountingStandard, "Which rules the chart follows (会计准则)."],
    expected_version: int | None = None,
) -> facts.AccountingStandardChosen:
    """Has the accounts follow a standard (选择会计准则), before there is any entry or account of the company's own.

    Raises `Rejected` with `ChartInUse` after that.
    """
    chart = await AccountChart.select_for_update().get(id=ONLY)
    check_version(chart, expected_version)
    fact = facts.AccountingStandardChosen(account_chart_id=ONLY, standard=standard)
    if chart.standard == standard:
        raise Unchanged(fact)
    if lock := _LOCK[db.dialect()]:
        await db.fetch(lock)
    ((in_use,),) = await db.fetch(
        "SELECT EXISTS (SELECT 1 FROM account_entry) OR EXISTS (SELECT 1 FROM account WHERE role IS NULL)"
    )
    if in_use:
        raise Rejected(rules.ChartInUse(path=("standard",)))
    await db.execute("UPDATE account SET code = '~' || code")
    await db.execute(
        "UPDATE account SET code = given.code, version = version + 1, updated_at = ?, "
        f"search_text = replace(search_text, substr(account.code, 2), given.code) "
        f"FROM {db.rows({'role': 'text', 'code': 'text'})} AS given WHERE account.role = given.role",
        (call.at, db.json(codes(standard))),
    )
    await save(chart, call, {"standard": standard})
    return fact


async def _account(account_id: int, path: str) -> Account:
    known = await Account.select_for_update(no_key=True).get_or_none(id=account_id)
    if known is None:
        raise NotFound(UnknownId(path=(path,), kind="Account"))
    return known
