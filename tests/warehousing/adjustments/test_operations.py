from datetime import date, timedelta

import msgspec
import pytest

from jxc_graphql.books.goods import fitness
from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.books.goods.rules import InsufficientStock
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, Forbidden
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.facts import DocumentSubmitted
from jxc_graphql.office.periods.operations import close_period
from jxc_graphql.warehousing.adjustments import operations
from jxc_graphql.warehousing.adjustments.models import ADJUST_STOCK, Adjustment, AdjustmentReason
from tests.make.corrections import adjust, draft, keeper, line, route, scrapped, told
from tests.make.redrafts import new_lines
from tests.make.settings import company_says
from tests.make.shop import Shop, make_shop, other_warehouse
from tests.make.trade import Trade, make_trade
from tests.refusals import codes, refusal
from tests.steps import cost

FOUND, LOST, DAMAGED = AdjustmentReason.FOUND, AdjustmentReason.LOST, AdjustmentReason.DAMAGED
CORRECTION = AdjustmentReason.DATA_CORRECTION


class TestPostAdjustment:
    async def test_takes_and_brings_goods_in_one_document(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "20"))
        posted = await adjust(
            shop, CORRECTION, line(shop, "-3"), line(shop, "2", "5", sku=1), line(shop, "1"), line(shop, "4", sku=2)
        )
        assert isinstance(posted, DocumentPosted)
        assert len(posted.stock_level_ids) == 3
        assert await told(posted.subject_id) == ("POSTED", "6", ["-6", "10", "2", "0"])
        assert [(await shop.level(sku))["value"] for sku in range(3)] == ["16", "10", "0"]
        adjustment = await Adjustment.get(id=posted.subject_id)
        assert (adjustment.number[:3], adjustment.version, adjustment.estimated_value) == ("AD-", 2, Money.of("18"))

    async def test_brings_goods_in_at_what_the_last_ones_cost(self, shop: Shop) -> None:
        await shop.post(shop.coming("4", "10"))
        await shop.post(shop.going("4"))
        posted = await adjust(shop, FOUND, line(shop, "2"))
        assert await told(posted.subject_id) == ("POSTED", "5", ["5"])

    @pytest.mark.parametrize(
        ("reason", "quantity", "way"),
        [
            (FOUND, "1", ("VARIANCE", "STOCK")),
            (LOST, "-1", ("STOCK", "VARIANCE")),
            (AdjustmentReason.THEFT, "-1", ("STOCK", "VARIANCE")),
            (CORRECTION, "1", ("VARIANCE", "STOCK")),
            (AdjustmentReason.OTHER, "-1", ("STOCK", "VARIANCE")),
            (AdjustmentReason.SAMPLE, "-1", ("STOCK", "SCRAP")),
            (AdjustmentReason.INTERNAL_USE, "1", ("SCRAP", "STOCK")),
            (AdjustmentReason.EXPIRED, "-1", ("STOCK", "SCRAP")),
            (AdjustmentReason.WRITE_OFF, "-1", ("STOCK", "SCRAP")),
            (DAMAGED, "-1", ("STOCK", "DAMAGED")),
        ],
    )
    async def test_moves_goods_where_the_reason_says(
        self, shop: Shop, reason: AdjustmentReason, quantity: str, way: tuple[str, str]
    ) -> None:
        await shop.post(shop.coming("10", "20"))
        posted = await adjust(shop, reason, line(shop, quantity))
        assert await route(posted.subject_id) == [way]
        assert (await told(posted.subject_id))[0] == "POSTED"

    async def test_takes_losses_from_bins_and_from_the_lot_that_expires_first(self, call: Call) -> None:
        dairy = await make_shop(call, tracking=SkuTracking.LOT)
        bin_id = await dairy.bin("A-01")
        soon, late = await dairy.lot("SOON", date(2026, 4, 1)), await dairy.lot("LATE", date(2026, 9, 1))
        await dairy.post(dairy.coming("5", "5", lot_id=late), dairy.move(1, bin_id, "5", "10", lot_id=soon))
        posted = await adjust(dairy, LOST, line(dairy, "-7"))
        assert await route(posted.subject_id) == [("A-01", "VARIANCE"), ("STOCK", "VARIANCE")]
        assert await told(posted.subject_id) == ("POSTED", "-10.5", ["-10.5"])
        named = await adjust(dairy, LOST, line(dairy, "-1", lot=LotLabel(" LATE ")), line(dairy, "-1", lot_id=late))
        assert (await told(named.subject_id))[1] == "-3"

    async def test_brings_lots_pieces_and_bins(self, call: Call) -> None:
        dairy = await make_shop(call, tracking=SkuTracking.LOT)
        bin_id = await dairy.bin("A-01")
        posted = await adjust(dairy, FOUND, line(dairy, "5", "2", lot=LotLabel("NEW"), place_id=bin_id))
        rows = await db.fetch(
            "SELECT lot.number, place.code FROM place_level JOIN lot ON lot.id = lot_id "
            "JOIN place ON place.id = place_id WHERE quantity > 0"
        )
        assert rows == [("NEW", "A-01")]
        assert (await told(posted.subject_id))[1] == "10"
        phones = await make_shop(call, tracking=SkuTracking.SERIAL)
        posted = await adjust(phones, FOUND, line(phones, "2", "50", serials=("N1", "N2")))
        posted = await adjust(phones, LOST, line(phones, "-1", serials=("N2",)))
        assert (await told(posted.subject_id))[1] == "-50"
        wrong = await draft(phones, LOST, line(phones, "-1", serials=("N2",)), line(phones, "-2", serials=("N1",)))
        assert await codes(operations.post_adjustment(phones.call, adjustment_id=wrong)) == [
            ("SERIALS_REQUIRED", ("lines", 1, "quantity")),
            ("SERIAL_ELSEWHERE", ("lines", 0, "quantity")),
        ]

    async def test_takes_nothing_that_is_not_there(self, shop: Shop) -> None:
        await shop.post(shop.coming("1", "1"))
        adjustment_id = await draft(shop, LOST, line(shop, "-1"), line(shop, "-1"))
        reasons = await refusal(operations.post_adjustment(shop.call, adjustment_id=adjustment_id))
        assert [
            (each.path, each.available, each.requested) for each in reasons if isinstance(each, InsufficientStock)
        ] == [(("lines", index, "quantity"), Quantity.of("1"), Quantity.of("2")) for index in range(2)]

    async def test_is_stronger_than_what_was_promised(self, call: Call) -> None:
        trade: Trade = await make_trade(call)
        await trade.stock_up("10")
        first, second = [await trade.sell((0, "5", "9")) for _ in range(2)]
        fact = await adjust(trade.shop, LOST, line(trade.shop, "-3"))
        assert isinstance(fact, DocumentPosted)
        assert fact.short_document_ids == (second,)
        assert (await trade.reserved(first), await trade.reserved(second)) == (["5"], ["2"])
        assert await trade.level(0, "on_hand", "reserved", "waiting", "available") == ["7", "7", "3", "0"]
        assert await differences() == []

    async def test_lets_those_have_goods_who_wait_for_them(self, call: Call) -> None:
        trade: Trade = await make_trade(call)
        order_id = await trade.sell((0, "4", "9"))
        assert await trade.reserved(order_id) == ["0"]
        await adjust(trade.shop, FOUND, line(trade.shop, "3", "2"))
        assert await trade.reserved(order_id) == ["3"]

    async def test_counts_for_an_open_day(self, shop: Shop) -> None:
        adjustment_id = await draft(shop, FOUND, line(shop, "1", "1"))
        today = (await Adjustment.get(id=adjustment_id)).business_date
        late = msgspec.structs.replace(keeper(shop), business_date=today - timedelta(days=1))
        assert [code for code, _ in await codes(operations.post_adjustment(late, adjustment_id=adjustment_id))] == [
            "LATE_DOCUMENT"
        ]
        past = msgspec.structs.replace(shop.call, business_date=today - timedelta(days=1))
        await operations.post_adjustment(past, adjustment_id=adjustment_id)
        assert (await Adjustment.get(id=adjustment_id)).business_date == today - timedelta(days=1)
        other = await draft(shop, FOUND, line(shop, "1", "1"))
        await close_period(shop.call, through=today - timedelta(days=1))
        assert [code for code, _ in await codes(operations.post_adjustment(past, adjustment_id=other))] == [
            "PERIOD_CLOSED"
        ]

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_costs_as_many_statements_for_a_hundred_lines_as_for_one(self, call: Call) -> None:
        costs = []
        for lines in (1, 10, 100):
            shop = await make_shop(call, skus=lines)
            await shop.post(*(shop.coming("9", "9", sku) for sku in range(lines)))
            await fitness.begin_day()
            both = [line(shop, quantity, sku=sku) for sku in range(lines) for quantity in ("-2", "1")]
            made = operations.create_adjustment(call, warehouse_id=shop.warehouse.id, reason=CORRECTION, lines=both)
            costs.append([await cost(made)])
            ((adjustment_id,),) = await db.fetch("SELECT max(id) FROM adjustment")
            costs[-1].append(await cost(operations.post_adjustment(call, adjustment_id=adjustment_id)))
            scrap = [scrapped(shop, "1", sku=sku) for sku in range(lines)]
            costs[-1].append(
                await cost(
                    operations.write_off(
                        call, warehouse_id=shop.warehouse.id, reason=AdjustmentReason.WRITE_OFF, lines=scrap
                    )
                )
            )
        assert costs[0] == costs[1] == costs[2]


