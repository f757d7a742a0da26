"""Days of a small shop, through the operations; at the end of each the books agree with themselves."""

import asyncio
import random
from typing import Any

import msgspec
import pytest

from jxc_graphql import wiring
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.selling.sales import operations as sales
from tests.make.redrafts import new_lines
from tests.make.trade import Trade, make_trade


@pytest.fixture
async def trade(call: Call) -> Trade:
    return msgspec.structs.replace(await make_trade(call), reactions=wiring.REACTIONS)


async def verified(trade: Trade) -> bool:
    """Whether nothing disagrees once everything that lags has caught up."""
    await trade.reactions.settle()
    return await differences() == []


async def test_goods_are_bought_received_in_two_parts_sold_and_shipped(trade: Trade) -> None:
    bought = await trade.buy((0, "2", "15", "箱"), (1, "10", "3"))
    await trade.receive(bought, (0, "12"), (1, "8", "2"))
    await trade.receive(bought, (0, "12"))
    assert await trade.level(0, "on_hand", "value", "unit_cost", "incoming") == ["24", "30", "1.25", "0"]
    sold = await trade.sell((0, "20", "4"), (1, "8", "5"))
    assert await trade.reserved(sold) == ["20", "8"]
    await trade.ship(sold, (0, "5"))
    await trade.ship(sold, (0, "15"), (1, "8"))
    assert await trade.sale(sold) == ("SHIPPED", 4)
    assert await trade.level(0, "on_hand", "value", "available") == ["4", "5", "4"]
    assert await trade.level(1, "on_hand", "value", "available") == ["2", "6", "0"]
    assert await verified(trade)


async def test_customers_who_waited_get_the_goods_that_arrive_in_the_order_of_approval(trade: Trade) -> None:
    first, second = await trade.sell((0, "5", "9")), await trade.sell((0, "5", "9"))
    await trade.stock_up("7")
    assert await verified(trade)
    assert await trade.reserved(first) + await trade.reserved(second) == ["5", "2"]
    await sales.cancel_sales_order(trade.call, sales_order_id=first)
    assert await verified(trade)
    assert await trade.reserved(second) == ["5"]
    await trade.ship(second, (0, "5"))
    assert await trade.level(0, "on_hand", "available") == ["2", "2"]
    assert await verified(trade)


async def test_the_rest_of_half_filled_orders_is_given_up(trade: Trade) -> None:
    bought = await trade.buy((0, "10", "1"))
    await trade.receive(bought, (0, "4"))
    await purchasing.cancel_purchase_order(trade.call, purchase_order_id=bought)
    sold = await trade.sell((0, "6", "2"))
    await trade.ship(sold, (0, "3"))
    await sales.cancel_sales_order(trade.call, sales_order_id=sold)
    assert await trade.purchase(bought) == ("CLOSED", 5)
    assert await trade.sale(sold) == ("CLOSED", 4)
    assert await trade.level(0, "on_hand", "available", "incoming") == ["1", "1", "0"]
    assert await verified(trade)


async def test_an_order_is_sent_back_changed_and_received_with_free_goods(trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "10", "2"))
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.reject_purchase_order(trade.call, purchase_order_id=order_id, note="再要两瓶赠品")
    lines: Any = new_lines(trade.asked([(0, "10", "2"), (0, "2", "0")]))
    await purchasing.update_purchase_order(trade.call, purchase_order_id=order_id, lines=lines, expected_version=3)
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    await trade.receive(order_id, (0, "10"), (1, "2"))
    assert await trade.level(0, "on_hand", "value", "unit_cost") == ["12", "20", "1.666667"]
    assert await verified(trade)


@pytest.mark.parametrize("seed", range(3))
async def test_a_busy_day_of_several_clerks_leaves_the_books_right(trade: Trade, seed: int) -> None:
    dice = random.Random(seed)
    await trade.stock_up("20", "20", "20")
    bought = [await trade.buy((0, "30", "1.37"), (1, "7", "0.333333"), (2, "12", "0")) for _ in range(3)]
    sold = [await trade.sell(*((sku, str(dice.randint(1, 15)), "5") for sku in range(3))) for _ in range(6)]

    async def clerk() -> None:
        for _ in range(6):
            position, quantity = dice.randrange(3), str(dice.randint(1, 9))
            step = dice.choice(["receive", "ship", "ship", "cancel", "sell"])
            try:
                if step == "receive":
                    await trade.receive(dice.choice(bought), (position, quantity, dice.choice(["0", "0.5"])))
                elif step == "ship":
                    await trade.ship(dice.choice(sold), (position, quantity), (dice.randrange(3), "1"))
                elif step == "cancel":
                    await sales.cancel_sales_order(trade.call, sales_order_id=dice.choice(sold))
                else:
                    sold.append(await trade.sell(*((sku, quantity, "5") for sku in range(3))))
            except Rejected:
                pass
            await asyncio.sleep(0)

    await asyncio.gather(*(clerk() for _ in range(4)), trade.reactions.settle())
    assert await verified(trade)
