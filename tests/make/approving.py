"""An office in which documents must be agreed to: its people, and policies in plain words."""

from typing import Any

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.approvals import operations as approvals
from jxc_graphql.office.approvals.models import ApprovalRequest, ApprovalTask, StepNeeds
from jxc_graphql.office.approvals.operations import AskedCondition, WantedPolicy
from jxc_graphql.office.approvals.rules import WantedApprover, WantedStep
from jxc_graphql.office.auth.operations import create_role, create_user, set_user_roles, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.auth.queries import call_of_user, role_ids_by_code
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.named import DocumentFact
from tests.make.contract import make_stocked
from tests.make.trade import Trade

PEOPLE = ("ann", "bob", "cat", "dan", "eve")
"""Each has the role of his name, with which he may do everything; ann drafts."""
CHIEFS = ("dan", "eve")
"""These are CHIEF besides."""


class Office(msgspec.Struct, frozen=True):
    """A shop and its people."""

    trade: Trade
    people: dict[str, int]
    roles: dict[str, int]

    async def call(self, name: str) -> Call:
        return await call_of_user(self.people[name], request_id="test")

    async def policy(self, *steps: WantedStep, kind: str = "PURCHASE_ORDER", **told: Any) -> int:
        """A policy with these steps; `at_least` and `below` are of its amount."""
        bounds: dict[str, Any] = {one: Money.of(told.pop(one)) for one in ("at_least", "below") if one in told}
        conditions = list(told.pop("conditions", ()))
        if bounds:
            conditions.append(AskedCondition(fact=told.pop("of", DocumentFact.AMOUNT), **bounds))
        said: dict[str, Any] = {
            "name": "policy", "position": 1, "is_active": True, "lets_author_decide": False, "keeps_smaller": False,
            "approves_without_steps": False,
        }  # fmt: skip
        also = {one: told.pop(one) for one in ("approval_policy_id", "expected_version") if one in told}
        wanted = WantedPolicy(
            document_kind=DocumentKind(kind), conditions=tuple(conditions), steps=steps, **said | told
        )
        fact = await approvals.set_approval_policy(self.trade.call, policy=wanted, **also)
        return fact.approval_policy_id

    def step(self, *who: str | WantedApprover, at: int = 1, needs: str = "ANY", **told: Any) -> WantedStep:
        """A step for these: users in small letters, roles in capitals, `bob<=500` up to an amount, `dan!` later."""
        approvers = tuple(one if isinstance(one, WantedApprover) else self._approver(one) for one in who)
        said: dict[str, Any] = {"name": f"step {at}", "count": 1} | told
        return WantedStep(position=at, needs=StepNeeds(needs), approvers=approvers, **said)

    def _approver(self, text: str) -> WantedApprover:
        name, _, limit = text.partition("<=")
        plain = name.removesuffix("!")
        which = {"role_id": self.roles[plain]} if plain.isupper() else {"user_id": self.people[plain]}
        up_to = Money.of(limit) if limit else None
        return WantedApprover(**which, up_to=up_to, is_escalation=name.endswith("!"))

    async def waiting(self, document_id: int) -> list[str]:
        """The steps of its newest request that are open."""
        request = await ApprovalRequest.filter(document_id=document_id).order_by("-id").first()
        assert request
        open_ones = await ApprovalTask.filter(request_id=request.id, state="OPEN").order_by("id")
        return [one.name for one in open_ones]

    async def requests(self, document_id: int) -> list[str]:
        """Where the requests of a document stand, the oldest first."""
        return [one.status.value for one in await ApprovalRequest.filter(document_id=document_id).order_by("id")]


async def make_office(call: Call) -> Office:
    trade = await make_stocked(call)
    people = {}
    await create_role(call, code="CHIEF", name="主管", permissions=[])
    for name in PEOPLE:
        await create_role(call, code=name.upper(), name=name, permissions=list(Permission))
        made = await create_user(system_call(), username=name, name=name.title(), roles=[name.upper()])
        people[name] = made.user_id
    for name in CHIEFS:
        await set_user_roles(system_call(), user_id=people[name], roles=[name.upper(), "CHIEF"])
    return Office(trade, people, await role_ids_by_code())
