"""Returns that are taken back: goods are here again at what they left with, and nothing else is as if they had."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.dues.models import Due
from jxc_graphql.books.goods.ledger import Charge
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving.models import GoodsReceiptLine
from jxc_graphql.buying.supplier_returns.facts import SupplierReturnPosted, SupplierReturnReversed
from jxc_graphql.buying.supplier_returns.models import (
    SupplierReturn,
    SupplierReturnReversal,
    SupplierReturnReversalLine,
)
from jxc_graphql.buying.supplier_returns.reversals import ReplacementCame, reverse_supplier_return
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.documents.reversing import AlreadyReversed, ReversedTooEarly
from tests.make.supplier_returns import REPLACE, brought, send_back
from tests.make.trade import Trade, make_trade
from tests.refusals import codes, everything, refusal


async def take_back(trade: Trade, sent: SupplierReturnPosted, **others: Any) -> SupplierReturnReversed:
    return await reverse_supplier_return(trade.call, supplier_return_id=sent.supplier_return_id, note="录错", **others)


async def owed(trade: Trade) -> list[tuple[str, str]]:
    dues = await Due.filter(supplier_id=trade.supplier_id).order_by("id")
    return [(one.kind.value, str(one.amount)) for one in dues]


async def came(trade: Trade, quantity: str, price: str) -> int:
    order_id = await trade.buy((0, quantity, price))
    return (await trade.receive(order_id, (0, quantity))).goods_receipt_id


class TestForCredit:
    @pytest.mark.parametrize("method", list(ValuationMethod), ids=str)
    async def test_goods_are_here_at_what_they_left_with_and_are_owed_again(
        self, trade: Trade, method: ValuationMethod
    ) -> None:
        """10@100 and 5@110; 5 of the first left at 500.00, the rest cost 1,050.00, and all 1,550.00 again."""
        await trade.shop.value_by(method)
        first = await came(trade, "10", "100")
        await came(trade, "5", "110")
        sent = await send_back(trade, first, (0, "5"))
        fact = await take_back(trade, sent)
        assert await trade.level(0, "on_hand", "available", "value") == ["15", "15", "1550"]
        assert await owed(trade) == [
            ("PURCHASE", "-1000"),
            ("PURCHASE", "-550"),
            ("RETURN", "500"),
            ("PURCHASE", "-500"),
        ]
        document = await SupplierReturn.get(id=sent.supplier_return_id)
        reversal = await SupplierReturnReversal.get(id=fact.supplier_return_reversal_id)
        assert (document.status.value, reversal.status.value, reversal.note) == ("REVERSED", "POSTED", "录错")
        assert (reversal.total, reversal.gross) == (Money.of("500"), Money.of("500"))
        assert [line.quantity_returned for line in await brought(first)] == [0]
        assert await trade.verify() == []
        await send_back(trade, first, (0, "10"))  # its own layer, or its part of the average, is there again
        assert await trade.level(0, "on_hand", "value") == ["5", "550"]
        assert await trade.verify() == []

    async def test_what_was_charged_since_is_not_undone(self, trade: Trade) -> None:
        """6 of 60@10 with 130 of freight left at 73.00; 27.00 more are of the 54; 6 are here again at 73.00."""
        receipt_id = await came(trade, "60", "10")
        (line,) = await brought(receipt_id)
        await trade.shop.charge(Charge(line_id=line.id, amount=Money.of("130")))
        sent = await send_back(trade, receipt_id, (0, "6"))
        await trade.shop.charge(Charge(line_id=line.id, amount=Money.of("27"), besides=Quantity.of("6")))
        await take_back(trade, sent)
        assert await trade.level(0, "on_hand", "value") == ["60", "757"]
        (row,) = await SupplierReturnReversalLine.all()
        assert (row.value, row.net) == (Money.of("73"), Money.of("60"))

    async def test_parts_add_up_whatever_was_taken_back_in_between(self, trade: Trade) -> None:
        """0.10 over seven is 0.01, 0.02, 0.01, 0.02, 0.01, 0.02, 0.01: what stays back is that of so many."""
        receipt_id = await came(trade, "7", "0.014286")
        sent = [await send_back(trade, receipt_id, (0, "1")) for _ in range(7)]
        for one in (sent[0], sent[4], sent[6]):
            await take_back(trade, one)
        assert sum(int(one.amount) for one in await Due.all()) == int(Money.of("-0.04"))  # 0.06 of four are not owed
        await send_back(trade, receipt_id, (0, "3"))
        assert sum(int(one.amount) for one in await Due.all()) == 0
        assert await trade.level(0, "on_hand", "value") == ["0", "0"]
        assert await trade.verify() == []

    async def test_is_done_once_and_not_before_its_day(self, trade: Trade) -> None:
        sent = await send_back(trade, await came(trade, "10", "2"), (0, "1"))
        early = msgspec.structs.replace(trade.call, business_date=trade.call.at.date() - timedelta(days=2))
        given: dict[str, Any] = {"supplier_return_id": sent.supplier_return_id, "note": "录错"}
        day = (await SupplierReturn.get(id=sent.supplier_return_id)).business_date
        assert ReversedTooEarly(path=("business_date",), posted_on=day) in await refusal(
            reverse_supplier_return(early, **given)
        )
        fact = await take_back(trade, sent)
        before = await everything()
        assert await refusal(take_back(trade, sent)) == [
            AlreadyReversed(path=("id",), document_id=fact.supplier_return_reversal_id)
        ]
        assert await everything() == before

    async def test_of_a_receipt_whose_rest_was_reversed(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        receipt_id = (await trade.receive(order_id, (0, "10"))).goods_receipt_id
        sent = await send_back(trade, receipt_id, (0, "4"))
        await receiving.reverse_goods_receipt(trade.call, goods_receipt_id=receipt_id, note="录错", only_rest=True)
        await take_back(trade, sent)
        assert await trade.level(0, "on_hand", "value", "incoming") == ["4", "8", "6"]
        assert await trade.verify() == []


class TestReplacement:
    async def test_the_order_does_not_expect_others(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "60", "10"))
        receipt_id = (await trade.receive(order_id, (0, "54", "6"))).goods_receipt_id
        sent = await send_back(trade, receipt_id, (0, "8"), resolution=REPLACE)
        fact = await take_back(trade, sent)
        assert fact.purchase_order_ids == (order_id,)
        assert await trade.purchase(order_id) == ("RECEIVED", 6)
        assert await trade.level(0, "on_hand", "incoming", "value") == ["60", "0", "600"]
        (line,) = await trade.purchase_lines(order_id)
        assert (line.quantity_received, line.quantity_rejected, line.quantity_to_replace) == (
            Quantity.of("60"), Quantity.of("6"), Quantity.of("0"),
        )  # fmt: skip
        assert await owed(trade) == [("PURCHASE", "-600")]
        assert await trade.verify() == []

    async def test_an_order_all_of_which_went_back_is_received_again(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        receipt_id = (await trade.receive(order_id, (0, "4"))).goods_receipt_id
        sent = await send_back(trade, receipt_id, (0, "4"), resolution=REPLACE)
        assert (await trade.purchase(order_id))[0] == "APPROVED"
        await take_back(trade, sent)
        assert (await trade.purchase(order_id))[0] == "PARTIALLY_RECEIVED"
        assert await trade.verify() == []

    @pytest.mark.parametrize("replaced", ["2", "6"], ids=["part", "all"])
    async def test_is_refused_once_others_came_with_how_many(self, trade: Trade, replaced: str) -> None:
        order_id = await trade.buy((0, "60", "10"))
        receipt_id = (await trade.receive(order_id, (0, "60"))).goods_receipt_id
        sent = await send_back(trade, receipt_id, (0, "6"), resolution=REPLACE)
        again = (await trade.receive(order_id, (0, replaced))).goods_receipt_id
        before = await everything()
        (reason,) = await refusal(take_back(trade, sent))
        assert isinstance(reason, ReplacementCame)
        assert reason.replaced == Quantity.of(replaced)
        assert await everything() == before
        await receiving.reverse_goods_receipt(trade.call, goods_receipt_id=again, note="录错")
        await take_back(trade, sent)
        assert await trade.purchase_lines(order_id)
        assert (await trade.purchase(order_id))[0] == "RECEIVED"
        assert await trade.verify() == []

    async def test_what_came_for_an_earlier_return_does_not_count(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "0.333333"))
        receipt_id = (await trade.receive(order_id, (0, "10"))).goods_receipt_id
        await send_back(trade, receipt_id, (0, "3"), resolution=REPLACE)
        await trade.receive(order_id, (0, "3"))
        sent = await send_back(trade, receipt_id, (0, "2"), resolution=REPLACE)
        await take_back(trade, sent)
        assert await trade.level(0, "on_hand", "value") == ["10", "3.33"]
        assert await trade.verify() == []


class TestWhereGoodsLie:
    async def test_they_lie_where_they_had_lain_of_their_lots(self, dairy: Trade) -> None:
        (shelf,) = await dairy.add_bins("A")
        order_id = await dairy.buy((0, "10", "2"))
        lines = {"accepted": "5", "rejected": "2", "uninspected": "3", "place_id": shelf, "lot": LotLabel("MAY")}
        receipt_id = (await dairy.arrive(order_id, lines)).goods_receipt_id
        sent = await send_back(dairy, receipt_id, (0, "6"))
        fact = await take_back(dairy, sent)
        assert await dairy.moved(fact.supplier_return_reversal_id) == [
            ("MAY", "2", "SUPPLIER", "DAMAGED"), ("MAY", "3", "SUPPLIER", "QUALITY"), ("MAY", "1", "SUPPLIER", "A"),
        ]  # fmt: skip
        assert await dairy.level(0, "on_hand", "value") == ["10", "20"]
        assert await dairy.verify() == []

    async def test_pieces_are_here_that_are_with_the_supplier(self, phones: Trade) -> None:
        order_id = await phones.buy((0, "3", "100"))
        receipt_id = (await phones.arrive(order_id, {"accepted": "3", "serials": ["A", "B", "C"]})).goods_receipt_id
        sent = await send_back(phones, receipt_id, (0, "2", {"serials": ("A", "B")}), resolution=REPLACE)
        other = await phones.buy((0, "1", "100"))
        repaired = (await phones.arrive(other, {"accepted": "1", "serials": ["B"]})).goods_receipt_id
        assert ("SERIAL_ELSEWHERE", ("id",)) in await codes(take_back(phones, sent))
        await receiving.reverse_goods_receipt(phones.call, goods_receipt_id=repaired, note="录错")
        await take_back(phones, sent)
        rows = await db.fetch(
            "SELECT number FROM serial_number AS piece JOIN place ON place.id = place_id "
            "WHERE place.kind = 'STOCK' ORDER BY number"
        )
        assert [number for (number,) in rows] == ["A", "B", "C"]
        await send_back(phones, receipt_id, (0, "1", {"serials": ("A",)}))
        assert await phones.verify() == []


@pytest.mark.usefixtures("numbers_one_by_one")
async def test_sends_as_many_statements_for_many_lines_as_for_few(call: Call) -> None:
    counts = []
    for skus in (1, 10, 40):
        many = await make_trade(call, skus)
        order_id = await many.buy(*((sku, "10", "1") for sku in range(skus)))
        receipt_id = (await many.receive(order_id, *((sku, "3", "1") for sku in range(skus)))).goods_receipt_id
        sent = await send_back(many, receipt_id, *((sku, "2") for sku in range(skus)), resolution=REPLACE)
        with db.statements() as seen:
            await take_back(many, sent)
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2] < 48
    assert await GoodsReceiptLine.filter(quantity_returned__gt=Quantity(0)).count() == 0
