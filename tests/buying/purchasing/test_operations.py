import msgspec
import pytest

from jxc_graphql.buying.purchasing import operations
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.kit.errors import NotFound, UnknownId
from jxc_graphql.kit.numbers import Money, OutOfBounds, Quantity
from jxc_graphql.kit.versions import StaleVersion
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.rules import EmptyDocument
from jxc_graphql.office.documents.states import IllegalTransition
from tests.make.redrafts import new_lines
from tests.make.trade import Trade, set_column
from tests.refusals import refusal


class TestCreatePurchaseOrder:
    async def test_keeps_what_was_typed_and_the_exact_base_quantity(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "3", "15", "箱"), (1, "2.5", "0"))
        order = await PurchaseOrder.get(id=order_id)
        boxes, gift = await trade.purchase_lines(order_id)
        assert (order.number[:3], order.status, order.version, order.total) == ("PO-", "DRAFT", 1, Money.of("45"))
        assert (boxes.unit, boxes.quantity_in_unit, boxes.quantity) == ("箱", Quantity.of("3"), Quantity.of("36"))
        assert (gift.unit, gift.quantity, gift.amount) == ("瓶", Quantity.of("2.5"), Money(0))
        assert await trade.verify() == []

    async def test_shows_all_problems_at_once(self, trade: Trade) -> None:
        lines = [*trade.asked([(0, "0", "1"), (1, "-1", "-1"), (2, "1", "1", "打"), (2, "1", "1", "两")])]
        lines.append(msgspec.structs.replace(lines[0], sku_id=1, quantity=Quantity.of("1")))
        reasons = await refusal(
            operations.create_purchase_order(
                trade.call, supplier_id=1, warehouse_id=trade.shop.warehouse.id, lines=lines, note="x" * 501
            )
        )
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("UNKNOWN_ID", ("supplier_id",)),
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
            ("MUST_BE_POSITIVE", ("lines", 1, "quantity")),
            ("OUT_OF_BOUNDS", ("lines", 1, "unit_price")),
            ("UNKNOWN_UNIT", ("lines", 2, "unit")),
            ("INEXACT_UNIT", ("lines", 3, "unit")),
            ("UNKNOWN_ID", ("lines", 4, "sku_id")),
            ("TEXT_TOO_LONG", ("note",)),
        ]

    async def test_refuses_an_order_for_nothing(self, trade: Trade) -> None:
        assert await refusal(trade.draft_purchase()) == [EmptyDocument(path=("lines",))]

    async def test_refuses_more_lines_than_a_document_may_have(self, trade: Trade) -> None:
        (reason,) = await refusal(trade.draft_purchase(*[(0, "1", "1")] * 501))
        assert (type(reason).code, reason.path) == ("TOO_MANY_LINES", ("lines",))

    async def test_refuses_an_amount_that_the_books_cannot_hold(self, trade: Trade) -> None:
        (reason,) = await refusal(trade.draft_purchase((0, "99999999999", "999999999")))
        assert isinstance(reason, OutOfBounds)
        assert reason.path == ("lines", 0)

    async def test_refuses_a_total_that_the_books_cannot_hold(self, trade: Trade) -> None:
        (reason,) = await refusal(trade.draft_purchase(*[(0, "99999", "999999")] * 2))
        assert (type(reason).code, reason.path) == ("OUT_OF_BOUNDS", ("lines",))

    @pytest.mark.parametrize(
        ("column", "value", "code"), [("on_hold", True, "ON_HOLD"), ("is_active", False, "INACTIVE")]
    )
    async def test_refuses_a_supplier_that_may_not_deliver(
        self, trade: Trade, column: str, value: bool, code: str
    ) -> None:
        await set_column(f"UPDATE supplier SET {column} = ?", value)
        (reason,) = await refusal(trade.draft_purchase((0, "1", "1")))
        assert (type(reason).code, reason.path) == (f"SUPPLIER_{code}", ("supplier_id",))

    async def test_refuses_a_sku_that_is_not_used_any_more(self, trade: Trade) -> None:
        await set_column("UPDATE sku SET is_active = ?", False)
        (reason,) = await refusal(trade.draft_purchase((0, "1", "1")))
        assert (type(reason).code, reason.path) == ("SKU_INACTIVE", ("lines", 0, "sku_id"))


class TestUpdatePurchaseOrder:
    async def test_replaces_the_lines_of_a_draft(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "1", "1"), (1, "1", "1"))
        await operations.update_purchase_order(
            trade.call, purchase_order_id=order_id, lines=new_lines(trade.asked([(2, "5", "3")])), expected_version=1
        )
        (line,) = await trade.purchase_lines(order_id)
        assert (line.line_no, line.sku_id, line.amount) == (1, trade.shop.skus[2], Money.of("15"))
        assert await trade.purchase(order_id) == ("DRAFT", 2)
        assert await trade.verify() == []

    async def test_refuses_another_version(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "1", "1"))
        stale = operations.update_purchase_order(
            trade.call, purchase_order_id=order_id, lines=new_lines(trade.asked([(2, "5", "3")])), expected_version=7
        )
        assert await refusal(stale) == [StaleVersion(path=("expected_version",), current=1, expected=7)]

    async def test_refuses_an_order_that_was_handed_in(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "1", "1"))
        await operations.submit_purchase_order(trade.call, purchase_order_id=order_id)
        late = operations.update_purchase_order(
            trade.call, purchase_order_id=order_id, lines=new_lines(trade.asked([(0, "2", "1")]))
        )
        (reason,) = await refusal(late)
        assert isinstance(reason, IllegalTransition)


