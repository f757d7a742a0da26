"""By how much an order is dearer than agreed, or than what was paid last, for whoever must agree to that."""

from typing import Any

from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, UnitPrice
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice
from jxc_graphql.office.documents.named import DocumentFact, known_of
from tests.make.begun import begun
from tests.make.trade import Line, Trade, make_trade

shop = begun(make_trade, 3)
FACT = DocumentFact("PRICE_RISE_PERCENT")


async def rise(shop: Trade, *lines: Line) -> str:
    order = await PurchaseOrder.get(id=await shop.draft_purchase(*lines))
    return str(Money(int(str((await known_of(order))[FACT]))))


async def agree(shop: Trade, sku: int, price: str, **told: Any) -> None:
    asked = AskedPrice(sku_id=shop.shop.skus[sku], unit_price=UnitPrice.of(price), **told)
    await partners.set_supplier_prices(shop.call, supplier_id=shop.supplier_id, prices=[asked])


async def test_where_nothing_is_known_nothing_rises(shop: Trade) -> None:
    assert await rise(shop, (0, "3", "9.99")) == "0"


async def test_the_agreed_price_is_what_it_is_compared_with(shop: Trade) -> None:
    await agree(shop, 0, "10")
    assert await rise(shop, (0, "3", "11")) == "10"
    assert await rise(shop, (0, "3", "10.005")) == "0.05"
    assert await rise(shop, (0, "3", "9")) == "0"
    assert await rise(shop, (0, "3", "9"), (1, "1", "500")) == "0"
    await agree(shop, 1, "400")
    # 2 percent of one line and 25 of the other: the one that rises most is told
    assert await rise(shop, (0, "3", "10.2"), (1, "1", "500")) == "25"


async def test_a_price_of_a_box_is_compared_by_the_piece(shop: Trade) -> None:
    await agree(shop, 0, "10")
    assert await rise(shop, (0, "2", "132", "箱")) == "10"  # 132 / 12 = 11
    ((box,),) = await db.fetch("SELECT id FROM sku_unit WHERE sku_id = ? AND name = '箱'", (shop.shop.skus[1],))
    await agree(shop, 1, "96", unit_id=box)
    assert await rise(shop, (1, "3", "10")) == "25"  # 96 / 12 = 8


async def test_without_a_price_it_is_what_was_paid_last(shop: Trade) -> None:
    await shop.receive(await shop.buy((0, "4", "8")), (0, "4"))
    assert await rise(shop, (0, "1", "9")) == "12.5"
    await shop.buy((0, "4", "20"))  # of which nothing came
    assert await rise(shop, (0, "1", "9")) == "12.5"
    await agree(shop, 0, "9")
    assert await rise(shop, (0, "1", "9")) == "0"


async def test_a_price_in_another_currency_is_none_that_was_agreed(shop: Trade) -> None:
    await shop.receive(await shop.buy((0, "4", "8")), (0, "4"))
    await agree(shop, 0, "1", currency="USD")
    assert await rise(shop, (0, "1", "9")) == "12.5"
