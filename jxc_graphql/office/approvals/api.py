"""What clients see of approvals, and what they do about them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    column,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
    query,
    shown_as,
    subscription,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.kit.rights import EACH
from jxc_graphql.office.approvals import models, operations, queries, rules, stream
from jxc_graphql.office.approvals.models import ApprovalStatus, StepNeeds, TaskState
from jxc_graphql.office.approvals.stream import ApprovalChange
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.documents.api import ApprovalError, Document


@entity(models.ApprovalTask)
class ApprovalTask(Node):
    """Approval task (审批任务): a step of a request."""

    request: "ApprovalRequest" = column("request_id", hides_row=True)
    """The request."""
    position: int
    """When its turn is."""
    name: str
    """Name of the step (名称)."""
    state: TaskState
    """Where it stands (状态)."""
    opened_at: datetime | None
    """Since when it waits for its approvers; null before."""
    escalated_at: datetime | None
    """When it was escalated (升级); null before."""
    users: list[User] = batched(queries.users_of_tasks, "id")
    """Who may decide in it at the moment; nobody unless it is open."""


@entity(models.ApprovalDecision)
class ApprovalDecision(Node):
    """Approval decision (审批意见): that somebody agreed, or did not."""

    request: "ApprovalRequest" = column("request_id", hides_row=True)
    """The request."""
    actor: User
    """Who decided."""
    principal: User
    """For whom: himself, or for whom he stood in (代理)."""
    is_approved: bool
    """Whether he agreed (同意)."""
    note: str
    """What he said with it (意见)."""
    at: datetime
    """When."""


@entity(models.ApprovalRequest)
class ApprovalRequest(Node):
    """Approval request (审批单): that a document waits, or waited, for people, by the policy as it was then."""

    document: Document = column("document_id", hides_row=True)
    """The document."""
    document_version: int
    """The version of the document with which it began."""
    status: ApprovalStatus
    """Where it stands (状态)."""
    opened_at: datetime
    """When it began."""
    closed_at: datetime | None
    """When it ended; null before."""
    tasks: list[ApprovalTask] = many("request_id", order_by="position")
    """Its steps."""
    decisions: list[ApprovalDecision] = many("request_id")
    """What was decided, oldest first."""


class Query:
    approval_requests: Connection[ApprovalRequest] = connection(order_by="-id")
    """Approval requests (审批单), newest first."""


@query(list[ApprovalTask])
async def approval_tasks(
    call: Call, *, first: Annotated[int, "At most so many, and 200."] = queries.MOST_TASKS
) -> list[int]:
    """What waits for the viewer's decision (待我审批), or for that of whom he stands in for; the oldest first."""
    return await queries.tasks_of(call, first)


@value(row_of=("document_id", "position", "name"))
class ApprovalPreviewStep:
    """A step that a document would have to pass."""

    position: int
    """When its turn is."""
    name: str
    """Name (名称)."""
    needs: StepNeeds
    """Whose agreement it needs."""
    count: int
    """How many people, where it needs so many."""
    users: list[User]
    """Who may decide, as things are."""


@value(row_of=("document_id",))
class ApprovalPreview:
    """Who would have to agree to a document, and why."""

    policy: str
    """The name of the policy that holds."""
    reasons: list[str]
    """Its conditions in words; amounts only for who has SEE_COST."""
    steps: list[ApprovalPreviewStep]
    """Its steps, with who may decide in each."""


@query(ApprovalPreview | None)
async def approval_preview(
    call: Call, *, document_id: Annotated[Id[Any], "The document, handed in or not."]
) -> queries.Preview | None:
    """Who would have to approve this, and why (审批预览); null where its permission alone decides."""
    named: Any = document_id  # which comes with its type, since it may be of any
    return await queries.preview(call, *named)


@input_type
class DecideApprovalInput:
    """What is decided."""

    id: Id[ApprovalRequest]
    """The request."""
    is_approved: bool
    """Whether to agree (同意)."""
    note: str = ""
    """Why (意见), at most 500 characters; needed where one does not agree."""


@payload
class DecideApprovalPayload:
    """The request."""

    approval_request: ApprovalRequest | None
    """The request."""


@mutation(DecideApprovalPayload)
async def decide_approval(call: Call, input: DecideApprovalInput) -> operations.Decided:
    """Agree to a document that waits for one, or not (审批); the last who agrees has it approved."""
    return await operations.decide_approval(
        call, approval_request_id=input.id, is_approved=input.is_approved, note=input.note
    )


@input_type
class WithdrawApprovalInput:
    """Which request to take back."""

    id: Id[ApprovalRequest]
    """The request."""


@payload
class WithdrawApprovalPayload:
    """The request."""

    approval_request: ApprovalRequest | None
    """The request."""


@mutation(WithdrawApprovalPayload)
async def withdraw_approval(call: Call, input: WithdrawApprovalInput) -> operations.Decided:
    """Take back that a document waits for people (撤回审批): its author, or with MANAGE_APPROVALS."""
    return await operations.withdraw_approval(call, approval_request_id=input.id)


@value
class ApprovalTaskEvent:
    """Something happened to a request that the viewer decides on, or to that of his own document."""

    cursor: str
    """Where to resume: sent as `after`, the stream goes on behind this event."""
    change: ApprovalChange
    """What happened."""
    approval_request: ApprovalRequest | None
    """The request as it is now; null where the viewer does not see its document any more."""


@subscription(ApprovalTaskEvent, own=EACH)
async def approval_tasks_changed(
    call: Call, after: Annotated[str | None, "Go on behind this cursor; nothing is missed."] = None
) -> AsyncIterator[stream.ApprovalEvent | Cursor]:
    """What waits for the viewer's decision (待我审批) as it changes, and what becomes of his own documents."""
    begin = Cursor.decode(after) if after is not None else None
    async for event in stream.approval_events(call, begin):
        yield event


PROBLEMS = (shown_as(ApprovalError, rules.ApprovalPending),)
