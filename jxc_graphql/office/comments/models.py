"""Tables of what people say about documents, and of who follows them."""

from datetime import datetime

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.office.auth.permissions import permission

COMMENT = permission(
    "COMMENT", "Comment on documents that one sees.", "BUYER", "SELLER", "WAREHOUSE_KEEPER", "ACCOUNTANT"
)


class Comment(Model):
    """What somebody said about a document; one that was deleted has no text."""

    id = IdField()
    document = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    document_id: int
    author = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    author_id: int
    text = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    edited_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)
    deleted_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    deleted_by_id: int | None

    class Meta:
        table = "comment"
        constraints = (
            CheckConstraint("(text IS NULL) = (deleted_at IS NOT NULL)", "comment_has_a_text_until_it_is_deleted"),
            CheckConstraint("(deleted_by_id IS NULL) = (deleted_at IS NULL)", "comment_is_deleted_by_somebody"),
        )
        indexes = (("document", "id"), ("author", "id"), ("created_at", "id"))

    @property
    def written_at(self) -> datetime:
        """When what it says now was written."""
        return self.edited_at or self.created_at


class EarlierText(Model):
    """What a comment said before it was edited."""

    id = IdField()
    comment = fields.ForeignKeyField("models.Comment", related_name=False, on_delete=fields.RESTRICT)
    comment_id: int
    text = fields.TextField()
    written_at = fields.DatetimeField()

    class Meta:
        table = "earlier_text"
        indexes = (("comment", "id"),)


class Mention(Model):
    """That a comment is meant for somebody."""

    id = IdField()
    comment = fields.ForeignKeyField("models.Comment", related_name=False, on_delete=fields.RESTRICT)
    comment_id: int
    document = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    document_id: int
    user = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    user_id: int

    class Meta:
        table = "mention"
        unique_together = (("comment", "user"),)
        indexes = (("document", "id"), ("user", "comment"))


class Follower(Model):
    """That somebody wants to hear of what happens to a document."""

    id = IdField()
    document = fields.ForeignKeyField("models.Document", related_name=False, on_delete=fields.RESTRICT)
    document_id: int
    user = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    user_id: int
    created_at = fields.DatetimeField()

    class Meta:
        table = "follower"
        unique_together = (("document", "user"),)
        indexes = (("user", "document"),)
