from typing import Any

from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.relocations import operations
from jxc_graphql.warehousing.relocations.models import PlaceMove
from jxc_graphql.warehousing.relocations.rules import WantedMove
from tests.make.haul import MILK, NEW, OLD, PHONE, PLAIN, Haul
from tests.make.trade import make_trade
from tests.refusals import codes


async def move(haul: Haul, *lines: tuple[Any, ...]) -> DocumentPosted[PlaceMove]:
    """Each line as SKU, quantity, from, to, and what is named."""
    wanted = [
        WantedMove(
            sku_id=haul.skus[sku],
            quantity=Quantity.of(quantity),
            from_place_id=source,
            to_place_id=target,
            **dict(*named),
        )
        for sku, quantity, source, target, *named in lines
    ]
    return await operations.move_places(haul.call, warehouse_id=haul.source.id, lines=wanted)


class TestMovePlaces:
    async def test_changes_what_can_be_sold_and_nothing_else(self, haul: Haul) -> None:
        stock, quality, damaged = haul.source.stock_place_id, haul.source.quality_place_id, haul.source.damaged_place_id
        columns = ("on_hand", "sellable", "quality", "damaged", "value")
        await haul.stock(PLAIN, "10", "20")
        await move(haul, (PLAIN, "4", stock, quality), (PLAIN, "1", stock, damaged))
        assert await haul.level(haul.source, PLAIN, *columns) == ["10", "5", "4", "1", "20"]
        await move(haul, (PLAIN, "3", quality, stock))
        assert await haul.level(haul.source, PLAIN, *columns) == ["10", "8", "1", "1", "20"]
        assert await haul.verify() == []
        assert await codes(move(haul, (PLAIN, "9", stock, quality))) == [("INSUFFICIENT_STOCK", ("lines", 0))]

    async def test_takes_lots_pieces_and_bins_as_they_are_named(self, haul: Haul) -> None:
        stock = haul.source.stock_place_id
        first, second = await haul.bin(haul.source, "A-1"), await haul.bin(haul.source, "A-2")
        await haul.stock(MILK, "3", "3", lot=OLD)
        await haul.stock(MILK, "3", "3", lot=NEW)
        await haul.stock(PHONE, "3", "3000", serials=["a", "b", "c"], place_id=first)
        await move(
            haul,
            (MILK, "4", stock, first),
            (MILK, "1", stock, second, {"lot_number": "新"}),
            (PHONE, "2", first, second, {"serials": ("c", "a")}),
        )
        assert await haul.at_places(MILK) == {
            (first, "旧"): "3", (first, "新"): "1", (second, "新"): "1", (stock, "新"): "1",
        }  # fmt: skip
        assert (await haul.pieces(first), await haul.pieces(second)) == (["b"], ["a", "c"])
        assert await haul.verify() == []

    async def test_lets_reserved_goods_go_from_bin_to_bin_and_sets_them_apart(self, haul: Haul) -> None:
        stock, quality = haul.source.stock_place_id, haul.source.quality_place_id
        shelf = await haul.bin(haul.source, "A-1")
        promised = ("reserved", "waiting", "available")
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.approved((PLAIN, "8"))
        await move(haul, (PLAIN, "10", stock, shelf))
        assert await haul.level(haul.source, PLAIN, *promised) == ["8", "0", "2"]
        fact = await move(haul, (PLAIN, "3", shelf, quality))
        assert fact.short_document_ids == (transfer_id,)
        assert await haul.level(haul.source, PLAIN, *promised) == ["7", "1", "0"]
        await move(haul, (PLAIN, "3", quality, stock))
        assert await haul.level(haul.source, PLAIN, *promised) == ["8", "0", "2"]
        assert await haul.verify() == []

    async def test_gives_goods_that_passed_inspection_to_those_who_wait(self, call: Call) -> None:
        trade = await make_trade(call)
        await trade.stock_up("10")
        here = trade.shop.warehouse
        haul = Haul(call, here, here, trade.shop.skus)
        await move(haul, (0, "10", here.stock_place_id, here.quality_place_id))
        order_id = await trade.sell((0, "5", "9"))
        await move(haul, (0, "4", here.quality_place_id, here.stock_place_id))
        assert await trade.reserved(order_id) == ["4"]
        assert await differences() == []

    async def test_shows_all_problems_at_once(self, haul: Haul) -> None:
        stock, transit = haul.source.stock_place_id, haul.source.transit_place_id
        await haul.stock(MILK, "3", "3", lot=OLD)
        lines = [
            (PLAIN, "0", stock, haul.destination.stock_place_id),
            (MILK, "1", transit, stock, {"lot_number": "\x00"}),
            (MILK, "1", stock, stock, {"lot_number": "旧"}),
            (PLAIN, "1", stock, 4, {"serials": tuple(map(str, range(1_001)))}),
        ]
        assert await codes(move(haul, *lines)) == [
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
            ("UNKNOWN_ID", ("lines", 0, "to_place_id")),
            ("UNKNOWN_ID", ("lines", 1, "lot_number")),
            ("NOT_ON_SHELVES", ("lines", 1, "from_place_id")),
            ("SAME_PLACE", ("lines", 2, "to_place_id")),
            ("TOO_MANY_LINES", ("lines", 3, "serials")),
            ("UNKNOWN_ID", ("lines", 3, "to_place_id")),
        ]
