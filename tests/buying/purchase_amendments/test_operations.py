"""What amendments of purchase orders do, and what they are refused for."""

from datetime import timedelta
from typing import Any

import pytest

from jxc_graphql.buying.purchase_amendments import operations as amendments
from jxc_graphql.buying.purchase_amendments.models import PurchaseAmendment
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.buying.receiving.models import GoodsReceiptLine
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Money, RateOfExchange
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.office.documents.redrafting import LineChange
from tests.make.amending import amend_purchase, apply_to_purchase, draft_purchase_amendment
from tests.make.trade import Trade, set_column
from tests.refusals import codes, everything

M = Money.of


async def totals(order_id: int) -> list[str]:
    order = await PurchaseOrder.get(id=order_id)
    return [str(one) for one in (order.net, order.tax, order.total, order.discount)]


async def lines(trade: Trade, order_id: int) -> list[tuple[str, ...]]:
    found = await trade.purchase_lines(order_id)
    return [tuple(map(str, (one.quantity, one.quantity_received, one.quantity_cancelled, one.gross))) for one in found]


async def test_an_order_is_as_it_was_until_its_amendment_is_applied(trade: Trade) -> None:
    """10 at 2 and 5 at 4 make 40; 12 at 3, the second given up, and 2 at 7 make 36 + 14 = 50."""
    order_id = await trade.buy((0, "10", "2"), (1, "5", "4"))
    drafted = await draft_purchase_amendment(
        trade, order_id, change={0: {"quantity": "12", "unit_price": "3"}}, cancel=[1], add=[(2, "2", "7")]
    )
    assert await trade.purchase(order_id) == ("APPROVED", 3)
    assert await trade.level(0, "incoming") == ["10"]
    fact = await apply_to_purchase(trade.call, drafted)
    assert fact.purchase_order_id == order_id
    assert await trade.purchase(order_id) == ("APPROVED", 4)
    assert await totals(order_id) == ["50", "0", "50", "0"]
    assert await lines(trade, order_id) == [("12", "0", "0", "36"), ("5", "0", "5", "0"), ("2", "0", "0", "14")]
    assert [await trade.level(sku, "incoming") for sku in range(3)] == [["12"], ["0"], ["2"]]
    amendment = await PurchaseAmendment.get(id=drafted)
    assert (amendment.status, amendment.version) == ("APPLIED", 3)
    assert (amendment.gross_before, amendment.gross_after) == (M("40"), M("50"))
    assert (amendment.price_rise, amendment.price_cut, amendment.asks_anew) == (M("12"), M("0"), True)
    assert await verification.differences() == []


async def test_a6_no_less_is_ordered_than_came(trade: Trade) -> None:
    """100 ordered, 60 came: 50 is refused with 60 as the least; with 60 the order is received, 40 less incoming."""
    order_id = await trade.buy((0, "100", "10"))
    await trade.receive(order_id, (0, "60"))
    assert await trade.level(0, "incoming") == ["40"]
    before = await everything()
    with pytest.raises(Exception, match="BelowReceived") as refused:
        await draft_purchase_amendment(trade, order_id, change={0: {"quantity": "50"}})
    (reason,) = refused.value.reasons  # type: ignore[attr-defined]
    assert (reason.path, str(reason.least), reason.line) == (("change", 0, "quantity"), "60", 1)
    assert await everything() == before
    await amend_purchase(trade, order_id, change={0: {"quantity": "60"}})
    assert await trade.purchase(order_id) == ("RECEIVED", 5)
    assert await trade.level(0, "incoming") == ["0"]
    assert await totals(order_id) == ["600", "0", "600", "0"]
    assert await verification.differences() == []


async def test_a7_a_price_stays_once_something_came(trade: Trade) -> None:
    """60 of 100 at 10.00 came; the rest is to cost 9.50: 600.00 + 40 × 9.50 = 980.00."""
    order_id = await trade.buy((0, "100", "10"))
    await trade.receive(order_id, (0, "60"))
    refused = await codes(draft_purchase_amendment(trade, order_id, change={0: {"unit_price": "9.5"}}))
    assert refused == [("LINE_ALREADY_RECEIVED", ("change", 0, "unit_price"))]
    await amend_purchase(trade, order_id, cancel=[0], add=[(0, "40", "9.5")])
    assert await totals(order_id) == ["980", "0", "980", "0"]
    assert await lines(trade, order_id) == [("100", "60", "40", "600"), ("40", "0", "0", "380")]
    assert (await trade.purchase(order_id))[0] == "PARTIALLY_RECEIVED"
    assert await trade.level(0, "incoming") == ["40"]
    await trade.receive(order_id, (1, "40"))
    assert (await trade.purchase(order_id))[0] == "CLOSED"
    assert await trade.level(0, "on_hand", "value", "incoming") == ["100", "980", "0"]
    assert await verification.differences() == []


