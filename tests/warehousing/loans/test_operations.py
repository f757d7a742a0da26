from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.goods import rebuild
from jxc_graphql.books.goods.ledger import Charge
from jxc_graphql.insight.verification.queries import differences, told
from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.documents.models import DocumentLink
from jxc_graphql.warehousing.loans import endings, operations
from jxc_graphql.warehousing.loans.models import LoanLossReason, LoanReturnLine
from tests.make.lending import Lender, make_lender
from tests.make.redrafts import new_lines
from tests.make.shop import AT
from tests.refusals import refusal


async def refused(work: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(reason.code, reason.path) for reason in await refusal(work)]


class TestLending:
    async def test_goods_lent_are_ours_and_not_to_be_promised(self, lender: Lender) -> None:
        await lender.trade.stock_up("10")
        loan_id = await lender.lend((0, "4"))
        assert await lender.level() == ("6", "6", "4", "12", "8")
        assert (await lender.status(loan_id), await lender.counted(loan_id)) == ("LENT", [("4", "0", "0", "0", "8")])
        assert await lender.trade.moved(loan_id) == [(None, "4", "STOCK", "LENT")]
        assert await differences() == []

    async def test_nothing_is_lent_that_is_kept_for_others(self, lender: Lender) -> None:
        await lender.trade.stock_up("10")
        await lender.trade.sell((0, "8", "3"))
        loan_id = await lender.draft((0, "3"))
        assert await refused(lender.approve(loan_id)) == [("INSUFFICIENT_STOCK", ("id",))]

    async def test_a_draft_binds_nobody(self, lender: Lender) -> None:
        await lender.trade.stock_up("10")
        loan_id = await lender.draft((0, "3"))
        changed = new_lines(lender.asked((1, "2"), (0, "1")))
        await operations.update_loan(lender.call, loan_id=loan_id, due_on=lender.due_on, lines=changed, note="展会")
        assert [str(one.quantity) for one in await lender.lines(loan_id)] == ["2", "1"]
        await operations.cancel_loan(lender.call, loan_id=loan_id)
        assert (await lender.status(loan_id), (await lender.level())[2]) == ("CANCELLED", "0")
        assert await refused(lender.approve(loan_id)) == [("ILLEGAL_TRANSITION", ("id",))]
        assert await differences() == []

    async def test_says_everything_that_is_wrong_with_a_draft(self, lender: Lender) -> None:
        both = {"supplier_id": lender.trade.supplier_id}
        assert await refused(lender.draft((0, "1"), **both)) == [("ONE_PARTNER", ())]
        early = {"due_on": clock.day_of(lender.call.at) - timedelta(days=1), "customer_id": 1}
        assert await refused(lender.draft((0, "0"), (0, "1", {"lot_number": "无"}), **early)) == [
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
            ("UNKNOWN_ID", ("lines", 1, "lot_number")),
            ("UNKNOWN_ID", ("customer_id",)),
            ("DUE_BEFORE_LENT", ("due_on",)),
        ]
        gone = await partners.create_supplier(lender.call, profile=Profile(code="停", name="停用供应商"))
        await partners.update_supplier(lender.call, supplier_id=gone.supplier_id, profile=Profile(is_active=False))
        to_gone = {"customer_id": None, "supplier_id": gone.supplier_id}
        assert await refused(lender.draft((0, "1"), **to_gone)) == [("PARTNER_INACTIVE", ("supplier_id",))]


