from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.goods import rebuild
from jxc_graphql.books.goods.book import Book, BookLevel
from jxc_graphql.books.goods.rules import Leg
from jxc_graphql.books.goods.valuation import Portion
from jxc_graphql.insight.verification.queries import differences, told
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.pages import Slice
from jxc_graphql.masters.catalog.models import Product
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.office.company.operations import update_company
from jxc_graphql.office.company.settings import Choice, ConsignedTurn
from jxc_graphql.warehousing.consignments import queries
from jxc_graphql.warehousing.consignments.models import (
    ConsignmentEnd,
    ConsignmentIssue,
    ConsignmentPurpose,
    ConsignmentReceipt,
)
from tests.make.consigning import Consigning, make_consigning
from tests.refusals import refusal

RETURN, TAKE_OVER, LOST = ConsignmentEnd


async def refused(work: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(reason.code, reason.path) for reason in await refusal(work)]


async def days() -> tuple[str, ...]:
    """What came from suppliers, its cost, and what went to customers."""
    ((received, value, sold),) = await db.fetch(
        "SELECT SUM(received), SUM(received_value), SUM(sold_value) FROM stock_day"
    )
    return str(Money(int(received))), str(Money(int(value))), str(Money(int(sold)))


class TestReceipts:
    async def test_goods_of_a_supplier_are_here_and_worth_nothing(self, consigning: Consigning) -> None:
        await consigning.trade.stock_up("6")
        receipt_id = await consigning.bring((0, "10", "3.333"))
        assert await consigning.level() == ("6", "6", "10", "12")
        assert await consigning.moved(receipt_id) == [("10", "SUPPLIER", "CONSIGNED", "0")]
        assert str((await ConsignmentReceipt.get(id=receipt_id)).total) == "33.33"
        assert await days() == ("6", "12", "0")
        assert await differences() == []

    async def test_nothing_of_them_is_promised(self, consigning: Consigning) -> None:
        await consigning.bring((0, "10", "3"))
        assert await consigning.trade.reserved(await consigning.trade.sell((0, "4", "5"))) == ["0"]
        assert await differences() == []

    async def test_says_everything_that_is_wrong(self, consigning: Consigning) -> None:
        assert await refused(consigning.bring((0, "0", "-1"), supplier_id=1)) == [
            ("UNKNOWN_ID", ("supplier_id",)),
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
            ("OUT_OF_BOUNDS", ("lines", 0, "unit_price")),
        ]
        assert await refused(consigning.bring((0, "1000000", "1000000"))) == [("OUT_OF_BOUNDS", ("lines",))]


class TestBorrowing:
    DUE = timedelta(days=10)

    async def test_what_is_borrowed_lies_apart_until_it_goes_back_is_bought_or_used(
        self, consigning: Consigning
    ) -> None:
        due_on = clock.day_of(consigning.call.at) + self.DUE
        receipt_id = await consigning.bring((0, "10", "3"), purpose=ConsignmentPurpose.BORROWING, due_on=due_on)
        receipt = await ConsignmentReceipt.get(id=receipt_id)
        assert (receipt.purpose, receipt.due_on) == (ConsignmentPurpose.BORROWING, due_on)
        assert await consigning.level() == ("0", "0", "10", "0")
        await consigning.end(receipt_id, ConsignmentEnd.RETURN, (0, "6"))
        await consigning.end(receipt_id, ConsignmentEnd.TAKE_OVER, (0, "1"))
        assert await consigning.level() == ("1", "1", "3", "3")
        trade = consigning.trade
        await trade.ship(await trade.sell((0, "3", "9")), (0, "3"))  # ours, and two of his, which we owe for
        assert await consigning.level() == ("0", "0", "1", "0")
        assert await differences() == []

    async def test_says_what_is_wrong_with_the_day_by_which_it_goes_back(self, consigning: Consigning) -> None:
        day = clock.day_of(consigning.call.at)
        lent, bring = ConsignmentPurpose.BORROWING, consigning.bring
        assert await refused(bring((0, "1", "1"), purpose=lent)) == [("REQUIRED", ("due_on",))]
        assert await refused(bring((0, "1", "1"), purpose=lent, due_on=day - self.DUE)) == [
            ("DUE_BEFORE_BORROWED", ("due_on",))
        ]
        assert await refused(bring((0, "1", "1"), due_on=day)) == [("NOT_BORROWED", ("due_on",))]


