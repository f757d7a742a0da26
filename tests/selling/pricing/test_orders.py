"""What a sales order comes to that leaves its prices out, and what it knows of how that came."""

from datetime import date
from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.customer_levels import operations as levels
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.documents.copying import copy_document
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.office.documents.named import DocumentFact, known_of
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales import rules
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine
from tests.make.pricing import Pricing
from tests.make.redrafts import changed_line
from tests.make.trade import Trade, set_column
from tests.refusals import codes


def told(lines: list[SalesOrderLine]) -> list[tuple[str, str, str, str]]:
    """Of each line its price, its discount, how much of that promotions gave, and what is paid."""
    return [(str(one.unit_price), str(one.discount), str(one.promotion_discount), str(one.gross)) for one in lines]


class TestPrice:
    async def test_it_is_that_of_the_list_and_the_line_knows_which(self, pricing: Pricing) -> None:
        general = await pricing.price_list((0, "10"), (1, "24", "0", "箱"))
        own = await pricing.price_list((0, "9"), customer_id=pricing.trade.customer_id)
        lines = await pricing.lines(await pricing.order((0, "2"), (1, "1", "箱"), (1, "1")))
        assert [(one.price_list_id, str(one.list_price)) for one in lines] == [
            (own, "9"),
            (general, "24"),
            (general, "2"),
        ]
        assert told(lines) == [("9", "0", "0", "18"), ("24", "0", "0", "24"), ("2", "0", "0", "2")]
        assert await pricing.trade.verify() == []

    async def test_a_level_has_its_own(self, pricing: Pricing) -> None:
        call = pricing.trade.call
        level_id = (await levels.create_customer_level(call, code="VIP", name="贵宾")).customer_level_id
        await pricing.price_list((0, "10"))
        await pricing.price_list((0, "8"), level_id=level_id)
        assert told(await pricing.lines(await pricing.order((0, "1")))) == [("10", "0", "0", "10")]
        await partners.update_customer(call, customer_id=pricing.trade.customer_id, profile=Profile(level_id=level_id))
        assert told(await pricing.lines(await pricing.order((0, "1")))) == [("8", "0", "0", "8")]

    async def test_a_list_holds_from_one_day_to_another(self, pricing: Pricing) -> None:
        call = pricing.trade.call
        await pricing.price_list((0, "10"), starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31))
        for day, price in (
            (date(2025, 12, 31), None),
            (date(2026, 1, 1), "10"),
            (date(2026, 1, 31), "10"),
            (date(2026, 2, 1), None),
        ):
            pricing.call = msgspec.structs.replace(call, business_date=day)
            if price:
                assert told(await pricing.lines(await pricing.order((0, "1"))))[0][0] == price
            else:
                assert await codes(pricing.order((0, "1"))) == [("SALES_PRICE_MISSING", ("lines", 0, "unit_price"))]

    async def test_a_list_that_is_on_other_terms_is_named(self, pricing: Pricing) -> None:
        await pricing.price_list((0, "11.3"), prices_include_tax=True)
        assert await codes(pricing.order((0, "1"), (1, "1"))) == [
            ("SALES_PRICE_DOES_NOT_HOLD", ("lines", 0, "unit_price")),
            ("SALES_PRICE_MISSING", ("lines", 1, "unit_price")),
        ]
        assert told(await pricing.lines(await pricing.order((0, "1"), prices_include_tax=True))) == [
            ("11.3", "0", "0", "11.3")
        ]

    async def test_a_typed_one_reads_nothing_and_one_that_is_left_out_two_statements_at_most(
        self, pricing: Pricing
    ) -> None:
        await pricing.price_list((0, "10"))
        counts = []
        for order in (
            pricing.trade.draft_sale((0, "1", "9")),
            pricing.order((0, "1")),
            pricing.order(*[(0, "1")] * 40),
        ):
            with db.round_trips() as seen:
                await order
            counts.append(sum("price_list" in one.split("INSERT")[0] for one in seen))
        assert counts[0] == 0
        assert all(count <= 2 for count in counts[1:])


class TestPromotions:
    async def test_free_goods_have_their_share_of_the_price(self, pricing: Pricing) -> None:  # B27
        ((code,),) = await db.fetch("SELECT id FROM tax_code WHERE code = '13'")
        await set_column("UPDATE product SET tax_code_id = ?", code)
        await pricing.price_list((0, "22.6"), prices_include_tax=True)
        promotion_id = await pricing.promotion(buy_quantity="10", free_quantity="1")
        order_id = await pricing.order((0, "11"), prices_include_tax=True)
        (line,) = await pricing.lines(order_id)
        assert told([line]) == [("22.6", "22.6", "22.6", "226")]
        assert [str(one) for one in (line.net, line.tax)] == ["200", "26"]
        assert line.given_promotions == f"[[{promotion_id},{int(Money.of('22.6'))}]]"
        assert await pricing.trade.verify() == []

    async def test_the_steps_follow_one_another(self, pricing: Pricing) -> None:
        await pricing.price_list((0, "10"), (1, "5"))
        await pricing.promotion(percent="0.1", sku_id=pricing.trade.shop.skus[0])
        await pricing.promotion("DOCUMENT", amount="20", minimum_amount="100")
        order_id = await pricing.order((0, "10"), (1, "2"), off="1", discount=Money.of("7.8"))
        # 100 and 10; 10 off the first; 20 off the rest by 90 and 10; 1 off each line; 7.80 off 78 by 71 and 7
        assert told(await pricing.lines(order_id)) == [("10", "29", "28", "63.9"), ("5", "3", "2", "6.3")]
        assert str((await SalesOrder.get(id=order_id)).total) == "70.2"
        assert await pricing.trade.verify() == []

    async def test_one_of_a_category_is_for_those_below_it(self, pricing: Pricing) -> None:
        await pricing.price_list((0, "10"), (1, "10"))
        ((top,),) = await db.fetch("SELECT MIN(id) FROM category")
        found = await db.fetch("SELECT sku.id FROM sku WHERE category_id = ?", (top,))
        await pricing.promotion(percent="0.5", category_id=top)
        lines = await pricing.lines(await pricing.order((0, "1"), (1, "1")))
        expected = ["5" if (one.sku_id,) in found else "0" for one in lines]
        assert [str(one.promotion_discount) for one in lines] == expected

    async def test_discounts_of_a_line_take_no_more_than_there_is(self, pricing: Pricing) -> None:
        await pricing.price_list((0, "10"))
        await pricing.promotion(percent="0.5")
        assert await codes(pricing.order((0, "1"), off="5.01")) == [("DISCOUNT_TOO_LARGE", ("lines", 0, "discount"))]
        assert await codes(pricing.order((0, "1"), off="-5")) == [("OUT_OF_BOUNDS", ("lines", 0, "discount"))]


