"""What goods of a receipt cost more or less afterwards: shared by what is left and what is gone, to the last step."""

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from tests.books.goods.test_going_back import METHODS, charge, is_right
from tests.make.shop import make_shop


@METHODS
async def test_another_price_on_the_invoice_is_shared_by_what_is_left_and_what_was_sold(
    call: Call, method: ValuationMethod
) -> None:
    """B13: 630.00 for 60 that came at 600.00, after 24 of them were sold."""
    shop = await make_shop(call, valuation=method)
    brought = shop.coming("60", "600")
    await shop.post(brought)
    await shop.post(shop.going("24"))
    charged = await shop.charge(charge(brought, "30"))
    assert (charged.values, charged.sold_values) == ((Money.of("18"),), (Money.of("12"),))
    assert await is_right(shop)


@METHODS
async def test_parts_of_a_fen_are_kept_and_add_up(call: Call, method: ValuationMethod) -> None:
    """B17: 0.10 on seven, of which three are left."""
    shop = await make_shop(call, valuation=method)
    brought = shop.coming("7", "70")
    await shop.post(brought)
    await shop.post(shop.going("4"))
    charged = await shop.charge(charge(brought, "0.1"))
    assert (charged.values, charged.sold_values) == ((Money.of("0.0429"),), (Money.of("0.0571"),))
    assert await is_right(shop)


@METHODS
async def test_goods_are_never_worth_less_than_nothing(call: Call, method: ValuationMethod) -> None:
    """B18: 50.00 less for five, of which the three that are left are worth 20.00: their part would be 30.00."""
    shop = await make_shop(call, valuation=method)
    brought = shop.coming("5", "100")
    await shop.post(brought)
    await shop.post(shop.going("2"))
    await shop.charge(charge(brought, "-66.6667"))
    assert (await shop.worth())[:2] == ("3", "20")
    charged = await shop.charge(charge(brought, "-50"))
    assert (charged.values, charged.sold_values) == ((Money.of("-20"),), (Money.of("-30"),))
    assert (await shop.worth())[:2] == ("3", "0")
    assert await is_right(shop)
