"""Where goods lie that go back to their supplier: at which place, of which lot, which pieces, in which warehouse."""

from datetime import date
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.goods.rules import InsufficientStock
from jxc_graphql.buying.supplier_returns import rules
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.models import Sku
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers import transit
from jxc_graphql.warehousing.transfers.consignments import ArrivedLine
from jxc_graphql.warehousing.transfers.models import TransferLine
from jxc_graphql.warehousing.transfers.rules import AskedGoods
from tests.make.shop import open_warehouse
from tests.make.supplier_returns import REPLACE, agreed_back, lines_back, send_back, sent_back
from tests.make.trade import Trade, make_trade
from tests.refusals import codes, refusal


async def came(trade: Trade, quantity: str, price: str, *, sku: int = 0) -> int:
    order_id = await trade.buy((sku, quantity, price))
    return (await trade.receive(order_id, (0, quantity))).goods_receipt_id


class TestWhereGoodsLie:
    async def test_rejected_goods_go_first_then_uninspected_ones(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        lines = {"accepted": "5", "rejected": "2", "uninspected": "3"}
        receipt_id = (await trade.arrive(order_id, lines)).goods_receipt_id
        fact = await send_back(trade, receipt_id, (0, "6"))
        assert await trade.moved(fact.supplier_return_id) == [
            (None, "2", "DAMAGED", "SUPPLIER"), (None, "3", "QUALITY", "SUPPLIER"), (None, "1", "STOCK", "SUPPLIER"),
        ]  # fmt: skip
        (line,) = await lines_back(fact)
        assert line.quantity_rejected == Quantity.of("2")
        assert await trade.verify() == []

    async def test_from_the_place_that_is_named(self, trade: Trade) -> None:
        (shelf,) = await trade.add_bins("A")
        order_id = await trade.buy((0, "10", "2"))
        lines = {"accepted": "5", "rejected": "5", "place_id": shelf}
        receipt_id = (await trade.arrive(order_id, lines)).goods_receipt_id
        fact = await send_back(trade, receipt_id, (0, "4", {"place_id": shelf}))
        assert await trade.moved(fact.supplier_return_id) == [(None, "4", "A", "SUPPLIER")]
        more = await agreed_back(trade, receipt_id, (0, "2", {"place_id": shelf}))
        assert [code for code, _ in await codes(sent_back(trade.call, more))] == ["INSUFFICIENT_STOCK"]

    async def test_in_any_unit_of_the_sku(self, trade: Trade) -> None:
        receipt_id = await came(trade, "30", "2")
        fact = await send_back(trade, receipt_id, (0, "2", {"unit": "箱"}))
        (line,) = await lines_back(fact)
        assert (line.unit, line.quantity_in_unit, line.quantity) == ("箱", Quantity.of("2"), Quantity.of("24"))

    async def test_what_is_promised_to_others_does_not_go(self, trade: Trade) -> None:
        receipt_id = await came(trade, "10", "2")
        return_id = await agreed_back(trade, receipt_id, (0, "4"))
        await trade.sell((0, "8", "9"))
        (reason,) = await refusal(sent_back(trade.call, return_id))
        assert isinstance(reason, InsufficientStock)
        assert (reason.available, reason.requested) == (Quantity.of("2"), Quantity.of("4"))

    async def test_goods_that_were_carried_to_another_warehouse_are_found_there(self, trade: Trade) -> None:
        """They kept their layer: 10@100 and 5@110 under first in first out, of which the second went on."""
        await trade.shop.value_by(ValuationMethod.FIFO)
        await came(trade, "10", "100")
        receipt_id = await came(trade, "5", "110")
        there = await open_warehouse(trade.call)
        asked: dict[str, Any] = {"from_warehouse_id": trade.shop.warehouse.id, "to_warehouse_id": there.id}
        goods = AskedGoods(sku_id=trade.shop.skus[0], quantity=Quantity.of("15"))
        which: dict[str, Any] = {
            "transfer_id": (await transfers.create_transfer(trade.call, lines=[goods], **asked)).subject_id
        }
        for step in (transfers.submit_transfer, transfers.approve_transfer, transit.dispatch_transfer):
            await step(trade.call, **which)
        (line,) = await TransferLine.filter(**which)
        arrived = ArrivedLine(transfer_line_id=line.id, quantity_accepted=Quantity.of("15"))
        await transit.receive_transfer(trade.call, **which, lines=[arrived])
        return_id = await agreed_back(trade, receipt_id, (0, "5"))
        _, elsewhere = await refusal(sent_back(trade.call, return_id))
        sku = (await Sku.get(id=trade.shop.skus[0])).code
        assert elsewhere == rules.LiesElsewhere(path=("id",), sku=sku, warehouse=there.name, quantity=Quantity.of("15"))
        blind = msgspec.structs.replace(trade.call, scopes={"WAREHOUSE": frozenset({trade.shop.warehouse.id})})
        assert [code for code, _ in await codes(sent_back(blind, return_id))] == ["INSUFFICIENT_STOCK"]
        fact = await send_back(trade, receipt_id, (0, "5"), warehouse_id=there.id)
        (back,) = await lines_back(fact)
        assert back.value == Money.of("550")
        assert await trade.verify() == []

    async def test_of_its_lot(self, dairy: Trade) -> None:
        order_id = await dairy.buy((0, "10", "2"))
        lot = LotLabel("MAY", expires_on=date(2126, 5, 31))
        receipt_id = (await dairy.arrive(order_id, {"accepted": "6", "lot": lot})).goods_receipt_id
        await dairy.arrive(order_id, {"accepted": "4", "lot": LotLabel("APRIL", expires_on=date(2126, 4, 30))})
        fact = await send_back(dairy, receipt_id, (0, "5"))
        assert await dairy.moved(fact.supplier_return_id) == [("MAY", "5", "STOCK", "SUPPLIER")]
        assert await dairy.verify() == []

    async def test_of_its_pieces_wherever_they_are(self, phones: Trade) -> None:
        order_id = await phones.buy((0, "5", "100"))
        pieces = {"serials": ["A", "B"], "rejected_serials": ["C"]}
        receipt_id = (await phones.arrive(order_id, {"accepted": "2", "rejected": "1", **pieces})).goods_receipt_id
        await phones.arrive(order_id, {"accepted": "1", "serials": ["D"]})
        fact = await send_back(phones, receipt_id, (0, "2", {"serials": ("B", "C")}))
        (line,) = await lines_back(fact)
        assert line.quantity_rejected == Quantity.of("1")
        strange = await agreed_back(phones, receipt_id, (0, "1", {"serials": ("D",)}))
        assert await codes(sent_back(phones.call, strange)) == [("NOT_OF_RECEIPT_LINE", ("id",))]
        gone = await agreed_back(phones, receipt_id, (0, "1", {"serials": ("B",)}))
        assert await codes(sent_back(phones.call, gone)) == [("SERIAL_ELSEWHERE", ("id",))]
        unnamed = await agreed_back(phones, receipt_id, (0, "1"))
        assert await codes(sent_back(phones.call, unnamed)) == [("SERIALS_REQUIRED", ("id",))]
        assert await phones.verify() == []

    async def test_a_piece_that_came_again_is_of_the_line_that_brought_it_last(self, phones: Trade) -> None:
        order_id = await phones.buy((0, "2", "100"))
        receipt_id = (await phones.arrive(order_id, {"accepted": "2", "serials": ["A", "B"]})).goods_receipt_id
        await send_back(phones, receipt_id, (0, "1", {"serials": ("A",)}), resolution=REPLACE)
        again = (await phones.arrive(order_id, {"accepted": "1", "serials": ["A"]})).goods_receipt_id
        strange = await agreed_back(phones, receipt_id, (0, "1", {"serials": ("A",)}))
        assert await codes(sent_back(phones.call, strange)) == [("NOT_OF_RECEIPT_LINE", ("id",))]
        await send_back(phones, again, (0, "1", {"serials": ("A",)}))
        assert await phones.verify() == []

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, call: Call) -> None:
        counts = []
        for skus in (1, 10, 100):
            many = await make_trade(call, skus)
            order_id = await many.buy(*((sku, "10", "1") for sku in range(skus)))
            receipt = await many.receive(order_id, *((sku, "3", "1") for sku in range(skus)))
            for more in ({}, {"resolution": REPLACE}):
                return_id = await agreed_back(
                    many, receipt.goods_receipt_id, *((sku, "2") for sku in range(skus)), **more
                )
                with db.statements() as seen:
                    await sent_back(many.call, return_id)
                counts.append(len(seen))
        assert counts[0] == counts[2] == counts[4] < 45
        assert counts[1] == counts[3] == counts[5] < 50
