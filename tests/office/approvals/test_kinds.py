"""Every kind that can be approved goes through approvals by its declaration, and through the tests of all kinds too."""

from typing import Any

import pytest

from jxc_graphql.kit.call import Call
from jxc_graphql.office.approvals import operations as approvals
from jxc_graphql.office.approvals.models import ApprovalRequest, StepNeeds
from jxc_graphql.office.approvals.operations import WantedPolicy
from jxc_graphql.office.approvals.rules import WantedApprover, WantedStep
from jxc_graphql.office.auth.operations import create_user, system_call
from jxc_graphql.office.auth.queries import call_of_user, role_ids_by_code
from jxc_graphql.office.documents.models import Document, DocumentKind
from jxc_graphql.office.documents.posting import operation_of
from jxc_graphql.office.documents.register import kind_of
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.stocktakes.models import Stocktake
from tests.contracts.test_lives import *  # noqa: F403  (what is true without a policy is true with one)
from tests.make.begun import begun
from tests.make.contract import Contract, contracts, make_stocked
from tests.make.trade import Trade
from tests.refusals import codes

UNCHANGED = stocktakes.UncountedLines.UNCOUNTED_UNCHANGED
APPROVED = tuple(one for one in contracts() if DocumentAction.APPROVE in one.kind.states.actions)


async def make_policies(call: Call) -> Trade:
    """A shop in which all documents are approved by an administrator, the author included."""
    trade = await make_stocked(call, quantity="1000")
    admin = (await role_ids_by_code())["ADMIN"]
    step = WantedStep(position=1, name="one", needs=StepNeeds.ANY, count=1, approvers=(WantedApprover(role_id=admin),))
    for contract in APPROVED:
        await said(call, contract, step, lets_author_decide=True)
    return trade


async def said(call: Call, contract: Contract, *steps: WantedStep, **told: Any) -> None:
    settings: dict[str, Any] = {
        "lets_author_decide": False, "keeps_smaller": False, "approves_without_steps": False, "position": 1,
    }  # fmt: skip
    policy = WantedPolicy(
        name="all", document_kind=DocumentKind(kind_of(contract.kind)), is_active=True, conditions=(), steps=steps,
        **settings | told,
    )  # fmt: skip
    await approvals.set_approval_policy(call, policy=policy)


trade = begun(make_policies)
stocked = begun(make_stocked, quantity="1000")


async def begin(call: Call, contract: Contract, trade: Trade) -> int:
    """The id of a document that waits for an approval, or can be approved as it is."""
    document_id = await contract.make(call, **await contract.what(trade))
    for operation in contract.then:
        status = (await Document.get(id=document_id)).status
        if DocumentAction.APPROVE in contract.kind.states.allowed(status):
            break
        await operation(call, **{contract.key: document_id})
    if contract.kind is Stocktake:  # which is counted first, as nobody does by its id alone
        await stocktakes.submit_stocktake(call, stocktake_id=document_id, uncounted=UNCHANGED)
    return document_id


@pytest.mark.parametrize("contract", APPROVED, ids=lambda one: one.kind.__name__)
async def test_it_waits_for_two_and_the_second_carries_it_out(call: Call, stocked: Trade, contract: Contract) -> None:
    people = [
        await call_of_user((await create_user(system_call(), username=name, name=name, roles=["ADMIN"])).user_id)
        for name in ("one", "two")
    ]
    approvers = tuple(WantedApprover(user_id=one.actor_id) for one in people)
    await said(call, contract, WantedStep(position=1, name="both", needs=StepNeeds.ALL, count=1, approvers=approvers))
    document_id = await begin(call, contract, stocked)
    before = await Document.get(id=document_id)
    assert before.status in {DocumentStatus.DRAFT, DocumentStatus.SUBMITTED}
    operation = operation_of(contract.kind.states[DocumentAction.APPROVE])
    given = {contract.key: document_id}
    assert (await operation(people[0], **given)).stored_as == "ApprovalDecided"
    waiting = await Document.get(id=document_id)
    assert (waiting.status, waiting.version, bool(waiting.waits_for)) == (before.status, before.version, True)
    second = await operation(people[1], **given)
    assert getattr(second, contract.key) == document_id
    assert second.stored_as != "ApprovalDecided"
    after = await Document.get(id=document_id)
    assert after.status in contract.kind.states[DocumentAction.APPROVE].ways[before.status]
    assert not after.waits_for
    assert [one.status for one in await ApprovalRequest.all()] == ["APPROVED"]


async def test_a_stocktake_within_its_limit_is_not_posted_before_they_agree(call: Call, stocked: Trade) -> None:
    """Without a policy, whoever manages stocktakes posts what is worth less than its limit without an approval."""
    (contract,) = (one for one in APPROVED if one.kind is Stocktake)
    boss = await call_of_user((await create_user(system_call(), username="one", name="one", roles=["ADMIN"])).user_id)
    approver = WantedApprover(user_id=boss.actor_id)
    step = WantedStep(position=1, name="boss", needs=StepNeeds.ANY, count=1, approvers=(approver,))
    await said(call, contract, step)
    document_id = await begin(call, contract, stocked)
    assert [code for code, _ in await codes(stocktakes.post_stocktake(call, stocktake_id=document_id))] == [
        "APPROVAL_PENDING"
    ]
    await stocktakes.approve_stocktake(boss, stocktake_id=document_id)
    await stocktakes.post_stocktake(call, stocktake_id=document_id)
    assert (await Document.get(id=document_id)).status is DocumentStatus.POSTED
