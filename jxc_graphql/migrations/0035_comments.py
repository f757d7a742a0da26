"""Comments."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements

_FOLLOW = (
    "INSERT INTO follower (id, document_id, user_id, created_at) SELECT id, id, created_by_id, created_at FROM document",
)
"""Authors follow the documents that there are, each under the id of his document."""


class Migration(migrations.Migration):
    """Comments."""

    operations = (
        ops.CreateModel(
            "Comment",
            [
                ("id", columns.Id()),
                ("document", columns.reference("Document")),
                ("author", columns.reference("User")),
                ("text", fields.TextField(null=True)),
                ("created_at", fields.DatetimeField()),
                ("edited_at", fields.DatetimeField(null=True)),
                ("deleted_at", fields.DatetimeField(null=True)),
                ("deleted_by", columns.reference("User", null=True)),
            ],
            {
                "table": "comment",
                "constraints": [
                    CheckConstraint(
                        check="(text IS NULL) = (deleted_at IS NOT NULL)", name="comment_has_a_text_until_it_is_deleted"
                    ),
                    CheckConstraint(
                        check="(deleted_by_id IS NULL) = (deleted_at IS NULL)", name="comment_is_deleted_by_somebody"
                    ),
                ],
                "indexes": [
                    Index(fields=["document", "id"]),
                    Index(fields=["author", "id"]),
                    Index(fields=["created_at", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "EarlierText",
            [
                ("id", columns.Id()),
                ("comment", columns.reference("Comment")),
                ("text", fields.TextField()),
                ("written_at", fields.DatetimeField()),
            ],
            {"table": "earlier_text", "indexes": [Index(fields=["comment", "id"])]},
        ),
        ops.CreateModel(
            "Follower",
            [
                ("id", columns.Id()),
                ("document", columns.reference("Document")),
                ("user", columns.reference("User")),
                ("created_at", fields.DatetimeField()),
            ],
            {
                "table": "follower",
                "unique_together": (("document", "user"),),
                "indexes": [Index(fields=["user", "document"])],
            },
        ),
        ops.CreateModel(
            "Mention",
            [
                ("id", columns.Id()),
                ("comment", columns.reference("Comment")),
                ("document", columns.reference("Document")),
                ("user", columns.reference("User")),
            ],
            {
                "table": "mention",
                "unique_together": (("comment", "user"),),
                "indexes": [Index(fields=["document", "id"]), Index(fields=["user", "comment"])],
            },
        ),
        Statements(sqlite=_FOLLOW, postgres=_FOLLOW),
    )