async def test_parts_that_came_keep_what_they_come_to_and_all_add_up(trade: Trade) -> None:
    """3 for 1.00 and 13 % on top: 1 came at 0.33; 2 come to 0.67 and 0.09: 0.34 and 0.05 are left.

    Tax of 3 is 0.13: of the first 0.04. Of 2 it is 0.13 × 2 / 3 = 0.0867, rounded 0.09.
    """
    order_id = await trade.draft_purchase((0, "3", "0.333333"))
    line = (await trade.purchase_lines(order_id))[0]
    await set_column(
        "UPDATE purchase_order_line SET tax_code_id = 2, tax_rate = 1300, tax = 1300, gross = 11300, "
        "base_tax = 1300, base_gross = 11300 WHERE id = ?",
        line.id,
    )
    await set_column(
        "UPDATE purchase_order SET tax = 1300, total = 11300, base_tax = 1300, base_gross = 11300 WHERE id = ?",
        order_id,
    )
    await set_column("UPDATE document SET amount = 11300 WHERE id = ?", order_id)
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    await trade.receive(order_id, (0, "1"))
    await amend_purchase(trade, order_id, change={0: {"quantity": "2"}})
    assert await totals(order_id) == ["0.67", "0.09", "0.76", "0"]
    await trade.receive(order_id, (0, "1"))
    parts = [(str(one.net), str(one.tax), str(one.value)) for one in await GoodsReceiptLine.all().order_by("id")]
    assert parts == [("0.33", "0.04", "0.33"), ("0.34", "0.05", "0.34")]
    assert (await trade.purchase(order_id))[0] == "RECEIVED"
    assert await verification.differences() == []


async def test_an_order_in_another_currency_keeps_its_rate(trade: Trade) -> None:
    """3 × 10.01 and 10.01 at 7.1235 are 285.22, 213.92 and 71.30 of it; 1 came at 71.31.

    Of 2 the first line comes to 213.92 × 2 / 3 = 142.61, of which 71.30 are left; the second is 5 × 7.1235 = 35.62 now.
    """
    given = {"currency": "USD", "exchange_rate": RateOfExchange.of("7.1235")}
    order_id = await trade.draft_purchase((0, "3", "10.01"), (1, "1", "10.01"), **given)
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    await trade.receive(order_id, (0, "1"))
    await amend_purchase(trade, order_id, change={0: {"quantity": "2"}, 1: {"unit_price": "5"}})
    assert [str(line.base_gross) for line in await trade.purchase_lines(order_id)] == ["142.61", "35.62"]
    (told,) = await db.fetch("SELECT gross_before, gross_after, price_cut FROM purchase_amendment")
    assert [str(Money(one)) for one in told] == ["285.22", "178.23", "35.69"]
    assert await db.fetch("SELECT amount FROM document WHERE id = ?", (order_id,)) == [(M("178.23"),)]
    await trade.receive(order_id, (0, "1"), (1, "1"))
    assert [str(one.value) for one in await GoodsReceiptLine.all().order_by("id")] == ["71.31", "71.3", "35.62"]
    assert await verification.differences() == []


async def test_a_discount_of_the_whole_is_borne_by_what_did_not_come(trade: Trade) -> None:
    """100 and 100, less 20: 10 each. Half of the first came: 45. It is to be 50 less 5; the second bears 10 still."""
    order_id = await trade.draft_purchase((0, "10", "10"), (1, "10", "10"), discount=M("20"))
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    await trade.receive(order_id, (0, "5"))
    await amend_purchase(trade, order_id, change={0: {"quantity": "5"}})
    assert await totals(order_id) == ["135", "0", "135", "15"]
    await amend_purchase(trade, order_id, new_discount=M("25"))
    assert await totals(order_id) == ["125", "0", "125", "25"]
    assert await lines(trade, order_id) == [("5", "5", "0", "45"), ("10", "0", "0", "80")]
    less = await codes(draft_purchase_amendment(trade, order_id, new_discount=M("4.99")))
    assert less == [("OUT_OF_BOUNDS", ("new_discount",))]
    more = await codes(draft_purchase_amendment(trade, order_id, new_discount=M("105.01")))
    assert more == [("DISCOUNT_TOO_LARGE", ("new_discount",))]
    await trade.receive(order_id, (1, "10"))
    assert await trade.level(1, "value") == ["80"]
    assert await verification.differences() == []


async def test_what_came_meanwhile_is_looked_at_again(trade: Trade) -> None:
    order_id = await trade.buy((0, "10", "2"))
    drafted = await draft_purchase_amendment(trade, order_id, change={0: {"quantity": "5", "unit_price": "3"}})
    await amendments.submit_purchase_amendment(trade.call, purchase_amendment_id=drafted)
    await trade.receive(order_id, (0, "6"))
    before = await everything()
    refused = await codes(amendments.approve_purchase_amendment(trade.call, purchase_amendment_id=drafted))
    assert refused == [("BELOW_RECEIVED", ("id",)), ("LINE_ALREADY_RECEIVED", ("id",))]
    assert await everything() == before
    await purchasing.cancel_purchase_order(trade.call, purchase_order_id=order_id)
    refused = await codes(amendments.approve_purchase_amendment(trade.call, purchase_amendment_id=drafted))
    assert refused == [("ILLEGAL_TRANSITION", ("id",))]
    await amendments.cancel_purchase_amendment(trade.call, purchase_amendment_id=drafted)


