"""Rules of numbering over several processes, while documents are made, and over the end of a day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from jxc_graphql import wiring
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import Database
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_user, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.numbers import DatePart, NumberReset
from jxc_graphql.office.numbering.operations import set_numbering_rule
from tests.make.trade import Trade, make_trade


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """One database as two processes see it."""
    settings = Settings(database_url=database_url)
    async with wiring.opened(settings) as one, wiring.opened(settings, beside=True) as other:
        yield one, other


@pytest.fixture
async def trade(both: tuple[Database, Database]) -> Trade:
    user = await create_user(system_call(), username="admin", name="Administrator", roles=["ADMIN"])
    return await make_trade(Call(actor_id=user.user_id, permissions=frozenset(Permission), request_id="test"), 1)


async def draft(trade: Trade) -> None:
    await trade.draft_purchase((0, "1", "2"))


async def numbers() -> list[str]:
    return [number for (number,) in await db.fetch("SELECT number FROM purchase_order ORDER BY id")]


async def test_what_one_process_sets_holds_for_the_next_document_of_another(
    both: tuple[Database, Database], trade: Trade
) -> None:
    _, other = both
    await other.run(draft(trade))
    await set_numbering_rule(trade.call, document_kind=DocumentKind("PURCHASE_ORDER"), prefix="CG")
    await other.run(draft(trade))
    assert [number[:3] for number in await numbers()] == ["PO-", "CG-"]


async def test_no_number_is_given_twice_while_rules_come_and_go(both: tuple[Database, Database], trade: Trade) -> None:
    """Two processes draft, a third hand changes what numbers look like, to and fro."""
    one, other = both
    kind = DocumentKind("PURCHASE_ORDER")

    async def make(database: Database) -> None:
        for _ in range(12):
            await database.run(draft(trade))

    async def change() -> None:
        for n in range(6):
            await one.run(set_numbering_rule(trade.call, document_kind=kind, prefix="PO" if n % 2 else "CG", digits=4))
            await asyncio.sleep(0.01)

    await asyncio.gather(make(one), make(other), make(one), make(other), change())
    made = await numbers()
    assert len(made) == len(set(made)) == 48
    assert {number[:3] for number in made} == {"PO-", "CG-"}


async def test_a_day_ends_where_the_company_is(both: tuple[Database, Database], trade: Trade) -> None:
    await set_numbering_rule(
        trade.call,
        document_kind=DocumentKind("PURCHASE_ORDER"),
        prefix="CG",
        date_part=DatePart.DAY,
        reset=NumberReset.DAILY,
    )
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)  # in Shanghai
    for moment in (midnight - timedelta(seconds=1), midnight, midnight - timedelta(seconds=1)):
        at = msgspec.structs.replace(trade.call, at=moment)
        await msgspec.structs.replace(trade, call=at).draft_purchase((0, "1", "2"))
    assert await numbers() == ["CG-20260301-00001", "CG-20260302-00001", "CG-20260301-00002"]


async def test_a_number_costs_no_further_statement_once_rules_are_known(trade: Trade) -> None:
    await draft(trade)
    with db.statements() as before:
        await draft(trade)
    await set_numbering_rule(trade.call, document_kind=DocumentKind("PURCHASE_ORDER"), prefix="CG")
    await draft(trade)
    with db.statements() as after:
        await draft(trade)
    assert len(after) == len(before)