class TestApproval:
    async def test_is_needed_above_the_threshold_only(self, shop: Shop) -> None:
        await shop.post(shop.coming("1000", "1000"))
        exact = await draft(shop, CORRECTION, line(shop, "-500"), line(shop, "500", "1"))
        more = await draft(shop, CORRECTION, line(shop, "-500"), line(shop, "500.0001", "1"))
        assert isinstance(await operations.post_adjustment(keeper(shop), adjustment_id=exact), DocumentPosted)
        waiting = await operations.post_adjustment(keeper(shop), adjustment_id=more)
        assert isinstance(waiting, DocumentSubmitted)
        assert await told(more) == ("SUBMITTED", None, [None, None])
        assert (await Adjustment.get(id=more)).estimated_value == Money.of("1000.0001")
        with pytest.raises(Forbidden):
            await operations.approve_adjustment(keeper(shop), adjustment_id=more)
        posted = await operations.approve_adjustment(shop.call, adjustment_id=more, expected_version=2)
        assert isinstance(posted, DocumentPosted)
        assert await told(more) == ("POSTED", "0.0001", ["-500", "500.0001"])

    async def test_is_decided_by_what_goods_cost_when_it_is_posted(self, shop: Shop) -> None:
        await shop.post(shop.coming("10", "10"))
        adjustment_id = await draft(shop, LOST, line(shop, "-5"))
        await shop.post(shop.coming("10", "9990"))
        waiting = await operations.post_adjustment(keeper(shop), adjustment_id=adjustment_id)
        assert isinstance(waiting, DocumentSubmitted)
        assert (await shop.level())["on_hand"] == "20"

    async def test_goes_by_the_threshold_of_the_company(self, shop: Shop) -> None:
        adjustment_id = await draft(shop, FOUND, line(shop, "0.0001", "1"))
        await company_says(adjustment_threshold=0)
        fact = await operations.post_adjustment(keeper(shop), adjustment_id=adjustment_id)
        assert isinstance(fact, DocumentSubmitted)

    async def test_can_be_refused_and_asked_for_again(self, shop: Shop) -> None:
        adjustment_id = await draft(shop, FOUND, line(shop, "2000", "1"))
        await operations.post_adjustment(keeper(shop), adjustment_id=adjustment_id)
        await operations.reject_adjustment(shop.call, adjustment_id=adjustment_id, note="数错了")
        adjustment = await Adjustment.get(id=adjustment_id)
        assert (adjustment.status.value, adjustment.estimated_value) == ("DRAFT", None)
        await operations.update_adjustment(
            keeper(shop), adjustment_id=adjustment_id, reason=FOUND, lines=new_lines([line(shop, "200", "1")])
        )
        await operations.post_adjustment(keeper(shop), adjustment_id=adjustment_id)
        assert await told(adjustment_id) == ("POSTED", "200", ["200"])

    async def test_posts_under_the_day_for_which_it_was_handed_in(self, shop: Shop) -> None:
        first, second = [await draft(shop, FOUND, line(shop, "2000", "1")) for _ in range(2)]
        yesterday = (await Adjustment.get(id=first)).business_date - timedelta(days=1)
        clerk = Call(
            actor_id=shop.call.actor_id,
            permissions=frozenset({ADJUST_STOCK, Permission.POST_LATE_DOCUMENTS}),
            business_date=yesterday,
        )
        for adjustment_id in (first, second):
            await operations.post_adjustment(clerk, adjustment_id=adjustment_id)
        await operations.approve_adjustment(shop.call, adjustment_id=first)
        assert (await Adjustment.get(id=first)).business_date == yesterday
        today = msgspec.structs.replace(shop.call, business_date=yesterday + timedelta(days=1))
        await operations.approve_adjustment(today, adjustment_id=second)
        assert (await Adjustment.get(id=second)).business_date == yesterday + timedelta(days=1)