class TestReturns:
    async def test_goods_come_back_in_parts_at_what_they_cost_when_they_left(self, lender: Lender) -> None:
        await lender.trade.stock_up("10", price="2")
        loan_id = await lender.lend((0, "4"))
        await lender.trade.stock_up("6", price="4")
        back = await lender.bring(loan_id, (0, "1"))
        assert (await lender.status(loan_id), await lender.level()) == (
            "PARTIALLY_RETURNED",
            ("13", "13", "3", "38", "6"),
        )
        (line,) = await LoanReturnLine.filter(loan_return_id=back.loan_return_id)
        assert str(line.value) == "2"
        assert await DocumentLink.filter(source_id=loan_id, target_id=back.loan_return_id).exists()
        damaged = lender.trade.shop.warehouse.damaged_place_id
        await lender.bring(loan_id, (0, "2"), (0, "1", {"place_id": damaged}))
        assert (await lender.status(loan_id), await lender.level()) == ("RETURNED", ("16", "15", "0", "44", "0"))
        assert await differences() == []

    async def test_no_more_comes_back_than_left(self, lender: Lender) -> None:
        await lender.trade.stock_up("10")
        loan_id = await lender.lend((0, "4"))
        lent = lender.trade.shop.warehouse.lent_place_id
        assert await refused(lender.bring(loan_id, (0, "3"), (0, "2"), (0, "1", {"place_id": lent}))) == [
            ("MORE_THAN_LENT", ("lines", 1, "quantity")),
            ("MORE_THAN_LENT", ("lines", 2, "quantity")),
            ("UNKNOWN_ID", ("lines", 2, "place_id")),
        ]

    async def test_lots_come_back_as_they_left(self, call: Call) -> None:
        lender = await make_lender(call, SkuTracking.LOT)
        shop = lender.trade.shop
        old, new = [
            await shop.lot(one, clock.day_of(call.at) + timedelta(days=n)) for one, n in (("旧", 9), ("新", 90))
        ]
        await shop.post(shop.coming("3", "3", lot_id=old), shop.coming("9", "9", lot_id=new))
        loan_id = await lender.lend((0, "5"))
        other = await lender.lend((0, "1", {"lot_number": "新"}))
        assert await refused(lender.bring(loan_id, (0, "3", {"lot_number": "新"}))) == [
            ("MORE_THAN_LENT", ("lines", 0, "quantity"))
        ]
        assert await refused(lender.bring(other, (0, "1", {"lot_number": "旧"}))) == [
            ("UNKNOWN_ID", ("lines", 0, "lot_number"))
        ]
        back = await lender.bring(loan_id, (0, "3"), (0, "1", {"lot_number": "新"}))
        assert sorted(await lender.trade.moved(back.loan_return_id)) == [
            ("新", "1", "LENT", "STOCK"),
            ("旧", "3", "LENT", "STOCK"),
        ]
        assert await differences() == []

    async def test_pieces_come_back_from_the_line_with_which_they_left(self, call: Call) -> None:
        lender = await make_lender(call, SkuTracking.SERIAL)
        shop = lender.trade.shop
        await shop.post(shop.coming("3", "3", serials=("a", "b", "c")))
        one = await lender.lend((0, "2", {"serials": ("a", "b")}))
        other = await lender.lend((0, "1", {"serials": ("c",)}))
        assert await refused(lender.bring(one, (0, "1", {"serials": ("c",)}))) == [
            ("SERIAL_NOT_LENT", ("lines", 0, "serials"))
        ]
        await lender.bring(one, (0, "1", {"serials": ("b",)}))
        await lender.close(one)
        await lender.close(other, LoanLossReason.BROKEN)
        assert await lender.counted(one) == [("2", "1", "0", "1", "2")]
        assert await differences() == []


