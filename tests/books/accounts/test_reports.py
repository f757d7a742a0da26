"""What stands in accounts: as clients ask for it, whether it is folded or not, and that a wrong balance is found."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from jxc_graphql.books.accounts import balances
from jxc_graphql.books.accounts import queries as accounts
from jxc_graphql.books.accounts.chart import IDS
from jxc_graphql.books.accounts.reports import account_ledger, trial_balance
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification import operations as verification
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.pages import WHOLE
from jxc_graphql.masters.warehouses.operations import create_branch, update_warehouse
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.auth.queries import call_of_user
from jxc_graphql.office.documents.comparisons import compare
from tests.make.trade import Trade
from tests.operations import ask, send


async def balance(client: httpx.AsyncClient, trade: Trade, *, ahead: int = 0) -> dict[str, tuple[str, ...]]:
    """By code: opening, turnover and closing, each on both sides."""
    day = str(clock.day_of(trade.call.at) + timedelta(days=ahead))
    found = await ask(client, "accounts", "TrialBalance", {"begin": day, "through": day})
    columns = ("openingDebit", "openingCredit", "debit", "credit", "closingDebit", "closingCredit")
    return {one["account"]["code"]: tuple(one[name] for name in columns) for one in found["nodes"]}


async def test_the_trial_balance_is_exact_before_and_after_it_is_folded(
    client: httpx.AsyncClient, trade: Trade
) -> None:
    await trade.stock_up("10")
    await trade.ship(await trade.sell((0, "4", "9")), (0, "4"))
    wanted = {
        "1122": ("0", "0", "36", "0", "36", "0"),
        "1405": ("0", "0", "20", "8", "12", "0"),
        "140501": ("0", "0", "20", "8", "12", "0"),
        "2202": ("0", "0", "0", "20", "0", "20"),
        "220202": ("0", "0", "0", "20", "0", "20"),
        "5001": ("0", "0", "0", "36", "0", "36"),
        "5401": ("0", "0", "8", "0", "8", "0"),
        "540101": ("0", "0", "8", "0", "8", "0"),
    }
    assert await balance(client, trade) == wanted
    await trade.reactions.settle()
    await db.transactional(balances.fold)()
    ((folded,),) = await db.fetch(f"SELECT count(*) FROM account_entry WHERE {balances.UNFOLDED}")
    assert folded == 0
    assert await balance(client, trade) == wanted
    await trade.ship(await trade.sell((0, "1", "9")), (0, "1"))  # which is not folded
    assert (await balance(client, trade))["1405"] == ("0", "0", "20", "10", "10", "0")
    assert (await balance(client, trade, ahead=1))["1405"] == ("10", "0", "0", "0", "10", "0")
    assert await compare(accounts.COMPARISONS) == []


async def test_the_ledger_of_a_heading_tells_of_what_stands_below_it(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.stock_up("10")
    await trade.reactions.settle()
    day = str(clock.day_of(trade.call.at))
    given: dict[str, Any] = {"accountId": global_id("Account", IDS[AccountRole.STOCKS]), "begin": day, "through": day}
    found = await ask(client, "accounts", "GeneralLedger", given)
    assert (found["opening"], found["debit"], found["credit"], found["closing"]) == ("0", "20", "0", "20")
    (told,) = found["days"]["nodes"]
    assert (told["businessDate"], told["balance"]) == (day, "20")
    back = given | {"through": str(clock.day_of(trade.call.at) - timedelta(days=1))}
    refused = await send(client, "accounts", "GeneralLedger", back)
    assert refused["errors"][0]["extensions"]["code"]


async def test_who_is_limited_to_branches_is_told_of_their_warehouses(trade: Trade) -> None:
    """By a branch as by a warehouse: what stands in another one is not added up for him."""
    branches = [await create_branch(trade.call, code=code, name=code) for code in ("N", "S")]
    await update_warehouse(trade.call, warehouse_id=trade.shop.warehouse.id, branch_id=branches[0].branch_id)
    await trade.stock_up("10")
    day, stock = clock.day_of(trade.call.at), IDS[AccountRole.STOCK]
    for at, wanted in enumerate(("20", None)):
        user = await auth.create_user(trade.call, username=f"u{at}", name="U", roles=["ADMIN"])
        await auth.set_user_scope(
            auth.system_call(), user_id=user.user_id, dimension=Dimension.BRANCH, target_ids=[branches[at].branch_id]
        )
        limited = await call_of_user(user.user_id)
        found = {one.account_id: str(one.debit) for one in (await trial_balance(limited, day, day, WHOLE)).nodes}
        assert found.get(stock) == wanted
        assert str((await account_ledger(limited, stock, day, day)).closing) == (wanted or "0")


async def test_a_wrong_balance_is_found_and_made_anew(trade: Trade) -> None:
    await trade.stock_up("10")
    await trade.reactions.settle()
    await db.transactional(balances.fold)()
    await db.transactional(db.execute)("UPDATE account_day SET debit = debit + 1 WHERE debit > 0")
    assert {one.what for one in await compare(accounts.COMPARISONS)} == {"account_day.debit is the sum of its entries"}
    rows = [progress.rows async for progress in verification.rebuild_books(trade.call)]
    assert rows[-1] > 0
    assert await compare(accounts.COMPARISONS) == []


async def test_accounts_are_made_below_others_and_named(client: httpx.AsyncClient, trade: Trade) -> None:
    bank = global_id("Account", IDS[AccountRole.BANK])
    given = {"parentId": bank, "code": "100201", "name": "工行", "nameEn": "ICBC"}
    made = (await ask(client, "accounts", "CreateAccount", {"input": given}))["account"]
    assert (made["kind"], made["role"], made["parent"]["code"]) == ("ASSET", None, "1002")
    wrong = await ask(client, "accounts", "CreateAccount", {"input": given | {"code": "200"}})
    assert [one["code"] for one in wrong["userErrors"]] == ["CODE_OUTSIDE_ACCOUNT"]
    closed = await ask(client, "accounts", "UpdateAccount", {"input": {"id": bank, "isActive": False}})
    assert [one["code"] for one in closed["userErrors"]] == ["ACCOUNT_OF_CHART"]
    found = await ask(client, "accounts", "Accounts", {"search": "工行"})
    assert [one["id"] for one in found["nodes"]] == [made["id"]]
    chosen = await ask(client, "accounts", "ChooseAccountingStandard", {"input": {"standard": "ENTERPRISE"}})
    assert [one["code"] for one in chosen["userErrors"]] == ["CHART_IN_USE"]
    assert trade.call


@pytest.mark.parametrize(("standard", "code"), [("ENTERPRISE", "6001"), ("SMALL", "5001")])
async def test_the_standard_is_chosen_before_any_entry(client: httpx.AsyncClient, standard: str, code: str) -> None:
    answer = await ask(client, "accounts", "ChooseAccountingStandard", {"input": {"standard": standard}})
    assert (answer["userErrors"], answer["accountChart"]["standard"]) == ([], standard)
    found = await ask(client, "accounts", "Accounts", {"where": {"code": {"eq": code}}})
    assert [one["role"] for one in found["nodes"]] == ["REVENUE"]
