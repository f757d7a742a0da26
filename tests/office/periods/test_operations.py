from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.buying.receiving.models import GoodsReceipt
from jxc_graphql.exchange.operations import load
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, NotFound, Reason
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.periods import facts, queries
from jxc_graphql.office.periods.models import Period, PeriodStatus
from jxc_graphql.office.periods.operations import close_period, reopen_period
from jxc_graphql.office.periods.rules import (
    FutureBusinessDate,
    LateDocument,
    LaterPeriodClosed,
    PeriodClosed,
    PeriodNotOver,
    PeriodOpen,
)
from jxc_graphql.selling.shipping.models import Shipment
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.operations import OpeningLine
from tests import patience
from tests.make.days import day
from tests.make.trade import Trade, set_column
from tests.refusals import refusal


def on(trade: Trade, business_date: date | None, *lacking: Permission) -> Trade:
    """The same trade by a caller who posts under a day, and lacks permissions."""
    held = trade.call.permissions - set(lacking)
    call = msgspec.structs.replace(trade.call, business_date=business_date, permissions=held)
    return msgspec.structs.replace(trade, call=call)


async def open_balance(trade: Trade, business_date: date) -> int:
    lines = [OpeningLine(sku_id=trade.shop.skus[0], quantity=Quantity.of("5"), unit_cost=UnitPrice.of("2"))]
    fact = await openings.post_opening_balance(
        trade.call, warehouse_id=trade.shop.warehouse.id, business_date=business_date, lines=lines
    )
    return fact.subject_id


def is_closed(through: date, *path: str) -> list[Reason]:
    return [PeriodClosed(path=path or ("business_date",), closed_through=through)]


async def recorded(*names: str) -> list[Any]:
    return [entry.fact for entry in await patience.recorded(*names)]


class TestClosePeriod:
    async def test_closes_all_days_up_to_one(self, call: Call) -> None:
        first = await close_period(call, through=day(40))
        second = await close_period(call, through=day(10))
        assert (first.starts_on, first.ends_on) == (None, day(40))
        assert (second.starts_on, second.ends_on) == (day(39), day(10))
        assert await queries.closed_through() == day(10)
        period = await Period.get(id=second.period_id)
        assert (period.status, period.closed_by_id, period.reopened_at) == (PeriodStatus.CLOSED, call.actor_id, None)
        assert await recorded("PeriodClosed") == [first, second]

    async def test_takes_yesterday_and_not_today(self, call: Call) -> None:
        for through in (day(0), day(-1), date.max):
            assert await refusal(close_period(call, through=through)) == [
                PeriodNotOver(path=("through",), yesterday=day(1))
            ]
        await close_period(call, through=day(1))
        assert await queries.closed_through() == day(1)

    async def test_goes_forward_only(self, call: Call) -> None:
        await close_period(call, through=day(10))
        for through in (day(10), day(11), date.min):
            assert await refusal(close_period(call, through=through)) == is_closed(day(10), "through")

    async def test_takes_a_permission_of_its_own(self, call: Call) -> None:
        others = msgspec.structs.replace(call, permissions=call.permissions - {Permission.CLOSE_PERIODS})
        with pytest.raises(Forbidden):
            await close_period(others, through=day(10))
        assert await queries.closed_through() is None

    async def test_closes_once_for_one_key(self, call: Call) -> None:
        keyed = msgspec.structs.replace(call, idempotency_key="close")
        assert await close_period(keyed, through=day(3)) == await close_period(keyed, through=day(3))
        assert await Period.all().count() == 1


