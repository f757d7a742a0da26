"""Amendments of orders are judged anew, by the policies of their orders where there are none of their own."""

from typing import Any

import pytest

from jxc_graphql.buying.purchase_amendments import operations as amendments
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.approvals.operations import AskedCondition
from jxc_graphql.office.documents.named import DocumentFact
from tests.make.amending import draft_purchase_amendment
from tests.make.approving import Office, make_office
from tests.make.begun import begun
from tests.make.trade import Trade

office = begun(make_office)


class Order:
    """An order of ann's of 10, which bob agreed to where it takes him."""

    def __init__(self, office: Office, order_id: int) -> None:
        self.office, self.id = office, order_id

    @property
    def trade(self) -> Trade:
        return self.office.trade

    async def amended(self, **told: Any) -> tuple[int, list[str]]:
        """An amendment that ann hands in, and the steps that it waits for."""
        drafted = await draft_purchase_amendment(await self.seen_by("ann"), self.id, **told)
        call = await self.office.call("ann")
        await amendments.submit_purchase_amendment(call, purchase_amendment_id=drafted)
        return drafted, await self.waiting(drafted)

    async def waiting(self, amendment_id: int) -> list[str]:
        return await self.office.waiting(amendment_id) if await self.office.requests(amendment_id) else []

    async def seen_by(self, name: str) -> Trade:
        trade = self.trade
        return type(trade)(
            await self.office.call(name), trade.shop, trade.supplier_id, trade.customer_id, trade.reactions
        )

    async def apply(self, name: str, amendment_id: int) -> None:
        call = await self.office.call(name)
        await amendments.approve_purchase_amendment(call, purchase_amendment_id=amendment_id)

    async def stands(self) -> tuple[str, str]:
        order = await purchasing.PurchaseOrder.get(id=self.id)
        return order.status.value, str(order.total)


async def ordered(office: Office, price: str, agrees: str = "bob") -> Order:
    trade = await Order(office, 0).seen_by("ann")
    order_id = await trade.draft_purchase((0, "10", price))
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(await office.call(agrees), purchase_order_id=order_id)
    return Order(office, order_id)


async def test_a5_a_higher_band_is_asked_and_then_the_lower_one_again(office: Office) -> None:
    """Approved at 4,900.00 by nobody in particular; at 5,100.00 it takes eve; back at 4,900.00 it is asked again."""
    await office.policy(office.step("eve", name="from 5,000"), at_least="5000")
    await office.policy(office.step("dan", name="below"), below="5000", position=2)
    order = await ordered(office, "490", agrees="dan")
    assert await order.stands() == ("APPROVED", "4900")
    raised, steps = await order.amended(change={0: {"unit_price": "510"}})
    assert steps == ["from 5,000"]
    with pytest.raises(Rejected, match="ApprovalPending"):
        await order.apply("dan", raised)
    assert await order.stands() == ("APPROVED", "4900")
    await order.apply("eve", raised)
    assert await order.stands() == ("APPROVED", "5100")
    lowered, steps = await order.amended(change={0: {"unit_price": "490"}})
    assert steps == ["below"]
    await order.apply("dan", lowered)
    assert await order.stands() == ("APPROVED", "4900")


async def test_who_agreed_to_no_less_is_not_asked_where_the_policy_says_so(office: Office) -> None:
    """9 instead of 10 at the same price are no more than was agreed to; 9 at a lower price are another price."""
    await office.policy(office.step("eve"), keeps_smaller=True)
    order = await ordered(office, "100", agrees="eve")
    fewer, steps = await order.amended(change={0: {"quantity": "9"}})
    assert steps == []
    await order.apply("bob", fewer)
    assert await order.stands() == ("APPROVED", "900")
    for told in ({"unit_price": "99"}, {"quantity": "10"}):
        other, steps = await order.amended(change={0: told})
        assert steps == ["step 1"]
        await amendments.cancel_purchase_amendment(await office.call("ann"), purchase_amendment_id=other)
    goods, steps = await order.amended(add=[(1, "1", "1")], change={0: {"quantity": "1"}})
    assert steps == ["step 1"]
    await order.apply("eve", goods)
    assert await order.stands() == ("APPROVED", "101")


async def test_amendments_have_policies_of_their_own(office: Office) -> None:
    """What becomes dearer by 50.00 and more takes dan, whatever the order comes to; its own policy holds for less."""
    dearer = AskedCondition(fact=DocumentFact.PRICE_RISE, at_least=Money.of("50"))  # type: ignore[attr-defined]
    await office.policy(office.step("dan", name="dearer"), kind="PURCHASE_AMENDMENT", conditions=[dearer])
    await office.policy(office.step("eve", name="order"), position=2)
    order = await ordered(office, "100", agrees="eve")
    for price, step in (("105", "dearer"), ("104.999", "order")):
        drafted, steps = await order.amended(change={0: {"unit_price": price}})
        assert steps == [step]
        await amendments.cancel_purchase_amendment(await office.call("ann"), purchase_amendment_id=drafted)


async def test_a_policy_of_orders_sees_by_how_many_percent_an_amendment_makes_goods_dearer(office: Office) -> None:
    """9 were paid for them last: 10.80 are 20 percent more, 10.79 are not; what keeps its price is not asked about."""
    trade = office.trade
    await trade.receive(await trade.buy((0, "4", "9")), (0, "4"))
    fact = DocumentFact("PRICE_RISE_PERCENT")
    order = await ordered(office, "10.79", agrees="eve")
    dearer = AskedCondition(fact=fact, at_least=Money.of("20"))
    await office.policy(office.step("dan", name="dearer"), conditions=[dearer])
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({"change": {0: {"unit_price": "10.8"}}}, ["dearer"]),
        ({"change": {0: {"unit_price": "10.795"}}}, []),
        ({"change": {0: {"quantity": "20"}}}, []),
        ({"add": [(0, "1", "11")]}, ["dearer"]),
    ]
    for told, steps in expected:
        drafted, waits = await order.amended(**told)
        assert waits == steps, told
        await amendments.cancel_purchase_amendment(await office.call("ann"), purchase_amendment_id=drafted)


async def test_what_nobody_must_agree_to_is_applied_as_it_is_handed_in(office: Office) -> None:
    await office.policy(kind="PURCHASE_AMENDMENT", below="5000", approves_without_steps=True)
    order = await ordered(office, "100")
    await order.amended(change={0: {"quantity": "20"}})
    assert await order.stands() == ("APPROVED", "2000")
    assert await office.trade.verify() == []
