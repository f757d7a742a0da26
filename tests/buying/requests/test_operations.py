"""What is needed is ordered, in parts and from whoever has it, and never more than that."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.models import PurchaseOrder, PurchaseOrderLine
from jxc_graphql.buying.requests import operations, ordering
from jxc_graphql.buying.requests.models import PurchaseRequest, PurchaseRequestSource
from jxc_graphql.buying.requests.rules import MoreThanRequested, SupplierMissing
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from tests.make.amending import amend_purchase
from tests.make.requests import draft, lines_of, order, request
from tests.make.trade import Trade, make_trade
from tests.refusals import codes, everything, refusal


async def stands(request_id: int) -> list[Any]:
    """The status of a request, and what of its lines is ordered."""
    found = await PurchaseRequest.get(id=request_id)
    return [found.status.value, *(str(line.quantity_ordered) for line in await lines_of(request_id))]


async def another(trade: Trade) -> int:
    return (await partners.create_supplier(trade.call, profile=Profile(code=str(new_id()), name="另一家"))).supplier_id


async def cancel(trade: Trade, order_id: int) -> None:
    await purchasing.cancel_purchase_order(trade.call, purchase_order_id=order_id)


class TestOrder:
    async def test_drafts_an_order_for_each_supplier_and_day(self, trade: Trade) -> None:
        day = clock.day_of(trade.call.at)
        later, other = day + timedelta(days=3), await another(trade)
        lines: list[Any] = [
            (0, "5"), (1, "6", {"needed_on": later}), (0, "7", {"supplier_id": other}), (1, "8", {"needed_on": later}),
        ]  # fmt: skip
        request_id = await request(trade, *lines)
        parts: list[Any] = [(0, "5"), (1, "6"), (2, "7", {"supplier_id": other}), (3, "8")]
        fact = await order(trade, request_id, *parts)
        found = []
        for order_id in fact.purchase_order_ids:
            made = await PurchaseOrder.get(id=order_id)
            goods = await PurchaseOrderLine.filter(purchase_order_id=order_id).order_by("line_no")
            found.append((made.supplier_id, made.expected_on, made.status.value, [str(one.quantity) for one in goods]))
        assert found == [
            (trade.supplier_id, day, "DRAFT", ["5"]),
            (other, day, "DRAFT", ["7"]),
            (trade.supplier_id, later, "DRAFT", ["6", "8"]),
        ]
        assert await stands(request_id) == ["ORDERED", "5", "6", "7", "8"]
        assert await trade.verify() == []

    async def test_in_parts_and_in_any_unit(self, trade: Trade) -> None:
        request_id = await request(trade, (0, "2", {"unit": "箱"}), (1, "4"))
        await order(trade, request_id, (0, "0.5"))
        assert await stands(request_id) == ["PARTIALLY_ORDERED", "6", "0"]
        (reason,) = await refusal(order(trade, request_id, (0, "1"), (0, "1")))
        assert isinstance(reason, MoreThanRequested)
        assert (reason.path, reason.left, reason.asked) == (
            ("lines", 1, "quantity"), Quantity.of("1.5"), Quantity.of("2"),
        )  # fmt: skip
        await order(trade, request_id, (0, "1.5"), (1, "4"))
        assert await stands(request_id) == ["ORDERED", "24", "4"]
        assert await trade.verify() == []

    async def test_all_that_is_left_of_who_is_suggested_or_preferred(self, trade: Trade) -> None:
        request_id = await request(trade, (0, "5", {"supplier_id": trade.supplier_id}), (1, "4"))
        given: dict[str, Any] = {"purchase_request_id": request_id}
        before = await everything()
        (reason,) = await refusal(ordering.order_purchase_request(trade.call, **given))
        assert isinstance(reason, SupplierMissing)
        assert await everything() == before
        await order(trade, request_id, (1, "4"))
        assert await codes(ordering.order_purchase_request(trade.call, **given)) == [("PRICE_MISSING", ("id",))]
        await order(trade, request_id, (0, "5"))
        assert await codes(ordering.order_purchase_request(trade.call, **given)) == [("ILLEGAL_TRANSITION", ("id",))]

    async def test_what_is_wrong_with_orders_is_told_at_their_parts(self, trade: Trade) -> None:
        held = await another(trade)
        await partners.hold_supplier(trade.call, supplier_id=held)
        request_id = await request(trade, (0, "5"), (1, "4"))
        parts: list[Any] = [(0, "5", {"unit_price": None}), (1, "4", {"supplier_id": held})]
        before = await everything()
        assert set(await codes(order(trade, request_id, *parts))) == {
            ("PRICE_MISSING", ("lines", 0, "unit_price")), ("SUPPLIER_ON_HOLD", ("lines", 1, "supplier_id")),
        }  # fmt: skip
        assert await everything() == before

    async def test_of_two_at_once_one_is_refused(self, trade: Trade) -> None:
        request_id = await request(trade, (0, "10"))
        done = await asyncio.gather(*(order(trade, request_id, (0, "6")) for _ in range(2)), return_exceptions=True)
        (refused,) = (one for one in done if isinstance(one, BaseException))
        assert isinstance(refused, Rejected)
        assert [type(one) for one in refused.reasons] == [MoreThanRequested]
        assert await stands(request_id) == ["PARTIALLY_ORDERED", "6"]
        assert await trade.verify() == []


class TestGiveBack:
    async def test_an_order_that_is_cancelled_gives_back_what_it_took(self, trade: Trade) -> None:
        request_id = await request(trade, (0, "10"), (1, "4"))
        (first,) = (await order(trade, request_id, (0, "6"), (1, "4"))).purchase_order_ids
        (second,) = (await order(trade, request_id, (0, "4"))).purchase_order_ids
        await cancel(trade, first)
        assert await stands(request_id) == ["PARTIALLY_ORDERED", "4", "0"]
        await cancel(trade, second)
        assert await stands(request_id) == ["APPROVED", "0", "0"]
        assert await trade.verify() == []
        unapprove = operations.unapprove_purchase_request(trade.call, purchase_request_id=request_id)
        assert await codes(unapprove) == [("CARRIED_OUT", ("id",))]

    async def test_an_order_of_which_an_amendment_leaves_nothing_gives_it_back(self, trade: Trade) -> None:
        request_id = await request(trade, (0, "10"))
        (order_id,) = (await order(trade, request_id, (0, "10"))).purchase_order_ids
        await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
        await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
        await amend_purchase(trade, order_id, cancel=[0])
        assert await stands(request_id) == ["APPROVED", "0"]
        assert await trade.verify() == []

    async def test_an_order_of_which_part_came_does_not(self, trade: Trade) -> None:
        request_id = await request(trade, (0, "10"))
        (order_id,) = (await order(trade, request_id, (0, "10"))).purchase_order_ids
        await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
        await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
        await trade.receive(order_id, (0, "4"))
        await cancel(trade, order_id)
        assert await stands(request_id) == ["ORDERED", "10"]
        assert await trade.verify() == []

    async def test_a_request_that_is_closed_is_open_again_for_that(self, trade: Trade) -> None:
        request_id = await request(trade, (0, "10"))
        (order_id,) = (await order(trade, request_id, (0, "6"))).purchase_order_ids
        await operations.close_purchase_request(trade.call, purchase_request_id=request_id, note="不需要了")
        assert await stands(request_id) == ["CLOSED", "6"]
        await cancel(trade, order_id)
        assert await stands(request_id) == ["APPROVED", "0"]
        assert [code for code, _ in await codes(order(trade, request_id, (0, "7")))] == ["MORE_THAN_REQUESTED"]
        await operations.cancel_purchase_request(trade.call, purchase_request_id=request_id)
        assert await stands(request_id) == ["CANCELLED", "0"]
        assert await trade.verify() == []


class TestDrafts:
    async def test_a_sales_order_that_waits_is_its_source(self, trade: Trade) -> None:
        waits = await trade.sell((0, "5", "9"))
        given: dict[str, Any] = {"source": PurchaseRequestSource.BACKORDER, "sales_order_id": waits}
        request_id = await draft(trade, (0, "5"), **given)
        rows = await db.fetch("SELECT source_id, kind FROM document_link WHERE target_id = ?", (request_id,))
        assert [(source_id, str(kind)) for source_id, kind in rows] == [(waits, "NEED")]
        bought = await trade.buy((0, "5", "2"))
        for wrong, code in (
            ({"sales_order_id": bought}, "UNKNOWN_ID"),
            ({"sales_order_id": None}, "NOT_FOR_SALES_ORDER"),
            ({"source": PurchaseRequestSource.MANUAL}, "NOT_FOR_SALES_ORDER"),
        ):
            assert await codes(draft(trade, (0, "5"), **given | wrong)) == [(code, ("sales_order_id",))]

    async def test_nobody_suggests_a_supplier_whom_he_does_not_see(self, trade: Trade) -> None:
        blind = msgspec.structs.replace(trade.call, scopes={"SUPPLIER": frozenset({1})})
        made = draft(msgspec.structs.replace(trade, call=blind), (0, "5", {"supplier_id": trade.supplier_id}))
        assert await codes(made) == [("UNKNOWN_ID", ("lines", 0, "supplier_id"))]


@pytest.mark.usefixtures("numbers_one_by_one")
async def test_sends_as_many_statements_for_many_lines_as_for_few(call: Call) -> None:
    counts = []
    for skus in (1, 10, 100):
        many = await make_trade(call, skus)
        request_id = await request(many, *((sku, "3") for sku in range(skus)))
        with db.statements() as seen:
            (order_id,) = (await order(many, request_id, *((sku, "3") for sku in range(skus)))).purchase_order_ids
            await cancel(many, order_id)
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]