async def test_an_order_has_one_open_amendment_and_is_no_draft_again_after_it(trade: Trade) -> None:
    order_id = await trade.buy((0, "10", "2"))
    first = await draft_purchase_amendment(trade, order_id, change={0: {"quantity": "5"}})
    again: dict[str, Any] = {"change": {0: {"quantity": "6"}}}
    assert await codes(draft_purchase_amendment(trade, order_id, **again)) == [
        ("AMENDMENT_OPEN", ("purchase_order_id",))
    ]
    back = purchasing.unapprove_purchase_order
    assert await codes(back(trade.call, purchase_order_id=order_id)) == [("ORDER_AMENDED", ("id",))]
    await amendments.submit_purchase_amendment(trade.call, purchase_amendment_id=first)
    await amendments.reject_purchase_amendment(trade.call, purchase_amendment_id=first, note="不必")
    assert (await PurchaseAmendment.get(id=first)).status == "REJECTED"
    await back(trade.call, purchase_order_id=order_id)
    line = (await trade.purchase_lines(order_id))[0]
    new: Any = LineChange[LineToPrice]
    kept = new(sku_id=line.sku_id, quantity=line.quantity, unit_price=line.unit_price)
    await purchasing.update_purchase_order(trade.call, purchase_order_id=order_id, lines=[kept])
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    await amend_purchase(trade, order_id, **again)
    assert await codes(back(trade.call, purchase_order_id=order_id)) == [("ORDER_AMENDED", ("id",))]


async def test_what_is_wrong_is_told_at_once(trade: Trade) -> None:
    order_id = await trade.buy((0, "10", "2"), (1, "10", "2"))
    await trade.receive(order_id, (0, "10"))
    refused = await codes(
        draft_purchase_amendment(
            trade, order_id, change={1: {"quantity": "-1"}}, cancel=[0, 1], add=[(2, "1", "-1")], note="长" * 501,
            new_expected_on=clock.day_of(trade.call.at) - timedelta(days=9999),
        )
    )  # fmt: skip
    assert sorted(refused) == sorted([
        ("TEXT_TOO_LONG", ("note",)),
        ("BEFORE_BOOKS_OPEN", ("new_expected_on",)),
        ("NOTHING_OUTSTANDING", ("cancel_rest_ids", 0)),
        ("LINE_GIVEN_TWICE", ("cancel_rest_ids", 1)),
        ("MUST_BE_POSITIVE", ("change", 0, "quantity")),
        ("OUT_OF_BOUNDS", ("add", 0, "unit_price")),
    ])  # fmt: skip
    assert await codes(draft_purchase_amendment(trade, order_id)) == [("NOTHING_AMENDED", ())]
    same = {1: {"quantity": "10", "unit_price": "2"}}
    assert await codes(draft_purchase_amendment(trade, order_id, change=same)) == [("NOTHING_AMENDED", ())]


async def test_all_of_an_order_of_which_nothing_came_can_be_given_up(trade: Trade) -> None:
    order_id = await trade.buy((0, "10", "2"), (1, "10", "2"))
    await amend_purchase(trade, order_id, cancel=[0])
    assert (await trade.purchase(order_id))[0] == "APPROVED"
    await amend_purchase(trade, order_id, cancel=[1])
    assert (await trade.purchase(order_id))[0] == "CANCELLED"
    assert await totals(order_id) == ["0", "0", "0", "0"]
    assert await trade.level(0, "incoming") == ["0"]
    assert await verification.differences() == []


async def test_what_is_left_is_given_up_after_part_of_a_line_was(trade: Trade) -> None:
    order_id = await trade.buy((0, "10", "2"), (1, "10", "2"))
    await trade.receive(order_id, (0, "4"))
    await amend_purchase(trade, order_id, cancel=[0])
    await purchasing.close_purchase_order(trade.call, purchase_order_id=order_id, note="停产")
    assert [one[:3] for one in await lines(trade, order_id)] == [("10", "4", "6"), ("10", "0", "10")]
    assert (await trade.purchase(order_id))[0] == "CLOSED"
    assert await verification.differences() == []


async def test_goods_that_are_in_use_no_more_may_stay_on_an_order(trade: Trade) -> None:
    order_id = await trade.buy((0, "10", "2"))
    for sku_id in trade.shop.skus[:2]:
        await catalog.update_sku(trade.call, sku_id=sku_id, is_active=False)
    await amend_purchase(trade, order_id, change={0: {"quantity": "8"}})
    new = await codes(draft_purchase_amendment(trade, order_id, add=[(1, "1", "1")]))
    assert new == [("SKU_INACTIVE", ("add", 0, "sku_id"))]
