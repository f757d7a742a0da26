"""What goes out instead of what customers bring back, and how returns are drafted."""

from typing import Any

from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.documents.redrafting import LineChange
from jxc_graphql.selling.customer_returns import operations
from jxc_graphql.selling.customer_returns.models import (
    CustomerReturnDisposition,
    CustomerReturnReason,
)
from jxc_graphql.selling.customer_returns.rules import LineToReturn
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine
from tests.make.customer_returns import (
    EXCHANGE,
    approve,
    draft,
    exposure,
    receive,
    returned,
    sell_taxed,
    send,
    sent_lines,
    status_of,
    tax,
    worth,
)
from tests.make.trade import Trade
from tests.refusals import codes

DAMAGED, QUALITY, SCRAP = (
    CustomerReturnDisposition.DAMAGED,
    CustomerReturnDisposition.QUALITY,
    CustomerReturnDisposition.SCRAP,
)


class TestExchange:
    async def test_for_something_dearer(self, trade: Trade) -> None:
        """A36: 113.00 go back for 135.60: return −100.00 / −13.00, order +120.00 / +15.60, he owes 22.60."""
        await trade.stock_up("10", "10")
        await tax(trade, "13")
        (line,) = await sent_lines(await sell_taxed(trade, (0, "1", "100")))
        given = {"resolution": EXCHANGE, "exchange_sku_id": trade.shop.skus[1], "price": "135.60"}
        return_id = await draft(trade, returned(line.id, "1", **given))
        assert await worth(return_id) == ("100", "13", "113", "135.6", "0")
        fact = await approve(trade, return_id)
        assert fact.sales_order_id
        order = await SalesOrder.get(id=fact.sales_order_id)
        assert tuple(map(str, (order.net, order.tax, order.total))) == ("120", "15.6", "135.6")
        assert (await trade.sale(order.id), await trade.reserved(order.id)) == (("APPROVED", 2), ["1"])
        await receive(trade, return_id)
        await trade.ship(order.id, (0, "1"))
        assert await exposure(trade) == ("135.6", "248.6", "113")  # 113 that he had paid for, and 22.60 on top
        rows = await db.fetch("SELECT source_id, kind FROM document_link WHERE target_id = ?", (order.id,))
        assert [tuple(row) for row in rows] == [(return_id, "EXCHANGE")]
        assert await verification.differences() == []

    async def test_for_the_same_costs_what_comes_back_comes_to(self, trade: Trade) -> None:
        """2.95 each with tax: two of three come to 5.90, and so does what goes out."""
        await trade.stock_up("10")
        await tax(trade, "13")
        sent = await sell_taxed(trade, (0, "3", "2.95"), prices_include_tax=True)
        (line,) = await sent_lines(sent)
        return_id = await draft(trade, returned(line.id, "2", resolution=EXCHANGE))
        fact = await approve(trade, return_id)
        assert fact.sales_order_id
        order, (gone,) = await SalesOrder.get(id=fact.sales_order_id), await trade.sales_lines(fact.sales_order_id)
        assert str(order.total) == (await worth(return_id))[2] == (await worth(return_id))[3] == "5.9"
        assert (str(gone.quantity), gone.sku_id) == ("2", trade.shop.skus[0])
        assert await verification.differences() == []

    async def test_comes_out_even_where_no_price_does(self, trade: Trade) -> None:
        """Four of seven for 10.00 come to 5.71, which four cost at 1.4275 each."""
        await trade.stock_up("10")
        (line,) = await sent_lines(await send(trade, (0, "7", "1.428571")))
        fact = await approve(trade, await draft(trade, returned(line.id, "4", resolution=EXCHANGE)))
        assert fact.sales_order_id
        (gone,) = await SalesOrderLine.filter(sales_order_id=fact.sales_order_id)
        assert tuple(map(str, (gone.unit_price, gone.discount, gone.gross))) == ("1.4275", "0", "5.71")

    async def test_waits_for_its_order_to_be_given_up(self, trade: Trade) -> None:
        await trade.stock_up("10")
        (line,) = await sent_lines(await send(trade, (0, "1", "100")))
        return_id = await draft(trade, returned(line.id, "1", resolution=EXCHANGE))
        fact = await approve(trade, return_id)
        assert fact.sales_order_id
        give_up = operations.cancel_customer_return
        assert await codes(give_up(trade.call, customer_return_id=return_id)) == [("EXCHANGE_OPEN", ("id",))]
        await sales.cancel_sales_order(trade.call, sales_order_id=fact.sales_order_id)
        await give_up(trade.call, customer_return_id=return_id)
        assert await status_of(return_id) == "CANCELLED"

    async def test_names_goods_only_where_it_is_one(self, trade: Trade) -> None:
        await trade.stock_up("10")
        (line,) = await sent_lines(await send(trade, (0, "1", "100")))
        wrong = returned(line.id, "1", exchange_sku_id=trade.shop.skus[1], price="3")
        assert await codes(draft(trade, wrong)) == [
            ("NO_EXCHANGE", ("lines", 0, "exchange_sku_id")), ("NO_EXCHANGE", ("lines", 0, "exchange_price")),
        ]  # fmt: skip


class TestDrafts:
    async def test_are_of_one_sale(self, trade: Trade) -> None:
        await trade.stock_up("10")
        (line,) = await sent_lines(await send(trade, (0, "2", "10")))
        other = await partners.create_customer(trade.call, profile=Profile(code="C2", name="另一位客户"))
        (theirs,) = await sent_lines(await send(trade, (0, "2", "10"), customer_id=other.customer_id))
        assert await codes(draft(trade, returned(line.id, "1"), returned(theirs.id, "1"))) == [
            ("OTHER_SALE", ("lines", 1, "shipment_line_id"))
        ]

    async def test_say_what_they_are_of_after_a_change(self, trade: Trade) -> None:
        await trade.stock_up("10", "10")
        one, two = await send(trade, (0, "5", "10")), await send(trade, (1, "5", "20"))
        (first,), (second,) = await sent_lines(one), await sent_lines(two)
        return_id = await draft(trade, returned(first.id, "1"))
        change = update(lines=[{"shipment_line_id": second.id, "quantity": "2"}])
        await operations.update_customer_return(trade.call, customer_return_id=return_id, **change)
        assert await worth(return_id) == ("40", "0", "40", "0", "0")
        await approve(trade, return_id)
        rows = await db.fetch("SELECT source_id FROM document_link WHERE target_id = ?", (return_id,))
        assert [source for (source,) in rows] == [two.shipment_id]
        await receive(trade, return_id)
        assert await verification.differences() == []

    async def test_name_lines_that_left(self, trade: Trade) -> None:
        assert await codes(draft(trade, returned(1, "1"))) == [("UNKNOWN_ID", ("lines", 0, "shipment_line_id"))]
        assert await codes(draft(trade)) == [("EMPTY_DOCUMENT", ("lines",))]


def update(**told: Any) -> dict[str, Any]:
    """What an update is given, with lines in plain decimals."""
    change = LineChange[LineToReturn]
    lines = [
        change(**one | {"quantity": Quantity.of(one["quantity"]), "reason": CustomerReturnReason.OTHER})
        for one in told.pop("lines")
    ]
    return told | {"lines": lines}
