from datetime import timedelta

import pytest

from jxc_graphql import wiring
from jxc_graphql.books.goods import closing, queries
from jxc_graphql.kit import clock, db
from jxc_graphql.office.periods import operations as periods
from tests.make.shop import Shop
from tests.make.trade import set_column
from tests.patience import settled


async def balances() -> list[tuple[object, ...]]:
    return await db.fetch("SELECT sku_id, quantity, value FROM closing_balance ORDER BY period_id, sku_id")


async def test_a_closed_period_keeps_what_there_was(shop: Shop) -> None:
    today = clock.day_of(shop.call.at)
    yesterday, before = today - timedelta(days=1), today - timedelta(days=2)
    await shop.post(shop.coming("10", "20"), shop.coming("5", "5", sku=1), on=before)
    await shop.post(shop.going("4"), shop.going("5", sku=1), on=yesterday)
    await shop.post(shop.coming("1", "9", sku=2), on=today)
    await periods.close_period(shop.call, through=before)
    await periods.close_period(shop.call, through=yesterday)
    await settled()
    await wiring.REACTIONS.settle()
    assert await balances() == [
        (shop.skus[0], 100_000, 200_000), (shop.skus[1], 50_000, 50_000), (shop.skus[0], 60_000, 120_000),
    ]  # fmt: skip
    assert await queries.differences() == []


async def test_a_period_that_is_open_again_has_none(shop: Shop) -> None:
    yesterday = clock.day_of(shop.call.at) - timedelta(days=1)
    await shop.post(shop.coming("10", "20"), on=yesterday)
    closed = await periods.close_period(shop.call, through=yesterday)
    await settled()
    await wiring.REACTIONS.settle()
    assert len(await balances()) == 1
    await periods.reopen_period(shop.call, period_id=closed.period_id, note="wrong")
    await settled()
    await wiring.REACTIONS.settle()
    assert await balances() == []
    assert await queries.differences() == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE closing_balance SET value = value + 1",
        "UPDATE closing_balance SET in_transit = in_transit + 1",
        "DELETE FROM closing_balance",
    ],
)
async def test_balances_that_are_not_what_their_days_add_up_to_are_told_and_mended(shop: Shop, damage: str) -> None:
    yesterday = clock.day_of(shop.call.at) - timedelta(days=1)
    await shop.post(shop.coming("10", "20"), shop.coming("5", "5", sku=1), on=yesterday)
    await periods.close_period(shop.call, through=yesterday)
    await settled()
    await wiring.REACTIONS.settle()
    before = await balances()
    repair = db.transactional(closing.repair)
    assert await repair() == 0
    await set_column(damage)
    assert {one.what.partition(".")[0] for one in await queries.differences()} == {"closing_balance"}
    assert await repair() == 2
    assert await balances() == before
    assert await queries.differences() == []
