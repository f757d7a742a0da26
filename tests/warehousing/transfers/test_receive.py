import asyncio
from datetime import date, timedelta

from jxc_graphql.kit import clock
from jxc_graphql.kit.errors import Rejected, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.rules import OutOfScope
from jxc_graphql.warehousing.transfers.consignments import (
    ArrivedBeforeDispatch,
    LotNotInTransit,
    MoreThanInTransit,
    SerialNotInTransit,
)
from jxc_graphql.warehousing.transfers.models import (
    TransferReceipt,
    TransferReceiptLine,
)
from tests.make.haul import FEW, FIFO, MILK, NEW, OLD, PHONE, PLAIN, Haul
from tests.refusals import codes, refusal


class TestReceiveTransfer:
    async def test_takes_goods_in_by_parts(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.sent((PLAIN, "8"))
        fact = await haul.receive(transfer_id, (0, "3", "1", FEW))
        receipt = await TransferReceipt.get(id=fact.transfer_receipt_id)
        assert (receipt.number[:4], receipt.status, receipt.total) == ("TRR-", "POSTED", Money.of("8"))
        assert await haul.status(transfer_id) == "PARTIALLY_RECEIVED"
        there = ("on_hand", "sellable", "damaged", "in_transit", "value", "in_transit_value")
        assert await haul.level(haul.destination, PLAIN, *there) == ["4", "3", "1", "4", "8", "8"]
        assert await haul.verify() == []
        await haul.receive(transfer_id, (0, "4", "0", FEW))
        assert await haul.status(transfer_id) == "RECEIVED"
        assert await haul.level(haul.destination, PLAIN, *there) == ["8", "7", "1", "0", "16", "0"]
        assert await haul.verify() == []

    async def test_age_and_value_of_the_goods_survive(self, haul: Haul) -> None:
        for sku in (PLAIN, FIFO):
            await haul.stock(sku, "5", "10", origin_on=date(2025, 1, 1))
            await haul.stock(sku, "5", "30", origin_on=date(2025, 6, 1))
            await haul.stock(sku, "5", "50", origin_on=date(2026, 1, 1))
        transfer_id = await haul.sent((PLAIN, "8"), (FIFO, "8"))
        assert await haul.level(haul.destination, FIFO, "in_transit_value") == ["28"]
        await haul.receive(transfer_id, (0, "6", "0", FEW), (1, "6", "0", FEW))
        assert await haul.layers(haul.destination, FIFO) == [("2025-01-01", "5", "10"), ("2025-06-01", "1", "6")]
        assert await haul.layers(haul.destination, PLAIN) == [("2025-01-01", "5", None), ("2025-06-01", "1", None)]
        assert await haul.level(haul.destination, PLAIN, "value") == ["36"]
        await haul.receive(transfer_id, (0, "0", "2", FEW), (1, "2", "0", FEW))
        assert await haul.layers(haul.destination, FIFO) == [
            ("2025-01-01", "5", "10"), ("2025-06-01", "1", "6"), ("2025-06-01", "2", "12"),
        ]  # fmt: skip
        assert await haul.layers(haul.source, FIFO) == [("2025-06-01", "2", "12"), ("2026-01-01", "5", "50")]
        assert await haul.verify() == []

    async def test_lots_arrive_as_they_were_sent(self, haul: Haul) -> None:
        await haul.stock(MILK, "9", "9", lot=NEW)
        first = await haul.sent((MILK, "4"))
        await haul.stock(MILK, "3", "3", lot=OLD)
        second = await haul.sent((MILK, "5"))
        await haul.receive(first, (0, "4", "0", FEW))
        shelf = await haul.bin(haul.destination, "B-1")
        await haul.receive(second, (0, "2", "1", {"place_id": shelf}), (0, "1", "0", {"lot_number": "新"}))
        assert await haul.at_places(MILK) == {
            (haul.source.stock_place_id, "新"): "3",
            (haul.destination.stock_place_id, "新"): "5",
            (haul.destination.damaged_place_id, "旧"): "1",
            (haul.destination.transit_place_id, "新"): "1",
            (shelf, "旧"): "2",
        }
        lines = await TransferReceiptLine.all().order_by("id")
        assert [str(line.value) for line in lines] == ["4", "3", "1"]
        assert await haul.verify() == []

    async def test_refuses_another_lot_than_was_sent(self, haul: Haul) -> None:
        await haul.stock(MILK, "3", "3", lot=NEW)
        other = await haul.sent((MILK, "3"))
        await haul.stock(MILK, "5", "5", lot=OLD)
        transfer_id = await haul.sent((MILK, "5"))
        (reason,) = await refusal(haul.receive(transfer_id, (0, "2", "0", {"lot_number": "新"})))
        assert reason == LotNotInTransit(
            path=("lines", 0, "lot_number"), lot="新", in_transit=Quantity(0), given=Quantity.of("2")
        )
        await haul.receive(other, (0, "3", "0", {"lot_number": "新"}))

    async def test_pieces_arrive_with_the_line_they_were_sent_with(self, haul: Haul) -> None:
        await haul.stock(PHONE, "4", "4000", serials=["a", "b", "c", "d"])
        first, second = await haul.approved((PHONE, "2")), await haul.approved((PHONE, "2"))
        await haul.dispatch(first, (0, "2", {"serials": ("a", "b")}))
        await haul.dispatch(second, (0, "2", {"serials": ("c", "d")}))
        assert await codes(haul.receive(first, (0, "1", "0", FEW))) == [("SERIALS_REQUIRED", ("lines", 0))]
        assert await refusal(haul.receive(first, (0, "1", "0", {"serials": ("c",)}))) == [
            SerialNotInTransit(path=("lines", 0), number="c")
        ]
        await haul.receive(first, (0, "1", "1", {"serials": ("b",), "damaged_serials": ("a",)}))
        assert await haul.pieces(haul.destination.damaged_place_id) == ["a"]
        assert await refusal(haul.receive(second, (0, "1", "0", {"serials": ("b",)}))) == [
            SerialNotInTransit(path=("lines", 0), number="b")
        ]
        assert await haul.verify() == []

    async def test_refuses_more_than_is_in_transit(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.sent((PLAIN, "8"))
        await haul.receive(transfer_id, (0, "2", "1", FEW))
        assert await refusal(haul.receive(transfer_id, (0, "3", "0", FEW), (0, "2", "1", FEW))) == [
            MoreThanInTransit(path=("lines", 0), in_transit=Quantity.of("5"), given=Quantity.of("6"))
        ]

    async def test_shows_all_problems_at_once(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.sent((PLAIN, "8"))
        found = await codes(
            haul.receive(
                transfer_id,
                (0, "0", "0", {"place_id": haul.source.stock_place_id}),
                (0, "1", "-1", {"place_id": haul.destination.transit_place_id}),
            )
        )
        assert found == [
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity_accepted")),
            ("UNKNOWN_ID", ("lines", 0, "place_id")),
            ("MUST_BE_POSITIVE", ("lines", 1, "quantity_damaged")),
            ("PLACE_UNFIT", ("lines", 1, "place_id")),
        ]
        other = await haul.sent((PLAIN, "1"))
        (line,) = await haul.lines(other)
        (reason,) = await refusal(haul.receive(transfer_id, (0, "1", "0", {"transfer_line_id": line.id})))
        assert reason == UnknownId(path=("lines", 0, "transfer_line_id"), kind="TransferLine")

    async def test_is_not_under_a_day_before_the_goods_left(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.sent((PLAIN, "8"))
        left = clock.day_of(haul.call.at)
        late = haul.seen_by(business_date=left - timedelta(days=1))
        assert await refusal(late.receive(transfer_id, (0, "1", "0", FEW))) == [
            ArrivedBeforeDispatch(path=("business_date",), dispatched_on=left)
        ]

    async def test_is_for_people_of_the_destination(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "5", "5")
        transfer_id = await haul.sent((PLAIN, "5"))
        arrived = [(0, "5", "0", FEW)]
        assert await refusal(haul.seen_by(haul.source).receive(transfer_id, *arrived)) == [
            OutOfScope(path=("transfer_id",))
        ]
        await haul.seen_by(haul.destination).receive(transfer_id, *arrived)

    async def test_never_brings_more_than_was_sent_when_several_do_it_at_the_same_time(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "20", "20")
        transfer_id = await haul.sent((PLAIN, "7"))
        receipts = (haul.receive(transfer_id, (0, "2", "0", FEW)) for _ in range(6))
        outcomes = await asyncio.gather(*receipts, return_exceptions=True)
        refused = [one for one in outcomes if isinstance(one, Rejected)]
        assert (len(outcomes) - len(refused), len(refused)) == (3, 3)
        assert all(isinstance(one.reasons[0], MoreThanInTransit) for one in refused)
        assert await haul.level(haul.destination, PLAIN, "on_hand", "in_transit") == ["6", "1"]
        assert await haul.verify() == []
