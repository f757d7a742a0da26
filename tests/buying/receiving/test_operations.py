from datetime import date
from typing import Any

import pytest

from jxc_graphql.books.goods import fitness
from jxc_graphql.books.goods.serials import pieces_of_lines
from jxc_graphql.buying.receiving import operations
from jxc_graphql.buying.receiving.models import GoodsReceiptLine
from jxc_graphql.buying.receiving.rules import OverReceipt
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.warehouses.operations import update_bin
from jxc_graphql.masters.warehouses.places import BinKind
from jxc_graphql.office.documents.states import IllegalTransition
from tests.make.trade import Trade, make_trade, set_column
from tests.refusals import refusal


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
            OverReceipt(
                path=("lines", 0, "quantity_accepted"), outstanding=Quantity.of("5"), received=Quantity.of("5.0001")
            )
        ]

    async def test_merges_a_line_that_is_named_twice(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "5", "2"), (1, "1", "1"))
        assert await refusal(trade.receive(order_id, (1, "1"), (0, "3"), (0, "3"))) == [
            OverReceipt(path=("lines", 1, "quantity_accepted"), outstanding=Quantity.of("5"), received=Quantity.of("6"))
        ]
        fact = await trade.receive(order_id, (0, "3"), (0, "2"))
        assert await GoodsReceiptLine.filter(goods_receipt_id=fact.goods_receipt_id).count() == 1

    async def test_refuses_zero_and_negative_quantities(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "5", "2"))
        reasons = await refusal(trade.receive(order_id, (0, "0"), (0, "-1"), (0, "1", "-1")))
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity_accepted")),
            ("MUST_BE_POSITIVE", ("lines", 1, "quantity_accepted")),
            ("MUST_BE_POSITIVE", ("lines", 2, "quantity_rejected")),
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

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_sends_as_many_statements_for_many_lots_as_for_few(self, call: Call) -> None:
        counts = []
        for skus in (2, 40):
            many = await make_trade(call, skus, SkuTracking.LOT)
            await fitness.begin_day()
            places = await many.add_bins("A", "B")
            order_id = await many.buy(*((sku, "10", "1") for sku in range(skus)))
            lines = [
                {"at": sku, "accepted": "1", "lot": LotLabel(f"{sku} {place}"), "place_id": place}
                for sku in range(skus)
                for place in places
            ]
            with db.statements() as seen:
                await many.arrive(order_id, *lines)
            counts.append(len(seen))
        assert counts[0] == counts[1] < 45


class TestLots:
    async def test_make_a_receipt_line_each_of_one_order_line(self, dairy: Trade) -> None:
        order_id = await dairy.buy((0, "10", "1.0003"))
        may = LotLabel("MAY", expires_on=date(2026, 5, 31))
        fact = await dairy.arrive(
            order_id,
            {"accepted": "3", "lot": LotLabel("JUNE"), "rejected": "1"},
            {"accepted": "2.5", "lot": may},
            {"accepted": "1", "lot": LotLabel(" JUNE ")},
        )
        first, second = await GoodsReceiptLine.filter(goods_receipt_id=fact.goods_receipt_id).order_by("line_no")
        assert (first.quantity_accepted, second.quantity_accepted) == (Quantity.of("4"), Quantity.of("2.5"))
        assert first.lot_id != second.lot_id
        assert first.value + second.value == Money.of("7.5")
        assert await dairy.moved(fact.goods_receipt_id) == [
            ("JUNE", "4", "SUPPLIER", "STOCK"),
            ("JUNE", "1", "SUPPLIER", "DAMAGED"),
            ("MAY", "2.5", "SUPPLIER", "STOCK"),
        ]
        await dairy.arrive(order_id, {"accepted": "2.5", "lot": may})
        (line,) = await dairy.purchase_lines(order_id)
        received = await GoodsReceiptLine.filter(purchase_order_line_id=line.id)
        assert Money.total(each.value for each in received) == line.net
        assert (await dairy.purchase(order_id))[0] == "RECEIVED"
        assert await dairy.verify() == []

    async def test_are_told_with_all_other_problems(self, dairy: Trade) -> None:
        order_id = await dairy.buy((0, "10", "1"), (1, "5", "1"))
        wrong = LotLabel("L", produced_on=date(2026, 5, 2), expires_on=date(2026, 5, 1))
        reasons = await refusal(
            dairy.arrive(
                order_id,
                {"accepted": "1"},
                {"accepted": "-1", "lot": wrong},
                {"at": 1, "accepted": "6", "lot": LotLabel("")},
            )
        )
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("MUST_BE_POSITIVE", ("lines", 1, "quantity_accepted")),
            ("OVER_RECEIPT", ("lines", 2, "quantity_accepted")),
            ("LOT_REQUIRED", ("lines", 0, "lot")),
            ("LOT_EXPIRES_BEFORE_PRODUCED", ("lines", 1, "lot", "expires_on")),
            ("REQUIRED", ("lines", 2, "lot", "number")),
        ]

    async def test_do_not_contradict_what_is_known_of_them(self, dairy: Trade) -> None:
        order_id = await dairy.buy((0, "10", "1"))
        await dairy.arrive(order_id, {"accepted": "1", "lot": LotLabel("L", expires_on=date(2026, 5, 1))})
        other = {"accepted": "1", "lot": LotLabel("L", expires_on=date(2026, 6, 1))}
        (reason,) = await refusal(dairy.arrive(order_id, other))
        assert (type(reason).code, reason.path) == ("LOT_MISMATCH", ("lines", 0, "lot"))

    async def test_are_not_kept_of_other_goods(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "1"))
        (reason,) = await refusal(trade.arrive(order_id, {"accepted": "1", "lot": LotLabel("L")}))
        assert (type(reason).code, reason.path) == ("LOT_NOT_KEPT", ("lines", 0, "lot"))