class TestSales:
    async def test_who_has_the_goods_buys_them_by_an_order(self, lender: Lender) -> None:
        await lender.trade.stock_up("10")
        loan_id = await lender.lend((0, "4"))
        order_id = await lender.trade.sell((0, "3", "5"))
        assert await lender.level() == ("6", "3", "4", "12", "8")
        sold = await lender.sell(loan_id, order_id, (0, "3"))
        assert await lender.level() == ("6", "6", "1", "12", "2")
        assert (await lender.trade.sale(order_id))[0] == "SHIPPED"
        assert (await lender.status(loan_id), await lender.counted(loan_id)) == (
            "PARTIALLY_RETURNED",
            [("4", "0", "3", "0", "8")],
        )
        assert await lender.trade.moved(sold.shipment_id) == [(None, "3", "LENT", "CUSTOMER")]
        for source_id in (loan_id, order_id):
            assert await DocumentLink.filter(source_id=source_id, target_id=sold.shipment_id).exists()
        await lender.bring(loan_id, (0, "1"))
        assert await lender.status(loan_id) == "CLOSED"
        assert await differences() == []

    async def test_an_order_of_another_or_for_other_goods_does_not_do(self, lender: Lender) -> None:
        await lender.trade.stock_up("10", "10")
        to_supplier = {"customer_id": None, "supplier_id": lender.trade.supplier_id}
        loan_id = await lender.lend((0, "4"), **to_supplier)
        order_id = await lender.trade.sell((1, "3", "5"))
        assert await refused(lender.sell(loan_id, order_id, (0, "4"))) == [
            ("ORDER_OF_ANOTHER", ("sales_order_id",)),
            ("OTHER_GOODS", ("lines", 0, "sales_order_line_id")),
            ("OVER_SHIPMENT", ("lines", 0, "quantity")),
        ]


class TestLosses:
    @pytest.mark.parametrize(("reason", "place"), [(LoanLossReason.LOST, "VARIANCE"), (LoanLossReason.BROKEN, "SCRAP")])
    async def test_what_does_not_come_back_is_lost_at_its_cost(
        self, lender: Lender, reason: LoanLossReason, place: str
    ) -> None:
        await lender.trade.stock_up("10", "10")
        loan_id = await lender.lend((0, "4"), (1, "1"))
        await lender.bring(loan_id, (0, "1"))
        await lender.close(loan_id, reason)
        assert await lender.status(loan_id) == "CLOSED"
        assert await lender.counted(loan_id) == [("4", "1", "0", "3", "8"), ("1", "0", "0", "1", "2")]
        assert (await lender.trade.moved(loan_id))[2:] == [(None, "3", "LENT", place), (None, "1", "LENT", place)]
        assert await lender.level() == ("7", "7", "0", "14", "0")
        assert await differences() == []

    async def test_says_why(self, lender: Lender) -> None:
        await lender.trade.stock_up("10")
        loan_id = await lender.lend((0, "4"))
        assert await refused(lender.close(loan_id, note="")) == [("REQUIRED", ("note",))]

    async def test_nothing_ends_before_it_began(self, lender: Lender) -> None:
        await lender.trade.stock_up("10")
        loan_id = await lender.lend((0, "4"))
        yesterday = clock.day_of(lender.call.at) - timedelta(days=1)
        late = msgspec.structs.replace(lender.call, business_date=yesterday)
        parts = await lender.parts(loan_id, [(0, "1")])
        assert await refused(endings.return_loan(late, loan_id=loan_id, lines=parts)) == [
            ("BACK_BEFORE_LENT", ("business_date",))
        ]


class TestBooks:
    async def test_layers_are_lent_with_their_value_and_can_be_made_anew(self, lender: Lender) -> None:
        shop = lender.trade.shop
        await shop.value_by(ValuationMethod.FIFO)
        await lender.trade.stock_up("2", price="1")
        await lender.trade.stock_up("5", price="3")
        loan_id = await lender.lend((0, "3"))
        assert await lender.level() == ("4", "4", "3", "12", "5")
        order_id = await lender.trade.sell((0, "1", "9"))
        await lender.sell(loan_id, order_id, (0, "1"))
        assert await lender.level() == ("4", "4", "2", "12", "4")
        assert await rebuild.differences([shop.skus[0]], told()) == []
        assert await differences() == []

    async def test_a_charge_reaches_goods_that_are_lent(self, lender: Lender) -> None:
        shop = lender.trade.shop
        coming = shop.coming("4", "8")
        await shop.post(coming)
        await lender.at(AT).lend((0, "1"))
        await shop.charge(Charge(line_id=coming.line_id, amount=Money.of("4")))
        assert await lender.level() == ("3", "3", "1", "9", "3")
        assert await differences() == []
