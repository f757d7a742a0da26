"""What goods cost that leave: first in, first out; and what happens when a product is valued otherwise from now on."""

from datetime import date

from jxc_graphql.books.goods import queries
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from tests.make.begun import begun
from tests.make.shop import Shop, make_shop
from tests.steps import cost

fifo = begun(make_shop, valuation=ValuationMethod.FIFO)
"""SKUs whose goods cost what their own layer cost."""


async def sell(shop: Shop, *quantities: str) -> list[str]:
    return [str((await shop.post(shop.going(quantity))).values[0]) for quantity in quantities]


class TestFirstInFirstOut:
    async def test_takes_the_oldest_layer_first(self, fifo: Shop) -> None:
        await fifo.post(fifo.coming("10", "10"))
        await fifo.post(fifo.coming("10", "30"))
        assert await sell(fifo, "4", "8", "8") == ["4", "12", "24"]
        assert (await fifo.level())["value"] == "0"
        assert await queries.differences() == []

    async def test_goes_by_the_day_on_which_the_company_first_had_the_goods(self, fifo: Shop) -> None:
        await fifo.post(fifo.coming("10", "10"))
        await fifo.post(fifo.coming("10", "30", origin_on=date(2025, 1, 1)))
        assert await fifo.layers() == [("10", "30"), ("10", "10")]
        assert await sell(fifo, "10") == ["30"]

    async def test_leaves_nothing_of_a_layer_that_is_used_up(self, fifo: Shop) -> None:
        await fifo.post(fifo.coming("3", "10"))
        assert await sell(fifo, "1", "1", "1") == ["3.3333", "3.3334", "3.3333"]
        assert await fifo.layers() == []

    async def test_brings_found_goods_in_at_the_average(self, fifo: Shop) -> None:
        await fifo.post(fifo.coming("10", "10"), fifo.coming("10", "30"))
        (value,) = (await fifo.post(fifo.move(3, fifo.warehouse.stock_place_id, "5"))).values
        assert value == Money.of("10")
        assert (await fifo.level())["value"] == "50"
        assert await queries.differences() == []

    async def test_costs_as_many_statements_for_a_hundred_lines_as_for_one(self, call: Call) -> None:
        costs = []
        for lines in (1, 10, 100):
            shop = await make_shop(call, skus=lines, valuation=ValuationMethod.FIFO)
            coming = [shop.coming(quantity, "9", sku) for sku in range(lines) for quantity in ("2", "3")]
            going = [shop.going("4", sku) for sku in range(lines)]
            costs.append([await cost(shop.post(*coming)), await cost(shop.post(*going))])
        assert costs[0] == costs[1] == costs[2]


class TestAnotherMethod:
    async def test_gives_each_layer_its_share_from_the_next_movement_on(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"))
        await shop.post(shop.coming("10", "30"))
        await shop.value_by(ValuationMethod.FIFO)
        assert await shop.layers() == [("10", None), ("10", None)]
        assert await queries.differences() == []
        await shop.post(shop.coming("10", "60"))
        assert await shop.layers() == [("10", "20"), ("10", "20"), ("10", "60")]
        assert await sell(shop, "25") == ["70"]
        assert await queries.differences() == []

    async def test_makes_all_goods_cost_the_same_from_the_next_movement_on(self, fifo: Shop) -> None:
        await fifo.post(fifo.coming("10", "10"))
        await fifo.post(fifo.coming("10", "30"))
        await fifo.value_by(ValuationMethod.MOVING_AVERAGE)
        assert await sell(fifo, "5") == ["10"]
        assert await fifo.layers() == [("5", None), ("10", None)]
        assert (await fifo.level())["value"] == "30"
        assert await queries.differences() == []

    async def test_can_be_taken_back(self, fifo: Shop) -> None:
        await fifo.post(fifo.coming("10", "10"), fifo.coming("10", "30"))
        await fifo.value_by(ValuationMethod.MOVING_AVERAGE)
        await sell(fifo, "1")
        await fifo.value_by(ValuationMethod.FIFO)
        assert await sell(fifo, "1") == ["2"]
        assert await fifo.layers() == [("8", "16"), ("10", "20")]
        assert await queries.differences() == []

    async def test_takes_hold_of_an_empty_level_too(self, shop: Shop) -> None:
        await shop.post(shop.coming("1", "3"))
        await sell(shop, "1")
        await shop.value_by(ValuationMethod.FIFO)
        await shop.post(shop.coming("10", "10"), shop.coming("10", "30"))
        assert await sell(shop, "10") == ["10"]
        assert await queries.differences() == []
