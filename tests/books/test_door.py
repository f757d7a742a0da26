"""A document enters the books once: each level is locked and written once, the period is read once."""

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.selling.sales import operations as sales
from tests.make.begun import begun
from tests.make.haul import OTHER, PLAIN, make_haul
from tests.make.trade import Trade, make_trade

trade = begun(make_trade)


def visits(trips: list[str]) -> dict[str, int]:
    """How many trips locked levels and asked for the period, and how often levels were written."""
    squeezed = [" ".join(trip.split()) for trip in trips]
    return {
        "locked": sum("JOIN stock_level AS level" in one and "ORDER BY level.id" in one for one in squeezed),
        "written": sum(one.count("UPDATE stock_level SET") for one in squeezed),
        "period": sum("FROM period " in one for one in squeezed),
    }


ONCE = {"locked": 1, "written": 1, "period": 1}


async def test_a_receipt_visits_its_levels_once(trade: Trade) -> None:
    order_id = await trade.buy((0, "5", "2"), (1, "7", "3"))
    with db.round_trips() as seen:
        await trade.receive(order_id, (0, "5"), (1, "6"))
    assert visits(seen) == ONCE
    assert await trade.level(0, "on_hand", "incoming") == ["5", "0"]
    assert await trade.level(1, "on_hand", "incoming") == ["6", "1"]
    assert await trade.verify() == []


async def test_a_shipment_visits_its_levels_once(trade: Trade) -> None:
    await trade.stock_up("5", "7")
    order_id = await trade.sell((0, "5", "9"), (1, "7", "9"))
    with db.round_trips() as seen:
        await trade.ship(order_id, (0, "5"), (1, "2"))
    assert visits(seen) == ONCE
    assert await trade.verify() == []


async def test_an_approval_visits_its_levels_once(trade: Trade) -> None:
    await trade.stock_up("5")
    order_id = await trade.draft_sale((0, "3", "9"))
    with db.round_trips() as seen:
        await sales.approve_sales_order(trade.call, sales_order_id=order_id)
    assert visits(seen) == ONCE | {"period": 0}


async def test_a_dispatch_visits_the_levels_of_both_ends_once(call: Call) -> None:
    haul = await make_haul(call)
    await haul.stock(PLAIN, "5", "10")
    await haul.sent((PLAIN, "1"))  # from now on the other end has a level
    transfer_id = await haul.approved((PLAIN, "2"))
    with db.round_trips() as seen:
        await haul.dispatch(transfer_id)
    assert visits(seen) == ONCE
    assert await haul.level(haul.source, PLAIN, "on_hand", "reserved") == ["2", "0"]
    assert await haul.verify() == []


def reads(trips: list[str]) -> int:
    """How often it was waited for rows or locks before anything was decided."""
    sent = [[" ".join(statement.split()) for statement in trip.split("; ")] for trip in trips]
    # a model, which only tests ask, quotes its columns
    return sum(any(one.startswith("SELECT ") and not one.startswith('SELECT "') for one in each) for each in sent)


async def test_what_posts_reads_four_times_whatever_its_lines(trade: Trade) -> None:
    if db.dialect() == "sqlite":
        pytest.skip("what is read together goes to SQLite one by one")
    await trade.stock_up("9", "9", "9")
    for skus in (1, 3):
        lines = [(sku, "2", "2") for sku in range(skus)]
        bought, sold = await trade.buy(*lines), await trade.sell(*lines)
        with db.round_trips() as receiving:
            await trade.receive(bought, *((sku, "1") for sku in range(skus)))
        with db.round_trips() as shipping:
            await trade.ship(sold, *((sku, "1") for sku in range(skus)))
        assert (reads(receiving), reads(shipping)) == (4, 4)


async def test_a_dispatch_reads_four_times(call: Call) -> None:
    if db.dialect() == "sqlite":
        pytest.skip("what is read together goes to SQLite one by one")
    haul = await make_haul(call)
    await haul.stock(PLAIN, "5", "10")
    await haul.stock(OTHER, "5", "10")
    await haul.sent((PLAIN, "1"), (OTHER, "1"))
    transfer_id = await haul.approved((PLAIN, "2"), (OTHER, "2"))
    with db.round_trips() as seen:
        await haul.dispatch(transfer_id)
    assert reads(seen) == 4


async def test_a_level_that_is_only_held_keeps_its_method(call: Call) -> None:
    haul = await make_haul(call)
    await haul.stock(PLAIN, "5", "10")
    await haul.stock(OTHER, "5", "10")
    transfer_id = await haul.approved((PLAIN, "2"), (OTHER, "2"))
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (haul.skus[OTHER],))
    await catalog.update_product(call, product_id=product_id, valuation=ValuationMethod.FIFO)
    await haul.dispatch(transfer_id, (0, "2", {}))
    assert await methods(haul.skus[OTHER]) == {"MOVING_AVERAGE"}
    await haul.sent((OTHER, "1"))
    assert await methods(haul.skus[OTHER]) == {"FIFO"}
    assert await haul.verify() == []


async def methods(sku_id: int) -> set[str]:
    rows = await db.fetch("SELECT valuation FROM stock_level WHERE sku_id = ? AND on_hand > 0", (sku_id,))
    return {method for (method,) in rows}
