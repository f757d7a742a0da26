"""Goods go back to their supplier: at the cost of their receipt, for credit or to be replaced."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.books.dues.models import Due
from jxc_graphql.books.goods.ledger import Charge
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.buying.receiving.models import GoodsReceiptLine
from jxc_graphql.buying.supplier_returns import operations, rules
from jxc_graphql.buying.supplier_returns.models import SupplierReturn
from jxc_graphql.kit.errors import Rejected, UnknownId
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.documents.reversing import OverReturn
from tests.make.supplier_returns import REPLACE, agreed_back, brought, draft_back, lines_back, send_back, sent_back
from tests.make.trade import Trade
from tests.refusals import codes, everything, refusal


async def owed(trade: Trade) -> list[tuple[str, str]]:
    """What stands in the account of the supplier, by kind."""
    dues = await Due.filter(supplier_id=trade.supplier_id).order_by("id")
    return [(one.kind.value, str(one.amount)) for one in dues]


async def came(trade: Trade, quantity: str, price: str, *, sku: int = 0) -> int:
    order_id = await trade.buy((sku, quantity, price))
    return (await trade.receive(order_id, (0, quantity))).goods_receipt_id


class TestCost:
    async def test_under_the_average_it_is_that_of_its_receipt(self, trade: Trade) -> None:
        """A13: 10@100 and 5@110 cost 1,550; without 5 of the first 1,050 are left (105 each), not 1,033.33."""
        first = await came(trade, "10", "100")
        await came(trade, "5", "110")
        fact = await send_back(trade, first, (0, "5"))
        (line,) = await lines_back(fact)
        assert (line.value, line.net) == (Money.of("500"), Money.of("500"))
        assert await trade.level(0, "on_hand", "value", "unit_cost") == ["10", "1050", "105"]
        assert await owed(trade) == [("PURCHASE", "-1000"), ("PURCHASE", "-550"), ("RETURN", "500")]
        assert await trade.verify() == []

    async def test_first_in_first_out_its_own_layer_goes(self, trade: Trade) -> None:
        """A15: of 10@100 and 5@110 the second go back for 550; the first stay."""
        await trade.shop.value_by(ValuationMethod.FIFO)
        await came(trade, "10", "100")
        fact = await send_back(trade, await came(trade, "5", "110"), (0, "5"))
        (line,) = await lines_back(fact)
        assert line.value == Money.of("550")
        assert await trade.level(0, "on_hand", "value") == ["10", "1000"]
        assert await trade.verify() == []

    async def test_freight_that_was_charged_goes_along(self, trade: Trade) -> None:
        """B20: 6 of 60@10 with 130 of freight cost 73.00 and are credited at 60.00."""
        receipt_id = await came(trade, "60", "10")
        (line,) = await brought(receipt_id)
        await trade.shop.charge(Charge(line_id=line.id, amount=Money.of("130")))
        fact = await send_back(trade, receipt_id, (0, "6"))
        (back,) = await lines_back(fact)
        assert (back.value, back.net, back.value_received) == (Money.of("73"), Money.of("60"), Money.of("60"))
        assert await trade.level(0, "value") == ["657"]

    @pytest.mark.parametrize(
        ("with_besides", "stock", "sold"), [(True, "15", "12"), (False, "13.5", "13.5")], ids=["right", "planted"]
    )
    async def test_what_went_back_bears_no_later_charge(
        self, trade: Trade, *, with_besides: bool, stock: str, sold: str
    ) -> None:
        """B11: 27.00 on 60 of which 24 were sold and 6 went back is 15.00 and 12.00; without `besides` it is not."""
        receipt_id = await came(trade, "60", "10")
        await send_back(trade, receipt_id, (0, "6"))
        await trade.ship(await trade.sell((0, "24", "20")), (0, "24"))
        (line,) = await brought(receipt_id)
        besides = line.quantity_returned if with_besides else Quantity(0)
        charged = await trade.shop.charge(Charge(line_id=line.id, amount=Money.of("27"), besides=besides))
        assert (charged.values, charged.sold_values) == ((Money.of(stock),), (Money.of(sold),))

    async def test_parts_add_up_to_the_fen(self, trade: Trade) -> None:
        """0.10 over seven, one by one, is 0.10 in the end, as it is owed."""
        receipt_id = await came(trade, "7", "0.014286")
        parts = [(await lines_back(await send_back(trade, receipt_id, (0, "1"))))[0] for _ in range(7)]
        assert [str(one.net) for one in parts] == ["0.01", "0.02", "0.01", "0.02", "0.01", "0.02", "0.01"]
        assert await trade.level(0, "on_hand", "value") == ["0", "0"]
        assert sum(int(one.amount) for one in await Due.all()) == 0
        assert await trade.verify() == []


class TestOverReturn:
    async def test_more_than_came_less_what_went_back_is_refused(self, trade: Trade) -> None:
        """A16: of 60 less 6 there are 54 that may go back."""
        receipt_id = await came(trade, "60", "10")
        await send_back(trade, receipt_id, (0, "6"))
        path = ("lines", 0, "quantity")
        moved, returned, left, asked = (Quantity.of(one) for one in ("60", "6", "54", "55"))
        too_much = OverReturn(path=path, moved=moved, returned=returned, left=left, asked=asked)
        assert await refusal(draft_back(trade, receipt_id, (0, "55"))) == [too_much]
        await send_back(trade, receipt_id, (0, "54"))
        assert await trade.verify() == []

    async def test_it_is_counted_by_line_of_the_receipt_and_not_by_order(self, trade: Trade) -> None:
        """Two receipts of one order line brought 6 and 4: 5 of the second are too many, though 10 of the order came."""
        order_id = await trade.buy((0, "10", "2"))
        await trade.receive(order_id, (0, "6"))
        second = (await trade.receive(order_id, (0, "4"))).goods_receipt_id
        assert [code for code, _ in await codes(draft_back(trade, second, (0, "5")))] == ["OVER_RETURN"]

    async def test_all_lines_of_a_return_count_together(self, trade: Trade) -> None:
        receipt_id = await came(trade, "10", "2")
        (reason,) = await refusal(draft_back(trade, receipt_id, (0, "6"), (0, "5")))
        assert isinstance(reason, OverReturn)
        assert (reason.asked, reason.path) == (Quantity.of("11"), ("lines", 0, "quantity"))

    async def test_what_others_sent_back_meanwhile_is_seen_when_it_is_posted(self, trade: Trade) -> None:
        receipt_id = await came(trade, "10", "2")
        late = await agreed_back(trade, receipt_id, (0, "6"))
        await send_back(trade, receipt_id, (0, "5"))
        assert await codes(sent_back(trade.call, late)) == [("OVER_RETURN", ("id",))]

    async def test_of_two_at_once_one_is_refused(self, trade: Trade) -> None:
        receipt_id = await came(trade, "10", "2")
        both = [await agreed_back(trade, receipt_id, (0, "6")) for _ in range(2)]
        done = await asyncio.gather(*(sent_back(trade.call, one) for one in both), return_exceptions=True)
        (refused,) = (one for one in done if isinstance(one, BaseException))
        assert isinstance(refused, Rejected)
        assert [type(one) for one in refused.reasons] == [OverReturn]
        (line,) = await GoodsReceiptLine.filter(goods_receipt_id=receipt_id)
        assert line.quantity_returned == Quantity.of("6")
        assert await trade.verify() == []

    async def test_a_receipt_of_which_some_went_back_is_reversed_by_its_rest(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        receipt_id = (await trade.receive(order_id, (0, "6", "4"))).goods_receipt_id
        await send_back(trade, receipt_id, (0, "3"))
        given: dict[str, Any] = {"goods_receipt_id": receipt_id, "note": "录错"}
        assert ("OVER_RETURN", ("id",)) in await codes(receiving.reverse_goods_receipt(trade.call, **given))
        await receiving.reverse_goods_receipt(trade.call, **given, only_rest=True)
        (ordered,) = await trade.purchase_lines(order_id)
        assert (ordered.quantity_received, ordered.quantity_rejected) == (Quantity.of("3"), Quantity.of("3"))
        assert await codes(draft_back(trade, receipt_id, (0, "1"))) == [("OVER_RETURN", ("lines", 0, "quantity"))]
        assert await trade.verify() == []


class TestReplacement:
    async def test_the_order_is_open_again_and_nothing_is_owed(self, trade: Trade) -> None:
        """A17: 6 of 60 to be replaced are outstanding and incoming, the order is partially received; no due."""
        order_id = await trade.buy((0, "60", "10"))
        receipt_id = (await trade.receive(order_id, (0, "54", "6"))).goods_receipt_id
        assert await trade.purchase(order_id) == ("RECEIVED", 4)
        fact = await send_back(trade, receipt_id, (0, "6"), resolution=REPLACE)
        assert fact.purchase_order_ids == (order_id,)
        assert await trade.purchase(order_id) == ("PARTIALLY_RECEIVED", 5)
        assert await trade.level(0, "on_hand", "incoming", "value") == ["54", "6", "540"]
        (line,) = await trade.purchase_lines(order_id)
        assert (line.quantity_received, line.quantity_rejected, line.quantity_to_replace) == (
            Quantity.of("54"), Quantity.of("0"), Quantity.of("6"),
        )  # fmt: skip
        assert await owed(trade) == [("PURCHASE", "-600")]
        assert await trade.verify() == []
        await trade.receive(order_id, (0, "2"))
        again = await trade.receive(order_id, (0, "4"))
        assert [line.is_replacement for line in await brought(again.goods_receipt_id)] == [True]
        assert await trade.purchase(order_id) == ("RECEIVED", 7)
        assert await owed(trade) == [("PURCHASE", "-600")]
        assert await trade.level(0, "on_hand", "incoming", "value") == ["60", "0", "600"]
        assert await trade.verify() == []

    async def test_replacements_come_first_and_the_rest_is_owed(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "100", "0.333333"))
        receipt_id = (await trade.receive(order_id, (0, "60"))).goods_receipt_id
        await send_back(trade, receipt_id, (0, "7"), resolution=REPLACE)
        second = (await trade.receive(order_id, (0, "47"))).goods_receipt_id
        lines = await brought(second)
        assert [(line.is_replacement, str(line.quantity)) for line in lines] == [(True, "7"), (False, "40")]
        assert await owed(trade) == [("PURCHASE", "-20"), ("PURCHASE", "-13.33")]
        assert await trade.level(0, "on_hand", "value") == ["100", "33.33"]
        assert await trade.verify() == []

    async def test_what_replaced_them_goes_back_for_credit(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "10", "2"))
        receipt_id = (await trade.receive(order_id, (0, "10"))).goods_receipt_id
        await send_back(trade, receipt_id, (0, "4"), resolution=REPLACE)
        again = (await trade.receive(order_id, (0, "4"))).goods_receipt_id
        await send_back(trade, again, (0, "3"))
        assert await owed(trade) == [("PURCHASE", "-20"), ("RETURN", "6")]
        assert await trade.purchase(order_id) == ("RECEIVED", 6)
        assert await trade.verify() == []

    async def test_a_receipt_of_replacements_is_reversed(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "20", "2"))
        receipt_id = (await trade.receive(order_id, (0, "10"))).goods_receipt_id
        await send_back(trade, receipt_id, (0, "4"), resolution=REPLACE)
        again = (await trade.receive(order_id, (0, "6"))).goods_receipt_id
        await receiving.reverse_goods_receipt(trade.call, goods_receipt_id=again, note="录错")
        (line,) = await trade.purchase_lines(order_id)
        assert (line.quantity_received, line.quantity_to_replace) == (Quantity.of("6"), Quantity.of("4"))
        assert await owed(trade) == [("PURCHASE", "-20"), ("PURCHASE", "-4"), ("RETURN", "4")]
        assert await trade.verify() == []

    async def test_what_is_paid_for_is_not_given_up(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "20", "2"))
        receipt_id = (await trade.receive(order_id, (0, "10"))).goods_receipt_id
        await send_back(trade, receipt_id, (0, "4"), resolution=REPLACE)
        cancel = purchasing.cancel_purchase_order(trade.call, purchase_order_id=order_id)
        close = purchasing.close_purchase_order(trade.call, purchase_order_id=order_id, note="停产")
        assert await codes(cancel) == await codes(close) == [("STILL_TO_REPLACE", ("id",))]

    async def test_goods_of_one_order_are_replaced_together(self, trade: Trade) -> None:
        first, second = await came(trade, "10", "2"), await came(trade, "5", "3")
        lines = [
            rules.GoodsToReturn(goods_receipt_line_id=line.id, quantity=Quantity.of("1"))
            for receipt_id in (first, second)
            for line in await brought(receipt_id)
        ]
        assert await codes(draft_back(trade, 0, lines=lines, resolution=REPLACE)) == [
            ("OTHER_ORDER", ("lines", 1, "goods_receipt_line_id"))
        ]
        return_id = await draft_back(trade, 0, lines=lines)
        update = operations.update_supplier_return(trade.call, supplier_return_id=return_id, resolution=REPLACE)
        assert await codes(update) == [("OTHER_ORDER", ("resolution",))]


class TestDrafts:
    async def test_what_is_wrong_is_told_at_once(self, trade: Trade) -> None:
        receipt_id = await came(trade, "10", "2")
        (line,) = await brought(receipt_id)
        wrong: list[dict[str, Any]] = [
            {"goods_receipt_line_id": line.id, "quantity": "1", "unit": "斤"},
            {"goods_receipt_line_id": 1, "quantity": "1"},
            {"goods_receipt_line_id": line.id, "quantity": "1", "place_id": 1},
        ]
        lines = [rules.GoodsToReturn(**one | {"quantity": Quantity.of(one["quantity"])}) for one in wrong]
        assert await codes(draft_back(trade, receipt_id, lines=lines, carrier="x" * 61)) == [
            ("UNKNOWN_UNIT", ("lines", 0, "unit")),
            ("UNKNOWN_ID", ("lines", 1, "goods_receipt_line_id")),
            ("UNKNOWN_ID", ("lines", 2, "place_id")),
            ("TEXT_TOO_LONG", ("carrier",)),
        ]

    async def test_of_one_supplier(self, trade: Trade) -> None:
        receipt_id = await came(trade, "10", "2")
        other = await partners.create_supplier(trade.call, profile=Profile(code=str(new_id()), name="另一家"))
        made = draft_back(trade, receipt_id, (0, "1"), supplier_id=other.supplier_id)
        assert await codes(made) == [("OTHER_SUPPLIER", ("lines", 0, "goods_receipt_line_id"))]

    async def test_who_does_not_see_where_it_came_knows_no_such_line(self, trade: Trade) -> None:
        receipt_id = await came(trade, "10", "2")
        (line,) = await brought(receipt_id)
        blind = msgspec.structs.replace(trade.call, scopes={"SUPPLIER": frozenset({1})})
        lines = [rules.GoodsToReturn(goods_receipt_line_id=line.id, quantity=Quantity.of("1"))]
        given: dict[str, Any] = {"supplier_id": trade.supplier_id, "warehouse_id": trade.shop.warehouse.id}
        given |= {"lines": lines}
        assert set(await refusal(operations.create_supplier_return(blind, **given))) == {
            UnknownId(path=("supplier_id",), kind="Supplier"),
            UnknownId(path=("lines", 0, "goods_receipt_line_id"), kind="GoodsReceiptLine"),
        }

    async def test_changes_what_is_given(self, trade: Trade) -> None:
        receipt_id = await came(trade, "10", "2")
        return_id = await draft_back(trade, receipt_id, (0, "1"), authorization_number="RMA-1")
        await operations.update_supplier_return(
            trade.call, supplier_return_id=return_id, carrier="顺丰", tracking_number="SF 1", authorization_number=None
        )
        document = await SupplierReturn.get(id=return_id)
        assert (document.authorization_number, document.carrier, document.tracking_number, document.version) == (
            "", "顺丰", "SF 1", 2,
        )  # fmt: skip
        assert (document.net, document.status.value) == (Money.of("2"), "DRAFT")

    async def test_nothing_is_sent_back_before_it_came(self, trade: Trade) -> None:
        return_id = await agreed_back(trade, await came(trade, "10", "2"), (0, "1"))
        early = msgspec.structs.replace(trade.call, business_date=trade.call.at.date() - timedelta(days=2))
        assert ("REVERSED_TOO_EARLY", ("business_date",)) in await codes(sent_back(early, return_id))

    async def test_a_return_that_is_approved_is_made_a_draft_again(self, trade: Trade) -> None:
        return_id = await agreed_back(trade, await came(trade, "10", "2"), (0, "1"))
        before = (await everything())["stock_level"]
        await operations.unapprove_supplier_return(trade.call, supplier_return_id=return_id)
        await operations.cancel_supplier_return(trade.call, supplier_return_id=return_id)
        assert (await SupplierReturn.get(id=return_id)).status.value == "CANCELLED"
        assert (await everything())["stock_level"] == before

    async def test_says_with_whom_it_is_on_its_way(self, trade: Trade) -> None:
        return_id = await agreed_back(trade, await came(trade, "10", "2"), (0, "1"), carrier="顺丰")
        await sent_back(trade.call, return_id, tracking_number="SF 2")
        document = await SupplierReturn.get(id=return_id)
        assert (document.carrier, document.tracking_number, document.total) == ("顺丰", "SF 2", Money.of("2"))
