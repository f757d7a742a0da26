from collections.abc import Sequence
from typing import Any

import pytest

from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, Forbidden, Rejected
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.office.documents.comparisons import compare
from jxc_graphql.office.documents.rules import OutOfScope
from jxc_graphql.warehousing.relocations import operations, queries
from jxc_graphql.warehousing.relocations.facts import PlacesMoved
from jxc_graphql.warehousing.relocations.models import PlaceMove
from jxc_graphql.warehousing.relocations.rules import NotOnShelves, SamePlace, WantedMove
from tests.make.haul import MILK, NEW, OLD, OTHER, PHONE, PLAIN, Haul, make_haul
from tests.make.trade import make_trade
from tests.refusals import refusal

Line = tuple[int, str, int, int] | tuple[int, str, int, int, dict[str, Any]]
"""SKU, quantity, from, to, and what is named."""


def wanted(haul: Haul, lines: Sequence[Line]) -> list[WantedMove]:
    return [
        WantedMove(
            sku_id=haul.skus[sku],
            quantity=Quantity.of(quantity),
            from_place_id=source,
            to_place_id=target,
            **(named[0] if named else {}),
        )
        for sku, quantity, source, target, *named in lines
    ]


async def move(haul: Haul, *lines: Line) -> PlacesMoved:
    return await operations.move_places(haul.call, warehouse_id=haul.source.id, lines=wanted(haul, lines))


