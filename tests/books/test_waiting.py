"""Who waits for a document or a level goes by what the one before left: nothing that was read meanwhile is believed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jxc_graphql.buying.receiving.rules import OverReceipt
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, Rejected
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.office.documents.redrafting import LineChange
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.warehousing.relocations import operations as relocations
from jxc_graphql.warehousing.relocations.rules import WantedMove
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


trade = begun(make_trade)


async def one_after_the_other(first: Callable[[], Awaitable[Any]], second: Callable[[], Awaitable[Any]]) -> Any:
    """What the second gives, which begins before the first commits, and waits for a lock of the first's."""
    written, may_commit = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def holds() -> None:
        await first()
        written.set()
        await may_commit.wait()

    holder = asyncio.ensure_future(holds())
    await asyncio.wait([holder, asyncio.ensure_future(written.wait())], return_when=asyncio.FIRST_COMPLETED)
    waiter = asyncio.ensure_future(second())
    await asyncio.sleep(0)
    while db.dialect() == "postgres" and not waiter.done() and await db.fetch(WAITS) == [(0,)]:
        pass
    assert not waiter.done()
    may_commit.set()
    await holder
    return await waiter


async def test_a_receipt_knows_what_the_one_before_it_brought(trade: Trade) -> None:
    order_id = await trade.buy((0, "5", "2"), (1, "7", "3"))
    with pytest.raises(Rejected) as refusal:
        await one_after_the_other(
            lambda: trade.receive(order_id, (0, "3")), lambda: trade.receive(order_id, (0, "3"), (1, "7"))
        )
    (reason,) = refusal.value.reasons
    assert isinstance(reason, OverReceipt)
    assert await one_after_the_other(
        lambda: trade.receive(order_id, (1, "4")), lambda: trade.receive(order_id, (0, "2"), (1, "3"))
    )
    assert await trade.level(1, "on_hand", "incoming") == ["7", "0"]
    assert await trade.verify() == []


async def test_an_approval_reserves_what_the_update_before_it_asks_for(trade: Trade) -> None:
    await trade.stock_up("9", "9")
    order_id = await trade.draft_sale((0, "3", "9"))
    (line,) = await trade.sales_lines(order_id)
    more: Any = LineChange[AskedLine]
    lines = [
        more(id=line.id, quantity=Quantity.of("4")),
        more(id=None, sku_id=trade.shop.skus[1], quantity=Quantity.of("2"), unit_price=line.unit_price),
    ]
    await one_after_the_other(
        lambda: sales.update_sales_order(trade.call, sales_order_id=order_id, lines=lines),
        lambda: sales.approve_sales_order(trade.call, sales_order_id=order_id),
    )
    assert await trade.reserved(order_id) == ["4", "2"]
    assert await trade.verify() == []


async def test_who_expects_a_version_is_told_of_the_next_one(trade: Trade) -> None:
    order_id = await trade.draft_sale((0, "3", "9"))
    with pytest.raises(Conflict):
        await one_after_the_other(
            lambda: sales.update_sales_order(trade.call, sales_order_id=order_id, note="later"),
            lambda: sales.approve_sales_order(trade.call, sales_order_id=order_id, expected_version=1),
        )


@pytest.mark.parametrize("tracking", [SkuTracking.NONE, SkuTracking.LOT])
async def test_goods_are_taken_from_where_the_move_before_put_them(call: Call, tracking: SkuTracking) -> None:
    trade = await make_trade(call, tracking=tracking)
    (bin_id,) = await trade.add_bins("A-01")
    order_id = await trade.buy((0, "5", "2"))
    label = {"lot": LotLabel(number="L1")} if tracking is SkuTracking.LOT else {}
    await trade.arrive(order_id, {"at": 0, "accepted": "5", **label})
    sale_id = await trade.sell((0, "3", "9"))
    to_bin = WantedMove(
        sku_id=trade.shop.skus[0],
        from_place_id=trade.shop.warehouse.stock_place_id,
        to_place_id=bin_id,
        quantity=Quantity.of("4"),
    )
    await one_after_the_other(
        lambda: relocations.move_places(call, warehouse_id=trade.shop.warehouse.id, lines=[to_bin]),
        lambda: trade.ship(sale_id, (0, "3")),
    )
    there = await db.fetch(
        "SELECT place.code, quantity FROM place_level JOIN place ON place.id = place_id "
        "WHERE warehouse_id IS NOT NULL AND quantity > 0 ORDER BY place.code"
    )
    assert there == [("A-01", Quantity.of("2"))]
    assert await trade.verify() == []


async def test_goods_cost_what_those_cost_that_came_before_them(trade: Trade) -> None:
    await trade.stock_up("1", price="2")
    sale_id = await trade.sell((0, "4", "9"))
    order_id = await trade.buy((0, "5", "8"))
    await one_after_the_other(lambda: trade.receive(order_id, (0, "5")), lambda: trade.ship(sale_id, (0, "4")))
    assert await trade.level(0, "on_hand", "reserved", "value") == ["2", "0", "14"]
    assert await trade.verify() == []


async def test_two_orders_do_not_get_the_same_goods(trade: Trade) -> None:
    await trade.stock_up("5")
    first, second = await trade.draft_sale((0, "4", "9")), await trade.draft_sale((0, "4", "9"))
    await one_after_the_other(
        lambda: sales.approve_sales_order(trade.call, sales_order_id=first),
        lambda: sales.approve_sales_order(trade.call, sales_order_id=second),
    )
    assert [await trade.reserved(first), await trade.reserved(second)] == [["4"], ["1"]]
    assert await trade.verify() == []
