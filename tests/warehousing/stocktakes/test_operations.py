from datetime import date

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Conflict, Forbidden
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.warehousing.stocktakes import operations
from jxc_graphql.warehousing.stocktakes.models import (
    APPROVE_STOCKTAKES,
    MANAGE_STOCKTAKES,
    CountMode,
    StocktakeCount,
    UncountedLines,
)
from jxc_graphql.warehousing.stocktakes.rules import CountScope, LinesNotCounted, WantedSheet
from jxc_graphql.warehousing.stocktakes.slips import AskedCount
from tests.make.hall import Hall, of, only
from tests.make.trade import set_column
from tests.refusals import codes, refusal


class TestPlanStocktake:
    async def test_has_a_line_for_each_sku_place_and_lot(self, hall: Hall) -> None:
        await hall.bring(hall.milk, "5", lot="L1", place_id=hall.bins[1])
        await hall.bring(hall.milk, "6", lot="L2", place_id=hall.bins[1])
        await hall.carry(hall.skus[0], "4", hall.stock, hall.bins[0])
        stocktake_id = await hall.plan()
        lines = await hall.lines(stocktake_id, "line_no", "sku_id", "place_id", "book_quantity")
        assert lines[:3] == [(1, hall.skus[0], hall.bins[0], None), (2, hall.milk, hall.bins[1], None),
                             (3, hall.milk, hall.bins[1], None)]  # fmt: skip
        assert sorted(line[1] for line in lines[3:]) == sorted(hall.skus)
        assert await hall.verify() == []

    async def test_is_narrowed_by_categories_places_and_skus(self, hall: Hall) -> None:
        parent = (await categories.create_category(hall.call, code="TOP", name="上级")).category_id
        child = (await categories.create_category(hall.call, code="SUB", name="下级", parent_id=parent)).category_id
        product = await catalog.create_product(hall.call, code="NEW", name="新品", category_id=child)
        made = await catalog.create_sku(hall.call, product_id=product.product_id, code="NEW", name="新品", unit="件")
        await hall.bring(made.sku_id, "3")
        await hall.carry(hall.skus[0], "4", hall.stock, hall.bins[0])
        for scope, expected in (
            (CountScope(category_ids=(parent,)), [made.sku_id]),
            (CountScope(place_ids=(hall.bins[0],)), [hall.skus[0]]),
            (CountScope(sku_ids=(hall.skus[1], hall.skus[2])), [hall.skus[1], hall.skus[2]]),
            (CountScope(sku_ids=hall.skus, place_ids=(hall.bins[0],)), [hall.skus[0]]),
        ):
            stocktake_id = await hall.plan(scope=scope)
            assert [line for (line,) in await hall.lines(stocktake_id, "sku_id")] == expected

    async def test_can_include_goods_of_which_the_books_have_none(self, hall: Hall) -> None:
        stocktake_id = await hall.plan(scope=only(hall.phone, hall.skus[0]), includes_empty=True)
        assert {line for (line,) in await hall.lines(stocktake_id, "sku_id")} == {hall.phone, hall.skus[0]}
        assert await codes(hall.plan(scope=only(hall.phone))) == [("EMPTY_DOCUMENT", ("lines",))]

    async def test_refuses_what_is_wrong_all_at_once(self, hall: Hall) -> None:
        warehouse = hall.trade.shop.warehouse
        scope = CountScope(category_ids=(7,), place_ids=(8, warehouse.transit_place_id), sku_ids=(9,))
        assert await codes(hall.plan(scope=scope, note="x" * 501)) == [
            ("UNKNOWN_ID", ("category_ids", 0)),
            ("UNKNOWN_ID", ("place_ids", 0)),
            ("UNKNOWN_ID", ("sku_ids", 0)),
            ("PLACE_NOT_COUNTED", ("place_ids", 1)),
            ("TEXT_TOO_LONG", ("note",)),
        ]

    async def test_refuses_more_lines_than_can_be(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jxc_graphql.warehousing.stocktakes.rules.MAX_LINES", 2)
        (reason,) = await refusal(hall.plan())
        assert (reason.code, getattr(reason, "lines"), getattr(reason, "limit")) == ("TOO_MANY_LINES", 3, 2)  # noqa: B009

    async def test_leaves_it_to_approvers_to_grant_a_limit(self, hall: Hall) -> None:
        keeper = msgspec.structs.replace(hall.call, permissions=frozenset(Permission) - {APPROVE_STOCKTAKES})
        theirs = msgspec.structs.replace(hall, call=keeper)
        with pytest.raises(Forbidden):
            await theirs.plan()
        await theirs.plan(approval_limit=Money(0))


class TestStartStocktake:
    async def test_takes_the_snapshot_of_what_is_there_now(self, hall: Hall) -> None:
        stocktake_id = await hall.plan(scope=CountScope(place_ids=(hall.stock,)))
        await hall.bring(hall.phone, "1", serials=["S1"])
        await hall.trade.ship(await hall.trade.sell((0, "3", "9")), (0, "3"))
        await operations.start_stocktake(hall.call, stocktake_id=stocktake_id)
        assert await hall.lines(stocktake_id, "line_no", "book_quantity", "has_moved") == [
            (1, "7", False), (2, "20", False), (3, "30", False), (4, "1", False),
        ]  # fmt: skip
        assert await hall.verify() == []
        assert {moved for (moved,) in await hall.lines(stocktake_id, "has_moved")} == {0}

    async def test_refuses_goods_that_another_stocktake_has(self, hall: Hall) -> None:
        first = await hall.start(scope=only(hall.skus[0]))
        stocktake_id = await hall.plan()
        assert await codes(operations.start_stocktake(hall.call, stocktake_id=stocktake_id)) == [
            ("GOODS_UNDER_COUNT", ("id",))
        ]
        other = await hall.start(scope=only(hall.skus[1]))
        assert await codes(hall.count(other, of(hall.skus[0], "1"))) == [("GOODS_UNDER_COUNT", ("counts",))]
        await operations.cancel_stocktake(hall.call, stocktake_id=first)
        await operations.cancel_stocktake(hall.call, stocktake_id=other)
        await operations.start_stocktake(hall.call, stocktake_id=stocktake_id)


class TestSheets:
    async def test_take_equal_parts_or_ranges_of_places(self, hall: Hall) -> None:
        await hall.carry(hall.skus[0], "1", hall.stock, hall.bins[0])
        await hall.carry(hall.skus[0], "1", hall.stock, hall.bins[1])
        stocktake_id = await hall.plan()

        async def dealt(*wanted: WantedSheet) -> list[int]:
            fact = await operations.split_stocktake(hall.call, stocktake_id=stocktake_id, sheets=wanted)
            order = {sheet_id: at for at, sheet_id in enumerate(fact.sheet_ids)}
            return [order.get(sheet, -1) for (sheet,) in await hall.lines(stocktake_id, "sheet_id")]

        assert await dealt(WantedSheet(), WantedSheet(counter_id=hall.call.actor_id)) == [0, 0, 1, 1, 1]
        ranges = WantedSheet(to_place="A-99"), WantedSheet(from_place="A-01", to_place="B-99")
        assert await dealt(*ranges) == [0, 1, -1, -1, -1]
        split = operations.split_stocktake
        bad = [WantedSheet(counter_id=1), WantedSheet(from_place="Z", name="x" * 61)]
        assert await codes(split(hall.call, stocktake_id=stocktake_id, sheets=bad)) == [
            ("PARTS_OR_RANGES", ("sheets",)),
            ("UNKNOWN_ID", ("sheets", 0, "counter_id")),
            ("TEXT_TOO_LONG", ("sheets", 1, "name")),
        ]
        nowhere = [WantedSheet(from_place="Z")]
        assert await codes(split(hall.call, stocktake_id=stocktake_id, sheets=nowhere)) == [
            ("RANGE_EMPTY", ("sheets", 0))
        ]

    async def test_keep_their_lines_to_themselves_and_are_not_dealt_out_again(self, hall: Hall) -> None:
        stocktake_id = await hall.start()
        fact = await operations.split_stocktake(
            hall.call, stocktake_id=stocktake_id, sheets=[WantedSheet(), WantedSheet()]
        )
        first, second = fact.sheet_ids
        await hall.count(stocktake_id, of(hall.skus[0], "1"), sheet_id=first)
        assert await codes(hall.count(stocktake_id, of(hall.skus[0], "1"), sheet_id=second)) == [
            ("LINE_OF_ANOTHER_SHEET", ("counts", 0))
        ]
        found = await hall.count(stocktake_id, of(hall.skus[0], "1", place="A-01"), sheet_id=second)
        assert found.lines_found == 1
        again = operations.split_stocktake(hall.call, stocktake_id=stocktake_id, sheets=[WantedSheet()])
        assert await codes(again) == [("SHEETS_IN_USE", ("sheets",))]


class TestRecordCounts:
    async def test_names_lines_by_id_sku_code_or_barcode(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(*hall.skus))
        ((line_id,), *_) = await hall.lines(stocktake_id, "id")
        await set_column(
            "INSERT INTO barcode (id, sku_id, code, unit) SELECT 1, id, 'BOX', '箱' FROM sku WHERE id = ?", hall.skus[1]
        )
        ((code,),) = await db.fetch("SELECT code FROM sku WHERE id = ?", (hall.skus[2],))
        await hall.count(
            stocktake_id,
            AskedCount(line_id=line_id, quantity=Quantity.of("9")),
            AskedCount(code=" BOX ", quantity=Quantity.of("2")),
            AskedCount(code=code, place="STOCK", quantity=Quantity.of("30")),
        )
        assert await hall.lines(stocktake_id, "counted_quantity", "book_quantity_at_count", "variance", "version") == [
            ("9", "10", "-1", 1), ("24", "20", "4", 1), ("30", "30", "0", 1),
        ]  # fmt: skip

    async def test_takes_lot_and_serial_number_off_a_scanned_label(self, hall: Hall) -> None:
        for number, sku_id, code in ((1, hall.milk, "6901234567892"), (2, hall.phone, "4006381333931")):
            await set_column(
                "INSERT INTO barcode (id, sku_id, code, unit) VALUES (?, ?, ?, '件')", number, sku_id, code
            )
        stocktake_id = await hall.start(scope=only(hall.skus[0]))
        milk = AskedCount(code="(01)06901234567892(10)A7", quantity=Quantity.of("2"))
        await hall.count(stocktake_id, milk, AskedCount(code="(01)04006381333931(21)S1"), mode=CountMode.ADD)
        assert await hall.lines(stocktake_id, "counted_quantity") == [(None,), ("2",), ("1",)]
        assert await db.fetch("SELECT number FROM lot UNION ALL SELECT number FROM stocktake_serial") == [
            ("A7",), ("S1",),
        ]  # fmt: skip

    async def test_tells_an_impossible_date_on_a_label(self, hall: Hall) -> None:
        await set_column("INSERT INTO barcode (id, sku_id, code, unit) VALUES (1, ?, '6901234567892', '件')", hall.milk)
        stocktake_id = await hall.start(scope=only(hall.skus[0]))
        label = AskedCount(code="(01)06901234567892(10)A7(17)260231", quantity=Quantity.of("2"))
        assert await codes(hall.count(stocktake_id, label)) == [("LABEL_UNCLEAR", ("counts", 0, "code"))]
        await hall.count(stocktake_id, msgspec.structs.replace(label, lot=LotLabel("A7", None, date(2026, 2, 28))))
        assert await db.fetch("SELECT number FROM lot") == [("A7",)]

    async def test_makes_lines_of_goods_that_were_found(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(hall.skus[0]))
        milk = AskedCount(sku_id=hall.milk, lot=LotLabel("N1"), place_id=hall.bins[0], quantity=Quantity.of("2"))
        fact = await hall.count(stocktake_id, milk, of(hall.skus[1], "3", place="B-01"))
        assert (fact.lines_counted, fact.lines_found, len(fact.line_ids)) == (2, 2, 2)
        columns = ("line_no", "is_found", "book_quantity", "variance")
        assert sorted(await hall.lines(stocktake_id, *columns))[1:] == [(2, 1, "0", "2"), (3, 1, "0", "3")]
        await hall.finish(stocktake_id)
        assert await hall.at(hall.skus[1], hall.bins[1]) == "3"
        assert await hall.verify() == []

    async def test_keeps_every_count_and_the_latest_is_worth_unless_told_to_add(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(hall.skus[0]))
        for quantity, mode, expected in (
            ("4", CountMode.REPLACE, "4"), ("7", CountMode.REPLACE, "7"), ("2", CountMode.ADD, "9"),
        ):  # fmt: skip
            await hall.count(stocktake_id, of(hall.skus[0], quantity), mode=mode)
            assert await hall.lines(stocktake_id, "counted_quantity") == [(expected,)]
        twice = [of(hall.skus[0], "1"), of(hall.skus[0], "1")]
        assert await codes(hall.count(stocktake_id, *twice)) == [("COUNT_REPEATED", ("counts", 1))]
        await hall.count(stocktake_id, *twice, mode=CountMode.ADD)
        assert await hall.lines(stocktake_id, "counted_quantity", "version") == [("11", 4)]
        kept = await StocktakeCount.all().order_by("id").values_list("quantity", "is_valid")
        assert [(str(quantity), valid) for quantity, valid in kept] == [
            ("4", False), ("7", True), ("2", True), ("1", True), ("1", True),
        ]  # fmt: skip
        stale = of(hall.skus[0], "1", expected_version=3)
        assert await codes(hall.count(stocktake_id, stale)) == [("STALE_VERSION", ("counts", 0, "expected_version"))]
        assert await hall.verify() == []

    async def test_tells_all_that_is_wrong_at_once(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(hall.skus[0]))
        transit = hall.trade.shop.warehouse.transit_place_id
        wrong = [
            AskedCount(quantity=Quantity.of("1")),
            AskedCount(line_id=10**15, quantity=Quantity.of("1")),
            AskedCount(code="?", quantity=Quantity.of("1")),
            of(5, "1"),
            of(hall.skus[0], "-1"),
            of(hall.skus[0], None),
            of(hall.skus[0], "1", unit="吨"),
            of(hall.skus[0], "1", place="Z"),
            of(hall.skus[0], "1", place_id=transit),
            of(hall.milk, "1"),
            of(hall.skus[0], "1", serials=("X",)),
            of(hall.phone, "2", serials=("X", "X")),
        ]
        assert await codes(hall.count(stocktake_id, *wrong)) == [
            ("GOODS_NOT_NAMED", ("counts", 0)),
            ("UNKNOWN_ID", ("counts", 1, "line_id")),
            ("UNKNOWN_CODE", ("counts", 2, "code")),
            ("UNKNOWN_ID", ("counts", 3, "sku_id")),
            ("OUT_OF_BOUNDS", ("counts", 4, "quantity")),
            ("REQUIRED", ("counts", 5, "quantity")),
            ("UNKNOWN_UNIT", ("counts", 6, "unit")),
            ("UNKNOWN_CODE", ("counts", 7, "place")),
            ("PLACE_NOT_COUNTED", ("counts", 8, "place_id")),
            ("LOT_REQUIRED", ("counts", 9, "lot")),
            ("SERIALS_NOT_KEPT", ("counts", 10, "serials")),
            ("SERIAL_REPEATED", ("counts", 11, "serials", 1)),
        ]
        assert await codes(hall.count(stocktake_id)) == [("EMPTY_DOCUMENT", ("counts",))]

    async def test_sends_as_many_statements_for_many_counts_as_for_few(self, hall: Hall) -> None:
        told = []
        for size in (1, 3):
            stocktake_id = await hall.start()
            counts = [of(sku, "5", place="STOCK") for sku in hall.skus[:size]]
            found = [of(sku, "5", place="A-01") for sku in hall.skus[:size]]
            with db.statements() as seen:
                await hall.count(stocktake_id, *counts, *found)
            told.append(len(seen))
            await operations.cancel_stocktake(hall.call, stocktake_id=stocktake_id)
        assert told[0] == told[1] < 25

    async def test_answers_a_repeat_with_the_first_answer(self, hall: Hall) -> None:
        stocktake_id = await hall.start()
        keyed = msgspec.structs.replace(hall.call, idempotency_key="k")
        for _ in range(2):
            await hall.count(stocktake_id, of(hall.skus[0], "4"), mode=CountMode.ADD, call=keyed)
        assert await StocktakeCount.all().count() == 1
        with pytest.raises(Conflict):
            await hall.count(stocktake_id, of(hall.skus[0], "5"), mode=CountMode.ADD, call=keyed)


class TestMovementDuringTheCount:
    async def test_keeps_the_variance_right_and_flags_the_lines(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(*hall.skus))
        sold = await hall.trade.sell((0, "3", "9"), (1, "2", "9"))
        await hall.trade.ship(sold, (0, "3"))
        await hall.count(stocktake_id, of(hall.skus[0], "7"), of(hall.skus[1], "21"), of(hall.skus[2], "30"))
        await hall.trade.ship(sold, (1, "2"))
        assert await hall.verify() == []
        flagged = [("10", "7", "0", 1), ("20", "20", "1", 1), ("30", "30", "0", 0)]
        columns = ("book_quantity", "book_quantity_at_count", "variance", "has_moved")
        assert await hall.lines(stocktake_id, *columns) == flagged
        await set_column("UPDATE stocktake_line SET has_moved = false")
        await hall.submit(stocktake_id)
        assert await hall.lines(stocktake_id, *columns) == flagged
        await hall.post(stocktake_id)
        assert [await hall.at(sku, hall.stock) for sku in hall.skus] == ["7", "19", "30"]
        assert await hall.verify() == []


class TestRecount:
    async def test_begins_a_line_anew(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(*hall.skus), is_blind=True)
        await hall.count(stocktake_id, of(hall.skus[0], "4"), of(hall.skus[1], "19"), of(hall.skus[2], "30"))
        await hall.trade.ship(await hall.trade.sell((0, "1", "9")), (0, "1"))
        again = operations.request_recount
        nothing = again(hall.call, stocktake_id=stocktake_id, min_quantity=Quantity.of("7"))
        assert await codes(nothing) == [("NOTHING_TO_RECOUNT", ())]
        fact = await again(hall.call, stocktake_id=stocktake_id, min_value=Money.of("12"), note="差太多")
        assert fact.lines_to_recount == 1
        columns = ("round", "book_quantity", "counted_quantity", "has_moved")
        assert (await hall.lines(stocktake_id, *columns))[0] == (2, "9", None, 0)
        await hall.count(stocktake_id, of(hall.skus[0], "9"))
        await hall.submit(stocktake_id)
        assert await hall.lines(stocktake_id, "variance", "has_moved") == [("0", 0), ("-1", 0), ("0", 0)]
        lines = [line for (line,) in await hall.lines(stocktake_id, "id")]
        assert await codes(again(hall.call, stocktake_id=stocktake_id, line_ids=[10**15, lines[1]])) == [
            ("UNKNOWN_ID", ("line_ids", 0))
        ]
        await again(hall.call, stocktake_id=stocktake_id, line_ids=[lines[1]])
        assert await hall.status(stocktake_id) == "COUNTING"
        assert await hall.verify() == []

    async def test_takes_the_permission_to_see_costs_for_a_threshold_in_value(self, hall: Hall) -> None:
        stocktake_id = await hall.start()
        keeper = msgspec.structs.replace(hall.call, permissions=frozenset({MANAGE_STOCKTAKES}))
        with pytest.raises(Forbidden):
            await operations.request_recount(keeper, stocktake_id=stocktake_id, min_value=Money.of("1"))


class TestSubmitAndApprove:
    async def test_wants_to_know_what_uncounted_lines_mean(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(*hall.skus))
        await hall.count(stocktake_id, of(hall.skus[0], "12"))
        assert await refusal(hall.submit(stocktake_id)) == [LinesNotCounted(path=("uncounted",), lines=2)]
        await hall.submit(stocktake_id, uncounted=UncountedLines.UNCOUNTED_AS_ZERO)
        assert await hall.lines(stocktake_id, "variance", "variance_value") == [("2", "4"), ("-20", "-40"),
                                                                                ("-30", "-60")]  # fmt: skip
        assert await hall.verify() == []
        await operations.reject_stocktake(hall.call, stocktake_id=stocktake_id, note="再盘")
        assert await hall.lines(stocktake_id, "counted_quantity") == [("12",), (None,), (None,)]
        await hall.submit(stocktake_id, uncounted=UncountedLines.UNCOUNTED_UNCHANGED)
        await hall.post(stocktake_id)
        assert [await hall.at(sku, hall.stock) for sku in hall.skus] == ["12", "20", "30"]
        assert await hall.verify() == []

    async def test_posts_above_the_limit_with_an_approval_only(self, hall: Hall) -> None:
        stocktake_id = await hall.start(scope=only(hall.skus[0], hall.skus[1]), approval_limit=Money.of("9.99"))
        await hall.count(stocktake_id, of(hall.skus[0], "12"), of(hall.skus[1], "17"))
        await hall.submit(stocktake_id)
        keeper = msgspec.structs.replace(hall.call, permissions=frozenset({MANAGE_STOCKTAKES}))
        theirs = msgspec.structs.replace(hall, call=keeper)
        assert await codes(theirs.post(stocktake_id)) == [("APPROVAL_REQUIRED", ("id",))]
        await operations.approve_stocktake(hall.call, stocktake_id=stocktake_id)
        await theirs.post(stocktake_id)
        rows = await db.fetch("SELECT surplus_value, shortage_value, lines_with_variance FROM stocktake")
        assert rows == [(40000, 60000, 2)]
        assert await hall.trade.level(0, "on_hand", "value") == ["12", "24"]
        assert await hall.verify() == []
