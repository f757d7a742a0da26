import asyncio
from datetime import date

import pytest

from jxc_graphql.books.goods.ledger import VirtualPlace
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.office.documents.rules import OutOfScope
from jxc_graphql.office.documents.states import IllegalTransition
from jxc_graphql.warehousing.transfers.consignments import MoreThanInTransit
from jxc_graphql.warehousing.transfers.models import (
    TransferDiscrepancy,
    TransferDiscrepancyReason,
)
from tests.make.haul import FEW, MILK, NEW, OLD, PHONE, PLAIN, Haul, make_haul
from tests.refusals import codes, refusal

LOST, DAMAGED = TransferDiscrepancyReason.LOST, TransferDiscrepancyReason.DAMAGED_IN_TRANSIT
MISCOUNTED, ANOTHER = TransferDiscrepancyReason.MISCOUNTED_AT_DISPATCH, TransferDiscrepancyReason.OTHER


class TestCloseTransferShort:
    @pytest.mark.parametrize(
        ("reason", "source", "destination"),
        [(LOST, ["2", "4"], ["5", "10"]), (DAMAGED, ["2", "4"], ["5", "10"]), (MISCOUNTED, ["5", "10"], ["5", "10"])],
    )
    async def test_puts_what_is_missing_where_its_reason_says(
        self, haul: Haul, reason: TransferDiscrepancyReason, source: list[str], destination: list[str]
    ) -> None:
        await haul.stock(PLAIN, "10", "20", origin_on=date(2025, 5, 5))
        transfer_id = await haul.sent((PLAIN, "8"))
        await haul.receive(transfer_id, (0, "5", "0", FEW))
        await haul.close(transfer_id, reason, note="少三瓶")
        assert await haul.status(transfer_id) == "CLOSED"
        assert await haul.level(haul.source, PLAIN, "on_hand", "value") == source
        assert await haul.level(haul.destination, PLAIN, "on_hand", "value") == destination
        assert await haul.level(haul.destination, PLAIN, "in_transit", "in_transit_value") == ["0", "0"]
        (kept,) = await TransferDiscrepancy.all()
        assert (kept.reason, kept.quantity, kept.value) == (reason, Quantity.of("3"), Money.of("6"))
        if reason is MISCOUNTED:
            assert {origin for origin, *_ in await haul.layers(haul.source, PLAIN)} == {"2025-05-05"}
        assert await haul.verify() == []

    async def test_tells_parts_apart_by_reason_lot_and_piece(self, haul: Haul) -> None:
        await haul.stock(MILK, "3", "3", lot=OLD)
        await haul.stock(MILK, "3", "3", lot=NEW)
        await haul.stock(PHONE, "3", "3000", serials=["a", "b", "c"])
        transfer_id = await haul.approved((MILK, "6"), (PHONE, "3"))
        await haul.dispatch(transfer_id, (0, "6", FEW), (1, "3", {"serials": ("a", "b", "c")}))
        await haul.receive(transfer_id, (0, "1", "0", FEW), (1, "1", "0", {"serials": ("b",)}))
        await haul.close(
            transfer_id,
            LOST,
            (0, "2", MISCOUNTED, {"lot_number": "新"}),
            (1, "1", DAMAGED, {"serials": ("a",)}),
        )
        kept = await TransferDiscrepancy.all().order_by("id")
        assert [(one.reason, str(one.quantity)) for one in kept] == [
            (MISCOUNTED, "2"), (DAMAGED, "1"), (LOST, "3"), (LOST, "1"),
        ]  # fmt: skip
        assert await haul.at_places(MILK) == {
            (haul.source.stock_place_id, "新"): "2",
            (haul.destination.stock_place_id, "旧"): "1",
        }
        assert await haul.pieces(VirtualPlace.SCRAP) == ["a"]
        assert await haul.pieces(VirtualPlace.VARIANCE) == ["c"]
        assert await haul.verify() == []

    async def test_refuses_more_than_is_missing_and_a_reason_without_a_note(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.sent((PLAIN, "8"))
        assert await codes(haul.close(transfer_id, ANOTHER)) == [("REQUIRED", ("note",))]
        assert await refusal(haul.close(transfer_id, LOST, (0, "9", DAMAGED, FEW))) == [
            MoreThanInTransit(path=("lines", 0), in_transit=Quantity.of("8"), given=Quantity.of("9"))
        ]
        fact = await haul.close(transfer_id, ANOTHER, note="司机说明")
        assert fact.note == "司机说明"

    async def test_ends_the_transfer(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.sent((PLAIN, "8"))
        assert await refusal(haul.seen_by(haul.source).close(transfer_id, LOST)) == [OutOfScope(path=("id",))]
        await haul.seen_by(haul.destination).close(transfer_id, LOST)
        (reason,) = await refusal(haul.receive(transfer_id, (0, "1", "0", FEW)))
        assert isinstance(reason, IllegalTransition)
        assert await haul.verify() == []

    async def test_and_a_receipt_at_the_same_time_account_for_the_goods_once(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.sent((PLAIN, "8"))
        steps = haul.close(transfer_id, LOST), haul.receive(transfer_id, (0, "8", "0", FEW))
        outcomes = await asyncio.gather(*steps, return_exceptions=True)
        assert len([one for one in outcomes if isinstance(one, Rejected)]) == 1
        assert await haul.verify() == []


class TestStatements:
    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_do_not_grow_with_lines(self, call: Call) -> None:
        counts = []
        for size in (1, 10, 100):
            many = await make_haul(call, [(SkuTracking.NONE, ValuationMethod.FIFO)] * size)
            for sku in range(size):
                await many.stock(sku, "10", "10")
            found = []
            with db.statements() as seen:
                transfer_id = await many.submitted(*((sku, "6") for sku in range(size)))
            found.append(len(seen))
            with db.statements() as seen:
                await many.approve(transfer_id, *((at, "5") for at in range(size)))
            found.append(len(seen))
            with db.statements() as seen:
                await many.dispatch(transfer_id, *((at, "4", FEW) for at in range(size)))
            found.append(len(seen))
            with db.statements() as seen:
                await many.receive(transfer_id, *((at, "1", "1", FEW) for at in range(size)))
            found.append(len(seen))
            with db.statements() as seen:
                await many.close(transfer_id, MISCOUNTED, *((at, "1", LOST, FEW) for at in range(size)))
            counts.append([*found, len(seen)])
        assert counts[0] == counts[1] == counts[2]
        assert max(counts[0]) < 50
