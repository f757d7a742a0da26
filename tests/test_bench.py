"""What the benches measure on is what the product would have written, and what they plant fits it."""

import pytest

from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.bench import floor, million, shop
from tests.bench.books import BUGS, ROOT, Bug
from tests.bench.stage import set_up


async def test_a_long_past_is_as_the_ledger_would_have_left_it(call: Call) -> None:
    await million.set_up(2_000)
    assert await db.fetch("SELECT count(*) FROM stock_movement") == [(2_000,)]
    assert await differences() == []


async def test_orders_that_nobody_made_fit_their_tables(call: Call) -> None:
    await shop.fill(await set_up(2, "1"), 3, 4)
    assert await db.fetch("SELECT count(*) FROM purchase_order_line") == [(12,)]


async def test_the_floor_of_a_sale_writes_what_the_product_writes(call: Call, database: db.Database) -> None:
    stage, url = await set_up(2, "1000"), database.settings.database_url
    hand = await floor.connected_by_hand(url)
    try:
        counter = floor.Counter(hand, await floor.learn(hand), is_sqlite=url.startswith("sqlite"))
        before = await floor.all_rows(hand)
        for sku in (0, 1, 0):
            chain: int | None = None
            for step in floor.STEPS:
                chain = await counter.do(step, sku, chain)
        after = await floor.all_rows(hand)
    finally:
        await hand.close()
    new = {table: len(rows) - len(before[table]) for table, rows in after.items() if len(rows) != len(before[table])}
    assert (new["document"], new["sales_order"], new["sales_order_line"], new["shipment"]) == (6, 3, 3, 3)
    levels = await db.fetch("SELECT on_hand FROM stock_level ORDER BY sku_id")
    assert levels == [((1000 - 4) * 10**4,), ((1000 - 3) * 10**4,)]
    assert len(stage.sku_ids) == len(levels)
    assert await differences() == []


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.what)
def test_a_bug_to_plant_fits_the_source_as_it_is(bug: Bug) -> None:
    assert (ROOT / bug.file).read_text().count(bug.sound) == 1
    assert bug.sound != bug.buggy
