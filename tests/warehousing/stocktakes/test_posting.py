import msgspec
import pytest

from jxc_graphql.books.goods.ledger import VirtualPlace
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.queries import warehouses as known_warehouses
from jxc_graphql.warehousing.stocktakes import operations
from jxc_graphql.warehousing.stocktakes.models import CountMode, UncountedLines
from jxc_graphql.warehousing.stocktakes.rules import ShortageNotCovered
from jxc_graphql.warehousing.stocktakes.slips import AskedCount
from tests.make.hall import Hall, of, only
from tests.make.trade import make_trade, set_column
from tests.refusals import codes, refusal


class TestPostStocktake:
    async def test_posts_ordinary_movements_of_lots_and_bins(self, hall: Hall) -> None:
        lot_id = await hall.bring(hall.milk, "5", lot="L1", place_id=hall.bins[0], value="10")
        assert lot_id
        stocktake_id = await hall.start(scope=only(hall.milk))
        ((line_id,),) = await hall.lines(stocktake_id, "id")
        await hall.count(
            stocktake_id,
            AskedCount(line_id=line_id, quantity=Quantity.of("2")),
            AskedCount(sku_id=hall.milk, lot=LotLabel("L1"), place="B-01", quantity=Quantity.of("4")),
        )
        await hall.submit(stocktake_id)
        level_ids = await hall.post(stocktake_id)
        assert len(level_ids) == 1
        assert (await hall.at(hall.milk, hall.bins[0], lot_id), await hall.at(hall.milk, hall.bins[1], lot_id)) == (
            "2", "4",
        )  # fmt: skip
        rows = await db.fetch("SELECT on_hand, value FROM stock_level WHERE sku_id = ?", (hall.milk,))
        assert rows == [(60000, 120000)]
        assert await hall.verify() == []

    async def test_is_stronger_than_what_was_promised(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(*hall.skus))
        first, second = [await hall.trade.sell((0, "4", "9"), (1, "10", "9")) for _ in range(2)]
        await hall.count(stocktake_id, of(hall.skus[0], "7"), of(hall.skus[1], "9"), of(hall.skus[2], "31"))
        await hall.submit(stocktake_id)
        fact = await operations.post_stocktake(hall.call, stocktake_id=stocktake_id)
        assert fact.short_document_ids == (first, second)
        assert [await hall.trade.reserved(order) for order in (first, second)] == [["4", "9"], ["3", "0"]]
        assert await hall.verify() == []

    async def test_tells_of_every_shortage_of_goods_that_have_left(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(*hall.skus))
        await hall.count(stocktake_id, of(hall.skus[0], "7"), of(hall.skus[1], "0"))
        await hall.submit(stocktake_id, uncounted=UncountedLines.UNCOUNTED_UNCHANGED)
        order_id = await hall.trade.sell((0, "8", "9"), (1, "20", "9"))
        await hall.trade.ship(order_id, (0, "8"), (1, "20"))
        first, second = await refusal(hall.post(stocktake_id))
        assert isinstance(first, ShortageNotCovered)
        assert (first.path, str(first.missing), str(first.available)) == (("lines", 0), "3", "2")
        assert second.path == ("lines", 1)

    async def test_posts_under_an_open_day(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(hall.skus[0]))
        await hall.count(stocktake_id, of(hall.skus[0], "11"))
        await hall.submit(stocktake_id)
        future = msgspec.structs.replace(hall.call, business_date=hall.call.at.date().replace(year=2099))
        post = operations.post_stocktake(future, stocktake_id=stocktake_id)
        assert await codes(post) == [("FUTURE_BUSINESS_DATE", ("business_date",))]

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, call: Call) -> None:
        told = []
        for skus in (2, 40):
            shop = await make_trade(call, skus)
            await shop.stock_up(*["10"] * skus)
            hall = Hall(call, shop, (0, 0), 0, 0)
            with db.statements() as seen:
                stocktake_id = await hall.start()
                await hall.count(
                    stocktake_id, *(of(sku, "9" if n % 2 else "11") for n, sku in enumerate(shop.shop.skus))
                )
                await hall.finish(stocktake_id)
            told.append(len(seen))
        assert told[0] == told[1] < 90

    async def test_does_nothing_where_nothing_varies(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(hall.skus[0]))
        await hall.count(stocktake_id, of(hall.skus[0], "10"))
        await hall.submit(stocktake_id)
        assert await hall.post(stocktake_id) == ()
        assert await hall.status(stocktake_id) == "POSTED"
        with pytest.raises(Rejected):
            await hall.post(stocktake_id)


