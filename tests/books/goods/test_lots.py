"""Goods by lot and by bin: what is taken when a document does not say, and what is refused."""

from datetime import date

from jxc_graphql.books.goods import queries
from jxc_graphql.books.goods.ledger import VirtualPlace
from jxc_graphql.books.goods.rules import InsufficientStock, LotNotSellable
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.operations import block_lot
from jxc_graphql.masters.warehouses.operations import update_bin
from tests.make.begun import begun
from tests.make.shop import TODAY, Shop, make_shop
from tests.refusals import codes, refusal
from tests.steps import cost

SPRING, SUMMER, PAST = date(2026, 4, 1), date(2026, 7, 1), date(2026, 2, 28)


dairy = begun(make_shop, tracking=SkuTracking.LOT)
"""SKUs that are tracked by lot."""


class TestLots:
    async def test_leave_in_the_order_in_which_they_expire(self, dairy: Shop) -> None:
        late, soon, never = await dairy.lot("LATE", SUMMER), await dairy.lot("SOON", SPRING), await dairy.lot("NEVER")
        await dairy.post(*(dairy.coming("5", "10", lot_id=lot) for lot in (never, late, soon)))
        going = dairy.going("12")
        await dairy.post(going)
        assert await dairy.taken(going) == [
            ("STOCK", "SOON", "5", "10"), ("STOCK", "LATE", "5", "10"), ("STOCK", "NEVER", "2", "4"),
        ]  # fmt: skip
        assert await queries.differences() == []

    async def test_are_shared_by_the_lines_of_a_document(self, dairy: Shop) -> None:
        soon, late = await dairy.lot("SOON", SPRING), await dairy.lot("LATE", SUMMER)
        await dairy.post(dairy.coming("5", "5", lot_id=soon), dairy.coming("5", "5", lot_id=late))
        first, second = dairy.going("3"), dairy.going("4")
        await dairy.post(first, second)
        assert [each[1:3] for each in await dairy.taken(second)] == [("SOON", "2"), ("LATE", "2")]

    async def test_are_taken_by_name_wherever_they_are(self, dairy: Shop) -> None:
        soon, late = await dairy.lot("SOON", SPRING), await dairy.lot("LATE", SUMMER)
        await dairy.post(dairy.coming("5", "5", lot_id=soon), dairy.coming("5", "5", lot_id=late))
        going = dairy.going("2", lot_id=late)
        await dairy.post(going)
        assert [each[1:3] for each in await dairy.taken(going)] == [("LATE", "2")]
        (reason,) = await refusal(dairy.post(dairy.going("4", lot_id=late)))
        assert isinstance(reason, InsufficientStock)
        assert (reason.available, reason.requested) == (Quantity.of("3"), Quantity.of("4"))

    async def test_that_expired_or_are_blocked_go_to_no_customer(self, dairy: Shop) -> None:
        old, bad, good = await dairy.lot("OLD", PAST), await dairy.lot("BAD", SUMMER), await dairy.lot("GOOD", TODAY)
        await dairy.post(*(dairy.coming("5", "5", lot_id=lot) for lot in (old, bad, good)))
        await block_lot(dairy.call, lot_id=bad)
        (reason,) = await refusal(dairy.post(dairy.going("6")))
        assert isinstance(reason, InsufficientStock)
        assert (reason.available, reason.requested) == (Quantity.of("5"), Quantity.of("6"))
        named = await refusal(dairy.post(dairy.going("1", lot_id=old), dairy.going("1", lot_id=bad)))
        assert [(each.lot, each.expires_on, each.is_blocked) for each in named if isinstance(each, LotNotSellable)] == [
            ("OLD", PAST, False),
            ("BAD", SUMMER, True),
        ]
        assert [
            code
            for code, _ in await codes(
                dairy.post(dairy.move(dairy.warehouse.stock_place_id, VirtualPlace.ASSEMBLY, "1", lot_id=old))
            )
        ] == ["LOT_NOT_SELLABLE"]
        going = dairy.going("5")
        await dairy.post(going)
        assert [each[1] for each in await dairy.taken(going)] == ["GOOD"]

    async def test_that_expired_are_the_first_to_be_scrapped(self, dairy: Shop) -> None:
        old, good = await dairy.lot("OLD", PAST), await dairy.lot("GOOD", SUMMER)
        await dairy.post(dairy.coming("5", "5", lot_id=good), dairy.coming("5", "5", lot_id=old))
        scrap = dairy.move(dairy.warehouse.stock_place_id, VirtualPlace.SCRAP, "6")
        await dairy.post(scrap)
        assert [each[1:3] for each in await dairy.taken(scrap)] == [("OLD", "5"), ("GOOD", "1")]
        assert await queries.differences() == []

    async def test_keep_their_name_when_goods_are_set_apart(self, dairy: Shop) -> None:
        soon = await dairy.lot("SOON", SPRING)
        await dairy.post(dairy.coming("5", "5", lot_id=soon))
        await dairy.post(dairy.move(dairy.warehouse.stock_place_id, dairy.warehouse.damaged_place_id, "2"))
        scrap = dairy.move(dairy.warehouse.damaged_place_id, VirtualPlace.SCRAP, "2")
        await dairy.post(scrap)
        assert [each[:3] for each in await dairy.taken(scrap)] == [("DAMAGED", "SOON", "2")]
        assert (await dairy.level())["on_hand"] == "3"


