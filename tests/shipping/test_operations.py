import asyncio

import msgspec
import pytest

from jxc_graphql.documents.rules import IllegalTransition
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.sales import operations as sales
from jxc_graphql.shipping import operations
from jxc_graphql.shipping.models import Shipment, ShipmentLine
from jxc_graphql.shipping.rules import OverShipment
from jxc_graphql.stock.ledger import InsufficientStock
from tests.trade import Trade, make_trade, refusal, set_column


class TestShipGoods:
    async def test_ships_by_parts_at_what_the_goods_cost(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.sell((0, "7", "9"))
        fact = await trade.ship(order_id, (0, "3"))
        assert (await Shipment.get(id=fact.shipment_id)).cost == Money.of("6")
        assert await trade.sale(order_id) == ("PARTIALLY_SHIPPED", 3)
        assert await trade.reserved(order_id) == ["4"]
        assert await trade.level(0, "on_hand", "reserved", "available", "value") == ["7", "4", "3", "14"]
        await trade.ship(order_id, (0, "2"), (0, "2"))
        assert await trade.sale(order_id) == ("SHIPPED", 4)
        assert await trade.level(0, "on_hand", "reserved", "available", "value") == ["3", "0", "3", "6"]
        assert await trade.verify() == []

    async def test_takes_available_goods_when_the_reservation_does_not_suffice(self, trade: Trade) -> None:
        await trade.stock_up("2")
        order_id = await trade.sell((0, "5", "9"))
        await trade.stock_up("10")
        await trade.ship(order_id, (0, "4"))
        assert await trade.reserved(order_id) == ["0"]
        assert await trade.level(0, "on_hand", "available") == ["8", "8"]
        assert await trade.verify() == []
        assert await trade.reserved(order_id) == ["1"]

    async def test_leaves_alone_what_is_reserved_for_others(self, trade: Trade) -> None:
        await trade.stock_up("5")
        await trade.sell((0, "4", "9"))
        order_id = await trade.sell((0, "3", "9"))
        (reason,) = await refusal(trade.ship(order_id, (0, "2")))
        assert isinstance(reason, InsufficientStock)
        assert (reason.path, reason.available, reason.requested) == (
            ("lines", 0, "quantity"), Quantity.of("1"), Quantity.of("2"),
        )  # fmt: skip

    async def test_refuses_more_than_is_outstanding(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.sell((0, "5", "9"), (0, "1", "9"))
        assert await refusal(trade.ship(order_id, (1, "1"), (0, "3"), (0, "3"))) == [
            OverShipment(path=("lines", 1, "quantity"), outstanding=Quantity.of("5"), requested=Quantity.of("6"))
        ]

    async def test_refuses_lines_that_make_no_sense(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "5", "9"))
        wrong = [operations.ShippedLine(sales_order_line_id=1, quantity=Quantity(0))]
        reasons = await refusal(operations.ship_goods(trade.call, sales_order_id=order_id, lines=wrong))
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("UNKNOWN_ID", ("lines", 0, "sales_order_line_id")),
            ("INVALID_NUMBER", ("lines", 0, "quantity")),
        ]

    async def test_refuses_an_order_that_is_not_approved(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.draft_sale((0, "5", "9"))
        (reason,) = await refusal(trade.ship(order_id, (0, "5")))
        assert isinstance(reason, IllegalTransition)
        assert reason.path == ("sales_order_id",)

    async def test_answers_a_repeat_with_the_first_shipment(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.sell((0, "5", "9"))
        keyed = msgspec.structs.replace(trade, call=msgspec.structs.replace(trade.call, idempotency_key="k1"))
        assert await keyed.ship(order_id, (0, "2")) == await keyed.ship(order_id, (0, "2"))
        assert await ShipmentLine.all().count() == 1

    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, trade: Trade) -> None:
        counts = []
        for skus in (2, 40):
            many = await make_trade(trade.call, skus)
            await many.stock_up(*["10"] * skus)
            order_id = await many.draft_sale(*((sku, "4", "1") for sku in range(skus)))
            ordered = await many.sales_lines(order_id)
            lines = [operations.ShippedLine(sales_order_line_id=line.id, quantity=Quantity.of("1")) for line in ordered]
            with db.statements() as seen:
                await sales.approve_sales_order(trade.call, sales_order_id=order_id)
                await operations.ship_goods(trade.call, sales_order_id=order_id, lines=lines)
            counts.append(len(seen))
        assert counts[0] == counts[1] < 45

    async def test_sells_the_last_units_once(self, trade: Trade) -> None:
        await trade.stock_up("5")
        orders = [await trade.sell((0, "1", "9")) for _ in range(10)]
        answers = await asyncio.gather(*(trade.ship(order, (0, "1")) for order in orders), return_exceptions=True)
        assert sum(isinstance(answer, Rejected) for answer in answers) == 5
        assert await trade.level(0, "on_hand", "available") == ["0", "0"]
        assert await trade.verify() == []


class TestDifferences:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            ("UPDATE shipment SET cost = cost - 1", ["shipment.cost"]),
            ("UPDATE shipment_line SET cost = cost + 1", ["shipment.cost", "shipment_line.cost"]),
            (
                "UPDATE shipment_line SET quantity = quantity + 1",
                ["sales_order_line.quantity_shipped", "shipment_line.quantity"],
            ),
        ],
    )
    async def test_are_found(self, trade: Trade, damage: str, found: list[str]) -> None:
        await trade.stock_up("9")
        order_id = await trade.sell((0, "5", "2"))
        await trade.ship(order_id, (0, "3"))
        assert await trade.verify() == []
        await set_column(damage)
        assert [difference.what.split()[0] for difference in await trade.verify()] == found