class TestReopenPeriod:
    async def test_opens_the_newest_period_and_keeps_the_row(self, trade: Trade) -> None:
        older = await close_period(trade.call, through=day(20))
        newer = await close_period(trade.call, through=day(10))
        fact = await reopen_period(trade.call, period_id=newer.period_id, note="漏记一单")
        assert await recorded("PeriodReopened") == [fact]
        assert fact == facts.PeriodReopened(
            period_id=newer.period_id, starts_on=day(19), ends_on=day(10), note="漏记一单"
        )
        assert await queries.closed_through() == day(20)
        await on(trade, day(19)).stock_up("5")
        period = await Period.get(id=newer.period_id)
        assert (period.status, period.note, period.reopened_by_id) == (
            PeriodStatus.REOPENED, "漏记一单", trade.call.actor_id,
        )  # fmt: skip
        await reopen_period(trade.call, period_id=older.period_id, note="再早一个")
        assert await queries.closed_through() is None

    async def test_a_reopened_period_is_closed_anew_by_another_row(self, call: Call) -> None:
        first = await close_period(call, through=day(10))
        await reopen_period(call, period_id=first.period_id, note="x")
        again = await close_period(call, through=day(10))
        assert again.period_id != first.period_id
        assert await db.fetch("SELECT status FROM period ORDER BY id") == [("REOPENED",), ("CLOSED",)]

    async def test_is_refused_out_of_order_twice_and_without_a_reason(self, call: Call) -> None:
        older = await close_period(call, through=day(20))
        newer = await close_period(call, through=day(10))
        assert await refusal(reopen_period(call, period_id=older.period_id, note="x")) == [
            LaterPeriodClosed(path=("period_id",), closed_through=day(10))
        ]
        blank = await refusal(reopen_period(call, period_id=newer.period_id, note=" "))
        assert [(reason.code, reason.path) for reason in blank] == [("REQUIRED", ("note",))]
        await reopen_period(call, period_id=newer.period_id, note="x")
        assert await refusal(reopen_period(call, period_id=newer.period_id, note="x")) == [
            PeriodOpen(path=("period_id",))
        ]

    async def test_needs_a_period_and_a_permission_of_its_own(self, call: Call) -> None:
        with pytest.raises(NotFound):
            await reopen_period(call, period_id=1, note="x")
        closed = await close_period(call, through=day(10))
        others = msgspec.structs.replace(call, permissions=call.permissions - {Permission.REOPEN_PERIODS})
        with pytest.raises(Forbidden):
            await reopen_period(others, period_id=closed.period_id, note="x")
        assert await queries.closed_through() == day(10)


