import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import NotFound, UnknownId
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.versions import StaleVersion
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.states import IllegalTransition
from jxc_graphql.selling.sales import operations
from jxc_graphql.selling.sales.models import SalesOrder
from tests import accounts
from tests.make.redrafts import new_lines
from tests.make.trade import Trade, make_trade, set_column
from tests.refusals import refusal


class TestCreateSalesOrder:
    async def test_drafts_an_order_that_binds_nobody(self, trade: Trade) -> None:
        await trade.stock_up("10")
        order_id = await trade.draft_sale((0, "1", "36", "箱"))
        order = await SalesOrder.get(id=order_id)
        assert (order.number[:3], order.status, order.total) == ("SO-", "DRAFT", Money.of("36"))
        assert await trade.level(0, "available") == ["10"]
        assert await trade.verify() == []

    async def test_shows_all_problems_at_once(self, trade: Trade) -> None:
        reasons = await refusal(trade.draft_sale((0, "0", "1"), (1, "1", "-1"), customer_id=1))
        assert [(type(reason).code, reason.path) for reason in reasons] == [
            ("UNKNOWN_ID", ("customer_id",)),
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
            ("OUT_OF_BOUNDS", ("lines", 1, "unit_price")),
        ]

    async def test_refuses_a_customer_we_do_not_sell_to(self, trade: Trade) -> None:
        await set_column("UPDATE customer SET is_active = ?", False)
        (reason,) = await refusal(trade.draft_sale((0, "1", "1")))
        assert (type(reason).code, reason.path) == ("CUSTOMER_INACTIVE", ("customer_id",))

    async def test_is_the_sale_of_who_drafts_it_unless_it_says_whose(self, trade: Trade) -> None:
        colleague = await accounts.made("wang", "SELLER")
        own = await SalesOrder.get(id=await trade.draft_sale((0, "1", "1")))
        of_another = await SalesOrder.get(id=await trade.draft_sale((0, "1", "1"), seller_id=colleague))
        assert (own.seller_id, of_another.seller_id) == (trade.call.actor_id, colleague)

    async def test_refuses_a_seller_who_is_not_active(self, trade: Trade) -> None:
        colleague = await accounts.made("wang", "SELLER")
        await set_column("UPDATE \"user\" SET is_active = ? WHERE username = 'wang'", False)
        for nobody in (colleague, 1):
            (reason,) = await refusal(trade.draft_sale((0, "1", "1"), seller_id=nobody))
            assert reason == UnknownId(path=("seller_id",), kind="User")


class TestUpdateSalesOrder:
    async def test_makes_it_the_sale_of_another(self, trade: Trade) -> None:
        order_id = await trade.draft_sale((0, "1", "1"))
        colleague = await accounts.made("wang", "SELLER")
        await operations.update_sales_order(trade.call, sales_order_id=order_id, seller_id=colleague)
        assert (await SalesOrder.get(id=order_id)).seller_id == colleague
        (reason,) = await refusal(operations.update_sales_order(trade.call, sales_order_id=order_id, seller_id=1))
        assert reason == UnknownId(path=("seller_id",), kind="User")

    async def test_replaces_the_lines_of_a_draft(self, trade: Trade) -> None:
        order_id = await trade.draft_sale((0, "1", "1"), (1, "1", "1"))
        await operations.update_sales_order(
            trade.call, sales_order_id=order_id, lines=new_lines(trade.asked([(2, "5", "3")]))
        )
        (line,) = await trade.sales_lines(order_id)
        assert (line.line_no, line.sku_id, line.amount) == (1, trade.shop.skus[2], Money.of("15"))
        assert await trade.sale(order_id) == ("DRAFT", 2)

    async def test_refuses_an_order_that_is_approved(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "1", "1"))
        late = operations.update_sales_order(
            trade.call, sales_order_id=order_id, lines=new_lines(trade.asked([(0, "2", "1")]))
        )
        (reason,) = await refusal(late)
        assert isinstance(reason, IllegalTransition)