async def fifo_sku(hall: Hall, tracking: SkuTracking = SkuTracking.NONE) -> int:
    """A SKU that is valued first in, first out."""
    ((category_id,),) = await db.fetch("SELECT id FROM category")
    made = await catalog.create_product(
        hall.call, code="F", name="先进先出", category_id=category_id, valuation=ValuationMethod.FIFO
    )
    sku = await catalog.create_sku(
        hall.call, product_id=made.product_id, code="F", name="先进先出", unit="件", tracking=tracking
    )
    return sku.sku_id


async def fifo(hall: Hall) -> int:
    """Goods valued first in, first out: ten at 1 each and two at 5 in the first bin, four at 5 in the second."""
    sku_id = await fifo_sku(hall)
    for quantity, value, place in (("10", "10", hall.bins[0]), ("2", "10", hall.bins[0]), ("4", "20", hall.bins[1])):
        await hall.bring(sku_id, quantity, place_id=place, value=value)
    return sku_id


class TestReview:
    async def test_estimates_what_is_missing_as_it_is_going_to_be_posted(self, hall: Hall) -> None:
        sku_id = await fifo(hall)
        stocktake_id = await hall.start(scope=only(sku_id))
        await hall.count(stocktake_id, of(sku_id, "4", place="A-01"), of(sku_id, "0", place="B-01"))
        again = await operations.request_recount(hall.call, stocktake_id=stocktake_id, min_value=Money.of("9"))
        assert again.lines_to_recount == 1
        await hall.count(stocktake_id, of(sku_id, "0", place="B-01"))
        await hall.submit(stocktake_id)
        estimated = await hall.lines(stocktake_id, "variance", "variance_value")
        assert estimated == [("-8", "-8"), ("-4", "-12")]
        await hall.post(stocktake_id)
        assert await hall.lines(stocktake_id, "variance", "variance_value") == estimated
        assert await hall.verify() == []

    async def test_estimates_pieces_that_are_missing_where_as_many_were_found(self, hall: Hall) -> None:
        sku_id, (first, second) = await fifo_sku(hall, SkuTracking.SERIAL), hall.bins
        await hall.bring(sku_id, "2", serials=["F1", "F2"], place_id=first, value="2")
        await hall.bring(sku_id, "2", serials=["F3", "F4"], place_id=second, value="10")
        stocktake_id = await hall.start(scope=only(sku_id))
        await hall.count(
            stocktake_id,
            of(sku_id, serials=("F2", "F9"), place="A-01"),
            of(sku_id, serials=("F1", "F4"), place="B-01"),
        )
        await hall.submit(stocktake_id)
        estimated = await hall.lines(stocktake_id, "variance", "variance_value")
        assert estimated == [("0", "0"), ("0", "2")]
        await hall.post(stocktake_id)
        assert await hall.lines(stocktake_id, "variance", "variance_value") == estimated
        assert await hall.verify() == []