class TestDrafts:
    async def changed(self, trade: Trade, order_id: int, *lines: Any, **said: Any) -> list[SalesOrderLine]:
        given: dict[str, Any] = {"lines": list(lines)} if lines else {}
        await sales.update_sales_order(trade.call, sales_order_id=order_id, **given, **said)
        return await trade.sales_lines(order_id)

    async def test_a_line_that_the_rules_price_follows_the_others(self, pricing: Pricing) -> None:
        trade = pricing.trade
        await pricing.price_list((0, "10"), (0, "9", "10"))
        order_id = await pricing.order((0, "6"))
        (line,) = await pricing.lines(order_id)
        more = LineToPrice(sku_id=line.sku_id, quantity=Quantity.of(6))
        new = changed_line(LineToPrice, sku_id=more.sku_id, quantity=more.quantity)
        lines = await self.changed(trade, order_id, changed_line(LineToPrice, id=line.id), new)
        assert [str(one.unit_price) for one in lines] == ["9", "9"]
        assert lines[0].id == line.id
        assert await trade.verify() == []

    async def test_a_price_that_is_typed_over_stays_and_the_line_knows_what_the_list_gave(
        self, pricing: Pricing
    ) -> None:
        trade = pricing.trade
        list_id = await pricing.price_list((0, "10"))
        await pricing.promotion(percent="0.1")
        order_id = await pricing.order((0, "6"))
        (line,) = await pricing.lines(order_id)
        typed = changed_line(LineToPrice, id=line.id, unit_price=UnitPrice.of("8.5"))
        (line,) = await self.changed(trade, order_id, typed)
        assert (told([line]), line.price_list_id, str(line.list_price)) == ([("8.5", "0", "0", "51")], list_id, "10")
        assert not rules.is_by_rules(line)
        (line,) = await self.changed(trade, order_id, changed_line(LineToPrice, id=line.id, quantity=Quantity.of(2)))
        assert (told([line]), str(line.list_price)) == ([("8.5", "0", "0", "17")], "10")
        (line,) = await self.changed(trade, order_id, changed_line(LineToPrice, id=line.id, unit_price=None))
        assert told([line]) == [("10", "2", "2", "18")]

    async def test_other_terms_ask_the_lists_again(self, pricing: Pricing) -> None:
        await pricing.price_list((0, "10"))
        await pricing.price_list((0, "11"), prices_include_tax=True)
        order_id = await pricing.order((0, "1"))
        assert told(await self.changed(pricing.trade, order_id, prices_include_tax=True)) == [("11", "0", "0", "11")]
        assert told(await self.changed(pricing.trade, order_id, note="x")) == [("11", "0", "0", "11")]

    async def test_a_copy_has_the_prices_of_today(self, pricing: Pricing) -> None:
        list_id = await pricing.price_list((0, "10"))
        order_id = await pricing.order((0, "1"), off="1")
        await pricing.set(list_id, (0, "12"))
        copy = await copy_document(pricing.trade.call, document_id=order_id)
        assert told(await pricing.lines(copy.document_id)) == [("12", "1", "0", "11")]
        assert told(await pricing.lines(order_id)) == [("10", "1", "0", "9")]


async def test_approval_policies_may_ask_for_discounts_margins_and_minimum_prices(pricing: Pricing) -> None:
    await pricing.trade.stock_up("10", price="10.2")
    await pricing.minimum((0, "10.5"), (1, "1"))
    ((code,),) = await db.fetch("SELECT id FROM tax_code WHERE code = '13'")
    await set_column("UPDATE product SET tax_code_id = ?", code)
    order_id = await pricing.trade.draft_sale(
        (0, "2", "12.3"), (1, "1", "3.39"), prices_include_tax=True, discount=Money.of("2")
    )
    order = await SalesOrder.get(id=order_id)
    known = await known_of(order)
    lines = await pricing.lines(order_id)
    assert [str(one.net) for one in lines] == ["20.21", "2.79"]
    told = {name: str(Money(int(str(known[DocumentFact(name)])))) for name in ("DISCOUNT", "MARGIN", "BELOW_MINIMUM")}
    # 23.00 less twice 10.20; the first line is 0.79 below 21.00
    assert told == {"DISCOUNT": "2", "MARGIN": "2.6", "BELOW_MINIMUM": "0.79"}