class TestDrafts:
    async def test_show_all_problems_at_once(self, shop: Shop) -> None:
        elsewhere = await other_warehouse(shop)
        lines = [
            msgspec.structs.replace(line(shop, "1"), sku_id=5),
            line(shop, "0"),
            line(shop, "-1"),
            line(shop, "1", "-1"),
            line(shop, "1", "99999999"),
            line(shop, "1", place_id=elsewhere.warehouse.stock_place_id),
            line(shop, "1", place_id=shop.warehouse.transit_place_id),
            line(shop, "1", lot=LotLabel("L"), lot_id=7),
            line(shop, "1", serials=("x",) * 1_001),
        ]
        lines[4] = msgspec.structs.replace(lines[4], quantity=Quantity.of("99999999"))
        wrong = operations.create_adjustment(
            shop.call, warehouse_id=shop.warehouse.id, reason=FOUND, lines=lines, note="x" * 501
        )
        assert await codes(wrong) == [
            ("TEXT_TOO_LONG", ("note",)),
            ("UNKNOWN_ID", ("lines", 0, "sku_id")),
            ("MUST_NOT_BE_ZERO", ("lines", 1, "quantity")),
            ("WRONG_DIRECTION", ("lines", 2, "quantity")),
            ("OUT_OF_BOUNDS", ("lines", 3, "unit_cost")),
            ("OUT_OF_BOUNDS", ("lines", 4, "unit_cost")),
            ("UNKNOWN_ID", ("lines", 5, "place_id")),
            ("UNKNOWN_ID", ("lines", 6, "place_id")),
            ("LOT_GIVEN_TWICE", ("lines", 7, "lot")),
            ("UNKNOWN_ID", ("lines", 7, "lot_id")),
            ("TOO_MANY_LINES", ("lines", 8, "serials")),
        ]

    async def test_of_losses_name_what_is_there(self, call: Call) -> None:
        dairy = await make_shop(call, tracking=SkuTracking.LOT)
        lot_id = await dairy.lot("L", date(2026, 4, 1))
        lines = [
            line(dairy, "-1", lot=LotLabel("M")),
            line(dairy, "-1", "2"),
            line(dairy, "-1", sku=1, lot_id=lot_id),
            line(dairy, "-1", place_id=dairy.warehouse.damaged_place_id),
        ]
        wrong = operations.create_adjustment(dairy.call, warehouse_id=dairy.warehouse.id, reason=DAMAGED, lines=lines)
        assert await codes(wrong) == [
            ("UNKNOWN_ID", ("lines", 0, "lot", "number")),
            ("COST_OF_LOSS", ("lines", 1, "unit_cost")),
            ("UNKNOWN_ID", ("lines", 2, "lot_id")),
            ("ALREADY_DAMAGED", ("lines", 3, "place_id")),
        ]
        dates = [line(dairy, "-1", lot=LotLabel("L", None, date(2027, 1, 1)))]
        wrong = operations.create_adjustment(dairy.call, warehouse_id=dairy.warehouse.id, reason=LOST, lines=dates)
        assert await codes(wrong) == [("LOT_MISMATCH", ("lines", 0, "lot"))]

    async def test_of_gains_name_their_lot(self, call: Call) -> None:
        dairy = await make_shop(call, tracking=SkuTracking.LOT)
        wrong = operations.create_adjustment(
            dairy.call, warehouse_id=dairy.warehouse.id, reason=FOUND, lines=[line(dairy, "1")]
        )
        assert await codes(wrong) == [("LOT_REQUIRED", ("lines", 0, "lot"))]

    async def test_have_lines_and_not_too_many(self, shop: Shop) -> None:
        for lines, code in (([], "EMPTY_DOCUMENT"), ([line(shop, "1")] * 1_001, "TOO_MANY_LINES")):
            wrong = operations.create_adjustment(shop.call, warehouse_id=shop.warehouse.id, reason=FOUND, lines=lines)
            assert await codes(wrong) == [(code, ("lines",))]

    async def test_are_changed_by_whoever_has_seen_them(self, shop: Shop) -> None:
        adjustment_id = await draft(shop, AdjustmentReason.WRITE_OFF, line(shop, "-1"))
        lines = new_lines([line(shop, "-2"), line(shop, "-1", sku=1)])

        async def update(reason: AdjustmentReason, note: str = "", expected_version: int | None = None) -> None:
            await operations.update_adjustment(
                shop.call,
                adjustment_id=adjustment_id,
                reason=reason,
                lines=lines,
                note=note,
                expected_version=expected_version,
            )

        await update(DAMAGED, "破", 1)
        with pytest.raises(Conflict):
            await update(DAMAGED, expected_version=1)
        adjustment = await Adjustment.get(id=adjustment_id)
        assert (adjustment.reason, adjustment.is_write_off, adjustment.note, adjustment.version) == (
            DAMAGED, True, "破", 2,
        )  # fmt: skip
        await update(LOST)
        assert (await Adjustment.get(id=adjustment_id)).is_write_off is False

    async def test_can_be_given_up(self, shop: Shop) -> None:
        adjustment_id = await draft(shop, FOUND, line(shop, "1", "1"))
        await operations.cancel_adjustment(shop.call, adjustment_id=adjustment_id)
        assert (await told(adjustment_id))[0] == "CANCELLED"
        assert await codes(operations.post_adjustment(shop.call, adjustment_id=adjustment_id)) == [
            ("ILLEGAL_TRANSITION", ("id",))
        ]
