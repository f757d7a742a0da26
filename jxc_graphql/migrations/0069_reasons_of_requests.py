"""Requests keep why they are needed, as their policy was when they began."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from jxc_graphql.kit.db.operations import Statements, by_code_points

_AS_IT_WAS = (
    "UPDATE approval_request SET conditions = policy.conditions FROM approval_policy AS policy "
    "WHERE policy.id = approval_request.policy_id AND policy.version = approval_request.policy_version"
)


class Migration(migrations.Migration):
    """Conditions of requests; not known of those whose policy says something else by now."""

    operations = (
        ops.AddField(model_name="ApprovalRequest", name="conditions", field=fields.TextField(default="[]")),
        Statements(sqlite=[_AS_IT_WAS], postgres=[_AS_IT_WAS]),
        by_code_points(),
    )