class TestSales:
    @pytest.mark.parametrize("method", ValuationMethod)
    async def test_ours_go_first_and_theirs_at_their_price(
        self, consigning: Consigning, method: ValuationMethod
    ) -> None:
        await Product.all().update(valuation=method)
        trade = consigning.trade
        await trade.stock_up("6")
        await consigning.bring((0, "10", "3.333"))
        order_id = await trade.sell((0, "16", "5"))
        # 10 come to 33.33 and 6 to 20.00 (19.998), so the first 4 cost 13.33.
        first = await trade.ship(order_id, (0, "10"))
        assert await consigning.moved(first.shipment_id) == [
            ("6", "STOCK", "CUSTOMER", "12"),
            ("4", "CONSIGNED", "CUSTOMER", "13.33"),
        ]
        assert await consigning.level() == ("0", "0", "6", "0")
        assert await days() == ("10", "25.33", "25.33")
        second = await trade.ship(order_id, (0, "6"))
        assert await consigning.moved(second.shipment_id) == [("6", "CONSIGNED", "CUSTOMER", "20")]
        assert await consigning.level() == ("0", "0", "0", "0")
        assert await differences() == []

    async def test_theirs_go_first_where_the_company_says_so(self, consigning: Consigning) -> None:
        await update_company(consigning.call, choice=Choice(consigned_turn=ConsignedTurn.FIRST))
        trade = consigning.trade
        await trade.stock_up("6")
        await consigning.bring((0, "4", "3"))
        shipped = await trade.ship(await trade.sell((0, "5", "5")), (0, "5"))
        assert await consigning.moved(shipped.shipment_id) == [
            ("4", "CONSIGNED", "CUSTOMER", "12"),
            ("1", "STOCK", "CUSTOMER", "2"),
        ]
        assert await differences() == []

    async def test_what_is_kept_for_others_stays_where_theirs_will_do(self, consigning: Consigning) -> None:
        trade = consigning.trade
        await trade.stock_up("6")
        kept = await trade.sell((0, "6", "5"))
        await consigning.bring((0, "10", "3"))
        waits = await trade.sell((0, "4", "5"))
        shipped = await trade.ship(waits, (0, "4"))
        assert await consigning.moved(shipped.shipment_id) == [("4", "CONSIGNED", "CUSTOMER", "12")]
        assert await trade.reserved(kept) == ["6"]
        more = await trade.sell((0, "7", "5"))
        assert await refused(trade.ship(more, (0, "7"))) == [("INSUFFICIENT_STOCK", ("lines", 0, "quantity"))]
        assert await differences() == []

    async def test_of_several_lots_the_first_to_expire_goes_first(self, call: Call) -> None:
        consigning = await make_consigning(call, SkuTracking.LOT)
        today = clock.day_of(call.at)
        late, soon, over = (
            {"lot": LotLabel(number, None, today + timedelta(days=days))}
            for number, days in (("晚", 90), ("早", 9), ("过", -1))
        )
        await consigning.bring((0, "3", "3", late), (0, "3", "4", soon), (0, "3", "5", over))
        shipped = await consigning.trade.ship(await consigning.trade.sell((0, "4", "9")), (0, "4"))
        assert await consigning.moved(shipped.shipment_id) == [
            ("3", "CONSIGNED", "CUSTOMER", "12"),
            ("1", "CONSIGNED", "CUSTOMER", "3"),
        ]
        more = await consigning.trade.sell((0, "3", "9"))
        assert await refused(consigning.trade.ship(more, (0, "3"))) == [
            ("INSUFFICIENT_STOCK", ("lines", 0, "quantity"))
        ]
        assert await differences() == []

    async def test_pieces_go_by_their_numbers(self, call: Call) -> None:
        consigning = await make_consigning(call, SkuTracking.SERIAL)
        trade = consigning.trade
        await trade.shop.post(trade.shop.coming("1", "7", serials=("ours",)))
        one = await consigning.bring((0, "2", "3", {"serials": ("a", "b")}))
        other = await consigning.bring((0, "1", "4", {"serials": ("c",)}))
        order_id = await trade.sell((0, "3", "9"))
        shipped = await trade.leave(order_id, {"quantity": "3", "serials": ("a", "c", "ours")})
        assert sorted(await consigning.moved(shipped.shipment_id)) == [
            ("1", "CONSIGNED", "CUSTOMER", "3"),
            ("1", "CONSIGNED", "CUSTOMER", "4"),
            ("1", "STOCK", "CUSTOMER", "7"),
        ]
        assert await refused(consigning.end(other, RETURN, (0, "1", {"serials": ("b",)}))) == [
            ("SERIAL_ELSEWHERE", ("lines", 0, "quantity"))
        ]
        await consigning.end(one, RETURN, (0, "1", {"serials": ("b",)}))
        assert await differences() == []

    async def test_a_late_shipment_takes_what_had_come_by_then(self, consigning: Consigning) -> None:
        trade = consigning.trade
        order_id = await trade.sell((0, "4", "5"))
        await consigning.bring((0, "4", "3"))
        yesterday = clock.day_of(consigning.call.at) - timedelta(days=1)
        late = msgspec.structs.replace(trade, call=msgspec.structs.replace(consigning.call, business_date=yesterday))
        assert await refused(late.ship(order_id, (0, "4"))) != []
        await trade.ship(order_id, (0, "4"))
        assert await differences() == []


