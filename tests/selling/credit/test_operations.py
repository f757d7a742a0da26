"""How much a customer is trusted with, and what asks for more: by hand, with the cases of the design (A27 to A31)."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Conflict, NotFound, Rejected
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.office.documents.named import DocumentFact, known_of
from jxc_graphql.selling.credit import operations as credit
from jxc_graphql.selling.credit.models import CreditAction, CreditLimit
from jxc_graphql.selling.credit.rules import CreditExceeded, CustomerOverdue
from jxc_graphql.selling.sales import exposure
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import SalesOrder
from jxc_graphql.selling.sales_amendments import operations as amendments
from jxc_graphql.selling.sales_amendments.models import SalesAmendment
from jxc_graphql.selling.sales_amendments.rules import ChangedSalesLine
from jxc_graphql.selling.shipping import operations as shipping
from tests.make.approving import Office
from tests.make.customer_returns import EXCHANGE, approve, draft, returned, sent_lines
from tests.make.debts import owe
from tests.make.trade import Trade, set_column

ASK, WARN, REFUSE = CreditAction.ASK, CreditAction.WARN, CreditAction.REFUSE


async def trust(trade: Trade, amount: str, **told: Any) -> int:
    """The limit of the customer."""
    given = {"customer_id": trade.customer_id} | told
    return (await credit.set_credit_limit(trade.call, amount=Money.of(amount), **given)).credit_limit_id


async def refusal(doing: Any) -> tuple[str, ...]:
    """Limit, asked and available of the one reason for which something is refused."""
    with pytest.raises(Rejected) as refused:
        await doing
    (reason,) = refused.value.reasons
    assert isinstance(reason, CreditExceeded)
    assert reason.path == ("id",)
    return tuple(map(str, (reason.limit, reason.asked, reason.available)))


async def amend(trade: Trade, order_id: int, quantity: str) -> int:
    """An amendment of its first line that was handed in."""
    (line,) = await trade.sales_lines(order_id)
    change = [ChangedSalesLine(sales_order_line_id=line.id, quantity=Quantity.of(quantity))]
    made = (await amendments.amend_sales_order(trade.call, sales_order_id=order_id, change=change)).subject_id
    await amendments.submit_sales_amendment(trade.call, sales_amendment_id=made)
    return made


class TestLimit:
    async def test_counts_orders_and_debts_less_what_was_paid_ahead(self, trade: Trade) -> None:
        """A27: 6,000 + 3,000 − 500 of 10,000: 1,600 more is refused, 1,500 are available."""
        await owe(trade.call, "6000", customer_id=trade.customer_id)
        await trade.sell((0, "30", "100"))
        await owe(trade.call, "-500", customer_id=trade.customer_id)
        await trust(trade, "10000")
        order_id = await trade.draft_sale((0, "16", "100"))
        asked = ("10000", "1600", "1500")
        assert await refusal(sales.submit_sales_order(trade.call, sales_order_id=order_id)) == asked
        assert await refusal(sales.approve_sales_order(trade.call, sales_order_id=order_id)) == asked
        assert await trade.sale(order_id) == ("DRAFT", 1)
        assert await trade.reserved(order_id) == ["0"]
        await trade.sell((0, "15", "100"))
        assert await refusal(sales.approve_sales_order(trade.call, sales_order_id=order_id)) == ("10000", "1600", "0")

    async def test_counts_what_left_once(self, trade: Trade) -> None:
        """A28: of an order of 3,000 goods for 1,000 left: 3,000, so at a limit of 3,500 there are 500."""
        await trade.stock_up("100")
        order_id = await trade.sell((0, "30", "100"))
        await trust(trade, "3500")
        await trade.ship(order_id, (0, "10"))
        next_id = await trade.draft_sale((0, "1", "500.01"))
        assert (await refusal(sales.approve_sales_order(trade.call, sales_order_id=next_id)))[2] == "500"
        await trade.sell((0, "5", "100"))

    async def test_is_looked_at_again_when_an_order_was_a_draft_once_more(self, trade: Trade) -> None:
        """A29: 800 are taken back, 800 are approved instead, and the first do not fit any more."""
        await trust(trade, "1000")
        first = await trade.sell((0, "8", "100"))
        await sales.unapprove_sales_order(trade.call, sales_order_id=first)
        await trade.sell((0, "8", "100"))
        assert await refusal(sales.approve_sales_order(trade.call, sales_order_id=first)) == ("1000", "800", "200")

    async def test_lets_a_shipment_be_taken_back_whose_order_asks_for_no_more(self, trade: Trade) -> None:
        await trade.stock_up("100")
        order_id = await trade.sell((0, "8", "100"))
        sent = await trade.ship(order_id, (0, "8"))
        await trust(trade, "0")
        assert str((await exposure.exposures(trade.call, [trade.customer_id]))[0].exposure) == "800"
        await shipping.reverse_shipment(trade.call, shipment_id=sent.shipment_id, note="录错")
        assert str((await exposure.exposures(trade.call, [trade.customer_id]))[0].exposure) == "800"

    async def test_of_nothing_is_for_what_was_paid_ahead(self, trade: Trade) -> None:
        """A31: 1,000.00 paid ahead: 1,000.00 pass, 1,000.01 do not."""
        await trust(trade, "0")
        await owe(trade.call, "-1000", customer_id=trade.customer_id)
        order_id = await trade.draft_sale((0, "1", "1000.01"))
        asked = await refusal(sales.approve_sales_order(trade.call, sales_order_id=order_id))
        assert asked == ("0", "1000.01", "1000")
        await trade.sell((0, "1", "1000"))

    async def test_of_all_holds_for_who_has_none_of_his_own(self, trade: Trade) -> None:
        await trust(trade, "100", customer_id=None)
        order_id = await trade.draft_sale((0, "2", "100"))
        await refusal(sales.submit_sales_order(trade.call, sales_order_id=order_id))
        own = await trust(trade, "200")
        await sales.submit_sales_order(trade.call, sales_order_id=order_id)
        await credit.remove_credit_limit(trade.call, credit_limit_id=own)
        await refusal(sales.approve_sales_order(trade.call, sales_order_id=order_id))
        await credit.remove_credit_limit(trade.call, credit_limit_id=1)
        await sales.approve_sales_order(trade.call, sales_order_id=order_id)

    async def test_leaves_out_what_is_given_up_of_an_order_that_goes_on(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "3", "3.3333"), (0, "1", "7"))  # 10.00 and 7.00
        (first, _) = await trade.sales_lines(order_id)
        await set_column("UPDATE sales_order_line SET quantity_cancelled = 10000 WHERE id = ?", first.id)
        await trust(trade, "20")  # two of three are 6.67, so 13.67 are on order
        next_id = await trade.draft_sale((0, "1", "6.34"))
        assert (await refusal(sales.approve_sales_order(trade.call, sales_order_id=next_id)))[2] == "6.33"
        order = await SalesOrder.get(id=next_id)
        assert (await known_of(order))[DocumentFact("CREDIT_EXCEEDED")] == 100  # 0.01
        await trade.sell((0, "1", "6.33"))

    async def test_may_only_be_warned_of(self, trade: Trade) -> None:
        await trust(trade, "100", when_exceeded=WARN)
        await trade.sell((0, "9", "100"))

    async def test_has_no_statement_of_its_own(self, trade: Trade) -> None:
        """The statement that reads the customer of an order reads it too."""
        sent = []
        for limit in (None, None, "100000"):  # whoever is first makes what others find
            if limit:
                await trust(trade, limit)
            order_id = await trade.draft_sale((0, "1", "1"))
            with db.statements() as seen:
                await sales.approve_sales_order(trade.call, sales_order_id=order_id)
            sent.append(len([one for one in seen if "FOR NO KEY UPDATE" not in one]))
        assert sent[1] == sent[2]


class TestAmendment:
    async def test_asks_for_the_difference(self, trade: Trade) -> None:
        """An order of 800 becomes one of 1,100 at a limit of 1,000: 300 more, 200 available; one of 1,000 fits."""
        await trust(trade, "1000")
        order_id = await trade.sell((0, "8", "100"))
        made = await amend(trade, order_id, "11")
        assert (await known_of(await SalesAmendment.get(id=made)))[DocumentFact("CREDIT_EXCEEDED")] == 100 * 10_000
        doing = amendments.approve_sales_amendment(trade.call, sales_amendment_id=made)
        assert await refusal(doing) == ("1000", "300", "200")
        assert [str(one.quantity) for one in await trade.sales_lines(order_id)] == ["8"]
        await amendments.cancel_sales_amendment(trade.call, sales_amendment_id=made)
        made = await amend(trade, order_id, "10")
        await amendments.approve_sales_amendment(trade.call, sales_amendment_id=made)

    async def test_to_less_passes_whatever_the_limit(self, trade: Trade) -> None:
        order_id = await trade.sell((0, "8", "100"))
        await trust(trade, "0")
        made = await amend(trade, order_id, "7")
        await amendments.approve_sales_amendment(trade.call, sales_amendment_id=made)


class TestOverdue:
    async def test_is_refused_after_the_days_of_grace(self, trade: Trade) -> None:
        today = clock.day_of(trade.call.at)
        past = today - timedelta(days=10)
        await owe(trade.call, "300", customer_id=trade.customer_id, on=past, due_on=past)
        await trust(trade, "100000", when_overdue=REFUSE, grace_days=10)
        await trade.sell((0, "1", "1"))
        limit = await CreditLimit.get(customer_id=trade.customer_id)
        await trust(trade, "100000", when_overdue=REFUSE, grace_days=9, expected_version=limit.version)
        order_id = await trade.draft_sale((0, "1", "1"))
        for doing in (sales.submit_sales_order, sales.approve_sales_order):
            with pytest.raises(Rejected) as refused:
                await doing(trade.call, sales_order_id=order_id)
            assert refused.value.reasons == (CustomerOverdue(path=("id",), overdue=Money.of("300"), days=10),)
        assert (await known_of(await SalesOrder.get(id=order_id)))[DocumentFact("OVERDUE_DAYS")] == 10 * 10_000
        await owe(trade.call, "-300", customer_id=trade.customer_id)  # paid, and not set off yet
        assert (await known_of(await SalesOrder.get(id=order_id)))[DocumentFact("OVERDUE_DAYS")] == 0
        await sales.approve_sales_order(trade.call, sales_order_id=order_id)

    async def test_is_only_told_of_by_default(self, trade: Trade) -> None:
        past = clock.day_of(trade.call.at) - timedelta(days=400)
        await owe(trade.call, "300", customer_id=trade.customer_id, on=past, due_on=past)
        await trust(trade, "100000")
        await trade.sell((0, "1", "1"))


class TestAsking:
    async def test_is_approved_once_those_agreed_who_know_by_how_much(self, office: Office) -> None:
        trade = office.trade
        await trust(trade, "100", when_exceeded=ASK)
        chief = office.step("bob")
        await office.policy(chief, kind="SALES_ORDER", of=DocumentFact("CREDIT_EXCEEDED"), at_least="0.01")
        ann, bob = await office.call("ann"), await office.call("bob")
        fits = await self.drafted(trade, ann, "1")
        await sales.submit_sales_order(ann, sales_order_id=fits)
        await sales.approve_sales_order(ann, sales_order_id=fits)  # 100 of 100, and nobody is asked
        over = await self.drafted(trade, ann, "2")
        await sales.submit_sales_order(ann, sales_order_id=over)
        assert await office.waiting(over) == ["step 1"]
        with pytest.raises(Rejected):
            await sales.approve_sales_order(ann, sales_order_id=over)
        await sales.approve_sales_order(bob, sales_order_id=over)
        assert await trade.sale(over) == ("APPROVED", 3)

    async def test_is_refused_where_it_became_more_since(self, office: Office) -> None:
        trade = office.trade
        await trust(trade, "100", when_exceeded=ASK)
        await office.policy(office.step("bob"), kind="SALES_ORDER", of=DocumentFact("CREDIT_EXCEEDED"), at_least="0.01")
        ann, bob = await office.call("ann"), await office.call("bob")
        over = await self.drafted(trade, ann, "2")
        await sales.submit_sales_order(ann, sales_order_id=over)  # by 100
        await owe(trade.call, "0.01", customer_id=trade.customer_id)
        asked = await refusal(sales.approve_sales_order(bob, sales_order_id=over))
        assert asked == ("100", "200", "99.99")
        await sales.reject_sales_order(bob, sales_order_id=over)
        await sales.submit_sales_order(ann, sales_order_id=over)  # by 100.01
        await sales.approve_sales_order(bob, sales_order_id=over)

    async def test_is_refused_where_nobody_is_to_be_asked(self, trade: Trade) -> None:
        await trust(trade, "100", when_exceeded=ASK)
        order_id = await trade.draft_sale((0, "2", "100"))
        await sales.submit_sales_order(trade.call, sales_order_id=order_id)
        await refusal(sales.approve_sales_order(trade.call, sales_order_id=order_id))

    async def drafted(self, trade: Trade, call: Call, quantity: str) -> int:
        line = LineToPrice(sku_id=trade.shop.skus[0], quantity=Quantity.of(quantity), unit_price=UnitPrice.of("100"))
        given: Any = {"customer_id": trade.customer_id, "warehouse_id": trade.shop.warehouse.id, "lines": [line]}
        return (await sales.create_sales_order(call, **given)).subject_id


class TestExchange:
    async def test_asks_for_the_difference(self, trade: Trade) -> None:
        """113 go back for 135: he is trusted with 22 more, which is what is left; with a cent less it is refused."""
        await trade.stock_up("10", "10")
        order_id = await trade.sell((0, "1", "113"))
        (line,) = await sent_lines(await trade.ship(order_id, (0, "1")))
        given = {"resolution": EXCHANGE, "exchange_sku_id": trade.shop.skus[1], "price": "135"}
        return_id = await draft(trade, returned(line.id, "1", **given))
        await trust(trade, "134.99")
        assert await refusal(approve(trade, return_id)) == ("134.99", "22", "21.99")
        await trust(trade, "135")
        assert (await approve(trade, return_id)).sales_order_id


class TestRace:
    async def test_two_want_the_last_of_a_limit(self, trade: Trade) -> None:
        """A30: eight orders of 1,500 at 1,500 available, approved at once: one, and nothing is left for the others."""
        await trust(trade, "1500")
        orders = [await trade.draft_sale((0, "15", "100")) for _ in range(8)]
        doing = (sales.approve_sales_order(trade.call, sales_order_id=one) for one in orders)
        found = await asyncio.gather(*doing, return_exceptions=True)
        refused = [one for one in found if isinstance(one, Rejected)]
        assert len(refused) == 7
        assert {one.reasons[0] for one in refused} == {
            CreditExceeded(path=("id",), limit=Money.of("1500"), asked=Money.of("1500"), available=Money(0))
        }
        assert str((await exposure.exposures(trade.call, [trade.customer_id]))[0].orders) == "1500"
        assert await trade.verify() == []

    async def test_amendments_and_orders_want_the_last_of_it(self, trade: Trade) -> None:
        """Four orders of 100 are to become 300 each and four more of 200 are to be approved, with 500 available."""
        first = [await trade.sell((0, "1", "100")) for _ in range(4)]
        made = [await amend(trade, one, "3") for one in first]
        orders = [await trade.draft_sale((0, "2", "100")) for _ in range(4)]
        await trust(trade, "900")
        doing: list[Any] = [amendments.approve_sales_amendment(trade.call, sales_amendment_id=one) for one in made]
        doing += [sales.approve_sales_order(trade.call, sales_order_id=one) for one in orders]
        found = await asyncio.gather(*doing, return_exceptions=True)
        assert [type(one) for one in found if isinstance(one, BaseException)] == [Rejected] * 6
        assert str((await exposure.exposures(trade.call, [trade.customer_id]))[0].orders) == "800"
        assert await trade.verify() == []


class TestKeeping:
    async def test_a_limit_is_changed_at_the_version_that_was_seen(self, trade: Trade) -> None:
        first = await trust(trade, "100")
        assert await trust(trade, "200", expected_version=1) == first
        with pytest.raises(Conflict):
            await trust(trade, "300", expected_version=1)
        with pytest.raises(Conflict):
            await credit.remove_credit_limit(trade.call, credit_limit_id=first, expected_version=1)
        kept = await CreditLimit.get(id=first)
        assert (str(kept.amount), kept.version) == ("200", 2)
        assert await trust(trade, "200") == first  # nothing new
        assert (await CreditLimit.get(id=first)).version == 2

    async def test_all_that_is_wrong_is_told_at_once(self, trade: Trade) -> None:
        with pytest.raises(Rejected) as refused:
            await credit.set_credit_limit(
                trade.call, customer_id=1, amount=Money.of("-0.001"), grace_days=-1, when_exceeded=ASK
            )
        found = {one.code for one in refused.value.reasons}
        assert found == {"OUT_OF_BOUNDS", "TOO_MANY_DECIMALS", "GRACE_OUT_OF_RANGE", "UNKNOWN_ID"}
        assert await CreditLimit.all().count() == 0

    async def test_whoever_sees_some_customers_says_nothing_of_others(self, trade: Trade) -> None:
        first = await trust(trade, "100")
        every = await trust(trade, "100", customer_id=None)
        other = msgspec.structs.replace(trade.call, scopes={Dimension.CUSTOMER: frozenset({1})})
        for one in (first, every):
            with pytest.raises(NotFound):
                await credit.remove_credit_limit(other, credit_limit_id=one)
        for customer_id in (None, trade.customer_id):
            with pytest.raises(Rejected):
                await credit.set_credit_limit(other, customer_id=customer_id, amount=Money(0))
        assert await CreditLimit.filter(amount=Money.of("100")).count() == 2

    async def test_a_customer_with_a_limit_is_in_use(self, trade: Trade) -> None:
        limit = await trust(trade, "100")
        with pytest.raises(Rejected):
            await partners.delete_customer(trade.call, customer_id=trade.customer_id)
        await credit.remove_credit_limit(trade.call, credit_limit_id=limit)
        await partners.delete_customer(trade.call, customer_id=trade.customer_id)
