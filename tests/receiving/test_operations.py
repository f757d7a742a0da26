import msgspec
import pytest

from jxc_graphql.documents.rules import IllegalTransition, UnknownId
from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Conflict
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.receiving import operations
from jxc_graphql.receiving.models import GoodsReceipt, GoodsReceiptLine
from jxc_graphql.receiving.rules import OverReceipt
from tests.trade import Trade, make_trade, refusal, set_column


class TestReceiveGoods:
    async def test_takes_goods_in_by_parts(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"), (1, "4", "0.5"))
        await trade.receive(order_id, (0, "4", "1"))
        assert await trade.purchase(order_id) == ("PARTIALLY_RECEIVED", 4)
        assert await trade.level(0, "on_hand", "available", "incoming", "value") == ["5", "4", "5", "10"]
        assert await trade.verify() == []
        await trade.receive(order_id, (0, "5"), (1, "4"))
        assert await trade.purchase(order_id) == ("RECEIVED", 5)
        assert await trade.level(0, "on_hand", "available", "incoming", "value") == ["10", "9", "0", "20"]
        line, _ = await trade.purchase_lines(order_id)
        assert (line.quantity_received, line.quantity_rejected) == (Quantity.of("10"), Quantity.of("1"))
        assert await trade.verify() == []

    async def test_loses_no_fen_over_many_receipts(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "1", "1.000050"))
        for _ in range(10):
            await trade.receive(order_id, (0, "0.05", "0.05"))
        (line,) = await trade.purchase_lines(order_id)
        received = await GoodsReceiptLine.filter(purchase_order_line_id=line.id)
        assert Money.total(each.value for each in received) == line.amount
        assert await trade.level(0, "value") == [str(line.amount)]
        assert await trade.verify() == []

    async def test_refuses_more_than_is_outstanding(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        await trade.receive(order_id, (0, "4", "1"))
        assert await refusal(trade.receive(order_id, (0, "5", "0.0001"))) == [
            OverReceipt(path=("lines", 0), outstanding=Quantity.of("5"), received=Quantity.of("5.0001"))
        ]

    async def test_merges_a_line_that_is_named_twice(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "5", "2"), (1, "1", "1"))
        assert await refusal(trade.receive(order_id, (1, "1"), (0, "3"), (0, "3"))) == [
            OverReceipt(path=("lines", 1), outstanding=Quantity.of("5"), received=Quantity.of("6"))
        ]
        fact = await trade.receive(order_id, (0, "3"), (0, "2"))
        assert await GoodsReceiptLine.filter(goods_receipt_id=fact.goods_receipt_id).count() == 1

    async def test_refuses_zero_and_negative_quantities(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "5", "2"))
        reasons = await refusal(trade.receive(order_id, (0, "0"), (0, "-1"), (0, "1", "-1")))
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("INVALID_NUMBER", ("lines", 0, "quantity_accepted")),
            ("INVALID_NUMBER", ("lines", 1, "quantity_accepted")),
            ("INVALID_NUMBER", ("lines", 2, "quantity_rejected")),
        ]

    async def test_refuses_lines_of_another_order(self, trade: Trade) -> None:
        order_id, other = await trade.buy((0, "5", "2")), await trade.buy((0, "5", "2"))
        (line,) = await trade.purchase_lines(other)
        foreign = operations.ReceivedLine(purchase_order_line_id=line.id, quantity_accepted=Quantity.of("1"))
        assert await refusal(operations.receive_goods(trade.call, purchase_order_id=order_id, lines=[foreign])) == [
            UnknownId(path=("lines", 0, "purchase_order_line_id"), kind="PurchaseOrderLine")
        ]

    async def test_refuses_an_order_that_is_not_approved(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "5", "2"))
        (reason,) = await refusal(trade.receive(order_id, (0, "5")))
        assert isinstance(reason, IllegalTransition)
        assert reason.path == ("purchase_order_id",)

    async def test_answers_a_repeat_with_the_first_receipt(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "5", "2"))
        keyed = msgspec.structs.replace(trade, call=msgspec.structs.replace(trade.call, idempotency_key="k1"))
        first = await keyed.receive(order_id, (0, "2"))
        assert await keyed.receive(order_id, (0, "2")) == first
        with pytest.raises(Conflict):
            await keyed.receive(order_id, (0, "3"))
        assert await GoodsReceipt.all().count() == 1

    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, trade: Trade) -> None:
        counts = []
        for skus in (2, 40):
            many = await make_trade(trade.call, skus)
            order_id = await many.buy(*((sku, "10", "1") for sku in range(skus)))
            ordered = await many.purchase_lines(order_id)
            lines = [
                operations.ReceivedLine(purchase_order_line_id=line.id, quantity_accepted=Quantity.of("1"))
                for line in ordered
            ]
            with db.statements() as seen:
                await operations.receive_goods(trade.call, purchase_order_id=order_id, lines=lines)
            counts.append(len(seen))
        assert counts[0] == counts[1] < 40


class TestDifferences:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            ("UPDATE purchase_order_line SET quantity_rejected = 0", ["purchase_order_line.quantity_rejected"]),
            ("UPDATE goods_receipt SET total = total - 1", ["goods_receipt.total"]),
            (
                "UPDATE goods_receipt_line SET value = value + 1",
                ["purchase_order_line.amount", "goods_receipt.total", "goods_receipt_line.value"],
            ),
            (
                "UPDATE goods_receipt_line SET quantity_accepted = quantity_accepted + 1",
                ["purchase_order_line.quantity_received", "goods_receipt_line.quantity_accepted"],
            ),
            (
                "UPDATE goods_receipt_line SET quantity_uninspected = quantity_uninspected + 1",
                ["purchase_order_line.quantity_received", "goods_receipt_line.quantity_uninspected"],
            ),
        ],
    )
    async def test_are_found(self, trade: Trade, damage: str, found: list[str]) -> None:
        order_id = await trade.buy((0, "5", "2"))
        await trade.receive(order_id, (0, "4", "1"))
        assert await trade.verify() == []
        await set_column(damage)
        assert [difference.what.split()[0] for difference in await trade.verify()] == found
