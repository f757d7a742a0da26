"""Two decide at once, and somebody edits while another one decides: one of them comes first, and the other sees it."""

import asyncio

from jxc_graphql.kit.errors import Rejected
from jxc_graphql.office.approvals.models import ApprovalDecision, ApprovalRequest
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import SalesOrder
from tests.make.approving import Office, make_office
from tests.make.begun import begun
from tests.office.approvals.test_requests import approve, submitted

office = begun(make_office)
ROUNDS = 5


async def outcome(office: Office, name: str, order_id: int) -> str:
    try:
        fact = await approve(office, name, order_id)
    except Rejected as refused:
        return refused.reasons[0].code
    return type(fact).__name__


async def test_of_two_approvers_at_once_one_carries_it_out(office: Office) -> None:
    await office.policy(office.step("bob", "cat"))
    for _ in range(ROUNDS):
        order_id = await submitted(office)
        found = await asyncio.gather(*(outcome(office, name, order_id) for name in ("bob", "cat")))
        assert sorted(found) == ["ILLEGAL_TRANSITION", "PurchaseOrderApproved"]
        assert await ApprovalDecision.filter(request__document_id=order_id).count() == 1


async def test_of_two_who_both_must_agree_the_second_carries_it_out(office: Office) -> None:
    await office.policy(office.step("bob", "cat", needs="ALL"))
    for _ in range(ROUNDS):
        order_id = await submitted(office)
        found = await asyncio.gather(*(outcome(office, name, order_id) for name in ("bob", "cat", "bob", "cat")))
        assert sorted(found)[-2:] == ["ILLEGAL_TRANSITION", "PurchaseOrderApproved"] or "ApprovalDecided" in found
        assert found.count("PurchaseOrderApproved") == 1
        assert found.count("ApprovalDecided") == 1
        assert await ApprovalDecision.filter(request__document_id=order_id).count() == 2


async def test_an_editor_and_an_approver_do_not_pass_each_other(office: Office) -> None:
    """What is approved is what was agreed to: a draft that was changed waits anew."""
    await office.policy(office.step("bob", "cat", needs="ALL"), kind="SALES_ORDER")
    bob, cat = await office.call("bob"), await office.call("cat")
    for number in range(ROUNDS):
        order_id = await office.trade.draft_sale((0, "1", "9"))
        await sales.approve_sales_order(bob, sales_order_id=order_id)

        async def edit(order_id: int = order_id, number: int = number) -> bool:
            try:
                await sales.update_sales_order(office.trade.call, sales_order_id=order_id, note=f"改{number}")
            except Rejected:
                return False
            return True

        edited, _ = await asyncio.gather(edit(), sales.approve_sales_order(cat, sales_order_id=order_id))
        status = (await SalesOrder.get(id=order_id)).status
        requests = [one.status.value for one in await ApprovalRequest.filter(document_id=order_id).order_by("id")]
        if edited:  # then cat agreed to another version, to which bob has not agreed
            assert (status, requests) == ("DRAFT", ["WITHDRAWN", "PENDING"])
        else:
            assert (status, requests) == ("APPROVED", ["APPROVED"])
