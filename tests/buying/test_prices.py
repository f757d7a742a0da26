"""A price belongs to the unit that was typed, and what comes of an order line is worth its amount to the fen."""

from jxc_graphql.buying.receiving.models import GoodsReceiptLine
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit.numbers import Money
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade

trade = begun(make_trade)


async def test_ten_thousand_boxes_at_a_hundred_are_a_million(trade: Trade) -> None:
    order_id = await trade.buy((0, "10000", "100.00", "箱"))
    (line,) = await trade.purchase_lines(order_id)
    said = (str(line.quantity_in_unit), line.unit, str(line.unit_price), str(line.quantity), str(line.amount))
    assert said == ("10000", "箱", "100", "120000", "1000000")
    await trade.receive(order_id, (0, "120000"))
    assert await trade.level(0, "on_hand", "value", "unit_cost") == ["120000", "1000000", "8.333333"]
    assert await verification.differences() == []


async def test_parts_that_come_cost_the_whole_amount_together(trade: Trade) -> None:
    order_id = await trade.buy((0, "1", "100", "箱"))
    for _ in range(4):
        await trade.arrive(order_id, {"accepted": "1", "rejected": "1", "uninspected": "1"})
    values = [line.value for line in await GoodsReceiptLine.all().order_by("id")]
    assert list(map(str, values)) == ["25", "25", "25", "25"]
    order_id = await trade.buy((1, "1", "10", "箱"))
    for quantity in ("1", "4", "0.5", "6.5"):
        await trade.receive(order_id, (0, quantity))
    values = [line.value for line in await GoodsReceiptLine.filter(sku_id=trade.shop.skus[1]).order_by("id")]
    assert list(map(str, values)) == ["0.8333", "3.3334", "0.4166", "5.4167"]
    assert Money.total(values) == Money.of("10")
    assert await verification.differences() == []


async def test_a_sale_is_worth_its_boxes(trade: Trade) -> None:
    order_id = await trade.draft_sale((0, "3", "99.99", "箱"), (1, "3", "0.01", "两"))
    first, second = await trade.sales_lines(order_id)
    assert (str(first.amount), str(first.quantity), str(first.unit_price)) == ("299.97", "36", "99.99")
    assert (str(second.amount), str(second.quantity)) == ("0.03", "1")
