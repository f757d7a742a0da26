"""What happens while documents wait: deputies, limits, reminders, escalation, changed policies, changed amounts."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from jxc_graphql import wiring
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.approvals import operations as approvals
from jxc_graphql.office.approvals.chores import remind_approvers
from jxc_graphql.office.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalTask
from jxc_graphql.office.approvals.queries import COMPARISONS, tasks_of
from jxc_graphql.office.auth.operations import deactivate_user, system_call
from jxc_graphql.office.documents.comparisons import compare
from jxc_graphql.office.documents.models import Document
from jxc_graphql.office.documents.named import DocumentFact
from jxc_graphql.office.jobs.declared import Stage
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import Adjustment
from jxc_graphql.warehousing.adjustments.rules import ScrappedGoods
from tests.make.approving import Office, make_office
from tests.make.begun import begun
from tests.make.redrafts import new_lines
from tests.office.approvals.test_requests import approve, submitted
from tests.refusals import codes

office = begun(make_office)


async def waits(office: Office, *names: str) -> list[int]:
    return [len(await tasks_of(await office.call(name))) for name in names]


async def test_limits_of_approvers(office: Office) -> None:
    await office.policy(office.step("bob<=500", "cat<=5000", "dan"))
    order_id = await submitted(office, "5000")
    assert await waits(office, "bob", "cat", "dan") == [0, 1, 1]
    assert await codes(approve(office, "bob", order_id)) == [("APPROVAL_PENDING", ("id",))]
    await approve(office, "cat", order_id)
    assert await office.trade.purchase(order_id) == ("APPROVED", 3)


async def test_a_deputy_stands_in_on_his_days_and_counts_for_whom_he_does(office: Office) -> None:
    await office.policy(office.step("bob", "cat", needs="ALL"))
    order_id = await submitted(office)
    bob, today = await office.call("bob"), clock.day_of(clock.now())
    later: dict[str, Any] = {"starts_on": today + timedelta(days=1), "ends_on": today + timedelta(days=2)}
    made = await approvals.set_approval_deputy(bob, deputy_id=office.people["dan"], **later)
    assert await codes(approve(office, "dan", order_id)) == [("APPROVAL_PENDING", ("id",))]
    await approvals.set_approval_deputy(
        bob, approval_deputy_id=made.approval_deputy_id, deputy_id=office.people["dan"],
        starts_on=today, ends_on=today,
    )  # fmt: skip
    assert await waits(office, "bob", "cat", "dan") == [1, 1, 1]
    await approve(office, "dan", order_id)
    assert await waits(office, "bob", "cat", "dan") == [0, 1, 0]
    assert await codes(approve(office, "bob", order_id)) == [("ALREADY_DECIDED", ("id",))]
    await approve(office, "cat", order_id)
    assert await office.trade.purchase(order_id) == ("APPROVED", 3)


async def test_the_author_is_no_deputy_for_his_own(office: Office) -> None:
    await office.policy(office.step("bob"))
    today = clock.day_of(clock.now())
    await approvals.set_approval_deputy(
        await office.call("bob"), deputy_id=office.people["ann"], starts_on=today, ends_on=today
    )
    order_id = await submitted(office)
    assert await waits(office, "ann", "bob") == [0, 1]
    assert await codes(approve(office, "ann", order_id)) == [("OWN_DOCUMENT", ("id",))]


async def test_others_deputies_take_a_permission(office: Office) -> None:
    today = clock.day_of(clock.now())
    ann = await office.call("ann")
    powerless = msgspec.structs.replace(ann, permissions=ann.permissions - {"MANAGE_APPROVALS"})
    wanted: dict[str, Any] = {
        "user_id": office.people["bob"],
        "deputy_id": office.people["cat"],
        "starts_on": today,
        "ends_on": today,
    }
    with pytest.raises(Exception, match="MANAGE_APPROVALS"):
        await approvals.set_approval_deputy(powerless, **wanted)
    await approvals.set_approval_deputy(ann, **wanted)
    wrong = wanted | {"deputy_id": office.people["bob"], "ends_on": today - timedelta(days=1)}
    assert await codes(approvals.set_approval_deputy(ann, **wrong)) == [
        ("UNKNOWN_ID", ("deputy_id",)), ("ENDS_BEFORE_IT_STARTS", ("ends_on",)),
    ]  # fmt: skip


@db.transactional
async def look(hours: int) -> int:
    call = msgspec.structs.replace(system_call(), at=clock.now() + timedelta(hours=hours))
    return (await remind_approvers(call, Stage())).done


async def test_who_waits_is_reminded_and_others_may_decide_after_long(office: Office) -> None:
    await office.policy(office.step("bob", "cat", "dan!", needs="ALL", remind_after_hours=4, escalate_after_hours=10))
    order_id = await submitted(office)
    assert await look(3) == 0
    assert [await look(hours) for hours in (5, 5, 9, 9)] == [1, 0, 1, 0]
    assert await waits(office, "bob", "cat", "dan") == [1, 1, 0]
    assert await look(11) == 1
    assert (await ApprovalTask.get()).escalated_at is not None
    assert await waits(office, "bob", "cat", "dan") == [1, 1, 1]
    told = await db.fetch(
        "SELECT name FROM journal WHERE subject_id = ? AND name LIKE 'Approval%' ORDER BY id", (order_id,)
    )
    assert [name for (name,) in told] == [
        "ApprovalRequested", "ApprovalReminded", "ApprovalReminded", "ApprovalEscalated",
    ]  # fmt: skip
    await approve(office, "dan", order_id)
    await approve(office, "cat", order_id)
    assert await office.trade.purchase(order_id) == ("APPROVED", 3)


async def test_a_request_goes_on_by_the_policy_with_which_it_began(office: Office) -> None:
    policy_id = await office.policy(office.step("bob"))
    order_id = await submitted(office)
    await office.policy(office.step("cat"), approval_policy_id=policy_id)
    assert await codes(approve(office, "cat", order_id)) == [("APPROVAL_PENDING", ("id",))]
    await approve(office, "bob", order_id)
    other = await submitted(office)
    assert await waits(office, "bob", "cat") == [0, 1]
    await approve(office, "cat", other)


async def test_a_changed_amount_asks_again_unless_it_is_smaller_and_the_policy_says_so(office: Office) -> None:
    for keeps_smaller in (False, True):
        await office.policy(
            office.step("bob"), office.step("cat", at=2), keeps_smaller=keeps_smaller, position=int(not keeps_smaller)
        )
        order_id = await submitted(office, "5000")
        await approve(office, "bob", order_id)
        (request,) = await ApprovalRequest.filter(document_id=order_id)
        ann = await office.call("ann")
        for price, kept in (("4900", keeps_smaller), ("5100", False)):
            await approvals.withdraw_approval(ann, approval_request_id=request.id)
            await purchasing.reject_purchase_order(office.trade.call, purchase_order_id=order_id)
            lines: Any = new_lines(office.trade.asked([(0, "1", price)]))
            await purchasing.update_purchase_order(ann, purchase_order_id=order_id, lines=lines)
            await purchasing.submit_purchase_order(ann, purchase_order_id=order_id)
            request = await ApprovalRequest.get(document_id=order_id, status="PENDING")
            assert await office.waiting(order_id) == (["step 2"] if kept else ["step 1"])
            carried = await ApprovalDecision.filter(request_id=request.id)
            assert [one.carried_from_id is not None for one in carried] == [True] * kept


async def test_what_needs_no_step_is_approved_as_it_is_handed_in_if_the_policy_says_so(office: Office) -> None:
    await office.policy(office.step("bob"), at_least="100", position=1)
    policy_id = await office.policy(position=2)
    small = await submitted(office, "99.99")
    assert await office.trade.purchase(small) == ("SUBMITTED", 2)
    await office.policy(position=2, approves_without_steps=True, approval_policy_id=policy_id)
    at_once = await submitted(office, "99.99")
    assert await office.trade.purchase(at_once) == ("APPROVED", 3)
    assert await office.trade.purchase(await submitted(office, "100")) == ("SUBMITTED", 2)


async def test_a_draft_that_waits_is_changed_and_waits_no_more(office: Office) -> None:
    await office.policy(office.step("bob"), kind="SALES_ORDER")
    order_id = await office.trade.draft_sale((0, "1", "9"))
    await sales.approve_sales_order(await office.call("cat"), sales_order_id=order_id)
    assert await office.trade.sale(order_id) == ("DRAFT", 1)
    assert await waits(office, "bob", "cat") == [1, 0]
    await sales.update_sales_order(office.trade.call, sales_order_id=order_id, note="改")
    assert await office.requests(order_id) == ["WITHDRAWN"]
    assert (await Document.get(id=order_id)).waits_for is None
    await sales.approve_sales_order(await office.call("bob"), sales_order_id=order_id)
    assert await office.trade.sale(order_id) == ("APPROVED", 3)
    assert await office.requests(order_id) == ["WITHDRAWN", "APPROVED"]


async def test_goods_are_scrapped_only_once_it_was_agreed(office: Office) -> None:
    await office.policy(office.step("bob"), kind="ADJUSTMENT", at_least="4", of=DocumentFact.VARIANCE)
    for quantity, status in (("1", "POSTED"), ("2", "SUBMITTED")):
        lines = [ScrappedGoods(sku_id=office.trade.shop.skus[0], quantity=Quantity.of(quantity))]
        fact = await adjustments.write_off(office.trade.call, warehouse_id=office.trade.shop.warehouse.id, lines=lines)
        assert (await Adjustment.get(id=fact.subject_id)).status == status
    await adjustments.approve_adjustment(await office.call("bob"), adjustment_id=fact.subject_id)
    assert await office.trade.level(0, "on_hand") == ["7"]


async def test_who_is_gone_is_not_waited_for_any_more(office: Office) -> None:
    await office.policy(office.step("bob", "cat"))
    order_id = await submitted(office)
    told = (await Document.get(id=order_id)).waits_for
    assert str(office.people["bob"]) in str(told)
    await deactivate_user(system_call(), user_id=office.people["bob"])
    await wiring.REACTIONS.settle()
    told = (await Document.get(id=order_id)).waits_for
    assert str(office.people["bob"]) not in str(told)
    assert str(office.people["cat"]) in str(told)


async def test_the_books_agree_and_what_does_not_is_found(office: Office) -> None:
    await office.policy(office.step("bob"), office.step("cat", at=2))
    order_id, other = await submitted(office), await submitted(office)
    await approve(office, "bob", order_id)
    await approve(office, "cat", order_id)
    assert await compare(COMPARISONS) == []
    await _spoil(other)
    assert len(await compare(COMPARISONS)) == 1


@db.transactional
async def _spoil(document_id: int) -> None:
    await db.execute("UPDATE document SET waits_for = NULL WHERE id = ?", (document_id,))


async def test_decisions_are_only_added_to(office: Office) -> None:
    await office.policy(office.step("bob"))
    await approve(office, "bob", await submitted(office))

    @db.transactional
    async def rewrite() -> None:
        await db.execute("UPDATE approval_decision SET note = 'x'")

    with pytest.raises(Exception, match="append-only"):
        await rewrite()
