"""Shipments that are taken back: goods come back at the cost at which they left, and the order asks for them again."""

from typing import Any

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.documents.reversing import AlreadyReversed
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations
from jxc_graphql.selling.shipping.facts import ShipmentReversed
from jxc_graphql.selling.shipping.models import Shipment, ShipmentLine, ShipmentReversalLine
from tests.make.trade import Trade, make_trade
from tests.refusals import codes, refusal


async def take_back(trade: Trade, shipment_id: int, **others: Any) -> ShipmentReversed:
    return await operations.reverse_shipment(trade.call, shipment_id=shipment_id, note="发错", **others)


class TestReverse:
    async def test_brings_all_of_it_back_at_what_it_cost(self, trade: Trade) -> None:
        """24 of 60 at 10.00 left for 240.00; 36 more at 14.40 make 12.20 on average, and they come back at 240.00."""
        await trade.stock_up("60", price="10")
        order_id = await trade.sell((0, "30", "20"))
        sent = await trade.ship(order_id, (0, "24"))
        await trade.stock_up("36", price="14.4")
        assert await trade.level(0, "on_hand", "value") == ["72", "878.4"]
        fact = await take_back(trade, sent.shipment_id)
        assert await trade.level(0, "on_hand", "value", "reserved") == ["96", "1118.4", "30"]
        assert await trade.sale(order_id) == ("APPROVED", 4)
        shipment = await Shipment.get(id=sent.shipment_id)
        assert (shipment.status.value, shipment.version) == ("REVERSED", 2)
        (line,) = await ShipmentReversalLine.filter(shipment_reversal_id=fact.shipment_reversal_id)
        assert (line.quantity, line.cost, line.net) == (Quantity.of("24"), Money.of("240"), Money.of("480"))
        assert await trade.verify() == []
        await trade.ship(order_id, (0, "30"))
        assert await trade.sale(order_id) == ("SHIPPED", 5)
        assert await trade.verify() == []

    async def test_is_done_once(self, trade: Trade) -> None:
        await trade.stock_up("10")
        sent = await trade.ship(await trade.sell((0, "3", "9")), (0, "3"))
        fact = await take_back(trade, sent.shipment_id)
        assert await refusal(take_back(trade, sent.shipment_id)) == [
            AlreadyReversed(path=("id",), document_id=fact.shipment_reversal_id)
        ]

    async def test_its_order_has_its_turn_again(self, trade: Trade) -> None:
        """Ten are there: the first order had five and shipped them, the second waits for three of eight."""
        await trade.stock_up("10")
        first = await trade.sell((0, "5", "9"))
        sent = await trade.ship(first, (0, "5"))
        second = await trade.sell((0, "8", "9"))
        assert await trade.reserved(second) == ["5"]
        await take_back(trade, sent.shipment_id)
        assert (await trade.reserved(first), await trade.reserved(second)) == (["5"], ["5"])
        assert await trade.level(0, "available", "reserved") == ["0", "10"]
        assert await trade.verify() == []

    async def test_part_of_an_order_waits_where_it_stands(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.sell((0, "8", "9"), (0, "4", "9"))
        sent = await trade.ship(order_id, (0, "3"), (1, "2"))
        await take_back(trade, sent.shipment_id)
        assert await trade.reserved(order_id) == ["8", "2"]
        assert await trade.sale(order_id) == ("APPROVED", 4)
        assert await trade.verify() == []

    async def test_a_closed_order_asks_for_it_again_and_for_nothing_else(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.sell((0, "8", "9"))
        sent = await trade.ship(order_id, (0, "3"))
        await sales.close_sales_order(trade.call, sales_order_id=order_id, note="客户不要了")
        await take_back(trade, sent.shipment_id)
        assert (await trade.reserved(order_id), (await trade.sale(order_id))[0]) == (["3"], "APPROVED")
        assert await trade.verify() == []
        await sales.cancel_sales_order(trade.call, sales_order_id=order_id)
        rows = await db.fetch("SELECT SUM(lost_demand) FROM stock_day")
        assert [Quantity(int(one)) for (one,) in rows] == [Quantity.of("8")]
        assert await trade.verify() == []

    async def test_an_order_that_was_carried_out_is_no_draft_again(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.sell((0, "8", "9"))
        await take_back(trade, (await trade.ship(order_id, (0, "3"))).shipment_id)
        assert await codes(sales.unapprove_sales_order(trade.call, sales_order_id=order_id)) == [
            ("CARRIED_OUT", ("id",))
        ]

    async def test_parts_add_up_whatever_was_taken_back_in_between(self, trade: Trade) -> None:
        """0.01 over three: 0, 0.01 and 0. Without the second the last two get 0 and 0.01."""
        await trade.stock_up("10")
        order_id = await trade.sell((0, "3", "0.0033"))
        sent = [await trade.ship(order_id, (0, "1")) for _ in range(2)]
        await take_back(trade, sent[1].shipment_id)
        await trade.ship(order_id, (0, "1"))
        await trade.ship(order_id, (0, "1"))
        lines = await ShipmentLine.filter(sales_order_line__sales_order_id=order_id).order_by("id")
        assert [str(line.net) for line in lines if not line.quantity_returned] == ["0", "0.01", "0"]
        assert await trade.verify() == []

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, call: Call) -> None:
        counts = []
        for skus in (1, 10, 100):
            many = await make_trade(call, skus)
            await many.stock_up(*["10"] * skus)
            order_id = await many.sell(*((sku, "5", "1") for sku in range(skus)))
            sent = await many.ship(order_id, *((sku, "3") for sku in range(skus)))
            with db.statements() as seen:
                await take_back(many, sent.shipment_id)
            counts.append(len(seen))
        assert counts[0] == counts[1] == counts[2] < 45


class TestLotsAndPieces:
    async def test_come_back_to_where_they_left_from(self, dairy: Trade) -> None:
        shelf, other = await dairy.add_bins("A", "B")
        order_id = await dairy.buy((0, "10", "2"))
        await dairy.arrive(
            order_id,
            {"accepted": "6", "lot": LotLabel("MAY"), "place_id": shelf},
            {"accepted": "4", "lot": LotLabel("JUNE"), "place_id": other},
        )
        sent = await dairy.ship(await dairy.sell((0, "8", "9")), (0, "8"))
        gone = await dairy.moved(sent.shipment_id)
        fact = await take_back(dairy, sent.shipment_id)
        assert sorted(await dairy.moved(fact.shipment_reversal_id)) == sorted(
            (lot, quantity, target, source) for lot, quantity, source, target in gone
        )
        assert await dairy.level(0, "on_hand", "value") == ["10", "20"]
        assert await dairy.verify() == []

    async def test_piece_by_piece(self, phones: Trade) -> None:
        await phones.arrive(await phones.buy((0, "3", "100")), {"accepted": "3", "serials": ["A", "B", "C"]})
        sent = await phones.leave(await phones.sell((0, "2", "200")), {"quantity": "2", "serials": ["A", "C"]})
        await take_back(phones, sent.shipment_id)
        rows = await db.fetch(
            "SELECT number FROM serial_number WHERE place_id = ? ORDER BY 1", (phones.shop.warehouse.stock_place_id,)
        )
        assert [number for (number,) in rows] == ["A", "B", "C"]
        assert await phones.verify() == []
