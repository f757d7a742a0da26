"""A price belongs to the unit that was typed, and what comes of an order line is worth its amount to the fen.

Where none is typed it is the one that the supplier asks.
"""

from typing import Any

import httpx
import msgspec

from jxc_graphql.buying.purchasing import operations
from jxc_graphql.buying.receiving.models import GoodsReceiptLine
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.models import SkuUnit
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.lines import LineToPrice
from tests.make.begun import begun
from tests.make.redrafts import changed_line
from tests.make.rights import without
from tests.make.trade import Trade, make_trade
from tests.operations import ask
from tests.refusals import codes, everything

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
    assert list(map(str, values)) == ["0.83", "3.34", "0.41", "5.42"]
    assert Money.total(values) == Money.of("10")
    assert await verification.differences() == []


async def test_a_sale_is_worth_its_boxes(trade: Trade) -> None:
    order_id = await trade.draft_sale((0, "3", "99.99", "箱"), (1, "3", "0.01", "两"))
    first, second = await trade.sales_lines(order_id)
    assert (str(first.amount), str(first.quantity), str(first.unit_price)) == ("299.97", "36", "99.99")
    assert (str(second.amount), str(second.quantity)) == ("0.03", "1")


def order(trade: Trade, *lines: tuple[int, str, str | None], **others: Any) -> dict[str, Any]:
    """Each line as the place of its SKU, its quantity and its unit, without a price."""
    asked = [
        LineToPrice(sku_id=trade.shop.skus[sku], quantity=Quantity.of(quantity), unit=unit)
        for sku, quantity, unit in lines
    ]
    return {"supplier_id": trade.supplier_id, "warehouse_id": trade.shop.warehouse.id, "lines": asked, **others}


async def offer(trade: Trade, *prices: tuple[int, str, str | None, str]) -> None:
    """What the supplier asks: the place of a SKU, the price, its unit, and the least quantity."""
    terms = []
    for sku, price, unit, least in prices:
        of = await SkuUnit.get(sku_id=trade.shop.skus[sku], name=unit) if unit else None
        terms.append(
            AskedPrice(
                sku_id=trade.shop.skus[sku],
                unit_price=UnitPrice.of(price),
                unit_id=of.id if of else None,
                minimum_quantity=Quantity.of(least),
            )
        )
    await partners.set_supplier_prices(trade.call, supplier_id=trade.supplier_id, prices=terms)


class TestWhatTheSupplierAsks:
    async def test_is_the_price_of_a_line_without_one(self, trade: Trade) -> None:
        await offer(trade, (0, "100", "箱", "0"), (1, "2.5", None, "10"), (2, "96", "箱", "0"))
        asked = (0, "10000", "箱"), (1, "10", None), (1, "2", "箱"), (2, "3", None)
        fact = await operations.create_purchase_order(trade.call, **order(trade, *asked))
        lines = await trade.purchase_lines(fact.subject_id)
        assert [str(line.unit_price) for line in lines] == ["100", "2.5", "30", "8"]
        assert [str(line.amount) for line in lines] == ["1000000", "25", "60", "24"]

    async def test_is_taken_again_where_a_price_is_cleared_and_not_where_it_stays(self, trade: Trade) -> None:
        await offer(trade, (0, "3", None, "0"), (1, "3", None, "0"))
        order_id = await trade.draft_purchase((0, "1", "9"), (1, "1", "9"))
        first, second = await trade.purchase_lines(order_id)
        lines = [changed_line(LineToPrice, id=first.id, unit_price=None), changed_line(LineToPrice, id=second.id)]
        await operations.update_purchase_order(trade.call, purchase_order_id=order_id, lines=lines)
        assert [str(line.unit_price) for line in await trade.purchase_lines(order_id)] == ["3", "9"]

    async def test_is_missed_where_it_is_no_price_of_what_is_ordered(self, trade: Trade) -> None:
        await offer(trade, (0, "100", "箱", "0"), (1, "2.5", None, "10"))
        asked = order(trade, (0, "5", None), (1, "9", None), (1, "1", "箱"), (2, "1", None), (2, "0", None))
        assert await codes(operations.create_purchase_order(trade.call, **asked)) == [
            ("MUST_BE_POSITIVE", ("lines", 4, "quantity")),
            ("PRICE_DOES_NOT_HOLD", ("lines", 0, "unit_price")),
            ("PRICE_DOES_NOT_HOLD", ("lines", 1, "unit_price")),
            ("PRICE_MISSING", ("lines", 3, "unit_price")),
        ]

    async def test_is_not_told_to_whoever_may_not_see_it(self, trade: Trade) -> None:
        await offer(trade, (0, "100", "箱", "0"), (1, "2.5", None, "10"), (2, "4", None, "0"))
        blind = msgspec.structs.replace(trade.call, permissions=without(Permission.SEE_COST))
        asked = order(trade, (0, "5", None), (1, "9", None), (2, "1", None))
        assert await codes(operations.create_purchase_order(blind, **asked)) == [
            ("PRICE_MISSING", ("lines", 0, "unit_price")),
            ("PRICE_MISSING", ("lines", 1, "unit_price")),
        ]
        fact = await operations.create_purchase_order(blind, **order(trade, (2, "1", None)))
        assert [str(line.unit_price) for line in await trade.purchase_lines(fact.subject_id)] == ["4"]

    async def test_is_not_missed_of_a_supplier_whom_nobody_knows(self, trade: Trade) -> None:
        elsewhere = msgspec.structs.replace(trade.call, scopes={Dimension.SUPPLIER: frozenset({1})})
        for call, supplier_id in ((trade.call, 1), (elsewhere, trade.supplier_id)):
            asked = order(trade, (0, "1", None), supplier_id=supplier_id)
            assert await codes(operations.create_purchase_order(call, **asked)) == [("UNKNOWN_ID", ("supplier_id",))]


async def test_a_client_learns_what_to_ask_for_instead(client: httpx.AsyncClient, trade: Trade) -> None:
    await offer(trade, (0, "100", "箱", "0"), (1, "2.5", None, "10"))
    skus, supplier = [global_id("Sku", key) for key in trade.shop.skus], global_id("Supplier", trade.supplier_id)
    given = {
        "supplierId": supplier,
        "warehouseId": global_id("Warehouse", trade.shop.warehouse.id),
        "lines": [{"skuId": sku, "quantity": "5"} for sku in skus],
    }
    before = await everything()
    answer = await ask(client, "purchasing", "OrderAtKnownPrices", {"input": given})
    assert await everything() == before
    shown = {"__typename": "PriceError", "supplier": {"id": supplier}, "pricedUnit": None, "minimumQuantity": None}
    assert [{key: one for key, one in error.items() if key != "message"} for error in answer["userErrors"]] == [
        shown
        | {"code": code, "path": ["input", "lines", str(at), "unitPrice"], "sku": {"id": skus[at]}, "unit": "瓶"}
        | more
        for at, code, more in (
            (0, "PRICE_DOES_NOT_HOLD", {"pricedUnit": "箱", "minimumQuantity": "0"}),
            (1, "PRICE_DOES_NOT_HOLD", {"pricedUnit": "瓶", "minimumQuantity": "10"}),
            (2, "PRICE_MISSING", {}),
        )
    ]
    given["lines"] = [{"skuId": skus[0], "quantity": "5", "unit": "箱"}, {"skuId": skus[1], "quantity": "10"}]
    answer = await ask(client, "purchasing", "OrderAtKnownPrices", {"input": given})
    assert (answer["userErrors"], answer["purchaseOrder"]["total"]) == ([], "525")