class TestApproval:
    async def test_reserves_what_is_available_and_leaves_the_rest_as_backorder(self, trade: Trade) -> None:
        await trade.stock_up("5", "2")
        order_id = await trade.sell((0, "3", "9"), (0, "3", "9"), (1, "1", "9"), (2, "4", "9"))
        assert await trade.reserved(order_id) == ["3", "2", "1", "0"]
        assert await trade.level(0, "available", "reserved", "on_hand") == ["0", "5", "5"]
        assert await trade.sale(order_id) == ("APPROVED", 2)
        assert await trade.verify() == []

    async def test_takes_a_submitted_order_as_well(self, trade: Trade) -> None:
        order_id = await trade.draft_sale((0, "1", "1"))
        await operations.submit_sales_order(trade.call, sales_order_id=order_id, expected_version=1)
        await operations.approve_sales_order(trade.call, sales_order_id=order_id, expected_version=2)
        assert await trade.sale(order_id) == ("APPROVED", 3)

    async def test_refuses_another_version(self, trade: Trade) -> None:
        order_id = await trade.draft_sale((0, "1", "1"))
        stale = operations.approve_sales_order(trade.call, sales_order_id=order_id, expected_version=2)
        assert await refusal(stale) == [StaleVersion(path=("expected_version",), current=1, expected=2)]

    async def test_happens_once(self, trade: Trade) -> None:
        await trade.stock_up("5")
        order_id = await trade.sell((0, "3", "9"))
        (reason,) = await refusal(operations.approve_sales_order(trade.call, sales_order_id=order_id))
        assert isinstance(reason, IllegalTransition)

    async def test_sends_an_order_back(self, trade: Trade) -> None:
        order_id = await trade.draft_sale((0, "1", "1"))
        await operations.submit_sales_order(trade.call, sales_order_id=order_id)
        await operations.reject_sales_order(trade.call, sales_order_id=order_id, note="没货")
        assert await trade.sale(order_id) == ("DRAFT", 3)

    async def test_refuses_an_order_out_of_scope_as_if_it_did_not_exist(self, trade: Trade) -> None:
        order_id = await trade.draft_sale((0, "1", "1"))
        stranger = msgspec.structs.replace(trade.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
        with pytest.raises(NotFound) as refused:
            await operations.approve_sales_order(stranger, sales_order_id=order_id)
        assert refused.value.reasons == (UnknownId(path=("id",), kind="SalesOrder"),)


class TestCancelSalesOrder:
    async def test_frees_what_was_reserved(self, trade: Trade) -> None:
        await trade.stock_up("5")
        order_id = await trade.sell((0, "3", "9"))
        fact = await operations.cancel_sales_order(trade.call, sales_order_id=order_id)
        assert len(fact.stock_level_ids) == 1
        assert await trade.sale(order_id) == ("CANCELLED", 3)
        assert await trade.level(0, "available") == ["5"]
        assert await trade.verify() == []

    async def test_closes_an_order_that_was_shipped_in_part(self, trade: Trade) -> None:
        await trade.stock_up("5")
        order_id = await trade.sell((0, "3", "9"))
        await trade.ship(order_id, (0, "1"))
        await operations.cancel_sales_order(trade.call, sales_order_id=order_id)
        assert await trade.sale(order_id) == ("CLOSED", 4)
        assert await trade.level(0, "available", "on_hand") == ["4", "4"]
        assert await trade.verify() == []

    async def test_refuses_an_order_that_is_complete(self, trade: Trade) -> None:
        await trade.stock_up("5")
        order_id = await trade.sell((0, "3", "9"))
        await trade.ship(order_id, (0, "3"))
        (reason,) = await refusal(operations.cancel_sales_order(trade.call, sales_order_id=order_id))
        assert isinstance(reason, IllegalTransition)


class TestAllocateBackorders:
    async def test_serves_the_oldest_approval_first(self, trade: Trade) -> None:
        first, second, third = [await trade.sell((0, "4", "9")) for _ in range(3)]
        await trade.stock_up("6")
        assert [await trade.reserved(order) for order in (first, second, third)] == [["4"], ["2"], ["0"]]
        assert await trade.verify() == []

    async def test_passes_on_what_a_cancelled_order_had(self, trade: Trade) -> None:
        await trade.stock_up("6")
        first, second = [await trade.sell((0, "4", "9"), (0, "1", "9")) for _ in range(2)]
        assert await trade.reserved(second) == ["1", "0"]
        await operations.cancel_sales_order(trade.call, sales_order_id=first)
        assert await trade.reserved(second) == ["4", "1"]
        assert await trade.verify() == []

    async def test_leaves_drafts_and_other_goods_alone(self, trade: Trade) -> None:
        draft, other = await trade.draft_sale((0, "4", "9")), await trade.sell((1, "4", "9"))
        await trade.stock_up("6")
        assert await trade.reserved(draft) + await trade.reserved(other) == ["0", "0"]

    @pytest.mark.usefixtures("numbers_one_by_one")
    async def test_sends_as_many_statements_for_many_lines_as_for_few(self, trade: Trade) -> None:
        counts = []
        for skus in (2, 30):
            many = await make_trade(trade.call, skus)
            await many.sell(*((sku, "4", "1") for sku in range(skus)))
            order_id = await many.buy(*((sku, "4", "1") for sku in range(skus)))
            with db.statements() as seen:
                await many.receive(order_id, *((sku, "3") for sku in range(skus)))
            counts.append(len(seen))
        assert counts[0] == counts[1] < 40


class TestDifferences:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            (
                "UPDATE sales_order SET total = total + 100, net = net + 100, exchange_rate = 200000000",
                ["sales_order.total", "sales_order.net"],
            ),
            (
                "UPDATE sales_order SET base_gross = 100, base_net = 100, base_tax = 0, exchange_rate = 200000000",
                ["sales_order.base_net", "sales_order.base_gross"],
            ),
            ("UPDATE sales_order SET discount = 100", ["sales_order.discount"]),
            (
                "UPDATE sales_order_line SET tax = 100, gross = net + 100",
                ["sales_order.total", "sales_order.tax", "sales_order_line.base_tax", "sales_order_line.base_gross"],
            ),
            ("UPDATE sales_order SET status = 'SHIPPED'", ["sales_order.status", "sales_order_line:"]),
            ("UPDATE claim SET wanted = wanted + 1", ["stock_level.waiting", "sales_order_line:"]),
            ("UPDATE claim SET reserved = 0", ["stock_level.reserved", "stock_level.waiting"]),
        ],
    )
    async def test_are_found(self, trade: Trade, damage: str, found: list[str]) -> None:
        await trade.stock_up("9")
        order_id = await trade.sell((0, "5", "2"))
        await trade.ship(order_id, (0, "3"))
        assert await trade.verify() == []
        await set_column(damage)
        assert [difference.what.split()[0] for difference in await trade.verify()] == found
