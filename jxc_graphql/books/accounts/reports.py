"""The trial balance (科目余额表) and the ledger of an account (总账): what was, what was added, and what is."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.books.accounts.balances import CREDIT, DEBIT, UNFOLDED
from jxc_graphql.books.accounts.models import SEE_ACCOUNTS, Account
from jxc_graphql.books.accounts.rules import check_span, credit, debit
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.office.auth.permissions import Dimension

_NOTHING = (0, 0, 0)
_SCOPES = (Dimension.WAREHOUSE, Dimension.CUSTOMER, Dimension.SUPPLIER)


class InAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What stood in an account before, what was added on either side, and what stands in it then."""

    account_id: int
    opening: Money
    debit: Money
    credit: Money

    @property
    def closing(self) -> Money:
        """What stands in it at the end; below zero on the credit side."""
        return self.opening + self.debit - self.credit

    @property
    def opening_debit(self) -> Money:
        """What of it is debited."""
        return debit(self.opening)

    @property
    def opening_credit(self) -> Money:
        """What of it is credited."""
        return credit(self.opening)

    @property
    def closing_debit(self) -> Money:
        """What of it is debited."""
        return debit(self.closing)

    @property
    def closing_credit(self) -> Money:
        """What of it is credited."""
        return credit(self.closing)


class LedgerDay(msgspec.Struct, frozen=True, kw_only=True):
    """What was added on a day, and what stood in the account after it."""

    business_date: date
    debit: Money
    credit: Money
    balance: Money


class AccountLedger(InAccount, frozen=True, kw_only=True):
    """The same, day by day."""

    days: Callable[[Slice], Awaitable[Page[LedgerDay]]]


async def trial_balance(call: Call, begin: date, through: date, page: Slice) -> Page[InAccount]:
    """What stands in accounts, by code, each with those below it; those in which there is nothing are passed over."""
    call.require(SEE_ACCOUNTS)
    reject_if(check_span(begin, through))
    told, params = _told(call)
    rows = await db.fetch(
        f"""
        SELECT account_id, CAST(SUM(CASE WHEN business_date < ? THEN debit - credit ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN business_date >= ? THEN debit ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN business_date >= ? THEN credit ELSE 0 END) AS BIGINT)
        FROM ({told}) AS told WHERE business_date <= ? GROUP BY account_id""",
        (begin, begin, begin, *params, through),
    )
    accounts = await Account.all().order_by("code").only("id", "parent_id")
    parents = {one.id: one.parent_id for one in accounts}
    sums = _with_headings({account_id: tuple(figures) for account_id, *figures in rows}, parents)
    found = [_turnover(one.id, sums[one.id]) for one in accounts if any(sums.get(one.id, _NOTHING))]
    return page.of(found)


async def account_ledger(call: Call, account_id: int, begin: date, through: date) -> AccountLedger:
    """What was added to an account, and those below it, day by day; raises `NotFound` where there is none."""
    call.require(SEE_ACCOUNTS)
    reject_if(check_span(begin, through))
    parents = {one.id: one.parent_id for one in await Account.all().only("id", "parent_id")}
    if account_id not in parents:
        raise NotFound(UnknownId(path=("account_id",), kind="Account"))
    below = db.ids([one for one in parents if account_id in _above(one, parents)])
    told, params = _told(call)
    of = f"FROM ({told}) AS told WHERE account_id IN (SELECT id FROM {below.table} AS below)"
    ((before, *added),) = await db.fetch(
        f"""
        SELECT CAST(coalesce(SUM(CASE WHEN business_date < ? THEN debit - credit END), 0) AS BIGINT),
            CAST(coalesce(SUM(CASE WHEN business_date >= ? THEN debit END), 0) AS BIGINT),
            CAST(coalesce(SUM(CASE WHEN business_date >= ? THEN credit END), 0) AS BIGINT)
        {of} AND business_date <= ?""",
        (begin, begin, begin, *params, *below.params, through),
    )

    async def page_of(page: Slice) -> Page[LedgerDay]:
        rows = await db.fetch(
            f"SELECT business_date, CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT) {of} "
            "AND business_date >= ? AND business_date <= ? GROUP BY business_date ORDER BY business_date",
            (*params, *below.params, begin, through),
        )
        return page.of(_days(int(before), rows))

    return AccountLedger(
        account_id=account_id, opening=Money(before), debit=Money(added[0]), credit=Money(added[1]), days=page_of
    )


def _days(balance: int, rows: Sequence[Sequence[Any]]) -> list[LedgerDay]:
    found = []
    for day, debited, credited in rows:
        balance += debited - credited
        told = {"debit": Money(debited), "credit": Money(credited), "balance": Money(balance)}
        found.append(LedgerDay(business_date=db.day(day), **told))
    return found


def _told(call: Call) -> tuple[str, list[Any]]:
    """What accounts were debited and credited that the caller sees: by day, and entry by entry where not folded yet."""
    seen = [(f"{one.lower()}_id", ids) for one in _SCOPES if (ids := call.within(one)) is not None]
    asked = f"SELECT id FROM {db.rows({'id': 'bigint'})} AS seen"
    where = " AND ".join(["true", *(f"({column} IS NULL OR {column} IN ({asked}))" for column, _ in seen)])
    params = [db.json([one] for one in sorted(ids)) for _, ids in seen]
    folded = f"SELECT account_id, business_date, debit, credit FROM account_day WHERE {where}"
    others = f"SELECT account_id, business_date, {DEBIT}, {CREDIT} FROM account_entry WHERE {UNFOLDED} AND {where}"
    return f"{folded} UNION ALL {others}", [*params, *params]


def _above(account_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """An account, and those above it."""
    found, one = [], account_id
    while one:
        found.append(one)
        one = parents[one] or 0
    return found


def _with_headings(
    sums: Mapping[int, tuple[int, ...]], parents: Mapping[int, int | None]
) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for account_id, figures in sums.items():
        for one in _above(account_id, parents):
            found[one] = tuple(map(sum, zip(found.get(one, _NOTHING), figures, strict=True)))
    return found


def _turnover(account_id: int, figures: Sequence[int]) -> InAccount:
    opening, debited, credited = map(Money, figures)
    return InAccount(account_id=account_id, opening=opening, debit=debited, credit=credited)
