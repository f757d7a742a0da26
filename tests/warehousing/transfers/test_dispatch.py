import asyncio

import msgspec

from jxc_graphql import wiring
from jxc_graphql.books.goods.ledger import InsufficientStock
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.office.documents.rules import OutOfScope
from jxc_graphql.office.documents.states import IllegalTransition
from jxc_graphql.warehousing.transfers.models import Transfer
from jxc_graphql.warehousing.transfers.rules import LineNamedTwice, MoreThanApproved, PlaceUnfit
from tests.make.haul import FEW, MILK, NEW, OLD, OTHER, PHONE, PLAIN, Haul
from tests.make.trade import make_trade
from tests.refusals import codes, refusal


class TestDispatchTransfer:
    async def test_puts_goods_in_transit_at_their_cost(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "25")
        transfer_id = await haul.approved((PLAIN, "4"))
        await haul.dispatch(transfer_id)
        transfer = await Transfer.get(id=transfer_id)
        assert (transfer.status, transfer.cost, transfer.dispatched_by_id) == (
            "IN_TRANSIT", Money.of("10"), haul.call.actor_id,
        )  # fmt: skip
        assert transfer.dispatched_at
        assert transfer.dispatched_on == clock.day_of(haul.call.at)
        assert await haul.level(haul.source, PLAIN, "on_hand", "reserved", "available", "value") == [
            "6", "0", "6", "15",
        ]  # fmt: skip
        assert await haul.level(haul.destination, PLAIN, "on_hand", "in_transit", "in_transit_value") == [
            "0", "4", "10",
        ]  # fmt: skip
        assert await haul.verify() == []

    async def test_gives_up_what_is_not_sent(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        await haul.stock(OTHER, "5", "5")
        transfer_id = await haul.approved((PLAIN, "8"), (OTHER, "5"))
        fact = await haul.dispatch(transfer_id, (0, "3", FEW))
        assert len(fact.stock_level_ids) == 4
        assert await haul.level(haul.source, PLAIN, "reserved", "available") == ["0", "7"]
        assert await haul.level(haul.source, OTHER, "reserved", "available") == ["0", "5"]
        assert await haul.verify() == []

    async def test_gives_what_is_not_sent_to_those_who_wait(self, call: Call) -> None:
        trade, other = await make_trade(call), await make_trade(call)
        await trade.stock_up("10")
        between = Haul(call, trade.shop.warehouse, other.shop.warehouse, trade.shop.skus)
        transfer_id = await between.approved((0, "10"))
        order_id = await trade.sell((0, "5", "9"))
        await between.dispatch(transfer_id, (0, "6", FEW))
        await wiring.REACTIONS.settle()
        assert await trade.reserved(order_id) == ["4"]
        there = msgspec.structs.replace(other, shop=msgspec.structs.replace(other.shop, skus=trade.shop.skus))
        waiting = await there.sell((0, "5", "9"))
        await between.receive(transfer_id, (0, "6", "0", FEW))
        await wiring.REACTIONS.settle()
        assert await there.reserved(waiting) == ["5"]
        assert await differences() == []

    async def test_takes_what_expires_first_from_wherever_it_lies(self, haul: Haul) -> None:
        shelf = await haul.bin(haul.source, "A-1")
        await haul.stock(MILK, "5", "5", lot=NEW)
        await haul.stock(MILK, "5", "5", lot=OLD, place_id=shelf)
        await haul.sent((MILK, "7"))
        assert await haul.at_places(MILK) == {
            (haul.source.stock_place_id, "新"): "3",
            (haul.destination.transit_place_id, "旧"): "5",
            (haul.destination.transit_place_id, "新"): "2",
        }
        assert await haul.verify() == []

    async def test_takes_the_lot_and_the_bin_that_are_named(self, haul: Haul) -> None:
        shelf = await haul.bin(haul.source, "A-1")
        await haul.stock(MILK, "5", "5", lot=OLD)
        await haul.stock(MILK, "5", "5", lot=NEW)
        await haul.stock(MILK, "5", "5", lot=OLD, place_id=shelf)
        transfer_id = await haul.approved((MILK, "7"))
        await haul.dispatch(
            transfer_id, (0, "4", {"lot_number": "新"}), (0, "3", {"place_id": shelf, "lot_number": "旧"})
        )
        assert await haul.at_places(MILK) == {
            (haul.source.stock_place_id, "旧"): "5",
            (haul.source.stock_place_id, "新"): "1",
            (shelf, "旧"): "2",
            (haul.destination.transit_place_id, "新"): "4",
            (haul.destination.transit_place_id, "旧"): "3",
        }
        assert await haul.verify() == []

    async def test_refuses_what_a_named_place_does_not_have(self, haul: Haul) -> None:
        shelf = await haul.bin(haul.source, "A-1")
        await haul.stock(PLAIN, "2", "2", place_id=shelf)
        await haul.stock(PLAIN, "8", "8")
        transfer_id = await haul.approved((PLAIN, "5"))
        (reason,) = await refusal(haul.dispatch(transfer_id, (0, "3", {"place_id": shelf})))
        assert isinstance(reason, InsufficientStock)
        assert (reason.path, str(reason.available), str(reason.requested)) == (("lines", 0), "2", "3")

    async def test_shows_all_problems_at_once(self, haul: Haul) -> None:
        await haul.stock(MILK, "9", "9", lot=OLD)
        transfer_id = await haul.approved((MILK, "5"))
        elsewhere = await haul.bin(haul.destination, "B-1")
        reasons = await refusal(
            haul.dispatch(
                transfer_id,
                (0, "0", {"place_id": elsewhere}),
                (0, "3", {"lot_number": "无"}),
                (0, "3", {"lot_number": "\x00", "place_id": haul.source.damaged_place_id}),
                (0, "1", {"lot_number": "旧", "serials": tuple(map(str, range(1_001)))}),
            )
        )
        assert [(reason.code, reason.path) for reason in reasons] == [
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
            ("UNKNOWN_ID", ("lines", 0, "place_id")),
            ("UNKNOWN_ID", ("lines", 1, "lot_number")),
            ("UNKNOWN_ID", ("lines", 2, "lot_number")),
            ("PLACE_UNFIT", ("lines", 2, "place_id")),
            ("TOO_MANY_LINES", ("lines", 3, "serials")),
            ("LINE_NAMED_TWICE", ("lines", 1)),
            ("LINE_NAMED_TWICE", ("lines", 3)),
            ("MORE_THAN_APPROVED", ("lines", 0, "quantity")),
        ]
        assert reasons[6] == LineNamedTwice(path=("lines", 1), first=0)
        assert isinstance(reasons[4], PlaceUnfit)
        assert reasons[-1] == MoreThanApproved(
            path=("lines", 0, "quantity"), approved=Quantity.of("5"), requested=Quantity.of("7")
        )

    async def test_names_each_piece(self, haul: Haul) -> None:
        shelf = await haul.bin(haul.source, "A-1")
        await haul.stock(PHONE, "3", "3000", serials=["a", "b", "c"])
        await haul.stock(PHONE, "1", "1000", serials=["d"], place_id=shelf)
        transfer_id = await haul.approved((PHONE, "3"))
        assert await codes(haul.dispatch(transfer_id)) == [("SERIALS_REQUIRED", ("id",))]
        bad = await codes(haul.dispatch(transfer_id, (0, "2", {"serials": ("a", "x\x00")})))
        assert [code for code, _ in bad] == ["TEXT_NOT_PRINTABLE", "SERIAL_ELSEWHERE"]
        await haul.dispatch(transfer_id, (0, "3", {"serials": ("a", "d", "c")}))
        assert await haul.pieces(haul.destination.transit_place_id) == ["a", "c", "d"]
        assert await haul.verify() == []

    async def test_is_not_for_people_of_the_destination(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "5", "5")
        transfer_id = await haul.approved((PLAIN, "5"))
        assert await refusal(haul.seen_by(haul.destination).dispatch(transfer_id)) == [OutOfScope(path=("id",))]
        await haul.seen_by(haul.source).dispatch(transfer_id)

    async def test_happens_once_when_two_do_it_at_the_same_time(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "20", "20")
        transfer_id = await haul.approved((PLAIN, "8"))
        outcomes = await asyncio.gather(*(haul.dispatch(transfer_id) for _ in range(4)), return_exceptions=True)
        refused = [one for one in outcomes if isinstance(one, Rejected)]
        assert (len(outcomes) - len(refused), len(refused)) == (1, 3)
        assert all(isinstance(one.reasons[0], IllegalTransition) for one in refused)
        assert await haul.level(haul.source, PLAIN, "on_hand", "available") == ["12", "12"]
        assert await haul.verify() == []

    async def test_both_ways_at_once_does_not_block(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "60", "60")
        back = msgspec.structs.replace(haul, source=haul.destination, destination=haul.source)
        await haul.receive(await haul.sent((PLAIN, "30")), (0, "30", "0", FEW))
        there = [await haul.approved((PLAIN, "3")) for _ in range(6)]
        here = [await back.approved((PLAIN, "3")) for _ in range(6)]
        await asyncio.gather(*(haul.dispatch(one) for one in there), *(back.dispatch(one) for one in here))
        await asyncio.gather(
            *(haul.receive(one, (0, "3", "0", FEW)) for one in there),
            *(back.receive(one, (0, "2", "1", FEW)) for one in here),
        )
        assert await haul.level(haul.source, PLAIN, "on_hand", "damaged", "in_transit") == ["30", "6", "0"]
        assert await haul.verify() == []
