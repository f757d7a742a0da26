"""What clients see of policies and deputies: who must agree to which documents."""

from datetime import date
from typing import Any

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    Versioned,
    batched,
    computed,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    told,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.approvals import facts, models, operations, queries
from jxc_graphql.office.approvals.models import MANAGE_APPROVALS, StepNeeds
from jxc_graphql.office.approvals.rules import WantedApprover, WantedStep
from jxc_graphql.office.auth.api import Role, User
from jxc_graphql.office.documents.actions import delete_action
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.named import DocumentFact


@value(row_of=("place",))
class ApprovalCondition:
    """What a fact of a document must be for a policy to hold: within bounds, or among things."""

    fact: DocumentFact
    """Which fact (要素)."""
    at_least: Money | None
    """From this amount on, itself included; null without a bound."""
    below: Money | None
    """Below this amount; null without a bound."""
    any_of: list[Id[Any]]
    """It is about one of these; empty where that does not matter."""
    none_of: list[Id[Any]]
    """It is about none of these."""


@value(row_of=("place",))
class ApprovalApprover:
    """Who may decide in a step."""

    user_id: Id[User] | None
    """This user; null where it is whoever holds a role."""
    role: str | None
    """The code of the role; null where it is a user."""
    name: str
    """The name of the user, or of the role."""
    up_to: Money | None
    """Up to which amount of a document (金额分级); null without a limit."""
    is_escalation: bool
    """Whether only once the step was escalated (升级)."""


@value(row_of=("position", "name"))
class ApprovalStep:
    """A step (审批步骤): those with the same position are side by side, others one after the other."""

    position: int
    """When its turn is."""
    name: str
    """Name (名称)."""
    needs: StepNeeds
    """Whose agreement it needs."""
    count: int
    """How many people, where it needs so many."""
    remind_after_hours: int | None
    """After how many hours its approvers are reminded (催办), again and again; null: never."""
    escalate_after_hours: int | None
    """After how many hours others may decide as well (升级); null: never."""
    approvers: list[ApprovalApprover]
    """Who may decide."""


@entity(models.ApprovalPolicy, requires=MANAGE_APPROVALS, search="search_text", texts=("name",), few=True)
class ApprovalPolicy(Node, Versioned):
    """Approval policy (审批规则): who must agree to a kind of document. The first one whose conditions hold counts."""

    name: str
    """Name (名称)."""
    document_kind: DocumentKind
    """Of which kind of document (单据类型)."""
    position: int
    """Lower ones are tried first."""
    is_active: bool
    """Whether it counts (启用)."""
    lets_author_decide: bool
    """Whether who made or handed in the document may decide on it himself."""
    keeps_smaller: bool
    """Whether who agreed already need not agree again, where nothing changed but to smaller amounts."""
    approves_without_steps: bool
    """Whether a document that needs no step is approved as it is handed in; else by who has the permission."""
    conditions: list[ApprovalCondition] = computed(queries.conditions_shown, "conditions")
    """All of these must hold (条件)."""
    steps: list[ApprovalStep] = batched(queries.steps_of_policies, "id", "version")
    """The steps, in their order."""


@entity(models.ApprovalDeputy, own=("user_id", MANAGE_APPROVALS), few=True)
class ApprovalDeputy(Node, Versioned):
    """Approval deputy (审批代理): who decides in somebody's place; without MANAGE_APPROVALS one sees one's own."""

    user: User
    """In whose place."""
    deputy: User
    """Who decides (代理人)."""
    starts_on: date
    """From which day on."""
    ends_on: date
    """Through which day."""


class Query:
    approval_policies: Connection[ApprovalPolicy] = connection(order_by="position")
    """Approval policies (审批规则)."""
    approval_deputies: Connection[ApprovalDeputy] = connection(order_by="-id")
    """Approval deputies (审批代理), newest first."""


@input_type
class ApprovalConditionInput:
    """What a fact of a document must be: within bounds, or among things."""

    fact: DocumentFact
    """Which fact (要素); the kind of document must have it."""
    at_least: Money | None = None
    """From this amount on, itself included."""
    below: Money | None = None
    """Below this amount."""
    any_of: list[Id[Any]] | None = None
    """It is about one of these: warehouses, suppliers, categories with all below them, …"""
    none_of: list[Id[Any]] | None = None
    """It is about none of these."""