class TestApproval:
    async def test_makes_goods_incoming(self, trade: Trade) -> None:
        await trade.buy((0, "5", "1"), (0, "2", "1"), (1, "1", "1"))
        assert await trade.level(0, "incoming", "on_hand") == ["7", "0"]
        assert await trade.verify() == []

    async def test_is_not_skipped(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "1", "1"))
        (reason,) = await refusal(operations.approve_purchase_order(trade.call, purchase_order_id=order_id))
        assert isinstance(reason, IllegalTransition)
        assert reason.path == ("id",)

    async def test_is_refused_while_the_supplier_is_on_hold(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "1", "1"))
        await operations.submit_purchase_order(trade.call, purchase_order_id=order_id)
        await set_column("UPDATE supplier SET on_hold = ?", True)
        (reason,) = await refusal(operations.approve_purchase_order(trade.call, purchase_order_id=order_id))
        assert (type(reason).code, reason.path) == ("SUPPLIER_ON_HOLD", ("id",))

    async def test_sends_an_order_back_with_a_note(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "1", "1"))
        await operations.submit_purchase_order(trade.call, purchase_order_id=order_id)
        fact = await operations.reject_purchase_order(trade.call, purchase_order_id=order_id, note="太贵")
        assert fact.note == "太贵"
        assert await trade.purchase(order_id) == ("DRAFT", 3)

    async def test_refuses_an_order_out_of_scope_as_if_it_did_not_exist(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "1", "1"))
        stranger = msgspec.structs.replace(trade.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
        for call, wanted in ((stranger, order_id), (trade.call, 12345)):
            with pytest.raises(NotFound) as refused:
                await operations.submit_purchase_order(call, purchase_order_id=wanted)
            assert refused.value.reasons == (UnknownId(path=("id",), kind="PurchaseOrder"),)


class TestCancelPurchaseOrder:
    async def test_cancels_what_was_not_received(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "5", "2"))
        await operations.cancel_purchase_order(trade.call, purchase_order_id=order_id)
        assert await trade.purchase(order_id) == ("CANCELLED", 4)
        assert await trade.level(0, "incoming") == ["0"]
        assert await trade.verify() == []

    async def test_closes_an_order_that_was_received_in_part(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "5", "2"), (1, "3", "2"))
        await trade.receive(order_id, (0, "5"), (1, "1"))
        await operations.cancel_purchase_order(trade.call, purchase_order_id=order_id)
        assert await trade.purchase(order_id) == ("CLOSED", 5)
        assert await trade.level(1, "incoming", "on_hand") == ["0", "1"]
        assert await trade.verify() == []

    async def test_cancels_a_draft_without_touching_stock(self, trade: Trade) -> None:
        order_id = await trade.draft_purchase((0, "5", "2"))
        fact = await operations.cancel_purchase_order(trade.call, purchase_order_id=order_id)
        assert fact.stock_level_ids == ()
        assert await trade.verify() == []

    async def test_refuses_an_order_that_is_complete(self, trade: Trade) -> None:
        order_id = await trade.buy((0, "5", "2"))
        await trade.receive(order_id, (0, "5"))
        (reason,) = await refusal(operations.cancel_purchase_order(trade.call, purchase_order_id=order_id))
        assert isinstance(reason, IllegalTransition)


class TestDifferences:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            (
                "UPDATE purchase_order SET total = total + 100, net = net + 100, exchange_rate = 200000000",
                ["purchase_order.total", "purchase_order.net"],
            ),
            ("UPDATE purchase_order SET discount = 100", ["purchase_order.discount"]),
            (
                "UPDATE purchase_order_line SET tax = 100, gross = net + 100",
                [
                    "purchase_order.total",
                    "purchase_order.tax",
                    "purchase_order_line.base_tax",
                    "purchase_order_line.base_gross",
                    "purchase_order_line.tax",
                ],
            ),
            ("UPDATE purchase_order SET status = 'APPROVED'", ["purchase_order.status"]),
            ("UPDATE stock_level SET incoming = incoming + 1", ["stock_level.incoming"]),
        ],
    )
    async def test_are_found(self, trade: Trade, damage: str, found: list[str]) -> None:
        order_id = await trade.buy((0, "5", "2"))
        await trade.receive(order_id, (0, "4", "1"))
        assert await trade.verify() == []
        await set_column(damage)
        assert [difference.what.split()[0] for difference in await trade.verify()] == found
