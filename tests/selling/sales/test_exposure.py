"""How much a customer is trusted with, by hand."""

from jxc_graphql.selling.sales import exposure as sales
from jxc_graphql.selling.sales import operations as selling
from tests.make.debts import owe
from tests.make.trade import Trade, set_column


class TestExposure:
    async def test_what_left_of_an_order_is_owed_and_not_on_order_any_more(self, trade: Trade) -> None:
        await trade.stock_up("100")
        order_id = await trade.sell((0, "30", "100"))  # 3,000
        found = await exposure(trade)
        assert found == ("3000", "3000", "0", "0")
        await trade.ship(order_id, (0, "10"))  # 1,000 of it
        assert await exposure(trade) == ("3000", "2000", "1000", "0")
        await owe(trade.call, "-500", customer_id=trade.customer_id)
        assert await exposure(trade) == ("2500", "2000", "1000", "500")
        await selling.cancel_sales_order(trade.call, sales_order_id=order_id)
        assert await exposure(trade) == ("500", "0", "1000", "500")

    async def test_leaves_out_what_is_given_up_of_an_order_that_goes_on(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "3", "3.3333"), (0, "1", "7"))  # 10.00 and 7.00
        (first, _) = await trade.sales_lines(order_id)
        await set_column("UPDATE sales_order_line SET quantity_cancelled = 10000 WHERE id = ?", first.id)
        assert (await exposure(trade))[1] == "13.67"  # two of three are 6.67

    async def test_is_what_a_limit_is_compared_with(self, trade: Trade) -> None:
        await trade.stock_up("1")
        await owe(trade.call, "6000", customer_id=trade.customer_id)
        await trade.sell((0, "30", "100"))
        await owe(trade.call, "-500", customer_id=trade.customer_id)
        assert (await exposure(trade))[0] == "8500"  # 6,000 + 3,000 − 500


async def exposure(trade: Trade) -> tuple[str, ...]:
    (found,) = await sales.exposures(trade.call, [trade.customer_id])
    return tuple(map(str, (found.exposure, found.orders, found.receivable, found.credits)))