@input_type
class ApprovalApproverInput:
    """Who may decide in a step: a user, or whoever holds a role."""

    user_id: Id[User] | None = None
    """This user."""
    role_id: Id[Role] | None = None
    """Whoever holds this role."""
    up_to: Money | None = None
    """Up to which amount of a document (金额分级); by default without a limit."""
    is_escalation: bool = False
    """Only once the step was escalated (升级)."""


@input_type
class ApprovalStepInput:
    """A step of a policy."""

    position: int
    """When its turn is, from 1: those with the same position are side by side."""
    name: str
    """Name (名称), up to 100 characters."""
    needs: StepNeeds = StepNeeds.ANY
    """Whose agreement it needs."""
    count: int = 1
    """How many people, where it needs so many."""
    approvers: list[ApprovalApproverInput]
    """Who may decide, at most 50; of those only who may approve such documents."""
    remind_after_hours: int | None = None
    """After how many hours its approvers are reminded (催办), again and again."""
    escalate_after_hours: int | None = None
    """After how many hours others may decide as well (升级)."""


@input_type
class SetApprovalPolicyInput:
    """A policy, all of it."""

    id: Id["ApprovalPolicy"] | None = None
    """Which policy to change; without it there will be a new one."""
    name: str
    """Name (名称), up to 100 characters."""
    document_kind: DocumentKind
    """Of which kind of document (单据类型); it does not change."""
    position: Change[int] = UNSET
    """Lower ones are tried first; 0 in a new one."""
    is_active: Change[bool] = UNSET
    """Whether it counts (启用), as a new one does."""
    lets_author_decide: Change[bool] = UNSET
    """Whether who made or handed in the document may decide on it himself; in a new one he may not."""
    keeps_smaller: Change[bool] = UNSET
    """Whether who agreed already need not agree again, where amounts became smaller alone; not in a new one."""
    approves_without_steps: Change[bool] = UNSET
    """Whether a document that needs no step is approved as it is handed in; not in a new one."""
    conditions: list[ApprovalConditionInput]
    """All of these must hold (条件), at most 20; without any it holds always."""
    steps: list[ApprovalStepInput]
    """The steps, at most 20."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class SetApprovalPolicyPayload:
    """The policy."""

    approval_policy: ApprovalPolicy | None
    """The policy."""


@mutation(SetApprovalPolicyPayload)
async def set_approval_policy(call: Call, input: SetApprovalPolicyInput) -> facts.ApprovalPolicySet:
    """Say who must agree to documents of a kind (设置审批规则); requests that run go on as they began."""
    policy = operations.WantedPolicy(
        conditions=tuple(operations.AskedCondition(**told(one)) for one in input.conditions),
        steps=tuple(_step(one) for one in input.steps),
        **{
            name: getattr(input, name)
            for name in operations.WantedPolicy.__struct_fields__
            if name not in {"conditions", "steps"}
        },
    )
    return await operations.set_approval_policy(
        call, policy=policy, approval_policy_id=input.id, expected_version=input.expected_version
    )


def _step(given: ApprovalStepInput) -> WantedStep:
    approvers = tuple(WantedApprover(**told(one)) for one in given.approvers)
    return WantedStep(**told(given) | {"approvers": approvers})


@input_type
class SetApprovalDeputyInput:
    """Who decides in somebody's place, and when."""

    id: Id[ApprovalDeputy] | None = None
    """Which one to change; without it there will be a new one."""
    user_id: Change[Id[User] | None] = UNSET
    """In whose place; in one's own where nobody is named."""
    deputy_id: Id[User]
    """Who decides (代理人)."""
    starts_on: date
    """From which day on."""
    ends_on: date
    """Through which day."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@payload
class SetApprovalDeputyPayload:
    """Who decides in somebody's place."""

    approval_deputy: ApprovalDeputy | None
    """Who decides in somebody's place."""


@mutation(SetApprovalDeputyPayload)
async def set_approval_deputy(call: Call, input: SetApprovalDeputyInput) -> facts.ApprovalDeputySet:
    """Have somebody decide in one's place (设置审批代理); in that of others with MANAGE_APPROVALS."""
    return await operations.set_approval_deputy(call, **told(input, id="approval_deputy_id"))


delete_approval_deputy = delete_action(operations.delete_approval_deputy, ApprovalDeputy)
