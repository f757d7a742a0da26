"""Policies decide by the same of an order and of its amendment: who lowers a price afterwards passes none of them."""

import pytest

from jxc_graphql.kit.numbers import Money, UnitPrice
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.named import DocumentFact, known_of, names_of
from jxc_graphql.selling.pricing import operations as pricing
from jxc_graphql.selling.pricing.checks import AskedMinimumPrice
from jxc_graphql.selling.sales.models import SalesOrder
from jxc_graphql.selling.sales_amendments.models import SalesAmendment
from tests.make.amending import apply_to_sale, draft_sales_amendment
from tests.make.trade import Trade

FACTS = [DocumentFact(name) for name in ("DISCOUNT", "MARGIN", "BELOW_MINIMUM")]


async def facts(document: SalesOrder | SalesAmendment) -> list[str]:
    known = await known_of(document)
    return [str(Money(int(str(known[one])))) for one in FACTS]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        # 10 at 20 and 5 at 9, 7 each; the least are 15 and 8: margin 200 + 45 - 105
        ({"new_note": "急"}, ["0", "140", "0"]),
        ({"change": {0: {"unit_price": "14.5"}}}, ["0", "85", "5"]),
        ({"change": {0: {"unit_price": "14.5"}, 1: {"unit_price": "7"}}}, ["0", "75", "10"]),
        ({"change": {1: {"discount": "10"}}}, ["10", "130", "5"]),
        ({"new_discount": Money.of("49")}, ["49", "91", "4"]),  # 40 of the first: 160, and 9 of the second: 36
        ({"add": [(0, "2", "6")]}, ["0", "138", "18"]),
        ({"change": {0: {"quantity": "20"}}}, ["0", "270", "0"]),
    ],
)
async def test_an_amendment_says_what_the_order_will_say(
    trade: Trade, wanted: dict[str, object], expected: list[str]
) -> None:
    await trade.stock_up("100", "100", price="7")
    least = [
        AskedMinimumPrice(sku_id=sku_id, net_price=UnitPrice.of(price))
        for sku_id, price in zip(trade.shop.skus, ("15", "8"), strict=False)
    ]
    await pricing.set_minimum_prices(trade.call, prices=least)
    order_id = await trade.sell((0, "10", "20"), (1, "5", "9"))
    amendment_id = await draft_sales_amendment(trade, order_id, **wanted)  # type: ignore[arg-type]
    assert await facts(await SalesAmendment.get(id=amendment_id)) == expected
    await apply_to_sale(trade.call, amendment_id)
    assert await facts(await SalesOrder.get(id=order_id)) == expected


def test_an_amendment_has_every_fact_that_its_order_has() -> None:
    amended = [(kind.amends, kind) for kind in register.kinds() if kind.amends is not None]
    assert len(amended) == 2
    for order, amendment in amended:
        assert {*names_of(order)} - {*names_of(amendment)} == set()
