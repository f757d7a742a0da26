"""Goods that were lent and do not come back: told of by the day, SKU by SKU, until the partner has none of them."""

from datetime import datetime, timedelta

import msgspec
import pytest

from jxc_graphql.insight.alerts import daily, operations, queries, stream
from jxc_graphql.insight.alerts.models import StockAlertKind, StockAlertSeverity
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.warehousing.consignments.models import ConsignmentEnd, ConsignmentPurpose
from jxc_graphql.warehousing.loans import operations as loans
from tests.make.consigning import make_consigning
from tests.make.lending import Lender, make_lender


@pytest.fixture
async def lender(call: Call) -> Lender:
    lender = await make_lender(call)
    await lender.trade.stock_up("10", "10")
    return lender


def last_moment(lender: Lender) -> datetime:
    """The last one of the day on which goods are due."""
    return clock.start_of(lender.due_on + timedelta(days=1)) - timedelta(microseconds=1)


async def told(lender: Lender) -> list[tuple[str, ...]]:
    """Of every overdue alert, oldest first: the SKU's position, status, severity and what the partner has."""
    rows = await db.fetch(
        "SELECT sku_id, status, severity, available FROM stock_alert WHERE kind = 'OVERDUE' ORDER BY id"
    )
    return [
        (str(lender.trade.shop.skus.index(sku)), status, severity, str(Quantity(there)))
        for sku, status, severity, there in rows
    ]


async def review(lender: Lender) -> None:
    """What follows from the facts about these levels, on the day of the lender's call."""
    await operations.review_levels(lender.call, [key for (key,) in await db.fetch("SELECT id FROM stock_level")])


async def test_is_raised_when_the_company_s_day_after_the_due_one_begins(lender: Lender) -> None:
    await lender.lend((0, "2"), (0, "1"), (1, "4"))
    await daily.review_day(last_moment(lender))
    assert await told(lender) == []
    await daily.review_day(last_moment(lender) + timedelta(microseconds=1))
    assert await told(lender) == [("0", "OPEN", "OVERDUE", "3"), ("1", "OPEN", "OVERDUE", "4")]
    assert await queries.differences() == []


async def test_is_raised_also_where_no_process_ran_at_midnight(lender: Lender) -> None:
    await lender.lend((0, "2"))
    await daily.review_day(lender.call.at)
    await daily.review_day(last_moment(lender) + timedelta(days=40))
    assert await told(lender) == [("0", "OPEN", "OVERDUE", "2")]


async def test_goods_lent_under_a_past_day_may_be_overdue_at_once(lender: Lender) -> None:
    loan_id = await lender.draft((0, "2"))
    late = msgspec.structs.replace(
        lender.call, at=last_moment(lender) + timedelta(days=1), business_date=clock.day_of(lender.call.at)
    )
    await loans.approve_loan(late, loan_id=loan_id)
    await review(lender.at(late.at))
    assert await told(lender) == [("0", "OPEN", "OVERDUE", "2")]


async def test_is_resolved_when_all_is_back_sold_or_written_off(lender: Lender) -> None:
    back, sold, lost = await lender.lend((0, "2"), (1, "1")), await lender.lend((0, "3")), await lender.lend((0, "1"))
    later = lender.at(last_moment(lender) + timedelta(days=1))
    await daily.review_day(later.call.at)
    assert [one[2:] for one in await told(lender)] == [
        ("OVERDUE", "2"), ("OVERDUE", "3"), ("OVERDUE", "1"), ("OVERDUE", "1"),
    ]  # fmt: skip
    await later.bring(back, (0, "1"))
    await review(later)
    assert (await told(lender))[0] == ("0", "OPEN", "OVERDUE", "1")
    await later.bring(back, (0, "1"))
    await later.sell(sold, await later.trade.sell((0, "3", "9")), (0, "3"))
    await later.close(lost)
    await review(later)
    assert await told(lender) == [
        ("0", "RESOLVED", "OVERDUE", "0"), ("0", "RESOLVED", "OVERDUE", "0"),
        ("0", "RESOLVED", "OVERDUE", "0"), ("1", "OPEN", "OVERDUE", "1"),
    ]  # fmt: skip
    assert await differences() == []


async def test_what_we_borrowed_is_told_of_until_it_is_given_back(call: Call) -> None:
    consigning = await make_consigning(call)
    due_on = clock.day_of(call.at) + timedelta(days=3)
    lent = {"purpose": ConsignmentPurpose.BORROWING, "due_on": due_on}
    receipt_id = await consigning.bring((0, "5", "3"), (0, "1", "3"), **lent)
    await consigning.bring((0, "4", "3"))  # on consignment, which is due on no day
    next_day = clock.start_of(due_on + timedelta(days=1))
    asked = "SELECT status, available, consignment_receipt_id FROM stock_alert WHERE kind = 'OVERDUE'"
    await daily.review_day(next_day - timedelta(microseconds=1))
    assert await db.fetch(asked) == []
    await daily.review_day(next_day)
    assert await db.fetch(asked) == [("OPEN", 60_000, receipt_id)]
    levels = [key for (key,) in await db.fetch("SELECT id FROM stock_level")]
    later = msgspec.structs.replace(call, at=next_day)
    await consigning.end(receipt_id, ConsignmentEnd.RETURN, (0, "5"))
    await operations.review_levels(later, levels)
    assert await db.fetch(asked) == [("OPEN", 10_000, receipt_id)]
    await consigning.end(receipt_id, ConsignmentEnd.LOST, (1, "1"))
    await operations.review_levels(later, levels)
    assert await db.fetch(asked) == [("RESOLVED", 0, receipt_id)]
    assert await differences() == []


async def test_is_taken_up_put_off_and_followed_as_other_alerts_are(lender: Lender) -> None:
    await lender.lend((0, "2"))
    at = last_moment(lender) + timedelta(days=1)
    await daily.review_day(at)
    ((alert_id,),) = await db.fetch("SELECT id FROM stock_alert WHERE kind = 'OVERDUE'")
    await operations.acknowledge_stock_alert(lender.call, stock_alert_id=alert_id, note="打电话催")
    until = clock.day_of(at) + timedelta(days=2)
    await operations.snooze_stock_alert(lender.at(at).call, stock_alert_id=alert_id, until=until)
    await daily.review_day(at + timedelta(days=2))
    seen: list[str] = []
    async for event in stream.stock_alert_events(
        lender.call, kinds={StockAlertKind.OVERDUE}, after=Cursor(), include_current=False
    ):
        if not isinstance(event, Cursor):
            seen.append(event.change)
        if len(seen) == 4:
            break
    assert seen == ["RAISED", "ACKNOWLEDGED", "SNOOZED", "REOPENED"]
    assert {one[2] for one in await told(lender)} == {StockAlertSeverity.OVERDUE}