class TestPostingUnderADay:
    async def test_is_under_today_unless_another_day_is_named(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "9", "2"))
        await trade.receive(order_id, (0, "4"))
        await on(trade, day(7)).receive(order_id, (0, "5"))
        sale_id = await trade.sell((0, "3", "9"))
        await on(trade, day(0)).ship(sale_id, (0, "1"))
        await on(trade, day(1)).ship(sale_id, (0, "2"))
        receipts = GoodsReceipt.all().order_by("id").values_list("business_date", flat=True)
        assert list(await receipts) == [day(0), day(7)]
        assert list(await Shipment.all().order_by("id").values_list("business_date", flat=True)) == [day(0), day(1)]
        moved = await db.fetch("SELECT CAST(business_date AS text) FROM stock_movement ORDER BY id")
        assert [text for (text,) in moved] == [str(each) for each in (day(0), day(7), day(0), day(1))]
        assert [number for (number,) in await db.fetch("SELECT number FROM goods_receipt ORDER BY id")] == [
            f"GR-{day(0).year}-00001", f"GR-{day(7).year}-00002",
        ]  # fmt: skip
        assert await trade.verify() == []

    async def test_that_is_past_takes_a_permission(self, trade: Trade) -> None:
        bought, sold = await trade.buy((0, "9", "2")), await trade.sell((1, "1", "9"))
        late = on(trade, day(1), Permission.POST_LATE_DOCUMENTS)
        problem = LateDocument(path=("business_date",), today=day(0), permission=Permission.POST_LATE_DOCUMENTS)
        assert await refusal(late.receive(bought, (0, "4"))) == [problem]
        assert await refusal(late.ship(sold, (0, "1"))) == [problem]
        await on(trade, day(0), Permission.POST_LATE_DOCUMENTS).receive(bought, (0, "4"))

    async def test_that_has_not_come_is_refused(self, trade: Trade) -> None:
        bought, sold = await trade.buy((0, "9", "2")), await trade.sell((1, "1", "9"))
        tomorrow = on(trade, day(-1))
        problem = FutureBusinessDate(path=("business_date",), today=day(0))
        assert await refusal(tomorrow.receive(bought, (0, "4"))) == [problem]
        assert await refusal(tomorrow.ship(sold, (0, "1"))) == [problem]
        assert await refusal(open_balance(trade, day(-1))) == [problem]

    async def test_that_is_closed_is_refused_whoever_asks(self, trade: Trade) -> None:
        bought, sold = await trade.buy((0, "9", "2")), await trade.sell((1, "1", "9"))
        await close_period(trade.call, through=day(10))
        for lacking in ([], [Permission.POST_LATE_DOCUMENTS]):
            closed = on(trade, day(10), *lacking)
            assert await refusal(closed.receive(bought, (0, "4"))) == is_closed(day(10))
            assert await refusal(closed.ship(sold, (0, "1"))) == is_closed(day(10))
            assert await refusal(open_balance(closed, day(30))) == is_closed(day(10))
        await on(trade, day(9)).receive(bought, (0, "4"))

    async def test_tells_what_else_is_wrong_at_once(self, trade: Trade) -> None:
        bought = await trade.buy((0, "9", "2"))
        reasons = await refusal(on(trade, day(-1)).receive(bought, (0, "10")))
        assert [reason.code for reason in reasons] == ["FUTURE_BUSINESS_DATE", "OVER_RECEIPT"]

    async def test_of_an_opening_balance_takes_its_own_permission_only(self, trade: Trade) -> None:
        nobody_else = on(trade, None, Permission.POST_LATE_DOCUMENTS)
        assert await open_balance(nobody_else, day(300))

    async def test_is_part_of_what_a_retry_key_stands_for(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "9", "2"))
        call = msgspec.structs.replace(trade.call, idempotency_key="receipt")
        keyed = msgspec.structs.replace(trade, call=call)
        first = await on(keyed, day(2)).receive(order_id, (0, "4"))
        await close_period(trade.call, through=day(1))
        assert await on(keyed, day(2)).receive(order_id, (0, "4")) == first
        reasons = await refusal(on(keyed, None).receive(order_id, (0, "4")))
        assert [reason.code for reason in reasons] == ["IDEMPOTENCY_MISMATCH"]

    async def test_leaves_orders_alone(self, trade: Trade) -> None:
        await close_period(trade.call, through=day(10))
        await on(trade, day(20), Permission.POST_LATE_DOCUMENTS).draft_purchase((0, "9", "2"))
        await on(trade, day(20), Permission.POST_LATE_DOCUMENTS).draft_sale((0, "9", "2"))


class TestTheDoorOfTheBook:
    async def test_is_shut_for_closed_days_whoever_knocks(self, trade: Trade) -> None:
        await close_period(trade.call, through=day(1))
        assert await refusal(trade.shop.post(trade.shop.coming("1", "1"))) == is_closed(day(1))

    async def test_tells_what_came_in_after_closing(self, trade: Trade) -> None:
        await on(trade, day(5)).stock_up("5")
        closed = await close_period(trade.call, through=day(3))
        await on(trade, day(2)).stock_up("5")
        assert await trade.verify() == []
        before = trade.call.at - timedelta(seconds=1)
        await set_column("UPDATE period SET closed_at = ? WHERE id = ?", before, closed.period_id)
        (difference,) = await trade.verify()
        assert (difference.key, difference.actual) == (f"period through {day(3)}", "5")


class TestTheImport:
    async def test_needs_the_permission_for_late_documents(self, call: Call) -> None:
        before = await db.fetch("SELECT count(*) FROM journal")
        with pytest.raises(Forbidden):
            await load(msgspec.structs.replace(call, permissions=call.permissions - {Permission.POST_LATE_DOCUMENTS}))
        assert await db.fetch("SELECT count(*) FROM journal") == before

    async def test_brings_no_document_into_a_closed_period(self, call: Call) -> None:
        await close_period(call, through=date(2006, 2, 28))
        summary = await load(call)
        assert summary.loaded["goods receipts"] < 21
        assert any("2006-02-28" in remark.text for remark in summary.refused)
        ((first,),) = await db.fetch("SELECT CAST(min(business_date) AS text) FROM stock_movement")
        assert first > "2006-02-28"
        assert clock.day_of(call.at) == day(0)
