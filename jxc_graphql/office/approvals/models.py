"""Tables of approvals."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission

MANAGE_APPROVALS = permission(
    "MANAGE_APPROVALS", "Say who must agree to which documents, and who stands in for others meanwhile."
)


class StepNeeds(StrEnum):
    """Whose agreement a step needs."""

    ANY = "ANY"
    """That of one of its approvers (任一)."""
    ALL = "ALL"
    """That of each of its approvers (全部); of a role one who holds it."""
    COUNT = "COUNT"
    """That of so many people among its approvers (若干人)."""


class ApprovalStatus(StrEnum):
    """Where a request stands."""

    PENDING = "PENDING"
    """Waits for somebody (审批中)."""
    APPROVED = "APPROVED"
    """All agreed, and the document was approved (已通过)."""
    REJECTED = "REJECTED"
    """Somebody disagreed (已驳回)."""
    WITHDRAWN = "WITHDRAWN"
    """It was taken back, or its document was changed or given up (已撤回)."""


class TaskState(StrEnum):
    """Where a step of a request stands."""

    WAITING = "WAITING"
    """Steps before it come first (未开始)."""
    OPEN = "OPEN"
    """It waits for its approvers (待审批)."""
    DONE = "DONE"
    """As many agreed as it needs (已同意)."""
    CLOSED = "CLOSED"
    """The request ended before it was done (已结束)."""


class ApprovalPolicy(SpeltModel, VersionedModel):
    """What of a kind of document must be agreed to; its steps are those of its version, older ones are kept."""

    found_by = ("name",)
    id = IdField()
    name = fields.CharField(max_length=100)
    document_kind = fields.CharField(max_length=30)
    position = fields.IntField()
    is_active = fields.BooleanField()
    conditions = fields.TextField()
    lets_author_decide = fields.BooleanField()
    keeps_smaller = fields.BooleanField()
    approves_without_steps = fields.BooleanField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "approval_policy"
        indexes = (("document_kind", "position", "id"),)


class ApprovalStep(Model):
    """A step of a version of a policy. Those with the same position are side by side. Never changed."""

    id = IdField()
    policy = fields.ForeignKeyField("models.ApprovalPolicy", related_name=False, on_delete=fields.RESTRICT)
    policy_id: int
    policy_version = fields.IntField()
    position = fields.IntField()
    name = fields.CharField(max_length=100)
    needs = fields.CharEnumField(StepNeeds, max_length=5)
    count = fields.IntField()
    remind_after_hours = fields.IntField(null=True)
    escalate_after_hours = fields.IntField(null=True)

    class Meta:
        table = "approval_step"
        indexes = (("policy", "policy_version", "position"),)


class ApprovalApprover(Model):
    """Who may decide in a step: a user, or whoever holds a role. Never changed."""

    id = IdField()
    step = fields.ForeignKeyField("models.ApprovalStep", related_name=False, on_delete=fields.RESTRICT)
    step_id: int
    user = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    user_id: int | None
    role = fields.ForeignKeyField("models.Role", related_name=False, on_delete=fields.RESTRICT, null=True)
    role_id: int | None
    up_to = MoneyField(null=True)
    is_escalation = fields.BooleanField()

    class Meta:
        table = "approval_approver"
        constraints = (
            CheckConstraint("(user_id IS NULL) <> (role_id IS NULL)", "approval_approver_is_a_user_or_a_role"),
        )
        indexes = (("step",), ("user",), ("role",))


class ApprovalRequest(Model):
    """That a document waits for people, by the version of a policy with which it began."""

    id = IdField()
    document = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    document_id: int
    document_kind = fields.CharField(max_length=30)
    document_version = fields.IntField()
    policy = fields.ForeignKeyField("models.ApprovalPolicy", related_name=False, on_delete=fields.RESTRICT)
    policy_id: int
    policy_version = fields.IntField()
    conditions = fields.TextField(default="[]")
    amount = MoneyField(null=True)
    facts = fields.TextField()
    lets_author_decide = fields.BooleanField()
    author = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    author_id: int
    submitted_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    submitted_by_id: int | None
    status = fields.CharEnumField(ApprovalStatus, max_length=9)
    opened_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "approval_request"
        constraints = (
            UniqueConstraint(("document",), "approval_request_is_the_only_pending_one", "status = 'PENDING'"),
            CheckConstraint("(closed_at IS NULL) = (status = 'PENDING')", "approval_request_is_closed_at_its_end"),
        )
        indexes = (("document", "id"), ("status", "id"), ("opened_at", "id"), ("policy", "id"))


class ApprovalTask(Model):
    """A step of a request: whether it waits for its approvers, and since when."""

    id = IdField()
    request = fields.ForeignKeyField("models.ApprovalRequest", related_name=False, on_delete=fields.RESTRICT)
    request_id: int
    step = fields.ForeignKeyField("models.ApprovalStep", related_name=False, on_delete=fields.RESTRICT)
    step_id: int
    position = fields.IntField()
    name = fields.CharField(max_length=100)
    state = fields.CharEnumField(TaskState, max_length=7)
    opened_at = fields.DatetimeField(null=True)
    remind_at = fields.DatetimeField(null=True)
    escalate_at = fields.DatetimeField(null=True)
    escalated_at = fields.DatetimeField(null=True)

    class Meta:
        table = "approval_task"
        indexes = (("request", "position"), ("step", "state"), ("state", "remind_at"), ("state", "escalate_at"))


class ApprovalDecision(Model):
    """That somebody agreed or did not, for himself or for whom he stands in. Never changed, never deleted."""

    id = IdField()
    request = fields.ForeignKeyField("models.ApprovalRequest", related_name=False, on_delete=fields.RESTRICT)
    request_id: int
    task = fields.ForeignKeyField("models.ApprovalTask", related_name=False, on_delete=fields.RESTRICT)
    task_id: int
    actor = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    actor_id: int
    principal = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    principal_id: int
    is_approved = fields.BooleanField()
    note = fields.CharField(max_length=500)
    at = fields.DatetimeField()
    document_version = fields.IntField()
    carried_from = fields.ForeignKeyField(
        "models.ApprovalDecision", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    carried_from_id: int | None

    class Meta:
        table = "approval_decision"
        unique_together = (("request", "actor"), ("request", "principal"))
        indexes = (("task",), ("actor", "id"))


class ApprovalDeputy(VersionedModel):
    """Who decides in somebody's place, from a day through another."""

    id = IdField()
    user = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    user_id: int
    deputy = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    deputy_id: int
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "approval_deputy"
        constraints = (CheckConstraint("starts_on <= ends_on AND user_id <> deputy_id", "approval_deputy_has_days"),)
        indexes = (("user", "ends_on"), ("deputy", "ends_on"))
