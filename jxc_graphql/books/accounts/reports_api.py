"""What clients ask about what stands in accounts."""

from datetime import date
from typing import Annotated

from jxc_graphql.books.accounts import reports
from jxc_graphql.books.accounts.api import Account
from jxc_graphql.books.accounts.models import SEE_ACCOUNTS
from jxc_graphql.gql.declare import Connection, Id, query, value
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.pages import Page, Slice

Begin = Annotated[date, "The first business date (期初)."]
Through = Annotated[date, "The last business date (期末)."]


@value(requires=SEE_ACCOUNTS, row_of=("account_id",))
class AccountTurnover:
    """What stood in an account, and those below it, what was added, and what stands in it then (科目余额)."""

    account: Account
    """Which account (科目)."""
    opening_debit: Money
    """What stood in it before, debited (期初借方)."""
    opening_credit: Money
    """What stood in it before, credited (期初贷方)."""
    debit: Money
    """What was debited (本期借方)."""
    credit: Money
    """What was credited (本期贷方)."""
    closing_debit: Money
    """What stands in it at the end, debited (期末借方)."""
    closing_credit: Money
    """What stands in it at the end, credited (期末贷方)."""


@value(requires=SEE_ACCOUNTS, row_of=("business_date",))
class AccountLedgerDay:
    """What was added to an account under a business date (日记)."""

    business_date: date
    """The day (业务日期); its documents are those of `accountEntries` of that day."""
    debit: Money
    """What was debited (借方)."""
    credit: Money
    """What was credited (贷方)."""
    balance: Money
    """What stood in it after that (余额); below zero it is credited."""


@value(requires=SEE_ACCOUNTS, row_of=("account_id",))
class AccountLedger:
    """The ledger of an account, and those below it (总账): what stood in it, what was added, day by day."""

    account: Account
    """Which account (科目)."""
    opening: Money
    """What stood in it before (期初余额); below zero it is credited."""
    debit: Money
    """What was debited (本期借方)."""
    credit: Money
    """What was credited (本期贷方)."""
    closing: Money
    """What stands in it at the end (期末余额)."""
    days: Connection[AccountLedgerDay]
    """The days on which anything was added (明细), oldest first."""


_COST = {"account_day": 1}


@query(Connection[AccountTurnover] | None, adds_up=_COST)
async def trial_balance(call: Call, *, begin: Begin, through: Through, page: Slice) -> Page[reports.InAccount]:
    """The trial balance (科目余额表), by code: a heading tells of all accounts below it."""
    return await reports.trial_balance(call, begin, through, page)


@query(AccountLedger | None, adds_up=_COST)
async def general_ledger(
    call: Call,
    account_id: Annotated[Id[Account], "Of which account (科目)."],
    begin: Begin,
    through: Through,
) -> reports.AccountLedger:
    """The ledger of an account (总账, 明细账); whoever wants the documents asks for its `entries`."""
    return await reports.account_ledger(call, account_id, begin, through)