class TestBins:
    async def test_serve_after_the_stock_place_when_they_may(self, shop: Shop) -> None:
        b, a = await shop.bin("B-01"), await shop.bin("A-01")
        await shop.post(shop.coming("2", "2"), *(shop.move(VirtualPlace.SUPPLIER, place, "2", "2") for place in (b, a)))
        going = shop.going("5", or_bins=True)
        await shop.post(going)
        assert [each[0:3:2] for each in await shop.taken(going)] == [("STOCK", "2"), ("A-01", "2"), ("B-01", "1")]
        assert (await shop.level())["sellable"] == "1"
        assert await queries.differences() == []

    async def test_keep_what_is_in_them_when_they_may_not(self, shop: Shop) -> None:
        a = await shop.bin("A-01")
        await shop.post(shop.coming("2", "2"), shop.move(VirtualPlace.SUPPLIER, a, "2", "2"))
        (reason,) = await refusal(shop.post(shop.going("3")))
        assert isinstance(reason, InsufficientStock)
        assert (reason.available, reason.requested) == (Quantity.of("2"), Quantity.of("3"))
        short = await refusal(shop.post(shop.going("5", or_bins=True)))
        assert [each.available for each in short if isinstance(each, InsufficientStock)] == [Quantity.of("4")]
        going = shop.move(a, VirtualPlace.CUSTOMER, "1")
        await shop.post(going)
        assert [each[0] for each in await shop.taken(going)] == ["A-01"]

    async def test_give_the_lot_that_expires_first_wherever_it_is(self, dairy: Shop) -> None:
        a = await dairy.bin("A-01")
        soon, late = await dairy.lot("SOON", SPRING), await dairy.lot("LATE", SUMMER)
        await dairy.post(
            dairy.coming("5", "5", lot_id=late), dairy.move(VirtualPlace.SUPPLIER, a, "5", "5", lot_id=soon)
        )
        going = dairy.going("6", or_bins=True)
        await dairy.post(going)
        assert [each[:3] for each in await dairy.taken(going)] == [("A-01", "SOON", "5"), ("STOCK", "LATE", "1")]

    async def test_take_goods_from_the_stock_place_without_changing_the_level(self, shop: Shop) -> None:
        a = await shop.bin("A-01")
        await shop.post(shop.coming("2", "3"))
        before = await shop.level()
        await shop.post(shop.move(shop.warehouse.stock_place_id, a, "2"))
        assert await shop.level() == before
        assert await queries.differences() == []

    async def test_that_are_out_of_use_give_goods_and_take_none(self, shop: Shop) -> None:
        a = await shop.bin("A-01")
        await shop.post(shop.move(VirtualPlace.SUPPLIER, a, "2", "3"))
        await update_bin(shop.call, place_id=a, is_active=False)
        assert await codes(shop.post(shop.move(VirtualPlace.SUPPLIER, a, "2", "3"))) == [("PLACE_INACTIVE", ())]
        await shop.post(shop.move(a, VirtualPlace.CUSTOMER, "2"))
        assert (await shop.level())["on_hand"] == "0"


async def test_statements_do_not_grow_with_lines_lots_and_bins(call: Call) -> None:
    costs = []
    for lines in (1, 10, 100):
        shop = await make_shop(call, skus=lines, tracking=SkuTracking.LOT)
        a = await shop.bin("A-01")
        lots = [(await shop.lot("SOON", SPRING, sku), await shop.lot("LATE", SUMMER, sku)) for sku in range(lines)]
        coming = [
            shop.move(VirtualPlace.SUPPLIER, place, "2", "2", sku, lot_id=lot)
            for sku, pair in enumerate(lots)
            for place, lot in zip((a, shop.warehouse.stock_place_id), pair, strict=True)
        ]
        going = [shop.going("3", sku, or_bins=True) for sku in range(lines)]
        costs.append([await cost(shop.post(*coming)), await cost(shop.post(*going))])
    assert costs[0] == costs[1] == costs[2]
    assert await queries.differences() == []
