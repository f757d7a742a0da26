"""What amendments of sales orders do to what is kept for them, and for others."""

import pytest

from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import SalesOrder
from jxc_graphql.selling.sales_amendments import operations as amendments
from jxc_graphql.selling.shipping.models import ShipmentLine
from tests.make.amending import amend_sale, draft_sales_amendment
from tests.make.trade import Trade
from tests.refusals import codes, everything


async def kept(trade: Trade, *order_ids: int) -> list[list[str]]:
    assert await verification.differences() == []
    return [await trade.reserved(one) for one in order_ids]


async def test_less_is_free_at_once_and_goes_to_who_waits(trade: Trade) -> None:
    """10 are there; the first keeps 8, the second 2 and waits for 3. The first wants 4 less: the second has 5."""
    await trade.stock_up("10")
    first, second = await trade.sell((0, "8", "9")), await trade.sell((0, "5", "9"))
    assert await kept(trade, first, second) == [["8"], ["2"]]
    await amend_sale(trade, first, change={0: {"quantity": "4"}})
    assert await kept(trade, first, second) == [["4"], ["5"]]
    assert await trade.level(0, "reserved", "waiting", "available") == ["9", "0", "1"]


async def test_more_is_kept_as_far_as_stock_allows_and_nothing_is_taken_from_others(trade: Trade) -> None:
    """10 are there, 6 and 4 of them kept. The first wants 8: it keeps its 6 and waits, and the second keeps its 4."""
    await trade.stock_up("10")
    first, second = await trade.sell((0, "6", "9")), await trade.sell((0, "4", "9"))
    await amend_sale(trade, first, change={0: {"quantity": "8"}})
    assert await kept(trade, first, second) == [["6"], ["4"]]
    assert await trade.level(0, "waiting") == ["2"]
    third = await trade.sell((0, "1", "9"))
    await trade.stock_up("2")
    assert await kept(trade, first, second, third) == [["8"], ["4"], ["0"]]


async def test_who_wants_no_more_than_is_available_keeps_his_turn(trade: Trade) -> None:
    """10 are there, 3 and 3 kept. The first wants 5, then a loss of 5 takes from the second, who came later."""
    await trade.stock_up("10")
    first, second = await trade.sell((0, "3", "9")), await trade.sell((0, "3", "9"))
    await amend_sale(trade, first, change={0: {"quantity": "5"}})
    assert await kept(trade, first, second) == [["5"], ["3"]]
    turns = await db.fetch("SELECT document_id FROM claim ORDER BY approved_at, owner_id")
    assert turns == [(first,), (second,)]


async def test_a_line_that_comes_on_stands_behind_all(trade: Trade) -> None:
    await trade.stock_up("10")
    first, second = await trade.sell((0, "6", "9")), await trade.sell((0, "6", "9"))
    await amend_sale(trade, first, add=[(0, "3", "9"), (1, "2", "1")], cancel=[])
    assert await kept(trade, first, second) == [["6", "0", "0"], ["4"]]
    await amend_sale(trade, first, cancel=[0])
    assert await kept(trade, first, second) == [["0", "3", "0"], ["6"]]
    assert (await SalesOrder.get(id=first)).total == Money.of("29")


async def test_what_left_is_the_least_and_its_price_stays(trade: Trade) -> None:
    """2 of 5 at 9 left; of the rest 2 are wanted at 8: 18 + 16 = 34, and the order is closed when they left."""
    await trade.stock_up("10")
    order_id = await trade.sell((0, "5", "9"))
    await trade.ship(order_id, (0, "2"))
    wrong = {0: {"quantity": "1", "unit_price": "8"}}
    assert await codes(draft_sales_amendment(trade, order_id, change=wrong)) == [
        ("BELOW_SHIPPED", ("change", 0, "quantity")),
        ("LINE_ALREADY_SHIPPED", ("change", 0, "unit_price")),
    ]
    await amend_sale(trade, order_id, cancel=[0], add=[(0, "2", "8")])
    assert (await SalesOrder.get(id=order_id)).total == Money.of("34")
    await trade.ship(order_id, (1, "2"))
    assert (await trade.sale(order_id))[0] == "CLOSED"
    assert [one.gross for one in await ShipmentLine.all().order_by("id")] == [Money.of("18"), Money.of("16")]
    assert await trade.level(0, "reserved", "on_hand") == ["0", "6"]
    assert await verification.differences() == []


async def test_what_left_meanwhile_is_looked_at_again(trade: Trade) -> None:
    await trade.stock_up("10")
    order_id = await trade.sell((0, "5", "9"))
    drafted = await draft_sales_amendment(trade, order_id, change={0: {"quantity": "1"}})
    await amendments.submit_sales_amendment(trade.call, sales_amendment_id=drafted)
    await trade.ship(order_id, (0, "2"))
    before = await everything()
    apply = amendments.approve_sales_amendment
    assert await codes(apply(trade.call, sales_amendment_id=drafted)) == [("BELOW_SHIPPED", ("id",))]
    assert await everything() == before


@pytest.mark.parametrize("given_up", ["amendment", "order"])
async def test_what_is_given_up_is_missed_once(trade: Trade, given_up: str) -> None:
    """6 of 10 are given up by an amendment, the rest with the order: 10 are missed in all, or 10 at once."""
    order_id = await trade.sell((0, "4", "9"), (0, "6", "9"))
    if given_up == "amendment":
        await amend_sale(trade, order_id, cancel=[1])
    await sales.cancel_sales_order(trade.call, sales_order_id=order_id)
    assert await db.fetch("SELECT sum(lost_demand) FROM stock_day") == [(100_000,)]
    assert [str(one.quantity_cancelled) for one in await trade.sales_lines(order_id)] == ["4", "6"]
    assert await verification.differences() == []


async def test_a_shipped_order_is_amended_no_more(trade: Trade) -> None:
    await trade.stock_up("5")
    order_id = await trade.sell((0, "5", "9"))
    await trade.ship(order_id, (0, "5"))
    refused = await codes(draft_sales_amendment(trade, order_id, change={0: {"quantity": "6"}}))
    assert refused == [("ILLEGAL_TRANSITION", ("sales_order_id",))]