class TestPieces:
    async def test_are_found_missing_and_moved(self, hall: Hall) -> None:
        await hall.bring(hall.phone, "3", serials=["S1", "S2", "S3"], place_id=hall.bins[0], value="30")
        await hall.bring(hall.phone, "1", serials=["S4"], place_id=hall.bins[1], value="10")
        stocktake_id = await hall.start(scope=only(hall.phone))
        await hall.count(
            stocktake_id,
            of(hall.phone, serials=("S1",), place="A-01"),
            of(hall.phone, serials=("S2", "S4", "S9"), place="B-01"),
        )
        taken = of(hall.phone, serials=("S1",), place="B-01")
        assert await codes(hall.count(stocktake_id, taken)) == [("SERIAL_REPEATED", ("counts", 0, "serials", 0))]
        await hall.submit(stocktake_id)
        assert await hall.lines(stocktake_id, "variance", "piece_differences") == [("-2", 2), ("2", 2)]
        assert await hall.verify() == []
        await hall.post(stocktake_id)
        rows = await db.fetch("SELECT number, place_id FROM serial_number ORDER BY number")
        first, second = hall.bins
        assert rows == [("S1", first), ("S2", second), ("S3", 3), ("S4", second), ("S9", second)]
        assert await hall.verify() == []

    async def test_that_moved_since_they_were_counted_are_told(self, hall: Hall) -> None:
        await hall.bring(hall.phone, "2", serials=["S1", "S2"], value="20")
        stocktake_id = await hall.start(scope=only(hall.phone))
        await hall.count(stocktake_id, of(hall.phone, serials=("S1",)))
        await hall.carry(hall.phone, "1", hall.stock, VirtualPlace.CUSTOMER, serials=("S2",))
        await hall.submit(stocktake_id)
        assert await codes(hall.post(stocktake_id)) == [("SERIAL_ELSEWHERE", ("lines", 0))]

    async def test_that_are_elsewhere_are_told_when_they_are_counted(self, hall: Hall) -> None:
        other = await warehouses.create_warehouse(hall.call, code="W9", name="别处")
        there = (await known_warehouses([other.warehouse_id]))[other.warehouse_id]
        here, way = hall.trade.shop.warehouse.transit_place_id, new_id()
        await hall.bring(hall.phone, "3", serials=["S2", "S3", "S4"], value="30")
        for source, target, number, others in (
            (VirtualPlace.OPENING, there.stock_place_id, "S1", {"warehouse_id": there.id, "value": Money(0)}),
            (hall.stock, here, "S2", {"consignment_id": way}),
            (hall.stock, VirtualPlace.CUSTOMER, "S3", {}),
        ):
            await hall.carry(hall.phone, "1", source, target, serials=(number,), **others)
        stocktake_id = await hall.start(scope=only(hall.phone))
        count = of(hall.phone, serials=("S4", "S1", "S3", "S2"))
        assert await codes(hall.count(stocktake_id, count)) == [
            ("SERIAL_NOT_HERE", ("counts", 0, "serials", 1)),
            ("SERIAL_NOT_HERE", ("counts", 0, "serials", 3)),
        ]
        await hall.count(stocktake_id, of(hall.phone, serials=("S4", "S3", "S5")))
        await hall.finish(stocktake_id)
        assert await hall.status(stocktake_id) == "POSTED"

    async def test_add_up(self, hall: Hall) -> None:
        await hall.bring(hall.phone, "2", serials=["S1", "S2"], value="20")
        stocktake_id = await hall.start(scope=only(hall.phone))
        for number in ("S1", "S2"):
            await hall.count(stocktake_id, of(hall.phone, serials=(number,)), mode=CountMode.ADD)
        again = hall.count(stocktake_id, of(hall.phone, serials=("S2",)), mode=CountMode.ADD)
        assert await codes(again) == [("SERIAL_REPEATED", ("counts", 0, "serials", 0))]
        assert await hall.lines(stocktake_id, "variance") == [("0",)]
        assert await hall.verify() == []


class TestDifferences:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            ("UPDATE stocktake_count SET quantity = quantity + 1 WHERE is_valid", ["counted_quantity"]),
            ("UPDATE stocktake SET surplus_value = surplus_value + 1", ["surplus_value"]),
            ("UPDATE stocktake SET lines_with_variance = 7", ["lines_with_variance"]),
            ("UPDATE stocktake_line SET variance = variance + 1, counted_quantity = counted_quantity + 1",
             ["counted_quantity", "variance"]),
        ],
    )  # fmt: skip
    async def test_are_found(self, hall: Hall, damage: str, found: list[str]) -> None:
        stocktake_id = await hall.start(scope=only(hall.skus[0]))
        await hall.count(stocktake_id, of(hall.skus[0], "11"))
        await hall.submit(stocktake_id)
        await hall.post(stocktake_id)
        assert await hall.verify() == []
        await set_column(damage)
        told = [each.what.split()[0] for each in await hall.verify()]
        assert [what.partition(".")[2] for what in told if what != "document"] == found
