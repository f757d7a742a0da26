"""Approvals."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import append_only


class Migration(migrations.Migration):
    """Approvals."""

    operations = (
        ops.CreateModel(
            "ApprovalDeputy",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("user", columns.reference("User")),
                ("deputy", columns.reference("User")),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
            ],
            {
                "table": "approval_deputy",
                "constraints": [
                    CheckConstraint(
                        check="starts_on <= ends_on AND user_id <> deputy_id", name="approval_deputy_has_days"
                    )
                ],
                "indexes": [Index(fields=["user", "ends_on"]), Index(fields=["deputy", "ends_on"])],
            },
        ),
        ops.CreateModel(
            "ApprovalPolicy",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("name", fields.CharField(max_length=100)),
                ("document_kind", fields.CharField(max_length=30)),
                ("position", fields.IntField()),
                ("is_active", fields.BooleanField()),
                ("conditions", fields.TextField()),
                ("lets_author_decide", fields.BooleanField()),
                ("keeps_smaller", fields.BooleanField()),
                ("approves_without_steps", fields.BooleanField()),
                ("created_at", fields.DatetimeField()),
            ],
            {"table": "approval_policy", "indexes": [Index(fields=["document_kind", "position", "id"])]},
        ),
        ops.CreateModel(
            "ApprovalRequest",
            [
                ("id", columns.Id()),
                ("document", columns.reference("Document")),
                ("document_kind", fields.CharField(max_length=30)),
                ("document_version", fields.IntField()),
                ("policy", columns.reference("ApprovalPolicy")),
                ("policy_version", fields.IntField()),
                ("amount", columns.Steps(null=True)),
                ("facts", fields.TextField()),
                ("lets_author_decide", fields.BooleanField()),
                ("author", columns.reference("User")),
                ("submitted_by", columns.reference("User", null=True)),
                ("status", fields.CharField(max_length=9)),
                ("opened_at", fields.DatetimeField()),
                ("closed_at", fields.DatetimeField(null=True)),
            ],
            {
                "table": "approval_request",
                "constraints": [
                    UniqueConstraint(
                        fields=("document",),
                        name="approval_request_is_the_only_pending_one",
                        condition="status = 'PENDING'",
                    ),
                    CheckConstraint(
                        check="(closed_at IS NULL) = (status = 'PENDING')", name="approval_request_is_closed_at_its_end"
                    ),
                ],
                "indexes": [
                    Index(fields=["document", "id"]),
                    Index(fields=["status", "id"]),
                    Index(fields=["opened_at", "id"]),
                    Index(fields=["policy", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "ApprovalStep",
            [
                ("id", columns.Id()),
                ("policy", columns.reference("ApprovalPolicy")),
                ("policy_version", fields.IntField()),
                ("position", fields.IntField()),
                ("name", fields.CharField(max_length=100)),
                ("needs", fields.CharField(max_length=5)),
                ("count", fields.IntField()),
                ("remind_after_hours", fields.IntField(null=True)),
                ("escalate_after_hours", fields.IntField(null=True)),
            ],
            {"table": "approval_step", "indexes": [Index(fields=["policy", "policy_version", "position"])]},
        ),
        ops.CreateModel(
            "ApprovalApprover",
            [
                ("id", columns.Id()),
                ("step", columns.reference("ApprovalStep")),
                ("user", columns.reference("User", null=True)),
                ("role", columns.reference("Role", null=True)),
                ("up_to", columns.Steps(null=True)),
                ("is_escalation", fields.BooleanField()),
            ],
            {
                "table": "approval_approver",
                "constraints": [
                    CheckConstraint(
                        check="(user_id IS NULL) <> (role_id IS NULL)", name="approval_approver_is_a_user_or_a_role"
                    )
                ],
                "indexes": [Index(fields=["step"]), Index(fields=["user"]), Index(fields=["role"])],
            },
        ),
        ops.CreateModel(
            "ApprovalTask",
            [
                ("id", columns.Id()),
                ("request", columns.reference("ApprovalRequest")),
                ("step", columns.reference("ApprovalStep")),
                ("position", fields.IntField()),
                ("name", fields.CharField(max_length=100)),
                ("state", fields.CharField(max_length=7)),
                ("opened_at", fields.DatetimeField(null=True)),
                ("remind_at", fields.DatetimeField(null=True)),
                ("escalate_at", fields.DatetimeField(null=True)),
                ("escalated_at", fields.DatetimeField(null=True)),
            ],
            {
                "table": "approval_task",
                "indexes": [
                    Index(fields=["request", "position"]),
                    Index(fields=["step", "state"]),
                    Index(fields=["state", "remind_at"]),
                    Index(fields=["state", "escalate_at"]),
                ],
            },
        ),
        ops.CreateModel(
            "ApprovalDecision",
            [
                ("id", columns.Id()),
                ("request", columns.reference("ApprovalRequest")),
                ("task", columns.reference("ApprovalTask")),
                ("actor", columns.reference("User")),
                ("principal", columns.reference("User")),
                ("is_approved", fields.BooleanField()),
                ("note", fields.CharField(max_length=500)),
                ("at", fields.DatetimeField()),
                ("document_version", fields.IntField()),
                ("carried_from", columns.reference("ApprovalDecision", null=True)),
            ],
            {
                "table": "approval_decision",
                "unique_together": (("request", "actor"), ("request", "principal")),
                "indexes": [Index(fields=["task"]), Index(fields=["actor", "id"])],
            },
        ),
        ops.AddField(
            model_name="Document",
            name="waits_for",
            field=fields.TextField(null=True),
        ),
        append_only("approval_step"),
        append_only("approval_approver"),
        append_only("approval_decision"),
    )