class TestMovePlaces:
    async def test_changes_what_can_be_sold_and_nothing_else(self, haul: Haul) -> None:
        here = haul.source
        await haul.stock(PLAIN, "10", "20")
        fact = await move(
            haul,
            (PLAIN, "4", here.stock_place_id, here.quality_place_id),
            (PLAIN, "1", here.stock_place_id, here.damaged_place_id),
        )
        made = await PlaceMove.get(id=fact.place_move_id)
        assert (made.number[:3], made.status) == ("PM-", "POSTED")
        columns = ("on_hand", "sellable", "quality", "damaged", "value")
        assert await haul.level(here, PLAIN, *columns) == ["10", "5", "4", "1", "20"]
        await move(haul, (PLAIN, "3", here.quality_place_id, here.stock_place_id))
        assert await haul.level(here, PLAIN, *columns) == ["10", "8", "1", "1", "20"]
        assert await haul.verify() == []

    async def test_takes_lots_pieces_and_bins_as_they_are_named(self, haul: Haul) -> None:
        here = haul.source
        first, second = await haul.bin(here, "A-1"), await haul.bin(here, "A-2")
        await haul.stock(MILK, "3", "3", lot=OLD)
        await haul.stock(MILK, "3", "3", lot=NEW)
        await haul.stock(PHONE, "3", "3000", serials=["a", "b", "c"], place_id=first)
        await move(
            haul,
            (MILK, "4", here.stock_place_id, first),
            (MILK, "1", here.stock_place_id, second, {"lot_number": "新"}),
            (PHONE, "2", first, second, {"serials": ("c", "a")}),
        )
        assert await haul.at_places(MILK) == {
            (first, "旧"): "3", (first, "新"): "1", (second, "新"): "1", (here.stock_place_id, "新"): "1",
        }  # fmt: skip
        assert (await haul.pieces(first), await haul.pieces(second)) == (["b"], ["a", "c"])
        assert await haul.verify() == []

    async def test_lets_reserved_goods_go_from_bin_to_bin(self, haul: Haul) -> None:
        here = haul.source
        shelf = await haul.bin(here, "A-1")
        await haul.stock(PLAIN, "10", "20")
        await haul.approved((PLAIN, "8"))
        await move(haul, (PLAIN, "10", here.stock_place_id, shelf))
        assert await haul.level(here, PLAIN, "reserved", "waiting", "available") == ["8", "0", "2"]

    async def test_sets_goods_apart_whoever_they_were_promised_to(self, haul: Haul) -> None:
        here = haul.source
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.approved((PLAIN, "8"))
        fact = await move(haul, (PLAIN, "3", here.stock_place_id, here.quality_place_id))
        assert fact.short_document_ids == (transfer_id,)
        assert await haul.level(here, PLAIN, "reserved", "waiting", "available") == ["7", "1", "0"]
        await move(haul, (PLAIN, "3", here.quality_place_id, here.stock_place_id))
        assert await haul.level(here, PLAIN, "reserved", "waiting", "available") == ["8", "0", "2"]
        assert await haul.verify() == []

    async def test_gives_goods_that_passed_inspection_to_those_who_wait(self, call: Call) -> None:
        trade = await make_trade(call)
        await trade.stock_up("10")
        here = Haul(call, trade.shop.warehouse, trade.shop.warehouse, trade.shop.skus)
        await move(here, (0, "10", here.source.stock_place_id, here.source.quality_place_id))
        order_id = await trade.sell((0, "5", "9"))
        await move(here, (0, "4", here.source.quality_place_id, here.source.stock_place_id))
        assert await trade.reserved(order_id) == ["4"]
        assert await differences() == []

    async def test_shows_all_problems_at_once(self, haul: Haul) -> None:
        here, there = haul.source, haul.destination
        await haul.stock(MILK, "3", "3", lot=OLD)
        reasons = await refusal(
            move(
                haul,
                (PLAIN, "0", here.stock_place_id, there.stock_place_id),
                (MILK, "1", here.transit_place_id, here.stock_place_id, {"lot_number": "\x00"}),
                (MILK, "1", here.stock_place_id, here.stock_place_id, {"lot_number": "旧"}),
                (PLAIN, "1", here.stock_place_id, 4, {"serials": tuple(map(str, range(1_001)))}),
            )
        )
        assert [(reason.code, reason.path) for reason in reasons] == [
            ("INVALID_NUMBER", ("lines", 0, "quantity")),
            ("UNKNOWN_ID", ("lines", 0, "to_place_id")),
            ("UNKNOWN_ID", ("lines", 1, "lot_number")),
            ("NOT_ON_SHELVES", ("lines", 1, "from_place_id")),
            ("SAME_PLACE", ("lines", 2, "to_place_id")),
            ("TOO_MANY_LINES", ("lines", 3, "serials")),
            ("UNKNOWN_ID", ("lines", 3, "to_place_id")),
        ]
        assert isinstance(reasons[3], NotOnShelves)
        assert isinstance(reasons[4], SamePlace)

    async def test_takes_the_warehouse_in_scope_and_the_permission(self, haul: Haul) -> None:
        await haul.stock(OTHER, "3", "3")
        line = (OTHER, "1", haul.source.stock_place_id, haul.source.quality_place_id)
        assert await refusal(move(haul.seen_by(haul.destination), line)) == [OutOfScope(path=("warehouse_id",))]
        with pytest.raises(Forbidden):
            await move(haul.seen_by(permissions=frozenset()), line)

    async def test_answers_a_repeat_with_the_first_move(self, haul: Haul) -> None:
        await haul.stock(OTHER, "3", "3")
        keyed = haul.seen_by(idempotency_key="once")
        line = (OTHER, "1", haul.source.stock_place_id, haul.source.quality_place_id)
        assert await move(keyed, line) == await move(keyed, line)
        with pytest.raises(Conflict):
            await move(keyed, (OTHER, "2", *line[2:]))
        assert await PlaceMove.all().count() == 1

    async def test_takes_as_many_statements_for_many_lines_as_for_few(self, call: Call) -> None:
        counts = []
        for size in (1, 10, 100):
            many = await make_haul(call, [(SkuTracking.NONE, ValuationMethod.MOVING_AVERAGE)] * size)
            for sku in range(size):
                await many.stock(sku, "10", "10")
            ways = [(sku, "1", many.source.stock_place_id, many.source.quality_place_id) for sku in range(size)]
            with db.statements() as seen:
                await move(many, *ways)
            counts.append(len(seen))
        assert counts[0] == counts[1] == counts[2] < 30

    async def test_of_more_than_there_is_writes_nothing(self, haul: Haul) -> None:
        with pytest.raises(Rejected):
            await move(haul, (PLAIN, "1", haul.source.stock_place_id, haul.source.quality_place_id))
        assert await PlaceMove.all().count() == 0


class TestDifferences:
    async def test_are_found(self, haul: Haul) -> None:
        await haul.stock(OTHER, "3", "3")
        await move(haul, (OTHER, "2", haul.source.stock_place_id, haul.source.quality_place_id))
        assert await haul.verify() == []
        await db.transactional(db.execute)("UPDATE place_move_line SET quantity = quantity + 1")
        assert [one.what.split()[0] for one in await compare(queries.COMPARISONS)] == ["place_move_line.quantity"]
