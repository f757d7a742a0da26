"""Documents wait for the people whom their policy names, and go on with the last of them."""

import pytest

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.facts import PurchaseOrderApproved
from jxc_graphql.kit.call import Call
from jxc_graphql.office.approvals import operations as approvals
from jxc_graphql.office.approvals.facts import ApprovalDecided
from jxc_graphql.office.approvals.models import ApprovalRequest
from tests.make.approving import Office, make_office
from tests.make.begun import begun
from tests.refusals import codes

office = begun(make_office)


async def submitted(office: Office, price: str = "1000") -> int:
    ann = await office.call("ann")
    lines = office.trade.asked([(0, "1", price)])
    made = await purchasing.create_purchase_order(
        ann, supplier_id=office.trade.supplier_id, warehouse_id=office.trade.shop.warehouse.id, lines=lines
    )
    await purchasing.submit_purchase_order(ann, purchase_order_id=made.subject_id)
    return made.subject_id


async def approve(office: Office, name: str, order_id: int) -> object:
    return await purchasing.approve_purchase_order(await office.call(name), purchase_order_id=order_id)


async def test_two_steps_one_after_the_other(office: Office) -> None:
    await office.policy(office.step("bob", name="first"), office.step("CHIEF", at=2, name="second"))
    order_id = await submitted(office)
    assert await office.waiting(order_id) == ["first"]
    assert await codes(approve(office, "dan", order_id)) == [("APPROVAL_PENDING", ("id",))]
    assert isinstance(await approve(office, "bob", order_id), ApprovalDecided)
    assert await office.waiting(order_id) == ["second"]
    assert await codes(approve(office, "bob", order_id)) == [("ALREADY_DECIDED", ("id",))]
    assert await office.trade.purchase(order_id) == ("SUBMITTED", 2)
    assert isinstance(await approve(office, "eve", order_id), PurchaseOrderApproved)
    assert await office.trade.purchase(order_id) == ("APPROVED", 3)
    assert await office.requests(order_id) == ["APPROVED"]


async def test_the_author_does_not_decide(office: Office) -> None:
    await office.policy(office.step("ANN", "BOB"))
    order_id = await submitted(office)
    assert await codes(approve(office, "ann", order_id)) == [("OWN_DOCUMENT", ("id",))]
    await approve(office, "bob", order_id)


async def test_one_person_counts_once_for_all_steps(office: Office) -> None:
    await office.policy(office.step("bob", "cat", name="one"), office.step("cat", "dan", name="other"))
    order_id = await submitted(office)
    await approve(office, "cat", order_id)
    assert await office.waiting(order_id) == ["other"]
    assert await codes(approve(office, "cat", order_id)) == [("ALREADY_DECIDED", ("id",))]
    await approve(office, "dan", order_id)
    assert await office.trade.purchase(order_id) == ("APPROVED", 3)


async def test_he_does_where_the_policy_says_so(office: Office) -> None:
    await office.policy(office.step("ann"), lets_author_decide=True)
    order_id = await submitted(office)
    await approve(office, "ann", order_id)
    assert await office.trade.purchase(order_id) == ("APPROVED", 3)


async def test_a_policy_that_only_the_author_could_fulfil_is_refused_when_he_submits(office: Office) -> None:
    await office.policy(office.step("ann", name="self"))
    with pytest.raises(Exception, match=r"NobodyCanApprove.*self"):
        await submitted(office)


@pytest.mark.parametrize(("total", "who"), [("4999.99", "bob"), ("5000", "cat"), ("49999.99", "cat"), ("50000", "dan")])
async def test_a_band_holds_from_its_amount_until_the_next(office: Office, total: str, who: str) -> None:
    for place, (least, name) in enumerate((("50000", "dan"), ("5000", "cat"), ("0", "bob"))):
        await office.policy(office.step(name), at_least=least, position=place)
    order_id = await submitted(office, total)
    for name in ("bob", "cat", "dan"):
        if name != who:
            assert await codes(approve(office, name, order_id)) == [("APPROVAL_PENDING", ("id",))]
    await approve(office, who, order_id)


async def test_rejecting_ends_it_and_begins_anew(office: Office) -> None:
    await office.policy(office.step("bob"))
    order_id = await submitted(office)
    request = await ApprovalRequest.get()
    bob: Call = await office.call("bob")
    assert await codes(approvals.decide_approval(bob, approval_request_id=request.id, is_approved=False)) == [
        ("REQUIRED", ("note",))
    ]
    await approvals.decide_approval(bob, approval_request_id=request.id, is_approved=False, note="太贵")
    assert await office.requests(order_id) == ["REJECTED"]
    assert await office.trade.purchase(order_id) == ("DRAFT", 3)
    assert await codes(approvals.decide_approval(bob, approval_request_id=request.id, is_approved=True)) == [
        ("REQUEST_CLOSED", ("id",))
    ]
    await purchasing.submit_purchase_order(await office.call("ann"), purchase_order_id=order_id)
    assert await office.requests(order_id) == ["REJECTED", "PENDING"]
