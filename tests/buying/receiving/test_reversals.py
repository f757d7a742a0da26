"""Receipts that are taken back: goods leave at their line's cost, and the order expects them again."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.goods.rules import InsufficientStock
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations
from jxc_graphql.buying.receiving.facts import GoodsReceiptReversed
from jxc_graphql.buying.receiving.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    GoodsReceiptReversal,
    GoodsReceiptReversalLine,
)
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.documents import reversing
from jxc_graphql.office.documents.reversing import AlreadyReversed, OverReturn, ReversedTooEarly
from jxc_graphql.warehousing.relocations import operations as moves
from jxc_graphql.warehousing.relocations.rules import WantedMove
from tests.make.trade import Trade, make_trade
from tests.refusals import codes, everything, refusal


async def take_back(trade: Trade, receipt_id: int, **others: Any) -> GoodsReceiptReversed:
    return await operations.reverse_goods_receipt(trade.call, goods_receipt_id=receipt_id, note="录错", **others)


async def parts(order_id: int) -> list[tuple[str, str]]:
    """Net and tax of the receipts of an order that stand."""
    lines = await GoodsReceiptLine.filter(goods_receipt__purchase_order_id=order_id).order_by("id")
    return [(str(line.net), str(line.tax)) for line in lines if not line.quantity_returned]


class TestReverse:
    async def test_takes_all_of_it_back(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"), (1, "4", "0.5"))
        came = await trade.receive(order_id, (0, "4", "2"), (1, "4"))
        fact = await take_back(trade, came.goods_receipt_id)
        assert await trade.purchase(order_id) == ("APPROVED", 5)
        assert await trade.level(0, "on_hand", "available", "incoming", "value") == ["0", "0", "10", "0"]
        assert await trade.level(1, "on_hand", "incoming", "value") == ["0", "4", "0"]
        receipt = await GoodsReceipt.get(id=came.goods_receipt_id)
        assert (receipt.status.value, receipt.version) == ("REVERSED", 2)
        reversal = await GoodsReceiptReversal.get(id=fact.goods_receipt_reversal_id)
        assert (reversal.goods_receipt_id, reversal.status.value, reversal.note) == (receipt.id, "POSTED", "录错")
        line, _ = await trade.purchase_lines(order_id)
        assert (line.quantity_received, line.quantity_rejected) == (0, 0)
        assert await trade.verify() == []
        await trade.receive(order_id, (0, "10"), (1, "4"))
        assert await trade.purchase(order_id) == ("RECEIVED", 6)
        assert await trade.verify() == []

    async def test_leaves_at_what_its_line_costs_and_not_at_the_average(self, trade: Trade) -> None:
        """10 at 1.00 and 10 at 3.00 cost 40.00: without the second ones 10.00 are left, not 20.00."""
        await trade.stock_up("10", price="1")
        order_id = await trade.buy((0, "10", "3"))
        came = await trade.receive(order_id, (0, "10"))
        fact = await take_back(trade, came.goods_receipt_id)
        assert await trade.level(0, "on_hand", "value") == ["10", "10"]
        (line,) = await GoodsReceiptReversalLine.filter(goods_receipt_reversal_id=fact.goods_receipt_reversal_id)
        assert (line.value, line.net) == (Money.of("30"), Money.of("30"))
        assert await trade.verify() == []

    async def test_is_done_once(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        came = await trade.receive(order_id, (0, "4"))
        fact = await take_back(trade, came.goods_receipt_id)
        before = await everything()
        assert await refusal(take_back(trade, came.goods_receipt_id)) == [
            AlreadyReversed(path=("id",), document_id=fact.goods_receipt_reversal_id)
        ]
        assert await everything() == before

    async def test_is_refused_with_what_is_missing_where_part_was_sold(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"), (1, "4", "0.5"))
        came = await trade.receive(order_id, (0, "10"), (1, "4"))
        sold = await trade.sell((0, "3", "9"), (1, "1", "9"))
        await trade.ship(sold, (0, "3"))
        before = await everything()
        reasons = await refusal(take_back(trade, came.goods_receipt_id))
        assert [(type(one), one.available, one.requested) for one in reasons if isinstance(one, InsufficientStock)] == [
            (InsufficientStock, Quantity.of("7"), Quantity.of("10")),
            (InsufficientStock, Quantity.of("3"), Quantity.of("4")),
        ]  # one of the second is promised
        assert await everything() == before

    async def test_takes_the_rest_back_where_that_is_asked_for(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"), (1, "4", "0.5"))
        came = await trade.receive(order_id, (0, "9", "1"), (1, "4"))
        await trade.ship(await trade.sell((0, "3", "9")), (0, "3"))
        await trade.sell((1, "4", "9"))
        await take_back(trade, came.goods_receipt_id, only_rest=True)
        assert await trade.purchase(order_id) == ("PARTIALLY_RECEIVED", 5)
        assert await trade.level(0, "on_hand", "incoming", "value") == ["0", "7", "0"]
        assert await trade.level(1, "on_hand", "incoming", "reserved") == ["4", "0", "4"]
        line, _ = await trade.purchase_lines(order_id)
        assert (line.quantity_received, line.quantity_rejected) == (Quantity.of("3"), Quantity.of("0"))
        assert await trade.verify() == []

    async def test_nothing_of_it_can_be_taken_back_that_is_all_gone(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "3", "2"))
        came = await trade.receive(order_id, (0, "3"))
        await trade.ship(await trade.sell((0, "3", "9")), (0, "3"))
        assert await codes(take_back(trade, came.goods_receipt_id, only_rest=True)) == [("NOTHING_LEFT", ("id",))]

    async def test_a_closed_order_expects_it_again_and_nothing_else(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        came = await trade.receive(order_id, (0, "4"))
        await purchasing.close_purchase_order(trade.call, purchase_order_id=order_id, note="停产")
        await take_back(trade, came.goods_receipt_id)
        assert await trade.purchase(order_id) == ("APPROVED", 6)
        assert await trade.level(0, "incoming") == ["4"]
        assert await trade.verify() == []
        await purchasing.cancel_purchase_order(trade.call, purchase_order_id=order_id)
        (line,) = await trade.purchase_lines(order_id)
        assert (line.quantity_cancelled, await trade.purchase(order_id)) == (Quantity.of("10"), ("CANCELLED", 7))
        assert await trade.verify() == []

    async def test_an_order_that_was_carried_out_is_no_draft_again(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        came = await trade.receive(order_id, (0, "4"))
        await take_back(trade, came.goods_receipt_id)
        unapprove = purchasing.unapprove_purchase_order(trade.call, purchase_order_id=order_id)
        assert await codes(unapprove) == [("CARRIED_OUT", ("id",))]

    async def test_parts_add_up_whatever_was_taken_back_in_between(self, trade: Trade) -> None:
        """0.02 over four: 0.01, 0, 0.01 and 0. Without the first the three have 0.01, and the next gets 0.01."""
        order_id = await trade.buy((0, "4", "0.005"))
        came = [await trade.receive(order_id, (0, "1")) for _ in range(4)]
        assert [net for net, _ in await parts(order_id)] == ["0.01", "0", "0.01", "0"]
        await take_back(trade, came[0].goods_receipt_id)
        await take_back(trade, came[3].goods_receipt_id)
        assert await trade.verify() == []
        await trade.receive(order_id, (0, "1"))
        await trade.receive(order_id, (0, "1"))
        assert [net for net, _ in await parts(order_id)] == ["0", "0.01", "0.01", "0"]
        assert await trade.level(0, "on_hand", "value") == ["4", "0.02"]
        assert await trade.verify() == []

    async def test_not_before_its_day(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        came = await trade.receive(order_id, (0, "4"))
        day = (await GoodsReceipt.get(id=came.goods_receipt_id)).business_date
        early = msgspec.structs.replace(trade.call, business_date=day - timedelta(days=1))
        assert await refusal(
            operations.reverse_goods_receipt(early, goods_receipt_id=came.goods_receipt_id, note="录错")
        ) == [ReversedTooEarly(path=("business_date",), posted_on=day)]

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, call: Call) -> None:
        counts = []
        for skus in (1, 10, 100):
            many = await make_trade(call, skus)
            order_id = await many.buy(*((sku, "10", "1") for sku in range(skus)))
            came = await many.receive(order_id, *((sku, "3", "1") for sku in range(skus)))
            with db.statements() as seen:
                await take_back(many, came.goods_receipt_id)
            counts.append(len(seen))
        assert counts[0] == counts[1] == counts[2] < 45


class TestLotsAndPlaces:
    async def test_goods_that_were_carried_within_the_warehouse_are_found(self, dairy: Trade) -> None:
        shelf, other = await dairy.add_bins("A", "B")
        order_id = await dairy.buy((0, "10", "2"))
        lot = LotLabel("MAY", expires_on=date(2126, 5, 31))
        came = await dairy.arrive(order_id, {"accepted": "6", "uninspected": "4", "lot": lot, "place_id": shelf})
        where = dairy.shop.warehouse
        may: dict[str, Any] = {"sku_id": dairy.shop.skus[0], "lot_number": "MAY"}
        wanted = [
            WantedMove(**may, quantity=Quantity.of(some), from_place_id=one, to_place_id=to)
            for some, one, to in (("4", where.quality_place_id, other), ("2", shelf, where.stock_place_id))
        ]
        await moves.move_places(dairy.call, warehouse_id=where.id, lines=wanted)
        fact = await take_back(dairy, came.goods_receipt_id)
        assert await dairy.moved(fact.goods_receipt_reversal_id) == [
            ("MAY", "2", "STOCK", "SUPPLIER"),
            ("MAY", "4", "A", "SUPPLIER"),
            ("MAY", "4", "B", "SUPPLIER"),
        ]
        assert await dairy.level(0, "on_hand", "value") == ["0", "0"]
        assert await dairy.verify() == []

    async def test_of_another_lot_there_is_none(self, dairy: Trade) -> None:
        order_id = await dairy.buy((0, "10", "2"))
        came = await dairy.arrive(order_id, {"accepted": "6", "lot": LotLabel("MAY")})
        await dairy.arrive(order_id, {"accepted": "4", "lot": LotLabel("JUNE")})
        sold = await dairy.sell((0, "1", "9"))
        lots = await db.fetch("SELECT id FROM lot WHERE number = 'MAY'")
        await dairy.leave(sold, {"quantity": "1", "lot_id": lots[0][0]})
        (reason,) = await refusal(take_back(dairy, came.goods_receipt_id))
        assert isinstance(reason, InsufficientStock)
        assert (reason.available, reason.requested) == (Quantity.of("5"), Quantity.of("6"))

    async def test_pieces_go_back_that_came(self, phones: Trade) -> None:
        order_id = await phones.buy((0, "5", "100"))
        pieces = {"serials": ["A", "B"], "rejected_serials": ["C"]}
        came = await phones.arrive(order_id, {"accepted": "2", "rejected": "1", **pieces})
        await phones.arrive(order_id, {"accepted": "2", "serials": ["D", "E"]})
        await phones.leave(await phones.sell((0, "1", "200")), {"quantity": "1", "serials": ["A"]})
        assert ("SERIAL_ELSEWHERE", ("id",)) in await codes(take_back(phones, came.goods_receipt_id))
        await take_back(phones, came.goods_receipt_id, only_rest=True)
        rows = await db.fetch("SELECT number FROM serial_number WHERE place_id = 1 ORDER BY number")
        assert [number for (number,) in rows] == ["B", "C"]
        line, *_ = await phones.purchase_lines(order_id)
        assert (line.quantity_received, line.quantity_rejected) == (Quantity.of("3"), Quantity.of("0"))
        assert await phones.verify() == []


def test_over_return_tells_what_is_left() -> None:
    moved, returned, asked = (Quantity.of(one) for one in ("60", "6", "55"))
    assert [*reversing.check_left(moved, returned, asked, ("id",))] == [
        OverReturn(path=("id",), moved=moved, returned=returned, left=Quantity.of("54"), asked=asked)
    ]
    assert [*reversing.check_left(moved, returned, Quantity.of("54"), ("id",))] == []