class TestPlaces:
    async def test_take_accepted_goods_while_others_wait_apart(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        near, far = await trade.add_bins("A-1", "Z-9")
        fact = await trade.arrive(
            order_id,
            {"accepted": "3", "place_id": far, "uninspected": "2"},
            {"accepted": "1", "place_id": near},
            {"accepted": "1", "rejected": "0.5"},
        )
        lines = await GoodsReceiptLine.filter(goods_receipt_id=fact.goods_receipt_id).order_by("line_no")
        assert [line.place_id for line in lines] == [far, near, trade.shop.warehouse.stock_place_id]
        assert await trade.moved(fact.goods_receipt_id) == [
            (None, "3", "SUPPLIER", "Z-9"),
            (None, "2", "SUPPLIER", "QUALITY"),
            (None, "1", "SUPPLIER", "A-1"),
            (None, "1", "SUPPLIER", "STOCK"),
            (None, "0.5", "SUPPLIER", "DAMAGED"),
        ]
        assert await trade.level(0, "on_hand", "sellable", "incoming", "value") == ["7.5", "5", "2.5", "15"]
        assert await trade.verify() == []

    async def test_are_none_where_nothing_is_accepted(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        fact = await trade.arrive(order_id, {"uninspected": "10"})
        (line,) = await GoodsReceiptLine.filter(goods_receipt_id=fact.goods_receipt_id)
        assert (line.place_id, line.quantity_uninspected) == (None, Quantity.of("10"))
        assert await trade.purchase(order_id) == ("RECEIVED", 4)
        assert await trade.verify() == []

    async def test_are_stock_places_of_the_warehouse(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        (damaged,) = await trade.add_bins("D-1", kind=BinKind.DAMAGED)
        (elsewhere,) = await (await make_trade(trade.call)).add_bins("E-1")
        places = (damaged, elsewhere, 12345)
        reasons = await refusal(trade.arrive(order_id, *({"accepted": "1", "place_id": place} for place in places)))
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("NO_STOCK_PLACE", ("lines", 0, "place_id")),
            ("UNKNOWN_ID", ("lines", 1, "place_id")),
            ("UNKNOWN_ID", ("lines", 2, "place_id")),
        ]

    async def test_that_are_out_of_use_take_nothing(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        (shut,) = await trade.add_bins("S-1")
        await update_bin(trade.call, place_id=shut, is_active=False)
        (reason,) = await refusal(trade.arrive(order_id, {"accepted": "1", "place_id": shut}))
        assert (type(reason).code, reason.path) == ("PLACE_INACTIVE", ("lines", 0))


class TestPieces:
    async def test_come_in_by_their_numbers(self, phones: Trade) -> None:
        order_id = await phones.buy((0, "10", "100"))
        fact = await phones.arrive(
            order_id,
            {"accepted": "2", "serials": ["P1", "P2 "], "rejected": "1", "rejected_serials": ["BROKEN"]},
            {"accepted": "1", "serials": ["P3"], "uninspected": "1", "uninspected_serials": ["P4"]},
        )
        (line,) = await GoodsReceiptLine.filter(goods_receipt_id=fact.goods_receipt_id)
        (pieces,) = await pieces_of_lines(phones.call, [line.id])
        rows = await db.fetch(
            "SELECT serial.id, number, code FROM serial_number AS serial JOIN place ON place_id = place.id"
        )
        where = {serial_id: (number, code) for serial_id, number, code in rows}
        assert [where[piece] for piece in pieces] == [
            ("BROKEN", "DAMAGED"), ("P1", "STOCK"), ("P2", "STOCK"), ("P3", "STOCK"), ("P4", "QUALITY"),
        ]  # fmt: skip
        assert await phones.verify() == []

    @pytest.mark.parametrize(
        ("line", "code", "path"),
        [
            ({"accepted": "2"}, "SERIALS_REQUIRED", ("lines", 0)),
            ({"accepted": "2", "serials": ["A"]}, "SERIALS_REQUIRED", ("lines", 0)),
            ({"accepted": "1", "serials": ["A"], "rejected_serials": ["B"]}, "SERIALS_REQUIRED", ("lines", 0)),
            ({"accepted": "1", "serials": ["\0"]}, "TEXT_NOT_PRINTABLE", ("lines", 0, "serials", 0)),
        ],
    )
    async def test_are_named_one_by_one(self, phones: Trade, line: dict[str, Any], code: str, path: Path) -> None:
        order_id = await phones.buy((0, "10", "100"))
        (reason,) = await refusal(phones.arrive(order_id, line))
        assert (type(reason).code, reason.path) == (code, path)

    async def test_are_named_once(self, phones: Trade) -> None:
        order_id = await phones.buy((0, "10", "100"))
        twice = {"accepted": "1", "serials": ["A"], "rejected": "1", "rejected_serials": ["A"]}
        reasons = await refusal(phones.arrive(order_id, twice))
        assert [type(reason).code for reason in reasons] == ["SERIAL_REPEATED", "SERIAL_REPEATED"]


class TestDifferences:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            ("UPDATE purchase_order_line SET quantity_rejected = 0", ["purchase_order_line.quantity_rejected"]),
            ("UPDATE goods_receipt SET total = total - 1", ["goods_receipt.total"]),
            (
                "UPDATE goods_receipt_line SET value = value + 1",
                ["purchase_order_line.base_net", "goods_receipt.total", "goods_receipt_line.value"],
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