class TestEndings:
    async def test_goods_go_back_are_taken_over_or_got_lost(self, consigning: Consigning) -> None:
        receipt_id = await consigning.bring((0, "10", "3.333"))
        back = await consigning.end(receipt_id, RETURN, (0, "3"))
        assert await consigning.moved(back) == [("3", "CONSIGNED", "SUPPLIER", "0")]
        # Of the 7 that are left (23.33) 5 come to 16.67 (16.665), so 2 are 6.66; of those 4 to 13.33, so 1 is 3.34.
        ours = await consigning.end(receipt_id, TAKE_OVER, (0, "2"))
        assert await consigning.moved(ours) == [("2", "CONSIGNED", "STOCK", "6.66")]
        lost = await consigning.end(receipt_id, LOST, (0, "1"))
        assert await consigning.moved(lost) == [("1", "CONSIGNED", "VARIANCE", "3.34")]
        assert await consigning.level() == ("2", "2", "4", "6.66")
        assert [str((await ConsignmentIssue.get(id=one)).total) for one in (back, ours, lost)] == ["0", "6.66", "3.34"]
        assert await refused(consigning.end(receipt_id, RETURN, (0, "5"))) == [
            ("INSUFFICIENT_STOCK", ("lines", 0, "quantity"))
        ]
        assert await differences() == []

    async def test_what_is_taken_over_goes_to_those_who_wait(self, consigning: Consigning) -> None:
        receipt_id = await consigning.bring((0, "10", "3"))
        order_id = await consigning.trade.sell((0, "4", "5"))
        await consigning.end(receipt_id, TAKE_OVER, (0, "6"))
        assert await consigning.trade.reserved(order_id) == ["4"]
        assert await differences() == []

    async def test_nobody_gives_away_what_another_line_brought(self, consigning: Consigning) -> None:
        receipt_id = await consigning.bring((0, "2", "3"), (0, "5", "4"))
        assert await refused(consigning.end(receipt_id, TAKE_OVER, (0, "3"))) == [
            ("INSUFFICIENT_STOCK", ("lines", 0, "quantity"))
        ]

    async def test_what_became_ours_is_listed_for_its_owner(self, consigning: Consigning) -> None:
        receipt_id = await consigning.bring((0, "10", "3"))
        await consigning.trade.ship(await consigning.trade.sell((0, "4", "5")), (0, "4"))
        await consigning.end(receipt_id, RETURN, (0, "1"))
        await consigning.end(receipt_id, TAKE_OVER, (0, "2"))
        today = clock.day_of(consigning.call.at)
        given: dict[str, Any] = {"supplier_id": consigning.trade.supplier_id, "first_day": today, "last_day": today}
        page = await queries.settlements(consigning.call, Slice(), **given)
        assert [(str(one.quantity), str(one.amount)) for one in page.nodes] == [("4", "12"), ("2", "6")]
        other = await queries.settlements(consigning.call, Slice(), **given | {"supplier_id": 1})
        assert other.nodes == []


class TestBooks:
    @pytest.mark.parametrize(
        "wrong",
        [
            "UPDATE consigned_stock SET quantity = quantity - 10000",
            "UPDATE stock_level SET consigned = consigned + 10000",
        ],
    )
    async def test_what_does_not_agree_is_found_and_made_anew(self, consigning: Consigning, wrong: str) -> None:
        await consigning.bring((0, "10", "3"))
        await db.transactional(db.execute)(wrong)
        assert await differences() != []
        await rebuild.rebuild(consigning.call, consigning.trade.shop.skus, told())
        assert await differences() == []

    async def test_a_value_of_goods_that_are_not_ours_is_found(
        self, consigning: Consigning, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        right = Book._bring  # noqa: SLF001

        def wrong(book: Book, leg: Leg, level: BookLevel, business_date: date) -> list[Portion]:
            value = leg.move.brings.worth(leg.quantity) if leg.move.brings else Money(0)
            return [msgspec.structs.replace(one, value=value) for one in right(book, leg, level, business_date)]

        monkeypatch.setattr(Book, "_bring", wrong)
        await consigning.bring((0, "10", "3"))
        (found,) = await differences()
        assert (found.what, found.expected, found.actual) == (
            "stock_movement.value is nothing while goods are a supplier's",
            "0",
            "30",
        )
