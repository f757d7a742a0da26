"""That no more comes back than left, also of what comes back at the same time, and what of it `jxc verify` finds."""

import asyncio

import pytest

from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.reversing import OverReturn
from jxc_graphql.selling.customer_returns.models import (
    CustomerReturnDisposition,
)
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.selling.shipping.models import ShipmentLine
from tests.make.customer_returns import (
    EXCHANGE,
    agreed,
    bring_back,
    draft,
    receive,
    returned,
    send,
    sent_lines,
)
from tests.make.trade import Trade, set_column
from tests.refusals import codes, refusal

DAMAGED, QUALITY, SCRAP = (
    CustomerReturnDisposition.DAMAGED,
    CustomerReturnDisposition.QUALITY,
    CustomerReturnDisposition.SCRAP,
)


class TestTooMuch:
    async def test_of_a_line_of_a_shipment(self, trade: Trade) -> None:
        """Two lines of the return are of the same line: three and two of four."""
        await trade.stock_up("10")
        (line,) = await sent_lines(await send(trade, (0, "4", "10")))
        found = await refusal(draft(trade, returned(line.id, "3"), returned(line.id, "2", resolution=EXCHANGE)))
        four, five, none = Quantity.of("4"), Quantity.of("5"), Quantity.of("0")
        assert found == [OverReturn(path=("lines", 0, "quantity"), moved=four, returned=none, left=four, asked=five)]

    async def test_of_a_line_of_which_something_was_reversed(self, trade: Trade) -> None:
        await trade.stock_up("10", price="3")
        sent = await send(trade, (0, "4", "10"))
        (line,) = await sent_lines(sent)
        waits = await agreed(trade, returned(line.id, "3"))
        await bring_back(trade, returned(line.id, "2"))
        assert await codes(receive(trade, waits)) == [("OVER_RETURN", ("lines", 0, "quantity"))]
        await shipping.reverse_shipment(trade.call, shipment_id=sent.shipment_id, note="发错", only_rest=True)
        assert await trade.level(0, "on_hand", "value") == ["10", "30"]
        assert await codes(receive(trade, waits)) == [("OVER_RETURN", ("lines", 0, "quantity"))]
        assert await codes(draft(trade, returned(line.id, "1"))) == [("OVER_RETURN", ("lines", 0, "quantity"))]
        assert await verification.differences() == []

    async def test_of_a_reversal_of_what_came_back(self, trade: Trade) -> None:
        await trade.stock_up("10")
        sent = await send(trade, (0, "4", "10"))
        (line,) = await sent_lines(sent)
        await bring_back(trade, returned(line.id, "1"))
        undo = shipping.reverse_shipment(trade.call, shipment_id=sent.shipment_id, note="发错")
        assert [code for code, _ in await codes(undo)] == ["OVER_RETURN"]

    async def test_than_was_agreed(self, trade: Trade) -> None:
        await trade.stock_up("10")
        (line,) = await sent_lines(await send(trade, (0, "4", "10")))
        return_id = await agreed(trade, returned(line.id, "2"))
        assert await codes(receive(trade, return_id, {"quantity": "1"}, {"quantity": "2"})) == [
            ("MORE_THAN_AGREED", ("lines", 0, "quantity"))
        ]
        await receive(trade, return_id)
        assert await codes(receive(trade, return_id)) == [("ILLEGAL_TRANSITION", ("id",))]

    async def test_at_the_same_time(self, trade: Trade) -> None:
        """Eight returns of two of nine: four of them get through."""
        await trade.stock_up("10", price="3")
        (line,) = await sent_lines(await send(trade, (0, "9", "10")))
        waiting = [await agreed(trade, returned(line.id, "2")) for _ in range(8)]
        done = await asyncio.gather(*(receive(trade, one) for one in waiting), return_exceptions=True)
        assert sum(not isinstance(one, BaseException) for one in done) == 4
        assert [str(one.quantity_returned) for one in await ShipmentLine.filter(id=line.id)] == ["8"]
        assert await trade.level(0, "on_hand", "value") == ["9", "27"]
        assert await verification.differences() == []

    async def test_while_its_shipment_is_reversed(self, trade: Trade) -> None:
        """Whatever comes first: the goods are back once."""
        await trade.stock_up("20", price="3")
        for _ in range(4):
            sent = await send(trade, (0, "5", "10"))
            (line,) = await sent_lines(sent)
            waiting = [await agreed(trade, returned(line.id, "2")) for _ in range(3)]
            undo = shipping.reverse_shipment(trade.call, shipment_id=sent.shipment_id, note="发错", only_rest=True)
            await asyncio.gather(undo, *(receive(trade, one) for one in waiting), return_exceptions=True)
            (line,) = await sent_lines(sent)
            assert line.quantity_returned == line.quantity
            assert await trade.level(0, "on_hand", "value") == ["20", "60"]
        assert await verification.differences() == []


DISCOUNT_LEFT_OUT = """
    UPDATE customer_return_line SET net = net + 30000, gross = gross + 30000, base_net = base_net + 30000,
        base_gross = base_gross + 30000"""


class TestVerify:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            (
                DISCOUNT_LEFT_OUT,
                {
                    "shipment_line.net", "shipment_line.base_net", "customer_return.net", "customer_return.gross",
                    "customer_return.base_net", "customer_return.base_gross", "customer_day", "customer_month",
                    "stock_day", "stock_month", "account_entry",
                },
            ),
            ("UPDATE shipment_line SET quantity_returned = 0", {"shipment_line.quantity_returned"}),
            ("UPDATE customer_return SET status = 'CLOSED'", {"customer_return.status", "document"}),
            ("UPDATE customer_return_line SET cost = cost + 1", {"customer_return.cost", "customer_return_line.cost"}),
        ],
    )  # fmt: skip
    async def test_finds_what_does_not_agree(self, trade: Trade, damage: str, found: set[str]) -> None:
        """The first is a discount that was left out of what all of a line comes to that came back."""
        await trade.stock_up("10")
        (line,) = await sent_lines(await send(trade, (0, "3", "10"), discount=Money.of("3")))
        await bring_back(trade, returned(line.id, "3"))
        assert await verification.differences() == []
        await set_column(damage)
        assert {one.what.split()[0].rstrip(":") for one in await verification.differences()} == found
